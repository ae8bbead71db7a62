//! Opening, loss and damage: what was acknowledged is there, or the ledger says that it is not.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use super::disk::Disk;
use super::{Options, SledLedger, frames};
use crate::conformance::event;
use crate::{Appended, Head, Ledger, LedgerError, NewEntry, WorkspaceId};

const WORKSPACE: WorkspaceId = [1; 16];

struct Fixture {
    dir: tempfile::TempDir,
}

impl Fixture {
    fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("ledger")
    }

    fn open_with(&self, options: &Options) -> Result<SledLedger, LedgerError> {
        SledLedger::open(&self.path(), WORKSPACE, options)
    }

    fn open(&self) -> SledLedger {
        self.open_with(&Options::default()).unwrap()
    }

    fn refused(&self) -> LedgerError {
        self.open_with(&Options::default()).unwrap_err()
    }

    /// Appends batches of these sizes.
    fn fill(&self, sizes: &[u64]) -> Head {
        let ledger = self.open();
        sizes.iter().for_each(|count| append(&ledger, *count));
        ledger.head()
    }

    fn disk(&self) -> Disk {
        Disk::open(&self.path().join("store"), 1 << 20).unwrap()
    }
}

fn append(ledger: &SledLedger, count: u64) {
    let size = ledger.head().size;
    let batch = (size + 1..=size + count)
        .map(|seq| event(seq, 250, seq))
        .collect();
    assert!(matches!(
        ledger.append(size, batch),
        Ok(Appended::Recorded(_))
    ));
}

fn check(ledger: &SledLedger, head: Head) {
    assert_eq!(ledger.head(), head);
    let (mut told, expected) = (Vec::new(), (1..=head.size).map(|seq| event(seq, 250, seq)));
    assert_eq!(
        ledger
            .verify_all(&mut |done, of| told.push((done, of)))
            .unwrap(),
        head
    );
    assert_eq!(
        told.last(),
        (head.size > 0).then_some(&(head.size, head.size))
    );
    let entries = ledger.read(1, usize::MAX, usize::MAX).unwrap();
    assert!(
        entries
            .into_iter()
            .map(|entry| entry.hash)
            .eq(expected.map(|new: NewEntry| new.hash))
    );
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, to) = (
            entry.as_ref().unwrap().path(),
            to.join(entry.unwrap().file_name()),
        );
        if path.is_dir() {
            copy(&path, &to)
        } else {
            fs::copy(&path, &to).map(drop).unwrap()
        }
    }
}

#[test]
fn everything_is_there_after_reopening_and_it_goes_on() {
    let fixture = Fixture::new();
    let patterns: [&[u64]; 6] = [
        &[],
        &[1],
        &[1, 1, 1],
        &[25, 25, 1],
        &[3000],
        &[1, 700, 2, 19, 19, 1, 1],
    ];
    for sizes in patterns {
        let head = fixture.fill(sizes);
        check(&fixture.open(), head);
    }
}

#[test]
fn a_move_into_frames_between_two_openings_changes_nothing() {
    let fixture = Fixture::new();
    // More single appends than there are slots.
    let head = fixture.fill(&[1; 1100]);
    check(&fixture.open(), head);
    let head = fixture.fill(&[1; 30]);
    check(&fixture.open(), head);
}

#[test]
fn a_second_opener_is_told_or_waits() {
    let fixture = Fixture::new();
    let first = fixture.open();
    assert!(matches!(fixture.refused(), LedgerError::Locked { .. }));
    let path = fixture.path();
    let patient = Options {
        wait: Duration::from_secs(60),
        ..Options::default()
    };
    let second = thread::spawn(move || {
        SledLedger::open(&path, WORKSPACE, &patient).map(|ledger| ledger.head().size)
    });
    append(&first, 3);
    drop(first);
    assert_eq!(second.join().unwrap().unwrap(), 3);
}

#[test]
fn a_log_that_is_not_there_or_is_anothers_is_told_apart() {
    let fixture = Fixture::new();
    let existing = Options {
        create: false,
        ..Options::default()
    };
    assert!(matches!(
        fixture.open_with(&existing),
        Err(LedgerError::Missing { .. })
    ));
    assert!(!fixture.path().exists());
    let head = fixture.fill(&[2]);
    check(&fixture.open_with(&existing).unwrap(), head);
    let other = SledLedger::open(&fixture.path(), [2; 16], &Options::default());
    assert!(matches!(other, Err(LedgerError::OtherWorkspace { .. })));
}

