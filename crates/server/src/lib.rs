//! `okrd`, the server of Quarterdeck, as a library: it orders the log of each workspace, keeps it
//! durably, and serves it over gRPC.
//!
//! - [`init`] sets a server up, with its first workspace and the invitation of that one's owner.
//! - [`serve`] runs it on a listener until it is told to stop; [`Server`] does the same in two
//!   steps, for those who want to administrate it in between or meanwhile.
//!
//! It has no OKR rule of its own: what an event means and whether it may be recorded is for
//! `quarterdeck-core` to say, how it is kept is for `quarterdeck-ledger`.
//!
//! What it guarantees:
//! - **Acknowledged means durable**, and nothing is acknowledged that failed.
//! - **One order**: one writer for each workspace; concurrent pushes share one flush.
//! - **Deny by default**: a call without a valid token reaches nothing but joining, hosting,
//!   health and reflection; a token sees its own workspace and nothing of any other.
//! - **Pages for browsers** are read-only, and opened by a link that a member's token asks for.
//! - **Stops cleanly**: what was acknowledged is finished, streams end with a word.

mod access;
mod address;
mod admin;
mod auth;
mod data;
mod error;
mod files;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod limits;
mod lookup;
mod metrics;
mod page;
mod rpc;
mod serve;
mod server;
mod settings;
mod shared;
mod status;
mod tls;
mod workspace;
mod world;

pub use address::{Address, Invitation};
pub use admin::{Connection, InviteMember, NewWorkspace, connect};
pub use error::ServerError;
pub use limits::Limits;
pub use page::{PageListener, PageUrl};
pub use serve::serve;
pub use server::{Admin, First, ServeOptions, Server, init};
pub use tls::TlsFiles;
pub use workspace::Unavailable;
pub use world::World;
