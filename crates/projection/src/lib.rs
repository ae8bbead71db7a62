//! From the log to the state: now, at any past moment, and of one thing alone.
//!
//! There is one fold, core's, and folding a long log takes seconds. This crate keeps what makes the
//! answer quick, beside the log and derived from it:
//!
//! ```text
//!            log   ├────────┬────────┬────────┬────────┬────────┬───▶
//!      snapshots            ▪        ▪        ▪        ▪        ▪        every 2,048 entries or so;
//!                                                                        each keeps what changed
//!       postings   [        run of runs       ][ run   ][ run   ] tail   which entries touch what
//! ```
//!
//! - **The state at a moment** is the nearest snapshot before it, and a fold from there.
//! - **The entries about a thing** are found by the postings, without a look at any other entry.
//!
//! Guarantees:
//! - **Derived.** All of it can be deleted, cut short, altered or left over from another log at any
//!   time: it is then made again from the log, and costs time alone.
//! - **Bound to its log.** A snapshot counts only if the log's own root comes out when the entries
//!   after it are added to the edge of the tree that it keeps.
//! - **Never quietly wrong.** Every byte that is read back stands under a checksum. Where one does
//!   not come out after an answer has begun, [`Health`] says so, and the answer must not be let out.
//!
//! Both sides use it: a device's replica and a server's workspace.

pub mod erasures;
mod error;
mod folded;
mod horizon;
mod kept;
mod pack;
mod past;
mod postings;
mod projection;
mod sealed;
mod snapshots;

pub use error::ProjectionError;
pub use folded::{Folded, read_entry};
pub use horizon::Horizon;
pub use kept::Kept;
pub use pack::Health;
pub use past::read_each;
pub use projection::Projection;
pub use sealed::{from_wire, to_wire};

/// How much of the log is read at once.
const READ_ENTRIES: usize = 4_096;
const READ_BYTES: usize = 4 << 20;
