//! What waits in the outbox or lies on the shelf: seen through to the log, amended, or dropped.

use std::collections::HashSet;

use quarterdeck_core::admit;
use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::clock::Hlc;
use quarterdeck_core::event::Entry;
use quarterdeck_core::id::EventId;
use quarterdeck_core::refusal::{Code, Refusal};
use quarterdeck_core::value::{Field, Value};
use quarterdeck_ledger::{Hash, Ledger};

use super::fold::{READ_BYTES, READ_ENTRIES};
use super::{Held, Replica, chain_end};
use crate::amend;
use crate::command::PendingCommand;
use crate::error::{CommitError, ReplicaError};
use crate::identity::Device;
use crate::outbox::Content;
use crate::planner::{self, Replanned};
use crate::random::Random;

impl Replica {
    /// Takes out of the outbox what the log holds by now, and chains what a former identity of this
    /// folder left there. Notes when the outbox continues another chain than the log's.
    pub(super) fn settle(&mut self, held: &mut Held) -> Result<(), ReplicaError> {
        self.forked = false;
        self.take_over_key()?;
        let commands = &held.outbox.content().commands;
        let device = self.identity.device.id;
        let Some(first) = commands
            .first()
            .map(|command| command.first().event.clone())
        else {
            return Ok(());
        };
        if first.device != device {
            let keys = self.keys();
            let now = Timestamp::from_ms(held.outbox.content().clock.wall);
            let state = &self.projection.folded.state;
            let replanned = planner::rechain(state, commands, keys.signer(), now);
            let clock = held.outbox.content().clock;
            return put(held, replanned, 0, clock);
        }
        let (number, tip) = chain_end(&self.projection.folded.state, device);
        if first_break(commands, number, tip).is_none() {
            return Ok(());
        }
        let recorded = commands
            .iter()
            .position(|command| Some(command.last().hash) == tip);
        let left = match recorded {
            Some(at) => commands.get(at + 1..).unwrap_or_default().to_vec(),
            None => {
                let hashes = self.own_hashes(held, first.seen)?;
                let unrecorded = commands
                    .iter()
                    .filter(|command| !hashes.contains(&command.last().hash));
                unrecorded.cloned().collect()
            }
        };
        self.forked = first_break(&left, number, tip).is_some();
        if left.len() < held.outbox.content().commands.len() {
            let Content { sent, clock, .. } = *held.outbox.content();
            let sent = if sent > number { sent } else { 0 };
            held.outbox.replace(left, sent, clock)?;
        }
        Ok(())
    }

    /// The hashes of this device's events in the log after a position.
    fn own_hashes(&self, held: &Held, after: u64) -> Result<HashSet<Hash>, ReplicaError> {
        let mut hashes = HashSet::new();
        let mut next = after + 1;
        loop {
            let block = held.ledger.read(next, READ_ENTRIES, READ_BYTES)?;
            let Some(last) = block.last() else {
                return Ok(hashes);
            };
            next = last.seq + 1;
            for entry in &block {
                if super::log::decode(entry)?.event.device == self.identity.device.id {
                    hashes.insert(entry.hash);
                }
            }
        }
    }

    /// The refusal that a folder meets whose outbox does not follow on its chain in the log.
    pub(crate) fn fork_refusal(&self) -> Refusal {
        let Device { id, name, .. } = &self.identity.device;
        let (number, tip) = chain_end(self.confirmed(), *id);
        match first_break(&self.pending.commands, number, tip) {
            Some(Break::Missing(missing)) => admit::missing(name, missing),
            Some(Break::Taken(taken)) => admit::forked(name, taken),
            None => admit::forked(name, number),
        }
    }

    /// Notes that the outbox up to `number` is about to be sent.
    pub(crate) fn mark_sent(&mut self, number: u64) -> Result<(), ReplicaError> {
        let held = self.hold()?;
        held.outbox.mark_sent(number)?;
        self.pending = held.outbox.content().clone();
        Ok(())
    }

    /// Moves a command that the server refused to the shelf, with what depends on it, and chains the
    /// rest anew. Answers what went there; nothing where another process has done so already.
    pub(crate) fn shelve(
        &mut self,
        refused: EventId,
        refusal: Refusal,
        now: Timestamp,
    ) -> Result<Vec<planner::Shelved>, ReplicaError> {
        let keys = self.keys();
        self.hold()?;
        let Some(command) = self
            .pending
            .commands
            .iter()
            .find(|command| command.id() == refused)
        else {
            return Ok(Vec::new());
        };
        // The server has looked at what came before the refused command, and at nothing after it.
        let sent = command.first().event.number.saturating_sub(1);
        let far_future = refusal.code == Code::FarFuture;
        let replanned = planner::shelve(
            &self.projection.folded.state,
            &self.pending.commands,
            refused,
            refusal,
            keys.signer(),
            now,
        );
        let shelved = replanned.shelf.clone();
        // A clock that ran far ahead is not followed any more once the server has said so.
        let clock = match far_future {
            true => self.projection.folded.clock,
            false => self.pending.clock,
        };
        self.put(replanned, sent, clock)?;
        Ok(shelved)
    }

