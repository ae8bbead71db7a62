//! The append-only log of one workspace: durable before acknowledged, tamper-evident from the first
//! entry on, and checked whenever it is read back.
//!
//! - [`Sealed`] is an event as it travels, with the one hash that its leaf, its device's chain and its
//!   signature share. [`DeviceKey`] and [`PublicKey`] make and check those signatures.
//! - [`Ledger`] is the small trait that everything above is written against: append a batch at an
//!   expected size, read a range, read the head, follow the tail. [`MemoryLedger`] and [`SledLedger`]
//!   implement it, and one conformance suite judges both.
//! - [`envelope`] and [`merkle`] are the RFC 6962 tree over the entries, [`checkpoint`] its signed head,
//!   [`tlog_proof`] a proof as a file, [`tiles`] the tree as static files, [`fingerprint`] a head to say.
//! - [`exported`] is the whole log as a file of lines.
//! - [`walk`] goes through a log on all cores.
//! - [`Derived`] keeps what can be rebuilt from the entries (snapshots, [`Index`]) and may be deleted.
//!
//! This crate knows no OKR, no network and no protobuf: bodies are bytes, ids are 16 bytes, times are
//! milliseconds since the Unix epoch in UTC. Every format that it writes is specified byte for byte in
//! `docs/format.md` and frozen by golden files.

pub mod checkpoint;
pub mod claims;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod derived;
pub mod envelope;
pub mod exported;
mod fingerprint;
mod frame;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod hex;
mod index;
mod key;
mod ledger;
mod memory;
pub mod merkle;
mod seal;
mod space;
mod store;
#[cfg(test)]
mod testing;
pub mod tiles;
pub mod tlog_proof;
mod verifier_key;
mod verify;
mod walk;

pub use checkpoint::Checkpoint;
pub use derived::{Blob, Derived};
pub use fingerprint::fingerprint;
pub use hex::hex;
pub use index::{Index, SubjectId, position_at};
pub use key::{DeviceKey, PublicKey, Signature};
pub use ledger::{
    Appended, Entry, Head, Ledger, LedgerError, MAX_BODY, NewEntry, Remains, leaf_hashes,
};
pub use memory::MemoryLedger;
pub use merkle::Frontier;
pub use seal::{DeviceId, EventId, Hash, Salt, Seal, Sealed, WorkspaceId};
pub use space::free_space;
pub use store::{Loss, Options, Salvaged, SledLedger, Watch, Written, salvage};
pub use verifier_key::{VerifierKey, VerifierKeyError};
pub use verify::{Signed, verify_batch};
pub use walk::{Broken, Walked, walk};
