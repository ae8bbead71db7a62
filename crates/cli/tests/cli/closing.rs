//! The end of a quarter: grades, closing, reopening, carrying over; and incentives.

use quarterdeck_cli::Exit;
use serde_json::Value;

use crate::machine::Machine;

/// A quarter that is over: 531 of 500 to 550 leads, 8 of 10 partners.
fn over() -> Machine {
    let machine = Machine::planned();
    machine
        .okr(&[
            "kr",
            "new",
            "Partners signed",
            "--objective",
            "growth",
            "--increase",
            "0..10",
            "--key",
            "partners",
        ])
        .ok();
    machine.set_time("2026-09-30T09:00:00Z");
    machine.okr(&["checkin", "leads", "531"]).ok();
    machine.okr(&["checkin", "partners", "8"]).ok();
    machine.set_time("2026-10-01T09:00:00Z");
    machine
}

fn closed() -> Machine {
    let machine = over();
    machine.okr(&["grade", "leads"]).ok();
    let why = "the last one signed after the quarter";
    machine.okr(&["grade", "partners", "0.7", "-m", why]).ok();
    machine.okr(&["cycle", "close", "2026-Q3", "--yes"]).ok();
    machine
}

#[test]
fn a_grade_is_computed_or_overruled_with_a_reason() {
    let machine = over();
    let left = machine
        .okr(&["grade", "--json"])
        .exits(Exit::Findings)
        .json();
    assert_eq!(left["ungraded"][0]["computed"], "0.62");
    assert_eq!(left["ungraded"][0]["band"], "amber");
    assert_eq!((&left["graded"], &left["of"]), (&0.into(), &2.into()));

    let taken = machine.okr(&["grade", "leads"]).ok();
    assert!(taken.stdout.contains("0.62 amber"), "{}", taken.stdout);
    machine
        .okr(&["grade", "partners", "0.7"])
        .exits(Exit::Refused)
        .explains(&["(0.8) needs a reason", "-m WHY"]);
    machine
        .okr(&["grade", "partners", "0.7", "-m", "a day late"])
        .ok();
    machine
        .okr(&["grade", "partners", "1.7"])
        .exits(Exit::Usage)
        .explains(&["between 0 and 1"]);

    let shown = machine
        .okr(&["kr", "show", "partners", "--json"])
        .ok()
        .json();
    let grade = &shown["grade"];
    assert_eq!(grade["grade"], "0.7");
    assert_eq!(grade["computed"], "0.8");
    assert_eq!(grade["overruled"], true);
    assert_eq!(grade["band"], "green");
    assert_eq!(grade["reason"], "a day late");
    let text = machine.okr(&["kr", "show", "partners"]).ok().stdout;
    assert!(text.contains("0.70 green, computed 0.80"), "{text}");
    let done = machine.okr(&["grade", "--json"]).ok().json();
    assert_eq!(done["grades"]["all"], "0.66");
}

#[test]
fn all_can_be_taken_as_computed() {
    let machine = over();
    let answer = machine.okr(&["grade", "--as-computed"]).ok();
    assert!(answer.stdout.contains("0.71 green"), "{}", answer.stdout);
    machine
        .okr(&["grade", "--as-computed"])
        .exits(Exit::Refused)
        .explains(&["has its grade"]);
}

#[test]
fn closing_shows_what_is_open_and_stops_at_what_is_not_graded() {
    let machine = over();
    machine
        .okr(&["cycle", "close", "2026-Q3"])
        .exits(Exit::Refused)
        .explains(&[
            "2 key results of 2026-Q3 have no grade",
            "--as-computed",
            "Qualified leads",
        ]);
    machine
        .okr(&["cycle", "close", "2026-Q3", "--as-computed"])
        .exits(Exit::Refused)
        .explains(&[
            "still a draft",
            "okr cycle close 2026-Q3 --as-computed --yes",
        ]);
    assert!(
        machine
            .okr(&["grade", "--json"])
            .exits(Exit::Findings)
            .json()["graded"]
            == 0,
        "nothing was graded by that"
    );
    let told = machine
        .okr(&[
            "cycle",
            "close",
            "2026-Q3",
            "--as-computed",
            "--yes",
            "--json",
        ])
        .ok()
        .json();
    assert_eq!(told["grades"]["all"], "0.71");
    assert_eq!(told["open"][0]["open"], "draft");
    assert_eq!(told["closing"]["root"].as_str().unwrap().len(), 64);
    let position = told["closing"]["position"].as_u64().unwrap();
    let last = machine.log().last().unwrap()["seq"].as_u64().unwrap();
    assert_eq!(
        position,
        last - 1,
        "right before the closing, after all grades"
    );
    machine.okr(&["verify"]).ok();
    machine
        .okr(&["cycle", "close", "2026-Q3", "--yes"])
        .exits(Exit::Refused)
        .explains(&["closed already"]);
}

