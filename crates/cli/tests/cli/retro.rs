//! A quarter looked back on, from the terminal to a workbook.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use calamine::{Data, Range, Reader, Xlsx};
use quarterdeck_cli::Exit;
use serde_json::Value;

use crate::machine::{Machine, typed};

/// What happened, day by day.
const QUARTER: &[(&str, &[&str])] = &[
    (
        "2026-04-06",
        &[
            "init acme --as ana --time-zone UTC",
            "team new Sales",
            "cycle new 2026-Q2",
            "cycle activate 2026-Q2",
            "objective new 'Be the first choice' --key spring --team Sales",
            "kr new Leads --objective spring --increase 450..500 --unit leads --key spring-leads --owner ana",
            "kpi new 'Leads in the CRM' --target 600 --unit leads --key crm",
            "kpi record crm 480",
        ],
    ),
    ("2026-06-29", &["checkin spring-leads 480 -c 0.7"]),
    (
        "2026-06-30",
        &[
            "cycle new 2026-Q3",
            "carry spring --to 2026-Q3",
            "kr new 'Partners signed' --objective spring --increase 0..10 --key partners --owner ana",
        ],
    ),
    (
        "2026-07-01",
        &[
            "cycle close 2026-Q2 --as-computed --yes",
            "cycle activate 2026-Q3",
            "objective edit spring --title Grow -m shorter",
        ],
    ),
    (
        "2026-07-13",
        &[
            "checkin spring-leads 482 -c 0.8",
            "checkin partners 1 -c 0.3",
        ],
    ),
    (
        "2026-08-03",
        &["checkin spring-leads 485", "checkin partners 1 -c 0.2"],
    ),
    (
        "2026-08-17",
        &[
            "note partners '=the fair was cancelled' --problem",
            "checkin spring-leads 484 --on 2026-07-20",
        ],
    ),
    (
        "2026-09-21",
        &["kr edit spring-leads --target 495 -m 'two reps left'"],
    ),
    (
        "2026-09-29",
        &[
            "checkin spring-leads 495 -c 0.9",
            "note spring-leads 'Introductions bring leads.' --learning",
            "kpi record crm 560",
        ],
    ),
];

fn played(until: &str) -> Machine {
    let machine = Machine::new();
    for (day, lines) in QUARTER.iter().filter(|(day, _)| *day <= until) {
        machine.set_time(&format!("{day}T09:00:00Z"));
        for line in *lines {
            typed(&machine, line).ok();
        }
    }
    machine
}

fn over() -> Machine {
    let machine = played("2026-12-31");
    machine.set_time("2026-10-02T09:00:00Z");
    machine
}

fn path(machine: &Machine, name: &str) -> String {
    machine.home().join(name).display().to_string()
}

fn sentences(told: &Value) -> Vec<String> {
    let text = |one: &Value| -> String {
        let parts = one["parts"].as_array().unwrap().iter();
        parts.map(|part| part["text"].as_str().unwrap()).collect()
    };
    told["story"].as_array().unwrap().iter().map(text).collect()
}

#[test]
fn a_quarter_is_looked_back_on() {
    let machine = over();
    let told = machine.okr(&["retro", "2026-Q3", "--json"]).ok().json();
    assert_eq!(told["so_far"], false);
    assert_eq!(told["middle"], "2026-08-15");
    let all = sentences(&told);
    for sentence in [
        "2026-Q2 had been graded 0.60.",
        "‘Partners signed’ ended at 0.10; it did not move in the last eleven weeks, after 13 July.",
        "The target of ‘Leads’ was lowered from 500 to 495 leads nine days before the end by ana.",
    ] {
        assert!(all.iter().any(|one| one == sentence), "{all:#?}");
    }
    // Each position is one of the log, and `okr log` shows it.
    let log = machine.log();
    let moved = told["story"].as_array().unwrap().iter();
    let moved = moved.clone().find(|one| one["kind"] == "moved").unwrap();
    let seq = moved["entries"][0].as_u64().unwrap();
    let entry = log.iter().find(|line| line["seq"] == seq).unwrap();
    assert_eq!(entry["reason"], "two reps left");
    let compared = &told["compared"];
    assert_eq!(compared["cycle"], "2026-Q2");
    assert_eq!(compared["whole"]["before"], "0.6");
    assert_eq!(
        compared["objectives"][0]["from"]["title"],
        "Be the first choice"
    );
    assert_eq!(compared["kpis"][0]["before"]["value"], "480");
    assert_eq!(compared["kpis"][0]["after"]["value"], "560");
    let status = machine
        .okr(&["status", "--cycle", "2026-Q3", "--json"])
        .ok()
        .json();
    assert_eq!(told["whole"]["score"], status["cycle"]["score"]);
    let shown = machine.okr(&["retro", "2026-Q3"]).ok().stdout;
    for line in [
        "What happened",
        "2026-Q2, then 2026-Q3",
        "Learnings",
        "okr retro 2026-Q3 -o retro.",
    ] {
        assert!(shown.contains(line), "no “{line}” in {shown}");
    }
}

