//! From the log to the state and the index, by way of a snapshot where there is one to rely on.
//!
//! A snapshot carries the right edge of the tree at its position. The entries after it extend that
//! edge, and only if the root then is the log's own was the snapshot one of this log. So it can be
//! deleted, altered or left over from another log: it is then passed over, and costs time alone.

use quarterdeck_core::event::Entry;
use quarterdeck_core::id::WorkspaceId;
use quarterdeck_core::state::State;
use quarterdeck_ledger::{Derived, Frontier, Hash, Index, Ledger};
use quarterdeck_proto::decode_entry;
use serde::{Deserialize, Serialize};

use super::published;
use crate::error::ServerError;

const NAME: &str = "state";
/// How much is read at a time.
const READ_ENTRIES: usize = 4_096;
const READ_BYTES: usize = 4 << 20;

#[derive(Serialize, Deserialize)]
struct Snapshot<S> {
    version: u32,
    subtrees: Vec<Hash>,
    state: S,
}

/// The state and the index of a log, and how many entries had to be folded for them.
pub(super) struct Projection {
    pub(super) state: State,
    pub(super) index: Index,
    pub(super) folded: u64,
}

impl Projection {
    pub(super) fn restore(ledger: &dyn Ledger, derived: &Derived) -> Result<Self, ServerError> {
        if let Some((frontier, state, index)) = load(ledger, derived)
            && let Ok(Some(restored)) = extend(ledger, frontier, state, index)
        {
            return Ok(restored);
        }
        Self::fold(ledger)
    }

    pub(super) fn fold(ledger: &dyn Ledger) -> Result<Self, ServerError> {
        let fresh = extend(
            ledger,
            Frontier::default(),
            State::default(),
            Index::default(),
        )?;
        fresh.ok_or_else(|| ServerError::RootDiffers {
            workspace: WorkspaceId::from_bytes(ledger.workspace()),
        })
    }
}

/// Keeps a snapshot of a state and its index. `frontier` is the tree's edge at that position.
pub(super) fn save(
    derived: &Derived,
    frontier: &Frontier,
    state: &State,
    index: &Index,
) -> Result<(), String> {
    let root = frontier.root();
    let snapshot = Snapshot {
        version: State::FORM,
        subtrees: frontier.subtrees().to_vec(),
        state,
    };
    let bytes = postcard::to_stdvec(&snapshot).map_err(|error| error.to_string())?;
    index
        .save(derived, &root)
        .map_err(|error| error.to_string())?;
    derived
        .put(NAME, state.head, &root, &bytes)
        .map_err(|error| error.to_string())
}

fn load(ledger: &dyn Ledger, derived: &Derived) -> Option<(Frontier, State, Index)> {
    let blob = derived.get(NAME)?;
    let snapshot: Snapshot<State> = postcard::from_bytes(&blob.bytes).ok()?;
    let frontier = Frontier::from_parts(blob.position, snapshot.subtrees).ok()?;
    let fits = snapshot.version == State::FORM
        && snapshot.state.head == blob.position
        && blob.position <= ledger.head().size
        && frontier.root() == blob.root;
    if !fits {
        return None;
    }
    let index = Index::load(derived, |at| (at == blob.position).then_some(blob.root))?;
    Some((frontier, snapshot.state, index))
}

/// Folds what comes after `state`; none if the log's root shows that it was of another log.
fn extend(
    ledger: &dyn Ledger,
    mut frontier: Frontier,
    mut state: State,
    mut index: Index,
) -> Result<Option<Projection>, ServerError> {
    let head = ledger.head();
    let start = frontier.size();
    while frontier.size() < head.size {
        for entry in ledger.read(frontier.size() + 1, READ_ENTRIES, READ_BYTES)? {
            frontier.push(entry.leaf_hash(ledger.workspace()));
            let entry = read_entry(ledger, &entry)?;
            published::push(&mut index, &entry.event);
            state.apply(&entry);
        }
    }
    let folded = head.size - start;
    Ok((frontier.root() == head.root).then_some(Projection {
        state,
        index,
        folded,
    }))
}

/// The domain's view of a recorded event.
pub(super) fn read_entry(
    ledger: &dyn Ledger,
    entry: &quarterdeck_ledger::Entry,
) -> Result<Entry, ServerError> {
    decode_entry(entry.seq, entry.recorded, entry.hash, &entry.event.body).map_err(|error| {
        ServerError::Unreadable {
            workspace: WorkspaceId::from_bytes(ledger.workspace()),
            seq: entry.seq,
            what: error.to_string(),
        }
    })
}
