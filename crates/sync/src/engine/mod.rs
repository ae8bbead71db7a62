//! Bringing a replica and a server together.
//!
//! ```text
//! push what waits ──► refused? shelve it, chain the rest anew, push again
//!       │
//!       ▼
//! pull from the end of the log ──► check, verify, compare roots ──► store ──► outbox shrinks
//!       │
//!       └── until nothing waits and the server's head is reached and verified
//! ```
//!
//! A server that was set back to a backup is given back what it lost, if it takes it, before anything else.
//!
//! Guarantees: nothing is believed unchecked; a server that goes away at any moment costs nothing but
//! another sync; nothing authored leaves the outbox but for the log or the shelf; the folder is locked
//! for moments only, and one sync at a time works on it.

mod compare;
mod give_back;
mod pull;
mod push;
mod watch;

use std::path::PathBuf;

use quarterdeck_core::refusal::{Code, Refusal};
use quarterdeck_core::state::{Conflict, State};

pub use compare::{Agreed, compare};
pub(crate) use pull::{pull, pull_into};
pub(crate) use push::push_batches;
pub use watch::{Arrived, watch};

use crate::error::{CommitError, ReplicaError};
use crate::planner::Shelved;
use crate::remote::{Closed, Remote, RemoteError};
use crate::renewal;
use crate::replica::Replica;

/// Rounds after which a server that never confirms what it recorded is taken to be broken.
const MAX_ROUNDS: usize = 16;

/// How far a sync has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Events were sent.
    Pushed {
        /// How many so far.
        done: u64,
        /// Of how many.
        of: u64,
    },
    /// Entries were received, and are being checked.
    Pulled {
        /// The last position received.
        to: u64,
        /// The server's head.
        of: u64,
    },
    /// Entries that the server had lost were given back to it.
    GivenBack {
        /// How many so far.
        done: u64,
        /// Of how many.
        of: u64,
    },
}

/// What a sync did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Events of this device that are recorded now.
    pub pushed: u64,
    /// Events of this device that had been recorded before, and whose answer had been lost.
    pub already: u64,
    /// Entries of others that are new here.
    pub pulled: u64,
    /// Commands that went to the shelf.
    pub refused: Vec<Shelved>,
    /// Conflicts that are new here and that this member is a side of.
    pub new_conflicts: Vec<Conflict>,
    /// How many conflicts are open in all.
    pub conflicts: u64,
    /// Entries that the server had lost, and has back from this device.
    pub given_back: u64,
    /// Why the server records nothing at present, if so; what was not sent waits in the outbox.
    pub closed: Option<Refused>,
    /// Where the log ends.
    pub head: u64,
    /// Whether the server's head was reached and verified, and nothing waits any more.
    pub up_to_date: bool,
}

/// What a server says that records nothing at present.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Why.
    pub why: Closed,
    /// In its words.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

/// Why a sync did not come to its end. Local work is kept in every case.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// The workspace has no server.
    #[error("this workspace has no server; give it one with `okr remote set URL`")]
    NoServer,
    /// The server could not be reached, went away, or was not understood.
    #[error(transparent)]
    Remote(RemoteError),
    /// The server refused this device, or what was asked.
    #[error(transparent)]
    Refused(Refusal),
    /// The folder was copied: it has to become a device of its own.
    #[error(transparent)]
    Forked(Refusal),
    /// What the server sent does not verify. Nothing of it was kept in the log.
    #[error(
        "the server's history does not verify at entry {seq}: {what}; nothing of it was taken over, and what it sent is kept in {}: show it to whoever runs the server",
        evidence.display()
    )]
    HistoryDiffers {
        /// The first entry that does not hold, or the size at which roots differ.
        seq: u64,
        /// What about it.
        what: String,
        /// Where the evidence is.
        evidence: PathBuf,
    },
    /// The replica failed.
    #[error(transparent)]
    Replica(#[from] ReplicaError),
}

impl From<RemoteError> for SyncError {
    fn from(error: RemoteError) -> Self {
        match error {
            RemoteError::Refused(refusal) => Self::Refused(refusal),
            other => Self::Remote(other),
        }
    }
}

impl From<CommitError> for SyncError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Refused(refusal) => Self::Refused(refusal),
            CommitError::Replica(error) => Self::Replica(error),
        }
    }
}

/// Pushes what waits and pulls what is new, until the server's head is reached and verified. Where
/// nothing waits and nothing is new, that is one round trip.
///
/// `now_ms` is the device's wall clock, in milliseconds since the Unix epoch.
///
/// # Errors
/// See [`SyncError`]; local work is kept.
pub async fn sync<R: Remote>(
    replica: &mut Replica,
    remote: &R,
    now_ms: u64,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Report, SyncError> {
    let _one_at_a_time = replica.lock_sync(replica.options().lock_wait)?;
    replica.refresh()?;
    if replica.identity().hosting.is_some() {
        crate::host::resume(replica, remote, now_ms, progress).await?;
    }
    let report = sync_locked(replica, remote, now_ms, progress).await?;
    renewal::renew_if_due(replica, remote, now_ms).await?;
    Ok(report)
}

/// The same, with the lock on syncs held.
pub(crate) async fn sync_locked<R: Remote>(
    replica: &mut Replica,
    remote: &R,
    now_ms: u64,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Report, SyncError> {
    let before = open_conflicts(replica.confirmed());
    let mut report = Report::default();
    // What quotes others is sent only after it is known that nothing of that was erased meanwhile.
    if replica.quotes_others() {
        report.pulled += pull(replica, remote, now_ms, progress).await?.of_others;
    }
    for _ in 0..MAX_ROUNDS {
        let pushed = push::push(replica, remote, now_ms, progress, &mut report).await;
        if let Err(SyncError::Refused(refusal)) = &pushed
            && refusal.code == Code::Gap
            && let Err(differs @ SyncError::HistoryDiffers { .. }) =
                compare(replica, remote, now_ms).await
        {
            // It misses events of this device that it has recorded: its history is another.
            return Err(differs);
        }
        match pushed {
            // Everything else goes on: the log can be read, and may have to be given back.
            Err(SyncError::Remote(RemoteError::Closed { why, message, hint })) => {
                report.closed = Some(Refused { why, message, hint });
            }
            pushed => pushed?,
        }
        let pulled = pull(replica, remote, now_ms, progress).await?;
        report.pulled += pulled.of_others;
        report.given_back += pulled.given_back;
        if replica.is_forked() {
            return Err(SyncError::Forked(replica.fork_refusal()));
        }
        if replica.outbox().is_empty() {
            report.up_to_date = true;
            break;
        }
        if report.closed.is_some() {
            break;
        }
    }
    let state = replica.confirmed();
    report.head = state.head;
    report.conflicts = state.conflicts.len() as u64;
    report.new_conflicts = state
        .conflicts
        .iter()
        .filter(|conflict| !before.contains(&key(conflict)) && involves(conflict, replica))
        .cloned()
        .collect();
    Ok(report)
}

type ConflictKey = (
    quarterdeck_core::value::Subject,
    quarterdeck_core::value::Field,
);

fn key(conflict: &Conflict) -> ConflictKey {
    (conflict.subject, conflict.field.clone())
}

fn open_conflicts(state: &State) -> Vec<ConflictKey> {
    state.conflicts.iter().map(key).collect()
}

fn involves(conflict: &Conflict, replica: &Replica) -> bool {
    conflict
        .contenders
        .iter()
        .any(|side| Some(side.stamp.member) == replica.identity().member)
}
