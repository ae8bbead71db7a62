//! A whole server under attack from one address, with an honest machine at another: the machine's work goes on,
//! memory stays within what the limits say, and the log tells what happened, in few words and without a secret.
#![cfg(target_os = "linux")]
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, its helpers too"
)]

use std::fmt::Write as _;

use quarterdeck_tests::attacks::{ATTACKS, SECRET};
use quarterdeck_tests::{Machine, Server, TestEnv};

const MIB: u64 = 1 << 20;

/// What `--slow-clients-memory` says.
const HELD: u64 = 16 * MIB;
/// Answers that are made ahead and not yet counted: one part of a pull for each that is, and those in the making.
const MADE: u64 = HELD + 48 * MIB;
/// What `--connections-per-address` says.
const CONNECTIONS: u64 = 100;
/// What one connection takes while it says nothing: its buffers, and HTTP/2's state.
const CONNECTION: u64 = 128 * 1024;
/// Full batches that are read and judged at once, and what they take when they are read.
const JUDGED: u64 = 48 * MIB;
/// What the allocator keeps, and what honest work needs meanwhile.
const SLACK: u64 = 64 * MIB;

/// A log of some megabytes, in commands that fit into a batch.
fn long_log(env: &TestEnv, machine: &Machine<'_>) {
    for round in 0..8 {
        let mut csv = "kr,value,date,note\n".to_owned();
        let note = format!("{SECRET} {}", "and so on ".repeat(150));
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

/// The honest machine's work: each piece of it succeeds.
#[track_caller]
fn work(machine: &Machine<'_>) {
    machine.okr(&["checkin", "leads", "+1"]).ok();
    assert_eq!(machine.sync()["pushed"], 1);
}

fn turned_away(server: &Server<'_>, why: &str) -> f64 {
    server.figure(&format!(
        "quarterdeck_turned_away_total{{outcome=\"{why}\"}}"
    ))
}

/// Whether something comes true while the server is asked again and again.
fn in_time(mut is_so: impl FnMut(&u32) -> bool) -> bool {
    (0..20_000).any(|at| is_so(&at))
}

/// Waits until the server has noticed that the attackers hung up.
#[track_caller]
fn until_let_go(server: &Server<'_>) {
    let open = |call: &str| server.figure(&format!("quarterdeck_open_streams{{call=\"{call}\"}}"));
    let let_go = |_: &u32| {
        ["push", "pull", "watch"]
            .into_iter()
            .all(|call| open(call) == 0.0)
    };
    assert!(in_time(let_go), "the server holds on to streams");
}

#[test]
fn attacks_leave_honest_work_memory_and_the_log_as_they_should_be() {
    let env = TestEnv::new();
    env.set_time("2026-03-02T09:00:00Z");
    let mut server = env.server("acme", "ana");
    server.serve_with(&[
        "--slow-clients-memory",
        "16",
        "--connections-per-address",
        "100",
    ]);
    let lisbon = env.machine("lisbon");
    let invitation = server.first_invitation();
    lisbon.join(&invitation).plan_a_quarter();
    lisbon.sync();
    long_log(&env, &lisbon);
    // Whoever attacks has a token: an insider, or somebody with an insider's machine.
    let mallory = env.machine("mallory");
    let second = server.invite("mallory", "contributor");
    mallory.join(&second);
    mallory.sync();
    let token = mallory.token();
    let before = server.peak_memory();

    for attack in ATTACKS {
        let (what, reasons) = (attack.name, attack.counted_as);
        let counted: Vec<f64> = reasons
            .iter()
            .map(|why| turned_away(&server, why))
            .collect();
        let held = (attack.run)(server.address(), &token);
        work(&lisbon);
        let grown = (server.peak_memory() - before) / MIB;
        eprintln!(
            "{what}: {} connections held, {grown} MiB more than before",
            held.len()
        );
        for (why, counted) in reasons.iter().zip(counted) {
            let is_counted = |_: &u32| turned_away(&server, why) > counted;
            assert!(in_time(is_counted), "{what}: no {why} was counted");
        }
        drop(held);
        until_let_go(&server);
    }
    let grown = server.peak_memory() - before;
    let bound = HELD + MADE + CONNECTIONS * CONNECTION + JUDGED + SLACK;
    assert!(
        grown < bound,
        "{} MiB more than before, and {} are allowed",
        grown / MIB,
        bound / MIB
    );
    assert_eq!(turned_away(&server, "no such reason"), 0.0);

    let log = server.log();
    assert!(log.len() < 16 << 10, "{} bytes of log", log.len());
    assert!(log.contains("flood") && log.contains("127.0.0.66"), "{log}");
    let secret = |invitation: &str| {
        let (_, secret) = invitation.split_once('#').expect("a secret");
        secret.to_owned()
    };
    let secrets = [
        token,
        lisbon.token(),
        secret(&invitation),
        secret(&second),
        SECRET.to_owned(),
        "guess-".to_owned(),
        "\u{1b}".to_owned(),
    ];
    for secret in secrets {
        assert!(!log.contains(&secret), "{secret} is in the log:\n{log}");
    }
    // Each line is the server's own, and none is about one connection alone.
    assert!(!log.contains(" h2::") && !log.contains(" hyper::"), "{log}");
    assert!(!log.contains("panicked"), "{log}");
    server.stop();
    server.okrd(&["verify"]).ok();
}
