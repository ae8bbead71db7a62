//! What a device needs of a server, and nothing of how it is reached.
//!
//! A call that fails leaves the device as it was: everything can be asked again.

use std::future::Future;
use std::pin::Pin;

use quarterdeck_core::id::{DeviceId, MemberId, WorkspaceId};
use quarterdeck_core::refusal::Refusal;
use quarterdeck_ledger::{Hash, PublicKey, Sealed, Signature};
use tokio_stream::Stream;

use crate::identity::Secret;

/// A server that keeps the log of the workspace.
pub trait Remote: Sync {
    /// Uses a token from now on.
    fn set_token(&mut self, token: Secret<String>);

    /// Asks for a batch of whole commands to be recorded.
    fn push(&self, batch: Vec<Sealed>) -> impl Future<Output = Result<Answer, RemoteError>> + Send;

    /// Asks for the log from a position on (from 1), up to its present head.
    fn pull(&self, from: u64) -> impl Future<Output = Result<Chunks, RemoteError>> + Send;

    /// Asks for the log from a position on, and then for what is recorded from now on.
    fn watch(&self, from: u64) -> impl Future<Output = Result<Chunks, RemoteError>> + Send;

    /// Asks for the log's signed head.
    fn checkpoint(&self) -> impl Future<Output = Result<String, RemoteError>> + Send;

    /// Asks for the proof that the log of `new` entries continues that of `old`.
    fn consistency(
        &self,
        old: u64,
        new: u64,
    ) -> impl Future<Output = Result<Vec<Hash>, RemoteError>> + Send;

    /// Gives back a piece of the log that the server has lost. A server that knows of no such thing takes
    /// nothing.
    fn give_back(
        &self,
        piece: Piece,
    ) -> impl Future<Output = Result<GivenBack, RemoteError>> + Send {
        drop(piece);
        std::future::ready(Ok(GivenBack::NotHeld))
    }

    /// Redeems an invitation for a new device.
    fn join(&self, asked: JoinRequest) -> impl Future<Output = Result<Joined, RemoteError>> + Send;

    /// Asks for a copied folder to become a device of its own.
    fn add_device(
        &self,
        asked: DeviceRequest,
    ) -> impl Future<Output = Result<Secret<String>, RemoteError>> + Send;

    /// Asks for the device's next token.
    fn renew_token(&self) -> impl Future<Output = Result<Renewed, RemoteError>> + Send {
        async {
            let what = "it gives no new tokens";
            Err(RemoteError::Protocol(what.to_owned()))
        }
    }

    /// Offers a workspace that has no server yet.
    fn host(&self, asked: HostRequest) -> impl Future<Output = Result<Hosted, RemoteError>> + Send;
}

/// The chunks of a pull or a watch, in order.
pub type Chunks = Pin<Box<dyn Stream<Item = Result<Chunk, RemoteError>> + Send>>;

/// A piece of the log as a server sent it: nothing in it has been checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chunk {
    /// The entries, in order.
    pub entries: Vec<Received>,
    /// The size of the server's log when it sent this.
    pub head: u64,
    /// The signed head right after these entries, where the server gave one.
    pub checkpoint: Option<String>,
}

/// An entry as a server sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Its position, from 1.
    pub seq: u64,
    /// When it was recorded, in milliseconds since the Unix epoch.
    pub recorded: u64,
    /// The event.
    pub sealed: Sealed,
}

/// A piece of the log for a server that has lost it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Whole commands as they were recorded, in order.
    pub entries: Vec<Received>,
    /// A head that the server signed, of at least as many entries.
    pub checkpoint: String,
    /// The proof that the log up to the last of the entries is the beginning of that head's.
    pub proof: Vec<Hash>,
}

/// What became of a piece that was given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GivenBack {
    /// It is on the server's disk.
    Taken {
        /// The size of the server's log now.
        head: u64,
        /// How many of the entries were new to it.
        taken: u64,
    },
    /// The server records new events, and takes nothing back.
    NotHeld,
}

/// Why a server that can be read records nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// It was restored from a backup, and waits for its operator.
    Held,
    /// Its store of the workspace is damaged.
    Damaged,
}

impl Closed {
    /// The word for it in answers.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Damaged => "damaged",
        }
    }
}

/// What a server says of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// One outcome per event, in order, up to the first refusal.
    pub outcomes: Vec<Outcome>,
    /// The size of the server's log after it.
    pub head: u64,
}

/// What became of one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is recorded now, at this position.
    Recorded(u64),
    /// It was recorded before, at this position.
    Already(u64),
    /// It is not recorded, and neither is any event of its command.
    Refused(Refusal),
}

/// What a new device shows to be let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinRequest {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The new device.
    pub device: DeviceRequest,
    /// The invitation's public key.
    pub invitation: PublicKey,
}

/// A new device with what certifies it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceRequest {
    /// Its id.
    pub device: DeviceId,
    /// Its key.
    pub key: PublicKey,
    /// What its owner calls it.
    pub name: String,
    /// The signature of the invitation, or of the device that it was copied from.
    pub certificate: Signature,
}

/// What a device learns when it is let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// Its token.
    pub token: Secret<String>,
    /// Whose device it is.
    pub member: MemberId,
    /// The workspace's name.
    pub workspace_name: String,
    /// Hash of the log's first event.
    pub genesis: Hash,
    /// The key that signs checkpoints.
    pub authority: PublicKey,
}

/// A device's next token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renewed {
    /// The token.
    pub token: Secret<String>,
    /// When it lapses, in milliseconds since the Unix epoch.
    pub expires_ms: u64,
}

/// What a device shows that offers its workspace to a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostRequest {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// Its name.
    pub workspace_name: String,
    /// The device that offers it.
    pub device: DeviceId,
    /// That device's key.
    pub key: PublicKey,
    /// Whose device it is.
    pub member: MemberId,
    /// The public key of the hosting invitation.
    pub invitation: PublicKey,
    /// The invitation's signature over workspace, device and key.
    pub certificate: Signature,
}

/// What the server that takes a workspace answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hosted {
    /// The device's token.
    pub token: Secret<String>,
    /// The server's device for this workspace.
    pub device: DeviceId,
    /// Its key.
    pub key: PublicKey,
    /// What the server is called.
    pub name: String,
}

/// Why a call came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RemoteError {
    /// The server is out of reach, or went away in the middle.
    #[error("the server cannot be reached: {0}; local work is kept, sync again later")]
    Unreachable(String),
    /// The server would not do it.
    #[error(transparent)]
    Refused(Refusal),
    /// The server records nothing at present, and says why.
    #[error("{message}")]
    Closed {
        /// Why.
        why: Closed,
        /// In the server's words.
        message: String,
        /// What to do.
        hint: Option<String>,
    },
    /// The server's log ends before what this device has seen of it.
    #[error("the server's log is shorter than it was: {0}")]
    Behind(String),
    /// The server's certificate is not the one of the invitation.
    #[error(
        "the server at {address} shows another certificate than the invitation names: it was replaced, or somebody is in between; ask whoever runs the server"
    )]
    OtherCertificate {
        /// Host and port.
        address: String,
    },
    /// The server said something that this version does not understand.
    #[error("the server's answer cannot be understood: {0}; one of the two may need an update")]
    Protocol(String),
}
