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
//! - **Backed up while it serves**, into one file that restores a server and is verified on the way
//!   ([`restore`], [`check`]); a workspace that was set back takes back what machines still hold.
//! - **Damage stays where it is**: one damaged log keeps no other from being served, and is itself served
//!   up to the damage, to be read alone.
//! - **Stops cleanly**: what was acknowledged is finished, streams end with a word.

mod access;
mod address;
mod admin;
mod auth;
mod backup;
mod certificate;
mod connection;
mod data;
mod error;
mod examine;
mod files;
mod format;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod incidents;
mod limits;
mod lookup;
mod metrics;
mod page;
mod readiness;
mod rpc;
mod serve;
mod server;
mod settings;
mod shared;
mod shares;
mod status;
mod step;
mod tls;
mod upgrade;
mod workspace;
mod world;

pub use address::{Address, Invitation};
pub use admin::{Connection, Health, InviteMember, NewWorkspace, connect, health_at, health_of};
pub use backup::{BackedUp, Found, Source, check, restore};
pub use certificate::holds_until;
pub use error::ServerError;
pub use examine::{Examined, examine};
pub use format::FORMAT;
pub use limits::Limits;
pub use page::{PageListener, PageUrl};
pub use serve::serve;
pub use server::{Admin, First, ServeOptions, Server, init};
pub use step::Step;
pub use tls::TlsFiles;
pub use upgrade::{UpgradeStep, Upgraded, upgrade};
pub use workspace::Unavailable;
pub use world::World;
