//! A device's replica and outbox, and how they are brought together with a server.
//!
//! ```text
//!              commit                     push
//!   command ───────────▶ outbox ─────────────────────────▶ server
//!                           │ refused        (planner)        │
//!                           ▼                                 │ pull, watch
//!                         shelf           confirmed ◀─────────┘
//!                                         (ledger, checked entry by entry, root compared)
//! ```
//!
//! - [`Replica`] is the folder of one device: the confirmed log, the outbox of what is not recorded
//!   yet, the shelf of what was refused. What a person sees is the fold of the confirmed entries, then of
//!   the outbox. It works with no server: then this device is the authority and records itself.
//! - [`planner`] says, without touching anything, what to send next and what a server's answer means
//!   for the outbox.
//! - [`engine`] carries that out against a [`Remote`]; [`grpc::Grpc`] is the one that talks to `okrd`.
//! - [`join`](fn@join::join), [`host`](fn@host::host) and [`fork`](fn@fork::new_device) let a device
//!   in, give a workspace to a server, and make a copied folder a device of its own.
//! - [`proof`] proves an entry, or that a head continues an earlier one, to whoever has the key; [`tiles`]
//!   writes the log as static files for other tools.
//! - [`exported`] writes the whole log to a file, and makes a copy to read in of such a file.
//! - [`repair`] fetches a damaged log anew, or writes what is readable of it to a file.
//!
//! Nothing here prints, reads the environment or looks at a clock; progress comes as values, time and
//! randomness are passed in.

pub mod amend;
mod chain;
mod check;
mod checkpoints;
mod closings;
mod command;
pub mod engine;
mod error;
mod evidence;
pub mod exported;
mod files;
pub mod fork;
mod framed;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
pub mod grpc;
mod head;
pub mod host;
pub mod identity;
mod intake;
pub mod invite;
pub mod join;
mod lock;
mod outbox;
pub mod planner;
pub mod proof;
mod random;
mod record;
pub mod remote;
mod renewal;
pub mod repair;
pub mod replica;
mod shelf;
#[cfg(test)]
mod tests;
pub mod tiles;
mod tls;

pub use command::{Authored, PendingCommand};
pub use engine::{Agreed, Progress, Refused, Report, SyncError, compare, sync, watch};
pub use error::{CommitError, ReplicaError};
pub use files::make_dir as make_private_folder;
pub use identity::{Identity, RemoteAddress};
pub use invite::{Invite, ServerUrl};
pub use planner::Shelved;
pub use quarterdeck_projection::Health;
pub use random::{Ids, Random};
pub use remote::{Closed, Remote, RemoteError};
pub use replica::{AsOf, Logged, NewWorkspace, Options, Replica, ReplicaPast, Verified};
