//! The checks that every entry passes before this device believes it.
//!
//! For each entry: its position follows, its recorded time does not go back, it belongs to the
//! workspace, it is the next event of its device and names the hash of the one before, its command is
//! whole, its certificate (a device that joins, a key that changes) holds. The signatures of the
//! commands are handed out to be verified in batches. The first event has to be the one that the
//! server named when it let this device in.
//!
//! Nothing handed out has half a command at its end: what is stored can always stand.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZero;
use std::thread;

use quarterdeck_core::admit::Link;
use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::clock::Hlc;
use quarterdeck_core::erase::Vouching;
use quarterdeck_core::event::{Body, Certifier, Entry, Event};
use quarterdeck_core::id::WorkspaceId;
use quarterdeck_core::state::State;
use quarterdeck_ledger::claims::Claim;
use quarterdeck_ledger::envelope::Envelope;
use quarterdeck_ledger::{Frontier, Hash, NewEntry, PublicKey, Sealed, Signature, Signed};

use crate::closings;
use crate::head::authority;
use crate::identity::Trust;
use crate::remote::Received;
use quarterdeck_projection::{Folded, erasures};

/// Entries below which a second thread does not pay.
const WORTH_A_THREAD: usize = 256;

/// An entry that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub seq: u64,
    pub what: String,
}

/// Entries that passed, but for their signatures.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    pub entries: Vec<NewEntry>,
    pub signatures: Vec<Signed>,
    /// The position of the entry that each signature is of.
    pub signed: Vec<u64>,
}

impl Checked {
    /// Verifies the signatures, on all cores.
    pub(crate) fn verify(&self) -> Result<(), Fault> {
        quarterdeck_ledger::verify_batch(&self.signatures).map_err(|bad| Fault {
            seq: self.signed.get(bad).copied().unwrap_or_default(),
            what: "its signature is not its device's".to_owned(),
        })
    }
}

/// What the log was found to be at one of its sizes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen {
    pub root: Hash,
    /// Who had to sign it there.
    pub authority: Option<PublicKey>,
}

/// Follows a log, entry by entry.
#[derive(Debug)]
pub(crate) struct Checker {
    workspace: WorkspaceId,
    trust: Option<Trust>,
    pub state: State,
    pub frontier: Frontier,
    /// The latest clock reading in the log.
    pub clock: Hlc,
    /// The beginning of a command whose end has not come yet.
    open: Checked,
    /// Who vouches for what remains of erased entries.
    pub vouching: Vouching,
    /// What events that erase claim about the log, to be held against it.
    pub erasures: Vec<erasures::Claim>,
    /// What closings claim about the log, to be held against it: [`crate::closings`].
    pub claims: Vec<Claim>,
    /// How many events of that command are still to come, and the last one's device.
    expected: Option<(u32, Event)>,
    /// Keys of the log's authority that it has replaced on the way.
    pub former: Vec<PublicKey>,
    /// Sizes at which to look at the log, and what was seen there.
    look_at: BTreeSet<u64>,
    pub seen: BTreeMap<u64, Seen>,
}

impl Checker {
    /// Goes on from a fold of the log.
    pub(crate) fn new(workspace: WorkspaceId, trust: Option<Trust>, from: Folded) -> Self {
        let Folded {
            state,
            frontier,
            clock,
        } = from;
        Self {
            workspace,
            trust,
            state,
            frontier,
            clock,
            open: Checked::default(),
            vouching: Vouching::default(),
            erasures: Vec::new(),
            claims: Vec::new(),
            expected: None,
            former: Vec::new(),
            look_at: BTreeSet::new(),
            seen: BTreeMap::new(),
        }
    }

    /// Notes root and authority at these sizes, as the log goes through them.
    pub(crate) fn look_at(mut self, sizes: BTreeSet<u64>) -> Self {
        self.look_at.extend(sizes);
        self
    }

    /// The fold of everything that was checked.
    pub(crate) fn into_folded(self) -> Folded {
        Folded {
            state: self.state,
            frontier: self.frontier,
            clock: self.clock,
        }
    }

    /// Whether no command is half way in.
    pub(crate) const fn is_whole(&self) -> bool {
        self.expected.is_none()
    }

    /// Checks the next entries and hands out those whose commands are whole.
    pub(crate) fn check(&mut self, chunk: Vec<Received>) -> Result<Checked, Fault> {
        let read = read_all(self.workspace, chunk)?;
        let mut out = std::mem::take(&mut self.open);
        let mut whole = (out.entries.len(), out.signatures.len());
        for Read { new, entry, leaf } in read {
            let seq = entry.seq;
            let followed = self.follow(entry, &new.event, leaf);
            if let Some(signed) = followed.map_err(|what| Fault { seq, what })? {
                out.signatures.push(signed);
                out.signed.push(seq);
            }
            out.entries.push(new);
            if self.is_whole() {
                whole = (out.entries.len(), out.signatures.len());
            }
        }
        self.open = Checked {
            entries: out.entries.split_off(whole.0),
            signatures: out.signatures.split_off(whole.1),
            signed: out.signed.split_off(whole.1),
        };
        Ok(out)
    }

