//! Goalposts, lateness and grading again through the terminal.

use quarterdeck_cli::Exit;
use serde_json::Value;

use crate::machine::Machine;

/// A quarter planned in June, with a target of 600 that became 550 in August.
fn moved() -> Machine {
    let machine = Machine::new();
    machine.set_time("2026-06-20T09:00:00Z");
    for line in [
        &["init", "acme", "--as", "ana", "--time-zone", "UTC"][..],
        &["cycle", "new", "2026-Q3"],
        &["cycle", "activate", "2026-Q3"],
        &["team", "new", "Sales"],
        &[
            "objective",
            "new",
            "Be the first choice",
            "--key",
            "growth",
            "--team",
            "Sales",
        ],
        &[
            "kr",
            "new",
            "Qualified leads",
            "--objective",
            "growth",
            "--increase",
            "500..600",
            "--key",
            "leads",
        ],
        &[
            "kr",
            "new",
            "Partners signed",
            "--objective",
            "growth",
            "--increase",
            "0..10",
            "--key",
            "partners",
        ],
    ] {
        machine.okr(line).ok();
    }
    machine.set_time("2026-08-14T09:00:00Z");
    machine
        .okr(&[
            "kr",
            "edit",
            "leads",
            "--target",
            "550",
            "-m",
            "two reps left",
        ])
        .ok();
    machine.set_time("2026-09-30T09:00:00Z");
    machine.okr(&["checkin", "leads", "531"]).ok();
    machine
        .okr(&["checkin", "partners", "6", "--on", "2026-09-20"])
        .ok();
    machine
}

#[test]
fn goalposts_tell_who_moved_what_and_both_scores() {
    let machine = moved();
    let json = machine.okr(&["goalposts", "--json"]).ok().json();
    assert_eq!(json["score_as_agreed"], "0.46");
    assert_eq!(json["score_as_amended"], "0.61");
    let change = &json["changes"][0];
    for (key, value) in [
        ("field", "target"),
        ("from", "600"),
        ("to", "550"),
        ("member", "ana"),
        ("reason", "two reps left"),
        ("change", "changed"),
    ] {
        assert_eq!(change[key], value, "{key}");
    }
    assert!(change["ref"].as_str().unwrap().starts_with("kr-"));
    assert!(
        change["recorded"]
            .as_str()
            .unwrap()
            .starts_with("2026-08-14T09:")
    );
    assert_eq!(change["days_before_end"], 47);
    assert_eq!(change["after_end"], false);
    assert_eq!(json["teams"][0]["score_as_agreed"], "0.46");
    let one = &json["objectives"][0]["key_results"][0];
    assert_eq!(
        (&one["score_as_agreed"], &one["score_as_amended"]),
        (&"0.31".into(), &"0.62".into())
    );

    let text = machine.okr(&["goalposts"]).ok().stdout;
    for said in [
        "as agreed 0.46, as amended 0.61 (+0.15)",
        "47 days",
        "target 600 → 550",
        "two reps left",
    ] {
        assert!(text.contains(said), "{said} in {text}");
    }
    let shown = machine.okr(&["kr", "show", "leads"]).ok().stdout;
    assert!(
        shown.contains("as first agreed 500 → 600; 1 change since, score 0.31"),
        "{shown}"
    );
    let shown = machine
        .okr(&["kr", "show", "partners", "--json"])
        .ok()
        .json();
    assert_eq!(shown["agreed"], Value::Null);
    let status = machine.okr(&["status"]).ok().stdout;
    assert!(
        status.contains("1 goal moved since the cycle began: okr goalposts --cycle 2026-Q3"),
        "{status}"
    );
}

#[test]
fn what_joined_late_is_told_as_it_was_added() {
    let machine = moved();
    let webinars = [
        "kr",
        "new",
        "Webinars",
        "--objective",
        "growth",
        "--increase",
        "0..4",
        "--key",
        "webinars",
    ];
    machine.okr(&webinars).ok();
    machine
        .okr(&["kr", "edit", "webinars", "--target", "3"])
        .ok();
    let json = machine
        .okr(&["goalposts", "webinars", "--json"])
        .ok()
        .json();
    let told: Vec<&str> = (json["changes"].as_array().unwrap().iter())
        .map(|change| change["what"].as_str().unwrap())
        .collect();
    assert_eq!(told, ["added late: 0 → 4", "target 4 → 3"]);
    assert_eq!(json["changes"][0]["field"], Value::Null);
    assert_eq!(
        json["objectives"][0]["score_as_agreed"],
        Value::Null,
        "its siblings are not asked about"
    );
}

