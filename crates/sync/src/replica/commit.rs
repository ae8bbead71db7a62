//! Carrying out a command: decided, sealed, signed, durable, folded.

use std::cell::RefCell;

use quarterdeck_core::clock::Hlc;
use quarterdeck_core::closing::recorded_alone;
use quarterdeck_core::decide::{Author, Command, author};
use quarterdeck_core::event::{Entry, Source};
use quarterdeck_core::id::{EventId, IdSource, Uuid};
use quarterdeck_core::refusal::{Code, Refusal};
use quarterdeck_ledger::claims::Claim;
use quarterdeck_ledger::{Appended, Checkpoint, Ledger};
use quarterdeck_proto::limits::{CHUNK_BYTES, MAX_BATCH_EVENTS, MAX_EVENT_BYTES};

use super::Replica;
use crate::chain::seal;
use crate::closings;
use crate::command::{Authored, PendingCommand};
use crate::error::{CommitError, ReplicaError};
use crate::evidence;
use crate::planner;
use crate::random::{Ids, Random};

impl Replica {
    /// Carries out commands as one: all of their events, or a refusal and none. On return they are
    /// on the disk: recorded where this device is the authority, in the outbox otherwise.
    ///
    /// `now_ms` is the device's wall clock, in milliseconds since the Unix epoch.
    ///
    /// # Errors
    /// [`CommitError::Refused`] when a rule says no; [`CommitError::Replica`] when the folder fails.
    pub fn commit(
        &mut self,
        commands: Vec<Command>,
        reason: Option<&str>,
        now_ms: u64,
        random: &mut dyn Random,
    ) -> Result<Vec<Entry>, CommitError> {
        self.commit_with(commands, reason, now_ms, random, Vec::new(), None)
    }

    /// The same for what was imported: each event says where it came from.
    ///
    /// # Errors
    /// As for [`Self::commit`].
    pub fn commit_imported(
        &mut self,
        commands: Vec<Command>,
        source: &Source,
        reason: Option<&str>,
        now_ms: u64,
        random: &mut dyn Random,
    ) -> Result<Vec<Entry>, CommitError> {
        self.commit_with(commands, reason, now_ms, random, Vec::new(), Some(source))
    }

    /// The same, with ids that the first events shall have.
    pub(crate) fn commit_with(
        &mut self,
        commands: Vec<Command>,
        reason: Option<&str>,
        now_ms: u64,
        random: &mut dyn Random,
        ids: Vec<EventId>,
        source: Option<&Source>,
    ) -> Result<Vec<Entry>, CommitError> {
        self.hold()?;
        let command = self.author(commands, reason, now_ms, random, ids, source)?;
        self.check_closings(&command)?;
        self.check_erasures(&command)?;
        if let Some(what) = self.health.broken() {
            let what = what.to_owned();
            return Err(ReplicaError::Derived { what }.into());
        }
        if self.is_authority() || self.projection.folded.frontier.size() == 0 {
            self.record(&command)
        } else {
            self.queue(command)
        }
    }

    fn author(
        &self,
        commands: Vec<Command>,
        reason: Option<&str>,
        now_ms: u64,
        random: &mut dyn Random,
        ids: Vec<EventId>,
        source: Option<&Source>,
    ) -> Result<PendingCommand, CommitError> {
        let empty = || ReplicaError::Empty {
            path: self.dir.clone(),
        };
        if let Some(refusal) = self.identity.copy_refusal() {
            return Err(refusal.into());
        }
        let member = self.identity.member.ok_or_else(empty)?;
        if self.projection.folded.frontier.size() == 0 && self.identity.remote.is_some() {
            return Err(empty().into());
        }
        let (number, tip) = self.chain_end();
        let who = Author {
            workspace: self.identity.workspace,
            member,
            device: self.identity.device.id,
            number,
            tip,
            authored: Hlc::tick(self.last_clock(), now_ms),
            seen: self.projection.folded.frontier.size(),
            source,
        };
        let random = RefCell::new(random);
        let mut ids = Given {
            given: ids.into_iter(),
            random: &random,
            now_ms,
        };
        let key = self.identity.device.key();
        let mut events: Vec<Authored> = Vec::new();
        author(
            self.state(),
            commands,
            reason,
            &who,
            &mut ids,
            &mut |event| {
                let mut salt = [0; 16];
                random.borrow_mut().fill(&mut salt);
                let authored = seal(event.clone(), salt, (event.remaining == 0).then_some(&key));
                let hash = authored.hash;
                events.push(authored);
                hash
            },
        )?;
        let command = PendingCommand::new(events)
            .ok_or_else(|| Refusal::new(Code::NothingToChange, "The command says nothing."))?;
        check_size(&command)?;
        Ok(command)
    }

