//! One command as it waits to be recorded: its events, sealed, with what they say beside them.

use quarterdeck_core::event::{Entry, Event};
use quarterdeck_core::id::EventId;
use quarterdeck_ledger::{Hash, NewEntry, Sealed};
use quarterdeck_proto::DecodeError;

/// An event of this device: the bytes that travel, and what they say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authored {
    /// The bytes that travel.
    pub sealed: Sealed,
    /// Their hash.
    pub hash: Hash,
    /// What they say.
    pub event: Event,
}

impl Authored {
    /// Reads a sealed event.
    ///
    /// # Errors
    /// When its body is no event.
    pub fn read(sealed: Sealed) -> Result<Self, DecodeError> {
        let event = quarterdeck_proto::decode_event(&sealed.body)?;
        Ok(Self {
            hash: sealed.hash(),
            sealed,
            event,
        })
    }

    /// The event as an entry at a position that it does not have yet.
    pub(crate) fn entry(&self, seq: u64, recorded: quarterdeck_core::calendar::Timestamp) -> Entry {
        Entry {
            seq,
            recorded,
            hash: self.hash,
            event: self.event.clone(),
        }
    }

    pub(crate) fn new_entry(&self, recorded_ms: u64) -> NewEntry {
        NewEntry {
            recorded: recorded_ms,
            event_id: *self.event.id.as_bytes(),
            event: self.sealed.clone(),
            hash: self.hash,
        }
    }
}

/// The events of one command, in order; the last one is signed. There is always one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingCommand {
    before: Vec<Authored>,
    last: Authored,
}

impl PendingCommand {
    /// The command of these events; none where there are none.
    #[must_use]
    pub fn new(mut events: Vec<Authored>) -> Option<Self> {
        let last = events.pop()?;
        Some(Self {
            before: events,
            last,
        })
    }

    /// The command of these events and a last one.
    pub(crate) const fn ending(before: Vec<Authored>, last: Authored) -> Self {
        Self { before, last }
    }

    /// Its events, in order.
    pub fn events(&self) -> impl DoubleEndedIterator<Item = &Authored> {
        self.before.iter().chain(std::iter::once(&self.last))
    }

    /// What it goes by: the id of its first event.
    #[must_use]
    pub fn id(&self) -> EventId {
        self.first().event.id
    }

    /// Its first event.
    #[must_use]
    pub fn first(&self) -> &Authored {
        self.before.first().unwrap_or(&self.last)
    }

    /// Its last event, which carries the signature.
    #[must_use]
    pub const fn last(&self) -> &Authored {
        &self.last
    }

    /// How many events it has.
    #[must_use]
    pub fn count(&self) -> usize {
        self.before.len() + 1
    }

    /// What its events take on the way, in bytes.
    #[must_use]
    pub fn size(&self) -> usize {
        self.events().map(|event| event.sealed.size()).sum()
    }
}
