//! The folded state, kept beside the ledger so that opening need not fold the log again.
//!
//! Derived and deletable: it counts only if the log's own root comes out when the entries after it are
//! added to the edge of the tree that it keeps. Otherwise the log is folded from its first entry.

use std::path::Path;

use quarterdeck_core::clock::Hlc;
use quarterdeck_core::state::State;
use quarterdeck_ledger::{Derived, Frontier, Hash};
use serde::{Deserialize, Serialize};

const NAME: &str = "state";

/// A state and where in the log it stands.
#[derive(Debug, Clone, Default)]
pub(crate) struct Folded {
    pub state: State,
    pub frontier: Frontier,
    /// The latest clock reading in the log, for this device's own to follow.
    pub clock: Hlc,
}

#[derive(Serialize)]
struct Written<'a> {
    version: u32,
    clock: Hlc,
    subtrees: &'a [Hash],
    state: &'a State,
}

#[derive(Deserialize)]
struct Read {
    version: u32,
    clock: Hlc,
    subtrees: Vec<Hash>,
    state: State,
}

/// The snapshot of a folder, if there is one to rely on.
pub(crate) fn load(derived: &Path) -> Option<Folded> {
    let blob = Derived::new(derived).get(NAME)?;
    // The version comes first: a newer layout is told apart before the rest is read.
    let (version, _) = postcard::take_from_bytes::<u32>(&blob.bytes).ok()?;
    if version != State::FORM {
        return None;
    }
    let read: Read = postcard::from_bytes(&blob.bytes).ok()?;
    let frontier = Frontier::from_parts(blob.position, read.subtrees).ok()?;
    let fits = read.version == State::FORM
        && read.state.head == blob.position
        && frontier.root() == blob.root;
    fits.then_some(Folded {
        state: read.state,
        frontier,
        clock: read.clock,
    })
}

/// Keeps a snapshot. One that cannot be written costs time at the next opening and nothing else.
pub(crate) fn save(derived: &Path, folded: &Folded) {
    let written = Written {
        version: State::FORM,
        clock: folded.clock,
        subtrees: folded.frontier.subtrees(),
        state: &folded.state,
    };
    if let Ok(bytes) = postcard::to_allocvec(&written) {
        let root = folded.frontier.root();
        let _ = Derived::new(derived).put(NAME, folded.state.head, &root, &bytes);
    }
}
