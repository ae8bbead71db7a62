//! Reading the log: its entries one by one, and the state as it was.

use std::collections::{BTreeSet, VecDeque};

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::event::Entry;
use quarterdeck_core::id::Uuid;
use quarterdeck_core::state::State;
use quarterdeck_core::when::Moment;
use quarterdeck_ledger::Ledger;
use quarterdeck_projection::Horizon;

use super::Replica;
use super::fold::{READ_BYTES, READ_ENTRIES};
use crate::error::ReplicaError;

/// An entry with where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// The entry. A pending one has the position and time that it would have now.
    pub entry: Entry,
    /// Whether it is still in the outbox.
    pub pending: bool,
    /// Whether it carries the signature of its command itself.
    pub signed: bool,
}

/// A moment of the past, as the log knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AsOf {
    /// Right after this position; a later one means the present.
    Position(u64),
    /// What was known then: see [`quarterdeck_core::known`].
    Moment(Timestamp),
}

/// Entries in order, read block by block.
#[derive(Debug)]
pub struct Entries<'a> {
    replica: &'a mut Replica,
    next: u64,
    block: VecDeque<Logged>,
    done: bool,
}

impl Replica {
    /// The entries from a position on (from 1), the pending ones last.
    ///
    /// The folder's lock is held again after a [`release`](Self::release) only while a block is read.
    pub fn entries(&mut self, from: u64) -> Entries<'_> {
        Entries {
            replica: self,
            next: from.max(1),
            block: VecDeque::new(),
            done: false,
        }
    }

    /// The confirmed state as it was known at a moment.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn state_as_of(&mut self, as_of: AsOf) -> Result<State, ReplicaError> {
        let horizon = Horizon::of(self.confirmed(), Some(as_of.into()));
        self.state_within(&horizon)
    }

    /// The pending events as entries, at the positions and times that they would have now.
    #[must_use]
    pub fn pending_entries(&self) -> Vec<Entry> {
        self.pending_logged().map(|logged| logged.entry).collect()
    }

    fn pending_logged(&self) -> impl Iterator<Item = Logged> + use<'_> {
        let mut recorded = self.confirmed().recorded;
        let events = (self.pending.commands.iter()).flat_map(|command| command.events());
        (self.confirmed().head + 1..)
            .zip(events)
            .map(move |(seq, event)| {
                recorded = recorded.max(Timestamp::from_ms(event.event.authored.wall));
                Logged {
                    entry: event.entry(seq, recorded),
                    pending: true,
                    signed: event.sealed.signature.is_some(),
                }
            })
    }

    /// The confirmed state as far as a horizon lets one see.
    pub(super) fn state_within(&mut self, horizon: &Horizon) -> Result<State, ReplicaError> {
        let (projection, held) = self.hold_parts()?;
        Ok(projection.state_within(&held.ledger, horizon)?)
    }

    /// The confirmed entries that touch any of these things, in the order of the log.
    pub(super) fn entries_about(
        &mut self,
        things: &BTreeSet<Uuid>,
    ) -> Result<Vec<Entry>, ReplicaError> {
        let (projection, held) = self.hold_parts()?;
        Ok(projection.about(&held.ledger, things)?)
    }
}

pub(crate) fn decode(entry: &quarterdeck_ledger::Entry) -> Result<Entry, ReplicaError> {
    Ok(quarterdeck_projection::read_entry(entry)?)
}

impl From<AsOf> for Moment {
    fn from(as_of: AsOf) -> Self {
        match as_of {
            AsOf::Position(position) => Self::Position(position),
            AsOf::Moment(moment) => Self::At(moment),
        }
    }
}

impl Entries<'_> {
    fn read_block(&mut self) -> Result<(), ReplicaError> {
        let was_held = self.replica.held.is_some();
        let block = self
            .replica
            .hold()?
            .ledger
            .read(self.next, READ_ENTRIES, READ_BYTES)?;
        if !was_held {
            self.replica.release();
        }
        for entry in &block {
            self.next = entry.seq + 1;
            self.block.push_back(Logged {
                entry: decode(entry)?,
                pending: false,
                signed: entry.event.signature.is_some(),
            });
        }
        if block.is_empty() {
            self.done = true;
            let pending = self.replica.pending_logged();
            (self.block).extend(pending.filter(|logged| logged.entry.seq >= self.next));
        }
        Ok(())
    }
}

impl Iterator for Entries<'_> {
    type Item = Result<Logged, ReplicaError>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.block.is_empty() && !self.done {
            if let Err(error) = self.read_block() {
                self.done = true;
                return Some(Err(error));
            }
        }
        self.block.pop_front().map(Ok)
    }
}
