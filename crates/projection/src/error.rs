//! What can go wrong between the log and the state.

use quarterdeck_ledger::LedgerError;
use quarterdeck_proto::DecodeError;

/// Why the log could not be folded.
#[derive(Debug, thiserror::Error)]
pub enum ProjectionError {
    /// The log cannot be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// An entry of the log is no event.
    #[error("entry {seq} of the log cannot be read: {source}")]
    Entry {
        /// Its position.
        seq: u64,
        /// Why.
        source: DecodeError,
    },
}
