//! A question about the past is answered with the same bytes for ever: whatever is recorded later,
//! and whatever becomes of what is kept beside the log.

use std::fs;
use std::path::{Path, PathBuf};

use quarterdeck_cli::Exit;
use quarterdeck_core::state::State;
use quarterdeck_ledger::Derived;

use crate::machine::{Machine, typed};
use crate::times::{QUESTIONS, Takes, reads};

/// What is recorded before anything is asked.
const BEFORE: &[(&str, &[&str])] = &[
    (
        "2026-04-06",
        &[
            "init acme --as ana --time-zone UTC --device lisbon",
            "team new Sales",
            "cycle new 2026-Q2",
            "cycle activate 2026-Q2",
            "objective new 'Win the north' --key north --team Sales",
            "kr new Deals --objective north --increase 0..20 --key deals --owner ana",
            "kr new Visits --objective north --increase 0..100 --key visits",
            "kr new Trials --objective north --increase 0..4 --key trials",
        ],
    ),
    ("2026-04-13", &["checkin deals 3 -c 0.8 --projection 22"]),
    (
        "2026-05-11",
        &[
            "checkin deals 9 -c 0.6",
            "checkin visits 40",
            "checkin trials 2",
        ],
    ),
    ("2026-06-01", &["kr edit deals --target 15 -m 'a rep left'"]),
    (
        "2026-06-29",
        &["checkin deals 12 -c 0.5", "checkin deals 7 --on 2026-04-20"],
    ),
    (
        "2026-07-02",
        &[
            "grade deals 0.7 -m 'close to it'",
            "cycle close 2026-Q2 --as-computed --yes",
            "cycle new 2026-Q3",
            "cycle activate 2026-Q3",
        ],
    ),
    (
        "2026-07-06",
        &[
            "objective new 'Be the first choice' --key growth --team Sales",
            "kr new 'Qualified leads' --objective growth --increase 500..550 --unit leads --key leads",
            "kr new Visits --objective growth --increase 0..200 --key visits-q3",
            "kr new Trials --objective growth --increase 0..8 --key trials-q3",
            "funnel define web visits=visits-q3:4% trials=trials-q3",
            "kpi new 'Leads in the CRM' --target 600 --unit leads --key crm",
            "kpi record crm 505",
            "mission 'Every small shop gets good software'",
            "incentive on",
            "incentive add 'Qualified leads' --kr leads",
            "template save own --from growth",
        ],
    ),
    (
        "2026-07-13",
        &[
            "checkin leads 510 -c 0.7 -m 'a good start'",
            "checkin visits-q3 60",
            "checkin trials-q3 3",
            "initiative new \"Call the fair's guests\" --for leads",
            "todo new Calls --for leads --quantity 5 --per week",
        ],
    ),
    (
        "2026-07-20",
        &[
            "kr edit leads --target 600 -m 'two reps more'",
            "note leads 'the fair was full' --win",
            "weekly --plans 'call them'",
        ],
    ),
    (
        "2026-08-03",
        &[
            "checkin leads 5310",
            "undo -m 'a digit too many'",
            "checkin leads 531 -c 0.6",
            "kr edit leads --target 560 -m 'one rep left'",
        ],
    ),
];

/// What is recorded after all was asked, while the quarter goes on.
const LATER: &[(&str, &[&str])] = &[
    (
        "2026-09-07",
        &[
            "checkin leads 520 --on 2026-07-15",
            "kr edit leads --title 'Leads that fit' --weight 3 -m 'why not'",
            "kr new More --objective growth --binary",
            "objective edit growth --title Grow -m shorter",
            "team edit Sales --name 'Growth team'",
            "member edit ana --name 'Ana Almeida'",
            "kpi edit crm --title CRM -m shorter",
            "mission none",
            "todo drop calls -m 'nobody calls'",
            "initiative done 'Call the fair'",
            "template remove own -m no",
            "funnel drop web -m no",
            "incentive off",
        ],
    ),
    ("2026-09-21", &["undo", "kr drop leads -m 'nobody asks'"]),
];

/// What is recorded once the quarter is over.
const MUCH_LATER: &[(&str, &[&str])] = &[(
    "2026-10-02",
    &[
        "cycle reopen 2026-Q2 -m 'one deal was forgotten'",
        "checkin deals 16 --on 2026-06-30",
        "cycle close 2026-Q2 --as-computed --yes",
        "cycle close 2026-Q3 --as-computed --yes",
        "cycle new 2026-Q4",
        "cycle activate 2026-Q4",
        "carry growth --to 2026-Q4",
    ],
)];

