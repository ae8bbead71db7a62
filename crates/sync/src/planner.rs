//! What to send next, and what a server's answer means for the outbox.
//!
//! Pure functions: they read and write nothing, so that every interleaving of devices, losses and
//! repeats can be played through in tests.
//!
//! ```text
//! outbox  1 2 3 4 5      push 1 2 3 4 5
//!                        answer: 1 2 recorded, 3 refused (4 and 5 not looked at)
//!         1 2            stay until a pull brings them back confirmed
//!             3          to the shelf, with the server's refusal
//!               4 5      numbered, chained and signed anew as 3 and 4; what cannot stand without
//!                        3 follows it to the shelf
//! ```
//!
//! Guarantee: every command is afterwards recorded, pending or on the shelf; none is in two places
//! and none is gone.

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::event::{Body, Entry, Key};
use quarterdeck_core::id::EventId;
use quarterdeck_core::refusal::{Code, Refusal};
use quarterdeck_core::state::State;
use quarterdeck_proto::limits::CHUNK_BYTES;

pub use crate::chain::Signer;

use crate::chain::Chain;
use crate::command::{Authored, PendingCommand};
use crate::remote::{Answer, Outcome};

/// The most events of one batch; a single larger command goes alone.
pub const MAX_EVENTS: usize = 500;

/// A command that was refused, until a person amends or drops it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shelved {
    /// When it was refused, by this device's clock.
    pub at: Timestamp,
    /// Why.
    pub refusal: Refusal,
    /// The refused command without which this one cannot stand.
    pub depends_on: Option<EventId>,
    /// The command as it was sent.
    pub command: PendingCommand,
}

impl Shelved {
    /// What it goes by: the id of its first event.
    #[must_use]
    pub fn id(&self) -> EventId {
        self.command.id()
    }
}

/// The next batch: whole commands from device number `from` on, as many as fit.
#[must_use]
pub fn next_batch(outbox: &[PendingCommand], from: u64) -> &[PendingCommand] {
    let start = outbox.partition_point(|command| command.last().event.number < from);
    let rest = outbox.get(start..).unwrap_or_default();
    let (mut events, mut bytes, mut take) = (0, 0, 0);
    for command in rest {
        events += command.count();
        bytes += command.size();
        if take > 0 && (events > MAX_EVENTS || bytes > CHUNK_BYTES) {
            break;
        }
        take += 1;
    }
    rest.get(..take).unwrap_or_default()
}

/// What an answer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// All of the batch is recorded: send from this number on.
    GoOn {
        /// The first number not sent yet.
        from: u64,
    },
    /// The server has not got what comes before: send again from this number on.
    Resend {
        /// The number that it wants.
        from: u64,
    },
    /// A command was refused: shelve it and what depends on it.
    Shelve {
        /// The refused command.
        command: EventId,
        /// Why.
        refusal: Refusal,
    },
    /// It is this device that is refused, not one command: nothing moves, a person has to act.
    Stop(Refusal),
    /// The server misses events that it had acknowledged.
    Lost {
        /// The number that it wants.
        wanted: u64,
    },
    /// The answer does not fit what was sent.
    Nonsense,
}

/// Reads the answer to a batch that was taken from an outbox whose first number is `first`.
#[must_use]
pub fn read_answer(first: u64, batch: &[PendingCommand], answer: &Answer) -> Next {
    let recorded = answer
        .outcomes
        .iter()
        .take_while(|outcome| !matches!(outcome, Outcome::Refused(_)))
        .count();
    let refusal = match answer.outcomes.get(recorded) {
        Some(Outcome::Refused(refusal)) => refusal.clone(),
        _ => {
            let sent: usize = batch.iter().map(PendingCommand::count).sum();
            return match batch.last() {
                Some(last) if recorded == sent => Next::GoOn {
                    from: last.last().event.number + 1,
                },
                _ => Next::Nonsense,
            };
        }
    };
    let mut before = 0;
    let refused = batch.iter().find(|command| {
        before += command.count();
        before > recorded
    });
    let Some(refused) = refused else {
        return Next::Nonsense;
    };
    match (refusal.code, refusal.wanted) {
        (Code::Gap, Some(wanted)) if wanted < first => Next::Lost { wanted },
        (Code::Gap, Some(wanted)) if wanted < refused.first().event.number => {
            Next::Resend { from: wanted }
        }
        (Code::Gap, _) => Next::Nonsense,
        (
            Code::Forked
            | Code::DeviceRevoked
            | Code::UnknownDevice
            | Code::WrongAuthor
            | Code::WrongWorkspace
            | Code::BadSignature,
            _,
        ) => Next::Stop(refusal),
        _ => Next::Shelve {
            command: refused.id(),
            refusal,
        },
    }
}

/// An outbox after something was taken out of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replanned {
    /// What is left, chained anew from the place of what was taken out.
    pub outbox: Vec<PendingCommand>,
    /// What goes to the shelf: the refused command first, if it was refused.
    pub shelf: Vec<Shelved>,
}

