//! The server's data as one file, and back again.
//!
//! ```text
//! line 1      {"schema":"quarterdeck/backup/1","made_ms":…,"secret":true,"workspaces":2,"entries":1204,…}
//! files       {"file":"server.toml","content":…}, the access book, certificates, keys
//! logs        an exported log each: a first line, and a line an entry
//! last line   {"end":"quarterdeck/backup/1","lines":…,"sha256":…}
//! ```
//!
//! Guarantees:
//! - **Consistent**: every log is cut at one head, which the server signs; what is recorded meanwhile is
//!   not in the file. The access book is copied before that, so every token in it has its device in a log.
//! - **Neutral**: entries are exported logs (`docs/exchange.md`), readable without this program.
//! - **Checked on the way back**: each entry's hash, each device's chain and signatures, the root, the
//!   signature of the head, and a digest over the whole file. Unless everything holds, nothing is put in
//!   place, and the line that does not hold is named.
//!
//! The form is specified in `docs/format.md`.

mod form;
mod read;
mod restore;
mod unpack;
mod write;

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::id::WorkspaceId;
use quarterdeck_ledger::Hash;
use quarterdeck_proto::v1;
use zeroize::Zeroizing;

pub(crate) use restore::restore_workspace;
pub use restore::{Source, check, restore};
pub(crate) use write::write;

/// A small file: its path in the data folder, and its bytes.
type SmallFile = (String, Zeroizing<Vec<u8>>);

/// What to put into a backup.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Contents {
    /// The workspace; all of them if none is given.
    pub(crate) which: Option<WorkspaceId>,
    /// Whether to leave out what is secret.
    pub(crate) is_public: bool,
}

/// A workspace's log in a backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackedUp {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// What it is called.
    pub name: String,
    /// How many entries of its log are there.
    pub size: u64,
    /// The root of their tree.
    pub root: Hash,
    /// What is missing, in sentences; empty where nothing is.
    pub finding: String,
}

/// What a backup was found to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// When it was made.
    pub made: Timestamp,
    /// Whether it holds keys and tokens, and so can restore a server.
    pub is_secret: bool,
    /// Its workspaces, in the order of the file.
    pub workspaces: Vec<BackedUp>,
}

impl From<BackedUp> for v1::BackupWorkspace {
    fn from(found: BackedUp) -> Self {
        Self {
            id: found.workspace.to_string(),
            name: found.name,
            size: found.size,
            root: found.root.to_vec(),
            finding: found.finding,
        }
    }
}
