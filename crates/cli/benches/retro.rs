//! What the retrospective of a company's quarter costs: 300 key results, 20,000 events.
//!
//! `cargo bench -p quarterdeck-cli --bench retro -- DIR`; DIR is on a real disk. With
//! `QUARTERDECK_BROWSER` (see `tests/tests/browser.rs`) the page is stepped through in Chromium, too.
//! Medians of several runs.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "a benchmark speaks on stdout and stops at the first failure"
)]

mod company;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command as Process, Stdio};
use std::time::{Duration, Instant};

use company::Company;
use quarterdeck_core::calendar::{Date, Timestamp};
use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{Body, CheckedIn, KeyResultAdded, ObjectiveDrafted};
use quarterdeck_core::id::{CycleId, IdSource, KeyResultId, ObjectiveId, TeamId};
use quarterdeck_core::past::Past as _;
use quarterdeck_core::retro;
use quarterdeck_core::token::{CycleKind, CycleState, NoteKind, ObjectiveKind, TeamLevel};
use quarterdeck_core::value::{Field, Measure, Subject, Value};
use quarterdeck_report::{json, page};
use quarterdeck_sync::{Ids, Options, Random, Replica};

const ENTRIES: u64 = 20_000;
const KEY_RESULTS: usize = 300;
const PER_OBJECTIVE: usize = 4;
const TEAMS: usize = 12;
const DAYS: i32 = 90;
const ROUNDS: usize = 5;
/// The first day of the quarter, in days since 1970.
const FIRST: i32 = 20_635;

impl Company {
    fn record(&mut self, body: Body) {
        self.waiting.push(Command::Record(body));
    }

    fn number(&mut self, below: u64) -> i32 {
        let mut bytes = [0; 8];
        self.random.fill(&mut bytes);
        (u64::from_le_bytes(bytes) % below) as i32
    }

    fn plan(&mut self, starts: Date) -> (Vec<KeyResultId>, CycleId) {
        let mut new = Ids::new(&mut self.random, self.now_ms);
        let cycle = CycleId::new(new.next());
        let teams: Vec<_> = (0..TEAMS).map(|_| TeamId::new(new.next())).collect();
        let objectives: Vec<_> = (0..KEY_RESULTS / PER_OBJECTIVE)
            .map(|_| ObjectiveId::new(new.next()))
            .collect();
        let key_results: Vec<_> = (0..KEY_RESULTS)
            .map(|_| KeyResultId::new(new.next()))
            .collect();
        self.record(Body::CycleCreated {
            cycle,
            name: "2026-Q3".to_owned(),
            kind: CycleKind::Quarterly,
            starts,
            ends: starts.plus_days(DAYS),
            parent: None,
        });
        for (n, team) in teams.iter().enumerate() {
            self.record(Body::TeamCreated {
                team: *team,
                name: format!("Region {n}"),
                level: TeamLevel::Team,
                parent: None,
            });
        }
        for (n, objective) in objectives.iter().enumerate() {
            let member = self.member;
            self.record(Body::ObjectiveDrafted(ObjectiveDrafted {
                objective: *objective,
                title: format!("Be the first choice of the mid-market in region {n}"),
                description: None,
                cycle,
                owner: Some(member),
                team: Some(teams[n % TEAMS]),
                kind: [ObjectiveKind::Aspirational, ObjectiveKind::Committed][n % 2],
                supports: None,
                key: None,
                carried_from: None,
                standing: false,
            }));
        }
        for (n, key_result) in key_results.iter().enumerate() {
            let title = format!("Qualified leads of sales region {n}");
            let above = objectives[n / PER_OBJECTIVE];
            let added = KeyResultAdded {
                certainty: Some("0.5".parse().expect("a number")),
                ..company::added(*key_result, above, title, self.member)
            };
            self.record(Body::KeyResultAdded(added));
        }
        self.commit();
        self.waiting.push(Command::Edit {
            subject: Subject::Cycle(cycle),
            set: vec![(
                Field::State,
                Value::Text(CycleState::Active.word().to_owned()),
            )],
        });
        self.commit();
        (key_results, cycle)
    }

