//! Checking a proof with the workspace's key, and nothing else.

use quarterdeck_core::event::{Body, Entry, Event};
use quarterdeck_core::state::State;
use quarterdeck_ledger::merkle::{verify_consistency, verify_inclusion};
use quarterdeck_ledger::tlog_proof::{CONSISTENCY, ConsistencyFile, INCLUSION, InclusionFile};
use quarterdeck_ledger::{Checkpoint, Hash, PublicKey, Sealed, VerifierKey};
use quarterdeck_proto::decode_entry;

use super::bundle::{Bundle, Leaf};

/// What a proof proves.
#[derive(Debug)]
pub enum Proof {
    /// That an entry is in the log.
    Entry(Box<ProvenEntry>),
    /// That a head continues an earlier one.
    Continued(Continued),
}

/// An entry that is in a log of `size` entries with that root, which the key signed.
#[derive(Debug)]
pub struct ProvenEntry {
    /// The number of entries.
    pub size: u64,
    /// The root of their tree.
    pub root: Hash,
    /// The entry.
    pub entry: Entry,
    /// What the log says of its author and of what it is about, by the entries that are proven beside
    /// it: as these were first called. It has the entry applied.
    pub state: State,
    /// Whether its device signed it.
    pub signed: DeviceSigned,
    /// The entry that says who erased texts from it, where that was done: what is shown remains of it.
    pub erased: Option<Entry>,
}

/// How an entry's device stands for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceSigned {
    /// Its own signature, by the key that the log gives its device.
    Itself,
    /// That of the command's last event, so many events later, which is chained to it.
    Later(u32),
    /// The command has so many further events that they are not in the file.
    NotShown(u32),
}

/// Two heads of which the later continues the earlier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Continued {
    /// The earlier size and root.
    pub earlier: (u64, Hash),
    /// Whether the key signed the earlier one by itself.
    pub earlier_signed: bool,
    /// The later size and root.
    pub later: (u64, Hash),
}

/// Why a file proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ProofFault(pub String);

fn fault(what: impl Into<String>) -> ProofFault {
    ProofFault(what.into())
}

/// Checks a proof against the key that has to have signed its checkpoint.
///
/// # Errors
/// Says what does not hold. Anything at all may be passed in.
pub fn check(text: &str, key: &VerifierKey) -> Result<Proof, ProofFault> {
    match text.lines().next().unwrap_or_default() {
        INCLUSION => check_entry(text, key).map(|proven| Proof::Entry(Box::new(proven))),
        CONSISTENCY => check_heads(text, key).map(Proof::Continued),
        _ => Err(fault(format!(
            "it is no proof: its first line is neither `{INCLUSION}` nor `{CONSISTENCY}`"
        ))),
    }
}

fn verified(note: &str, key: &VerifierKey) -> Result<Checkpoint, ProofFault> {
    Checkpoint::verify(note, &key.workspace, &key.key).map_err(|error| fault(error.to_string()))
}

fn check_heads(text: &str, key: &VerifierKey) -> Result<Continued, ProofFault> {
    let file = ConsistencyFile::read(text).map_err(|error| fault(error.to_string()))?;
    let later = verified(&file.later, key)?;
    if let Some(note) = &file.earlier {
        let earlier = verified(note, key)?;
        if (earlier.size, earlier.root) != (file.size, file.root) {
            return Err(fault(
                "the earlier checkpoint is of another size or root than the proof",
            ));
        }
    }
    let continues = verify_consistency(file.size, &file.root, later.size, &later.root, &file.path);
    if !continues {
        return Err(fault(format!(
            "its path does not lead from the {} entries with that root to the {} that were signed",
            file.size, later.size
        )));
    }
    Ok(Continued {
        earlier: (file.size, file.root),
        earlier_signed: file.earlier.is_some(),
        later: (later.size, later.root),
    })
}

fn check_entry(text: &str, key: &VerifierKey) -> Result<ProvenEntry, ProofFault> {
    let file = InclusionFile::read(text).map_err(|error| fault(error.to_string()))?;
    let head = verified(&file.checkpoint, key)?;
    let Bundle {
        leaf,
        followers,
        context,
        vouching,
    } = Bundle::read(&file.extra).ok_or_else(|| {
        fault("its `extra` is not what `okr prove` writes: it was cut or changed, or is of a newer version")
    })?;
    if leaf.envelope.seq != file.index.saturating_add(1) {
        return Err(fault("its leaf is of another entry than its index says"));
    }
    let mut state = State::default();
    for (earlier, path) in &context {
        let seq = earlier.envelope.seq;
        let in_order = seq > state.head && seq < leaf.envelope.seq;
        if !in_order || earlier.sealed.signature.is_some() {
            return Err(fault(
                "the entries beside it are not as `okr prove` writes them",
            ));
        }
        state.apply(&included(earlier, path, &head, key)?);
    }
    let entry = included(&leaf, &file.path, &head, key)?;
    let vouching: Vec<(Entry, &Sealed)> = vouching
        .iter()
        .map(|(leaf, path)| Ok((included(leaf, path, &head, key)?, &leaf.sealed)))
        .collect::<Result<_, ProofFault>>()?;
    let beside = context
        .iter()
        .map(|(leaf, _)| (leaf.envelope.seq, &leaf.sealed));
    let command = (leaf.envelope.seq..).zip([&leaf.sealed].into_iter().chain(&followers));
    let said = vouching.iter().map(|(entry, sealed)| (entry.seq, *sealed));
    for (seq, sealed) in beside.chain(command).chain(said) {
        vouched(seq, sealed, &vouching)?;
    }
    let erased = vouching
        .iter()
        .map(|(entry, _)| entry)
        .find(|by| erases(by, leaf.envelope.seq).is_some())
        .cloned();
    let signed = device_signed(&state, &entry, &leaf.sealed, &followers)?;
    state.apply(&entry);
    Ok(ProvenEntry {
        size: head.size,
        root: head.root,
        entry,
        state,
        signed,
        erased,
    })
}

