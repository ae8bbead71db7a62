//! Many runs, and how often each kind of thing happened in them.

use std::collections::BTreeMap;
use std::io;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use crate::run::{Outcome, Violation, run};

/// What came of many runs.
#[derive(Debug, Default)]
pub struct Soaked {
    /// How many runs there were.
    pub runs: u64,
    /// Their simulated time, in milliseconds.
    pub lasted_ms: u64,
    /// The entries of all logs.
    pub entries: u64,
    /// How often each thing happened, and in how many runs.
    pub coverage: BTreeMap<&'static str, (u64, u64)>,
    /// The seeds whose runs went wrong, and how.
    pub violations: BTreeMap<u64, Violation>,
}

impl Soaked {
    /// Adds a run.
    pub fn add(&mut self, outcome: &Outcome) {
        self.runs += 1;
        self.lasted_ms += outcome.lasted_ms;
        self.entries += outcome.entries;
        for (kind, times) in &outcome.counts {
            let (all, runs) = self.coverage.entry(kind).or_default();
            *all += times;
            *runs += 1;
        }
        if let Some(violation) = &outcome.violation {
            self.violations.insert(outcome.seed, violation.clone());
        }
    }
}

/// Plays so many seeds from the first on, on `threads` threads, and tells each that has ended.
///
/// # Errors
/// Where this machine has no room for a run.
pub fn soak(
    first: u64,
    seeds: u64,
    threads: usize,
    ended: &(dyn Fn(&Soaked, &Outcome) + Sync),
) -> io::Result<Soaked> {
    let next = AtomicU64::new(0);
    let soaked = Mutex::new(Soaked::default());
    thread::scope(|scope| {
        let work = || -> io::Result<()> {
            loop {
                let at = next.fetch_add(1, Ordering::SeqCst);
                if at >= seeds {
                    return Ok(());
                }
                let outcome = run(first.wrapping_add(at), None)?;
                let mut soaked = soaked.lock().unwrap_or_else(PoisonError::into_inner);
                soaked.add(&outcome);
                ended(&soaked, &outcome);
            }
        };
        let working: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(work)).collect();
        for worker in working {
            match worker.join() {
                Ok(done) => done?,
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok(())
    })
    .map(|()| soaked.into_inner().unwrap_or_else(PoisonError::into_inner))
}
