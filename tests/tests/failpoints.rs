//! `okrd` ends at each step between receipt and acknowledgement, as if it had been killed there. The machine
//! that was answered nothing sends again, and everything is recorded exactly once.
#![allow(
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test fails by panicking"
)]

use quarterdeck_tests::{Machine, Server, TestEnv};

const SERVER_AWAY: i32 = 4;

/// So many entries fill a frame, so that the ledger moves some there.
const LONG: usize = 7_000;

#[derive(Debug, Clone, Copy)]
enum Push {
    /// One small event, which waits among the newest entries.
    Single,
    /// Several, one of them large.
    Batched,
}

impl Push {
    /// Gives the commands that make up one push, and how many check-ins those are.
    fn prepare(self, machine: &Machine<'_>) -> usize {
        let long = "a ".repeat(LONG / 2);
        let notes: &[&str] = match self {
            Push::Single => &["short"],
            Push::Batched => &["short", &long],
        };
        for note in notes {
            machine
                .okr(&["checkin", "leads", "+1", "--message", note])
                .ok();
        }
        notes.len()
    }
}

/// Works with a server that ends at that step, until it has or was given three pushes. How many check-ins that
/// made, and whether it ended.
fn work(machine: &Machine<'_>, server: &mut Server<'_>, push: Push) -> (usize, bool) {
    let mut made = 0;
    for _ in 0..3 {
        made += push.prepare(machine);
        let run = machine.okr(&["sync"]);
        if run.code != Some(0) {
            run.code(SERVER_AWAY);
        }
        if server.has_ended() {
            return (made, true);
        }
    }
    (made, false)
}

/// Walks through all steps, each reached for the first and the second time; those that were never reached.
fn walk(push: Push) -> Vec<String> {
    let env = TestEnv::new();
    let mut server = env.server("acme", "ana");
    let lisbon = env.machine("lisbon");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    lisbon.sync();
    let lagos = env.machine("lagos");
    lagos.join(&server.invite("ben", "contributor"));

    let (mut made, mut ended, mut never) = (0, 0, Vec::new());
    for step in server.steps() {
        for count in [1, 2] {
            server.kill();
            server.restart_until(&step, count);
            let (more, has_ended) = work(&lisbon, &mut server, push);
            made += more;
            if has_ended {
                ended += 1;
            } else {
                server.kill();
                never.push(format!("{step} {count}"));
            }
            server.restart();
            lisbon.sync();
            assert_eq!(
                lisbon.count("CheckedIn"),
                made,
                "after {step} {count}: each is there once"
            );
        }
    }
    eprintln!("{push:?}: okrd ended at {ended} places; {made} check-ins, each recorded once");

    lagos.sync();
    for machine in [&lisbon, &lagos] {
        assert_eq!(machine.count("CheckedIn"), made);
        let leads = machine.key_result("Qualified leads");
        assert_eq!(leads["current"], (500 + made).to_string());
        assert_eq!(leads["pending"], false);
        machine.okr(&["verify", "--server"]).ok();
    }
    server.okrd(&["verify"]).ok();
    assert!(!server.log().contains("panicked"), "{}", server.log());
    never
}

#[test]
fn a_server_that_ends_at_any_step_of_a_single_push_records_it_once() {
    // A small event fills no frame.
    assert_eq!(walk(Push::Single), ["FramesWritten 1", "FramesWritten 2"]);
}

#[test]
fn a_server_that_ends_at_any_step_of_a_batched_push_records_all_of_it_once() {
    assert_eq!(walk(Push::Batched), [""; 0]);
}
