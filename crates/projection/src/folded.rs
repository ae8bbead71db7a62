//! A state with what has to go on beside it.

use quarterdeck_core::clock::Hlc;
use quarterdeck_core::event::Entry;
use quarterdeck_core::state::State;
use quarterdeck_ledger::{Frontier, WorkspaceId};
use quarterdeck_proto::decode_entry;

use crate::ProjectionError;

/// A state and where in the log it stands. Cheap to copy.
#[derive(Debug, Clone, Default)]
pub struct Folded {
    /// The fold of the log's first entries.
    pub state: State,
    /// The right edge of the tree of these entries.
    pub frontier: Frontier,
    /// The latest clock reading among them, for a device's own to follow.
    pub clock: Hlc,
}

impl Folded {
    /// How many entries it is the fold of.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// Takes in the next entry of a workspace's log.
    ///
    /// # Errors
    /// It is no event.
    pub fn take(
        &mut self,
        workspace: WorkspaceId,
        entry: &quarterdeck_ledger::Entry,
    ) -> Result<Entry, ProjectionError> {
        let read = read_entry(entry)?;
        self.frontier.push(entry.leaf_hash(workspace));
        self.clock = (self.clock).observe(read.event.authored.held_to(read.recorded.ms()));
        self.state.apply(&read);
        Ok(read)
    }
}

/// The domain's view of a recorded event.
///
/// # Errors
/// It is none.
pub fn read_entry(entry: &quarterdeck_ledger::Entry) -> Result<Entry, ProjectionError> {
    decode_entry(entry.seq, entry.recorded, entry.hash, &entry.event.body).map_err(|source| {
        ProjectionError::Entry {
            seq: entry.seq,
            source,
        }
    })
}
