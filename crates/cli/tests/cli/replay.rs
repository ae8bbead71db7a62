//! A quarter played again: each frame says what `okr status` says of its moment.

use std::collections::BTreeMap;

use quarterdeck_cli::Exit;
use serde_json::Value;

use crate::machine::{Machine, typed};

/// A quarter: planned before its first day, measured, moved, partly dropped, graded and closed.
const QUARTER: &[(&str, &[&str])] = &[
    (
        "2026-06-22",
        &[
            "init acme --as ana --time-zone Europe/Lisbon",
            "team new Sales",
            "cycle new 2026-Q3",
            "objective new 'Be the first choice' --key growth --team Sales --cycle 2026-Q3",
            "kr new 'Qualified leads' --objective growth --increase 500..550 --unit leads --key leads",
        ],
    ),
    (
        "2026-06-29",
        &[
            "cycle activate 2026-Q3",
            "kr new Guide --objective growth --milestones 'draft,pilot:2,live:3' --key guide",
            "objective new 'Callers stay' --key calls --kind committed --cycle 2026-Q3",
            "kr new 'Lines up' --objective calls --maintain 3..4 --key lines",
            "kr new Talk --objective calls --binary --key talk",
        ],
    ),
    (
        "2026-07-02",
        &["checkin leads 505 -c 0.7 -m 'a good start'"],
    ),
    (
        "2026-07-06",
        &["checkin lines 3.5", "checkin guide draft -c 0.8"],
    ),
    (
        "2026-07-13",
        &[
            "checkin leads 520 --on 2026-07-09",
            "kr edit leads --target 600 -m 'two reps more'",
            "note leads 'the fair was full' --win",
        ],
    ),
    (
        "2026-07-20",
        &["checkin leads 5310", "undo -m 'a digit too many'"],
    ),
    (
        "2026-07-21",
        &[
            "checkin leads 531 -c 0.6",
            "kr drop talk -m 'nobody wants it'",
            "member edit ana --name 'Ana Almeida'",
        ],
    ),
    ("2026-08-10", &["objective defer calls -m 'after the move'"]),
    ("2026-09-28", &["checkin leads 580", "checkin guide pilot"]),
    (
        "2026-10-02",
        &[
            "grade leads 0.7 -m 'close to it'",
            "cycle close 2026-Q3 --as-computed --yes",
        ],
    ),
];

fn play(machine: &Machine, until: &str) {
    go_on(machine, "", until);
}

/// What happened after one day, up to another.
fn go_on(machine: &Machine, after: &str, until: &str) {
    for (day, lines) in QUARTER {
        if *day <= after || *day > until {
            continue;
        }
        machine.set_time(&format!("{day}T09:00:00Z"));
        for line in *lines {
            typed(machine, line).ok();
        }
    }
}

/// Keys of a goal in a frame that are the frame's own: how it is named there, what it read like
/// before, what is below it, and what moves with every day.
const OWN: &[&str] = &["ref", "before", "key_results", "pace", "graded"];

/// What the frames so far come to, goal by goal.
#[derive(Default)]
struct Kept {
    objectives: BTreeMap<String, Value>,
    key_results: BTreeMap<String, Value>,
}

fn id(goal: &Value) -> String {
    goal["id"].as_str().unwrap().to_owned()
}

impl Kept {
    fn take(&mut self, frame: &Value) {
        for gone in frame["gone"].as_array().unwrap() {
            let was_there =
                (self.objectives.remove(&id(gone))).or_else(|| self.key_results.remove(&id(gone)));
            assert!(was_there.is_some(), "{gone}");
        }
        for objective in frame["objectives"].as_array().unwrap() {
            self.objectives.insert(id(objective), objective.clone());
            for found in objective["key_results"].as_array().unwrap() {
                self.key_results.insert(id(found), found.clone());
            }
        }
    }

    /// Whether that is what a status says.
    #[track_caller]
    fn is(&self, status: &Value, frame: &Value) {
        for key in [
            "name",
            "state",
            "week",
            "elapsed",
            "expected",
            "score",
            "committed",
            "aspirational",
        ] {
            assert_eq!(
                frame["cycle"][key], status["cycle"][key],
                "{key} at {frame}"
            );
        }
        let objectives = status["objectives"].as_array().unwrap();
        assert_eq!(self.objectives.len(), objectives.len(), "{frame}");
        let mut below = 0;
        for objective in objectives {
            same(&self.objectives[&id(objective)], objective, frame);
            for found in objective["key_results"].as_array().unwrap() {
                let kept = &self.key_results[&id(found)];
                same(kept, found, frame);
                assert_eq!(kept["graded"], found["grade"]["grade"], "{frame}");
                below += 1;
            }
        }
        assert_eq!(self.key_results.len(), below, "{frame}");
    }
}

#[track_caller]
fn same(kept: &Value, told: &Value, frame: &Value) {
    for (key, value) in kept.as_object().unwrap() {
        if !OWN.contains(&key.as_str()) {
            assert_eq!(value, &told[key], "{key} of {} at {frame}", told["title"]);
        }
    }
}

#[track_caller]
fn frames_are_what_was_known(machine: &Machine, question: &str) -> Vec<Value> {
    let frames = typed(machine, &format!("replay 2026-Q3 {question} --json"))
        .ok()
        .lines();
    let mut kept = Kept::default();
    for frame in &frames {
        kept.take(frame);
        let as_of = frame["as_of"].as_str().unwrap();
        let line = format!("status --cycle 2026-Q3 --json --as-of {as_of}");
        kept.is(&typed(machine, &line).ok().json(), frame);
    }
    frames
}

