//! What a person gets wrong: an exit code that a script can tell apart, a message that names what was wrong,
//! and a log that is as it was.

use quarterdeck_tests::{Machine, TestEnv};

const USAGE: i32 = 2;
const NOT_FOUND: i32 = 3;
const REFUSED: i32 = 5;

/// A machine with a workspace of its own and one quarter planned.
fn planned(env: &TestEnv) -> Machine<'_> {
    let lisbon = env.machine("lisbon");
    lisbon.okr(&["init", "acme", "--as", "ana"]).ok();
    lisbon.plan_a_quarter();
    lisbon
}

#[test]
fn each_mistake_is_named_and_changes_nothing() {
    let env = TestEnv::new();
    let lisbon = planned(&env);
    lisbon
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
    let before = lisbon.log();

    let mistakes: &[(&[&str], i32, &[&str])] = &[
        (&["frobnicate"], USAGE, &["frobnicate"]),
        (&["checkin", "kr-zzzz", "5"], NOT_FOUND, &["kr-zzzz"]),
        (
            &["checkin", "qualified", "5"],
            NOT_FOUND,
            &["qualified leads", "qualified partners"],
        ),
        (&["checkin", "leads", "many"], USAGE, &["many"]),
        (&["checkin", "leads", "1.2.3"], USAGE, &["1.2.3"]),
        (
            &["checkin", "leads", "531", "--on", "2026-02-30"],
            USAGE,
            &["2026-02-30"],
        ),
        (&["checkin", "leads", "531", "-c", "1.4"], USAGE, &["1.4"]),
        (&["status", "--as-of", "some day"], USAGE, &["some day"]),
        (&["status", "--cycle", "2031-Q3"], NOT_FOUND, &["2031-Q3"]),
        (&["cycle", "new", "2026-Q5"], USAGE, &["2026-Q5"]),
        (
            &[
                "kr",
                "new",
                "X",
                "--objective",
                "growth",
                "--increase",
                "1-2",
            ],
            USAGE,
            &["1-2"],
        ),
        (&["join", "okr://nowhere"], USAGE, &["okr://nowhere"]),
    ];
    for (arguments, code, named) in mistakes {
        lisbon.okr(arguments).code(*code).explains(named);
    }
    assert_eq!(lisbon.log(), before);
}

#[test]
fn a_check_in_on_a_dropped_key_result_is_refused() {
    let env = TestEnv::new();
    let lisbon = planned(&env);
    lisbon
        .okr(&["kr", "drop", "leads", "-m", "marketing has its own now"])
        .ok();
    let before = lisbon.log();
    lisbon
        .okr(&["checkin", "leads", "531"])
        .code(REFUSED)
        .explains(&["dropped"]);
    assert_eq!(lisbon.log(), before);
}

#[test]
fn signed_values_need_no_separator() {
    let env = TestEnv::new();
    let lisbon = planned(&env);
    lisbon.okr(&["checkin", "leads", "520"]).ok();
    lisbon.okr(&["checkin", "leads", "-3"]).ok();
    lisbon.okr(&["checkin", "leads", "+1"]).ok();
    assert_eq!(lisbon.key_result("Qualified leads")["current"], "518");
}

#[test]
fn a_machine_without_a_workspace_says_how_to_begin() {
    let env = TestEnv::new();
    env.machine("lisbon")
        .okr(&["status"])
        .code(NOT_FOUND)
        .explains(&["okr init", "okr join"]);
}

#[test]
fn an_invitation_works_once() {
    let env = TestEnv::new();
    let server = env.server("acme", "ana");
    let invitation = server.first_invitation();
    env.machine("lisbon").join(&invitation);
    env.machine("lagos")
        .okr(&["join", &invitation])
        .code(REFUSED)
        .explains(&["invitation"]);
}

#[test]
fn a_viewer_reads_and_writes_nothing() {
    let env = TestEnv::new();
    let server = env.server("acme", "ana");
    let lisbon = env.machine("lisbon");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    lisbon.sync();
    let auditor = env.machine("auditor");
    auditor.join(&server.invite("eve", "viewer"));
    auditor.sync();

    auditor
        .okr(&["checkin", "leads", "531"])
        .code(REFUSED)
        .explains(&["viewer"]);
    assert_eq!(auditor.key_result("Qualified leads")["pending"], false);
}
