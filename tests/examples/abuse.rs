//! How long honest work takes while somebody attacks the server, beside how long it takes in peace.
//!
//! `cargo run --release -p quarterdeck-tests --example abuse [ROUNDS]`, or `just abuse`. Peace and each attack take
//! turns, so that whatever else the machine does meets both. The attackers' threads run at the lowest priority:
//! what they take from honest work they take through the server. It ends with a non-zero code when honest work
//! failed or memory grew beyond its bound; the ratios are for people to judge.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::print_stdout,
    reason = "a benchmark speaks on stdout and stops at the first failure"
)]

use std::fmt::Write as _;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use quarterdeck_tests::attacks::{ATTACKS, Attack};
use quarterdeck_tests::{Machine, Server, TestEnv};

/// Pieces of honest work in each turn.
const WORK: usize = 20;
const MIB: u64 = 1 << 20;
/// The default of `--slow-clients-memory` with what is made beside it, connections with their buffers, batches that are
/// read, and what the allocator keeps: see docs/reliability/abuse.md.
const BOUND: u64 = (3 * 128 + 64 + 48 + 64) * MIB;
/// What an attack should cost honest work at most.
const GOAL: f64 = 2.0;

#[derive(Default)]
struct Times {
    check_ins: Vec<Duration>,
    syncs: Vec<Duration>,
}

impl Times {
    /// A check-in and a sync. Whether both succeeded.
    fn work(&mut self, machine: &Machine<'_>) -> bool {
        let began = Instant::now();
        let checked_in = machine.okr(&["checkin", "leads", "+1"]);
        self.check_ins.push(began.elapsed());
        let began = Instant::now();
        let synced = machine.okr(&["sync", "--json"]);
        self.syncs.push(began.elapsed());
        for run in [&checked_in, &synced] {
            if run.code != Some(0) {
                println!("honest work failed: {run:?}");
                return false;
            }
        }
        true
    }

    fn figures(&self) -> [f64; 4] {
        let of = |times: &Vec<Duration>, share: f64| {
            let mut times = times.clone();
            times.sort();
            let at = ((times.len() - 1) as f64 * share).round();
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let at = at as usize;
            1e3 * times[at].as_secs_f64()
        };
        [
            of(&self.check_ins, 0.5),
            of(&self.check_ins, 0.99),
            of(&self.syncs, 0.5),
            of(&self.syncs, 0.99),
        ]
    }
}

/// Honest work while somebody attacks, again and again.
fn under(attack: &Attack, server: &Server<'_>, token: &str, work: &mut dyn FnMut()) -> u64 {
    let (stop, attacks) = (AtomicBool::new(false), AtomicU64::new(0));
    let address = server.address();
    thread::scope(|scope| {
        scope.spawn(|| {
            // Of this thread alone, on Linux.
            let _ = rustix::process::nice(19);
            while !stop.load(Ordering::SeqCst) {
                let held = (attack.run)(address, token);
                attacks.fetch_add(1, Ordering::SeqCst);
                drop(held);
            }
        });
        while attacks.load(Ordering::SeqCst) == 0 {
            thread::yield_now();
        }
        work();
        stop.store(true, Ordering::SeqCst);
    });
    attacks.load(Ordering::SeqCst)
}

fn long_log(env: &TestEnv, machine: &Machine<'_>) {
    for round in 0..8 {
        let mut csv = "kr,value,date,note\n".to_owned();
        let note = "and so on ".repeat(150);
        for at in 0..300 {
            let day = at % 28 + 1;
            writeln!(csv, "leads,{at},2026-02-{day:02},{note} {round}").expect("a line");
        }
        let file = env.path().join("check-ins.csv");
        std::fs::write(&file, csv).expect("a file of check-ins");
        let file = file.to_str().expect("a path in UTF-8");
        machine.okr(&["checkin", "--csv", file]).ok();
        machine.sync();
    }
}

fn main() -> ExitCode {
    let rounds: usize = std::env::args()
        .nth(1)
        .map_or(3, |rounds| rounds.parse().expect("a number of rounds"));
    let env = TestEnv::new();
    let mut server = env.server("acme", "ana");
    server.serve_with(&[]);
    let lisbon = env.machine("lisbon");
    lisbon.join(&server.first_invitation()).plan_a_quarter();
    lisbon.sync();
    long_log(&env, &lisbon);
    let mallory = env.machine("mallory");
    mallory.join(&server.invite("mallory", "contributor"));
    let token = mallory.token();
    let before = server.peak_memory();
    let mut failures = 0;
    println!(
        "times in ms: median, p99; ratio to the same in peace, in the same turns (goal: at most {GOAL})"
    );
    println!(
        "{:<30} {:>8} {:>17} {:>13} {:>17} {:>13} {:>9}",
        "attack", "attacks", "check-in", "ratio", "sync", "ratio", "MiB more"
    );
    for attack in ATTACKS {
        let (mut peace, mut war, mut attacks) = (Times::default(), Times::default(), 0);
        for _ in 0..rounds {
            for _ in 0..WORK {
                failures += usize::from(!peace.work(&lisbon));
            }
            attacks += under(attack, &server, &token, &mut || {
                for _ in 0..WORK {
                    failures += usize::from(!war.work(&lisbon));
                }
            });
        }
        let (peace, war) = (peace.figures(), war.figures());
        let ratio = |at: usize| war[at] / peace[at];
        let grown = server.peak_memory().saturating_sub(before) / MIB;
        println!(
            "{:<30} {attacks:>8} {:>8.1} {:>8.1} {:>6.2} {:>6.2} {:>8.1} {:>8.1} {:>6.2} {:>6.2} {grown:>9}",
            attack.name,
            war[0],
            war[1],
            ratio(0),
            ratio(1),
            war[2],
            war[3],
            ratio(2),
            ratio(3),
        );
    }
    let grown = server.peak_memory().saturating_sub(before);
    let log = server.log().len();
    println!("\nfailed honest work: {failures}");
    println!(
        "memory: {} MiB more than before, bound {} MiB",
        grown / MIB,
        BOUND / MIB
    );
    println!("log: {log} bytes");
    server.stop();
    server.okrd(&["verify"]).ok();
    if failures > 0 || grown > BOUND {
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