    /// Refuses a closing that is bound to another history than the log here holds.
    fn check_closings(&mut self, command: &PendingCommand) -> Result<(), CommitError> {
        let state = &self.projection.folded.state;
        let claims: Vec<Claim> = command
            .events()
            .filter_map(|event| closings::claim(state, state.head + 1, &event.event))
            // This log's times are those at which this device recorded it.
            .map(|claim| Claim {
                alone: false,
                ..claim
            })
            .collect();
        if claims.is_empty() {
            return Ok(());
        }
        match closings::first_fault(&claims, &self.hold()?.ledger, &[])? {
            None => Ok(()),
            Some(fault) => Err(Refusal::invalid(format!(
                "The closing does not hold: {}.",
                fault.what
            ))
            .hint("close the cycle again with `okr cycle close NAME`")
            .into()),
        }
    }

    /// Records a command in this device's own log, as its authority.
    fn record(&mut self, command: &PendingCommand) -> Result<Vec<Entry>, CommitError> {
        let size = self.projection.folded.frontier.size();
        let mut recorded = self.projection.folded.state.recorded;
        let (mut entries, mut batch) = (Vec::new(), Vec::new());
        for event in command.events() {
            recorded = recorded_alone(recorded, &event.event);
            entries.push(event.entry(size + 1 + entries.len() as u64, recorded));
            batch.push(event.new_entry(recorded.ms()));
        }
        let (projection, held) = self.hold_parts()?;
        let head = match held.ledger.append(size, batch)? {
            Appended::Recorded(head) => head,
            Appended::HeadMoved(head) => {
                return Err(ReplicaError::Unverified {
                    seq: head.size,
                    what: "the log grew while its folder was locked".to_owned(),
                }
                .into());
            }
        };
        projection.recorded(&held.ledger, &entries)?;
        self.carry_out_held()?;
        if self.is_authority() {
            let workspace = *self.identity.workspace.as_bytes();
            let checkpoint = Checkpoint {
                workspace,
                size: head.size,
                root: head.root,
            };
            evidence::keep_checkpoint(&self.dir, &checkpoint.sign(&self.identity.device.key()))?;
        }
        Ok(entries)
    }

    /// Puts a command into the outbox.
    fn queue(&mut self, command: PendingCommand) -> Result<Vec<Entry>, CommitError> {
        self.hold()?.outbox.push(command.clone())?;
        let mut state = match self.visible.take() {
            Some(visible) => visible,
            None => self.projection.folded.state.clone(),
        };
        let entries = planner::apply(&mut state, &command);
        self.visible = Some(state);
        self.pending.push(command);
        Ok(entries)
    }
}

fn check_size(command: &PendingCommand) -> Result<(), Refusal> {
    let too_large = |what: String| {
        Refusal::new(Code::TooLarge, what).hint("give it in several commands, or shorten its texts")
    };
    if command.count() > MAX_BATCH_EVENTS || command.size() > CHUNK_BYTES {
        return Err(too_large(format!(
            "The command has {} events of {} bytes together; at most {MAX_BATCH_EVENTS} and {CHUNK_BYTES} are taken.",
            command.count(),
            command.size()
        )));
    }
    match command.events().map(|event| event.sealed.body.len()).max() {
        Some(size) if size > MAX_EVENT_BYTES => Err(too_large(format!(
            "An event of the command has {size} bytes; at most {MAX_EVENT_BYTES} are taken."
        ))),
        _ => Ok(()),
    }
}

/// Ids that were given before, then new ones.
struct Given<'a, 'r> {
    given: std::vec::IntoIter<EventId>,
    random: &'a RefCell<&'r mut dyn Random>,
    now_ms: u64,
}

impl IdSource for Given<'_, '_> {
    fn next(&mut self) -> Uuid {
        match self.given.next() {
            Some(id) => id.uuid(),
            None => Ids::new(&mut **self.random.borrow_mut(), self.now_ms).next(),
        }
    }
}