    fn quarter(&mut self) {
        let starts = Date::from_days_since_epoch(FIRST);
        let (key_results, _) = self.plan(starts);
        let before = self.size();
        // As many a day that the quarter's end is reached with the last of them.
        let a_day = (ENTRIES - before) / DAYS as u64 + 1;
        let mut values = vec![0; KEY_RESULTS];
        let mut targets = vec![1_000; KEY_RESULTS];
        for day in 0..DAYS {
            self.now_ms = (FIRST + day) as u64 * 86_400_000 + 8 * 3_600_000;
            for _ in 0..a_day {
                if self.size() >= ENTRIES {
                    break;
                }
                let n = self.number(KEY_RESULTS as u64) as usize;
                let subject = Subject::KeyResult(key_results[n]);
                match self.number(40) {
                    0 => self.record(Body::NoteAdded {
                        about: subject,
                        kind: [NoteKind::Learning, NoteKind::Problem, NoteKind::Win][n % 3],
                        text: format!("they answer before noon, as seen {n} times by day {day}"),
                    }),
                    1 => {
                        targets[n] += [7, -7][n % 2];
                        let target = Value::Number(targets[n].into());
                        let set = vec![(Field::Target, target)];
                        self.waiting.push(Command::Edit { subject, set });
                    }
                    _ => {
                        values[n] += self.number(31) - 3;
                        let sure = 30 + self.number(60);
                        let at = starts.plus_days(day);
                        self.record(Body::CheckedIn(CheckedIn {
                            key_result: key_results[n],
                            measure: Measure::Absolute(values[n].into()),
                            effective: at,
                            confidence: n
                                .is_multiple_of(2)
                                .then(|| format!("0.{sure}").parse().expect("a number")),
                            projection: None,
                            note: n.is_multiple_of(3).then(|| {
                                format!("{} partners signed this week, {sure} to go", n % 17)
                            }),
                        }));
                    }
                }
                // A few at a time: a day is no single moment.
                if self.waiting.len() == 12 {
                    self.commit();
                }
            }
            self.commit();
        }
    }
}

/// A home with the quarter in it; made once, used again.
fn home(dir: &Path) -> PathBuf {
    let home = dir.join("retro-20000");
    let folder = home.join("workspaces").join("acme");
    if folder.exists() {
        return home;
    }
    let mut company = Company::begin(&folder, (FIRST - 10) as u64 * 86_400_000);
    company.quarter();
    println!("made {} entries", company.size());
    home
}

fn median(times: &mut [Duration]) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64()
}

fn timed<T>(mut work: impl FnMut() -> T) -> (f64, T) {
    let mut times = Vec::new();
    let mut last = None;
    for _ in 0..ROUNDS {
        let began = Instant::now();
        last = Some(work());
        times.push(began.elapsed());
    }
    (median(&mut times), last.expect("a round"))
}

fn main() {
    let dir = (std::env::args().skip(1))
        .find(|argument| !argument.starts_with("--"))
        .map_or_else(|| PathBuf::from("target"), PathBuf::from);
    let home = home(&dir);
    let folder = home.join("workspaces").join("acme");
    let mut replica = Replica::open(&folder, Options::default()).expect("a replica");
    let recorded = replica.confirmed().recorded;
    let (head, on) = (
        replica.head().size,
        Date::from_days_since_epoch(FIRST + DAYS),
    );
    let asked = {
        let past = replica.past(None).expect("a past");
        let cycle = *past.state().cycles.keys().next().expect("a cycle");
        page::Asked::of(cycle, on, None)
    };
    let retro: &retro::Asked = &asked.retro;
    let (figures, told) = timed(|| {
        let mut past = replica.past(None).expect("a past");
        json::retro(&mut past, retro)
            .expect("a log")
            .expect("a retrospective")
    });
    let (drawn, made) = timed(|| {
        let mut past = replica.past(None).expect("a past");
        page::page_of(&mut past, &told, &asked).expect("a log")
    });
    drop(replica);
    println!("entries                      {head:>9}");
    println!("figures                      {:>9.0} ms", figures * 1e3);
    println!("film and page                {:>9.0} ms", drawn * 1e3);
    println!(
        "size                         {:>9.2} MB",
        made.html.len() as f64 / 1e6
    );

    let file = dir.join("retro.html");
    let (whole, ()) = timed(|| {
        let status = Process::new(env!("CARGO_BIN_EXE_okr"))
            .args(["retro", "-o"])
            .arg(fs::canonicalize(&dir).expect("a folder").join("retro.html"))
            .env_clear()
            .env("OKR_HOME", &home)
            .env("OKR_NOW", Timestamp::from_ms(recorded.ms() + 1).to_string())
            .stdout(Stdio::null())
            .status()
            .expect("okr runs");
        assert!(status.success(), "okr retro: {status}");
    });
    println!(
        "okr retro -o retro.html      {:>9.0} ms  (wanted: 2000)",
        whole * 1e3
    );
    if let Some(modules) = std::env::var_os("QUARTERDECK_BROWSER") {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/browser/pace.mjs");
        let status = Process::new("node")
            .arg(script)
            .env("QUARTERDECK_BROWSER", modules)
            .env("PAGE", fs::canonicalize(file).expect("the page"))
            .status()
            .expect("node runs");
        assert!(status.success(), "the browser: {status}");
    }
}
