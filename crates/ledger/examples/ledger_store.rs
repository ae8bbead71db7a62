//! A writer to kill and a reader to judge: what the crash and power-cut tests run.
//!
//! ```text
//! ledger_store append DIR        appends for ever; prints "acked SIZE" after each durable append
//! ledger_store check DIR SIZE    opens DIR and checks that it holds at least SIZE entries, all right
//! ledger_store measure DIR SIZE BATCH
//!                                fills DIR, then prints disk usage and the time that opening takes
//! ```
//!
//! What is appended follows from the size alone, so that the reader knows what the writer wrote, and
//! where an append must have ended.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test tool: it speaks on stdout and fails by panicking"
)]

use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use quarterdeck_ledger::{
    Appended, Frontier, Ledger, LedgerError, NewEntry, Options, Sealed, SledLedger,
};

const WORKSPACE: [u8; 16] = *b"workspace-000001";

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["append", dir] => append(Path::new(dir)),
        ["check", dir, size] => check(Path::new(dir), size.parse().unwrap()),
        ["measure", dir, size, batch] => measure(
            Path::new(dir),
            size.parse().unwrap(),
            batch.parse().unwrap(),
        ),
        _ => panic!("usage: ledger_store append DIR | check DIR SIZE | measure DIR SIZE BATCH"),
    }
}

fn open(dir: &Path) -> SledLedger {
    let options = Options {
        wait: Duration::from_secs(10),
        ..Options::default()
    };
    SledLedger::open(dir, WORKSPACE, &options).unwrap_or_else(|error| panic!("{error}"))
}

fn append(dir: &Path) {
    let ledger = open(dir);
    let mut out = std::io::stdout();
    let mut size = ledger.head().size;
    // The size found counts as acknowledged: whoever opens the log may act on it.
    writeln!(out, "acked {size}").unwrap();
    loop {
        let batch = (size + 1..=size + batch_after(size))
            .map(|seq| event(seq, 250))
            .collect();
        match ledger.append(size, batch) {
            Ok(Appended::Recorded(head)) => size = head.size,
            Ok(Appended::HeadMoved(head)) => panic!("someone else appended: {head:?}"),
            Err(error) => panic!("{error}"),
        }
        writeln!(out, "acked {size}").unwrap();
        out.flush().unwrap();
    }
}

fn check(dir: &Path, acked: u64) {
    let ledger = open(dir);
    let head = ledger
        .verify_all(&mut |_, _| ())
        .unwrap_or_else(|error| panic!("{error}"));
    assert!(
        head.size >= acked,
        "{acked} entries were acknowledged, {} are there",
        head.size
    );
    let mut boundary = 0;
    while boundary < head.size {
        boundary += batch_after(boundary);
    }
    assert_eq!(boundary, head.size, "an append is there in part");
    let mut frontier = Frontier::default();
    while frontier.size() < head.size {
        for entry in ledger.read(frontier.size() + 1, 1000, usize::MAX).unwrap() {
            let expected = event(entry.seq, 250);
            assert_eq!(
                (entry.event_id, &entry.event),
                (expected.event_id, &expected.event)
            );
            frontier.push(entry.leaf_hash(WORKSPACE));
        }
    }
    assert_eq!(frontier.root(), head.root);
    // What was found must also be fit to go on from, unless there is no room.
    let batch = (head.size + 1..=head.size + batch_after(head.size))
        .map(|seq| event(seq, 250))
        .collect();
    match ledger.append(head.size, batch) {
        Ok(Appended::Recorded(_)) | Err(LedgerError::DiskFull { .. }) => {}
        other => panic!("{other:?}"),
    }
    println!("sound {}", head.size);
}

fn measure(dir: &Path, size: u64, batch: u64) {
    let ledger = open(dir);
    let mut bytes = 0;
    while ledger.head().size < size {
        let from = ledger.head().size;
        let batch: Vec<_> = (from + 1..=from + batch)
            .map(|seq| event(seq, 250))
            .collect();
        bytes += batch.iter().map(|entry| entry.event.size()).sum::<usize>();
        ledger.append(from, batch).unwrap();
    }
    drop(ledger);
    let disk = disk_usage(dir);
    println!(
        "batch {batch}: {bytes} bytes of events, {disk} on disk, ratio {:.2}",
        disk as f64 / bytes as f64
    );
    for kind in ["first", "second", "third"] {
        let began = Instant::now();
        let ledger = open(dir);
        let opened = began.elapsed();
        drop(ledger);
        println!(
            "{kind} open {opened:.2?}, with close {:.2?}",
            began.elapsed()
        );
    }
    let ledger = open(dir);
    let began = Instant::now();
    ledger.verify_all(&mut |_, _| ()).unwrap();
    println!("verified all in {:.2?}", began.elapsed());
}

/// How many events the append after `size` entries has: mostly few, at times many.
fn batch_after(size: u64) -> u64 {
    let mixed = (size + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    match mixed >> 60 {
        0..8 => 1,
        8..11 => 3,
        11..13 => 25,
        13..15 => 100,
        _ => 1000,
    }
}

/// The event that stands at `seq`, with a body that does not compress.
fn event(seq: u64, length: usize) -> NewEntry {
    let mut state = seq;
    let mut noise = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33).to_be_bytes()[7]
    };
    let body: Vec<u8> = (0..length).map(|_| noise()).collect();
    let event = Sealed::new(body.into(), [noise(); 16], Some([noise(); 64]));
    NewEntry::new(
        1_790_000_000_000 + seq,
        u128::from(seq).to_be_bytes(),
        event,
    )
}

/// The bytes that the files below a folder take, in blocks allocated.
fn disk_usage(dir: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt;
    std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let metadata = entry.metadata().unwrap();
            if metadata.is_dir() {
                disk_usage(&entry.path())
            } else {
                metadata.blocks() * 512
            }
        })
        .sum()
}
