//! Helpers that the tests of several modules share.

use std::path::PathBuf;

use crate::{Entry, NewEntry, Sealed};

/// Compares with a frozen file. A file that is missing is written for review by a person; one that
/// differs fails: a format that changed needs a new version, not new golden bytes.
pub(crate) fn golden(name: &str, bytes: &[u8]) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    match std::fs::read(&path) {
        Ok(frozen) => assert_eq!(
            bytes,
            frozen,
            "{} no longer reads as it was written",
            path.display()
        ),
        Err(_) => {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, bytes).unwrap();
            panic!(
                "{} was missing and has been written; look at it and commit it",
                path.display()
            );
        }
    }
}

/// Entries from `first` on, of growing size and by a fixed rule; every second one is signed.
pub(crate) fn entries(first: u64, count: u64) -> Vec<Entry> {
    (first..first + count)
        .map(|seq| new_entry(seq).at(seq))
        .collect()
}

/// The event that tests record at `seq`.
pub(crate) fn new_entry(seq: u64) -> NewEntry {
    let [.., low] = seq.to_be_bytes();
    let body: Vec<u8> = (0..low % 50 + 3).map(|n| n ^ low).collect();
    let signature = seq.is_multiple_of(2).then_some([low; 64]);
    NewEntry::new(
        1_790_000_000_000 + seq,
        u128::from(seq).to_be_bytes(),
        Sealed::new(body.into(), [low; 16], signature),
    )
}
