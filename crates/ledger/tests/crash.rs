//! SIGKILL at random instants, while appending and while opening: nothing acknowledged is lost.
//!
//! The example `ledger_store` is the process that is killed. Few rounds, to stay quick; many with
//! `LEDGER_CRASH_ROUNDS=1000 cargo test -p quarterdeck-ledger --test crash`.

#![allow(
    clippy::unwrap_used,
    reason = "a test asserts by panicking, its helpers included"
)]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Cargo builds the examples of a package along with its tests.
fn store() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let program = test
        .parent()
        .unwrap()
        .parent()
        .unwrap()
        .join("examples/ledger_store");
    assert!(
        program.exists(),
        "{} is missing: cargo build -p quarterdeck-ledger --examples",
        program.display()
    );
    program
}

fn rounds(few: u32) -> u32 {
    std::env::var("LEDGER_CRASH_ROUNDS").map_or(few, |rounds| rounds.parse().unwrap())
}

fn append(dir: &Path) -> Child {
    Command::new(store())
        .arg("append")
        .arg(dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Checks the ledger and returns its size.
fn check(dir: &Path, acked: u64) -> u64 {
    let output = Command::new(store())
        .arg("check")
        .arg(dir)
        .arg(acked.to_string())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    said.trim().strip_prefix("sound ").unwrap().parse().unwrap()
}

/// Evenly spread instants, the same in each run; what they hit is up to the machine.
fn instant(round: u32, longest: Duration) -> Duration {
    longest * (round.wrapping_mul(0x9e37_79b9) >> 16) / (1 << 16)
}

#[test]
fn killed_while_appending() {
    let dir = tempfile::tempdir().unwrap();
    for round in 0..rounds(12) {
        // Each check reads all there is: many rounds on one log would be spent in reading.
        let ledger = dir.path().join(format!("ledger-{}", round / 25));
        let mut child = append(&ledger);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut acked = 0;
        let until = Instant::now() + instant(round, Duration::from_millis(150));
        let mut told = |line: String| acked = line.strip_prefix("acked ").unwrap().parse().unwrap();
        for line in lines.by_ref() {
            told(line.unwrap());
            if Instant::now() >= until {
                break;
            }
        }
        child.kill().unwrap();
        // What it said before it died counts as well; a line cut off in the middle does not.
        lines
            .map_while(Result::ok)
            .filter(|line| line.starts_with("acked "))
            .for_each(told);
        child.wait().unwrap();
        check(&ledger, acked);
    }
}

#[test]
fn killed_while_opening() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = dir.path().join("ledger");
    let mut size = check(&ledger, 0);
    for round in 0..rounds(12) {
        let mut child = append(&ledger);
        let until = Instant::now() + instant(round, Duration::from_millis(12));
        while Instant::now() < until {
            std::hint::spin_loop();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        size = check(&ledger, size);
    }
}
