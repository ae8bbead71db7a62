//! A way back for a replica whose log is damaged.
//!
//! ```text
//! damaged log ──► the server's log is pulled from entry 1 into a log beside it, checked like any other,
//!                 and held against every signed head that was ever verified here
//!             ──► the damaged one moves to evidence/, the other takes its place ──► the outbox goes on
//! ```
//!
//! Guarantees:
//! - **Nothing is thrown away**: the damaged log is evidence; outbox, shelf and keys stay where they are.
//! - **A server can't use the moment**: what it sends has to continue everything that it signed before, to the
//!   last head kept here. Otherwise nothing is exchanged.
//! - A crash at any instant leaves the damaged log or the new one in place.
//!
//! Where there is no server, what is readable can be written to a file: [`Rescue`]. Outbox and shelf, which no
//! server has, go on with what is readable of them: [`unsent`].

mod rescue;
mod unsent;

use std::fs;
use std::path::{Path, PathBuf};

pub use rescue::Rescue;
pub use unsent::{Mended, unsent};

use crate::checkpoints;
use crate::engine::{Progress, SyncError, pull_into};
use crate::error::ReplicaError;
use crate::evidence;
use crate::files::{self, io_error};
use crate::head::SignedHeads;
use crate::remote::Remote;
use crate::replica::{DERIVED, LEDGER, NEXT, Options, Replica};

/// Stands in the folder of what was set aside by a repair, with a sentence on what was wrong with it.
pub const WHAT_IS_DAMAGED: &str = "what-is-damaged.txt";

/// What is wrong with the log in a folder; none where every entry verifies. Tells how far it has come
/// (entries checked, entries in all), and answers how many entries there are.
///
/// # Errors
/// What is no damage of the log: no workspace there, another process at work, a disk that fails.
pub fn damage(
    dir: &Path,
    options: Options,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Result<u64, ReplicaError>, ReplicaError> {
    let verified =
        Replica::open(dir, options).and_then(|mut replica| Ok(replica.verify(progress)?.size));
    match verified {
        Ok(size) => Ok(Ok(size)),
        Err(error) if error.is_damage() => Ok(Err(error)),
        Err(error) => Err(error),
    }
}

/// What a repair did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repaired {
    /// How many entries the log has now.
    pub entries: u64,
    /// How many signed heads, verified before, it was held against.
    pub checkpoints: usize,
    /// Where the damaged log is.
    pub evidence: PathBuf,
}

/// A folder whose log is damaged.
#[derive(Debug)]
pub struct Damaged {
    replica: Replica,
    error: ReplicaError,
}

impl Damaged {
    /// A folder in which [`damage`] has found this.
    ///
    /// # Errors
    /// When its `device.json` cannot be read.
    pub fn new(dir: &Path, error: ReplicaError, options: Options) -> Result<Self, ReplicaError> {
        let replica = Replica::unopened(dir, options)?;
        Ok(Self { replica, error })
    }

    /// What is wrong with it.
    #[must_use]
    pub const fn error(&self) -> &ReplicaError {
        &self.error
    }

    /// The same, for whoever cannot do anything about it.
    #[must_use]
    pub fn into_error(self) -> ReplicaError {
        self.error
    }

    /// The replica, of which nothing but its identity can be asked.
    #[must_use]
    pub const fn replica(&self) -> &Replica {
        &self.replica
    }

    /// Whether there is a server that can be asked for the log: one that holds it, and that this device
    /// knows how to check.
    #[must_use]
    pub const fn has_server(&self) -> bool {
        let identity = self.replica.identity();
        identity.remote.is_some() && identity.trust.is_some() && identity.hosting.is_none()
    }

    /// Fetches the log anew and puts it in the place of the damaged one. The outbox is not sent: a
    /// sync does that.
    ///
    /// # Errors
    /// When the server is out of reach or refuses, or its history is not the one that was verified here;
    /// nothing is exchanged then.
    pub async fn repair<R: Remote>(
        mut self,
        remote: &R,
        now_ms: u64,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<Repaired, SyncError> {
        let has_server = self.has_server();
        let replica = &mut self.replica;
        let _one_at_a_time = replica.lock_sync(replica.options().lock_wait)?;
        let Some(trust) = replica.identity().trust.filter(|_| has_server) else {
            return Err(SyncError::NoServer);
        };
        let dir = replica.dir().to_path_buf();
        let kept = checkpoints::all(&dir);
        let checkpoints = kept.len();
        let heads = SignedHeads::new(kept);
        replica.clear_next()?;
        let pulled = pull_into(replica, remote, NEXT, trust, heads, now_ms, progress).await;
        let (folded, note) = match pulled {
            Ok(pulled) => pulled,
            Err(error) => {
                replica.clear_next()?;
                return Err(error);
            }
        };
        let evidence = evidence::folder(&dir, &format!("{now_ms}-damaged"))?;
        let text = format!("{}\n", self.error);
        files::replace(&evidence.join(WHAT_IS_DAMAGED), text.as_bytes())?;
        // Made again from the log; what damaged the one may have damaged the other.
        let derived = dir.join(DERIVED);
        match fs::remove_dir_all(&derived) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(io_error("clear", &derived)(error).into());
            }
            _ => {}
        }
        replica.swap_ledger(&evidence.join(LEDGER))?;
        evidence::keep_checkpoint(&dir, &note)?;
        Ok(Repaired {
            entries: folded.size(),
            checkpoints,
            evidence,
        })
    }
}
