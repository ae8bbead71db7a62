//! How fast a quarter is played again.
//!
//! `cargo bench -p quarterdeck-core --bench replay`. 20,000 entries of 300 key results below 75
//! objectives: mostly check-ins (a third with a note), some edits and notes, over 90 days. Medians, one
//! thread, the reading of the log aside: it is a list in memory.

#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::time::{Duration, Instant};

use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{Body, CheckedIn, Entry, KeyResultAdded, ObjectiveDrafted};
use quarterdeck_core::id::{EventId, KeyResultId, ObjectiveId};
use quarterdeck_core::replay::{self, Asked, Scores, Step};
use quarterdeck_core::token::NoteKind;
use quarterdeck_core::value::{Change, Field, Subject, Value};
use support::past::Listed;
use support::{World, cycle, date, dec, id, increase, key_result, objective_drafted};

const ENTRIES: usize = 20_000;
const OBJECTIVES: u64 = 75;
const KEY_RESULTS: u64 = 300;
const DAYS: u64 = 90;
const ROUNDS: usize = 9;

fn main() {
    let mut past = Listed::all(&log());
    for step in [Step::Event, Step::Day, Step::Week] {
        let asked = Asked {
            cycle: cycle(),
            step,
            from: None,
            until: None,
        };
        let mut stops = 0;
        let (mut played, mut scored) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            stops = 0;
            played.push(timed(|| {
                let _ = replay::play(&mut past, &asked, &mut |_, _, _| {
                    stops += 1;
                    true
                });
            }));
            let mut scores = Scores::new(asked.cycle);
            scored.push(timed(|| {
                let _ = replay::play(&mut past, &asked, &mut |state, stop, changed| {
                    scores.update(state, stop.day, changed);
                    std::hint::black_box(scores.means());
                    true
                });
            }));
        }
        let (played, scored) = (median(played), median(scored));
        println!(
            "by {step:?}: {stops} stops, played in {:.1} ms, with all scores {:.1} ms",
            ms(played),
            ms(scored)
        );
    }
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// A quarter's log: its planning is authored and admitted like any other, the rest is made straight
/// from its last entry.
fn log() -> Vec<Entry> {
    let mut world = World::with_quarter();
    for n in 0..OBJECTIVES {
        let drafted = ObjectiveDrafted {
            objective: ObjectiveId::new(id(9_000 + n)),
            title: format!("objective {n}"),
            ..objective_drafted()
        };
        world.online(
            "ana",
            vec![Command::Record(Body::ObjectiveDrafted(drafted))],
        );
    }
    for n in 0..KEY_RESULTS {
        let added = KeyResultAdded {
            objective: ObjectiveId::new(id(9_000 + n % OBJECTIVES)),
            ..key_result(10_000 + n, "one of many key results", increase("0", "1000"))
        };
        world.online("ana", vec![Command::Record(Body::KeyResultAdded(added))]);
    }
    let model = world.log.last().unwrap().clone();
    let mut log = world.log;
    for n in log.len()..ENTRIES {
        let key_result = KeyResultId::new(id(10_000 + n as u64 % KEY_RESULTS));
        let day = n as u64 * DAYS / ENTRIES as u64;
        let mut entry = model.clone();
        entry.seq = n as u64 + 1;
        entry.recorded = model.recorded.plus_ms(day * 86_400_000 + n as u64);
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
                effective: date("2026-07-01").plus_days(day as i32),
                confidence: Some(dec("0.7")),
                projection: None,
                note: (kind % 3 == 0).then(|| "two partners signed this week".into()),
            }),
        };
        log.push(entry);
    }
    log
}
