//! What a broken server, disk or device would do, so that the checks can be seen to find it.

/// One way of being broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sabotage {
    /// The disk acknowledges an append that it has not written: a crash loses the last one.
    AcknowledgesUnwritten,
    /// The disk gives back a log that misses an entry in the middle, after a restart.
    LosesAnEntry,
    /// The disk writes the last entry of a batch twice.
    WritesTwice,
    /// The server answers a repeated push as if it were the first, with a new position.
    AnswersRepeatsAnew,
    /// The server says that it recorded what it left out.
    AcknowledgesUnrecorded,
    /// The server tells readers of a log that is shorter than what it acknowledged.
    TellsOldHeads,
    /// A device forgets what waits in its outbox.
    ForgetsOutbox,
    /// A device shows a state that is not that of the log.
    ShowsAnotherState,
}

impl Sabotage {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::AcknowledgesUnwritten,
        Self::LosesAnEntry,
        Self::WritesTwice,
        Self::AnswersRepeatsAnew,
        Self::AcknowledgesUnrecorded,
        Self::TellsOldHeads,
        Self::ForgetsOutbox,
        Self::ShowsAnotherState,
    ];
}