    /// Takes back a command that has not been sent. What cannot stand without it goes to the shelf.
    ///
    /// # Errors
    /// When it is not in the outbox, or may have reached the server already.
    pub fn outbox_drop(&mut self, id: EventId, now_ms: u64) -> Result<(), CommitError> {
        self.hold()?;
        let Some(command) = self
            .pending
            .commands
            .iter()
            .find(|command| command.id() == id)
        else {
            return Err(Refusal::not_found("pending command", id)
                .hint("see `okr outbox`")
                .into());
        };
        if command.first().event.number <= self.pending.sent {
            return Err(Refusal::new(
                Code::NotUndoable,
                "This command was on its way to the server when the connection broke: it may be recorded already.",
            )
            .hint("sync, then take it back with `okr undo`")
            .into());
        }
        let keys = self.keys();
        let now = Timestamp::from_ms(now_ms);
        let replanned = planner::take_out(
            &self.projection.folded.state,
            &self.pending.commands,
            id,
            keys.signer(),
            now,
        );
        let Content { sent, clock, .. } = self.pending;
        Ok(self.put(replanned, sent, clock)?)
    }

    /// Takes a refused command off the shelf for good.
    ///
    /// # Errors
    /// When it is not there.
    pub fn shelf_drop(&mut self, id: EventId) -> Result<(), CommitError> {
        let held = self.hold()?;
        if !held.shelf.remove(id)? {
            return Err(not_shelved(id));
        }
        self.shelved = held.shelf.items().to_vec();
        Ok(())
    }

    /// Gives a refused command again, decided against the present state, with some of its fields set
    /// otherwise. It leaves the shelf only when it is accepted here.
    ///
    /// # Errors
    /// When it is not there, has no such field, or is refused once more.
    pub fn shelf_retry(
        &mut self,
        id: EventId,
        set: &[(Field, Value)],
        now_ms: u64,
        random: &mut dyn Random,
    ) -> Result<Vec<Entry>, CommitError> {
        self.hold()?;
        let shelved = self.shelved.iter().find(|item| item.id() == id);
        let command = shelved.ok_or_else(|| not_shelved(id))?.command.clone();
        let commands = amend::commands(&command, set)?;
        // Nothing was recorded under these ids: what refers to them can still be given again too.
        let ids = command.events().map(|event| event.event.id).collect();
        let reason = command.last().event.reason.clone();
        let source = command.last().event.source.clone();
        let entries = self.commit_with(
            commands,
            reason.as_deref(),
            now_ms,
            random,
            ids,
            source.as_ref(),
        )?;
        self.shelf_drop(id)?;
        Ok(entries)
    }

    fn put(&mut self, replanned: Replanned, sent: u64, clock: Hlc) -> Result<(), ReplicaError> {
        let mut held = match self.held.take() {
            Some(held) => held,
            None => self.take_hold_again()?,
        };
        put(&mut held, replanned, sent, clock)?;
        self.look(&held);
        self.held = Some(held);
        Ok(())
    }

    fn take_hold_again(&mut self) -> Result<Held, ReplicaError> {
        self.hold()?;
        self.held.take().ok_or_else(|| ReplicaError::Missing {
            path: self.dir.clone(),
        })
    }
}

/// Where an outbox does not follow on its chain.
enum Break {
    /// The event of this number is not there.
    Missing(u64),
    /// The log has another event of this number, or before it.
    Taken(u64),
}

/// The first place where commands do not follow on the end of a chain, or on each other.
fn first_break(
    commands: &[PendingCommand],
    mut number: u64,
    mut tip: Option<Hash>,
) -> Option<Break> {
    for command in commands {
        let first = &command.first().event;
        if first.number > number + 1 {
            return Some(Break::Missing(number + 1));
        }
        if first.number <= number || first.previous != tip {
            return Some(Break::Taken(first.number));
        }
        number = command.last().event.number;
        tip = Some(command.last().hash);
    }
    None
}

/// Writes a new plan down: the shelf first, so that a crash in between loses nothing.
fn put(held: &mut Held, replanned: Replanned, sent: u64, clock: Hlc) -> Result<(), ReplicaError> {
    if !replanned.shelf.is_empty() {
        held.shelf.push(replanned.shelf)?;
    }
    held.outbox.replace(replanned.outbox, sent, clock)
}

fn not_shelved(id: EventId) -> CommitError {
    Refusal::not_found("refused command", id)
        .hint("see `okr outbox`")
        .into()
}
