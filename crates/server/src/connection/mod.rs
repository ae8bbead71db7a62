//! Clients' connections, and what strangers may take up with them.
//!
//! ```text
//! socket ──accept──▶ room for it? ──▶ handshake ──▶ Wire ──▶ HTTP/2 ──▶ bound ──▶ call
//!        (incoming)    (lines)                     (wire,              (bound,
//!                                                   frames)             waiting)
//! ```
//!
//! What it guarantees:
//! - **Room for everybody.** One address has a share of the connections, and whoever comes when all are taken
//!   gets the place of the one on which nothing was asked for longest.
//! - **Nothing is held for nothing.** A handshake or a first call that does not come, a connection on which
//!   nothing is asked, a message that does not end and an answer that nobody takes: each has its time, and
//!   then the connection is closed.
//! - **Memory has a bound.** What is held for clients that are slow is counted; beyond the limit, the
//!   one who has been slow for longest goes.
//! - **Frames that ask for nothing** are read only as fast as an honest client sends them.
//!
//! Nothing here knows what a call means. A token's limits are `auth.rs`'s and each call's own.

mod arriving;
mod bound;
mod fields;
mod frames;
mod incoming;
mod leaving;
mod line;
mod lines;
mod origin;
mod waiting;
mod wire;

pub(crate) use bound::bound;
pub(crate) use incoming::{OFFENCE, arrivals, watch_over};
pub(crate) use line::{Clock, Peer};
pub(crate) use lines::Lines;
pub(crate) use origin::Origin;
pub(crate) use waiting::Waiting;
