//! A full disk: nothing is acknowledged that is not on it, what was there stays whole, and with room again the
//! work goes on. Needs a small disk, which only the superuser can mount: left out, with the reason, elsewhere.
#![allow(clippy::print_stderr, reason = "a test fails by panicking")]

use quarterdeck_tests::{Disk, Machine, TestEnv, files_below};

const LEADS: &str = "Qualified leads";

/// Room for a store of either program, and soon full.
const MEBIBYTES: u32 = 48;

/// More than any one step may take on top of what it needs, less than it needs.
const LEFT_FREE: usize = 8 << 10;

/// An append leaves 8 MiB free, and so does writing the log anew: more than the one takes, less than the other.
const ROOM_TO_APPEND: usize = (8 << 20) + (512 << 10);

const SECRET: &str = "Ben is ill since Tuesday";

/// Whether any file of a machine holds these words.
fn holds(machine: &Machine<'_>, words: &str) -> bool {
    let files = files_below(machine.home());
    let mut texts = files
        .iter()
        .map(|(_, bytes)| String::from_utf8_lossy(bytes));
    texts.any(|text| text.contains(words))
}

/// A small disk at the folder `name`, or nothing where there cannot be one.
fn small_disk(env: &TestEnv, name: &str) -> Option<Disk> {
    Disk::mount(&env.path().join(name), MEBIBYTES)
        .inspect_err(|why| eprintln!("left out: no small disk here: {why}"))
        .ok()
}

#[test]
fn a_machine_whose_disk_is_full_says_so_and_goes_on_with_room() {
    let env = TestEnv::new();
    let Some(disk) = small_disk(&env, "lisbon") else {
        return;
    };
    let lisbon = env.machine("lisbon");
    lisbon.okr(&["init", "acme", "--as", "ana"]).ok();
    lisbon.plan_a_quarter();
    lisbon.okr(&["checkin", "leads", "510"]).ok();

    for leave in [LEFT_FREE, 0] {
        disk.fill(leave);
        let refused = lisbon.okr(&["checkin", "leads", "531"]);
        assert_ne!(refused.code, Some(0), "there was no room for it");
        let code = refused.code.expect("no signal ended it");
        refused.code(code).explains(&["space"]);
        // What is there can still be read.
        assert_eq!(lisbon.key_result(LEADS)["current"], "510");
        disk.empty();
    }

    lisbon.okr(&["checkin", "leads", "531"]).ok();
    assert_eq!(lisbon.key_result(LEADS)["current"], "531");
    assert_eq!(lisbon.count("CheckedIn"), 2);
    lisbon.okr(&["verify"]).ok();
}

#[test]
fn a_server_whose_disk_is_full_keeps_nobody_from_working() {
    let env = TestEnv::new();
    let Some(disk) = small_disk(&env, "okrd-acme") else {
        return;
    };
    let mut server = env.server("acme", "ana");
    let lisbon = env.machine("lisbon");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    lisbon.sync();

    for (leave, value) in [(LEFT_FREE, "520"), (0, "531")] {
        disk.fill(leave);
        lisbon.okr(&["checkin", "leads", value]).ok();
        lisbon
            .okr(&["sync"])
            .code(4)
            .explains(&["disk is full", "kept"]);
        assert_eq!(lisbon.key_result(LEADS)["pending"], true);
        disk.empty();
        assert_eq!(lisbon.sync()["pushed"], 1, "the same server goes on");
    }

    server.stop();
    server.restart();
    let lagos = env.machine("lagos");
    lagos.join(&server.invite("ben", "viewer"));
    assert_eq!(lagos.key_result(LEADS)["current"], "531");
    server.okrd(&["verify"]).ok();
}

/// Writing the log anew takes as much room as it has, beside what is always left free.
#[test]
fn an_erasure_for_which_there_is_no_room_is_told_and_made_up_for() {
    let env = TestEnv::new();
    let Some(disk) = small_disk(&env, "lisbon") else {
        return;
    };
    let server = env.server("acme", "ana");
    let lisbon = env.machine("lisbon");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    lisbon.okr(&["checkin", "leads", "510", "-m", SECRET]).ok();
    lisbon.sync();
    let porto = env.machine("porto");
    porto.join(&server.invite("ben", "owner"));
    porto.sync();
    let erased = ["erase", "--text", SECRET, "-m", "asked for", "--yes"];
    porto.okr(&erased).ok();
    porto.sync();

    disk.fill(ROOM_TO_APPEND);
    lisbon.sync();
    assert!(holds(&lisbon, SECRET), "there was no room");
    let told = lisbon.okr(&["doctor"]).code(1);
    assert!(
        told.stdout.contains("still on this machine"),
        "{}",
        told.stdout
    );
    disk.empty();
    lisbon.okr(&["status"]).ok();
    assert!(!holds(&lisbon, SECRET), "the next command makes up for it");
    let well = lisbon.okr(&["doctor"]);
    assert!(
        !well.stdout.contains("still on this machine"),
        "{}",
        well.stdout
    );
    lisbon.okr(&["verify"]).ok();
}
