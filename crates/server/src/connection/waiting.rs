//! What is held in memory for clients that are slow.
//!
//! A message that comes in is held until it is whole, an answer until the client's flow control lets it go.
//! Both are counted where they pass, byte for byte: an answer leaves in pieces, and counts until HTTP/2 has let
//! go of its last one. Who keeps the server waiting for longer than the limit loses the connection, and so does
//! who has kept it waiting for longest when all that is held is more than the limit.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use bytes::{Buf, Bytes};
use hyper::body::{Body as _, Frame, SizeHint};

use super::line::{Clock, OpenCall, Peer, ms};
use super::origin::Origin;
use crate::incidents::Incidents;
use crate::shares::Share;

/// Answers leave in pieces of so many bytes: what HTTP/2 is given before the client has room for it.
const PIECE: usize = 32 * 1024;
/// What stands in front of each message of gRPC: whether it is compressed, and its length.
const PREFIX: usize = 5;
/// Since when, where nobody waits.
const NOT: u64 = u64::MAX;

/// All that is held.
#[derive(Debug)]
pub(crate) struct Waiting {
    most: usize,
    clock: Clock,
    incidents: Arc<Incidents>,
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

impl Waiting {
    pub(crate) fn new(most: usize, incidents: Arc<Incidents>) -> Self {
        Self {
            most,
            clock: Clock::start(),
            incidents,
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
        self.incidents.turn_away(why, Some(entry.peer.origin()));
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
    fn more(&self, bytes: usize) {
        if self.entry.given_up.load(Ordering::Acquire) {
            return;
        }
        self.entry.held.fetch_add(bytes, Ordering::AcqRel);
        let before = self.all.total.fetch_add(bytes, Ordering::AcqRel);
        if before + bytes > self.all.most {
            self.all.relieve();
        }
    }

    fn less(&self, bytes: usize) {
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
    fn waits(&self) {
        if self.entry.held.load(Ordering::Acquire) == 0 {
            return;
        }
        let now = self.all.clock.now();
        let since = &self.entry.since;
        // Whoever waited before goes on waiting since then.
        let _ = since.compare_exchange(NOT, now, Ordering::AcqRel, Ordering::Acquire);
    }

    /// The client has moved on.
    fn moves(&self) {
        self.entry.since.store(NOT, Ordering::Release);
    }

    fn origin(&self) -> Origin {
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

/// What counts as open for as long as any of an answer is kept.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) held: Held,
    pub(super) _call: OpenCall,
    pub(super) _stranger: Option<Share<Origin>>,
}

/// An answer on its way out.
pub(super) struct Leaving {
    inner: Body,
    rest: Bytes,
    answer: Arc<Answer>,
}

/// A message of an answer, counted until nobody has any of it any more.
struct Counted {
    message: Bytes,
    answer: Arc<Answer>,
}

impl AsRef<[u8]> for Counted {
    fn as_ref(&self) -> &[u8] {
        &self.message
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.answer.held.less(self.message.len());
    }
}

impl Leaving {
    pub(super) fn new(inner: Body, answer: Answer) -> Self {
        Self {
            inner,
            rest: Bytes::new(),
            answer: Arc::new(answer),
        }
    }

    fn next(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        while self.rest.is_empty() {
            match std::task::ready!(Pin::new(&mut self.inner).poll_frame(context)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(message) => {
                        self.answer.held.more(message.len());
                        let answer = Arc::clone(&self.answer);
                        self.rest = Bytes::from_owner(Counted { message, answer });
                    }
                    Err(frame) => return Poll::Ready(Some(Ok(frame))),
                },
                other => return Poll::Ready(other),
            }
        }
        let most = self.rest.len().min(PIECE);
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(most)))))
    }
}

