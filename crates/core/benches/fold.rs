//! How fast the fold is, and how much faster a snapshot opens.
//!
//! `cargo bench -p quarterdeck-core --bench fold`. 100,000 entries of 300 key results: 95 % check-ins
//! (a third with a note), the rest edits and notes. Medians of interleaved rounds, one thread.

#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::hint::black_box;
use std::time::{Duration, Instant};

use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{Body, CheckedIn, Entry};
use quarterdeck_core::id::{EventId, KeyResultId};
use quarterdeck_core::state::State;
use quarterdeck_core::token::NoteKind;
use quarterdeck_core::value::{Change, Field, Subject, Value};
use support::{World, date, dec, id, increase, key_result};

const ENTRIES: usize = 100_000;
const KEY_RESULTS: u64 = 300;
const ROUNDS: usize = 15;

fn main() {
    let log = log();
    let snapshot = postcard::to_stdvec(&fold(&log)).unwrap();
    let mut folds = Vec::new();
    let mut opens = Vec::new();
    for _ in 0..ROUNDS {
        folds.push(timed(|| fold(black_box(&log))));
        opens.push(timed(|| {
            postcard::from_bytes::<State>(black_box(&snapshot)).unwrap()
        }));
    }
    let (fold, open) = (median(folds), median(opens));
    println!("entries                    {ENTRIES}");
    println!("fold                       {:.1} ms", ms(fold));
    println!(
        "fold, events a second      {:.2} M",
        ENTRIES as f64 / fold.as_secs_f64() / 1e6
    );
    println!(
        "snapshot                   {:.1} MB",
        snapshot.len() as f64 / 1e6
    );
    println!("snapshot opens             {:.1} ms", ms(open));
    println!(
        "snapshot / fold            {:.3}",
        open.as_secs_f64() / fold.as_secs_f64()
    );
}

fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    let result = work();
    let took = start.elapsed();
    drop(result);
    took
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn fold(log: &[Entry]) -> State {
    let mut state = State::default();
    log.iter().for_each(|entry| state.apply(entry));
    state
}

/// A quarter's log: its beginning is authored and admitted like any other, the rest is made
/// straight from the beginning's last check-in.
fn log() -> Vec<Entry> {
    let mut world = World::with_quarter();
    for n in 0..KEY_RESULTS {
        let new = key_result(10_000 + n, "one of many key results", increase("0", "1000"));
        world.online("ana", vec![Command::Record(Body::KeyResultAdded(new))]);
    }
    let model = world.log.last().unwrap().clone();
    let mut log = world.log;
    for n in log.len()..ENTRIES {
        let key_result = KeyResultId::new(id(10_000 + n as u64 % KEY_RESULTS));
        let mut entry = model.clone();
        entry.seq = n as u64 + 1;
        entry.event.id = EventId::new(id(1_000_000 + n as u64));
        entry.event.number = model.event.number + 1 + n as u64;
        entry.event.body = match n % 40 {
            0 => Body::NoteAdded {
                about: Subject::KeyResult(key_result),
                kind: NoteKind::Learning,
                text: "they answer before noon".into(),
            },
            1 => Body::Edited {
                subject: Subject::KeyResult(key_result),
                changes: vec![Change {
                    field: Field::Target,
                    from: Value::Number(dec("1000")),
                    to: Value::Number((n as u32).into()),
                }],
            },
            kind => Body::CheckedIn(CheckedIn {
                key_result,
                measure: support::absolute(&n.to_string()),
                effective: date("2026-07-01").plus_days((n * 90 / ENTRIES) as i32),
                confidence: Some(dec("0.7")),
                projection: None,
                note: (kind % 3 == 0).then(|| "two partners signed this week".into()),
            }),
        };
        log.push(entry);
    }
    log
}
