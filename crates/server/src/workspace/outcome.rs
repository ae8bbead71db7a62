//! What becomes of what is handed to a workspace's writer.

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::id::EventId;
use quarterdeck_core::refusal::Refusal;
use quarterdeck_ledger::LedgerError;
use quarterdeck_proto::Reason;

use crate::error::ServerError;

/// What became of one pushed event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is in the log now.
    Recorded(Place),
    /// It was in the log already: this push repeats it.
    AlreadyRecorded(Place),
    /// Its whole command is refused, and what followed it in the push was not looked at.
    Refused(Refusal),
}

/// Where an event stands in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) seq: u64,
    pub(crate) recorded: Timestamp,
}

/// What became of one push.
#[derive(Debug, Clone)]
pub(crate) struct Pushed {
    /// One outcome an event; a refusal is the last one and stands at its command's first event.
    pub(crate) outcomes: Vec<Outcome>,
    /// The log's size afterwards.
    pub(crate) head: u64,
}

/// An event that the server authored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Authored {
    pub(crate) id: EventId,
    pub(crate) kind: &'static str,
    pub(crate) place: Place,
}

/// Nothing can be recorded at present. Nothing was acknowledged, and nothing was lost.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Unavailable {
    /// What is wrong.
    pub message: String,
    /// Whether it is for want of disk space.
    pub disk_full: bool,
    /// Why nothing is recorded for longer, where the workspace is held or its store is damaged.
    pub closed: Option<Reason>,
}

impl Unavailable {
    /// What clients are told: the operator finds the error itself, with its paths, in the log.
    pub(crate) fn of(error: &LedgerError) -> Self {
        let disk_full = matches!(error, LedgerError::DiskFull { .. });
        let why = if disk_full {
            "its disk is full. Try again when its operator has made room"
        } else {
            "its log cannot be written. Its operator finds the reason in its log file"
        };
        let message = format!("The server can record nothing at present: {why}. Nothing was lost.");
        Self {
            message,
            disk_full,
            closed: None,
        }
    }

    pub(crate) fn moved() -> Self {
        let message = "The server can record nothing until it is restarted. Nothing was lost.";
        Self {
            message: message.to_owned(),
            disk_full: false,
            closed: None,
        }
    }

    pub(super) fn closed(reason: Reason, message: &str) -> Self {
        Self {
            message: message.to_owned(),
            disk_full: false,
            closed: Some(reason),
        }
    }

    pub(crate) fn stopping() -> Self {
        Self {
            message: "The server is stopping; try again in a moment.".into(),
            disk_full: false,
            closed: None,
        }
    }
}

/// Why the server did not author what was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum NotAuthored {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl From<NotAuthored> for ServerError {
    fn from(error: NotAuthored) -> Self {
        match error {
            NotAuthored::Refused(refusal) => refusal.into(),
            NotAuthored::Unavailable(error) => error.into(),
        }
    }
}
