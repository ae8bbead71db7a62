//! From refusals and errors to gRPC's statuses, with `google.rpc` details: an `ErrorInfo` whose
//! reason programs can rely on and whose metadata holds the hint, and a `BadRequest` naming the
//! field where one is at fault. Nothing here tells a client of paths or of what it may not see.

use std::collections::HashMap;
use std::time::Duration;

use quarterdeck_core::refusal::{Code as Why, Refusal};
use quarterdeck_proto::{Reason, reason_of_code};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

use crate::error::ServerError;
use crate::workspace::{NotAuthored, Unavailable};

/// The domain of every `ErrorInfo` made here.
pub(crate) const DOMAIN: &str = "quarterdeck";

/// After what time a client may well try again, when nothing can be recorded or too much is asked.
const RETRY: Duration = Duration::from_secs(5);

/// A status with an `ErrorInfo`. An empty hint is left out.
pub(crate) fn status(code: Code, reason: &str, message: impl Into<String>, hint: &str) -> Status {
    Status::with_error_details(code, message, info(reason, hint))
}

/// A value of the request that will not do.
pub(crate) fn invalid(field: &str, what: impl Into<String>) -> Status {
    let what = what.into();
    let mut details = info("INVALID", "");
    details.add_bad_request_violation(field, what.clone());
    Status::with_error_details(Code::InvalidArgument, format!("{field}: {what}"), details)
}

/// The caller is to slow down.
pub(crate) fn too_many(reason: &str, message: &str) -> Status {
    let mut details = info(reason, "");
    details.set_retry_info(Some(RETRY));
    Status::with_error_details(Code::ResourceExhausted, message, details)
}

fn info(reason: &str, hint: &str) -> ErrorDetails {
    let mut metadata = HashMap::new();
    if !hint.is_empty() {
        metadata.insert("hint".to_owned(), hint.to_owned());
    }
    ErrorDetails::with_error_info(reason, DOMAIN, metadata)
}

pub(crate) fn refused(refusal: &Refusal) -> Status {
    let code = match refusal.code {
        Why::NotFound => Code::NotFound,
        Why::AlreadyExists => Code::AlreadyExists,
        Why::Invalid | Why::TooLarge | Why::BrokenCommand | Why::Malformed => Code::InvalidArgument,
        Why::Forbidden
        | Why::WrongWorkspace
        | Why::WrongAuthor
        | Why::UnknownDevice
        | Why::DeviceRevoked
        | Why::BadSignature => Code::PermissionDenied,
        Why::NotLive
        | Why::Closed
        | Why::NothingToChange
        | Why::NotUndoable
        | Why::Gap
        | Why::Forked
        | Why::FarFuture
        | Why::DependsOnRefused => Code::FailedPrecondition,
    };
    let hint = refusal.hint.as_deref().unwrap_or_default();
    status(
        code,
        reason_of_code(refusal.code),
        refusal.message.clone(),
        hint,
    )
}

/// What a client hears of an error.
impl From<ServerError> for Status {
    fn from(error: ServerError) -> Self {
        failed(&error, false)
    }
}

pub(crate) fn unavailable(error: &Unavailable) -> Status {
    let (reason, hint) = match (error.closed, error.disk_full) {
        (Some(Reason::HeldAfterRestore), _) => (
            Reason::HeldAfterRestore.word(),
            "let every machine sync, so that the server has back what it lost; then its operator says \
             okrd workspace resume",
        ),
        (Some(closed), _) => (
            closed.word(),
            "tell the server's operator; work goes on here meanwhile",
        ),
        (None, true) => ("DISK_FULL", ""),
        (None, false) => ("UNAVAILABLE", ""),
    };
    let mut details = info(reason, hint);
    details.set_retry_info(Some(RETRY));
    Status::with_error_details(Code::Unavailable, error.message.clone(), details)
}

pub(crate) fn not_authored(error: &NotAuthored) -> Status {
    match error {
        NotAuthored::Refused(refusal) => refused(refusal),
        NotAuthored::Unavailable(error) => unavailable(error),
    }
}

/// What an operator is told in full, a client hears of only as far as it concerns them.
pub(crate) fn failed(error: &ServerError, operator: bool) -> Status {
    match error {
        ServerError::Refused(refusal) => refused(refusal),
        ServerError::Unavailable(error) => unavailable(error),
        ServerError::UnknownWorkspace { .. } => {
            status(Code::NotFound, "NOT_FOUND", error.to_string(), "")
        }
        ServerError::BadAddress { .. } => {
            status(Code::InvalidArgument, "INVALID", error.to_string(), "")
        }
        _ => {
            tracing::error!(%error, "a call failed");
            let message = if operator {
                error.to_string()
            } else {
                "The server could not do this; its operator finds the reason in its log.".to_owned()
            };
            status(Code::Internal, "INTERNAL", message, "")
        }
    }
}