    /// Checks the next entry and goes on behind it. Answers the signature that is to be verified, where
    /// the entry ends a command, or what does not hold.
    pub(crate) fn follow(
        &mut self,
        entry: Entry,
        sealed: &Sealed,
        leaf: Hash,
    ) -> Result<Option<Signed>, String> {
        let signed = self.check_one(&entry, sealed.signature)?;
        let remains = sealed.is_erased().then(|| sealed.body_hash());
        self.vouching.follow(&self.state, &entry, remains)?;
        self.erasures
            .extend(erasures::claim(&self.state, entry.seq, &entry.event));
        self.frontier.push(leaf);
        self.clock = self
            .clock
            .observe(entry.event.authored.held_to(entry.recorded.ms()));
        self.claims
            .extend(closings::claim(&self.state, entry.seq, &entry.event));
        if matches!(entry.event.body, Body::DeviceKeyRotated { .. })
            && (self.state.workspace.as_ref())
                .is_some_and(|workspace| workspace.authority == entry.event.device)
        {
            self.former.extend(authority(&self.state));
        }
        self.state.apply(&entry);
        if self.look_at.contains(&entry.seq) {
            let seen = Seen {
                root: self.frontier.root(),
                authority: authority(&self.state),
            };
            self.seen.insert(entry.seq, seen);
        }
        self.expected = (entry.event.remaining > 0).then_some((entry.event.remaining, entry.event));
        Ok(signed)
    }

    fn check_one(
        &self,
        entry: &Entry,
        signature: Option<Signature>,
    ) -> Result<Option<Signed>, String> {
        let event = &entry.event;
        if entry.seq != self.state.head + 1 {
            return Err(format!(
                "it comes where entry {} should",
                self.state.head + 1
            ));
        }
        if entry.recorded < self.state.recorded {
            return Err("it is recorded before the entry ahead of it".to_owned());
        }
        if event.workspace != self.workspace {
            return Err("it belongs to another workspace".to_owned());
        }
        if let Some(trust) = &self.trust
            && entry.seq == 1
            && entry.hash != trust.genesis
        {
            return Err(
                "the log does not begin as the server said when this device joined".to_owned(),
            );
        }
        match self.state.link(event) {
            Ok(Link::Next) => {}
            Ok(Link::Taken(_)) => {
                return Err("its device has recorded that number before".to_owned());
            }
            Err(refusal) => return Err(refusal.message),
        }
        if let Some((remaining, before)) = &self.expected {
            let follows = event.device == before.device
                && event.member == before.member
                && event.remaining.checked_add(1) == Some(*remaining);
            if !follows {
                return Err("it stands in the middle of another command".to_owned());
            }
        }
        self.check_certificate(event)?;
        match (event.remaining, signature) {
            (0, Some(signature)) => {
                let key = self
                    .state
                    .signing_key(event)
                    .ok_or("its device has no key")?;
                Ok(Some((PublicKey(key), entry.hash, signature)))
            }
            (0, None) => Err("it ends a command and is not signed".to_owned()),
            (_, Some(_)) => Err("it is signed in the middle of a command".to_owned()),
            (_, None) => Ok(None),
        }
    }

    fn check_certificate(&self, event: &Event) -> Result<(), String> {
        let workspace = self.workspace.as_bytes();
        let holds = match &event.body {
            Body::DeviceJoined(joined) => {
                let certifier = match joined.certifier {
                    Certifier::Invitation(id) => self
                        .state
                        .invitations
                        .get(&id)
                        .map(|invitation| invitation.key),
                    Certifier::Device(id) => self.state.devices.get(&id).map(|device| device.key),
                };
                certifier.is_some_and(|key| {
                    PublicKey(key).verify_join(
                        workspace,
                        joined.device.as_bytes(),
                        &PublicKey(joined.key),
                        &joined.certificate,
                    )
                })
            }
            Body::DeviceKeyRotated { key, proof } => {
                let key = PublicKey(*key);
                key.verify_rotation(workspace, event.device.as_bytes(), &key, proof)
            }
            _ => true,
        };
        if holds {
            Ok(())
        } else {
            Err("its certificate does not hold".to_owned())
        }
    }
}

/// An entry as it came, as it is read, and its leaf.
struct Read {
    new: NewEntry,
    entry: Entry,
    leaf: Hash,
}

/// Hashes and decodes entries, on two threads where there are enough of them.
fn read_all(workspace: WorkspaceId, chunk: Vec<Received>) -> Result<Vec<Read>, Fault> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let read = |received| read(workspace, received);
    if chunk.len() < WORTH_A_THREAD || cores < 2 {
        return chunk.into_iter().map(read).collect();
    }
    let mut first = chunk;
    let second = first.split_off(first.len() / 2);
    thread::scope(|scope| {
        let second = scope.spawn(|| second.into_iter().map(read).collect::<Result<Vec<_>, _>>());
        let mut entries = first.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
        match second.join() {
            Ok(rest) => entries.extend(rest?),
            Err(panic) => std::panic::resume_unwind(panic),
        }
        Ok(entries)
    })
}

fn read(workspace: WorkspaceId, received: Received) -> Result<Read, Fault> {
    let hash = received.sealed.hash();
    let event = quarterdeck_proto::decode_event(&received.sealed.body).map_err(|error| Fault {
        seq: received.seq,
        what: error.to_string(),
    })?;
    let new = NewEntry {
        recorded: received.recorded,
        event_id: *event.id.as_bytes(),
        event: received.sealed,
        hash,
    };
    let leaf = Envelope {
        workspace: *workspace.as_bytes(),
        seq: received.seq,
        recorded: new.recorded,
        event_id: new.event_id,
        event_hash: hash,
    }
    .leaf_hash();
    let entry = Entry {
        seq: received.seq,
        recorded: Timestamp::from_ms(received.recorded),
        hash,
        event,
    };
    Ok(Read { new, entry, leaf })
}
