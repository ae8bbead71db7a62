//! The log as a file: everything that the workspace's history is, in JSON Lines.
//!
//! ```text
//! line 1      {"schema":"quarterdeck/log/1","workspace":…,"name":…,"size":N,"root":…,"checkpoint":…}
//! line 1 + n  {"seq":n,"recorded_ms":…,"event":…,"salt":…,"signature":…,"hash":…,"readable":{…}}
//! ```
//!
//! - **Lossless**: each entry's bytes as its author made them, with salt and signature.
//! - **Block by block** both ways: memory does not grow with the log.
//! - A line that is read has the hash that its bytes come to. Order, chains, signatures and root are for
//!   whoever reads the file to check.
//!
//! `readable` is for people, may be left out, and is not looked at when the file is read. The format is specified
//! in `docs/exchange.md`; a backup holds such a log for each workspace.

mod line;
mod read;

use std::io;

pub use line::{Header, Line, SCHEMA, is_log, write_entry, write_workspace};
pub use read::{LogFile, next_line};

/// Why an exported log was not read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It is of a version that this one does not know.
    #[error("it is of format '{schema}', and this version reads '{SCHEMA}'")]
    Newer {
        /// What it says it is.
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
}
