//! A hundred seeds, the same thing twice from one seed, and checks that find what is broken on purpose.

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::Mutex;

use quarterdeck_ledger::hex;
use quarterdeck_simulation::{Outcome, Sabotage, run, soak};

/// The end of a run's trace, for a test that fails.
fn told(outcome: &Outcome) -> String {
    let before = outcome.trace.len().saturating_sub(25);
    let lines = outcome.trace.iter().skip(before).map(ToString::to_string);
    let seed = outcome.seed;
    format!(
        "seed {seed}: {:?}\n{}\nto see it again: just simulate --seed {seed} --trace",
        outcome.violation,
        lines.collect::<Vec<_>>().join("\n")
    )
}

/// What has to be met in a hundred runs, or they would not be worth much.
const MET: &[&str] = &[
    "call given up in the middle",
    "clock set back",
    "clock set forward",
    "command asked for again",
    "command of a thin client",
    "commands shelved",
    "conflicts met",
    "connection broken",
    "copied folder found out",
    "copy made a device of its own",
    "device killed",
    "device revoked",
    "disk full: append refused",
    "entries arrived by watch",
    "events found recorded already",
    "locked out, joins again",
    "messages held",
    "one-way loss from the server",
    "one-way loss to the server",
    "partition",
    "server killed",
    "server killed after an append, before its answer",
    "server killed instead of an append",
    "server lost its power",
    "slow reader",
    "store error after the batch was written",
    "store error, nothing written",
    "token revoked",
    "undo",
];

#[test]
fn in_a_hundred_runs_with_every_kind_of_fault_all_promises_hold() {
    let wrong = Mutex::new(Vec::new());
    let soaked = soak(1, 100, 2, &|_, outcome| {
        if outcome.violation.is_some() {
            wrong.lock().unwrap().push(told(outcome));
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    let met: BTreeSet<&str> = soaked.unwrap().coverage.into_keys().collect();
    let missed: Vec<_> = MET.iter().filter(|kind| !met.contains(*kind)).collect();
    assert!(missed.is_empty(), "never met: {missed:?}");
}

#[test]
fn a_seed_plays_the_same_each_time_in_this_process_and_in_another() {
    for seed in [3, 4] {
        let first = run(seed, None).unwrap();
        let second = run(seed, None).unwrap();
        let differs = first.trace.iter().zip(&second.trace).find(|(a, b)| a != b);
        assert_eq!(differs, None);
        assert_eq!(first.digest, second.digest);
        let played = Command::new(env!("CARGO_BIN_EXE_simulate"))
            .args(["--seed", &seed.to_string()])
            .output()
            .unwrap();
        let shown = String::from_utf8(played.stdout).unwrap();
        assert!(shown.contains(&hex(&first.digest)), "{shown}");
    }
}

#[test]
fn another_seed_plays_otherwise() {
    assert_ne!(run(3, None).unwrap().digest, run(4, None).unwrap().digest);
}

/// What a violation has to speak of, for each way of being broken.
fn words(sabotage: Sabotage) -> &'static [&'static str] {
    match sabotage {
        Sabotage::AcknowledgesUnwritten | Sabotage::LosesAnEntry => {
            &["the log holds event", "the log ends at"]
        }
        Sabotage::WritesTwice => &["stands at"],
        Sabotage::AnswersRepeatsAnew => &["call"],
        Sabotage::AcknowledgesUnrecorded => &["acknowledged at 1000000"],
        Sabotage::TellsOldHeads => &["had been acknowledged before it"],
        Sabotage::ForgetsOutbox => &["in no log, no outbox and on no shelf"],
        Sabotage::ShowsAnotherState => &["shows another state"],
    }
}

#[test]
fn what_is_broken_on_purpose_is_found() {
    let mut missed = Vec::new();
    for sabotage in Sabotage::ALL {
        let mut found = None;
        for seed in 1..=40 {
            let outcome = run(seed, Some(*sabotage)).unwrap();
            if let Some(violation) = outcome.violation {
                found = Some((seed, violation.what));
                break;
            }
        }
        let Some((seed, what)) = found else {
            missed.push(format!("{sabotage:?} was not found in 40 seeds"));
            continue;
        };
        if !words(*sabotage).iter().any(|words| what.contains(words)) {
            missed.push(format!("{sabotage:?}, seed {seed}: {what}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}