#[test]
fn an_open_quarter_is_told_so_far_and_the_past_as_it_was_known() {
    let machine = played("2026-08-04");
    machine.set_time("2026-08-10T09:00:00Z");
    let shown = machine.okr(&["retro"]).ok().stdout;
    assert!(shown.contains("looked back on so far"), "{shown}");
    assert!(shown.contains("it is too early to tell"), "{shown}");
    assert!(
        shown.contains("has not moved since 13 July, for four weeks"),
        "{shown}"
    );
    let machine = over();
    let then = machine
        .okr(&["retro", "--as-of", "2026-08-10T09:30:00Z", "--json"])
        .ok()
        .json();
    assert_eq!(then["middle"], Value::Null);
    assert_eq!(then["notes"], Value::Array(Vec::new()));
    let on = machine
        .okr(&["retro", "--on", "2026-08-10", "--json"])
        .ok()
        .json();
    assert_eq!(on["on"], "2026-08-10");
}

#[test]
fn a_closed_quarter_reads_the_same_for_ever() {
    let machine = over();
    typed(&machine, "cycle close 2026-Q3 --as-computed --yes").ok();
    let ask = |format: &str| machine.okr(&["retro", "2026-Q3", "--format", format]).ok();
    let (json, md) = (ask("json").stdout, ask("md").stdout);
    assert!(md.contains("Closed by ana at `#"), "{md}");
    machine.set_time("2026-11-02T09:00:00Z");
    for line in [
        "cycle new 2026-Q4",
        "carry spring --to 2026-Q4",
        "note partners 'we never asked' --learning",
        "team edit Sales --name 'Growth team'",
    ] {
        typed(&machine, line).ok();
    }
    assert_eq!(ask("json").stdout, json);
    assert_eq!(ask("md").stdout, md);
    // With a day, it is told with all that was learned since.
    let learned = machine
        .okr(&["retro", "2026-Q3", "--on", "today", "--json"])
        .ok()
        .json();
    let onward = &learned["onward"]["objectives"][0];
    assert_eq!(onward["into"], "2026-Q4");
    assert_eq!(onward["key_results"][0]["title"], "Partners signed");
}

#[test]
fn documents_go_where_they_are_wanted_whole() {
    let machine = over();
    let file = path(&machine, "retro.md");
    let said = machine.okr(&["retro", "2026-Q3", "-o", &file]).ok().stdout;
    assert!(
        said.starts_with("The retrospective was written to "),
        "{said}"
    );
    let written = fs::read_to_string(&file).unwrap();
    assert!(
        written.starts_with("# acme: 2026-Q3, looked back on\n"),
        "{written}"
    );
    let piped = machine
        .okr(&["retro", "2026-Q3", "--format", "md"])
        .ok()
        .stdout;
    assert_eq!(piped, written);
    let held = machine
        .okr(&["retro", "2026-Q3", "--format", "md", "--json"])
        .ok()
        .json();
    assert_eq!(held["document"], written.as_str());
    let file = path(&machine, "retro.json");
    let said = machine
        .okr(&["retro", "2026-Q3", "-o", &file, "--json"])
        .ok()
        .json();
    assert_eq!(
        (&said["format"], &said["file"]),
        (&"json".into(), &file.clone().into())
    );
    let json: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    assert_eq!(json["cycle"]["name"], "2026-Q3");
}