fn record(machine: &Machine, days: &[(&str, &[&str])]) {
    for (day, lines) in days {
        machine.set_time(&format!("{day}T09:00:00Z"));
        for line in *lines {
            typed(machine, line).ok();
        }
    }
}

/// Moments with what is asked for besides, and whether the answer shall be JSON.
type Ways = &'static [(&'static str, bool)];

/// A question, how it ended, and what it said.
type Answer = (String, Exit, String);
type Answers = Vec<Answer>;

fn ask(machine: &Machine, ways: Ways, questions: impl Iterator<Item = &'static str>) -> Answers {
    let mut answers = Vec::new();
    for question in questions {
        for (time, json) in ways {
            let (_, takes) = reads(question);
            if time.contains("--on") && *takes == Takes::AsOf {
                continue;
            }
            let json = *json
                && !["--csv", "--svg"]
                    .iter()
                    .any(|form| question.contains(form));
            let form = if json { " --json" } else { "" };
            let line = format!("{question} {time}{form}");
            let answer = typed(machine, &line);
            answers.push((line, answer.exit, answer.stdout));
        }
    }
    answers
}

#[track_caller]
fn the_same(before: &[Answer], after: &[Answer]) {
    assert_eq!(before.len(), after.len());
    for ((line, exit, was), (_, now, is)) in before.iter().zip(after) {
        assert_eq!(was, is, "okr {line}");
        assert_eq!(exit, now, "okr {line}");
    }
}

/// The weeks of a quarter are named by the quarter that runs.
const IN_THE_QUARTER: Ways = &[("--as-of 'week 3'", true)];
const ALWAYS: Ways = &[
    ("--as-of #24", true),
    ("--as-of 2026-07-15", false),
    ("--as-of 2026-08-04", true),
    ("--as-of 2026-08-04", false),
    ("--as-of 2026-08-04 --on 2026-07-22", true),
];

#[test]
fn whatever_is_recorded_later_changes_no_answer_about_the_past() {
    let machine = Machine::new();
    record(&machine, BEFORE);
    machine.set_time("2026-08-10T09:00:00Z");
    let all = || QUESTIONS.iter().copied();
    let (always, in_quarter) = (
        ask(&machine, ALWAYS, all()),
        ask(&machine, IN_THE_QUARTER, all()),
    );
    for (line, exit, said) in &always {
        if line.contains("2026-08-04") {
            let answered = matches!(exit, Exit::Done | Exit::Findings);
            assert!(
                answered && !said.is_empty(),
                "{line}: {:?}",
                typed(&machine, line)
            );
        }
    }
    record(&machine, LATER);
    the_same(&always, &ask(&machine, ALWAYS, all()));
    the_same(&in_quarter, &ask(&machine, IN_THE_QUARTER, all()));
    record(&machine, MUCH_LATER);
    machine.set_time("2027-08-10T09:00:00Z");
    the_same(&always, &ask(&machine, ALWAYS, all()));
}

/// So many check-ins in each of the batches that make a log long enough for snapshots.
const BATCH: usize = 800;

/// Adds check-ins of several weeks, all on one day.
fn many(machine: &Machine, day: &str) {
    machine.set_time(&format!("{day}T12:00:00Z"));
    for batch in 0..3 {
        let file = machine.home().join("many.csv");
        let mut rows = "kr,value,date\n".to_owned();
        for row in 0..BATCH {
            let (name, value) = [("leads", 500), ("visits-q3", 0), ("trials-q3", 0)][row % 3];
            let date = 6 + (row + batch) % 24;
            rows.push_str(&format!("{name},{},2026-07-{date:02}\n", value + row % 50));
        }
        fs::write(&file, rows).unwrap();
        typed(machine, &format!("checkin --csv {}", file.display())).ok();
    }
}

/// The folder with what is kept beside the log.
fn derived(folder: &Path) -> PathBuf {
    let mut folders = vec![folder.to_path_buf()];
    loop {
        let folder = folders.pop().unwrap();
        if folder.ends_with("derived") {
            return folder;
        }
        let inside = fs::read_dir(folder).unwrap().map(|one| one.unwrap().path());
        folders.extend(inside.filter(|path| path.is_dir()));
    }
}