#[test]
fn a_mark_that_is_gone_must_be_rebuilt_on_purpose() {
    let fixture = Fixture::new();
    let head = fixture.fill(&[1, 600, 1]);
    let mark = fixture.path().join("mark");
    for spoil in [
        |path: &Path| fs::remove_file(path).unwrap(),
        |path: &Path| fs::write(path, [7; 8192]).unwrap(),
    ] {
        spoil(&mark);
        assert!(matches!(fixture.refused(), LedgerError::NoMark { .. }));
        let rebuild = Options {
            rebuild_mark: true,
            ..Options::default()
        };
        check(&fixture.open_with(&rebuild).unwrap(), head);
        check(&fixture.open(), head);
    }
}

#[test]
fn a_mark_that_lags_is_caught_up_with() {
    let fixture = Fixture::new();
    fixture.fill(&[1, 600, 1]);
    let (mark, kept) = (fixture.path().join("mark"), fixture.dir.path().join("kept"));
    fs::copy(&mark, &kept).unwrap();
    let head = fixture.fill(&[1, 5000, 1]);
    fs::copy(&kept, &mark).unwrap();
    check(&fixture.open(), head);
}

#[test]
fn a_store_rolled_back_or_lost_does_not_open() {
    let fixture = Fixture::new();
    fixture.fill(&[300, 1]);
    let (store, earlier) = (
        fixture.path().join("store"),
        fixture.dir.path().join("earlier"),
    );
    copy(&store, &earlier);
    fixture.fill(&[1]);
    fs::remove_dir_all(&store).unwrap();
    assert!(matches!(
        fixture.refused(),
        LedgerError::Shortened {
            size: 0,
            marked: 302,
            ..
        }
    ));
    assert!(!store.exists(), "nothing was made in its place");
    copy(&earlier, &store);
    assert!(matches!(
        fixture.refused(),
        LedgerError::Shortened {
            size: 301,
            marked: 302,
            ..
        }
    ));
}

#[test]
fn a_store_with_another_end_does_not_open() {
    let (fixture, other) = (Fixture::new(), Fixture::new());
    fixture.fill(&[300, 5]);
    {
        let ledger = other.open();
        let batch = (1..=310).map(|seq| event(seq + 1, 250, seq)).collect();
        ledger.append(0, batch).unwrap();
    }
    fs::remove_dir_all(fixture.path().join("store")).unwrap();
    copy(&other.path().join("store"), &fixture.path().join("store"));
    assert!(matches!(
        fixture.refused(),
        LedgerError::RootDiffers { seq: 305, .. }
    ));
}

#[test]
fn a_snapshot_left_half_written_does_no_harm() {
    let fixture = Fixture::new();
    let head = fixture.fill(&[100]);
    fs::write(
        fixture
            .path()
            .join("store/snap.00000000FFFFFFFF.generating"),
        b"half",
    )
    .unwrap();
    check(&fixture.open(), head);
}

#[test]
fn an_append_that_never_finished_is_not_there_and_not_in_the_way() {
    let fixture = Fixture::new();
    let head = fixture.fill(&[300, 1]);
    let values = fixture.open().published().values;
    {
        let disk = fixture.disk();
        let stray: Vec<_> = (302..320)
            .map(|seq| event(seq + 7, 250, seq).at(seq))
            .collect();
        let after = frames::write(&disk, values, &stray).unwrap();
        frames::write(&disk, after, &[event(9, 30_000, 320).at(320)]).unwrap();
        disk.persist().unwrap();
    }
    check(&fixture.open(), head);
    let head = fixture.fill(&[500]);
    check(&fixture.open(), head);
}

