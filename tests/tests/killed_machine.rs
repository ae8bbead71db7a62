//! `okr` is killed with SIGKILL at random instants: a command that returned has done its work, one that did
//! not has done all of it or nothing, and the next one finds everything in order.

#![allow(clippy::print_stderr, reason = "the figures that the soak reports")]

use std::time::{Duration, Instant};

use quarterdeck_tests::{Chance, Machine, TestEnv, rounds};

const LEADS: &str = "Qualified leads";

/// How long a command takes when nobody kills it, and then some.
fn typical(machine: &Machine<'_>, arguments: &[&str]) -> Duration {
    let began = Instant::now();
    machine.okr(arguments).ok();
    began.elapsed().mul_f64(1.3)
}

#[test]
fn a_killed_command_is_done_or_not_and_breaks_nothing() {
    let env = TestEnv::new();
    let mut chance = Chance::new(11);
    let lisbon = env.machine("lisbon");
    lisbon.okr(&["init", "acme", "--as", "ana"]).ok();
    lisbon.plan_a_quarter();

    let checkin = ["checkin", "leads", "+1"];
    let time = typical(&lisbon, &checkin);
    let (mut recorded, mut killed) = (1, 0);
    for _ in 0..rounds(25) {
        let run = lisbon.start(&checkin).killed_after(chance.within(time));
        let now = lisbon.count("CheckedIn");
        if run.code.is_some() {
            run.ok();
            assert_eq!(now, recorded + 1, "what returned is there");
        } else {
            assert!(now == recorded || now == recorded + 1, "all or nothing");
            killed += 1;
        }
        recorded = now;
    }
    let leads = lisbon.key_result(LEADS);
    assert_eq!(leads["current"], (500 + recorded).to_string());
    lisbon.okr(&["verify"]).ok();
    eprintln!("okr was killed while it recorded, {killed} times: done or not, never half");
}

#[test]
fn a_killed_sync_is_finished_by_the_next_one() {
    let env = TestEnv::new();
    let mut chance = Chance::new(13);
    let server = env.server("acme", "ana");
    let lisbon = env.machine("lisbon");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    let lagos = env.machine("lagos");
    let time = typical(&lisbon, &["sync"]);
    lagos.join(&server.invite("ben", "contributor"));

    let (rounds, mut killed) = (rounds(12), 0);
    for _ in 0..rounds {
        // Both have something to push, and something of the other's to pull.
        for machine in [&lisbon, &lagos] {
            machine.okr(&["checkin", "leads", "+1"]).ok();
            let run = machine.start(&["sync"]).killed_after(chance.within(time));
            match run.code {
                Some(_) => drop(run.ok()),
                None => killed += 1,
            }
        }
    }
    lisbon.sync();
    lagos.sync();
    lisbon.sync();
    for machine in [&lisbon, &lagos] {
        assert_eq!(machine.count("CheckedIn"), 2 * rounds, "each is there once");
        let leads = machine.key_result(LEADS);
        assert_eq!(leads["current"], (500 + 2 * rounds).to_string());
        assert_eq!(leads["pending"], false);
        machine.okr(&["verify"]).ok();
    }
    server.okrd(&["verify"]).ok();
    eprintln!("okr was killed in a sync, {killed} times: each event is recorded once");
}

#[test]
fn a_join_that_was_killed_can_be_repeated() {
    let env = TestEnv::new();
    let mut chance = Chance::new(17);
    let server = env.server("acme", "ana");
    let lisbon = env.machine("lisbon");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    lisbon.sync();
    let first = env.machine("first");
    let time = typical(&first, &["join", &server.invite("ben", "viewer")]);

    for round in 0..rounds(8) {
        let machine = env.machine(&format!("machine-{round}"));
        let invitation = server.invite("ben", "viewer");
        let run = machine
            .start(&["join", &invitation])
            .killed_after(chance.within(time));
        if run.code.is_some() {
            run.ok();
        } else {
            // Killed after its last write, it is a member already, and is told so.
            let again = machine.okr(&["join", &invitation]);
            if again.code != Some(0) {
                again.code(5).explains(&["already"]);
            }
        }
        machine.sync();
        assert_eq!(machine.key_result(LEADS)["current"], "500");
        machine.okr(&["verify"]).ok();
    }
}
