//! What every [`Ledger`] must do, as one suite that each implementation runs.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test suite asserts by panicking"
)]

use std::sync::Arc;
use std::thread;

use crate::{
    Appended, Entry, Frontier, Head, Ledger, LedgerError, MAX_BODY, NewEntry, Remains, Sealed,
    leaf_hashes, merkle,
};

/// Runs the whole suite; `fresh` makes an empty ledger each time it is called.
///
/// # Panics
/// When the ledger does not do what it must.
pub fn run<L: Ledger + 'static>(mut fresh: impl FnMut() -> L) {
    empty(&fresh());
    append_and_read_back(&fresh());
    batches_of_every_size(&fresh());
    compare_and_set(&fresh());
    refusals(&fresh());
    limits(&fresh());
    large_bodies(&fresh());
    tree(&fresh());
    follow(&fresh());
    erasing(&fresh());
    erasing_while_others_read(&Arc::new(fresh()));
    threads_racing(&Arc::new(fresh()));
}

/// An event of about `length` bytes, recorded at `recorded`; each `n` gives another.
pub fn event(n: u64, length: usize, recorded: u64) -> NewEntry {
    let body: Vec<u8> = n.to_be_bytes().into_iter().cycle().take(length).collect();
    let [.., low] = n.to_be_bytes();
    let signature = n.is_multiple_of(3).then_some([low; 64]);
    NewEntry::new(
        recorded,
        u128::from(n).to_be_bytes(),
        Sealed::new(body.into(), [low; 16], signature),
    )
}

fn batch(first: u64, count: u64) -> Vec<NewEntry> {
    (first..first + count)
        .map(|n| event(n, 100 + (n % 200) as usize, n))
        .collect()
}

fn recorded(outcome: Result<Appended, LedgerError>) -> Head {
    match outcome.unwrap() {
        Appended::Recorded(head) => head,
        Appended::HeadMoved(head) => panic!("the head moved to {head:?}"),
    }
}

fn all(ledger: &dyn Ledger) -> Vec<Entry> {
    ledger.read(1, usize::MAX, usize::MAX).unwrap()
}

fn check_content(ledger: &dyn Ledger, expected: &[NewEntry]) {
    let entries = all(ledger);
    assert_eq!(entries.len(), expected.len());
    for (seq, (entry, new)) in (1..).zip(entries.iter().zip(expected)) {
        assert_eq!(entry.seq, seq);
        assert_eq!(
            (entry.recorded, entry.event_id, &entry.event, entry.hash),
            (new.recorded, new.event_id, &new.event, new.hash)
        );
    }
}

fn empty(ledger: &dyn Ledger) {
    assert_eq!(
        ledger.head(),
        Head {
            size: 0,
            root: merkle::empty_root(),
            recorded: 0
        }
    );
    assert_eq!(ledger.read(1, 10, 1000).unwrap(), []);
    assert_eq!(recorded(ledger.append(0, Vec::new())), ledger.head());
    assert_eq!(*ledger.follow().borrow(), 0);
}

fn append_and_read_back(ledger: &dyn Ledger) {
    let expected = batch(1, 100);
    for (size, new) in (0..).zip(&expected) {
        let head = recorded(ledger.append(size, vec![new.clone()]));
        assert_eq!((head.size, head.recorded), (size + 1, new.recorded));
        assert_eq!(ledger.head(), head);
        assert_eq!(ledger.read(size + 1, 1, 1).unwrap()[0].hash, new.hash);
    }
    check_content(ledger, &expected);
}

fn batches_of_every_size(ledger: &dyn Ledger) {
    let mut expected = Vec::new();
    for count in [1, 2, 40, 1, 7, 300, 1, 1, 25, 19, 1000, 3] {
        let size = expected.len() as u64;
        let new = batch(size + 1, count);
        recorded(ledger.append(size, new.clone()));
        expected.extend(new);
    }
    check_content(ledger, &expected);
}

fn compare_and_set(ledger: &dyn Ledger) {
    let head = recorded(ledger.append(0, batch(1, 5)));
    for wrong in [0, 4, 6, u64::MAX] {
        assert_eq!(
            ledger.append(wrong, batch(6, 1)).unwrap(),
            Appended::HeadMoved(head)
        );
        assert_eq!(
            ledger.append(wrong, Vec::new()).unwrap(),
            Appended::HeadMoved(head)
        );
    }
    check_content(ledger, &batch(1, 5));
}

fn refusals(ledger: &dyn Ledger) {
    recorded(ledger.append(0, vec![event(1, 10, 500)]));
    let early = ledger.append(1, vec![event(2, 10, 500), event(3, 10, 499)]);
    assert!(matches!(
        early,
        Err(LedgerError::RecordedWentBack {
            position: 2,
            recorded: 499,
            last: 500
        })
    ));
    let early = ledger.append(1, vec![event(2, 10, 499)]);
    assert!(matches!(
        early,
        Err(LedgerError::RecordedWentBack { position: 1, .. })
    ));
    let large = ledger.append(1, vec![event(2, MAX_BODY + 1, 500)]);
    assert!(matches!(
        large,
        Err(LedgerError::TooLarge {
            position: 1,
            limit: MAX_BODY,
            ..
        })
    ));
    let mut wrong = event(2, 10, 500);
    wrong.hash[0] ^= 1;
    assert!(matches!(
        ledger.append(1, vec![wrong]),
        Err(LedgerError::WrongHash { position: 1 })
    ));
    // Nothing of it was recorded, and the log goes on.
    recorded(ledger.append(1, vec![event(2, 10, 500)]));
    check_content(ledger, &[event(1, 10, 500), event(2, 10, 500)]);
}

