//! What questions about the past cost in a log of 10,000 entries and in one of 1,000,000.
//!
//! `cargo bench -p quarterdeck-cli --bench time_travel -- DIR [ENTRIES]`; DIR is on a real disk. The log
//! is a company's, quarter after quarter: 300 key results each, measured every day, a third with a
//! note, some edited. All figures are of one run, in turns; medians, and the worst where it says so.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a benchmark speaks on stdout and stops at the first failure"
)]

mod company;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command as Process, Stdio};
use std::time::{Duration, Instant};

use company::Company;
use quarterdeck_core::calendar::Date;
use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{Body, CheckedIn, ObjectiveDrafted};
use quarterdeck_core::id::{CycleId, IdSource, KeyResultId, ObjectiveId};
use quarterdeck_core::past::Past;
use quarterdeck_core::state::State;
use quarterdeck_core::token::{CycleKind, NoteKind, ObjectiveKind};
use quarterdeck_core::value::{Field, Measure, Subject, Value};
use quarterdeck_sync::{AsOf, Ids, Options, Replica};

const SMALL: u64 = 10_000;
const KEY_RESULTS: usize = 300;
const PER_OBJECTIVE: usize = 4;
const DAYS: i32 = 90;
const ROUNDS: usize = 15;
/// Moments that are asked about, from the log's beginning to its end.
const MOMENTS: u64 = 24;

impl Company {
    fn give(&mut self, command: Command) {
        self.waiting.push(command);
        if self.waiting.len() == 400 {
            self.commit();
        }
    }

    fn quarter(&mut self, number: i32, entries: u64) {
        let first_day = 10_000 + number * 91;
        let starts = Date::from_days_since_epoch(first_day);
        self.now_ms = (self.now_ms).max((first_day as u64 + 1) * 86_400_000);
        let mut new = Ids::new(&mut self.random, self.now_ms);
        let cycle = CycleId::new(new.next());
        let objectives: Vec<_> = (0..KEY_RESULTS / PER_OBJECTIVE)
            .map(|_| ObjectiveId::new(new.next()))
            .collect();
        let key_results: Vec<_> = (0..KEY_RESULTS)
            .map(|_| KeyResultId::new(new.next()))
            .collect();
        self.give(Command::Record(Body::CycleCreated {
            cycle,
            name: format!("quarter-{number}"),
            kind: CycleKind::Custom,
            starts,
            ends: starts.plus_days(DAYS),
            parent: None,
        }));
        for (n, objective) in objectives.iter().enumerate() {
            self.give(Command::Record(Body::ObjectiveDrafted(ObjectiveDrafted {
                objective: *objective,
                title: format!("Be the first choice in market {n}"),
                description: None,
                cycle,
                owner: Some(self.member),
                team: None,
                kind: ObjectiveKind::Aspirational,
                supports: None,
                key: None,
                carried_from: None,
                standing: false,
            })));
        }
        for (n, key_result) in key_results.iter().enumerate() {
            self.give(Command::Record(Body::KeyResultAdded(company::added(
                *key_result,
                objectives[n / PER_OBJECTIVE],
                format!("Leads of region {n} in quarter {number}"),
                self.member,
            ))));
        }
        self.commit();
        for day in 0..DAYS {
            for (n, key_result) in key_results.iter().enumerate() {
                if self.size() >= entries {
                    self.commit();
                    return;
                }
                let subject = Subject::KeyResult(*key_result);
                self.give(Command::Record(Body::CheckedIn(CheckedIn {
                    key_result: *key_result,
                    measure: Measure::Absolute((day * 11 + n as i32 % 7).into()),
                    effective: starts.plus_days(day),
                    confidence: (n % 2 == 0).then(|| "0.7".parse().expect("a number")),
                    projection: None,
                    note: (n % 3 == 0).then(|| "two partners signed this week".to_owned()),
                })));
                if (n as i32 + day) % 40 == 0 {
                    self.give(Command::Record(Body::NoteAdded {
                        about: subject,
                        kind: NoteKind::Learning,
                        text: "they answer before noon".to_owned(),
                    }));
                }
                if (n as i32 + day) % 40 == 1 {
                    let set = vec![(Field::Target, Value::Number((900 + day).into()))];
                    self.give(Command::Edit { subject, set });
                }
            }
            self.now_ms += 86_400_000;
        }
        self.commit();
    }
}

/// A home with a log of so many entries; made once, used again.
fn home(dir: &Path, entries: u64) -> PathBuf {
    let home = dir.join(format!("time-travel-{entries}"));
    let folder = home.join("workspaces").join("acme");
    if folder.exists() {
        return home;
    }
    let mut company = Company::begin(&folder, 10_000 * 86_400_000);
    let began = Instant::now();
    for number in 0.. {
        if company.size() >= entries {
            break;
        }
        company.quarter(number, entries);
    }
    println!(
        "made {} entries in {:.0} s",
        company.size(),
        began.elapsed().as_secs_f64()
    );
    home
}

fn open(home: &Path) -> Replica {
    Replica::open(&home.join("workspaces").join("acme"), Options::default()).expect("a replica")
}

fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let began = Instant::now();
    let result = work();
    let took = began.elapsed();
    drop(result);
    took
}

fn median(times: &[Duration]) -> f64 {
    let mut times = times.to_vec();
    times.sort();
    1e3 * times[times.len() / 2].as_secs_f64()
}

fn worst(times: &[Duration]) -> f64 {
    1e3 * times.iter().max().map_or(0.0, Duration::as_secs_f64)
}