fn sheet(file: &str, name: &str) -> Range<Data> {
    let mut workbook = Xlsx::new(Cursor::new(fs::read(Path::new(file)).unwrap())).unwrap();
    let formulas = workbook.worksheet_formula(name).unwrap();
    assert!(
        formulas.used_cells().next().is_none(),
        "a formula in {name}"
    );
    workbook.worksheet_range(name).unwrap()
}

/// The cell of a row, by the name of its column.
fn cell<'s>(sheet: &'s Range<Data>, row: usize, column: &str) -> &'s Data {
    let mut titles = sheet.rows().next().unwrap().iter();
    let at = titles.position(|title| *title == Data::String(column.to_owned()));
    &sheet.rows().nth(row).unwrap()[at.unwrap()]
}

fn text(of: &str) -> Data {
    Data::String(of.to_owned())
}

#[test]
fn a_workbook_has_typed_cells() {
    let machine = over();
    let file = path(&machine, "q3.xlsx");
    machine.okr(&["retro", "2026-Q3", "-o", &file]).ok();
    let scores = sheet(&file, "Scores");
    let row = |name: &str| {
        (0..scores.height())
            .find(|row| *cell(&scores, *row, "title") == text(name))
            .unwrap()
    };
    assert_eq!(*cell(&scores, 1, "of"), text("cycle"));
    assert_eq!(*cell(&scores, row("Sales"), "of"), text("team"));
    let leads = row("Leads");
    assert_eq!(*cell(&scores, leads, "target"), Data::Float(495.0));
    assert_eq!(*cell(&scores, leads, "score"), Data::Float(1.0));
    assert_eq!(*cell(&scores, leads, "mid_score"), Data::Float(0.25));
    assert!(matches!(
        cell(&scores, leads, "last_check_in"),
        Data::DateTime(_)
    ));
    assert_eq!(
        *cell(&scores, row("Partners signed"), "stalled_weeks"),
        Data::Float(11.0)
    );
    let check_ins = sheet(&file, "Check-ins");
    assert_eq!(
        check_ins.height(),
        7,
        "its own six, and none of the quarter before"
    );
    assert!(matches!(cell(&check_ins, 1, "date"), Data::DateTime(_)));
    assert!(matches!(cell(&check_ins, 1, "value"), Data::Float(_)));
    let changes = sheet(&file, "Changes");
    let target = (1..changes.height())
        .find(|row| *cell(&changes, *row, "field") == text("target"))
        .unwrap();
    assert_eq!(*cell(&changes, target, "days_before_end"), Data::Float(9.0));
    assert!(matches!(cell(&changes, target, "day"), Data::DateTime(_)));
    assert!(matches!(cell(&changes, target, "entry"), Data::Float(_)));
    let notes = sheet(&file, "Notes");
    assert_eq!(*cell(&notes, 1, "text"), text("=the fair was cancelled"));
    assert_eq!(*cell(&notes, 1, "kind"), text("problem"));
    assert_eq!(*cell(&notes, 1, "about"), text("Partners signed"));
}

#[test]
fn what_cannot_be_written_says_what_can() {
    let machine = over();
    let asks = |line: &str, exit, texts: &[&str]| {
        typed(&machine, line).exits(exit).explains(texts);
    };
    asks(
        "retro --format xlsx",
        Exit::Usage,
        &["needs a file", "okr retro -o retro.xlsx"],
    );
    asks(
        "retro -o retro.doc",
        Exit::Usage,
        &["does not say how it shall be written", "--format"],
    );
    asks(
        "retro 2026-Q3 --compare 2026-Q3",
        Exit::Usage,
        &["not compared with itself"],
    );
    asks("retro 2019", Exit::NotFound, &["2019"]);
    asks(
        "retro 2026-Q3 -o no/such/folder/x.md",
        Exit::NotFound,
        &["no folder"],
    );
    let bare = Machine::new();
    typed(&bare, "init acme --as ana --time-zone UTC").ok();
    typed(&bare, "retro")
        .exits(Exit::NotFound)
        .explains(&["There is no cycle yet"]);
}