fn limits(ledger: &dyn Ledger) {
    recorded(ledger.append(0, batch(1, 500)));
    let seqs = |from, entries, bytes| {
        let entries = ledger.read(from, entries, bytes).unwrap();
        entries.iter().map(|entry| entry.seq).collect::<Vec<_>>()
    };
    assert_eq!(seqs(1, 3, usize::MAX), [1, 2, 3]);
    assert_eq!(seqs(0, 2, usize::MAX), [1, 2]);
    assert_eq!(seqs(490, 100, usize::MAX), (490..=500).collect::<Vec<_>>());
    assert_eq!(seqs(77, 100, 1), [77]);
    assert_eq!(seqs(5, 0, usize::MAX), [0; 0]);
    assert_eq!(seqs(501, 10, usize::MAX), [0; 0]);
    assert_eq!(seqs(u64::MAX, 10, usize::MAX), [0; 0]);
    let some = ledger.read(1, usize::MAX, 5000).unwrap();
    let bytes: usize = some.iter().map(|entry| entry.event.size()).sum();
    assert!((5000..6000).contains(&bytes), "{bytes}");
}

fn large_bodies(ledger: &dyn Ledger) {
    let lengths = [
        10, MAX_BODY, 10, 7000, 7100, 7200, 14_336, 0, 20_000, MAX_BODY, MAX_BODY, 10,
    ];
    let expected: Vec<_> = (1..)
        .zip(lengths)
        .map(|(n, length)| event(n, length, n))
        .collect();
    let (one_by_one, together) = expected.split_at(5);
    for (size, new) in (0..).zip(one_by_one) {
        recorded(ledger.append(size, vec![new.clone()]));
    }
    recorded(ledger.append(5, together.to_vec()));
    check_content(ledger, &expected);
    for (seq, new) in (1..).zip(&expected) {
        assert_eq!(ledger.read(seq, 1, 1).unwrap()[0].hash, new.hash);
    }
}

fn tree(ledger: &dyn Ledger) {
    let mut frontier = Frontier::default();
    for (size, count) in [(0, 1), (1, 1), (2, 70), (72, 1), (73, 400)] {
        let head = recorded(ledger.append(size, batch(size + 1, count)));
        for entry in ledger.read(size + 1, usize::MAX, usize::MAX).unwrap() {
            frontier.push(entry.leaf_hash(ledger.workspace()));
        }
        assert_eq!(head.root, frontier.root());
        assert_eq!(ledger.frontier(), frontier);
        let leaves = leaf_hashes(ledger, head.size).unwrap();
        let proof = merkle::inclusion_proof(&leaves, size as usize).unwrap();
        assert!(merkle::verify_inclusion(
            &head.root,
            head.size,
            size,
            &leaves[size as usize],
            &proof
        ));
    }
}

fn follow(ledger: &dyn Ledger) {
    let mut size = ledger.follow();
    assert!(!size.has_changed().unwrap());
    recorded(ledger.append(0, batch(1, 3)));
    assert!(size.has_changed().unwrap());
    assert_eq!(*size.borrow_and_update(), 3);
    recorded(ledger.append(3, Vec::new()));
    assert!(ledger.append(0, batch(4, 1)).is_ok());
    assert!(!size.has_changed().unwrap());
}

fn remains(seq: u64, body: &'static [u8]) -> Remains {
    Remains {
        seq,
        body: body.into(),
    }
}

