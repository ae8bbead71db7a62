//! A machine whose log was damaged on the disk gets it back from the server, with all that waited to be sent, and
//! believes a server then no more than ever. Without a server it saves what is readable.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};

use quarterdeck_tests::{Machine, TestEnv, files_below};

const DOES_NOT_VERIFY: i32 = 6;

/// Stands in one event alone.
const MARKER: &str = "the fair in Porto brought thirty addresses";

/// Flips a bit in every copy of one event's text in a machine's store, and returns the store.
fn damage(machine: &Machine<'_>) -> PathBuf {
    let files = files_below(machine.home());
    let (store, mut bytes) = files
        .into_iter()
        .find(|(path, _)| path.ends_with("store/db"))
        .expect("a store");
    let marker = MARKER.as_bytes();
    let mut found = 0;
    for at in 0..bytes.len() - marker.len() {
        if bytes[at..].starts_with(marker) {
            bytes[at + 4] ^= 1;
            found += 1;
        }
    }
    assert!(found > 0, "the event is in the store");
    fs::write(&store, bytes).expect("the damage is done");
    store
}

fn work(machine: &Machine<'_>) {
    for value in 505..509 {
        machine.okr(&["checkin", "leads", &value.to_string()]).ok();
    }
    machine
        .okr(&["checkin", "leads", "510", "--message", MARKER])
        .ok();
    machine.okr(&["checkin", "leads", "511"]).ok();
}

#[test]
fn a_damaged_log_is_fetched_again_and_unsent_work_is_kept() {
    let env = TestEnv::new();
    let server = env.server("acme", "ana");
    let lisbon = env.machine("lisbon");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    work(&lisbon);
    lisbon.sync();
    lisbon.okr(&["repair"]).ok();
    for _ in 0..3 {
        lisbon.okr(&["checkin", "leads", "+1"]).ok();
    }

    let store = damage(&lisbon);
    let evidence = fs::read(&store).expect("the damaged file");
    let told = lisbon.okr(&["verify"]);
    assert_eq!(told.code, Some(DOES_NOT_VERIFY));
    assert!(told.stdout.contains("okr repair"), "{}", told.stdout);

    let repaired = lisbon.okr(&["repair", "--json"]).ok().json();
    assert_eq!(repaired["outcome"], "repaired");
    assert!(repaired["checkpoints"].as_u64() > Some(0));
    let kept = Path::new(repaired["evidence"].as_str().expect("a folder"));
    assert_eq!(
        fs::read(kept.join("ledger/store/db")).expect("the evidence"),
        evidence
    );
    lisbon.okr(&["verify"]).ok();
    assert_eq!(lisbon.key_result("Qualified leads")["current"], "514");
    assert_eq!(lisbon.key_result("Qualified leads")["pending"], true);
    lisbon.sync();
    assert_eq!(lisbon.key_result("Qualified leads")["pending"], false);
    assert_eq!(lisbon.count("CheckedIn"), 9);
    lisbon.okr(&["verify", "--server"]).ok();
}

#[test]
fn a_log_that_verifies_is_left_alone() {
    let env = TestEnv::new();
    let lisbon = env.machine("lisbon");
    lisbon.okr(&["init", "acme", "--as", "ana"]).ok();
    lisbon.plan_a_quarter();
    let before = lisbon.okr(&["verify", "--json"]).ok().json();
    let sound = lisbon.okr(&["repair", "--json"]).ok().json();
    assert_eq!(sound["outcome"], "sound");
    assert_eq!(sound["entries"], before["size"]);
    assert_eq!(lisbon.okr(&["verify", "--json"]).ok().json(), before);
}

#[test]
fn a_server_that_lost_history_is_not_believed_in_a_repair() {
    let env = TestEnv::new();
    let mut server = env.server("acme", "ana");
    let lisbon = env.machine("lisbon");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    lisbon.sync();
    server.stop();
    let backup = files_below(&server.data());
    server.restart();
    work(&lisbon);
    lisbon.sync();
    server.stop();
    for (path, _) in files_below(&server.data()) {
        fs::remove_file(path).expect("the data is gone");
    }
    for (path, bytes) in backup {
        fs::write(path, bytes).expect("the backup is restored");
    }
    server.restart();

    let store = damage(&lisbon);
    let evidence = fs::read(&store).expect("the damaged file");
    lisbon
        .okr(&["repair"])
        .code(DOES_NOT_VERIFY)
        .explains(&["fewer entries"]);
    assert_eq!(fs::read(&store).expect("the damaged file"), evidence);
}

#[test]
fn without_a_server_what_is_readable_is_saved_to_a_file() {
    let env = TestEnv::new();
    let lisbon = env.machine("lisbon");
    lisbon.okr(&["init", "acme", "--as", "ana"]).ok();
    lisbon.plan_a_quarter();
    work(&lisbon);
    let whole = lisbon.log();
    let store = damage(&lisbon);
    let evidence = fs::read(&store).expect("the damaged file");
    lisbon
        .okr(&["repair"])
        .code(DOES_NOT_VERIFY)
        .explains(&["backup", "--salvage"]);

    let file = env.path().join("rescued.jsonl");
    let named = file.display().to_string();
    let saved = lisbon
        .okr(&["repair", "--salvage", &named, "--json"])
        .ok()
        .json();
    assert_eq!(saved["outcome"], "salvaged");
    let damaged = whole
        .iter()
        .position(|event| event["text"] == MARKER)
        .expect("the event");
    assert_eq!(saved["entries"], damaged);
    assert_eq!(saved["lost_from"], damaged + 1);
    assert_eq!(fs::read(&store).expect("the damaged file"), evidence);

    let reader = env.machine("reader");
    reader.okr(&["import", &named]).ok();
    let read = reader.log();
    assert_eq!(read.len(), damaged);
    for (read, was) in read.iter().zip(&whole) {
        assert_eq!((&read["id"], &read["seq"]), (&was["id"], &was["seq"]));
    }
}
