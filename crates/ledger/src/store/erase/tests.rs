//! What was erased is in no file, and a crash at any step leaves a log that opens.

use std::fs;
use std::path::Path;

use super::*;
use crate::{NewEntry, Sealed};

const WORKSPACE: crate::WorkspaceId = [1; 16];
const SECRET: &[u8] = b"what Ben wrote about his illness";

fn entry(seq: u64, body: &[u8]) -> NewEntry {
    let body = [&seq.to_be_bytes(), body].concat();
    let event = Sealed::new(body.into(), [3; 16], Some([9; 64]));
    NewEntry::new(seq, u128::from(seq).to_be_bytes(), event)
}

fn open(dir: &Path) -> SledLedger {
    SledLedger::open(dir, WORKSPACE, &Options::default()).unwrap()
}

/// A log of some frames and a tail, with the secret in both and once in an entry larger than a frame.
fn filled(dir: &Path) -> SledLedger {
    let ledger = open(dir);
    let mut size = 0;
    for count in [700, 1, 1, 90, 1] {
        let batch = (size + 1..=size + count).map(|seq| match seq {
            40 | 793 => entry(seq, SECRET),
            41 => entry(seq, &[&[b'.'; 20_000], SECRET].concat()),
            _ => entry(seq, &[b'-'; 400]),
        });
        ledger.append(size, batch.collect()).unwrap();
        size += count;
    }
    ledger
}

fn all_remains() -> Vec<Remains> {
    [40, 41, 793]
        .map(|seq| Remains {
            seq,
            body: Bytes::from_static(b"[erased]"),
        })
        .to_vec()
}

/// In how many files below a folder the secret stands.
fn holding(dir: &Path) -> usize {
    let mut found = 0;
    for file in fs::read_dir(dir).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            found += holding(&path);
        } else {
            let bytes = fs::read(&path).unwrap();
            let holds = bytes.windows(SECRET.len()).any(|window| window == SECRET);
            found += usize::from(holds);
        }
    }
    found
}

fn check(ledger: &SledLedger, erased: bool) {
    assert_eq!(ledger.verify_all(&mut |_, _| {}).unwrap().size, 793);
    for seq in [40, 41, 793] {
        let found = &ledger.read(seq, 1, 1).unwrap()[0];
        assert_eq!(found.event.is_erased(), erased, "entry {seq}");
        assert_eq!(found.hash, found.event.hash());
    }
}

#[test]
fn what_was_erased_is_in_no_file() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = filled(dir.path());
    let head = ledger.head();
    drop(ledger);
    assert!(holding(dir.path()) > 0, "it is found where it is");
    let ledger = open(dir.path());
    ledger.erase(all_remains(), 793).unwrap();
    assert_eq!(ledger.head(), head);
    assert_eq!(holding(dir.path()), 0);
    check(&ledger, true);
    ledger.append(793, vec![entry(794, b"more")]).unwrap();
    drop(ledger);
    let ledger = open(dir.path());
    assert_eq!((ledger.head().size, ledger.erased_through()), (794, 793));
    assert_eq!(holding(dir.path()), 0);
}

#[test]
fn a_crash_at_any_step_leaves_the_one_or_the_other() {
    // Each step is done on disk and the process is gone then: the ledger is opened anew.
    for step in 0..5 {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path();
        let ledger = filled(path);
        let head = ledger.head();
        let remains = check_remains(793, all_remains()).unwrap();
        let rebuilt = ledger.rebuild(&remains).unwrap();
        assert_eq!(rebuilt.published.head, head);
        if step == 0 {
            // While it was being built.
            fs::write(path.join("rebuilt/store/db"), b"half").unwrap();
        }
        if step >= 2 {
            let mut committer = ledger.committer.lock().unwrap();
            let mark = Mark {
                size: head.size,
                root: head.root,
                base: Frontier::default(),
            };
            committer.mark.write(&mark).unwrap();
            committer.mark.sync().unwrap();
        }
        drop(ledger);
        if step >= 3 {
            move_aside(path).unwrap();
        }
        if step >= 4 {
            move_in(path).unwrap();
        }
        let ledger = open(path);
        assert_eq!(ledger.head(), head, "step {step}");
        check(&ledger, step >= 3);
        assert!(!path.join("rebuilt").exists() && !path.join("store.old").exists());
        // It is not noted as done, so it is done again, and goes on.
        assert_eq!(ledger.erased_through(), 0);
        ledger.erase(all_remains(), 793).unwrap();
        check(&ledger, true);
        assert_eq!(holding(path), 0, "step {step}");
    }
}

#[test]
fn without_room_for_a_second_store_nothing_is_changed() {
    let dir = tempfile::tempdir().unwrap();
    drop(filled(dir.path()));
    let options = Options {
        reserve_bytes: u64::MAX,
        ..Options::default()
    };
    let ledger = SledLedger::open(dir.path(), WORKSPACE, &options).unwrap();
    let refused = ledger.erase(all_remains(), 793);
    assert!(matches!(refused, Err(LedgerError::DiskFull { .. })));
    check(&ledger, false);
    assert_eq!(ledger.erased_through(), 0);
    drop(ledger);
    open(dir.path()).erase(all_remains(), 793).unwrap();
}

#[test]
fn a_note_of_what_was_done_that_makes_no_sense_is_as_none() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path()).erase(all_remains(), 793).unwrap();
    for nonsense in ["", "-3\n", "many\n"] {
        fs::write(dir.path().join(ERASED), nonsense).unwrap();
        assert_eq!(open(dir.path()).erased_through(), 0);
    }
}
