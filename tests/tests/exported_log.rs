//! The log leaves as a file and is the same workspace elsewhere: root, state now and then. What waits to be sent
//! is not in it; a file cut or altered makes nothing; the copy makes room for a device that joins.

use std::fs;

use quarterdeck_tests::{Machine, TestEnv};
use serde_json::Value;

/// What two machines have to agree on.
fn told(machine: &Machine<'_>) -> Vec<Value> {
    let mut told: Vec<Value> = [
        &["verify", "--json"][..],
        &["status", "--json"],
        &["status", "--json", "--as-of", "#11"],
        &["kr", "show", "leads", "--json", "--as-of", "#9"],
    ]
    .iter()
    .map(|line| machine.okr(line).ok().json())
    .collect();
    // How often a machine was told that the log holds is its own affair.
    if let Some(verified) = told.first_mut().and_then(Value::as_object_mut) {
        verified.remove("checkpoints");
    }
    told.extend(machine.log());
    told
}

#[test]
fn an_exported_log_is_the_same_workspace_elsewhere() {
    let env = TestEnv::new();
    let server = env.server("acme", "ana");
    let lisbon = env.machine("lisbon");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    env.set_time("2026-01-12T10:00:00Z");
    lisbon
        .okr(&["checkin", "leads", "510", "-c", "0.7", "-m", "two signed"])
        .ok();
    lisbon.sync();
    env.set_time("2026-02-02T10:00:00Z");
    lisbon.okr(&["checkin", "leads", "+10"]).ok();
    lisbon.sync();
    let file = env.path().join("acme.jsonl").display().to_string();
    lisbon.okr(&["export", "-o", &file]).ok();

    let archive = env.machine("archive");
    archive.okr(&["import", &file]).ok();
    assert_eq!(told(&archive), told(&lisbon));
    archive
        .okr(&["checkin", "leads", "530"])
        .code(5)
        .explains(&["copy", "okr join"]);

    // What waits is not in the log, and is told of.
    lisbon.okr(&["checkin", "leads", "+1"]).ok();
    let again = lisbon.okr(&["export", "-o", &file, "--json"]).ok();
    assert_eq!(again.json()["unsent"], 1);
    again.explains(&["not sent yet", "okr sync"]);
    let same = archive.okr(&["import", &file, "--json"]).ok().json();
    assert_eq!(same["outcome"], "same");

    // A device takes the copy's place.
    archive.join(&server.invite("ben", "editor"));
    lisbon.sync();
    archive.sync();
    archive.okr(&["checkin", "leads", "530"]).ok();
    archive.sync();
    lisbon.sync();
    assert_eq!(lisbon.key_result("Qualified leads")["current"], "530");
    let older = lisbon.okr(&["import", &file, "--json"]).ok().json();
    assert_eq!(older["outcome"], "older");
}

#[test]
fn a_file_that_does_not_hold_leaves_no_trace() {
    let env = TestEnv::new();
    let lisbon = env.machine("lisbon");
    lisbon.okr(&["init", "acme", "--as", "ana"]).ok();
    lisbon.plan_a_quarter();
    let file = env.path().join("acme.jsonl");
    let name = file.display().to_string();
    lisbon.okr(&["export", "-o", &name]).ok();
    let bytes = fs::read(&file).expect("the exported log");

    let archive = env.machine("archive");
    // Cut anywhere, it is told so: at the line where it breaks off.
    for part in 1..8 {
        let kept = bytes.len() * part / 8;
        fs::write(&file, &bytes[..kept]).expect("a file to write to");
        let lines = bytes[..kept].iter().filter(|byte| **byte == b'\n').count();
        archive
            .okr(&["import", &name])
            .code(6)
            .explains(&[&format!("line {}", lines + 1), "Nothing was made"]);
    }
    archive.okr(&["status"]).code(3);
    let left = fs::read_dir(archive.home().join("workspaces"));
    assert_eq!(left.expect("the folder of workspaces").count(), 0);
    fs::write(&file, &bytes).expect("a file to write to");
    archive.okr(&["import", &name]).ok();
    archive.okr(&["verify"]).ok();
}

#[test]
fn a_history_from_before_the_server_is_told_apart_and_keeps_its_past() {
    let env = TestEnv::new();
    let lisbon = env.machine("lisbon");
    lisbon.okr(&["init", "acme", "--as", "ana"]).ok();
    lisbon.plan_a_quarter();
    env.set_time("2026-01-12T10:00:00Z");
    lisbon.okr(&["checkin", "leads", "510"]).ok();
    env.set_time("2026-02-02T10:00:00Z");
    lisbon.okr(&["checkin", "leads", "520"]).ok();
    let name = |name: &str| env.path().join(name).display().to_string();
    let (before, after) = (name("before.jsonl"), name("after.jsonl"));
    lisbon.okr(&["export", "-o", &before]).ok();
    let mut server = env.server("headquarters", "operator");
    lisbon.okr(&["remote", "set", &server.host("acme")]).ok();
    lisbon.sync();
    lisbon.okr(&["export", "-o", &after]).ok();

    let archive = env.machine("archive");
    archive.okr(&["import", &after]).ok();
    assert_eq!(
        archive.key_result_in("Qualified leads", &["--as-of", "2026-01-20"])["current"],
        "510"
    );
    assert_eq!(archive.log(), lisbon.log());
    for machine in [&archive, &lisbon] {
        let other = machine.okr(&["import", &before, "--json"]).code(6).json();
        assert_eq!(other["outcome"], "recorded_anew");
    }
    // It is the history of the time before, and reads as that.
    let old = env.machine("old");
    old.okr(&["import", &before]).ok();
    old.okr(&["verify"]).ok();
    assert_eq!(old.key_result("Qualified leads")["current"], "520");
}
