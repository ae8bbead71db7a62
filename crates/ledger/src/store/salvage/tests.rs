//! What is salvaged, and what is not, where the damage is known exactly.

use std::fs;
use std::path::{Path, PathBuf};

use super::salvage;
use crate::conformance::event;
use crate::store::disk::Disk;
use crate::store::frames;
use crate::store::mark::{Mark, MarkFile, Said, said};
use crate::testing::new_entry;
use crate::{
    Appended, Frontier, Ledger, LedgerError, NewEntry, Options, Salvaged, Sealed, SledLedger,
    WorkspaceId,
};

const WORKSPACE: WorkspaceId = [1; 16];

fn fill(dir: &Path, batches: Vec<Vec<NewEntry>>) {
    let ledger = SledLedger::open(dir, WORKSPACE, &Options::default()).unwrap();
    for batch in batches {
        let size = ledger.head().size;
        let appended = ledger.append(size, batch).unwrap();
        assert!(matches!(appended, Appended::Recorded(_)));
    }
}

fn events(from: u64, count: u64) -> Vec<NewEntry> {
    (from..from + count)
        .map(|seq| event(seq, 250, seq))
        .collect()
}

fn salvaged(dir: &Path) -> Salvaged {
    salvage(dir, WORKSPACE, &Options::default()).unwrap()
}

/// Asserts that the log is these events, and returns why it ends there.
#[track_caller]
fn holds(salvaged: &Salvaged, expected: &[NewEntry]) -> String {
    let entries = salvaged.read(1, usize::MAX, usize::MAX).unwrap();
    let found: Vec<_> = entries.iter().map(|entry| entry.hash).collect();
    let expected: Vec<_> = expected.iter().map(|entry| entry.hash).collect();
    assert_eq!(found, expected);
    let mut frontier = Frontier::default();
    for entry in &entries {
        frontier.push(entry.leaf_hash(WORKSPACE));
    }
    assert_eq!(salvaged.head().root, frontier.root());
    assert_eq!(salvaged.frontier(), frontier);
    assert_eq!(salvaged.loss().first, found.len() as u64 + 1);
    salvaged.loss().what.clone()
}

fn folder() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ledger");
    (dir, path)
}

#[test]
fn a_sound_log_is_all_there_and_takes_nothing() {
    let (_dir, path) = folder();
    let all = events(1, 330);
    fill(&path, vec![all[..300].to_vec(), all[300..].to_vec()]);
    let salvaged = salvaged(&path);
    assert_eq!(holds(&salvaged, &all), "all 330 entries are there");
    assert_eq!(salvaged.loss().missing(), Some(0));
    let refused = salvaged.append(330, events(331, 1)).unwrap_err();
    assert!(matches!(refused, LedgerError::ReadOnly { .. }), "{refused}");
    let some = salvaged.read(299, 4, usize::MAX).unwrap();
    let seqs: Vec<_> = some.iter().map(|entry| entry.seq).collect();
    assert_eq!(seqs, [299, 300, 301, 302]);
    assert!(salvaged.read(331, 4, usize::MAX).unwrap().is_empty());
}

#[test]
fn a_log_in_use_is_left_to_its_user() {
    let (_dir, path) = folder();
    let ledger = SledLedger::open(&path, WORKSPACE, &Options::default()).unwrap();
    let locked = salvage(&path, WORKSPACE, &Options::default()).unwrap_err();
    assert!(matches!(locked, LedgerError::Locked { .. }), "{locked}");
    drop(ledger);
    assert_eq!(salvaged(&path).head().size, 0);
    assert!(matches!(
        salvage(&path, [2; 16], &Options::default()),
        Err(LedgerError::OtherWorkspace { .. })
    ));
    assert!(matches!(
        salvage(&path.join("none"), WORKSPACE, &Options::default()),
        Err(LedgerError::Missing { .. })
    ));
}

#[test]
fn without_its_mark_a_log_is_read_to_its_end() {
    let (_dir, path) = folder();
    let all = events(1, 120);
    fill(&path, vec![all[..100].to_vec(), all[100..].to_vec()]);
    fs::remove_file(path.join("mark")).unwrap();
    let what = holds(&salvaged(&path), &all);
    assert!(what.contains("mark is missing"), "{what}");
    fs::write(path.join("mark"), [7; 300]).unwrap();
    let what = holds(&salvaged(&path), &all);
    assert!(what.contains("mark is unreadable"), "{what}");
}

