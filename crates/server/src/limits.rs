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
    /// Connections that may be open at once, apart from browsers'.
    pub connections: u32,
    /// Connections that one address may have open at once: an IPv4 address, or an IPv6 network of 64 bits.
    pub connections_per_address: u32,
    /// How long a connection may stay open on which nothing is asked.
    pub connection_idle: Duration,
    /// Connections that an address which has been quiet may make at once. A call that is turned away
    /// counts as one, a flood of frames as many.
    pub arrivals_at_once: u32,
    /// Connections a second that one address may make in the long run.
    pub arrivals_per_second: u32,
    /// HTTP/2 frames without data that one connection may send at once.
    pub frames_at_once: u32,
    /// Such frames that it may send in a second, beyond one for each KiB of data either way.
    pub frames_per_second: u32,
    /// Bytes that the headers of a call may have.
    pub headers_bytes: u32,
    /// Bytes that one connection, and one call, may send before they are read.
    pub window_bytes: u32,
    /// Fields that one message may have.
    pub fields_per_message: usize,
    /// Bytes of events that are read and judged at once, in all: full batches wait for each other.
    pub judged_bytes: u32,
    /// How long a message that has begun may take to be whole, and an answer to be taken.
    pub stall: Duration,
    /// Bytes of messages that are held for clients that are slow, in all.
    pub waiting_bytes: usize,
    /// Calls without a token that may be open at once: joining, hosting, health and reflection.
    pub stranger_calls: u32,
    /// The same for one address.
    pub stranger_calls_per_address: u32,
    /// Bytes that a call without a token may send.
    pub stranger_bytes: usize,
    /// Connections of browsers that may be open at once.
    pub browsers: u32,
    /// Connections of browsers that one address may have open at once.
    pub browsers_per_address: u32,
    /// How long a client may take for a handshake, for its first call, and for a call without a token; a browser
    /// for a request's head. A browser's connection on which nothing is asked for so long is closed.
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
            connections: 4_096,
            connections_per_address: 512,
            connection_idle: Duration::from_secs(10 * 60),
            arrivals_at_once: 2_000,
            arrivals_per_second: 100,
            frames_at_once: 4_000,
            frames_per_second: 400,
            headers_bytes: 16 * 1024,
            window_bytes: 256 * 1024,
            fields_per_message: 4_096,
            judged_bytes: 16 * 1024 * 1024,
            stall: Duration::from_secs(60),
            waiting_bytes: 128 * 1024 * 1024,
            stranger_calls: 1_024,
            stranger_calls_per_address: 64,
            stranger_bytes: 64 * 1024,
            browsers: 1_024,
            browsers_per_address: 256,
            request_head: Duration::from_secs(20),
            wrong_links_per_minute: 30,
        }
    }
}

/// So many buckets are remembered. Those that are full again are forgotten first.
const REMEMBERED: usize = 50_000;
/// How often it is looked for those, in milliseconds, when that many are remembered.
const SWEPT_MS: u64 = 1_000;

/// Token buckets by key: each holds up to `at_once` and gains `per_second`.
///
/// However many keys somebody has, memory stays bounded: those for whom there is no room share one bucket.
#[derive(Debug)]
pub(crate) struct Buckets<K> {
    at_once: f64,
    per_second: f64,
    levels: Mutex<Levels<K>>,
}

#[derive(Debug)]
struct Levels<K> {
    by: HashMap<K, Level>,
    others: Option<Level>,
    swept: Timestamp,
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
            levels: Mutex::new(Levels {
                by: HashMap::new(),
                others: None,
                swept: Timestamp::from_ms(0),
            }),
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

    /// Takes so many, or all that there are.
    pub(crate) fn spend(&self, key: K, now: Timestamp, cost: u32) {
        self.with(key, now, |left| (true, (left - f64::from(cost)).max(0.0)));
    }

    fn take_if(&self, key: K, now: Timestamp, cost: f64) -> bool {
        self.with(key, now, |left| {
            let allowed = left >= 1.0;
            (allowed, if allowed { left - cost } else { left })
        })
    }

    fn with(&self, key: K, now: Timestamp, take: impl FnOnce(f64) -> (bool, f64)) -> bool {
        let mut levels = self.levels.lock().unwrap_or_else(PoisonError::into_inner);
        let levels = &mut *levels;
        let is_crowded = levels.by.len() >= REMEMBERED && !levels.by.contains_key(&key);
        if is_crowded && now.ms().abs_diff(levels.swept.ms()) >= SWEPT_MS {
            levels.swept = now;
            (levels.by).retain(|_, level| self.refilled(*level, now) < self.at_once);
        }
        let full = Level {
            left: self.at_once,
            at: now,
        };
        let level = if levels.by.len() >= REMEMBERED && !levels.by.contains_key(&key) {
            levels.others.get_or_insert(full)
        } else {
            levels.by.entry(key).or_insert(full)
        };
        let (allowed, left) = take(self.refilled(*level, now));
        *level = Level { left, at: now };
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
    fn keys_without_number_share_a_bucket_and_leave_the_known_ones_alone() {
        let buckets = Buckets::new(2, 1.0);
        let at = Timestamp::from_ms;
        assert!(buckets.take(0, at(0)));
        for key in 1..REMEMBERED {
            assert!(buckets.take(key, at(0)));
        }
        let newcomers = REMEMBERED..REMEMBERED + 10;
        let let_in = newcomers.filter(|key| buckets.take(*key, at(0))).count();
        assert_eq!(let_in, 2);
        assert!(buckets.take(0, at(0)) && !buckets.take(0, at(0)));
        assert_eq!(buckets.levels.lock().unwrap().by.len(), REMEMBERED);
        // Those that are full again make room.
        assert!(buckets.take(REMEMBERED, at(3_000)));
        assert!(buckets.levels.lock().unwrap().by.len() < 10);
    }

    #[test]
    fn a_clock_set_back_neither_fills_nor_panics() {
        let buckets = Buckets::new(1, 1.0);
        assert!(buckets.take("ana", Timestamp::from_ms(10_000)));
        assert!(!buckets.take("ana", Timestamp::from_ms(5_000)));
    }
}