/// Takes the refused command out of the outbox, and with it what cannot stand without it.
///
/// `confirmed` is the state of the log as far as this device knows it; what stands in the outbox
/// before the refused command counts as recorded on top of it.
#[must_use]
pub fn shelve<'a>(
    confirmed: &State,
    outbox: &[PendingCommand],
    refused: EventId,
    refusal: Refusal,
    signer: impl Into<Signer<'a>>,
    now: Timestamp,
) -> Replanned {
    let mut replanned = take_out(confirmed, outbox, refused, signer, now);
    if let Some(command) = outbox.iter().find(|command| command.id() == refused) {
        let shelved = Shelved {
            at: now,
            refusal,
            depends_on: None,
            command: command.clone(),
        };
        replanned.shelf.insert(0, shelved);
    }
    replanned
}

/// Takes a command out of the outbox for good; what cannot stand without it goes to the shelf.
#[must_use]
pub fn take_out<'a>(
    confirmed: &State,
    outbox: &[PendingCommand],
    taken: EventId,
    signer: impl Into<Signer<'a>>,
    now: Timestamp,
) -> Replanned {
    let signer = signer.into();
    let at = outbox.iter().position(|command| command.id() == taken);
    let Some((before, [out, after @ ..])) = at.and_then(|at| outbox.split_at_checked(at)) else {
        return Replanned {
            outbox: outbox.to_vec(),
            shelf: Vec::new(),
        };
    };
    let mut state = confirmed.clone();
    for command in before {
        apply(&mut state, command);
    }
    let start = &out.first().event;
    let chain = Chain {
        device: signer.device,
        number: start.number.saturating_sub(1),
        tip: start.previous,
    };
    let mut replanned = follow(chain, signer, state, after, now);
    // A clock that ran ahead is each command's own trouble.
    let own_trouble = |shelved: &&mut Shelved| shelved.refusal.code == Code::FarFuture;
    for shelved in replanned
        .shelf
        .iter_mut()
        .filter(|shelved| !own_trouble(shelved))
    {
        shelved.depends_on = Some(taken);
        shelved.refusal = depends(&shelved.refusal);
    }
    replanned.outbox.splice(..0, before.iter().cloned());
    replanned
}

/// Chains a whole outbox anew from the end of a chain, for a device that starts over. What the
/// state does not admit goes to the shelf.
#[must_use]
pub fn rechain<'a>(
    confirmed: &State,
    outbox: &[PendingCommand],
    signer: impl Into<Signer<'a>>,
    now: Timestamp,
) -> Replanned {
    let signer = signer.into();
    let device = signer.device;
    let known = confirmed.devices.get(&device);
    let chain = Chain {
        device,
        number: known.map_or(0, |known| known.number),
        tip: known.and_then(|known| known.tip),
    };
    follow(chain, signer, confirmed.clone(), outbox, now)
}

/// Links commands to a chain, one after the other, as far as the state admits each.
fn follow(
    mut chain: Chain,
    signer: Signer<'_>,
    mut state: State,
    commands: &[PendingCommand],
    now: Timestamp,
) -> Replanned {
    let mut replanned = Replanned {
        outbox: Vec::new(),
        shelf: Vec::new(),
    };
    for command in commands {
        let linked = chain.link(command, signer.key_in(&state));
        let admitted = own_key(command, signer).and_then(|()| admit(&state, &linked, now));
        match admitted {
            Ok(next) => {
                state = next;
                chain.advance(&linked);
                replanned.outbox.push(linked);
            }
            Err(refusal) => replanned.shelf.push(Shelved {
                at: now,
                refusal,
                depends_on: None,
                command: command.clone(),
            }),
        }
    }
    replanned
}

/// A change of a key is good for the device that authored it, and for the key that it has kept.
pub(crate) fn own_key(command: &PendingCommand, signer: Signer<'_>) -> Result<(), Refusal> {
    let held = |key: &Key| {
        let keys = [Some(signer.key), signer.next];
        keys.into_iter()
            .flatten()
            .any(|held| held.public().0 == *key)
    };
    let mut events = command.events();
    let strange = events.any(|event| match &event.event.body {
        Body::DeviceKeyRotated { key, .. } => event.event.device != signer.device || !held(key),
        _ => false,
    });
    if !strange {
        return Ok(());
    }
    let message = "It changes the key of a device to one that this folder does not have.";
    Err(Refusal::invalid(message)
        .hint("drop it, and change the key of this device with `okr device rotate`"))
}

fn depends(refusal: &Refusal) -> Refusal {
    Refusal::new(
        Code::DependsOnRefused,
        format!(
            "It builds on a command that is not in the log: {}",
            refusal.message
        ),
    )
    .hint("settle the command that it builds on first, then retry or drop this one: `okr outbox`")
}

/// The state after a command, or why it may not enter.
fn admit(state: &State, command: &PendingCommand, now: Timestamp) -> Result<State, Refusal> {
    let mut trial = state.clone();
    for event in command.events() {
        trial.admit(&event.event, now)?;
        apply_event(&mut trial, event);
    }
    Ok(trial)
}

/// Applies a command that is not recorded yet on top of a state, and answers its entries as they
/// would stand there.
pub(crate) fn apply(state: &mut State, command: &PendingCommand) -> Vec<Entry> {
    command
        .events()
        .map(|event| apply_event(state, event))
        .collect()
}

fn apply_event(state: &mut State, event: &Authored) -> Entry {
    let recorded = state
        .recorded
        .max(Timestamp::from_ms(event.event.authored.wall));
    let entry = event.entry(state.head + 1, recorded);
    state.apply(&entry);
    entry
}
