//! Proofs that stand on their own: checked with the workspace's key alone, with no workspace and no server.
//!
//! - [`Replica::prove`](crate::Replica::prove) writes a C2SP `tlog-proof` of one entry: its leaf is in the
//!   tree of a signed head. Its `extra` holds all that a reader needs: the event itself, the rest of
//!   its command up to the device's signature, and the entries that say whose device it was, under
//!   which key, and what the things are called that it is about, each with a path of its own
//!   (`bundle`).
//! - [`Replica::prove_between`](crate::Replica::prove_between) proves that one head continues an earlier one.
//! - [`check()`] believes nothing but the key that it is given.
//!
//! Both are made from this replica's own entries; no server is asked.

pub(crate) mod bundle;
mod check;
mod make;

pub use check::{Continued, DeviceSigned, Proof, ProofFault, ProvenEntry, check};
pub use make::ProveError;
