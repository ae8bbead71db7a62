//! How fast a fresh replica takes in a log, beside the hashing and the signatures of the same events
//! alone, and how long it takes to open one. Ratios of one run; the server is in memory, so that the
//! replica's own work is measured (the whole way through gRPC is in the workspace's own benchmarks).
//!
//! `cargo bench -p quarterdeck-sync --bench intake` (`-- EVENTS` for another number than 100,000)

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark speaks on stdout and stops at the first failure"
)]

#[path = "support/mod.rs"]
mod support;

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use quarterdeck_ledger::{Hash, PublicKey, Sealed, Signature};
use quarterdeck_sync::{Options, Replica, sync};
use support::{Log, Memory, NOW, pull};

fn main() {
    let events = std::env::args()
        .filter_map(|arg| arg.parse().ok())
        .next()
        .unwrap_or(100_000);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let log = Arc::new(Log::new(events));
    let cores = thread::available_parallelism().map_or(1, |cores| cores.get());
    println!(
        "{events} events of {} bytes on {cores} cores",
        log.bytes() / events
    );

    let one_by_one = median(3, || hashes_and_signatures(&log, cores, false));
    let batched = median(3, || hashes_and_signatures(&log, cores, true));
    let dir = tempfile::tempdir().expect("a folder");
    let mut fresh = Vec::new();
    for round in 0..3 {
        let folder = dir.path().join(format!("fresh-{round}"));
        let began = Instant::now();
        let replica = runtime.block_on(pull(&log, &folder));
        fresh.push(began.elapsed());
        assert_eq!(
            replica.head().size,
            log.chunks
                .iter()
                .map(|c| c.entries.len() as u64)
                .sum::<u64>()
        );
    }
    fresh.sort();
    let rate = |time: Duration| events as f64 / time.as_secs_f64();
    println!(
        "SHA-256 and Ed25519 alone, one by one   {:>9.0} events/s",
        rate(one_by_one)
    );
    println!(
        "SHA-256 and Ed25519 alone, in batches   {:>9.0} events/s",
        rate(batched)
    );
    println!(
        "a fresh replica, verified and stored    {:>9.0} events/s, {:.2} and {:.2} of these",
        rate(fresh[1]),
        one_by_one.as_secs_f64() / fresh[1].as_secs_f64(),
        batched.as_secs_f64() / fresh[1].as_secs_f64()
    );

    let small = Arc::new(Log::new(1_000));
    let few = dir.path().join("few");
    drop(runtime.block_on(pull(&small, &few)));
    let many = dir.path().join("fresh-0");
    let (mut opens_few, mut opens_many) = (Vec::new(), Vec::new());
    for _ in 0..15 {
        opens_few.push(opened(&few));
        opens_many.push(opened(&many));
    }
    opens_few.sort();
    opens_many.sort();
    println!(
        "opening a replica of 1,000 events       {:>9.1} ms",
        ms(opens_few[7])
    );
    println!(
        "opening a replica of {events} events     {:>9.1} ms",
        ms(opens_many[7])
    );
    let mut replica = Replica::open(&many, Options::default()).expect("a replica");
    let connection = Memory(Arc::clone(&log));
    let began = Instant::now();
    let report = runtime
        .block_on(sync(&mut replica, &connection, NOW, &mut |_| {}))
        .expect("a sync");
    assert!(report.up_to_date);
    println!(
        "a sync with nothing to do               {:>9.1} ms",
        ms(began.elapsed())
    );
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn median(rounds: usize, mut run: impl FnMut() -> Duration) -> Duration {
    let mut times: Vec<_> = (0..rounds).map(|_| run()).collect();
    times.sort();
    times[rounds / 2]
}

fn opened(dir: &Path) -> Duration {
    let began = Instant::now();
    let replica = Replica::open(dir, Options::default()).expect("a replica");
    let time = began.elapsed();
    assert!(replica.state().workspace.is_some());
    time
}

type Signed = (PublicKey, Hash, Signature);

/// The work that nobody can be spared: hash every event, verify every signature, on all cores.
fn hashes_and_signatures(log: &Log, cores: usize, batched: bool) -> Duration {
    let key = log.key.public();
    let events: Vec<&Sealed> = log
        .chunks
        .iter()
        .flat_map(|chunk| &chunk.entries)
        .map(|entry| &entry.sealed)
        .collect();
    let began = Instant::now();
    if batched {
        let signed: Mutex<Vec<(usize, Vec<Signed>)>> = Mutex::default();
        thread::scope(|scope| {
            for (at, part) in events.chunks(events.len().div_ceil(cores)).enumerate() {
                let signed = &signed;
                scope.spawn(move || {
                    let found = part
                        .iter()
                        .map(|event| (key, event.hash(), event.signature.unwrap_or([0; 64])))
                        .collect();
                    signed.lock().expect("no panic").push((at, found));
                });
            }
        });
        let all: Vec<_> = signed
            .into_inner()
            .expect("no panic")
            .into_iter()
            .flat_map(|(_, part)| part)
            .collect();
        assert_eq!(quarterdeck_ledger::verify_batch(&all), Ok(()));
    } else {
        thread::scope(|scope| {
            for part in events.chunks(events.len().div_ceil(cores)) {
                scope.spawn(move || {
                    for event in part {
                        let signature = event.signature.unwrap_or([0; 64]);
                        assert!(key.verify_command(&event.hash(), &signature));
                    }
                });
            }
        });
    }
    began.elapsed()
}
