//! Closed means closed: whatever a machine that was offline brings later, every command that shows a closed
//! quarter's figures answers the bytes that it answered at the closing, and what came is listed apart.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use quarterdeck_tests::{Machine, TestEnv};
use serde_json::Value;

const CYCLE: &str = "2026-Q1";

/// Everything that shows the quarter's figures.
const READING: &[&[&str]] = &[
    &["status", "--cycle", CYCLE],
    &["status", "--cycle", CYCLE, "--json"],
    &["status", "--cycle", CYCLE, "--tree"],
    &["status", "--cycle", "2026", "--tree"],
    &["cycle", "show", CYCLE],
    &["objective", "list", "--cycle", CYCLE, "--json"],
    &["objective", "show", "growth"],
    &["objective", "show", "growth", "--json"],
    &["kr", "list", "--cycle", CYCLE],
    &["kr", "show", "partners"],
    &["kr", "show", "partners", "--json"],
    &["grade", "--cycle", CYCLE],
    &["grade", "--cycle", CYCLE, "--json"],
    &["export", "--format", "csv", "--cycle", CYCLE],
    &["export", "--format", "csv"],
    &["export", "--format", "csv", "--what", "checkins"],
    &["export", "--format", "md", "--cycle", CYCLE],
    &["goalposts", "--cycle", CYCLE],
    &["goalposts", "--cycle", CYCLE, "--json"],
    &["goalposts", "--cycle", CYCLE, "--csv"],
    &["goalposts", "partners"],
    &["late", "--cycle", CYCLE],
    &["late", "--cycle", CYCLE, "--json"],
    &["late", "--cycle", CYCLE, "--csv"],
    &["regrade", CYCLE, "--equal-weights"],
    &["regrade", CYCLE, "--as-agreed", "--json"],
];

fn read(machine: &Machine<'_>) -> Vec<String> {
    (READING.iter())
        .map(|line| {
            let answer = machine.okr(line).ok();
            answer.stdout
        })
        .collect()
}

/// The quarter among others, as `okr cycle list` tells it; how much came later is told there too.
fn line(machine: &Machine<'_>) -> (Value, Value) {
    let list = machine.okr(&["cycle", "list", "--json"]).ok().json();
    let mut line = (list["cycles"].as_array().unwrap().iter())
        .find(|one| one["name"] == CYCLE)
        .unwrap()
        .clone();
    let later = line.as_object_mut().unwrap().remove("later").unwrap();
    (line, later)
}

fn digest(machine: &Machine<'_>) -> Value {
    let since = ["digest", "--since", "2026-03-30", "--json"];
    machine.okr(&since).ok().json()["cycles"].clone()
}

