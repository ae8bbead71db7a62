//! What can go wrong with a replica's folder. Each says what, where and what to do next.

use std::io;
use std::path::PathBuf;

use quarterdeck_core::refusal::Refusal;
use quarterdeck_ledger::LedgerError;
use quarterdeck_projection::ProjectionError;
use quarterdeck_proto::DecodeError;

/// A replica that cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ReplicaError {
    /// There is no workspace in the folder.
    #[error("there is no workspace at {}; make one with `okr init` or `okr join`", path.display())]
    Missing {
        /// The folder.
        path: PathBuf,
    },
    /// The folder holds something already.
    #[error("there is a workspace at {} already", path.display())]
    Exists {
        /// The folder.
        path: PathBuf,
    },
    /// Another process is at work in the folder.
    #[error(
        "{} is in use by another process{} (waited {waited_ms} ms); try again when it has finished",
        path.display(),
        holder.map(|pid| format!(", {pid}")).unwrap_or_default()
    )]
    Locked {
        /// The folder.
        path: PathBuf,
        /// The other process's id, where it is known.
        holder: Option<u32>,
        /// How long this one waited, in milliseconds.
        waited_ms: u128,
    },
    /// A file of the folder is not what was written.
    #[error(
        "{} is damaged at byte {offset}: {what}; nothing was changed: `okr repair` goes on with what is readable, and keeps this file",
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where in the file.
        offset: u64,
        /// What is wrong there.
        what: String,
    },
    /// A file of the folder was written by an okr that came after this one.
    #[error("{} was written by a newer okr: update this one", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
    },
    /// The device's own file does not read.
    #[error("{} cannot be read: {what}; restore it from a backup, or join the workspace anew", path.display())]
    Identity {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// The folder has a form that came after this okr.
    #[error("{} has format {format}, and this okr knows {known} at most: it was made by a newer okr; update this one", path.display())]
    NewerFormat {
        /// The device's own file.
        path: PathBuf,
        /// The form that it has.
        format: u32,
        /// The newest form that is known here.
        known: u32,
    },
    /// An entry of the confirmed log does not read.
    #[error("entry {seq} of the log cannot be read: {source}; run `okr verify`")]
    Entry {
        /// Its position.
        seq: u64,
        /// Why not.
        source: DecodeError,
    },
    /// A checkpoint, chain or signature does not hold.
    #[error("the log does not verify at entry {seq}: {what}")]
    Unverified {
        /// The first entry that does not hold.
        seq: u64,
        /// What about it.
        what: String,
    },
    /// The log has no workspace to begin with.
    #[error("the log at {} is empty: the first sync has not finished; run `okr sync`", path.display())]
    Empty {
        /// The folder.
        path: PathBuf,
    },
    /// What is kept beside the log could not be read.
    #[error(
        "what is kept beside the log could not be read ({what}); it was set aside, and nothing was recorded: give the command again"
    )]
    Derived {
        /// What about it.
        what: String,
    },
    /// The log itself failed.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The system failed.
    #[error("could not {doing} {}: {source}", path.display())]
    Io {
        /// What was being done.
        doing: &'static str,
        /// To which file.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
}

impl ReplicaError {
    /// Whether it says that the log is not what was written: [`crate::repair`] is about that.
    #[must_use]
    pub const fn is_damage(&self) -> bool {
        match self {
            Self::Entry { .. } | Self::Unverified { .. } => true,
            Self::Ledger(error) => error.is_damage(),
            _ => false,
        }
    }
}

impl From<ProjectionError> for ReplicaError {
    fn from(error: ProjectionError) -> Self {
        match error {
            ProjectionError::Ledger(error) => Self::Ledger(error),
            ProjectionError::Entry { seq, source } => Self::Entry { seq, source },
        }
    }
}

/// Why a command was not committed.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// It was refused; nothing changed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The replica failed; the command did not take place.
    #[error(transparent)]
    Replica(#[from] ReplicaError),
}

impl From<ProjectionError> for CommitError {
    fn from(error: ProjectionError) -> Self {
        Self::Replica(error.into())
    }
}

impl From<LedgerError> for CommitError {
    fn from(error: LedgerError) -> Self {
        Self::Replica(error.into())
    }
}
