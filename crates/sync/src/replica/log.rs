//! Reading the log: its entries one by one, and the state as it was.

use std::collections::VecDeque;

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::event::Entry;
use quarterdeck_core::known::Known;
use quarterdeck_core::state::State;
use quarterdeck_ledger::Ledger;

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
        let known_by = Known::of(&self.folded.state);
        // What was imported counts as known long before its position: look at all of that.
        let imported = match as_of {
            AsOf::Position(_) => 0,
            AsOf::Moment(_) => self.folded.state.last_imported(),
        };
        let known = move |entry: &Entry| match as_of {
            AsOf::Position(position) => entry.seq <= position,
            AsOf::Moment(moment) => known_by.by(entry, moment),
        };
        match as_of {
            AsOf::Position(position) if position >= self.folded.state.head => {
                return Ok(self.folded.state.clone());
            }
            AsOf::Moment(moment) if self.folded.state.recorded <= moment => {
                return Ok(self.folded.state.clone());
            }
            _ => {}
        }
        let mut state = State::default();
        let mut next = 1;
        loop {
            let block = self.hold()?.ledger.read(next, READ_ENTRIES, READ_BYTES)?;
            if block.is_empty() {
                return Ok(state);
            }
            for entry in &block {
                let entry = decode(entry)?;
                next = entry.seq + 1;
                if known(&entry) {
                    state.apply(&entry);
                } else if entry.seq >= imported {
                    return Ok(state);
                }
            }
        }
    }
}

pub(crate) fn decode(entry: &quarterdeck_ledger::Entry) -> Result<Entry, ReplicaError> {
    quarterdeck_proto::decode_entry(entry.seq, entry.recorded, entry.hash, &entry.event.body)
        .map_err(|source| ReplicaError::Entry {
            seq: entry.seq,
            source,
        })
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
            let mut recorded = self.replica.folded.state.recorded;
            let events = self
                .replica
                .pending
                .commands
                .iter()
                .flat_map(|command| command.events());
            for (seq, event) in (self.replica.folded.state.head + 1..).zip(events) {
                recorded = recorded.max(Timestamp::from_ms(event.event.authored.wall));
                if seq >= self.next {
                    self.block.push_back(Logged {
                        entry: event.entry(seq, recorded),
                        pending: true,
                        signed: event.sealed.signature.is_some(),
                    });
                }
            }
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