#[test]
fn a_damaged_entry_is_named_and_the_others_are_read() {
    let fixture = Fixture::new();
    fixture.fill(&[400, 1]);
    let (number, first) = {
        let ledger = fixture.open();
        let (values, framed) = {
            let published = ledger.published();
            (published.values, published.framed)
        };
        frames::Reader {
            disk: &ledger.disk(),
            path: &ledger.dir,
            values,
            framed,
            last: &frames::Found::default(),
        }
        .find(200)
        .unwrap()
    };
    {
        let disk = fixture.disk();
        let mut value = disk.frame(number).unwrap().unwrap().to_vec();
        // Into the body of the frame's second entry: past the headers and the first entry.
        value[10 + 11 + 400 + 100] ^= 1;
        disk.insert_frame(number, &value).unwrap();
        disk.persist().unwrap();
    }
    let ledger = fixture.open();
    let seq_of = |error| match error {
        LedgerError::Damaged { seq, .. } => seq,
        other => panic!("{other}"),
    };
    assert_eq!(
        seq_of(ledger.verify_all(&mut |_, _| ()).unwrap_err()),
        first + 1
    );
    assert_eq!(seq_of(ledger.read(first, 1, 1).unwrap_err()), first + 1);
    assert_eq!(ledger.read(first - 1, 1, 1).unwrap()[0].seq, first - 1);
    assert_eq!(ledger.read(380, 5, 10_000).unwrap().len(), 5);
}

#[test]
fn a_flipped_bit_anywhere_is_noticed_or_does_not_matter() {
    let fixture = Fixture::new();
    let head = fixture.fill(&[60, 1, 1, 40, 1]);
    let kept = fixture.dir.path().join("kept");
    copy(&fixture.path(), &kept);
    let db = fixture.path().join("store/db");
    let length = fs::metadata(&db).unwrap().len() as usize;
    let mut noticed = 0;
    for turn in 0..50 {
        fs::remove_dir_all(fixture.path()).unwrap();
        copy(&kept, &fixture.path());
        let mut bytes = fs::read(&db).unwrap();
        let at = turn * length / 50;
        bytes[at] ^= 0x20;
        fs::write(&db, &bytes).unwrap();
        match fixture.open_with(&Options::default()) {
            Err(_) => {
                noticed += 1;
                assert_eq!(fs::read(&db).unwrap(), bytes, "left as it was found");
                // So with the bit put right all of it is there again.
                bytes[at] ^= 0x20;
                fs::write(&db, &bytes).unwrap();
                check(&fixture.open(), head);
            }
            Ok(ledger) if ledger.verify_all(&mut |_, _| ()).is_err() => noticed += 1,
            Ok(ledger) => check(&ledger, head),
        }
    }
    assert!(noticed > 5, "{noticed}");
}

#[test]
fn a_file_cut_short_does_not_open() {
    let fixture = Fixture::new();
    let head = fixture.fill(&[60, 1, 1, 40, 1]);
    let db = fixture.path().join("store/db");
    let kept = fs::read(&db).unwrap();
    for share in 1..8 {
        // sled may have pushed its file to a whole segment, so it is cut within what was written.
        let cut = &kept[..kept.len() * share / 10];
        fs::write(&db, cut).unwrap();
        assert!(!matches!(fixture.refused(), LedgerError::Locked { .. }));
        assert_eq!(fs::read(&db).unwrap(), cut, "left as it was found");
    }
    fs::write(&db, kept).unwrap();
    check(&fixture.open(), head);
}

#[test]
fn a_disk_without_room_is_no_disaster() {
    let fixture = Fixture::new();
    let head = fixture.fill(&[3]);
    let ledger = fixture
        .open_with(&Options {
            reserve_bytes: u64::MAX,
            ..Options::default()
        })
        .unwrap();
    let outcome = ledger.append(3, vec![event(4, 250, 4)]);
    assert!(matches!(outcome, Err(LedgerError::DiskFull { .. })));
    check(&ledger, head);
    drop(ledger);
    append(&fixture.open(), 1);
}

#[test]
fn after_a_failed_write_it_is_read_only_until_opened_anew() {
    let fixture = Fixture::new();
    let head = fixture.fill(&[3]);
    let ledger = fixture.open();
    ledger.committer.lock().unwrap().broken = Some("a failure".into());
    assert!(matches!(
        ledger.append(3, vec![event(4, 250, 4)]),
        Err(LedgerError::Store { .. })
    ));
    check(&ledger, head);
    drop(ledger);
    append(&fixture.open(), 1);
}