/// Where an entry erases texts of the one at a position: the SHA-256 of what remains of it.
fn erases(by: &Entry, seq: u64) -> Option<Hash> {
    match &by.event.body {
        Body::TextErased(erased) if erased.position == seq && by.seq > seq => Some(erased.remains),
        _ => None,
    }
}

/// Holds what remains of an event against what an entry in the file says of it.
fn vouched(seq: u64, sealed: &Sealed, vouching: &[(Entry, &Sealed)]) -> Result<(), ProofFault> {
    let said: Vec<Hash> = vouching
        .iter()
        .filter_map(|(by, _)| erases(by, seq))
        .collect();
    if !sealed.is_erased() || said == [sealed.body_hash()] {
        return Ok(());
    }
    Err(fault(format!(
        "entry {seq}: what is said to remain of it is not what an owner vouched for"
    )))
}

/// The entry of a leaf that is in the tree of the head.
fn included(
    leaf: &Leaf,
    path: &[Hash],
    head: &Checkpoint,
    key: &VerifierKey,
) -> Result<Entry, ProofFault> {
    let Leaf { envelope, sealed } = leaf;
    let seq = envelope.seq;
    let fault = |what: &str| ProofFault(format!("entry {seq}: {what}"));
    if envelope.workspace != key.workspace {
        return Err(fault("it is of another workspace"));
    }
    let index = seq
        .checked_sub(1)
        .ok_or_else(|| fault("there is no such entry"))?;
    if !verify_inclusion(&head.root, head.size, index, &envelope.leaf_hash(), path) {
        return Err(fault(&format!(
            "its path does not lead to the root of the {} entries that were signed",
            head.size
        )));
    }
    let hash = sealed.hash();
    if hash != envelope.event_hash {
        return Err(fault("its event is not the one that was recorded there"));
    }
    let entry = decode_entry(seq, envelope.recorded, hash, &sealed.body)
        .map_err(|error| fault(&format!("its event cannot be read: {error}")))?;
    if *entry.event.id.as_bytes() != envelope.event_id
        || *entry.event.workspace.as_bytes() != envelope.workspace
    {
        return Err(fault("its event is not the one that its leaf names"));
    }
    Ok(entry)
}

/// Follows the command from an event to its signed end.
fn device_signed(
    state: &State,
    entry: &Entry,
    sealed: &Sealed,
    followers: &[Sealed],
) -> Result<DeviceSigned, ProofFault> {
    let remaining = entry.event.remaining;
    let chain_fault = || fault("the events after it are not the rest of its command");
    if followers.is_empty() && remaining > 0 {
        return match sealed.signature {
            None => Ok(DeviceSigned::NotShown(remaining)),
            Some(_) => Err(fault("it is signed in the middle of a command")),
        };
    }
    if u32::try_from(followers.len()) != Ok(remaining) {
        return Err(chain_fault());
    }
    let (mut event, mut hash, mut signature) = (entry.event.clone(), entry.hash, sealed.signature);
    for follower in followers {
        let next: Event =
            quarterdeck_proto::decode_event(&follower.body).map_err(|_| chain_fault())?;
        let follows = signature.is_none()
            && next.device == event.device
            && next.member == event.member
            && next.number == event.number.saturating_add(1)
            && next.previous == Some(hash)
            && next.remaining.saturating_add(1) == event.remaining;
        if !follows {
            return Err(chain_fault());
        }
        (hash, signature, event) = (follower.hash(), follower.signature, next);
    }
    let signature = signature.ok_or_else(|| fault("its command is not signed"))?;
    let key = state
        .signing_key(&entry.event)
        .ok_or_else(|| fault("the entry that gave its device a key is not in the file"))?;
    if !PublicKey(key).verify_command(&hash, &signature) {
        return Err(fault("its signature is not its device's"));
    }
    Ok(match remaining {
        0 => DeviceSigned::Itself,
        later => DeviceSigned::Later(later),
    })
}