/// The whole program, as a person waits for it.
fn okr(home: &Path, now_ms: u64, arguments: &[&str]) -> Duration {
    let now = quarterdeck_core::calendar::Timestamp::from_ms(now_ms).to_string();
    timed(|| {
        let status = Process::new(env!("CARGO_BIN_EXE_okr"))
            .args(arguments)
            .env_clear()
            .env("OKR_HOME", home)
            .env("OKR_NOW", now)
            .stdout(Stdio::null())
            .status()
            .expect("okr runs");
        assert!(status.success(), "okr {arguments:?}: {status}");
    })
}

fn size_of(dir: &Path) -> f64 {
    let files = fs::read_dir(dir).expect("a folder").flatten();
    files
        .map(|file| match file.metadata() {
            Ok(found) if found.is_dir() => size_of(&file.path()),
            Ok(found) => found.len() as f64 / 1e6,
            Err(_) => 0.0,
        })
        .sum()
}

fn main() {
    let mut arguments = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with("--"));
    let dir = PathBuf::from(arguments.next().unwrap_or_else(|| "target".to_owned()));
    let large = arguments
        .next()
        .map_or(1_000_000, |text| text.parse().expect("a number"));
    let homes = [home(&dir, SMALL), home(&dir, large)];
    let now_ms = open(&homes[1]).confirmed().recorded.ms() + 1;

    // As of any moment: against folding the whole log, read and checked from the same disk.
    let mut replica = open(&homes[1]);
    let head = replica.head().size;
    let fold = median(
        &(0..3)
            .map(|_| {
                timed(|| {
                    let mut state = State::default();
                    for logged in replica.entries(1) {
                        state.apply(&logged.expect("an entry").entry);
                    }
                    state
                })
            })
            .collect::<Vec<_>>(),
    );
    let positions: Vec<u64> = (1..=MOMENTS).map(|n| head * n / (MOMENTS + 1)).collect();
    let moments: Vec<AsOf> = (positions.iter())
        .map(|position| {
            let entry = replica
                .entries(*position)
                .next()
                .expect("an entry")
                .expect("an entry");
            AsOf::Moment(entry.entry.recorded)
        })
        .collect();
    let mut at_positions = Vec::new();
    let mut at_moments = Vec::new();
    for _ in 0..3 {
        for (position, moment) in positions.iter().zip(&moments) {
            at_positions.push(timed(|| {
                replica
                    .state_as_of(AsOf::Position(*position))
                    .expect("a state")
            }));
            at_moments.push(timed(|| replica.state_as_of(*moment).expect("a state")));
        }
    }
    drop(replica);
    println!("entries                                  {head:>9}");
    println!("fold of the whole log                    {fold:>9.1} ms");
    for (name, times) in [
        ("as of a position", &at_positions),
        ("as of a moment", &at_moments),
    ] {
        println!(
            "{name:<34}  median {:>9.1} ms  1/{:.0} of the fold; worst {:.1} ms, 1/{:.0}",
            median(times),
            fold / median(times),
            worst(times),
            fold / worst(times)
        );
    }
    println!("wanted                                   1/100");

    // The history of one key result: in the process, and as a person waits for it.
    let mut told = Vec::new();
    for home in &homes {
        let mut replica = open(home);
        let first = replica
            .confirmed()
            .key_results
            .iter()
            .min_by_key(|(_, found)| found.provenance.created.seq);
        let id = *first.expect("a key result").0;
        let things = std::collections::BTreeSet::from([id.uuid()]);
        let found = replica
            .past(None)
            .expect("a past")
            .about(&things)
            .expect("entries")
            .len();
        told.push((id.to_string(), things, found));
    }
    let mut about = [Vec::new(), Vec::new()];
    let mut whole: Vec<[Vec<Duration>; 2]> = Vec::new();
    let past = format!("#{}", head / 2);
    let commands: [(&str, Vec<&str>); 5] = [
        ("okr --version", vec!["--version"]),
        ("okr status", vec!["status"]),
        (
            "okr status --as-of the middle",
            vec!["status", "--as-of", &past],
        ),
        ("okr history KR", vec!["history", "KR"]),
        ("okr blame KR", vec!["blame", "KR"]),
    ];
    whole.resize_with(commands.len(), Default::default);
    for _ in 0..ROUNDS {
        for (n, home) in homes.iter().enumerate() {
            let mut replica = open(home);
            about[n].push(timed(|| {
                let mut past = replica.past(None).expect("a past");
                past.about(&told[n].1).expect("entries")
            }));
            drop(replica);
            for (c, (_, arguments)) in commands.iter().enumerate() {
                let middle = format!("#{}", SMALL / 2);
                let arguments: Vec<&str> = (arguments.iter())
                    .map(|one| match *one {
                        "KR" => told[n].0.as_str(),
                        at if n == 0 && at == past => middle.as_str(),
                        other => other,
                    })
                    .collect();
                whole[c][n].push(okr(home, now_ms, &arguments));
            }
        }
    }
    println!("{:<38} {SMALL:>9} {head:>11}   ratio", "entries");
    let row = |name: &str, times: &[Vec<Duration>; 2]| {
        let [small, large] = [median(&times[0]), median(&times[1])];
        println!(
            "{name:<38} {small:>6.1} ms {large:>8.1} ms   {:.2}",
            large / small
        );
    };
    row(
        &format!("entries about a key result ({})", told[1].2),
        &about,
    );
    for ((name, _), times) in commands.iter().zip(&whole) {
        row(name, times);
    }
    let folder = homes[1].join("workspaces").join("acme");
    let (ledger, derived) = (
        size_of(&folder.join("ledger")),
        size_of(&folder.join("derived")),
    );
    println!(
        "on disk: log {ledger:.0} MB, snapshots and postings {derived:.0} MB ({:.2})",
        derived / ledger
    );
}
