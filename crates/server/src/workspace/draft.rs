//! The next append in the making: one command after another is judged against the state that the
//! log will have once those before it are on disk.
//!
//! Guarantees: a command is taken in whole or not at all; what the log holds already is recognised
//! and not taken in twice; nothing is taken in whose chain, signature, certificates or admission do
//! not hold. Nothing here is visible to anyone until the writer has appended it.

use std::collections::HashMap;
use std::sync::Arc;

use quarterdeck_core::admit::Link;
use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::clock::Hlc;
use quarterdeck_core::decide;
use quarterdeck_core::event::{Entry, Event, Hash};
use quarterdeck_core::id::{DeviceId, EventId, MemberId};
use quarterdeck_core::refusal::{Code, Refusal};
use quarterdeck_core::state::State;
use quarterdeck_ledger::{Ledger, LedgerError, MAX_BODY, NewEntry, Sealed};
use quarterdeck_proto::{decode_event, encode_event};

use super::identity::Identity;
use super::incoming::{Incoming, Prepared, Pusher};
use super::outcome::{Authored, Outcome, Place};
use super::published::{self, Published};
use super::{closings, credentials, erase};
use crate::world::{Ids, World};

/// What a writer keeps from one append to the next.
pub(super) struct Desk {
    pub(super) identity: Arc<Identity>,
    pub(super) ledger: Arc<dyn Ledger>,
    pub(super) published: Arc<Published>,
    pub(super) world: World,
    /// The state with everything that was taken in, on disk or not yet.
    pub(super) state: State,
    /// The last reading of the server's own clock.
    pub(super) clock: Hlc,
}

/// A command that the server is asked to author.
pub(crate) struct Order {
    /// On whose behalf; nil for the server's own acts.
    pub(crate) member: MemberId,
    pub(crate) reason: Option<String>,
    /// The id that the client chose for the first event: the same one twice is the same order.
    pub(crate) event_id: Option<EventId>,
    /// What it amounts to, given the state in which it takes effect.
    pub(crate) decide: Decide,
}

pub(crate) type Decide = Box<dyn FnOnce(&State) -> Result<Vec<decide::Command>, Refusal> + Send>;

/// What stands in the way of an order: a refusal, or a log that cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum Obstacle {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

pub(super) struct Draft<'a> {
    desk: &'a mut Desk,
    now: Timestamp,
    new: Vec<NewEntry>,
    entries: Vec<Entry>,
    /// Position in `entries` of what is in neither the ledger nor the index yet.
    by_number: HashMap<(DeviceId, u64), usize>,
    by_id: HashMap<EventId, usize>,
}

/// An event that the log, or this draft, holds already.
struct Known {
    place: Place,
    hash: Hash,
    event: Event,
}

