//! `okr status` on a replica of 1,000 events and on one of 100,000, and `okr tui` until its first picture: whole
//! processes, as a person waits for them.
//!
//! `cargo bench -p quarterdeck-tests --bench status`. The two take turns, beside a command that reads nothing;
//! medians count.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::print_stdout,
    reason = "a benchmark speaks on stdout and stops at the first failure"
)]

use std::fmt::Write;
use std::time::{Duration, Instant};

use quarterdeck_tests::{Machine, TestEnv};

const ROUNDS: usize = 41;
const KEY_RESULTS: usize = 40;
/// What one command takes.
const BATCH: usize = 990;

/// A machine with a quarter of key results and so many events.
fn machine<'env>(env: &'env TestEnv, name: &str, events: usize) -> Machine<'env> {
    let machine = env.machine(name);
    machine.okr(&["init", "acme", "--as", "ana"]).ok();
    machine.plan_a_quarter();
    for number in 0..KEY_RESULTS {
        let (title, key) = (
            format!("Leads of region {number}"),
            format!("region-{number}"),
        );
        machine
            .okr(&[
                "kr",
                "new",
                &title,
                "--objective",
                "growth",
                "--increase",
                "0..1000",
                "--key",
                &key,
            ])
            .ok();
    }
    let file = env.path().join("check-ins.csv");
    let path = file.to_str().expect("a path in UTF-8");
    let mut made = machine.log().len();
    while made < events {
        let mut csv = "kr,value,date,confidence,note\n".to_owned();
        let batch = BATCH.min(events - made);
        for n in made..made + batch {
            let day = n % 28 + 1;
            writeln!(
                csv,
                "region-{},{},2026-02-{day:02},0.7,they answer before noon",
                n % KEY_RESULTS,
                n % 1000
            )
            .expect("writing to a string");
        }
        std::fs::write(&file, csv).expect("a file of check-ins");
        machine.okr(&["checkin", "--csv", path]).ok();
        made += batch;
    }
    machine
}

fn timed(machine: &Machine<'_>, arguments: &[&str]) -> Duration {
    let began = Instant::now();
    machine.okr(arguments).ok();
    began.elapsed()
}

/// How long it takes until the goals are drawn at a terminal.
fn opened(machine: &Machine<'_>) -> Duration {
    let began = Instant::now();
    let mut screen = machine.at_terminal(&["tui"], (80, 24));
    screen.until("Leads");
    let taken = began.elapsed();
    screen.keys("q").ended();
    taken
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    1e3 * times[times.len() / 2].as_secs_f64()
}

fn main() {
    let env = TestEnv::new();
    env.set_time("2026-03-02T09:00:00Z");
    let small = machine(&env, "small", 1_000);
    let large = machine(&env, "large", 100_000);
    let mut times = [Vec::new(), Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        times[0].push(timed(&small, &["--version"]));
        times[1].push(timed(&small, &["status"]));
        times[2].push(timed(&large, &["status"]));
        times[3].push(opened(&large));
    }
    let [nothing, small, large, screen] = times.map(median);
    println!("okr --version                    {nothing:>7.1} ms");
    println!("okr status of 1,000 events       {small:>7.1} ms");
    println!("okr status of 100,000 events     {large:>7.1} ms (goal: under 50)");
    println!("okr tui of 100,000 events        {screen:>7.1} ms (goal: under 150)");
    println!(
        "ratio                            {:>7.2} (goal: at most 2)",
        large / small
    );
}