#[test]
fn what_is_moved_after_the_end_says_so() {
    let machine = moved();
    machine.set_time("2026-10-02T09:00:00Z");
    machine
        .okr(&["cycle", "edit", "2026-Q3", "--ends", "2026-10-07"])
        .ok();
    let text = machine
        .okr(&["goalposts", "--cycle", "2026-Q3"])
        .ok()
        .stdout;
    assert!(
        text.contains("1 change came after the end of the cycle."),
        "{text}"
    );
    assert!(text.contains("2 days after the end"), "{text}");
    let red = machine
        .okr(&["--color", "always", "goalposts", "--cycle", "2026-Q3"])
        .ok()
        .stdout;
    assert!(red.contains("\u{1b}[31m2 days after the end"), "{red}");
}

#[test]
fn the_same_question_about_the_past_has_the_same_answer_for_ever() {
    let machine = moved();
    let questions: [&[&str]; 4] = [
        &["goalposts", "--as-of", "2026-08-20", "--json"],
        &["late", "--as-of", "2026-09-30 09:30", "--json"],
        &[
            "regrade",
            "2026-Q3",
            "--as-agreed",
            "--as-of",
            "2026-09-30 09:30",
        ],
        &[
            "goalposts",
            "leads",
            "--as-of",
            "2026-08-20",
            "--on",
            "2026-08-15",
        ],
    ];
    let before: Vec<String> = questions
        .iter()
        .map(|line| machine.okr(line).ok().stdout)
        .collect();
    assert!(before[0].contains("600"), "{}", before[0]);
    machine.set_time("2026-10-05T09:00:00Z");
    machine
        .okr(&[
            "kr",
            "edit",
            "leads",
            "--title",
            "Other leads",
            "--target",
            "700",
        ])
        .ok();
    machine.okr(&["team", "new", "Marketing"]).ok();
    machine
        .okr(&["objective", "edit", "growth", "--title", "Other words"])
        .ok();
    machine
        .okr(&["kr", "new", "More", "--objective", "growth", "--binary"])
        .ok();
    for (line, before) in questions.iter().zip(before) {
        assert_eq!(machine.okr(line).ok().stdout, before, "{line:?}");
    }
}

#[test]
fn auditors_get_csv_in_which_nothing_computes() {
    let machine = moved();
    machine
        .okr(&["kr", "edit", "leads", "--title", "=1+1", "-m", "@SUM(A1)"])
        .ok();
    let csv = machine.okr(&["goalposts", "--csv"]).ok().stdout;
    let mut lines = csv.lines();
    assert_eq!(
        lines.next(),
        Some(
            "cycle,ref,title,change,field,from,to,days_before_end,after_end,conflict,day,member,device,\
             authored,recorded,reason,source,undo,undone,event"
        )
    );
    assert!(
        lines.next().unwrap().contains(",target,600,550,47,"),
        "{csv}"
    );
    assert!(
        csv.contains(",'=1+1,") && csv.contains(",'@SUM(A1),"),
        "{csv}"
    );
    machine
        .okr(&["late", "--csv", "--json"])
        .exits(Exit::Usage)
        .explains(&["CSV or JSON"]);
    let csv = machine.okr(&["late", "--csv"]).ok().stdout;
    let columns = csv.lines().next().unwrap().split(',').count();
    for line in csv.lines() {
        assert_eq!(line.split(',').count(), columns, "{line}");
    }
}

