//! How fast a whole log is verified (`okr verify`), beside the hashing and the signatures of the same
//! events alone on all cores, which is the machine's own limit. Ratios of one run.
//!
//! `cargo bench -p quarterdeck-sync --bench verify` (`-- EVENTS` for another number than 100,000)

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark speaks on stdout and stops at the first failure"
)]

#[path = "support/mod.rs"]
mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use quarterdeck_ledger::{Sealed, verify_batch};
use support::{Log, pull};

/// How many signatures one thread sums up at a time.
const BATCH: usize = 256;

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
    let dir = tempfile::tempdir().expect("a folder");
    let mut replica = runtime.block_on(pull(&log, &dir.path().join("replica")));
    let (mut limits, mut times) = (Vec::new(), Vec::new());
    // In turns, so that both meet the same neighbours on the machine.
    for _ in 0..5 {
        limits.push(limit(&log, cores));
        let began = Instant::now();
        let verified = replica.verify(&mut |_, _| {}).expect("a log that holds");
        times.push(began.elapsed());
        assert_eq!(verified.commands, events as u64);
        replica.release();
    }
    limits.sort();
    times.sort();
    let rate = |time: Duration| events as f64 / time.as_secs_f64();
    println!("{events} entries, each signed, on {cores} cores");
    println!(
        "SHA-256 and Ed25519 in batches alone    {:>9.0} entries/s",
        rate(limits[2])
    );
    println!(
        "okr verify                              {:>9.0} entries/s, {:.2} of that",
        rate(times[2]),
        limits[2].as_secs_f64() / times[2].as_secs_f64()
    );
}

/// Hashes every event and its leaf and verifies every signature, on all cores.
fn limit(log: &Log, cores: usize) -> Duration {
    let key = log.key.public();
    let events: Vec<&Sealed> = log
        .chunks
        .iter()
        .flat_map(|chunk| &chunk.entries)
        .map(|entry| &entry.sealed)
        .collect();
    let chunks: Vec<&[&Sealed]> = events.chunks(BATCH).collect();
    let next = AtomicUsize::new(0);
    let began = Instant::now();
    thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                while let Some(chunk) = chunks.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let signed: Vec<_> = chunk
                        .iter()
                        .map(|event| (key, event.hash(), event.signature.unwrap_or([0; 64])))
                        .collect();
                    assert_eq!(verify_batch(&signed), Ok(()));
                }
            });
        }
    });
    began.elapsed()
}
