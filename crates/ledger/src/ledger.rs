//! What a log must offer, and no more: append at an expected size, read, head, follow.
//!
//! Every implementation guarantees:
//! - **Durable before acknowledged**: `append` returns `Recorded` only for what survives a power cut.
//! - **All or nothing**: of a batch either every entry is in the log or none.
//! - **One order**: sequence numbers run 1, 2, 3 … without a gap; the recorded time never decreases.
//! - **Checked**: an entry that does not match its hash is never handed out.
//! - **Erased means gone**: after `erase` the bytes that a body had are in no file of the log; size,
//!   hashes and root are what they were.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::watch;

use crate::envelope::Envelope;
use crate::{EventId, Frontier, Hash, Sealed, WorkspaceId};

/// The largest body that a ledger takes, in bytes.
pub const MAX_BODY: usize = 64 * 1024;

/// An event about to be recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEntry {
    /// Milliseconds since the Unix epoch, UTC.
    pub recorded: u64,
    pub event_id: EventId,
    pub event: Sealed,
    /// Must be `event.hash()`; passed in because whoever appends has computed it already.
    pub hash: Hash,
}

impl NewEntry {
    pub fn new(recorded: u64, event_id: EventId, event: Sealed) -> Self {
        let hash = event.hash();
        Self {
            recorded,
            event_id,
            event,
            hash,
        }
    }

    /// An entry that another log holds.
    pub fn copy_of(entry: Entry) -> Self {
        Self {
            recorded: entry.recorded,
            event_id: entry.event_id,
            event: entry.event,
            hash: entry.hash,
        }
    }

    pub(crate) fn at(self, seq: u64) -> Entry {
        Entry {
            seq,
            recorded: self.recorded,
            event_id: self.event_id,
            event: self.event,
            hash: self.hash,
        }
    }
}

/// A recorded event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the log, from 1.
    pub seq: u64,
    /// When it was recorded, in milliseconds since the Unix epoch, UTC.
    pub recorded: u64,
    pub event_id: EventId,
    pub event: Sealed,
    /// The event's hash, checked against the event.
    pub hash: Hash,
}

impl Entry {
    /// The hash of this entry's leaf in the tree of its workspace.
    pub fn leaf_hash(&self, workspace: WorkspaceId) -> Hash {
        Envelope::of(workspace, self).leaf_hash()
    }
}

/// What is to be left of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remains {
    /// The entry's place in the log.
    pub seq: u64,
    /// What takes the place of its body.
    pub body: Bytes,
}

/// Where a log ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The number of entries, and the sequence number of the last.
    pub size: u64,
    /// The root of the tree of all entries.
    pub root: Hash,
    /// The recorded time of the last entry; 0 in an empty log.
    pub recorded: u64,
}

/// What became of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appended {
    /// It is in the log, durably, and this is the head after it.
    Recorded(Head),
    /// The log was not of the expected size; nothing was appended, and this is its head.
    HeadMoved(Head),
}

/// One workspace's log. Shared among threads; appends are serialised by the implementation.
pub trait Ledger: Send + Sync {
    /// Whose log this is.
    fn workspace(&self) -> WorkspaceId;

    /// Appends a batch if the log has exactly `expected_size` entries. An empty batch changes nothing
    /// and is recorded.
    ///
    /// # Errors
    /// [`LedgerError::TooLarge`], [`LedgerError::RecordedWentBack`] and [`LedgerError::WrongHash`] for a
    /// batch that no ledger takes, [`LedgerError::DiskFull`] while there is no room; nothing was
    /// appended then, and the log goes on. After any other error nothing of the batch is acknowledged
    /// and the log must be opened anew before it takes more.
    fn append(&self, expected_size: u64, batch: Vec<NewEntry>) -> Result<Appended, LedgerError>;

    /// Reads from `from_seq` on: at most `max_entries`, and no more once their events reach
    /// `max_bytes`, but at least one if there is one and `max_entries` is not 0.
    ///
    /// # Errors
    /// [`LedgerError::Damaged`] when an entry is not what was written.
    fn read(
        &self,
        from_seq: u64,
        max_entries: usize,
        max_bytes: usize,
    ) -> Result<Vec<Entry>, LedgerError>;

    /// The present end of the log.
    fn head(&self) -> Head;

    /// The right edge of the tree at the present end.
    fn frontier(&self) -> Frontier;

    /// Replaces the bodies of entries by what shall remain of them. Their hashes stay, and with them the
    /// leaves, chains, signatures and the root. Of several remains of one entry the last counts. On return
    /// the bodies' bytes are in no file of the log, and it is noted that what the log says up to entry
    /// `through` about erasing has been done ([`Self::erased_through`]).
    ///
    /// # Errors
    /// [`LedgerError::NoSuchEntry`] and [`LedgerError::TooLarge`] for what cannot be replaced,
    /// [`LedgerError::DiskFull`] while there is no room for the new files beside the old; the log is as it
    /// was then, and goes on. After any other error it must be opened anew, and holds either all of the
    /// bodies or all of the remains.
    fn erase(&self, remains: Vec<Remains>, through: u64) -> Result<(), LedgerError>;

    /// Up to which entry it has been done what the log says about erasing; 0 where that is not known.
    fn erased_through(&self) -> u64;

    /// The size of the log; changes after each durable append.
    fn follow(&self) -> watch::Receiver<u64>;
}

