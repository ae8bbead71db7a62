//! Readers of what is kept beside a log, for the fuzzers of `crates/fuzz`.
//!
//! All of it stands under checksums; here everything has one that fits, as if whoever can write to the disk
//! had made it. Nothing that is read may panic or ask for more memory than there are bytes.
#![allow(clippy::missing_panics_doc, reason = "a fuzzer is told by a panic")]

use std::path::Path;
use std::sync::Arc;

use quarterdeck_core::state::Place;

use crate::Health;
use crate::pack::Pack;
use crate::{postings, snapshots};

/// A pack in which the bytes are one record: read as a trunk, as a page of every kind, and as postings. The file
/// is made anew at `path`.
pub fn derived(bytes: &[u8], path: &Path) {
    let _ = std::fs::remove_file(path);
    let Ok(pack) = Pack::open(path, &Health::default()) else {
        return;
    };
    let Ok(place) = pack.append(bytes) else {
        return;
    };
    let pack = Arc::new(pack);
    assert!(matches!(pack.get(place), Ok(read) if read == bytes));
    for length in [u32::MAX, place.length + 1] {
        assert!(pack.get(Place { length, ..place }).is_err());
        assert!(
            pack.get(Place {
                at: u64::MAX,
                length,
                ..place
            })
            .is_err()
        );
    }
    snapshots::read_anything(bytes, place, &pack);
    postings::read_anything(bytes, &pack);
}
