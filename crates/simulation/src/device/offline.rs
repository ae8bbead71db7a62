//! What a person does without the network.

use quarterdeck_core::decide::Command;
use quarterdeck_core::event::Entry;
use quarterdeck_core::id::EventId;
use quarterdeck_sync::{Authored, CommitError, ReplicaError};

use super::Device;
use crate::sabotage::Sabotage;
use crate::work;

impl Device {
    /// Gives a command: several ones while offline for long.
    pub(super) fn work(&mut self) {
        let times = match self.chance.per_mille(100) {
            true => self.chance.between(3, 12),
            false => 1,
        };
        for _ in 0..times {
            let Some(replica) = &mut self.replica else {
                return;
            };
            let is_begun = self.shared.is_in(replica.state());
            let (kind, commands) = match (is_begun, self.name) {
                (false, "ana") => ("plan for all", self.shared.commands()),
                _ => work::draw(&mut self.chance, replica.state(), &self.shared, &self.own),
            };
            self.commit(kind, commands);
        }
        if self.stage.broken() == Some(Sabotage::ForgetsOutbox) {
            self.replica = None;
            let _ = std::fs::remove_file(self.stage.folder(self.name).join("outbox"));
        }
    }

    pub(super) fn commit(&mut self, kind: &'static str, commands: Vec<Command>) {
        let now = self.now();
        let Some(replica) = &mut self.replica else {
            return;
        };
        let reason = Some("it is so");
        let made = replica.commit(commands, reason, now, &mut self.chance);
        self.noted(kind, made);
    }

    fn noted(&mut self, kind: &'static str, made: Result<Vec<Entry>, CommitError>) {
        match made {
            Ok(entries) => {
                let ids: Vec<EventId> = entries.iter().map(|entry| entry.event.id).collect();
                let first = ids.first().map(ToString::to_string).unwrap_or_default();
                self.say(&format!("{kind} {first}"));
                self.stage.count(kind);
                self.stage.committed(self.name, ids);
            }
            Err(CommitError::Refused(refusal)) => {
                self.say(&format!(
                    "{kind}: {:?} at once: {}",
                    refusal.code, refusal.message
                ));
                self.stage.count("refused on the device");
            }
            // It was let in, and cut off before the log was here.
            Err(CommitError::Replica(ReplicaError::Empty { .. })) => {}
            Err(CommitError::Replica(error)) => {
                self.stage
                    .violate(self.name, format!("a command failed: {error}"));
            }
        }
    }

    /// Undoes one of the last things that it did itself.
    pub(super) fn take_back(&mut self) {
        let id = self.id();
        let Some((replica, id)) = self.replica.as_mut().zip(id) else {
            return;
        };
        let from = replica.head().size.saturating_sub(20);
        let entries = replica.entries(from).filter_map(Result::ok);
        let own: Vec<Entry> = entries
            .map(|logged| logged.entry)
            .filter(|entry| entry.event.device == id)
            .collect();
        if let Some(entry) = self.chance.pick(&own) {
            let command = Command::Undo(Box::new(entry.event.clone()));
            self.commit("undo", vec![command]);
        }
    }

    /// Goes through outbox and shelf: gives something again, or drops it.
    pub(super) fn tidy(&mut self) {
        let now = self.now();
        let Some(replica) = &mut self.replica else {
            return;
        };
        if let Some(item) = self.chance.pick(replica.shelf()).cloned() {
            if self.chance.per_mille(500) {
                let made = replica.shelf_retry(item.id(), &[], now, &mut self.chance);
                return self.noted("given again from the shelf", made);
            }
            let ids = ids(item.command.events());
            match replica.shelf_drop(item.id()) {
                Ok(()) => self.gone("dropped from the shelf", ids),
                Err(error) => self.failed(&error),
            }
        } else if let Some(command) = self.chance.pick(replica.outbox()).cloned() {
            match replica.outbox_drop(command.id(), now) {
                Ok(()) => self.gone("dropped from the outbox", ids(command.events())),
                // It may have reached the server already.
                Err(CommitError::Refused(_)) => {}
                Err(error) => self.failed(&error),
            }
        }
    }

    fn gone(&mut self, kind: &'static str, ids: Vec<EventId>) {
        self.say(&format!("{kind}: {ids:?}"));
        self.stage.count(kind);
        self.stage.dropped(ids);
    }

    fn failed(&self, error: &CommitError) {
        self.stage
            .violate(self.name, format!("its folder failed: {error}"));
    }
}

fn ids<'a>(events: impl Iterator<Item = &'a Authored>) -> Vec<EventId> {
    events.map(|event| event.event.id).collect()
}