impl<'a> Draft<'a> {
    /// An empty draft at this moment. Recorded times never decrease, whatever the clock does.
    pub(super) fn new(desk: &'a mut Desk) -> Self {
        let now = desk.world.now().max(desk.state.recorded);
        Self {
            desk,
            now,
            new: Vec::new(),
            entries: Vec::new(),
            by_number: HashMap::new(),
            by_id: HashMap::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// What is to be appended, and the same as the fold takes it.
    pub(super) fn finish(self) -> (Vec<NewEntry>, Vec<Entry>) {
        (self.new, self.entries)
    }

    /// Judges a push, command by command, up to the first refusal.
    pub(super) fn push(
        &mut self,
        who: Pusher,
        incoming: &Incoming,
    ) -> Result<Vec<Outcome>, LedgerError> {
        let mut outcomes = Vec::with_capacity(incoming.events.len());
        let mut rest = incoming.events.as_slice();
        while let Some(first) = rest.first() {
            let length = usize::try_from(first.event.remaining).unwrap_or(usize::MAX);
            let Some((command, after)) = rest.split_at_checked(length.saturating_add(1)) else {
                let cut = || broken("its last events are missing from the push");
                outcomes.push(Outcome::Refused(
                    incoming.unread.clone().unwrap_or_else(cut),
                ));
                return Ok(outcomes);
            };
            match self.command(who, command) {
                Ok(mut places) => outcomes.append(&mut places),
                Err(Obstacle::Refused(refusal)) => {
                    outcomes.push(Outcome::Refused(refusal));
                    return Ok(outcomes);
                }
                Err(Obstacle::Ledger(error)) => return Err(error),
            }
            rest = after;
        }
        outcomes.extend(incoming.unread.clone().map(Outcome::Refused));
        Ok(outcomes)
    }

    fn command(&mut self, who: Pusher, command: &[Prepared]) -> Result<Vec<Outcome>, Obstacle> {
        let Some((first, last)) = command.first().zip(command.last()) else {
            return Ok(Vec::new());
        };
        self.check_shape(who, command)?;
        if let Link::Taken(_) = self.desk.state.link(&first.event)? {
            return self.repeat(command);
        }
        // Only a command of several events can fail after some of it was taken in.
        let before = (command.len() > 1).then(|| self.desk.state.clone());
        let start = self.entries.len();
        let mut taken = Ok(());
        for prepared in command {
            taken = self.take(prepared, std::ptr::eq(prepared, last));
            if taken.is_err() {
                break;
            }
        }
        if let Err(obstacle) = taken {
            if let Some(before) = before {
                self.desk.state = before;
            }
            self.forget_from(start);
            return Err(obstacle);
        }
        Ok(self
            .entries
            .iter()
            .skip(start)
            .map(|entry| Outcome::Recorded(place(entry)))
            .collect())
    }

    /// What can be said of a command without its device's chain.
    fn check_shape(&self, who: Pusher, command: &[Prepared]) -> Result<(), Refusal> {
        let workspace = self.desk.identity.workspace;
        let last = command.len().saturating_sub(1);
        // A workspace that is being brought here comes with the history of all its devices.
        let arriving = self
            .desk
            .state
            .workspace
            .as_ref()
            .is_none_or(|workspace| !workspace.served);
        for (at, Prepared { event, sealed, .. }) in command.iter().enumerate() {
            if event.workspace != workspace {
                let message = format!(
                    "Event {} belongs to workspace {}, and this is {workspace}.",
                    event.number, event.workspace
                );
                return Err(Refusal::new(Code::WrongWorkspace, message));
            }
            if (event.device, event.member) != (who.device, who.member) && !arriving {
                let message = format!(
                    "Event {} says that member {} authored it on device {}, and the token is \
                     another's.",
                    event.number, event.member, event.device
                );
                return Err(Refusal::new(Code::WrongAuthor, message)
                    .hint("sync each device with its own token"));
            }
            if usize::try_from(event.remaining).ok() != last.checked_sub(at) {
                return Err(broken("its events are not counted down to the last one"));
            }
            if command.iter().any(|other| {
                (other.event.device, other.event.member) != (event.device, event.member)
            }) {
                return Err(broken("its events are of several authors"));
            }
            if sealed.signature.is_some() != (at == last) {
                return Err(broken("its last event, and no other, must be signed"));
            }
        }
        Ok(())
    }

    /// Answers a command whose first number is taken: the same again, or a copied folder.
    fn repeat(&self, command: &[Prepared]) -> Result<Vec<Outcome>, Obstacle> {
        let mut outcomes = Vec::with_capacity(command.len());
        for Prepared { event, hash, .. } in command {
            match self.by_number(event.device, event.number)? {
                Some(known) if known.hash == *hash => {
                    outcomes.push(Outcome::AlreadyRecorded(known.place));
                }
                _ => {
                    let name = self.desk.state.device_name(event.device);
                    return Err(quarterdeck_core::admit::forked(name, event.number).into());
                }
            }
        }
        Ok(outcomes)
    }

    /// Takes one event in, if everything about it holds.
    fn take(&mut self, prepared: &Prepared, last: bool) -> Result<(), Obstacle> {
        let event = &prepared.event;
        let state = &self.desk.state;
        if let Link::Taken(_) = state.link(event)? {
            return Err(broken("one of its numbers is taken already").into());
        }
        if self.is_known(event.id) {
            let message = format!("There is another event {} in the log.", event.id);
            return Err(Refusal::new(Code::AlreadyExists, message).into());
        }
        if last
            && !state
                .signing_key(event)
                .is_some_and(|key| prepared.is_signed_by(key))
        {
            return Err(Refusal::new(
                Code::BadSignature,
                format!(
                    "The signature of event {} is not that of its device's key.",
                    event.number
                ),
            )
            .into());
        }
        credentials::check(state, Some(&self.desk.identity), event)?;
        state.admit(event, self.now)?;
        closings::check(state, &*self.desk.ledger, &self.new, event)?;
        erase::check(state, &*self.desk.ledger, &self.new, event)?;
        self.accept(event.clone(), prepared.hash, prepared.sealed.clone());
        Ok(())
    }

    /// Carries an order out: answers its events, those of the first time where it is repeated.
    pub(super) fn author(&mut self, order: Order) -> Result<Vec<Authored>, Obstacle> {
        if let Some(id) = order.event_id
            && let Some(known) = self.by_id(id)?
        {
            return self.authored_before(order.member, known);
        }
        let Desk {
            identity,
            state,
            world,
            clock,
            ..
        } = &*self.desk;
        if state.workspace.is_some() && !state.devices.contains_key(&identity.device) {
            let message = "This workspace has not been handed over to the server yet.";
            return Err(Refusal::new(Code::Forbidden, message)
                .hint("finish it on the machine that it comes from: `okr sync`")
                .into());
        }
        let commands = (order.decide)(state)?;
        let own = state.devices.get(&identity.device);
        let author = decide::Author {
            workspace: identity.workspace,
            member: order.member,
            device: identity.device,
            number: own.map_or(0, |device| device.number),
            tip: own.and_then(|device| device.tip),
            authored: Hlc::tick(*clock, self.now.ms()),
            seen: state.head,
            source: None,
        };
        let mut sealed: Vec<Sealed> = Vec::new();
        let mut seal = |event: &Event| {
            let body = encode_event(event).into();
            let event = Sealed::new(body, world.bytes(), None);
            let hash = event.hash();
            sealed.push(event);
            hash
        };
        let mut ids = Ids {
            first: order.event_id.map(EventId::uuid),
            world,
        };
        let reason = order.reason.as_deref();
        let entries = decide::author(state, commands, reason, &author, &mut ids, &mut seal)?;
        if sealed.iter().any(|event| event.body.len() > MAX_BODY) {
            let message = format!("An event would have more than {MAX_BODY} bytes.");
            return Err(Refusal::new(Code::TooLarge, message)
                .hint("shorten its text")
                .into());
        }
        if let Some((entry, sealed)) = entries.last().zip(sealed.last_mut()) {
            sealed.signature = Some(identity.key.sign_command(&entry.hash));
        }
        for entry in &entries {
            credentials::check(state, Some(identity), &entry.event)?;
            closings::check(state, &*self.desk.ledger, &self.new, &entry.event)?;
        }
        let start = self.entries.len();
        for (entry, sealed) in entries.into_iter().zip(sealed) {
            self.desk.clock = entry.event.authored;
            self.accept(entry.event, entry.hash, sealed);
        }
        Ok(self.entries.iter().skip(start).map(authored).collect())
    }

    /// The answer to an order that was carried out before.
    fn authored_before(&self, member: MemberId, first: Known) -> Result<Vec<Authored>, Obstacle> {
        let Event { id, device, .. } = first.event;
        if device != self.desk.identity.device || first.event.member != member {
            let message = format!("There is another event {id} in the log.");
            let refusal = Refusal::new(Code::AlreadyExists, message);
            return Err(refusal.hint("make up a new id for each command").into());
        }
        let mut number = first.event.number;
        let mut remaining = first.event.remaining;
        let mut events = vec![authored_known(&first)];
        while remaining > 0 {
            number = number.saturating_add(1);
            let Some(next) = self.by_number(device, number)? else {
                break;
            };
            remaining = next.event.remaining;
            events.push(authored_known(&next));
        }
        Ok(events)
    }

    /// Takes in what was recorded before and lost, if the log stands at `size`; whether it does.
    pub(super) fn take_back(&mut self, size: u64, new: Vec<NewEntry>, entries: Vec<Entry>) -> bool {
        if self.desk.state.head != size {
            return false;
        }
        for (new, entry) in new.into_iter().zip(entries) {
            if entry.event.device == self.desk.identity.device {
                self.desk.clock = entry.event.authored;
            }
            self.now = self.now.max(entry.recorded);
            self.keep(new, entry);
        }
        true
    }

    fn accept(&mut self, event: Event, hash: Hash, sealed: Sealed) {
        let entry = Entry {
            seq: self.desk.state.head.saturating_add(1),
            recorded: self.now,
            hash,
            event,
        };
        let new = NewEntry {
            recorded: self.now.ms(),
            event_id: *entry.event.id.as_bytes(),
            event: sealed,
            hash,
        };
        self.keep(new, entry);
    }

    fn keep(&mut self, new: NewEntry, entry: Entry) {
        self.desk.state.apply(&entry);
        self.new.push(new);
        let at = self.entries.len();
        self.by_number
            .insert((entry.event.device, entry.event.number), at);
        self.by_id.insert(entry.event.id, at);
        self.entries.push(entry);
    }

    fn forget_from(&mut self, start: usize) {
        self.new.truncate(start);
        self.entries.truncate(start);
        self.by_number.retain(|_, at| *at < start);
        self.by_id.retain(|_, at| *at < start);
    }

    fn is_known(&self, id: EventId) -> bool {
        self.by_id.contains_key(&id)
            || self
                .desk
                .published
                .index(|index| published::seq_of(index, id))
                .is_some()
    }

    fn by_id(&self, id: EventId) -> Result<Option<Known>, LedgerError> {
        let at = self.by_id.get(&id).copied();
        self.known(at, |index| published::seq_of(index, id))
    }

    fn by_number(&self, device: DeviceId, number: u64) -> Result<Option<Known>, LedgerError> {
        let at = self.by_number.get(&(device, number)).copied();
        self.known(at, |index| published::seq_of_number(index, device, number))
    }

    fn known(
        &self,
        at: Option<usize>,
        find: impl FnOnce(&quarterdeck_ledger::Index) -> Option<u64>,
    ) -> Result<Option<Known>, LedgerError> {
        if let Some(entry) = at.and_then(|at| self.entries.get(at)) {
            let known = Known {
                place: place(entry),
                hash: entry.hash,
                event: entry.event.clone(),
            };
            return Ok(Some(known));
        }
        let Some(seq) = self.desk.published.index(find) else {
            return Ok(None);
        };
        let entries = self.desk.ledger.read(seq, 1, 1)?;
        Ok(entries.into_iter().next().and_then(|entry| {
            let event = decode_event(&entry.event.body).ok()?;
            let recorded = Timestamp::from_ms(entry.recorded);
            Some(Known {
                place: Place { seq, recorded },
                hash: entry.hash,
                event,
            })
        }))
    }
}

const fn place(entry: &Entry) -> Place {
    Place {
        seq: entry.seq,
        recorded: entry.recorded,
    }
}

fn authored(entry: &Entry) -> Authored {
    Authored {
        id: entry.event.id,
        kind: entry.event.body.kind(),
        place: place(entry),
    }
}

fn authored_known(known: &Known) -> Authored {
    Authored {
        id: known.event.id,
        kind: known.event.body.kind(),
        place: known.place,
    }
}

fn broken(what: &str) -> Refusal {
    Refusal::new(
        Code::BrokenCommand,
        format!("The events do not make up a command: {what}."),
    )
}
