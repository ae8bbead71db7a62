//! Making proofs from this replica's own entries.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use quarterdeck_core::event::{Body, Event};
use quarterdeck_core::id::{DeviceId, Uuid};
use quarterdeck_ledger::envelope::Envelope;
use quarterdeck_ledger::merkle::Tree;
use quarterdeck_ledger::tlog_proof::{ConsistencyFile, InclusionFile};
use quarterdeck_ledger::{Checkpoint, Hash, Ledger, VerifierKey, walk};

use super::bundle::{Bundle, Leaf};
use super::check::check;
use crate::checkpoints;
use crate::error::ReplicaError;
use crate::head::size_of;
use crate::replica::{Replica, broken, read_entry};

/// Why there is no proof.
#[derive(Debug, thiserror::Error)]
pub enum ProveError {
    /// The log has no such entry.
    #[error("the log has {size} entries, and none at #{seq}")]
    Unknown {
        /// The position.
        seq: u64,
        /// Where the log ends.
        size: u64,
    },
    /// No signed head covers it.
    #[error("no signed checkpoint covers #{seq}: the last one ends at #{signed}")]
    Uncovered {
        /// The position.
        seq: u64,
        /// What is covered.
        signed: u64,
    },
    /// There is no checkpoint at this size, and this device cannot sign one.
    #[error("there is no signed checkpoint of {size} entries here")]
    NoCheckpoint {
        /// The size.
        size: u64,
        /// The next larger size of which there is one.
        next: Option<u64>,
    },
    /// The later of the two is the earlier.
    #[error("{earlier} entries are not the beginning of {later}")]
    Backwards {
        /// What was called the earlier.
        earlier: u64,
        /// What was called the later.
        later: u64,
    },
    /// The replica failed.
    #[error(transparent)]
    Replica(#[from] ReplicaError),
}

impl From<quarterdeck_ledger::LedgerError> for ProveError {
    fn from(error: quarterdeck_ledger::LedgerError) -> Self {
        Self::Replica(error.into())
    }
}

/// What an entry is to the ones after it.
#[derive(Debug, Default)]
struct Role {
    /// What begins with it.
    begins: Option<Uuid>,
    /// The device that it gives a key.
    key_of: Option<DeviceId>,
}

/// A log gone through once, for proofs.
struct Gone {
    tree: Tree,
    /// Where things begin.
    began: HashMap<Uuid, u64>,
    /// The last entry before the one in question that gave its device a key.
    key: Option<u64>,
}

impl Replica {
    /// A proof that the entry at a position is in the log, as the text of a file. Tells how far it has
    /// come (entries gone through, entries in all).
    ///
    /// # Errors
    /// When there is no such entry, no signed head covers it, or the log cannot be read.
    pub fn prove(
        &mut self,
        seq: u64,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<String, ProveError> {
        let (note, size) = self.signed_head(seq)?;
        let key = self.verifier_key_or_empty()?;
        let erasures = self.confirmed().erasures.clone();
        let ledger = &self.hold()?.ledger;
        let unknown = || ProveError::Unknown {
            seq,
            size: ledger.head().size,
        };
        let read = |seq: u64| -> Result<(Leaf, Event), ProveError> {
            let entry = ledger.read(seq, 1, usize::MAX)?.into_iter().next();
            let entry = entry.ok_or_else(unknown)?;
            let event = read_entry(&entry).map_err(|source| ReplicaError::Entry { seq, source })?;
            let leaf = Leaf {
                envelope: Envelope::of(ledger.workspace(), &entry),
                sealed: entry.event,
            };
            Ok((leaf, event.event))
        };
        let (leaf, event) = read(seq)?;
        let gone = go_through(ledger, size, Some((seq, event.device)), progress)?;
        let remaining = usize::try_from(event.remaining).unwrap_or(usize::MAX);
        let mut followers = Vec::new();
        if (1..=Bundle::MOST).contains(&remaining) {
            // The events of a command stand together.
            let after = ledger.read(seq + 1, remaining, usize::MAX)?;
            followers.extend(after.into_iter().map(|entry| entry.event));
        }
        let path = |seq: u64| -> Result<Vec<Hash>, ProveError> {
            let at = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
            (gone.tree)
                .inclusion(at(seq - 1), at(size))
                .ok_or_else(unknown)
        };
        let mut context = Vec::new();
        for earlier in rests_on(&event, seq, &gone, &read)? {
            // Its own signature proves nothing that its path does not.
            let mut leaf = read(earlier)?.0;
            leaf.sealed.signature = None;
            context.push((leaf, path(earlier)?));
        }
        // Who vouches for what remains of these, and of those that vouch.
        let mut vouching: BTreeMap<u64, Leaf> = BTreeMap::new();
        let beside = context.iter().map(|(leaf, _): &(Leaf, Vec<Hash>)| {
            leaf.sealed.is_erased().then_some(leaf.envelope.seq)
        });
        let command = (seq..).zip([&leaf.sealed].into_iter().chain(&followers));
        let command = command.map(|(seq, sealed)| sealed.is_erased().then_some(seq));
        let mut open: Vec<u64> = beside.chain(command).flatten().collect();
        while let Some(at) = open.pop() {
            let by = erasures.values().find(|erasure| erasure.position == at);
            let by = by.map_or(at, |erasure| erasure.by.seq);
            if by > size {
                return Err(ProveError::Uncovered {
                    seq: by,
                    signed: size,
                });
            }
            let mut leaf = read(by)?.0;
            leaf.sealed.signature = None;
            if leaf.sealed.is_erased() {
                open.push(by);
            }
            vouching.insert(by, leaf);
        }
        let vouching = vouching
            .into_iter()
            .map(|(by, leaf)| Ok((leaf, path(by)?)))
            .collect::<Result<_, ProveError>>()?;
        let file = InclusionFile {
            extra: Bundle {
                leaf,
                followers,
                context,
                vouching,
            }
            .write(),
            index: seq - 1,
            path: path(seq)?,
            checkpoint: note,
        };
        whole(file.write(), seq, &key)
    }

    /// A proof that the log of `later` entries continues that of `earlier`, as the text of a file; up
    /// to the last signed head where no later size is named.
    ///
    /// # Errors
    /// When the log has not so many entries, the later head is not signed, or the log cannot be read.
    pub fn prove_between(
        &mut self,
        earlier: u64,
        later: Option<u64>,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<String, ProveError> {
        let note = match later {
            Some(later) => self.head_of(later)?,
            None => self.signed_head(earlier)?.0,
        };
        let size = size_of(&note).unwrap_or(0);
        if earlier > size {
            return Err(ProveError::Backwards {
                earlier,
                later: size,
            });
        }
        let key = self.verifier_key_or_empty()?;
        let signed = checkpoints::all(self.dir())
            .into_iter()
            .find(|note| size_of(note) == Some(earlier));
        let ledger = &self.hold()?.ledger;
        let tree = go_through(ledger, size, None, progress)?.tree;
        let at = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let unknown = || ProveError::Unknown {
            seq: size,
            size: ledger.head().size,
        };
        let file = ConsistencyFile {
            size: earlier,
            root: tree.root(at(earlier)).ok_or_else(unknown)?,
            path: (tree.consistency(at(earlier), at(size))).ok_or_else(unknown)?,
            later: note,
            // The later one says it already where both are the same.
            earlier: signed.filter(|_| earlier < size),
        };
        whole(file.write(), earlier, &key)
    }

    /// The last signed head, which has to cover an entry, and its size. Where this device is the authority it
    /// signs the head as it is.
    pub(crate) fn signed_head(&mut self, seq: u64) -> Result<(String, u64), ProveError> {
        self.hold()?;
        let head = self.head();
        if seq == 0 || seq > head.size {
            let size = head.size;
            return Err(ProveError::Unknown { seq, size });
        }
        let note = match checkpoints::last(self.dir()) {
            Some(note) if size_of(&note) == Some(head.size) || !self.is_authority() => note,
            _ if self.is_authority() => self.sign(head.size, head.root),
            _ => return Err(ProveError::Uncovered { seq, signed: 0 }),
        };
        match size_of(&note).unwrap_or(0) {
            signed if signed < seq => Err(ProveError::Uncovered { seq, signed }),
            signed => Ok((note, signed)),
        }
    }

    /// The signed head of exactly this size.
    fn head_of(&mut self, size: u64) -> Result<String, ProveError> {
        self.hold()?;
        let head = self.head();
        if size > head.size {
            return Err(ProveError::Unknown {
                seq: size,
                size: head.size,
            });
        }
        let kept = checkpoints::all(self.dir());
        if let Some(note) = kept.iter().find(|note| size_of(note) == Some(size)) {
            return Ok(note.clone());
        }
        if self.is_authority() {
            let root = {
                let ledger = &self.hold()?.ledger;
                go_through(ledger, size, None, &mut |_, _| {})?.tree
            };
            let root = root.root(usize::try_from(size).unwrap_or(usize::MAX));
            return Ok(self.sign(size, root.unwrap_or_default()));
        }
        let next = kept
            .iter()
            .filter_map(|note| size_of(note))
            .filter(|kept| *kept > size)
            .min();
        Err(ProveError::NoCheckpoint { size, next })
    }

    fn sign(&self, size: u64, root: Hash) -> String {
        Checkpoint {
            workspace: *self.identity().workspace.as_bytes(),
            size,
            root,
        }
        .sign(&self.identity().device.key())
    }

    fn verifier_key_or_empty(&self) -> Result<VerifierKey, ReplicaError> {
        self.verifier_key().ok_or_else(|| ReplicaError::Empty {
            path: self.dir().to_path_buf(),
        })
    }
}

/// A proof that its reader will be able to check, or what keeps them from it.
fn whole(text: String, seq: u64, key: &VerifierKey) -> Result<String, ProveError> {
    match check(&text, key) {
        Ok(_) => Ok(text),
        Err(fault) => Err(ProveError::Replica(ReplicaError::Unverified {
            seq,
            what: format!("a proof of it would not hold: {fault}"),
        })),
    }
}

fn go_through(
    ledger: &dyn Ledger,
    size: u64,
    asked: Option<(u64, DeviceId)>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Gone, ReplicaError> {
    let mut leaves = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    let (mut began, mut key) = (HashMap::new(), None);
    walk(
        ledger,
        size,
        &|entry| match asked {
            // What cannot be read begins nothing that could be shown.
            Some((seq, _)) if entry.seq < seq => read_entry(entry)
                .map(|entry| role(&entry.event))
                .unwrap_or_default(),
            _ => Role::default(),
        },
        &mut |walked| {
            leaves.push(walked.leaf);
            if let Some(id) = walked.prepared.begins {
                began.entry(id).or_insert(walked.entry.seq);
            }
            if walked.prepared.key_of.is_some()
                && walked.prepared.key_of == asked.map(|(_, device)| device)
            {
                key = Some(walked.entry.seq);
            }
            Ok(None)
        },
        &mut |done| {
            progress(done, size);
            true
        },
    )
    .map_err(broken)?;
    Ok(Gone {
        tree: Tree::of(leaves),
        began,
        key,
    })
}

/// The earlier entries that an event rests on, in order: the workspace's beginning, its author, its
/// device's key, and where the things that it is about began.
fn rests_on(
    event: &Event,
    seq: u64,
    gone: &Gone,
    read: &dyn Fn(u64) -> Result<(Leaf, Event), ProveError>,
) -> Result<BTreeSet<u64>, ProveError> {
    let mut found = BTreeSet::new();
    found.extend([1].into_iter().chain(gone.key).filter(|at| *at < seq));
    let mut open = vec![event.member.uuid(), event.device.uuid()];
    open.extend(event.subjects());
    while let Some(id) = open.pop() {
        let Some(at) = gone.began.get(&id).filter(|at| **at < seq) else {
            continue;
        };
        if found.len() < Bundle::MOST && found.insert(*at) {
            // A key result is named within its objective, a device is somebody's.
            open.extend(read(*at)?.1.subjects());
        }
    }
    Ok(found)
}

fn role(event: &Event) -> Role {
    let begins = match &event.body {
        Body::WorkspaceCreated(_) => Some(event.workspace.uuid()),
        Body::ServerAdopted { device, .. } => Some(device.uuid()),
        Body::MemberAdded { member, .. } => Some(member.uuid()),
        Body::DeviceJoined(joined) => Some(joined.device.uuid()),
        Body::TeamCreated { team, .. } => Some(team.uuid()),
        Body::CycleCreated { cycle, .. } => Some(cycle.uuid()),
        Body::ObjectiveDrafted(drafted) => Some(drafted.objective.uuid()),
        Body::KeyResultAdded(added) => Some(added.key_result.uuid()),
        Body::KpiDefined(defined) => Some(defined.kpi.uuid()),
        Body::InitiativeAdded(added) => Some(added.initiative.uuid()),
        Body::TodoAdded(added) => Some(added.todo.uuid()),
        Body::NoteAdded { .. } | Body::WeeklyWritten(_) => Some(event.id.uuid()),
        Body::TemplateSaved(saved) => Some(saved.template.uuid()),
        Body::FunnelDefined(defined) => Some(defined.funnel.uuid()),
        Body::IncentiveAdded(added) => Some(added.incentive.uuid()),
        _ => None,
    };
    let key_of = match &event.body {
        Body::WorkspaceCreated(_) | Body::DeviceKeyRotated { .. } => Some(event.device),
        Body::ServerAdopted { device, .. } => Some(*device),
        Body::DeviceJoined(joined) => Some(joined.device),
        _ => None,
    };
    Role { begins, key_of }
}