impl hyper::body::Body for Leaving {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        // Whoever asks for more has taken a piece. From now on the next one is waited for, and so is what of
        // the last ones HTTP/2 still holds.
        self.answer.held.moves();
        let polled = self.next(context);
        self.answer.held.waits();
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        if self.rest.is_empty() {
            self.inner.size_hint()
        } else {
            SizeHint::default()
        }
    }
}

/// A request on its way in.
pub(super) struct Arriving {
    inner: Body,
    held: Held,
    incidents: Arc<Incidents>,
    /// How many bytes more a stranger may send.
    allowed: Option<usize>,
    message: Message,
}

/// Where in a message the bytes are that come next.
#[derive(Debug, Default)]
struct Message {
    prefix: Vec<u8>,
    left: usize,
    held: usize,
}

impl Message {
    /// How many bytes of a message that has begun there are when these have come.
    fn take(&mut self, mut bytes: &[u8]) -> usize {
        while !bytes.is_empty() {
            if self.left == 0 {
                let (taken, rest) = bytes.split_at(bytes.len().min(PREFIX - self.prefix.len()));
                self.prefix.extend(taken);
                self.held += taken.len();
                bytes = rest;
                let mut prefix: &[u8] = &self.prefix;
                if prefix.len() < PREFIX {
                    break;
                }
                prefix.advance(1);
                self.left = usize::try_from(prefix.get_u32()).unwrap_or(usize::MAX);
                self.prefix.clear();
            }
            let taken = bytes.len().min(self.left);
            bytes = bytes.get(taken..).unwrap_or_default();
            self.left -= taken;
            self.held += taken;
            if self.left == 0 {
                self.held = 0;
            }
        }
        self.held
    }
}

impl Arriving {
    pub(super) fn new(
        inner: Body,
        held: Held,
        incidents: Arc<Incidents>,
        allowed: Option<usize>,
    ) -> Self {
        Self {
            inner,
            held,
            incidents,
            allowed,
            message: Message::default(),
        }
    }

    fn came(&mut self, bytes: &[u8]) -> Result<(), axum::Error> {
        if let Some(allowed) = &mut self.allowed {
            *allowed = allowed.checked_sub(bytes.len()).ok_or_else(|| {
                self.incidents
                    .turn_away("too_large", Some(self.held.origin()));
                axum::Error::new("a call without a token takes less than this")
            })?;
        }
        let before = self.message.held;
        let held = self.message.take(bytes);
        if held > before {
            self.held.more(held - before);
        } else {
            self.held.less(before - held);
            // Of another message than before, or of none.
            self.held.moves();
        }
        Ok(())
    }
}

impl hyper::body::Body for Arriving {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.inner).poll_frame(context);
        match &polled {
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(bytes) = frame.data_ref() {
                    self.came(bytes)?;
                }
            }
            // Only now is it the client who is waited for, and no longer who reads.
            Poll::Pending if self.message.held > 0 => self.held.waits(),
            _ => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(length: u32) -> Vec<u8> {
        let mut bytes = vec![0];
        bytes.extend(length.to_be_bytes());
        bytes.extend(vec![7; usize::try_from(length).unwrap()]);
        bytes
    }

    #[test]
    fn a_message_is_held_until_it_is_whole_however_its_bytes_come() {
        let two = [message(10), message(0), message(3)].concat();
        let mut at_once = Message::default();
        assert_eq!(at_once.take(&two), 0);
        let mut apart = Message::default();
        let held: Vec<usize> = two.iter().map(|byte| apart.take(&[*byte])).collect();
        assert_eq!(
            held[..15],
            [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 0]
        );
        assert_eq!(held[15..20], [1, 2, 3, 4, 0]);
        assert_eq!(held[20..], [1, 2, 3, 4, 5, 6, 7, 0]);
    }

    #[test]
    fn the_beginning_of_the_next_message_is_held() {
        let mut message_in = Message::default();
        assert_eq!(message_in.take(&[message(4), vec![0, 0]].concat()), 2);
        assert_eq!(message_in.take(&[0, 0, 9, 1]), 6);
    }
}
