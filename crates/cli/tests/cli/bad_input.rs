//! What a person gets wrong: named, with an exit code of its own, and the log as it was.

use quarterdeck_cli::Exit;

use crate::machine::Machine;

#[test]
fn each_mistake_is_named_and_changes_nothing() {
    let machine = Machine::planned();
    machine
        .okr(&[
            "kr",
            "new",
            "Qualified partners",
            "--objective",
            "growth",
            "--increase",
            "0..30",
        ])
        .ok();
    let before = machine.log();
    let mistakes: &[(&[&str], Exit, &[&str])] = &[
        (&["frobnicate"], Exit::Usage, &["frobnicate"]),
        (&["checkin", "kr-zzzz", "5"], Exit::NotFound, &["kr-zzzz"]),
        (
            &["checkin", "qualified", "5"],
            Exit::NotFound,
            &["Qualified leads", "Qualified partners"],
        ),
        (&["checkin", "leads", "many"], Exit::Usage, &["many"]),
        (&["checkin", "leads", "1,5"], Exit::Usage, &["comma"]),
        (
            &["checkin", "leads", "531", "-c", "1.4"],
            Exit::Usage,
            &["1.4", "0.7"],
        ),
        (
            &["checkin", "leads", "531", "--on", "2026-02-30"],
            Exit::Usage,
            &["2026-02-30"],
        ),
        (
            &["checkin", "leads", "531", "--on", "2026-06-30"],
            Exit::Refused,
            &["2026-06-30", "2026-Q3"],
        ),
        (&["checkin", "leads", "done"], Exit::Usage, &["done"]),
        (
            &["status", "--as-of", "some day"],
            Exit::Usage,
            &["some day"],
        ),
        (
            &["status", "--cycle", "2031-Q3"],
            Exit::NotFound,
            &["2031-Q3"],
        ),
        (&["cycle", "new", "2026-Q5"], Exit::Usage, &["2026-Q5"]),
        (&["cycle", "new", "2026-Q3"], Exit::Refused, &["2026-Q3"]),
        (
            &["kr", "new", "X", "--objective", "growth"],
            Exit::Usage,
            &["--increase"],
        ),
        (
            &[
                "kr",
                "new",
                "X",
                "--objective",
                "growth",
                "--increase",
                "9..5",
            ],
            Exit::Refused,
            &["--decrease"],
        ),
        (&["kr", "edit", "leads"], Exit::Usage, &["Nothing"]),
        (
            &["kr", "edit", "leads", "--target", "550"],
            Exit::Refused,
            &["already"],
        ),
        (&["kr", "drop", "leads"], Exit::Usage, &["--message"]),
        (&["join", "okr://nowhere"], Exit::Usage, &["okr://nowhere"]),
        (&["sync"], Exit::Refused, &["no server"]),
        (
            &["resolve", "leads", "target"],
            Exit::NotFound,
            &["okr conflicts"],
        ),
        (&["undo", "e-zzzz"], Exit::NotFound, &["e-zzzz"]),
        (
            &["member", "role", "ana", "viewer"],
            Exit::Refused,
            &["last owner"],
        ),
        (&["init", "acme"], Exit::Refused, &["acme"]),
        (
            &["status", "-w", "other"],
            Exit::NotFound,
            &["other", "acme"],
        ),
        (&["config", "color", "blue"], Exit::Usage, &["blue"]),
    ];
    for (line, exit, named) in mistakes {
        machine.okr(line).exits(*exit).explains(named);
    }
    assert_eq!(machine.log(), before);
}

#[test]
fn a_machine_without_a_workspace_says_how_to_begin() {
    Machine::new()
        .okr(&["status"])
        .exits(Exit::NotFound)
        .explains(&["okr init", "okr join", "okr demo"]);
}

#[test]
fn what_was_dropped_takes_no_check_ins_until_it_is_taken_up_again() {
    let machine = Machine::planned();
    machine
        .okr(&["kr", "drop", "leads", "-m", "marketing has its own"])
        .ok();
    machine
        .okr(&["checkin", "leads", "531"])
        .exits(Exit::Refused)
        .explains(&["dropped", "--state active"]);
    machine
        .okr(&[
            "kr",
            "edit",
            "leads",
            "--state",
            "active",
            "-m",
            "it is ours again",
        ])
        .ok();
    machine.okr(&["checkin", "leads", "531"]).ok();
}

#[test]
fn escapes_that_teammates_wrote_are_shown_and_not_obeyed() {
    let machine = Machine::planned();
    machine
        .okr(&["note", "leads", "calm \u{1b}[31mred\u{202e}"])
        .ok();
    let shown = machine.okr(&["log", "leads"]).ok().stdout;
    assert!(
        !shown.contains('\u{1b}') && !shown.contains('\u{202e}'),
        "{shown:?}"
    );
}

#[test]
fn a_damaged_store_is_named_and_left_alone() {
    let machine = Machine::planned();
    let outbox = machine.home().join("workspaces/acme/device.json");
    std::fs::write(&outbox, "{}").unwrap();
    machine
        .okr(&["status"])
        .exits(Exit::Trouble)
        .explains(&["device.json"]);
    assert_eq!(std::fs::read_to_string(&outbox).unwrap(), "{}");
}