#[test]
fn each_frame_says_what_status_says_of_its_moment() {
    let machine = Machine::new();
    play(&machine, "2026-12-31");
    let weeks = frames_are_what_was_known(&machine, "--step week");
    // The planning, fourteen weeks, the closing.
    assert_eq!(weeks.len(), 16);
    let days = frames_are_what_was_known(&machine, "--step day");
    // Two days of planning, 92 of the quarter, the closing.
    assert_eq!(days.len(), 95);
    for frame in days
        .iter()
        .filter(|frame| frame["cycle"]["week"].is_number())
        .take(92)
    {
        let day = frame["day"].as_str().unwrap();
        let line = format!("status --cycle 2026-Q3 --json --as-of {day}");
        let status = typed(&machine, &line).ok().json();
        assert_eq!(status["as_of"], frame["as_of"]);
        assert_eq!(status["on"], frame["day"]);
        assert_eq!(status["cycle"]["score"], frame["cycle"]["score"]);
    }
    let events = frames_are_what_was_known(&machine, "--step event");
    let told: usize = (events.iter())
        .map(|frame| frame["events"].as_array().unwrap().len())
        .sum();
    assert!(events.len() > 92 && told > 20, "{told} events");
    let last = events.last().unwrap();
    assert_eq!(last["events"][0]["kind"], "CycleClosed");
    assert_eq!(last["day"], "2026-09-30");
}

#[test]
fn a_quarter_that_runs_is_played_up_to_now() {
    let machine = Machine::new();
    play(&machine, "2026-07-21");
    machine.set_time("2026-07-23T15:00:00Z");
    let days = frames_are_what_was_known(&machine, "--step day");
    let last = days.last().unwrap();
    assert_eq!(last["day"], "2026-07-23");
    // As it could be played a week before, whatever came later.
    let then = typed(&machine, "replay --step day --as-of 2026-07-16")
        .ok()
        .stdout;
    go_on(&machine, "2026-07-21", "2026-12-31");
    let line = "replay 2026-Q3 --step day --as-of 2026-07-16";
    assert_eq!(typed(&machine, line).ok().stdout, then);
}

#[test]
fn plain_frames_tell_what_became_known_and_what_moved() {
    let machine = Machine::new();
    play(&machine, "2026-12-31");
    let told = typed(&machine, "replay 2026-Q3 --from 'week 2' --until 'week 3'").ok();
    let (second, third) = told.stdout.split_once("\n\n").unwrap();
    let lines: Vec<&str> = second.lines().collect();
    assert_eq!(
        lines[..2],
        [
            "2026-Q3  week 2 of 14   14 Jul  score 0.34  ██····         15 % elapsed",
            "  ⚑ 1 goal moved  ◷ 1 late  ★ 1 win",
        ],
        "{second}"
    );
    assert!(second.contains("target 550 → 600"), "{second}");
    assert!(
        third.starts_with("2026-Q3  week 3 of 14   21 Jul"),
        "{third}"
    );
    assert!(third.contains("undo: "), "{third}");
    assert!(third.contains("0.20 → 0.31"), "{third}");
    for line in told.stdout.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    assert_eq!(
        typed(
            &machine,
            "replay 2026-Q3 --plain --from 'week 2' --until 'week 3'"
        )
        .ok()
        .stdout,
        told.stdout
    );
    // A pace changes nothing but when.
    let paced = "replay 2026-Q3 --speed 1000 --from 'week 2' --until 'week 3'";
    assert_eq!(typed(&machine, paced).ok().stdout, told.stdout);
}

#[test]
fn what_cannot_be_played_says_why() {
    let machine = Machine::new();
    play(&machine, "2026-07-21");
    for (line, exit, why) in [
        ("replay 2027-Q1", Exit::NotFound, "no cycle '2027-Q1'"),
        ("replay --from #999", Exit::NotFound, "there is no #999"),
        ("replay --until #999", Exit::NotFound, "there is no #999"),
        ("replay --from 'week 15'", Exit::Usage, "weeks 1 to 14"),
        ("replay --from 'next week'", Exit::Usage, "names no moment"),
        (
            "replay --from 2026-07-20 --until 2026-07-10",
            Exit::Usage,
            "It would begin after it ends.",
        ),
        (
            "replay --from #20 --until #10",
            Exit::Usage,
            "begin after it ends",
        ),
        (
            "replay --until 2026-06-22T08:59:00Z",
            Exit::NotFound,
            "Nothing of 2026-Q3 lies between",
        ),
        ("replay --speed 0", Exit::Usage, "frames a second"),
        ("replay --speed NaN", Exit::Usage, "frames a second"),
        (
            "replay --step hour",
            Exit::Usage,
            "possible values: event, day, week",
        ),
        ("replay --on 2026-07-20", Exit::Usage, "--on"),
    ] {
        typed(&machine, line).exits(exit).explains(&[why]);
    }
    typed(&machine, "cycle new 2026-Q4").ok();
    typed(&machine, "replay 2026-Q4")
        .exits(Exit::NotFound)
        .explains(&["2026-Q4 has no objectives", "okr objective new"]);
    let empty = Machine::new();
    typed(&empty, "init acme --as ana --time-zone UTC").ok();
    typed(&empty, "replay")
        .exits(Exit::NotFound)
        .explains(&["There is no cycle yet."]);
}

#[test]
fn on_a_machine_that_is_alone_every_event_has_its_position() {
    let machine = Machine::planned();
    typed(&machine, "checkin leads 510").ok();
    let frames = typed(&machine, "replay --step event --json").ok().lines();
    let last = frames.last().unwrap();
    assert_eq!(last["events"][0]["pending"], false);
    assert!(last["as_of"].as_str().unwrap().starts_with('#'));
}