#[test]
fn of_an_emptied_store_it_is_told_what_there_was() {
    let (_dir, path) = folder();
    fill(&path, vec![events(1, 120)]);
    fs::write(path.join("store/db"), "").unwrap();
    let emptied = salvaged(&path);
    holds(&emptied, &[]);
    assert_eq!(emptied.loss().missing(), Some(120));
    drop(emptied);
    fs::remove_dir_all(path.join("store")).unwrap();
    let gone = salvaged(&path);
    let what = holds(&gone, &[]);
    assert!(what.contains("store is missing"), "{what}");
    assert_eq!(gone.loss().missing(), Some(120));
}

#[test]
fn entries_that_a_mark_does_not_know_end_the_log_before_them() {
    let (_dir, path) = folder();
    let all = events(1, 300);
    fill(&path, vec![all.clone()]);
    let Said::Mark { mark, .. } = said(&path.join("mark"), WORKSPACE).unwrap() else {
        panic!("there is a mark");
    };
    let base = mark.base.size();
    assert!(base > 200, "most of it stands before the last frame");
    let forged = Mark {
        root: [9; 32],
        ..mark
    };
    drop(MarkFile::create(&path.join("mark"), WORKSPACE, &forged).unwrap());
    let what = holds(&salvaged(&path), &all[..usize::try_from(base).unwrap()]);
    assert!(what.contains("not those that were acknowledged"), "{what}");
}

#[test]
fn what_an_unfinished_append_left_is_not_handed_out() {
    let (_dir, path) = folder();
    let all = events(1, 130);
    fill(&path, vec![all[..120].to_vec(), all[120..].to_vec()]);
    let disk = Disk::open(&path.join("store"), 1 << 20).unwrap();
    // Other events than those recorded at these places, and some beyond; then the process ended.
    let framed: Vec<_> = (1..200)
        .map_while(|seq| disk.frame(seq).unwrap().filter(|value| !value.is_empty()))
        .collect();
    let unfinished: Vec<_> = (121..160).map(|seq| new_entry(seq).at(seq)).collect();
    frames::write(&disk, framed.len() as u64 + 1, &unfinished).unwrap();
    disk.persist().unwrap();
    drop(disk);
    drop(Disk::wait_until_closed(&path.join("store")).unwrap());
    holds(&salvaged(&path), &all);
    fs::remove_file(path.join("mark")).unwrap();
    holds(&salvaged(&path), &all);
}

#[test]
fn a_frame_inside_of_an_event_is_that_events_text() {
    let (_dir, path) = folder();
    // A member who hopes that the log will be damaged one day writes another first entry into a note.
    let forged = new_entry(1).at(1);
    let frame = crate::frame::encode(1, [forged].iter());
    let value = [&[0, 1][..], &1_u64.to_be_bytes(), &frame].concat();
    let mut all = events(1, 60);
    let body = value.repeat(3);
    all.push(NewEntry::new(
        all[59].recorded,
        [7; 16],
        Sealed::new(body.into(), [3; 16], None),
    ));
    fill(&path, vec![all.clone()]);
    holds(&salvaged(&path), &all);
    // Wherever the beginning of the page with the note is damaged, the note stays a note.
    let db = path.join("store/db");
    let whole = fs::read(&db).unwrap();
    let places = whole.windows(value.len()).enumerate();
    let inside: Vec<_> = places.filter(|(_, bytes)| *bytes == value).collect();
    assert!(inside.len() >= 3, "it stands in the file");
    let first = inside[0].0;
    drop(inside);
    for before in [40, 200, 2_000, 4_000] {
        let mut damaged = whole.clone();
        for byte in &mut damaged[first - before..first - before + 16] {
            *byte = !*byte;
        }
        fs::write(&db, damaged).unwrap();
        let salvaged = salvaged(&path);
        let entries = salvaged.read(1, usize::MAX, usize::MAX).unwrap();
        assert!(entries.len() <= all.len());
        for (entry, expected) in entries.iter().zip(&all) {
            assert_eq!(entry.hash, expected.hash, "{before}");
        }
    }
}
