//! A quarter is closed while a machine is offline: what that machine had said by then is kept and marked late, and
//! the quarter goes on reading as it was closed, byte for byte, on every machine.

use quarterdeck_tests::{Machine, Server, TestEnv};
use serde_json::Value;

/// Lisbon has closed the first quarter; Lagos had checked in before it knew.
fn closed_without_lagos<'env>(
    env: &'env TestEnv,
    server: &mut Server<'_>,
) -> (Machine<'env>, Machine<'env>) {
    let lisbon = env.machine("lisbon");
    let lagos = env.machine("lagos");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    env.set_time("2026-03-31T10:00:00Z");
    lisbon.okr(&["checkin", "leads", "531"]).ok();
    lisbon.sync();
    lagos.join(&server.invite("ben", "editor"));
    lagos.sync();
    // Lagos goes offline and measures 550 for the quarter's last day.
    lagos.okr(&["checkin", "leads", "550"]).ok();
    env.set_time("2026-04-01T10:00:00Z");
    let close = ["cycle", "close", "2026-Q1", "--as-computed", "--yes"];
    lisbon.okr(&close).ok();
    (lisbon, lagos)
}

fn leads(machine: &Machine<'_>) -> Value {
    machine.okr(&["kr", "show", "leads", "--json"]).ok().json()
}

#[test]
fn a_check_in_from_before_the_closing_was_known_is_late_and_changes_nothing_closed() {
    let env = TestEnv::new();
    let mut server = env.server("acme", "ana");
    let (lisbon, lagos) = closed_without_lagos(&env, &mut server);
    let status = ["status", "--cycle", "2026-Q1"];
    let text = lisbon.okr(&status).ok().stdout;
    let json = lisbon
        .okr(&["status", "--cycle", "2026-Q1", "--json"])
        .ok()
        .stdout;
    assert_eq!(leads(&lisbon)["grade"]["grade"], "0.62");

    lagos.sync();
    lisbon.sync();
    for machine in [&lisbon, &lagos] {
        assert_eq!(machine.okr(&status).ok().stdout, text);
        let shown = machine
            .okr(&["status", "--cycle", "2026-Q1", "--json"])
            .ok();
        assert_eq!(shown.stdout, json);
        assert!(shown.stderr.contains("1 event came after the closing"));
        let found = leads(machine);
        assert_eq!(found["current"], "531");
        assert_eq!(found["grade"]["grade"], "0.62");
        assert_eq!(found["late"][0]["value"], "550");
        assert_eq!(found["late"][0]["late"], true);
        assert_eq!(found["check_ins"][0]["late"], false);
        let late: Vec<Value> = (machine.log().into_iter())
            .filter(|line| line["late"] == true)
            .collect();
        assert_eq!(late.len(), 1);
        assert_eq!(late[0]["member"], "ben");
        // What was true is still to be had.
        let day = ["kr", "show", "leads", "--on", "2026-03-31", "--json"];
        assert_eq!(machine.okr(&day).ok().json()["current"], "550");
        machine.okr(&["verify"]).ok();
    }
    server.okrd(&["verify"]).ok();
    // Whoever knows is refused at once.
    lagos
        .okr(&["checkin", "leads", "551", "--on", "2026-03-31"])
        .code(5)
        .explains(&["was closed by ana", "okr cycle reopen 2026-Q1"]);
}

#[test]
fn a_cycle_is_closed_with_its_server_or_not_at_all() {
    let env = TestEnv::new();
    let mut server = env.server("acme", "ana");
    let lisbon = env.machine("lisbon");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    env.set_time("2026-03-31T10:00:00Z");
    lisbon.okr(&["checkin", "leads", "531"]).ok();
    lisbon.sync();
    server.stop();
    lisbon.okr(&["grade", "leads"]).ok();
    lisbon
        .okr(&["cycle", "close", "2026-Q1", "--yes"])
        .code(4)
        .explains(&["your work is kept"]);
    assert_eq!(lisbon.count("CycleClosed"), 0);
    server.restart();
    let close = ["cycle", "close", "2026-Q1", "--yes", "--json"];
    let closed = lisbon.okr(&close).ok().json();
    let position = closed["closing"]["position"].as_u64().unwrap();
    let log = lisbon.log();
    let graded = log
        .iter()
        .find(|line| line["kind"] == "KeyResultGraded")
        .unwrap();
    assert!(
        graded["seq"].as_u64().unwrap() <= position,
        "the closing covers the grade"
    );
    assert_eq!(lisbon.sync()["pushed"], 0, "it was sent with the command");
    lisbon.okr(&["verify"]).ok();
}

#[test]
fn a_quarter_closed_alone_still_holds_when_a_server_has_come() {
    let env = TestEnv::new();
    let lisbon = env.machine("lisbon");
    lisbon.okr(&["init", "acme", "--as", "ana"]).ok();
    lisbon.plan_a_quarter();
    env.set_time("2026-03-31T10:00:00Z");
    lisbon.okr(&["checkin", "leads", "531"]).ok();
    let close = ["cycle", "close", "2026-Q1", "--as-computed", "--yes"];
    lisbon.okr(&close).ok();
    let status = ["status", "--cycle", "2026-Q1", "--json"];
    let before = lisbon.okr(&status).ok().stdout;

    let mut server = env.server("headquarters", "operator");
    lisbon.okr(&["remote", "set", &server.host("acme")]).ok();
    lisbon.sync();
    lisbon.okr(&["verify"]).ok();
    assert_eq!(lisbon.okr(&status).ok().stdout, before);
    let lagos = env.machine("lagos");
    lagos.join(&server.invite("ben", "editor"));
    lagos.sync();
    lagos.okr(&["verify"]).ok();
    assert_eq!(lagos.okr(&status).ok().stdout, before);
}
