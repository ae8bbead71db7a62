//! `simulate`: plays seeds, and says which of them went wrong.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program that speaks to a person"
)]

mod table;

use std::process::ExitCode;
use std::time::Instant;

use clap::Parser;
use quarterdeck_simulation::{Outcome, Soaked, run, soak};

/// Plays server and devices on a simulated network, disk and clock.
#[derive(Debug, Parser)]
#[command(after_help = "EXAMPLES:
  simulate                       2,000 seeds, what happened in them, and whether all was well
  simulate --seeds 100 --from 7
  simulate --seed 42             one seed; the same again, each time
  simulate --seed 42 --trace     with everything that happened")]
struct Args {
    /// Play this one seed.
    #[arg(long, value_name = "N", conflicts_with_all = ["seeds", "from", "threads"])]
    seed: Option<u64>,
    /// Print everything that happens, of one seed.
    #[arg(long, requires = "seed")]
    trace: bool,
    /// Play so many seeds.
    #[arg(long, value_name = "N", default_value_t = 2_000)]
    seeds: u64,
    /// The first of them.
    #[arg(long, value_name = "N", default_value_t = 1)]
    from: u64,
    /// On so many threads; each run is on one.
    #[arg(long, value_name = "N", default_value_t = 2)]
    threads: usize,
}

fn main() -> ExitCode {
    let args = Args::parse();
    let done = match args.seed {
        Some(seed) => one(seed, args.trace),
        None => many(&args),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!(
                "simulate: there is no room for a run: {error}; make some in /dev/shm or TMPDIR"
            );
            ExitCode::FAILURE
        }
    }
}

fn one(seed: u64, trace: bool) -> std::io::Result<bool> {
    let outcome = run(seed, None)?;
    if trace {
        for line in &outcome.trace {
            println!("{line}");
        }
    }
    let mut soaked = Soaked::default();
    soaked.add(&outcome);
    print!("{}", table::coverage(&soaked));
    println!("trace {}", quarterdeck_ledger::hex(&outcome.digest));
    tell(&outcome, trace);
    println!("{}", table::summary(&soaked));
    Ok(outcome.violation.is_none())
}

fn many(args: &Args) -> std::io::Result<bool> {
    let began = Instant::now();
    let soaked = soak(args.from, args.seeds, args.threads, &|soaked, outcome| {
        tell(outcome, false);
        if soaked.runs % 100 == 0 {
            let seconds = began.elapsed().as_secs();
            eprintln!(
                "{} of {} seeds in {seconds} s, {} went wrong",
                soaked.runs,
                args.seeds,
                soaked.violations.len()
            );
        }
    })?;
    print!("{}", table::coverage(&soaked));
    println!("{}", table::summary(&soaked));
    Ok(soaked.violations.is_empty())
}

/// A run that went wrong, what was before it, and how to see it again.
fn tell(outcome: &Outcome, whole: bool) {
    let Some(violation) = &outcome.violation else {
        return;
    };
    println!(
        "seed {} went wrong at {} ms: {}",
        outcome.seed, violation.at_ms, violation.what
    );
    if !whole {
        let before = outcome.trace.len().saturating_sub(25);
        for line in outcome.trace.iter().skip(before) {
            println!("  {line}");
        }
    }
    println!(
        "to see it again: just simulate --seed {} --trace",
        outcome.seed
    );
}
