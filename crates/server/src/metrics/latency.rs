//! How long the last appends took, exactly: a histogram's buckets are too coarse to be shown to a
//! person.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// So many appends are remembered.
const REMEMBERED: usize = 1_024;

#[derive(Debug, Default)]
pub(crate) struct Latency(Mutex<VecDeque<Duration>>);

/// The last appends in figures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Took {
    /// How many are meant.
    pub(crate) appends: usize,
    /// Half of them took no longer.
    pub(crate) median: Duration,
    /// One in a hundred took longer.
    pub(crate) p99: Duration,
    pub(crate) longest: Duration,
}

impl Latency {
    pub(crate) fn note(&self, took: Duration) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if last.len() == REMEMBERED {
            last.pop_front();
        }
        last.push_back(took);
    }

    pub(crate) fn took(&self) -> Took {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut sorted: Vec<Duration> = last.iter().copied().collect();
        drop(last);
        sorted.sort_unstable();
        let appends = sorted.len();
        let at = |percent: usize| {
            let place = (appends * percent).div_ceil(100).saturating_sub(1);
            sorted.get(place).copied().unwrap_or_default()
        };
        Took {
            appends,
            median: at(50),
            p99: at(99),
            longest: at(100),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_of_the_last_appends() {
        let latency = Latency::default();
        assert_eq!(latency.took(), Took::default());
        latency.note(Duration::from_secs(60));
        for ms in 1..=1_024 {
            latency.note(Duration::from_millis(ms));
        }
        let took = latency.took();
        assert_eq!(took.appends, 1_024);
        assert_eq!(took.median, Duration::from_millis(512));
        assert_eq!(took.p99, Duration::from_millis(1_014));
        assert_eq!(took.longest, Duration::from_millis(1_024));
    }
}
