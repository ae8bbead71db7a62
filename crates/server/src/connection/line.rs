//! A connection as its calls see it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::origin::Origin;

/// A clock that starts with the server and can be kept in an atomic. Clones are one clock.
#[derive(Debug, Clone)]
pub(crate) enum Clock {
    Since(Instant),
    /// One that a test steps.
    #[cfg(test)]
    Steps(Arc<AtomicU64>),
}

impl Clock {
    pub(crate) fn start() -> Self {
        Self::Since(Instant::now())
    }

    /// Milliseconds since the start.
    pub(crate) fn now(&self) -> u64 {
        match self {
            Self::Since(start) => ms(start.elapsed()),
            #[cfg(test)]
            Self::Steps(now) => now.load(Ordering::Acquire),
        }
    }
}

pub(super) fn ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// One connection.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) origin: Origin,
    pub(super) clock: Clock,
    /// Ends it, from whatever side.
    pub(super) cut: CancellationToken,
    /// Whether anything was ever asked on it.
    asked: AtomicBool,
    /// Whether anything was, with a token that holds.
    trusted: AtomicBool,
    /// Calls that are open.
    calls: AtomicU32,
    /// Since when no call is open, by the clock.
    quiet_since: AtomicU64,
}

impl Line {
    pub(super) fn new(origin: Origin, clock: Clock) -> Self {
        let quiet_since = AtomicU64::new(clock.now());
        Self {
            origin,
            clock,
            cut: CancellationToken::new(),
            asked: AtomicBool::new(false),
            trusted: AtomicBool::new(false),
            calls: AtomicU32::new(0),
            quiet_since,
        }
    }

    /// For how long nothing was asked on it, in milliseconds; none while something is.
    pub(super) fn quiet(&self) -> Option<u64> {
        (self.calls.load(Ordering::Acquire) == 0)
            .then(|| self.clock.now())
            .map(|now| now.saturating_sub(self.quiet_since.load(Ordering::Acquire)))
    }

    pub(super) fn was_asked(&self) -> bool {
        self.asked.load(Ordering::Acquire)
    }

    pub(super) fn is_trusted(&self) -> bool {
        self.trusted.load(Ordering::Acquire)
    }
}

/// The connection that a request came by; requests carry it.
#[derive(Debug, Clone)]
pub(crate) struct Peer(pub(super) Arc<Line>);

impl Peer {
    pub(crate) fn origin(&self) -> Origin {
        self.0.origin
    }

    /// Counts a call as open for as long as the answer is kept.
    pub(super) fn call(&self, trusted: bool) -> OpenCall {
        self.0.asked.store(true, Ordering::Release);
        self.0.trusted.fetch_or(trusted, Ordering::AcqRel);
        self.0.calls.fetch_add(1, Ordering::AcqRel);
        OpenCall(Arc::clone(&self.0))
    }

    /// Whether this is the same connection.
    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Ends the connection.
    pub(crate) fn cut(&self) {
        self.0.cut.cancel();
    }
}

/// A call that is open.
#[derive(Debug)]
pub(super) struct OpenCall(Arc<Line>);

impl Drop for OpenCall {
    fn drop(&mut self) {
        // First when, then that: whoever finds no call open finds the time that it ended.
        self.0
            .quiet_since
            .store(self.0.clock.now(), Ordering::Release);
        self.0.calls.fetch_sub(1, Ordering::AcqRel);
    }
}
