//! Initiatives and to-dos: planned, listed, counted, and held against the plan.

use quarterdeck_cli::Exit;
use serde_json::Value;

use crate::machine::Machine;

fn titles(list: &Value, key: &str) -> Vec<String> {
    list[key]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["title"].as_str().unwrap().to_owned())
        .collect()
}

fn with_work() -> Machine {
    let machine = Machine::planned();
    for line in [
        &[
            "initiative",
            "new",
            "Visit the partners",
            "--for",
            "leads",
            "--due",
            "2026-07-10",
        ][..],
        &[
            "initiative",
            "new",
            "Renew the price list",
            "--owner",
            "none",
        ],
        &[
            "todo",
            "new",
            "Call prospects",
            "--for",
            "leads",
            "--rate",
            "30%",
            "--quantity",
            "2.2",
            "--per",
            "day",
            "--total",
            "44",
            "--unit",
            "calls",
            "--initiative",
            "visit",
            "--from",
            "2026-07-06",
            "--until",
            "2026-07-31",
        ],
    ] {
        machine.okr(line).ok();
    }
    machine
}

#[test]
fn lists_answer_mine_overdue_and_what_moves_nothing() {
    let machine = with_work();
    let listed = |flags: &[&str]| {
        let mut line = vec!["initiative", "list", "--json"];
        line.extend(flags);
        titles(&machine.okr(&line).ok().json(), "initiatives")
    };
    assert_eq!(listed(&[]), ["Visit the partners", "Renew the price list"]);
    assert_eq!(listed(&["--mine"]), ["Visit the partners"]);
    assert_eq!(listed(&["--without-kr"]), ["Renew the price list"]);
    assert_eq!(listed(&["--for", "growth"]), ["Visit the partners"]);
    assert!(listed(&["--overdue"]).is_empty());
    machine.set_time("2026-07-13T09:00:00Z");
    assert_eq!(listed(&["--overdue"]), ["Visit the partners"]);
    let text = machine.okr(&["initiative", "list"]).ok().stdout;
    assert!(text.contains("2026-07-10, 3 days late"), "{text}");
    machine
        .okr(&["initiative", "done", "visit", "-m", "all six"])
        .ok();
    assert!(listed(&["--overdue"]).is_empty());
    assert_eq!(
        listed(&["--all"]).len(),
        2,
        "what is done stays in the list of all"
    );
}

#[test]
fn what_is_done_is_counted_and_the_measured_rate_is_fed_back() {
    let machine = with_work();
    machine.set_time("2026-07-20T09:00:00Z");
    machine.okr(&["todo", "count", "call", "51"]).ok();
    machine.okr(&["todo", "count", "call", "-1"]).ok();
    let shown = machine.okr(&["todo", "show", "call", "--json"]).ok().json();
    assert_eq!(shown["todo"]["done"], "50");
    assert_eq!(
        shown["todo"]["measured"],
        Value::Null,
        "nothing was measured yet"
    );
    machine.okr(&["checkin", "leads", "+12"]).ok();
    let shown = machine.okr(&["todo", "show", "call", "--json"]).ok().json();
    let measured = &shown["todo"]["measured"];
    assert_eq!(measured["measured"], "0.24");
    assert_eq!(measured["needed_as_planned"], "44");
    assert_eq!(measured["needed"], "55");
    let text = machine.okr(&["todo", "show", "call"]).ok().stdout;
    assert!(
        text.contains("Planned 30 %, measured 24 % (12 of 50): 55 calls are needed, not 44."),
        "{text}"
    );
}

#[test]
fn a_count_is_undone_and_behind_is_behind() {
    let machine = with_work();
    machine.set_time("2026-07-13T09:00:00Z");
    let behind = || {
        machine
            .okr(&["todo", "list", "--overdue", "--json"])
            .ok()
            .json()["todos"][0]["behind"]
            .clone()
    };
    assert_eq!(behind(), "11", "five working days at 2.2");
    machine.okr(&["todo", "count", "call", "20"]).ok();
    assert_eq!(behind(), Value::Null);
    machine.okr(&["undo"]).ok();
    assert_eq!(behind(), "11");
}

#[test]
fn bad_input_says_what_would_do() {
    let machine = with_work();
    machine
        .okr(&["todo", "new", "x", "--quantity", "0"])
        .exits(Exit::Refused)
        .explains(&["The quantity is 0; it must be above 0."]);
    machine
        .okr(&["todo", "count", "call", "3", "--on", "2026-08-01"])
        .exits(Exit::Refused)
        .explains(&["2026-08-01 has not come yet"]);
    machine
        .okr(&[
            "todo",
            "new",
            "x",
            "--quantity",
            "1",
            "--for",
            "leads",
            "--rate",
            "130%",
        ])
        .exits(Exit::Usage)
        .explains(&["is not between 0 and 1"]);
    machine
        .okr(&["initiative", "show", "nonsense"])
        .exits(Exit::NotFound)
        .explains(&["okr initiative list"]);
}