fn pack(derived: &Path) -> PathBuf {
    (fs::read_dir(derived).unwrap())
        .map(|entry| entry.unwrap().path())
        .find(|path| path.to_str().unwrap().contains("pack-"))
        .unwrap()
}

/// Moments before the first snapshot and after it.
const AROUND: Ways = &[("--as-of 2026-08-04", true), ("--as-of #2600", true)];
/// One behind it.
const BEHIND: Ways = &[("--as-of #2600", true)];

/// A long log with a snapshot in what is asked about and another in what came later, and what was
/// answered before that came.
fn long(ways: Ways, questions: impl Iterator<Item = &'static str>) -> (Machine, Answers) {
    let machine = Machine::new();
    record(&machine, BEFORE);
    many(&machine, "2026-08-05");
    record(
        &machine,
        &[("2026-08-06", &["kr edit leads --weight 2 -m 'it matters'"])],
    );
    many(&machine, "2026-08-07");
    machine.set_time("2026-08-10T09:00:00Z");
    let before = ask(&machine, ways, questions);
    record(&machine, LATER);
    (machine, before)
}

#[test]
fn a_long_log_answers_from_snapshots_and_without_them_alike() {
    let all = || QUESTIONS.iter().copied();
    let (machine, before) = long(AROUND, all());
    the_same(&before, &ask(&machine, AROUND, all()));
    let kept = derived(machine.home());
    let list = Derived::new(&kept).get("snapshots").unwrap();
    assert_eq!(u32::from(list.bytes[1]), State::FORM);

    fs::remove_dir_all(&kept).unwrap();
    let behind: Answers = (before.into_iter())
        .filter(|(line, ..)| line.contains("#2600"))
        .collect();
    the_same(&behind, &ask(&machine, BEHIND, all()));
    let again = Derived::new(&kept).get("snapshots");
    assert!(again.is_some(), "it is made anew");
}

/// What reads trunks, pages, leaves of check-ins and postings.
const OF_ALL_THAT_IS_KEPT: &[&str] = &[
    "status",
    "kr show leads",
    "history leads",
    "late --days 1",
    "forecast",
    "calibration 2026-Q2",
    "diff #9",
];

#[test]
fn what_an_older_or_a_newer_version_kept_is_made_anew() {
    let questions = || OF_ALL_THAT_IS_KEPT.iter().copied();
    let (machine, before) = long(BEHIND, questions());
    let kept = derived(machine.home());
    let ours = Derived::new(&kept).get("snapshots").unwrap();
    // The numbers of two forms stand first, one byte each: the list's, and the state's.
    for (at, by) in [(0, -1), (0, 1), (1, -1), (1, 1)] {
        let list = Derived::new(&kept).get("snapshots").unwrap();
        let mut bytes = list.bytes.to_vec();
        bytes[at] = bytes[at].checked_add_signed(by).unwrap();
        (Derived::new(&kept).put("snapshots", list.position, &list.root, &bytes)).unwrap();
        the_same(&before, &ask(&machine, BEHIND, questions()));
        let now = Derived::new(&kept).get("snapshots").unwrap();
        assert_eq!(now.bytes[..2], ours.bytes[..2], "it is made anew");
    }
}

#[test]
fn a_damaged_pack_gives_the_same_bytes_or_none() {
    let (machine, before) = long(BEHIND, OF_ALL_THAT_IS_KEPT.iter().copied());
    let kept = derived(machine.home());
    let mut noticed = 0;
    for (question, was) in OF_ALL_THAT_IS_KEPT.iter().zip(&before) {
        for place in 0..8 {
            let path = pack(&kept);
            let mut bytes = fs::read(&path).unwrap();
            let at = bytes.len() * (place / 2) / 4 + 7;
            if place % 2 == 0 {
                let end = bytes.len().min(at + bytes.len() / 10);
                bytes[at..end].iter_mut().for_each(|byte| *byte ^= 0x55);
            } else {
                bytes.truncate(at);
            }
            fs::write(&path, bytes).unwrap();
            let asked = || ask(&machine, BEHIND, std::iter::once(*question));
            let first = asked();
            if first[0].1 == Exit::Trouble {
                assert_eq!(first[0].2, "", "nothing wrong is let out");
                noticed += 1;
            } else {
                the_same(std::slice::from_ref(was), &first);
            }
            the_same(std::slice::from_ref(was), &asked());
        }
    }
    assert!(noticed > 0, "no damage was met in the middle of an answer");
}
