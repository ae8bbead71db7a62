//! What can go wrong with running a server. Refused requests are no errors: see
//! [`quarterdeck_core::refusal`] and the outcomes of a push.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use quarterdeck_core::id::WorkspaceId;
use quarterdeck_core::refusal::Refusal;
use quarterdeck_ledger::LedgerError;

/// Why a server could not be set up, opened or run. Each says what, where and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServerError {
    /// Another process has the data folder.
    #[error("{} is in use by another okrd; stop it first, or choose another folder with --data", path.display())]
    Locked {
        /// The data folder.
        path: PathBuf,
    },
    /// There is no server's data in the folder.
    #[error("{} holds no server's data; set one up with: okrd init --data {0} --workspace NAME --owner MEMBER --url HOST:PORT", path.display())]
    NotInitialised {
        /// The folder.
        path: PathBuf,
    },
    /// There is a server's data in the folder already.
    #[error("{} holds a server's data already; begin another workspace in it with: okrd workspace new", path.display())]
    AlreadyInitialised {
        /// The folder.
        path: PathBuf,
    },
    /// The data folder has a form that came after this okrd.
    #[error("{} has format {format}, and this okrd knows {} at most: it was made by a newer okrd; run that one", path.display(), crate::format::FORMAT)]
    NewerFormat {
        /// The data folder.
        path: PathBuf,
        /// The form that it has.
        format: u32,
    },
    /// The data folder has a form that this okrd has replaced.
    #[error("{} has format {format}, and this okrd serves {}: upgrade it first, which makes a backup, with: okrd upgrade --data {0}", path.display(), crate::format::FORMAT)]
    OlderFormat {
        /// The data folder.
        path: PathBuf,
        /// The form that it has.
        format: u32,
    },
    /// A file of the server is not what it should be.
    #[error("{} cannot be used: {what}; put it right, or restore it from a backup", path.display())]
    BadFile {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// A host and port that is none.
    #[error("'{text}' is no address; write HOST:PORT, such as okr.example.com:7443 or 127.0.0.1:0")]
    BadAddress {
        /// What was given.
        text: String,
    },
    /// What browsers shall reach pages at is no such address.
    #[error(
        "'{text}' is no address for browsers; write http:// or https:// and HOST or HOST:PORT, such as https://okr.example.com"
    )]
    BadPageUrl {
        /// What was given.
        text: String,
    },
    /// Plain text would leave this machine.
    #[error(
        "{address} is not a loopback address, and there is no certificate to serve it with; give --tls-cert and --tls-key, or --insecure-plaintext where something in front of okrd does TLS"
    )]
    Plaintext {
        /// The address it was to listen on.
        address: SocketAddr,
    },
    /// The certificate or its key does not serve.
    #[error("the certificate cannot be used: {what}; see docs/operations.md for what it takes")]
    Certificate {
        /// What is wrong with it.
        what: String,
    },
    /// No workspace of that name or id.
    #[error("there is no workspace '{name}' on this server; see: okrd workspace list")]
    UnknownWorkspace {
        /// What was asked for.
        name: String,
    },
    /// A log does not come to the root that it says it has.
    #[error(
        "the log of workspace {workspace} does not agree with its own root: entries were altered; keep a copy of the data folder, then restore it from a backup"
    )]
    RootDiffers {
        /// The workspace.
        workspace: WorkspaceId,
    },
    /// A backup would hold what remains of an entry, and not the event that vouches for it.
    #[error(
        "texts of entry {seq} of workspace {workspace} were erased while its log was written; nothing is wrong: make the backup again"
    )]
    ErasedMeanwhile {
        /// The workspace.
        workspace: WorkspaceId,
        /// The entry.
        seq: u64,
    },
    /// An entry holds no event.
    #[error(
        "entry {seq} of workspace {workspace} cannot be read: {what}; a newer okrd may have written it: use that one, or restore the workspace from a backup"
    )]
    Unreadable {
        /// The workspace.
        workspace: WorkspaceId,
        /// The entry's position.
        seq: u64,
        /// What is wrong with it.
        what: String,
    },
    /// A line of a backup does not hold.
    #[error("{} is no backup to rely on: line {line}: {what}; nothing was put in place: use another backup", path.display())]
    Backup {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What about it.
        what: String,
    },
    /// A backup without keys cannot make a server.
    #[error("{} holds no keys: it was made with --public; use one that was made without, or put one workspace back with: okrd workspace restore", path.display())]
    NoKeys {
        /// The file.
        path: PathBuf,
    },
    /// A backup holds another workspace than the one that is to be put back.
    #[error("{} holds no log of workspace {workspace}; nothing was put in place", path.display())]
    NotInBackup {
        /// The file.
        path: PathBuf,
        /// The workspace.
        workspace: WorkspaceId,
    },
    /// A backup goes into a folder of its own.
    #[error("{} is not empty; restore into a new folder, then let okrd serve that", path.display())]
    Occupied {
        /// The folder.
        path: PathBuf,
    },
    /// The log's store.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The domain's rules.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Nothing is recorded at present.
    #[error(transparent)]
    Unavailable(#[from] crate::workspace::Unavailable),
    /// A file or a socket.
    #[error("could not {doing} {}: {source}", path.display())]
    Io {
        /// What was being done.
        doing: &'static str,
        /// To what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The descriptions of the services that reflection serves.
    #[error(
        "the descriptions of the services cannot be used: {0}; this is a mistake in okrd, please report it"
    )]
    Reflection(String),
    /// A page could not be made.
    #[error("a page could not be made: {0}; this is a mistake in okrd, please report it")]
    Page(String),
    /// A running okrd could not be asked.
    #[error("{} is in use by a running okrd that cannot be reached through its admin.sock: {what}; stop it, or run the command as the user that it runs as", path.display())]
    Unreachable {
        /// The data folder.
        path: PathBuf,
        /// What went wrong.
        what: String,
    },
    /// No okrd answers.
    #[error("no okrd answers at {at}: {what}; see its log, or start one with: okrd serve")]
    NotServing {
        /// The data folder or the address.
        at: String,
        /// What went wrong.
        what: String,
    },
    /// There is something where a backup was to be.
    #[error("{} is there already, and a backup replaces nothing; name a folder that is not there yet", path.display())]
    BackupExists {
        /// Where the backup was to be.
        path: PathBuf,
    },
    /// A copy does not fit.
    #[error("{} has {free} bytes of free space, and a copy of the data folder needs {needed}; make room, or name a place on another disk with --backup", path.display())]
    NoRoom {
        /// Where the copy was to be.
        path: PathBuf,
        /// Free space there.
        free: u64,
        /// What is needed.
        needed: u64,
    },
    /// The network listener.
    #[error("the server stopped: {0}")]
    Transport(#[from] tonic::transport::Error),
}

impl ServerError {
    pub(crate) fn io(doing: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io {
            doing,
            path: path.to_path_buf(),
            source,
        }
    }

    pub(crate) fn bad_file(path: &Path, what: impl ToString) -> Self {
        Self::BadFile {
            path: path.to_path_buf(),
            what: what.to_string(),
        }
    }
}
