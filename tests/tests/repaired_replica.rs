//! A machine whose log was damaged on the disk gets it back from the server, with all that waited to be sent, and
//! believes a server then no more than ever. Without a server it saves what is readable.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use quarterdeck_tests::{Chance, Machine, Server, TestEnv, files_below, rounds};

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
fn a_repair_that_was_killed_can_be_repeated() {
    let env = TestEnv::new();
    let mut chance = Chance::new(23);
    let server = env.server("acme", "ana");
    let lisbon = env.machine("lisbon");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    work(&lisbon);
    lisbon.sync();
    lisbon.okr(&["checkin", "leads", "+1"]).ok();
    damage(&lisbon);
    let first = lisbon.copied_to("first");
    let began = Instant::now();
    first.okr(&["repair"]).ok();
    let time = began.elapsed().mul_f64(1.2);
    for round in 0..rounds(8) {
        let copy = lisbon.copied_to(&format!("round-{round}"));
        let run = copy.start(&["repair"]).killed_after(chance.within(time));
        if run.code.is_some() {
            run.ok();
        }
        copy.okr(&["repair"]).ok();
        copy.okr(&["verify"]).ok();
        let leads = copy.key_result("Qualified leads");
        assert_eq!(leads["current"], "512", "round {round}");
        assert_eq!(leads["pending"], true, "round {round}");
    }
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

/// Flips a bit of one command in the outbox of a machine, told by its note, and answers the damaged file.
fn damage_outbox(machine: &Machine<'_>, note: &str) -> (PathBuf, Vec<u8>) {
    let files = files_below(machine.home());
    let (path, mut bytes) = files
        .into_iter()
        .find(|(path, _)| path.ends_with("outbox"))
        .expect("an outbox");
    let at = bytes
        .windows(note.len())
        .position(|window| window == note.as_bytes())
        .expect("the command waits");
    bytes[at] ^= 1;
    fs::write(&path, &bytes).expect("the damage is done");
    (path, bytes)
}

/// A machine that has planned a quarter, and three check-ins that it has not sent.
fn three_wait(env: &TestEnv) -> (Server<'_>, Machine<'_>) {
    let server = env.server("acme", "ana");
    let lisbon = env.machine("lisbon");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    lisbon.sync();
    for note in ["the first", "the second", "the third"] {
        lisbon.okr(&["checkin", "leads", "+1", "-m", note]).ok();
    }
    (server, lisbon)
}

#[test]
fn an_outbox_that_is_damaged_in_the_middle_goes_on_with_all_that_reads() {
    let env = TestEnv::new();
    let (_server, lisbon) = three_wait(&env);
    let (_, damaged) = damage_outbox(&lisbon, "the second");
    lisbon.okr(&["status"]).code(7).explains(&["okr repair"]);

    let repaired = lisbon.okr(&["repair", "--json"]).ok().json();
    assert_eq!(repaired["outcome"], "repaired");
    let unsent = &repaired["unsent"][0];
    assert_eq!(
        (&unsent["file"], &unsent["commands"]),
        (&"outbox".into(), &2.into())
    );
    let kept = Path::new(unsent["evidence"].as_str().expect("a folder"));
    assert_eq!(
        fs::read(kept.join("outbox")).expect("the evidence"),
        damaged
    );
    assert_eq!(lisbon.key_result("Qualified leads")["current"], "502");
    let again = lisbon.okr(&["repair", "--json"]).ok().json();
    assert_eq!(again["outcome"], "sound");

    let looked = lisbon.okr(&["doctor"]).stdout;
    assert!(
        looked.contains("1 damaged file of an earlier repair"),
        "{looked}"
    );

    // What comes behind the gap cannot follow on it; the person does what the refusal says.
    let refused = lisbon.okr(&["sync"]).code(5).explains(&["missing"]);
    let offered = refused.offered_command();
    lisbon
        .okr(&offered.iter().map(String::as_str).collect::<Vec<_>>())
        .ok();
    lisbon.sync();
    assert_eq!(lisbon.key_result("Qualified leads")["pending"], false);
    assert_eq!(lisbon.key_result("Qualified leads")["current"], "502");
    lisbon.okr(&["verify", "--server"]).ok();
}

/// What was sent before it was damaged is taken from the log, and counted once.
#[test]
fn an_outbox_whose_damaged_command_is_recorded_already_loses_nothing() {
    let env = TestEnv::new();
    let (_server, lisbon) = three_wait(&env);
    let as_it_waited = lisbon.copied_to("as-it-waited");
    lisbon.sync();
    damage_outbox(&as_it_waited, "the second");
    as_it_waited.okr(&["repair"]).ok();
    as_it_waited.sync();
    assert_eq!(as_it_waited.key_result("Qualified leads")["current"], "503");
    assert_eq!(as_it_waited.count("CheckedIn"), 3);
    as_it_waited.okr(&["verify", "--server"]).ok();
}
