//! A server and several devices, the real ones, on a simulated network, disk and clock: everything that
//! happens in a run follows from one seed, so a fault that was met once is met again.
//!
//! ```text
//! seed ──▶ who takes part, how often each fault happens, what people do, how long messages take
//!      ──▶ the run: okrd's service stack · replicas in real folders · gRPC ── faults ──▶ all is healed
//!      ──▶ the checks: one order, nothing lost, the same bytes everywhere
//! ```
//!
//! - [`run`] plays one seed; [`soak()`] many.
//! - [`check`] judges what happened and what is there in the end. It knows nothing of how either came about.
//! - [`Sabotage`] breaks server, disk or device on purpose, so that the checks can be seen to find it.
//!
//! What is real: the server from its gRPC services down to its writer, the client, the replica with its
//! store, outbox and shelf, HTTP/2. What is simulated: the network below HTTP/2, the server's disk below the
//! `Ledger` trait, clocks, randomness. There are no threads in a run, and no TLS.

mod chance;
pub mod check;
mod device;
mod disk;
mod faults;
pub mod history;
mod mix;
mod network;
mod panics;
mod remote;
mod run;
mod sabotage;
mod server;
mod soak;
mod stage;
mod thin;
mod work;

pub use chance::Chance;
pub use run::{Outcome, Violation, run};
pub use sabotage::Sabotage;
pub use soak::{Soaked, soak};
