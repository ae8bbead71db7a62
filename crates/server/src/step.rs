//! How far the server has come with what it was handed.
//!
//! [`crate::World::watched`] is told at each step, so that a test can end the process there and show that
//! nothing between receipt and acknowledgement loses or doubles anything.

use quarterdeck_ledger::Written;

/// How far the server has come with what it was handed, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// A pushed batch has arrived.
    Received,
    /// It was judged, and what is accepted is part of the next append.
    Judged,
    /// The append begins.
    Appending,
    /// Older entries moved into frames; not every append does that.
    FramesWritten,
    /// The record that makes the append part of the log is handed to the store.
    RecordWritten,
    /// All of it is on the disk.
    Flushed,
    /// The ledger's high-water mark is written.
    Marked,
    /// The ledger says that it is recorded.
    Appended,
    /// Readers and watchers see it.
    Published,
    /// The answer to a pushed batch goes out.
    Answering,
}

impl Step {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Received,
        Self::Judged,
        Self::Appending,
        Self::FramesWritten,
        Self::RecordWritten,
        Self::Flushed,
        Self::Marked,
        Self::Appended,
        Self::Published,
        Self::Answering,
    ];
}

impl From<Written> for Step {
    fn from(written: Written) -> Self {
        match written {
            Written::Frames => Self::FramesWritten,
            Written::Record => Self::RecordWritten,
            Written::Flushed => Self::Flushed,
            Written::Mark => Self::Marked,
        }
    }
}
