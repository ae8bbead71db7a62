//! From the log to the state and the index, by way of what is kept beside it where that is to be
//! relied on: see [`quarterdeck_projection`].

use std::path::Path;

use quarterdeck_core::clock::Hlc;
use quarterdeck_core::event::Entry;
use quarterdeck_core::id::WorkspaceId;
use quarterdeck_core::state::State;
use quarterdeck_ledger::{Derived, Index, Ledger};
use quarterdeck_projection::{Folded, Health, Kept, ProjectionError};

use super::published;
use crate::error::ServerError;

/// How much is read at a time.
pub(super) const READ_ENTRIES: usize = 4_096;
pub(super) const READ_BYTES: usize = 4 << 20;

/// The state and the index of a log, and how many entries had to be folded for them.
pub(super) struct Projection {
    pub(super) state: State,
    /// The latest clock reading in the log.
    pub(super) clock: Hlc,
    pub(super) index: Index,
    pub(super) kept: Kept,
    pub(super) health: Health,
    pub(super) folded: u64,
}

impl Projection {
    /// Goes on from what is kept in a folder, if one is given.
    pub(super) fn restore(ledger: &dyn Ledger, dir: Option<&Path>) -> Result<Self, ServerError> {
        let health = Health::default();
        let mut kept = Kept::open(dir, health.clone());
        // A server answers from memory, for long: all of it is read, and found to be sound, now.
        let newest = kept.newest();
        if let Some(folded) = &newest {
            folded.state.load_check_ins();
        }
        if let Some(folded) = newest.filter(|_| health.broken().is_none())
            && let Some(restored) = extend(ledger, folded, &mut kept, dir)?
        {
            return Ok(restored.with(kept, health));
        }
        kept.clear();
        let health = Health::default();
        let mut kept = Kept::open(dir, health.clone());
        match extend(ledger, Folded::default(), &mut kept, None)? {
            Some(restored) => Ok(restored.with(kept, health)),
            None => Err(ServerError::RootDiffers {
                workspace: WorkspaceId::from_bytes(ledger.workspace()),
            }),
        }
    }
}

/// A log that was followed to its end.
struct Restored {
    end: Folded,
    index: Index,
    folded: u64,
}

impl Restored {
    fn with(self, kept: Kept, health: Health) -> Projection {
        Projection {
            state: self.end.state,
            clock: self.end.clock,
            index: self.index,
            kept,
            health,
            folded: self.folded,
        }
    }
}

/// Folds what comes after `folded`; none if the log's root shows that it was of another log.
fn extend(
    ledger: &dyn Ledger,
    mut folded: Folded,
    kept: &mut Kept,
    dir: Option<&Path>,
) -> Result<Option<Restored>, ServerError> {
    let head = ledger.head();
    let start = folded.size();
    if start > head.size {
        return Ok(None);
    }
    let mut index = dir
        .and_then(|dir| Index::load(&Derived::new(dir), |at| kept.root_at(at)))
        .filter(|index| index.size() <= start)
        .unwrap_or_default();
    while index.size() < head.size {
        for recorded in ledger.read(index.size() + 1, READ_ENTRIES, READ_BYTES)? {
            let entry = if recorded.seq > folded.size() {
                (folded.take(ledger.workspace(), &recorded))
                    .map_err(|error| unreadable(ledger, error))?
            } else {
                read_entry(ledger, &recorded)?
            };
            kept.post(entry.seq, &entry.event);
            published::push(&mut index, &entry.event);
        }
    }
    Ok((folded.frontier.root() == head.root).then(|| Restored {
        folded: head.size - start,
        end: folded,
        index,
    }))
}

/// The domain's view of a recorded event.
pub(super) fn read_entry(
    ledger: &dyn Ledger,
    entry: &quarterdeck_ledger::Entry,
) -> Result<Entry, ServerError> {
    quarterdeck_projection::read_entry(entry).map_err(|error| unreadable(ledger, error))
}

/// Says of which workspace a log cannot be read.
pub(super) fn unreadable(ledger: &dyn Ledger, error: ProjectionError) -> ServerError {
    match error {
        ProjectionError::Ledger(error) => error.into(),
        ProjectionError::Entry { seq, source } => ServerError::Unreadable {
            workspace: WorkspaceId::from_bytes(ledger.workspace()),
            seq,
            what: source.to_string(),
        },
    }
}