#[test]
fn whatever_comes_later_a_closed_quarter_reads_the_same_everywhere() {
    let env = TestEnv::new();
    let server = env.server("acme", "ana");
    let lisbon = env.machine("lisbon");
    let lagos = env.machine("lagos");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    let partners = [
        "kr",
        "new",
        "Partners signed",
        "--objective",
        "growth",
        "--increase",
        "0..10",
        "--key",
        "partners",
    ];
    lisbon.okr(&partners).ok();
    lisbon
        .okr(&[
            "kr",
            "edit",
            "partners",
            "--target",
            "8",
            "-m",
            "fewer reps",
        ])
        .ok();
    env.set_time("2026-03-31T10:00:00Z");
    lisbon
        .okr(&["checkin", "leads", "531", "--on", "2026-03-20"])
        .ok();
    lisbon.okr(&["checkin", "partners", "4"]).ok();
    lisbon.sync();
    lagos.join(&server.invite("ben", "editor"));
    lagos.sync();
    // Lagos goes offline, measures, moves a goal, drops another and adds a third.
    lagos.okr(&["checkin", "leads", "550"]).ok();
    lagos
        .okr(&[
            "kr",
            "edit",
            "leads",
            "--target",
            "540",
            "--weight",
            "5",
            "-m",
            "so said the board",
        ])
        .ok();
    lagos
        .okr(&["kr", "drop", "partners", "-m", "no market"])
        .ok();
    lagos
        .okr(&[
            "kr",
            "new",
            "Webinars",
            "--objective",
            "growth",
            "--increase",
            "0..4",
        ])
        .ok();
    lagos
        .okr(&["objective", "edit", "growth", "--title", "Something else"])
        .ok();
    env.set_time("2026-04-01T10:00:00Z");
    lisbon
        .okr(&["cycle", "close", CYCLE, "--as-computed", "--yes"])
        .ok();
    let before = read(&lisbon);
    let leads = lisbon.okr(&["kr", "show", "leads"]).ok().stdout;
    let (told, none) = line(&lisbon);
    let cycles = digest(&lisbon);
    assert_eq!(none, 0);
    let nothing = lisbon.okr(&["cycle", "show", CYCLE, "--later"]).ok().stdout;
    assert!(
        nothing.contains("Nothing came after the closing."),
        "{nothing}"
    );

    lagos.sync();
    lisbon.sync();
    for machine in [&lisbon, &lagos] {
        for (line, (was, is)) in READING.iter().zip(before.iter().zip(read(machine))) {
            assert_eq!(*was, is, "okr {}", line.join(" "));
        }
        let (line, later) = line(machine);
        assert_eq!(line, told);
        assert_eq!(later, 5);
        assert_eq!(digest(machine), cycles);

        // Its late check-ins stand below a key result's figures, and nothing else is another.
        let shown = machine.okr(&["kr", "show", "leads"]).ok().stdout;
        let (figures, came) = shown.split_once("\nCame after the closing\n").unwrap();
        assert_eq!(figures.trim_end(), leads.trim_end());
        assert!(came.contains("550"), "{came}");

        // Apart: what came, and what it would have come to.
        let status = machine.okr(&["status", "--cycle", CYCLE]).ok();
        let hint = format!(
            "5 events came after the closing and changed nothing above; see `okr cycle show {CYCLE} --later`"
        );
        assert!(status.stderr.contains(&hint), "{}", status.stderr);
        let later = machine
            .okr(&["cycle", "show", CYCLE, "--later", "--json"])
            .ok()
            .json();
        let kinds: Vec<&str> = (later["events"].as_array().unwrap().iter())
            .map(|event| event["kind"].as_str().unwrap())
            .collect();
        let came = "CheckedIn KeyResultEdited KeyResultEdited KeyResultAdded ObjectiveEdited";
        assert_eq!(kinds.join(" "), came);
        let leads = (later["key_results"].as_array().unwrap().iter())
            .find(|one| one["grade"] == "0.62")
            .unwrap();
        assert_eq!(leads["computed_now"], "1");
        // A day that is asked for looks past the closing.
        let late = machine
            .okr(&["late", "--cycle", CYCLE, "--on", "2026-03-31", "--json"])
            .ok()
            .json();
        assert_eq!(late["after_grades"][0]["events"][0]["after_closing"], true);
        assert_eq!(late["after_grades"][0]["computed_now"], "1");
    }
}

#[test]
fn what_was_moved_before_a_server_came_is_told_the_same_afterwards() {
    let env = TestEnv::new();
    let lisbon = env.machine("lisbon");
    env.set_time("2025-12-20T10:00:00Z");
    lisbon.okr(&["init", "acme", "--as", "ana"]).ok();
    lisbon.plan_a_quarter();
    env.set_time("2026-02-10T10:00:00Z");
    lisbon
        .okr(&["kr", "edit", "leads", "--target", "540", "-m", "fewer reps"])
        .ok();
    lisbon
        .okr(&["checkin", "leads", "520", "--on", "2026-02-01"])
        .ok();
    let questions: [&[&str]; 3] = [
        &["goalposts", "--cycle", CYCLE, "--as-of", "2026-02-20"],
        &["late", "--cycle", CYCLE, "--as-of", "2026-02-20"],
        &["regrade", CYCLE, "--as-agreed", "--as-of", "2026-02-20"],
    ];
    env.set_time("2026-03-01T10:00:00Z");
    let before: Vec<String> = questions
        .iter()
        .map(|line| lisbon.okr(line).ok().stdout)
        .collect();
    assert!(
        before[0].contains("1 change after it began"),
        "{}",
        before[0]
    );
    assert!(before[1].contains("9 days"), "{}", before[1]);
    let mut server = env.server("headquarters", "operator");
    lisbon.okr(&["remote", "set", &server.host("acme")]).ok();
    lisbon.sync();
    env.set_time("2026-04-02T10:00:00Z");
    lisbon.okr(&["kr", "edit", "leads", "--target", "530"]).ok();
    lisbon.sync();
    let lagos = env.machine("lagos");
    lagos.join(&server.invite("ben", "editor"));
    lagos.sync();
    for machine in [&lisbon, &lagos] {
        for (line, was) in questions.iter().zip(&before) {
            assert_eq!(
                machine.okr(line).ok().stdout,
                *was,
                "okr {}",
                line.join(" ")
            );
        }
    }
    let now = lagos
        .okr(&["goalposts", "--cycle", CYCLE, "--json"])
        .ok()
        .json();
    assert_eq!(now["changes"][0]["days_before_end"], 49);
    assert_eq!(now["changes"][1]["after_end"], true);
}
