//! The log as a file: everything that the workspace's history is, in JSON Lines.
//!
//! ```text
//! line 1      {"schema":"quarterdeck/log/1","workspace":…,"name":…,"size":N,"root":…,"checkpoint":…}
//! line 1 + n  {"seq":n,"recorded_ms":…,"event":…,"salt":…,"signature":…,"hash":…,"readable":{…}}
//! ```
//!
//! - **Lossless**: each entry's bytes as its author made them, with salt and signature, so the file
//!   proves of itself all that the log does. `readable` is for people and is not looked at when the
//!   file is read: what it says is not proven.
//! - **Both ways in blocks**: memory does not grow with the log.
//! - **All or nothing**: of a file in which anything does not hold nothing is taken over, and the line
//!   is named.
//!
//! The lines are read and written in [`quarterdeck_ledger::exported`]; here is what a replica does with them. What is read back becomes a copy to read in ([`import`](fn@import)): it has nobody's key, so
//! nothing can be recorded in it. The format is specified in `docs/exchange.md`.

mod compare;
mod copy;
mod walk;
mod write;

use std::io;

pub use compare::{Relation, compare};
pub use copy::import;
pub use quarterdeck_ledger::exported::{Header, LogFile, SCHEMA, is_log};
pub use write::Exported;

use quarterdeck_ledger::exported::FileError;

use crate::error::ReplicaError;

/// Why a log was not written to a file.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The log could not be read.
    #[error(transparent)]
    Replica(#[from] ReplicaError),
    /// The file takes no more.
    #[error("{0}")]
    Write(#[from] io::Error),
}

/// Why a file was not taken for a log. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It is of a version that this one does not know.
    #[error("it is of format '{schema}', and this version reads '{SCHEMA}'")]
    Newer {
        /// What it says that it is.
        schema: String,
    },
    /// A line does not hold.
    #[error("line {line} does not hold: {what}")]
    Line {
        /// The line, from 1.
        line: u64,
        /// What about it.
        what: String,
    },
    /// The file cannot be read.
    #[error("{0}")]
    Read(#[from] io::Error),
    /// The replica failed.
    #[error(transparent)]
    Replica(#[from] ReplicaError),
}

impl From<FileError> for ImportError {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Newer { schema } => Self::Newer { schema },
            FileError::Line { line, what } => Self::Line { line, what },
            FileError::Read(error) => Self::Read(error),
        }
    }
}

impl From<crate::check::Fault> for ImportError {
    fn from(fault: crate::check::Fault) -> Self {
        Self::Line {
            // The header comes first.
            line: fault.seq.saturating_add(1),
            what: fault.what,
        }
    }
}

impl From<quarterdeck_ledger::LedgerError> for ImportError {
    fn from(error: quarterdeck_ledger::LedgerError) -> Self {
        Self::Replica(error.into())
    }
}