fn erasing(ledger: &dyn Ledger) {
    let mut expected = batch(1, 400);
    recorded(ledger.append(0, expected.clone()));
    for (size, new) in (400..).zip(batch(401, 3)) {
        recorded(ledger.append(size, vec![new.clone()]));
        expected.push(new);
    }
    let (head, leaves) = (ledger.head(), leaf_hashes(ledger, 403).unwrap());
    assert_eq!(ledger.erased_through(), 0);
    for wrong in [0, 404] {
        let refused = ledger.erase(vec![remains(3, b"x"), remains(wrong, b"")], 400);
        assert!(matches!(refused, Err(LedgerError::NoSuchEntry { .. })));
    }
    let large = Remains {
        seq: 1,
        body: vec![0; MAX_BODY + 1].into(),
    };
    let refused = ledger.erase(vec![large], 400);
    assert!(matches!(refused, Err(LedgerError::TooLarge { .. })));
    check_content(ledger, &expected);
    assert_eq!(ledger.erased_through(), 0);

    // In frames and in the tail, signed and unsigned, to nothing and to more than there was.
    let long = Box::leak(vec![7; 20_000].into_boxed_slice());
    let all = [
        remains(1, b"what is left"),
        remains(2, b""),
        remains(3, b"first"),
        remains(3, b"the last counts"),
        remains(200, long),
        remains(403, b"the newest"),
    ];
    ledger.erase(all.to_vec(), 399).unwrap();
    for Remains { seq, body } in all {
        let new = &mut expected[seq as usize - 1];
        new.event = new.event.erased(body);
    }
    let holds = |ledger: &dyn Ledger, expected: &[NewEntry]| {
        check_content(ledger, expected);
        for (seq, new) in (1..).zip(expected) {
            assert_eq!(ledger.read(seq, 1, 1).unwrap()[0].event, new.event);
        }
    };
    holds(ledger, &expected);
    assert_eq!((ledger.head(), ledger.frontier().root()), (head, head.root));
    assert_eq!(leaf_hashes(ledger, 403).unwrap(), leaves);
    assert_eq!(ledger.erased_through(), 399);

    // It goes on, what was erased can be erased further, and what was done stays done.
    recorded(ledger.append(403, batch(404, 300)));
    expected.extend(batch(404, 300));
    ledger.erase(vec![remains(200, b"less")], 703).unwrap();
    expected[199].event = expected[199].event.erased(b"less"[..].into());
    ledger.erase(Vec::new(), 5).unwrap();
    holds(ledger, &expected);
    assert_eq!(ledger.erased_through(), 703);
}

/// Readers meanwhile see each entry either as it was or as it is.
fn erasing_while_others_read<L: Ledger + 'static>(ledger: &Arc<L>) {
    recorded(ledger.append(0, batch(1, 500)));
    let reader = {
        let ledger = Arc::clone(ledger);
        thread::spawn(move || {
            while ledger.erased_through() == 0 {
                let entries = all(&*ledger);
                assert_eq!(entries.len(), 500);
                for (entry, new) in entries.iter().zip(batch(1, 500)) {
                    assert_eq!(entry.hash, new.hash);
                    let left = entry.event.is_erased() && entry.event.body == b"left"[..];
                    assert!(left || entry.event == new.event);
                }
            }
        })
    };
    ledger.erase(vec![remains(250, b"left")], 500).unwrap();
    reader.join().unwrap();
    assert_eq!(ledger.read(250, 1, 1).unwrap()[0].event.body, b"left"[..]);
}

/// Writers that all want the same place, and readers meanwhile: every acknowledged batch is there, once
/// and in one piece, and no reader ever sees anything else than a beginning of the final log.
fn threads_racing<L: Ledger + 'static>(ledger: &Arc<L>) {
    const WRITERS: u64 = 4;
    const BATCHES: u64 = 40;
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let ledger = Arc::clone(ledger);
            thread::spawn(move || {
                for turn in 0..BATCHES {
                    let count = 1 + (writer + turn) % 5;
                    let mine: Vec<_> = (0..count)
                        .map(|n| event(writer << 32 | turn << 8 | n, 150, 7))
                        .collect();
                    let mut size = ledger.head().size;
                    while let Appended::HeadMoved(head) = ledger.append(size, mine.clone()).unwrap()
                    {
                        size = head.size;
                    }
                }
            })
        })
        .collect();
    let reader = {
        let ledger = Arc::clone(ledger);
        thread::spawn(move || {
            let mut seen: Vec<Entry> = Vec::new();
            while seen.len() < (WRITERS * BATCHES) as usize {
                let before = ledger.head();
                let entries = all(&*ledger);
                assert!(entries.len() as u64 >= before.size);
                assert!(entries.starts_with(&seen));
                seen = entries;
            }
        })
    };
    writers
        .into_iter()
        .for_each(|writer| writer.join().unwrap());
    reader.join().unwrap();

    let entries = all(&**ledger);
    let expected: u64 = (0..WRITERS)
        .flat_map(|writer| (0..BATCHES).map(move |turn| 1 + (writer + turn) % 5))
        .sum();
    assert_eq!(entries.len() as u64, expected);
    let ids: Vec<u64> = entries
        .iter()
        .map(|entry| u128::from_be_bytes(entry.event_id) as u64)
        .collect();
    for (at, id) in ids.iter().enumerate().filter(|(_, id)| *id & 0xff == 0) {
        let (writer, turn) = (id >> 32, id >> 8 & 0xff_ffff);
        let count = 1 + (writer + turn) % 5;
        let whole: Vec<u64> = (0..count).map(|n| id | n).collect();
        assert_eq!(
            ids[at..at + count as usize],
            whole,
            "a batch is in one piece"
        );
    }
    let mut distinct = ids.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), ids.len());
}

#[cfg(test)]
mod tests {
    use crate::{MemoryLedger, Options, SledLedger};

    #[test]
    fn the_ledger_in_memory_conforms() {
        super::run(|| MemoryLedger::new([1; 16]));
    }

    #[test]
    fn the_ledger_on_sled_conforms() {
        let dir = tempfile::tempdir().unwrap();
        let mut count = 0;
        super::run(|| {
            count += 1;
            SledLedger::open(
                &dir.path().join(count.to_string()),
                [1; 16],
                &Options::default(),
            )
            .unwrap()
        });
    }
}