/// The hashes of the first `size` leaves, which the proofs of [`crate::merkle`] are made from. Reads every
/// entry.
///
/// # Errors
/// When an entry cannot be read.
pub fn leaf_hashes(ledger: &dyn Ledger, size: u64) -> Result<Vec<Hash>, LedgerError> {
    const AT_ONCE: usize = 4096;
    let mut hashes = Vec::new();
    let mut from = 1;
    while from <= size {
        let left = usize::try_from(size - from + 1).unwrap_or(usize::MAX);
        let entries = ledger.read(from, left.min(AT_ONCE), usize::MAX)?;
        if entries.is_empty() {
            break;
        }
        from += entries.len() as u64;
        hashes.extend(
            entries
                .iter()
                .map(|entry| entry.leaf_hash(ledger.workspace())),
        );
    }
    Ok(hashes)
}

/// What went wrong with a log. Each says what, where and what to do.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    #[error(
        "event {position} of the batch has a body of {size} bytes, and the limit is {limit}; shorten its text or split it"
    )]
    TooLarge {
        position: usize,
        size: usize,
        limit: usize,
    },
    #[error(
        "event {position} of the batch was to be recorded at {recorded} ms, before the entry ahead of it at {last} ms; recorded times never decrease"
    )]
    RecordedWentBack {
        position: usize,
        recorded: u64,
        last: u64,
    },
    #[error(
        "event {position} of the batch does not match the hash given with it; nothing was recorded"
    )]
    WrongHash { position: usize },
    #[error("entry {seq} cannot be erased: the log has {size}")]
    NoSuchEntry { seq: u64, size: u64 },
    #[error(
        "{} is in use by another process (waited {} ms); try again when it has finished",
        path.display(),
        waited.as_millis()
    )]
    Locked { path: PathBuf, waited: Duration },
    #[error(
        "{} has {free} bytes of free space, and recording needs {needed}; nothing was recorded: free some space and try again",
        path.display()
    )]
    DiskFull {
        path: PathBuf,
        free: u64,
        needed: u64,
    },
    #[error(
        "the log at {} is damaged and read as far as it is sound; nothing was recorded: {what}; restore it from a backup or fetch the log again from the server",
        path.display()
    )]
    ReadOnly { path: PathBuf, what: String },
    #[error("there is no log at {}", path.display())]
    Missing { path: PathBuf },
    #[error("{} belongs to another workspace", path.display())]
    OtherWorkspace { path: PathBuf },
    #[error(
        "the log at {} is damaged at entry {seq}: {what}; nothing was changed: keep a copy of the folder, then restore it from a backup or fetch the log again from the server",
        path.display()
    )]
    Damaged {
        path: PathBuf,
        seq: u64,
        what: String,
    },
    #[error(
        "the log at {} ends at entry {size}, but {marked} entries had been acknowledged; entries were lost: keep a copy of the folder, then restore it from a backup or fetch the log again from the server",
        path.display()
    )]
    Shortened {
        path: PathBuf,
        size: u64,
        marked: u64,
    },
    #[error(
        "the log at {} does not agree with its high-water mark at entry {seq}: its entries have been altered; keep a copy of the folder, then restore it from a backup or fetch the log again from the server",
        path.display()
    )]
    RootDiffers { path: PathBuf, seq: u64 },
    #[error(
        "the high-water mark beside the log at {} is missing or unreadable ({what}), so a loss of entries cannot be ruled out; if the folder was copied without it on purpose, open it once with the mark rebuilt",
        path.display()
    )]
    NoMark { path: PathBuf, what: String },
    #[error(
        "the store at {} cannot be opened: {what}; keep a copy of the folder, then restore it from a backup or fetch the log again from the server",
        path.display()
    )]
    Unopenable { path: PathBuf, what: String },
    #[error("the store at {} failed: {what}; nothing more is recorded until it is opened anew", path.display())]
    Store { path: PathBuf, what: String },
    #[error("could not {doing} {}: {source}", path.display())]
    Io {
        doing: &'static str,
        path: PathBuf,
        source: io::Error,
    },
}

/// Checks what every ledger of `size` entries checks before it erases; answers what to put where.
pub(crate) fn check_remains(
    size: u64,
    remains: Vec<Remains>,
) -> Result<BTreeMap<u64, Bytes>, LedgerError> {
    let mut checked = BTreeMap::new();
    for (position, Remains { seq, body }) in (1..).zip(remains) {
        if seq == 0 || seq > size {
            return Err(LedgerError::NoSuchEntry { seq, size });
        }
        if body.len() > MAX_BODY {
            return Err(LedgerError::TooLarge {
                position,
                size: body.len(),
                limit: MAX_BODY,
            });
        }
        checked.insert(seq, body);
    }
    Ok(checked)
}

impl LedgerError {
    /// Whether a store is not what was written to it: what is sound in it may still be read, by
    /// [`crate::salvage`].
    #[must_use]
    pub const fn is_damage(&self) -> bool {
        matches!(
            self,
            Self::Damaged { .. }
                | Self::Shortened { .. }
                | Self::RootDiffers { .. }
                | Self::NoMark { .. }
                | Self::Unopenable { .. }
        )
    }
}

/// Checks what every ledger checks before it takes a batch after an entry recorded at `last`.
pub(crate) fn check_batch(mut last: u64, batch: &[NewEntry]) -> Result<(), LedgerError> {
    for (position, entry) in (1..).zip(batch) {
        let size = entry.event.body.len();
        if size > MAX_BODY {
            return Err(LedgerError::TooLarge {
                position,
                size,
                limit: MAX_BODY,
            });
        }
        if entry.recorded < last {
            return Err(LedgerError::RecordedWentBack {
                position,
                recorded: entry.recorded,
                last,
            });
        }
        last = entry.recorded;
        if entry.event.hash() != entry.hash {
            return Err(LedgerError::WrongHash { position });
        }
    }
    Ok(())
}