#[test]
fn a_closed_cycle_reads_as_at_its_closing_and_the_same_for_ever() {
    let machine = closed();
    let text = machine.okr(&["status", "--cycle", "2026-Q3"]).ok().stdout;
    assert!(text.contains("closed by ana on 2026-10-01 at #"), "{text}");
    assert!(text.contains("grade 0.66 amber"), "{text}");
    let json = machine
        .okr(&["cycle", "show", "2026-Q3", "--json"])
        .ok()
        .stdout;
    let shown = machine.okr(&["objective", "show", "growth"]).ok().stdout;

    machine
        .okr(&["checkin", "leads", "550"])
        .exits(Exit::Refused)
        .explains(&["was closed by ana", "okr cycle reopen 2026-Q3"]);
    machine.set_time("2027-03-01T09:00:00Z");
    machine.okr(&["team", "new", "Sales"]).ok();
    machine
        .okr(&["note", "leads", "it went on afterwards"])
        .ok();
    machine.okr(&["cycle", "new", "2027-Q1"]).ok();

    let later = machine.okr(&["status", "--cycle", "2026-Q3"]).ok();
    assert_eq!(later.stdout, text);
    assert_eq!(
        machine
            .okr(&["cycle", "show", "2026-Q3", "--json"])
            .ok()
            .stdout,
        json
    );
    assert_eq!(
        machine.okr(&["objective", "show", "growth"]).ok().stdout,
        shown
    );
    let list = machine.okr(&["cycle", "list", "--json"]).ok().json();
    let line = list["cycles"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["name"] == "2026-Q3")
        .unwrap()
        .clone();
    assert_eq!(line["state"], "closed");
    assert_eq!(line["grade"], "0.66");
    assert_eq!(line["closing"]["by"], "ana");
}

#[test]
fn reopening_takes_a_reason_and_both_closings_stay() {
    let machine = closed();
    machine
        .okr(&["cycle", "reopen", "2026-Q3"])
        .exits(Exit::Usage);
    let why = "one partner was counted twice";
    machine.okr(&["cycle", "reopen", "2026-Q3", "-m", why]).ok();
    machine
        .okr(&["grade", "partners", "0.6", "-m", "six it was"])
        .ok();
    machine.okr(&["cycle", "close", "2026-Q3", "--yes"]).ok();
    let closings = machine
        .log()
        .iter()
        .filter(|line| line["kind"] == "CycleClosed")
        .count();
    assert_eq!(closings, 2);
    let status = machine
        .okr(&["status", "--cycle", "2026-Q3", "--json"])
        .ok()
        .json();
    assert_eq!(status["cycle"]["grades"]["all"], "0.61");
    machine.okr(&["verify"]).ok();
}

#[test]
fn what_is_not_finished_goes_on_from_where_it_stands() {
    let machine = closed();
    machine.okr(&["cycle", "new", "2026-Q4"]).ok();
    machine
        .okr(&["carry", "--to", "2026-Q4"])
        .exits(Exit::Usage)
        .explains(&["Which objectives", "Be the first choice", "--all-standing"]);
    let before = machine.log().len();
    let plan = machine
        .okr(&["carry", "growth", "--to", "2026-Q4", "--dry-run", "--json"])
        .ok()
        .json();
    assert_eq!(machine.log().len(), before, "nothing was made");
    assert_eq!(plan["dry_run"], true);
    assert_eq!(plan["objectives"][0]["key_results"][0]["baseline"], "531");

    let made = machine
        .okr(&["carry", "growth", "--to", "2026-Q4", "--json"])
        .ok()
        .json();
    let carried = &made["objectives"][0];
    assert_eq!(carried["key_results"][0]["baseline"], "531");
    assert_eq!(carried["key_results"][0]["target"], "550");
    assert_eq!(carried["key_results"][1]["baseline"], "8");
    machine
        .okr(&["carry", "growth", "--to", "2026-Q4"])
        .exits(Exit::Refused)
        .explains(&["is of 2026-Q4 already"]);
    let old = carried["from"]["ref"].as_str().unwrap();
    machine
        .okr(&["carry", old, "--to", "2026-Q4"])
        .exits(Exit::Refused)
        .explains(&["was carried into 2026-Q4 before"]);

    // The name means what goes on, and its past is a reference away.
    machine.okr(&["cycle", "activate", "2026-Q4"]).ok();
    machine.okr(&["checkin", "leads", "541"]).ok();
    let shown = machine.okr(&["kr", "show", "leads", "--json"]).ok().json();
    assert_eq!(shown["cycle"], "2026-Q4");
    assert_eq!(shown["progress"], "0.53");
    let objective = machine
        .okr(&["objective", "show", "growth", "--json"])
        .ok()
        .json();
    assert_eq!(objective["carried_from"], old);
}

