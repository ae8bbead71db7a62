//! A store that was damaged behind the programs' backs: each says where and what to do, none panics, and nothing
//! is rewritten, so that what is left can still be rescued.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use quarterdeck_tests::{Machine, Run, Server, TestEnv, files_below};

/// Stands in one event alone, where it can be found in a file and damaged.
const MARKER: &str = "the fair in Porto brought thirty addresses";

const DOES_NOT_VERIFY: i32 = 6;

/// Less than a command waits for another one.
const A_MOMENT: Duration = Duration::from_millis(500);

#[derive(Debug, Clone, Copy)]
enum Damage {
    /// One bit of an event's text is another.
    Bit,
    /// The store's file ends in the middle.
    CutShort,
    /// The store's file is empty.
    Emptied,
    /// The note of how far the log had come is gone.
    NoMark,
    /// The same, unreadable.
    BadMark,
}

const ALL: [Damage; 5] = [
    Damage::Bit,
    Damage::CutShort,
    Damage::Emptied,
    Damage::NoMark,
    Damage::BadMark,
];

/// Damages the log in a folder, and returns the file that is left as evidence.
fn damage(folder: &Path, how: Damage) -> PathBuf {
    let files = files_below(folder);
    let named = |name: &str| {
        let mut found = files.iter().filter(|(path, _)| path.ends_with(name));
        found
            .next()
            .unwrap_or_else(|| panic!("no {name} below {}", folder.display()))
            .clone()
    };
    let (store, mut bytes) = named("store/db");
    let (mark, _) = named("mark");
    match how {
        Damage::Bit => {
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
        }
        Damage::CutShort => {
            let length = bytes.iter().rposition(|&byte| byte != 0).unwrap_or(0);
            bytes.truncate(length / 2);
            fs::write(&store, bytes).expect("the damage is done");
        }
        Damage::Emptied => fs::write(&store, "").expect("the damage is done"),
        Damage::NoMark => fs::remove_file(mark).expect("the damage is done"),
        Damage::BadMark => fs::write(mark, [7; 300]).expect("the damage is done"),
    }
    store
}

/// Asserts that a command failed with words about the place and the way out, and left the evidence alone. (What
/// `verify` finds is its answer, on standard output.)
#[track_caller]
fn told(run: &Run, code: i32, evidence: (&Path, &[u8])) {
    let said = format!("{}{}", run.stdout, run.stderr).to_lowercase();
    assert_eq!(run.code, Some(code), "{said}");
    assert!(!said.contains("panicked at"), "{said}");
    assert!(said.contains("ledger"), "it does not say where: {said}");
    assert!(
        ["backup", "fetch", "rebuil"]
            .iter()
            .any(|way| said.contains(way)),
        "no way out of it: {said}"
    );
    let now = fs::read(evidence.0).expect("the evidence is there");
    let first = now
        .iter()
        .zip(evidence.1)
        .position(|(now, then)| now != then);
    assert!(
        now == evidence.1,
        "the store was rewritten: {} bytes became {}, the first that differs is {first:?}",
        evidence.1.len(),
        now.len()
    );
}

fn machine_with_history(env: &TestEnv) -> Machine<'_> {
    let lisbon = env.machine("lisbon");
    lisbon.okr(&["init", "acme", "--as", "ana"]).ok();
    lisbon.plan_a_quarter();
    lisbon.okr(&["checkin", "leads", "510", "-m", MARKER]).ok();
    for value in 511..530 {
        lisbon.okr(&["checkin", "leads", &value.to_string()]).ok();
    }
    lisbon
}

#[test]
fn a_machine_names_the_damage_and_rewrites_nothing() {
    let env = TestEnv::new();
    let lisbon = machine_with_history(&env);
    for how in ALL {
        eprintln!("{how:?}");
        let copy = lisbon.copied_to(&format!("{how:?}"));
        let store = damage(copy.home(), how);
        let evidence = fs::read(&store).expect("the damaged file");
        told(&copy.okr(&["verify"]), DOES_NOT_VERIFY, (&store, &evidence));
    }
    lisbon.okr(&["verify"]).ok();
}

