//! `okrd` is killed with SIGKILL at random instants while several machines send to it. Nothing that it
//! acknowledged is lost, nothing is recorded twice, and every history verifies.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use quarterdeck_tests::{Chance, Machine, TestEnv, rounds};

/// Longer than a sync takes: an instant within it falls anywhere from before a push to after its answer.
const A_SYNC: Duration = Duration::from_millis(60);

const SERVER_AWAY: i32 = 4;

/// Checks in and synchronises until told to stop; reports the head of each sync that succeeded.
fn work(machine: &Machine<'_>, heads: &mpsc::Sender<u64>, made: &AtomicUsize, stop: &AtomicBool) {
    while !stop.load(Ordering::SeqCst) {
        machine.okr(&["checkin", "leads", "+1"]).ok();
        made.fetch_add(1, Ordering::SeqCst);
        let synced = machine.okr(&["sync", "--json"]);
        if synced.code == Some(0) {
            let head = synced.json()["head"].as_u64().expect("a head");
            // The test has its acknowledgements already.
            let _ = heads.send(head);
        } else {
            synced.code(SERVER_AWAY);
        }
    }
}

#[test]
fn a_server_killed_at_random_instants_loses_nothing_acknowledged() {
    let env = TestEnv::new();
    let mut chance = Chance::new(7);
    let mut server = env.server("acme", "ana");
    let lisbon = env.machine("lisbon");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    lisbon.sync();
    let mut machines = vec![lisbon];
    for (name, member) in [("lagos", "ben"), ("manila", "cel")] {
        let machine = env.machine(name);
        machine.join(&server.invite(member, "contributor"));
        machines.push(machine);
    }

    let made = AtomicUsize::new(0);
    for round in 0..rounds(10) {
        let (report, heads) = mpsc::channel();
        let stop = AtomicBool::new(false);
        let mut acknowledged = 0;
        thread::scope(|scope| {
            for machine in &machines {
                let (report, made, stop) = (report.clone(), &made, &stop);
                scope.spawn(move || work(machine, &report, made, stop));
            }
            for _ in 0..=chance.below(3) {
                acknowledged = acknowledged.max(heads.recv().expect("the machines go on"));
            }
            let instant = chance.within(A_SYNC);
            while let Ok(head) = heads.recv_timeout(instant) {
                acknowledged = acknowledged.max(head);
                if chance.below(2) == 0 {
                    break;
                }
            }
            server.kill();
            stop.store(true, Ordering::SeqCst);
        });
        drop(report);
        acknowledged = heads.iter().fold(acknowledged, u64::max);
        server.restart();
        let head = machines[round % machines.len()].sync()["head"].as_u64();
        assert!(
            head >= Some(acknowledged),
            "round {round}: {acknowledged} entries were acknowledged, {head:?} are there"
        );
    }

    let made = made.load(Ordering::SeqCst);
    for machine in &machines {
        machine.sync();
    }
    server.okrd(&["verify"]).ok();
    let mut roots = Vec::new();
    for machine in &machines {
        machine.sync();
        assert_eq!(machine.count("CheckedIn"), made, "each is there once");
        let leads = machine.key_result("Qualified leads");
        assert_eq!(leads["current"], (500 + made).to_string());
        roots.push(machine.okr(&["verify", "--json"]).ok().json()["root"].clone());
    }
    roots.dedup();
    assert_eq!(roots.len(), 1, "all machines hold one history");
    assert!(
        !server.log().contains("panicked"),
        "the server panicked:\n{}",
        server.log()
    );
}