#[test]
fn late_tells_late_check_ins_corrections_and_what_changed_after_the_grade() {
    let machine = moved();
    let json = machine.okr(&["late", "--json"]).ok().json();
    assert_eq!(json["days"], 3);
    assert_eq!(json["check_ins"][0]["days"], 10);
    assert_eq!(json["check_ins"][0]["value"], "6");
    assert_eq!(json["surges"].as_array().unwrap().len(), 2);
    let json = machine.okr(&["late", "--days", "11", "--json"]).ok().json();
    assert_eq!(json["check_ins"].as_array().unwrap().len(), 0);
    let text = machine.okr(&["late", "--days", "11"]).ok().stdout;
    assert!(
        text.contains("No check-in came 11 days late or later"),
        "{text}"
    );

    machine.okr(&["grade", "leads"]).ok();
    let made = machine.okr(&["kr", "show", "leads", "--json"]).ok().json();
    let check_in = made["check_ins"][0]["ref"].as_str().unwrap();
    machine
        .okr(&[
            "checkin",
            "amend",
            check_in,
            "--value",
            "541",
            "-m",
            "counted twice",
        ])
        .ok();
    let json = machine.okr(&["late", "leads", "--json"]).ok().json();
    let corrected = &json["corrections"][0];
    assert_eq!(
        (&corrected["field"], &corrected["from"], &corrected["to"]),
        (&"value".into(), &"531".into(), &"541".into())
    );
    assert_eq!(corrected["reason"], "counted twice");
    let after = &json["after_grades"][0];
    assert_eq!(
        (&after["grade"], &after["computed_now"]),
        (&"0.62".into(), &"0.82".into())
    );
    machine
        .okr(&["checkin", "retract", check_in, "-m", "not ours"])
        .ok();
    let text = machine.okr(&["late"]).ok().stdout;
    for said in [
        "Corrected",
        "Taken back",
        "value 531 → 541",
        "counted twice",
        "grade 0.62, now computed 0.00",
    ] {
        assert!(text.contains(said), "{said} in {text}");
    }
}

#[test]
fn regrading_records_nothing_and_tells_both() {
    let machine = moved();
    machine
        .okr(&["grade", "leads", "0.9", "-m", "hard ones"])
        .ok();
    let before = machine.log().len();
    let by = |arguments: &[&str]| {
        let line = [&["regrade", "2026-Q3", "--json"], arguments].concat();
        machine.okr(&line).ok().json()
    };
    let json = by(&["--rule", "computed"]);
    assert_eq!(
        (&json["was"], &json["would_be"], &json["difference"]),
        (&"0.75".into(), &"0.61".into(), &"-0.14".into())
    );
    assert_eq!(
        (&json["was_band"], &json["would_be_band"]),
        (&"green".into(), &"amber".into())
    );
    assert_eq!(by(&["--as-agreed"])["would_be"], "0.46");
    assert_eq!(by(&["--weight", "leads=3"])["would_be"], "0.82");
    assert_eq!(by(&["--drop", "leads"])["would_be"], "0.6");
    let json = by(&["--threshold", "green=0.8", "--threshold", "amber=0.5"]);
    assert_eq!(json["would_be_band"], "amber");
    assert_eq!(json["thresholds"]["green"], "0.8");
    assert_eq!(machine.log().len(), before);
    let text = machine
        .okr(&["regrade", "--equal-weights", "--rule", "all-or-nothing"])
        .ok()
        .stdout;
    assert!(
        text.contains("nothing is recorded") && text.contains("not graded yet"),
        "{text}"
    );

    machine
        .okr(&["regrade"])
        .exits(Exit::Usage)
        .explains(&["other rule", "--as-agreed"]);
    machine
        .okr(&["regrade", "--threshold", "green=0.3"])
        .exits(Exit::Usage)
        .explains(&["amber lies below green"]);
    machine.okr(&["cycle", "new", "2026-Q4"]).ok();
    machine
        .okr(&["regrade", "2026-Q4", "--drop", "leads"])
        .exits(Exit::NotFound)
        .explains(&["is not of 2026-Q4"]);
}

#[test]
fn an_open_cycle_has_nothing_later() {
    let machine = moved();
    machine
        .okr(&["cycle", "show", "2026-Q3", "--later"])
        .exits(Exit::Usage)
        .explains(&["is active, not closed"]);
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    let machine = moved();
    let long = "words and more words, so that there is no room for all of them on a line";
    machine
        .okr(&["kr", "edit", "leads", "--title", long, "-m", long])
        .ok();
    machine
        .okr(&["objective", "edit", "growth", "--title", long])
        .ok();
    machine.okr(&["grade", "leads"]).ok();
    machine.okr(&["checkin", "leads", "532"]).ok();
    for line in [
        &["goalposts"][..],
        &["goalposts", "--team", "sales"],
        &["late"],
        &["regrade", "--drop", "partners"],
        &["status"],
    ] {
        let text = machine.okr(line).ok().stdout;
        // Hints are to be copied whole.
        for shown in text.lines().filter(|line| !line.starts_with("hint: ")) {
            assert!(shown.chars().count() <= 80, "{shown}");
        }
    }
}