#[test]
fn a_machine_that_lost_its_derived_files_makes_them_again() {
    let env = TestEnv::new();
    let lisbon = machine_with_history(&env);
    let before = lisbon.okr(&["status", "--json"]).ok().json();
    let mut derived = 0;
    for (path, _) in files_below(lisbon.home()) {
        if path.iter().any(|part| part == "derived") {
            fs::write(path, "not what it was").expect("the damage is done");
            derived += 1;
        }
    }
    assert_eq!(lisbon.okr(&["status", "--json"]).ok().json(), before);
    lisbon.okr(&["checkin", "leads", "531"]).ok();
    lisbon.okr(&["verify"]).ok();
    eprintln!("{derived} derived files were damaged");
}

#[test]
fn a_machine_whose_key_file_is_damaged_says_which() {
    let env = TestEnv::new();
    let lisbon = machine_with_history(&env);
    let files = files_below(lisbon.home());
    let (path, bytes) = files
        .iter()
        .find(|(path, _)| path.ends_with("device.json"))
        .expect("a device");
    fs::write(path, &bytes[..bytes.len() / 2]).expect("the damage is done");
    let run = lisbon.okr(&["status"]);
    let code = run.code.expect("no signal ended it");
    assert_ne!(code, 0);
    run.code(code).explains(&["device.json", "line"]);
}

fn server_with_history(env: &TestEnv) -> Server<'_> {
    let mut server = env.server("acme", "ana");
    let lisbon = env.machine("lisbon");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    lisbon.okr(&["checkin", "leads", "510", "-m", MARKER]).ok();
    lisbon.sync();
    server.stop();
    server
}

#[test]
fn a_server_names_the_damage_serves_what_is_before_it_and_rewrites_nothing() {
    for how in ALL {
        let env = TestEnv::new();
        eprintln!("{how:?}");
        let mut server = server_with_history(&env);
        let store = damage(&server.data(), how);
        let evidence = fs::read(&store).expect("the damaged file");
        let verified = server.okrd(&["verify"]);
        told(&verified, DOES_NOT_VERIFY, (&store, &evidence));
        server.restart();
        let list = server.okrd(&["workspace", "list", "--json"]).ok().json();
        assert_eq!(list["workspaces"][0]["standing"], "damaged", "{list}");
        assert!(server.log().contains("damaged"), "{}", server.log());
        let lisbon = env.machine("lisbon");
        lisbon.okr(&["checkin", "leads", "511"]).ok();
        lisbon.okr(&["sync"]).code(4).explains(&["damaged", "kept"]);
        told(
            &server.okrd(&["verify"]),
            DOES_NOT_VERIFY,
            (&store, &evidence),
        );
        server.stop();
        told(
            &server.okrd(&["verify"]),
            DOES_NOT_VERIFY,
            (&store, &evidence),
        );
    }
}

#[test]
fn a_store_in_use_is_left_to_its_user_or_waited_for() {
    let env = TestEnv::new();
    let server = env.server("acme", "ana");
    let second = server.okrd(&["serve", "--listen", "127.0.0.1:0"]);
    let code = second.code.expect("no signal ended it");
    assert_ne!(code, 0, "two servers on one folder");
    second.code(code).explains(&["another"]);

    let lisbon = env.machine("lisbon");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    let files = files_below(lisbon.home());
    let (path, _) = files
        .iter()
        .find(|(path, _)| path.ends_with("lock") && !path.ends_with("ledger/lock"))
        .expect("a lock");
    let lock = fs::File::options()
        .write(true)
        .open(path)
        .expect("the lock's file");
    lock.lock().expect("nobody else holds it");
    let waiting = lisbon.start(&["checkin", "leads", "510"]);
    let early = waiting.ended_within(A_MOMENT);
    assert!(early.is_none(), "it does not wait its turn: {early:?}");
    drop(lock);
    waiting.wait().ok();
    assert_eq!(lisbon.count("CheckedIn"), 1);
}
