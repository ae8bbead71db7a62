//! What clients were turned away for: counted each time, and told so seldom that nobody can fill a disk with it.
//!
//! A line says why, how often, and from where; never a path, a token, or anything else that a client sent.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::connection::{Clock, Origin};
use crate::metrics::Metrics;

/// Each reason is told once in so many milliseconds: the first time at once, then in sum.
const PERIOD_MS: u64 = 60_000;
/// How many addresses a line names.
const NAMED: usize = 8;

#[derive(Debug)]
pub(crate) struct Incidents {
    metrics: Arc<Metrics>,
    clock: Clock,
    kinds: Mutex<BTreeMap<&'static str, Kind>>,
}

#[derive(Debug, Default)]
struct Kind {
    /// When it was told last.
    told: Option<u64>,
    unsaid: u64,
    origins: Vec<Origin>,
    /// More addresses than are named.
    others: bool,
}

impl Incidents {
    pub(crate) fn new(metrics: Arc<Metrics>) -> Self {
        Self {
            metrics,
            clock: Clock::start(),
            kinds: Mutex::default(),
        }
    }

    /// Counts a client as turned away, and tells if it is time.
    pub(crate) fn turn_away(&self, why: &'static str, origin: Option<Origin>) {
        self.metrics.turn_away(why);
        let now = self.clock.now();
        let mut kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        let kind = kinds.entry(why).or_default();
        kind.unsaid += 1;
        if let Some(origin) = origin.filter(|origin| !kind.origins.contains(origin)) {
            if kind.origins.len() < NAMED {
                kind.origins.push(origin);
            } else {
                kind.others = true;
            }
        }
        kind.tell(why, now, PERIOD_MS);
    }

    /// Tells what it is time to tell.
    pub(crate) fn tell(&self) {
        self.each(PERIOD_MS);
    }

    /// Tells all that was not told yet.
    pub(crate) fn tell_all(&self) {
        self.each(0);
    }

    fn each(&self, period: u64) {
        let now = self.clock.now();
        let mut kinds = self.kinds.lock().unwrap_or_else(PoisonError::into_inner);
        for (why, kind) in kinds.iter_mut() {
            kind.tell(why, now, period);
        }
    }
}

impl Kind {
    fn tell(&mut self, why: &str, now: u64, period: u64) {
        let is_due = self
            .told
            .is_none_or(|told| now.saturating_sub(told) >= period);
        if self.unsaid == 0 || !is_due {
            return;
        }
        let mut from: Vec<String> = self.origins.drain(..).map(|it| it.to_string()).collect();
        if std::mem::take(&mut self.others) {
            from.push("others".to_owned());
        }
        let (times, from) = (std::mem::take(&mut self.unsaid), from.join(", "));
        self.told = Some(now);
        tracing::warn!(why, times, from, "turned clients away");
    }
}
