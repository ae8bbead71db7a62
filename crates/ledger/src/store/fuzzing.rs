//! What the fuzzers need of the store's files.

use super::{mark, tail};

pub(crate) fn tail(slots: &[Vec<u8>]) {
    if let Ok(found) = tail::Tail::assemble(slots) {
        let held = found.end.size.checked_sub(found.end.framed);
        assert_eq!(
            held,
            Some(found.entries.len() as u64),
            "no gap, nothing twice"
        );
    }
}

pub(crate) fn mark(slot: &[u8]) {
    if let Some((workspace, writes, found)) = mark::decode(slot) {
        let again = mark::encode(workspace, writes, &found);
        assert!(slot.starts_with(&again), "a mark has one form");
    }
}
