//! What one client may ask of the server, so that none can take it from the others. Sizes of
//! messages are part of the protocol: see [`quarterdeck_proto::limits`].

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use quarterdeck_core::calendar::Timestamp;

/// The limits of a server. The defaults suit a company of a few thousand people.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Calls a second that one token may make in the long run.
    pub calls_per_second: u32,
    /// Calls that a token which has been quiet may make at once.
    pub calls_at_once: u32,
    /// Wrong tokens and invitations that one address may present in a minute.
    pub failed_logins_per_minute: u32,
    /// Pushes, pulls and watches that one token may have open at once.
    pub streams_per_token: u32,
    /// Calls that one connection may have open at once.
    pub calls_per_connection: u32,
    /// How long a call may take before its first answer.
    pub call_timeout: Duration,
    /// After how long a connection is asked to be made anew, so that load spreads after a restart.
    pub connection_age: Duration,
    /// How long such a connection's calls may take to finish.
    pub connection_grace: Duration,
    /// How often a silent connection is asked whether it is still there.
    pub keep_alive: Duration,
    /// How long a stop waits for calls in progress.
    pub shutdown_grace: Duration,
    /// Connections of browsers that may be open at once.
    pub browsers: u32,
    /// Connections of browsers that one address may have open at once.
    pub browsers_per_address: u32,
    /// How long a browser may take for a handshake, or for a request's head; a connection on which
    /// nothing is asked for so long is closed.
    pub request_head: Duration,
    /// Wrong links that one address may open in a minute.
    pub wrong_links_per_minute: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            calls_per_second: 1_000,
            calls_at_once: 5_000,
            failed_logins_per_minute: 30,
            streams_per_token: 64,
            calls_per_connection: 256,
            call_timeout: Duration::from_secs(60),
            connection_age: Duration::from_secs(60 * 60),
            connection_grace: Duration::from_secs(10 * 60),
            keep_alive: Duration::from_secs(20),
            shutdown_grace: Duration::from_secs(10),
            browsers: 1_024,
            browsers_per_address: 256,
            request_head: Duration::from_secs(20),
            wrong_links_per_minute: 30,
        }
    }
}

/// Beyond so many buckets those that are full again are dropped.
const REMEMBERED: usize = 10_000;

/// Token buckets by key: each holds up to `at_once` and gains `per_second`.
#[derive(Debug)]
pub(crate) struct Buckets<K> {
    at_once: f64,
    per_second: f64,
    levels: Mutex<HashMap<K, Level>>,
}

#[derive(Debug, Clone, Copy)]
struct Level {
    left: f64,
    at: Timestamp,
}

impl<K: Eq + Hash> Buckets<K> {
    pub(crate) fn new(at_once: u32, per_second: f64) -> Self {
        Self {
            at_once: f64::from(at_once),
            per_second,
            levels: Mutex::default(),
        }
    }

    /// Whether there is anything left to take.
    pub(crate) fn has(&self, key: K, now: Timestamp) -> bool {
        self.take_if(key, now, 0.0)
    }

    /// Takes one, if there is one.
    pub(crate) fn take(&self, key: K, now: Timestamp) -> bool {
        self.take_if(key, now, 1.0)
    }

    fn take_if(&self, key: K, now: Timestamp, cost: f64) -> bool {
        let mut levels = self.levels.lock().unwrap_or_else(PoisonError::into_inner);
        if levels.len() > REMEMBERED {
            levels.retain(|_, level| self.refilled(*level, now) < self.at_once);
        }
        let full = Level {
            left: self.at_once,
            at: now,
        };
        let level = levels.entry(key).or_insert(full);
        let left = self.refilled(*level, now);
        let allowed = left >= 1.0;
        *level = Level {
            left: if allowed { left - cost } else { left },
            at: now,
        };
        allowed
    }

    #[allow(
        clippy::cast_precision_loss,
        reason = "a rate needs no exact milliseconds"
    )]
    fn refilled(&self, level: Level, now: Timestamp) -> f64 {
        let gone = now.ms().saturating_sub(level.at.ms()) as f64 / 1_000.0;
        (level.left + gone * self.per_second).min(self.at_once)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_empties_and_fills_again_for_each_key_apart() {
        let buckets = Buckets::new(2, 1.0);
        let at = Timestamp::from_ms;
        assert!(buckets.take("ana", at(0)));
        assert!(buckets.take("ana", at(0)));
        assert!(!buckets.take("ana", at(999)));
        assert!(buckets.take("ben", at(999)));
        assert!(buckets.take("ana", at(1_000)));
        assert!(!buckets.has("ana", at(1_000)));
    }

    #[test]
    fn a_clock_set_back_neither_fills_nor_panics() {
        let buckets = Buckets::new(1, 1.0);
        assert!(buckets.take("ana", Timestamp::from_ms(10_000)));
        assert!(!buckets.take("ana", Timestamp::from_ms(5_000)));
    }
}
