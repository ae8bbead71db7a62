//! Readers of this crate's own files, for the fuzzers of `crates/fuzz`.
//!
//! Each function takes any bytes and returns, or an `assert` in it names a promise that does not hold: what
//! is read was written so, and what was altered is not read. The bytes are tried as they come, and once more
//! under a checksum that fits them, or no fuzzer would ever get past it.
#![allow(clippy::expect_used, reason = "a fuzzer is told by a panic")]

use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::derived;
use crate::frame;
use crate::index::Index;
use crate::store::fuzzing as store;

/// The bytes behind which their SHA-256 stands.
fn sealed(content: &[u8]) -> Vec<u8> {
    [content, &Sha256::digest(content)[..]].concat()
}

/// A value of the store: entries in a frame.
pub fn frame(bytes: &[u8]) {
    for frame in [bytes.to_vec(), sealed(bytes)] {
        let frame = Bytes::from(frame);
        let all = frame::decode(&frame, &frame::ALL);
        let some = frame::decode(&frame, &(3..5));
        if let Ok(all) = all {
            let again = frame::encode(all.first, all.entries.iter());
            assert_eq!(again, frame, "a frame has one form");
            assert_eq!(frame::count(&frame), Some(all.count));
            let wanted: Vec<_> = (all.entries.iter())
                .filter(|entry| (3..5).contains(&entry.seq))
                .collect();
            let some = some.expect("a part of a sound frame is sound");
            assert_eq!(some.entries.iter().collect::<Vec<_>>(), wanted);
        }
    }
}

/// The records of the newest entries, cut out of the bytes by a length (2) before each.
pub fn tail(bytes: &[u8]) {
    let mut slots = Vec::new();
    let mut rest = bytes;
    while let Some((length, after)) = rest.split_first_chunk::<2>() {
        let length = usize::from(u16::from_be_bytes(*length)).min(after.len());
        let (slot, after) = after.split_at(length);
        slots.push(slot);
        rest = after;
    }
    store::tail(&slots.iter().map(|slot| slot.to_vec()).collect::<Vec<_>>());
    // The frame within has a checksum of its own.
    let fitting = |slot: &&[u8]| {
        let (ends, frame) = slot.split_at(slot.len().min(24));
        sealed(&[ends, &sealed(frame)].concat())
    };
    store::tail(&slots.iter().map(fitting).collect::<Vec<_>>());
}

/// A slot of the file that says what the log had reached.
pub fn mark(bytes: &[u8]) {
    store::mark(bytes);
    store::mark(&sealed(bytes));
}

/// A file of derived data, and the index that one may hold.
pub fn derived(bytes: &[u8]) {
    let checked = [bytes, &crc32fast::hash(bytes).to_be_bytes()].concat();
    for file in [bytes.to_vec(), checked] {
        let _ = derived::read(&Bytes::from(file));
    }
    let content = Bytes::copy_from_slice(bytes);
    if let Some(index) = Index::decode(content) {
        assert_eq!(Index::decode(Bytes::from(index.encode())), Some(index));
    }
}
