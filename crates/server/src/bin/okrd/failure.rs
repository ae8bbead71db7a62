//! What an operator is told when a command could not do its work, and the exit code with it. The
//! codes are those of `okr`.

use quarterdeck_core::refusal::{Code as Why, Refusal};
use quarterdeck_server::ServerError;
use tonic::{Code, Status};
use tonic_types::StatusExt;

const NOT_FOUND: u8 = 3;
const UNREACHABLE: u8 = 4;
const REFUSED: u8 = 5;
pub(crate) const UNVERIFIED: u8 = 6;
pub(crate) const TROUBLE: u8 = 7;
const USAGE: u8 = 2;

/// Why a command could not do its work.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: u8,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
}

impl Failure {
    fn new(exit: u8, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            hint: None,
        }
    }

    /// This machine could not: disk, permissions, a port that is taken.
    pub(crate) fn trouble(message: impl Into<String>) -> Self {
        Self::new(TROUBLE, message)
    }

    /// What is wrong was said by the answer itself.
    pub(crate) const fn said(exit: u8) -> Self {
        Self {
            exit,
            message: String::new(),
            hint: None,
        }
    }

    /// The command line says something that cannot be meant.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(USAGE, message)
    }

    /// What was named does not exist.
    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(NOT_FOUND, message)
    }

    /// It may not be done.
    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self::new(REFUSED, message)
    }

    /// A history does not verify.
    pub(crate) fn unverified(message: impl Into<String>) -> Self {
        Self::new(UNVERIFIED, message)
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let exit = if refusal.code == Why::NotFound {
            NOT_FOUND
        } else {
            REFUSED
        };
        Self {
            exit,
            message: refusal.message,
            hint: refusal.hint,
        }
    }
}

impl From<ServerError> for Failure {
    fn from(error: ServerError) -> Self {
        let exit = match error {
            ServerError::Refused(refusal) => return refusal.into(),
            ServerError::NotInitialised { .. }
            | ServerError::UnknownWorkspace { .. }
            | ServerError::NotInBackup { .. } => NOT_FOUND,
            ServerError::BadAddress { .. } | ServerError::BadPageUrl { .. } => USAGE,
            ServerError::Plaintext { .. }
            | ServerError::AlreadyInitialised { .. }
            | ServerError::BackupExists { .. }
            | ServerError::NewerFormat { .. }
            | ServerError::NoKeys { .. }
            | ServerError::Occupied { .. }
            | ServerError::OlderFormat { .. } => REFUSED,
            ServerError::Locked { .. }
            | ServerError::NotServing { .. }
            | ServerError::Unreachable { .. } => UNREACHABLE,
            ServerError::RootDiffers { .. }
            | ServerError::Unreadable { .. }
            | ServerError::Backup { .. } => UNVERIFIED,
            ServerError::Ledger(ref error) if error.is_damage() => UNVERIFIED,
            _ => TROUBLE,
        };
        Self::new(exit, error.to_string())
    }
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        let exit = match status.code() {
            Code::NotFound => NOT_FOUND,
            Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled => UNREACHABLE,
            Code::Internal | Code::Unknown => TROUBLE,
            Code::DataLoss => UNVERIFIED,
            _ => REFUSED,
        };
        let hint = status
            .get_details_error_info()
            .and_then(|info| info.metadata.get("hint").cloned());
        Self {
            exit,
            message: status.message().to_owned(),
            hint,
        }
    }
}
