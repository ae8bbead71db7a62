//! What is held in memory for clients that are slow.
//!
//! A message that comes in is held until it is whole, an answer until the client's flow control lets it go.
//! Both are counted where they pass, byte for byte: an answer leaves in pieces, and counts until HTTP/2 has let
//! go of its last one. Who keeps the server waiting for longer than the limit loses the connection, and so does
//! who has kept it waiting for longest when all that is held is more than the limit.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::line::{Clock, Peer, ms};
use super::origin::Origin;

/// Since when, where nobody waits.
const NOT: u64 = u64::MAX;

/// Hears why a client is given up, and where it is.
type Tell = Box<dyn Fn(&'static str, Origin) + Send + Sync>;

/// All that is held.
pub(crate) struct Waiting {
    most: usize,
    clock: Clock,
    /// Told why a client is given up.
    tell: Tell,
    total: AtomicUsize,
    next: AtomicU64,
    entries: Mutex<HashMap<u64, Arc<Entry>>>,
}

/// What is held in one direction of one call.
#[derive(Debug)]
struct Entry {
    held: AtomicUsize,
    /// Since when the server waits for the client, by the clock.
    since: AtomicU64,
    /// The connection was cut: what is held is on its way out, and no longer counted.
    given_up: AtomicBool,
    peer: Peer,
}

impl fmt::Debug for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiting")
            .field("total", &self.total)
            .finish_non_exhaustive()
    }
}

impl Waiting {
    pub(crate) fn new(most: usize, tell: Tell) -> Self {
        Self {
            most,
            clock: Clock::start(),
            tell,
            total: AtomicUsize::new(0),
            next: AtomicU64::new(0),
            entries: Mutex::default(),
        }
    }

    /// How many bytes are held.
    pub(crate) fn total(&self) -> usize {
        self.total.load(Ordering::Acquire)
    }

    fn entries(&self) -> MutexGuard<'_, HashMap<u64, Arc<Entry>>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn begin(self: &Arc<Self>, peer: &Peer) -> Held {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let entry = Arc::new(Entry {
            held: AtomicUsize::new(0),
            since: AtomicU64::new(NOT),
            given_up: AtomicBool::new(false),
            peer: peer.clone(),
        });
        self.entries().insert(number, Arc::clone(&entry));
        Held {
            all: Arc::clone(self),
            number,
            entry,
        }
    }

    /// Ends connections that have kept the server waiting for longer than this.
    pub(super) fn end_stalled(&self, limit: Duration) {
        let (now, limit) = (self.clock.now(), ms(limit));
        let entries = self.entries();
        for entry in entries.values() {
            let since = entry.since.load(Ordering::Acquire);
            let stalled = since != NOT && now.saturating_sub(since) > limit;
            if stalled && entry.held.load(Ordering::Acquire) > 0 {
                self.give_up(&entries, entry, "stalled");
            }
        }
    }

    /// Ends the connection that has kept the server waiting for longest.
    fn relieve(&self) {
        let entries = self.entries();
        while self.total() > self.most {
            let longest = (entries.values())
                .filter(|entry| entry.held.load(Ordering::Acquire) > 0)
                .min_by_key(|entry| entry.since.load(Ordering::Acquire));
            let Some(entry) = longest else { return };
            self.give_up(&entries, entry, "memory");
        }
    }

    fn give_up(&self, entries: &HashMap<u64, Arc<Entry>>, entry: &Entry, why: &'static str) {
        if entry.given_up.load(Ordering::Acquire) {
            return;
        }
        (self.tell)(why, entry.peer.origin());
        for other in entries.values().filter(|other| other.peer.is(&entry.peer)) {
            other.given_up.store(true, Ordering::Release);
            let held = other.held.swap(0, Ordering::AcqRel);
            self.total.fetch_sub(held, Ordering::AcqRel);
        }
        entry.peer.cut();
    }
}

/// What is held in one direction of one call, from the call's side.
#[derive(Debug)]
pub(super) struct Held {
    all: Arc<Waiting>,
    number: u64,
    entry: Arc<Entry>,
}

impl Held {
    pub(super) fn more(&self, bytes: usize) {
        if self.entry.given_up.load(Ordering::Acquire) {
            return;
        }
        self.entry.held.fetch_add(bytes, Ordering::AcqRel);
        let before = self.all.total.fetch_add(bytes, Ordering::AcqRel);
        if before + bytes > self.all.most {
            self.all.relieve();
        }
    }

    pub(super) fn less(&self, bytes: usize) {
        let taken = (self.entry.held).fetch_update(Ordering::AcqRel, Ordering::Acquire, |held| {
            (held >= bytes).then(|| held - bytes)
        });
        // None is left where the connection was given up meanwhile.
        if let Ok(before) = taken {
            self.all.total.fetch_sub(bytes, Ordering::AcqRel);
            if before == bytes {
                self.moves();
            }
        }
    }

    /// The server waits for the client, from now on or since before, if it holds anything.
    pub(super) fn waits(&self) {
        if self.entry.held.load(Ordering::Acquire) == 0 {
            return;
        }
        let now = self.all.clock.now();
        let since = &self.entry.since;
        // Whoever waited before goes on waiting since then.
        let _ = since.compare_exchange(NOT, now, Ordering::AcqRel, Ordering::Acquire);
    }

    /// The client has moved on.
    pub(super) fn moves(&self) {
        self.entry.since.store(NOT, Ordering::Release);
    }

    pub(super) fn origin(&self) -> Origin {
        self.entry.peer.origin()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.all.entries().remove(&self.number);
        let held = self.entry.held.swap(0, Ordering::AcqRel);
        self.all.total.fetch_sub(held, Ordering::AcqRel);
    }
}
