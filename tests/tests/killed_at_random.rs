//! `okrd` and `okr` are killed with SIGKILL at random instants while several machines work with one server. What
//! a command printed before it ended holds for ever: it is there once, in its order, and not later than the
//! head that a sync told. What was killed is there once or not at all.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking"
)]

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use quarterdeck_tests::{Chance, Machine, Run, TestEnv, rounds};
use serde_json::Value;

/// Longer than a command or a sync takes: an instant within it falls anywhere from before its first write to
/// after its last word.
const A_COMMAND: Duration = Duration::from_millis(200);

const SERVER_AWAY: i32 = 4;

/// A machine, and what its commands said.
struct Worker<'env> {
    machine: Machine<'env>,
    chance: Chance,
    /// Each check-in by its note, and whether the command returned.
    made: Vec<(String, bool)>,
    /// What each sync told that succeeded: the head, and how many of the above had been given by then.
    told: Vec<(u64, usize)>,
    killed: usize,
}

impl<'env> Worker<'env> {
    fn new(machine: Machine<'env>, chance: Chance) -> Self {
        Self {
            machine,
            chance,
            made: Vec::new(),
            told: Vec::new(),
            killed: 0,
        }
    }

    /// Runs a command; every fourth or so is killed, unless it ends before.
    fn okr(&mut self, arguments: &[&str]) -> Run {
        let running = self.machine.start(arguments);
        if self.chance.below(4) > 0 {
            return running.wait();
        }
        let run = running.killed_after(self.chance.within(A_COMMAND));
        self.killed += usize::from(run.code.is_none());
        run
    }

    /// Checks in and synchronises until told to stop; reports the head of each sync that succeeded.
    fn work(&mut self, heads: &mpsc::Sender<u64>, stop: &AtomicBool) {
        while !stop.load(Ordering::SeqCst) {
            let note = format!("{}-{}", self.machine.name(), self.made.len());
            let run = self.okr(&["checkin", "leads", "+1", "--message", &note]);
            let returned = run.code.is_some();
            if returned {
                run.ok();
            }
            self.made.push((note, returned));
            let synced = self.okr(&["sync", "--json"]);
            match synced.code {
                Some(0) => {
                    let head = synced.json()["head"].as_u64().expect("a head");
                    self.told.push((head, self.made.len()));
                    // The test has its acknowledgements already.
                    let _ = heads.send(head);
                }
                Some(_) => drop(synced.code(SERVER_AWAY)),
                None => {}
            }
        }
    }

    /// Holds what the commands said against a log: how many check-ins of this machine are in it.
    fn check(&self, log: &[Value]) -> usize {
        let mut places: HashMap<&str, Vec<u64>> = HashMap::new();
        for event in log.iter().filter(|event| event["kind"] == "CheckedIn") {
            let note = event["text"].as_str().expect("each check-in has a note");
            let seq = event["seq"].as_u64().expect("it is recorded");
            places.entry(note).or_default().push(seq);
        }
        let mut last = 0;
        let mut found = 0;
        for (index, (note, returned)) in self.made.iter().enumerate() {
            let seq = match places.get(note.as_str()).map_or(&[][..], Vec::as_slice) {
                [] if *returned => panic!("{note} is lost, and its command had returned"),
                [] => continue,
                [seq] => *seq,
                several => panic!("{note} is recorded several times, at {several:?}"),
            };
            assert!(
                seq > last,
                "{note} stands at {seq}, before the one ahead of it"
            );
            last = seq;
            found += 1;
            // A sync that succeeded had everything recorded that had been given before it.
            if let Some((head, _)) = self.told.iter().find(|(_, count)| *count > index) {
                assert!(
                    seq <= *head,
                    "{note} stands at {seq}; {head} was told after it"
                );
            }
        }
        found
    }
}

#[test]
fn what_was_said_before_a_kill_holds_whatever_is_killed() {
    let env = TestEnv::new();
    let mut chance = Chance::new(7);
    let mut server = env.server("acme", "ana");
    let lisbon = env.machine("lisbon");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    lisbon.sync();
    let mut workers = vec![Worker::new(lisbon, chance.branch())];
    for (name, member) in [("lagos", "ben"), ("manila", "cel")] {
        let machine = env.machine(name);
        machine.join(&server.invite(member, "contributor"));
        workers.push(Worker::new(machine, chance.branch()));
    }

    let rounds = rounds(15);
    for round in 0..rounds {
        let (report, heads) = mpsc::channel();
        let stop = AtomicBool::new(false);
        let mut acknowledged = 0;
        thread::scope(|scope| {
            for worker in &mut workers {
                let (report, stop) = (report.clone(), &stop);
                scope.spawn(move || worker.work(&report, stop));
            }
            for _ in 0..=chance.below(3) {
                acknowledged = acknowledged.max(heads.recv().expect("the machines go on"));
            }
            let instant = chance.within(A_COMMAND);
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
        let head = workers[round % workers.len()].machine.sync()["head"].as_u64();
        assert!(
            head >= Some(acknowledged),
            "round {round}: {acknowledged} entries were acknowledged, {head:?} are there"
        );
    }

    for worker in &workers {
        worker.machine.sync();
    }
    server.okrd(&["verify"]).ok();
    let (mut roots, mut states) = (Vec::new(), Vec::new());
    for worker in &workers {
        let machine = &worker.machine;
        assert_eq!(machine.sync()["pending"], 0, "nothing waits any more");
        let log = machine.log();
        let found: usize = workers.iter().map(|worker| worker.check(&log)).sum();
        let leads = machine.key_result("Qualified leads");
        assert_eq!(leads["current"], (500 + found).to_string());
        roots.push(machine.okr(&["verify", "--json"]).ok().json()["root"].clone());
        states.push(machine.okr(&["status", "--json"]).ok().json()["objectives"].clone());
    }
    roots.dedup();
    assert_eq!(roots.len(), 1, "all machines hold one history");
    states.dedup();
    assert_eq!(states.len(), 1, "all machines show one state");
    assert!(
        !server.log().contains("panicked"),
        "the server panicked:\n{}",
        server.log()
    );
    let killed: usize = workers.iter().map(|worker| worker.killed).sum();
    let made: usize = workers.iter().map(|worker| worker.made.len()).sum();
    eprintln!(
        "okrd was killed {rounds} times, okr {killed} times, over {made} check-ins: \
         nothing lost, nothing twice, one history"
    );
}