#[test]
fn while_a_quarter_is_graded_a_name_means_the_quarter_that_is_over() {
    let machine = over();
    machine.okr(&["cycle", "new", "2026-Q4"]).ok();
    machine.okr(&["carry", "growth", "--to", "2026-Q4"]).ok();
    machine.okr(&["grade", "leads"]).ok();
    let left = machine
        .okr(&["grade", "--json"])
        .exits(Exit::Findings)
        .json();
    assert_eq!(left["cycle"], "2026-Q3");
    assert_eq!(left["graded"], 1);
}

#[test]
fn standing_objectives_are_carried_without_being_named() {
    let machine = over();
    machine.okr(&["cycle", "new", "2026-Q4"]).ok();
    machine
        .okr(&["carry", "--all-standing", "--to", "2026-Q4"])
        .exits(Exit::Refused)
        .explains(&["No standing objective", "--standing on"]);
    machine
        .okr(&["objective", "edit", "growth", "--standing", "on"])
        .ok();
    machine
        .okr(&["carry", "--all-standing", "--to", "2026-Q4"])
        .ok();
    machine
        .okr(&["carry", "--all-standing", "--to", "2026-Q4"])
        .exits(Exit::Refused);
}

#[test]
fn incentives_are_nowhere_until_they_are_turned_on() {
    let machine = over();
    machine
        .okr(&["incentive"])
        .exits(Exit::Refused)
        .explains(&["are off", "okr incentive on"]);
    machine
        .okr(&["incentive", "add", "Margin"])
        .exits(Exit::Refused);
    machine.okr(&["incentive", "on"]).ok();
    machine
        .okr(&[
            "incentive",
            "add",
            "Bonus for leads",
            "--kr",
            "leads",
            "--member",
            "me",
        ])
        .ok();
    machine.okr(&["incentive", "add", "Bonus for margin"]).ok();
    let list = machine.okr(&["incentive", "--json"]).ok().json();
    let covers: Vec<&Value> = list["incentives"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["cover"])
        .collect();
    assert_eq!(covers, ["covered", "no_key_result"]);
    assert_eq!(list["uncovered"], 1);
    let reference = list["incentives"][1]["ref"].as_str().unwrap().to_owned();
    machine
        .okr(&["incentive", "edit", &reference, "--kr", "partners"])
        .ok();
    let list = machine.okr(&["incentive", "--json"]).ok().json();
    assert_eq!(list["incentives"][1]["cover"], "covered");
    machine.okr(&["incentive", "drop", &reference]).ok();
    machine.okr(&["incentive", "off"]).ok();

    for line in [
        &["--help"][..],
        &["help"],
        &["status", "--help"],
        &["kr", "--help"],
        &["status"],
        &["status", "--json"],
        &["kr", "show", "leads"],
        &["kr", "show", "leads", "--json"],
        &["objective", "show", "growth", "--json"],
        &["cycle", "list", "--json"],
        &["grade", "--json"],
        &["lint", "--json"],
        &["log"],
        &["log", "--json"],
    ] {
        let said = machine.okr(line);
        let said = format!("{}{}", said.stdout, said.stderr).to_lowercase();
        for word in ["incentive", "bonus", "reward"] {
            assert!(!said.contains(word), "“{word}” in {line:?}: {said}");
        }
    }
}
