//! What stands on the wire, as values of this crate and back.

use quarterdeck_core::refusal::{Code, Refusal};
use quarterdeck_ledger::Sealed;
use quarterdeck_proto::{Reason, code_of_reason, v1};
use tonic::Status;
use tonic_types::StatusExt;

use super::root_cause;
use crate::remote::{Chunk, Closed, Outcome, Received, RemoteError};

pub(super) fn protocol(what: &str) -> RemoteError {
    RemoteError::Protocol(what.to_owned())
}

pub(super) fn fixed<const N: usize>(bytes: &[u8], field: &str) -> Result<[u8; N], RemoteError> {
    bytes
        .try_into()
        .map_err(|_| protocol(&format!("its {field} has {} bytes, not {N}", bytes.len())))
}

pub(super) fn write_sealed(sealed: Sealed) -> v1::SealedEvent {
    quarterdeck_projection::to_wire(sealed).into()
}

pub(super) fn read_chunk(
    entries: Vec<v1::Entry>,
    head: u64,
    checkpoint: Option<v1::Checkpoint>,
) -> Result<Chunk, RemoteError> {
    let entries = entries.into_iter().map(|entry| {
        let sealed = entry
            .event
            .ok_or_else(|| protocol("an entry has no event"))?;
        let sealed = quarterdeck_proto::Sealed::try_from(sealed)
            .map_err(|error| protocol(&format!("entry {}: {error}", entry.seq)))?;
        Ok(Received {
            seq: entry.seq,
            recorded: entry.recorded_ms,
            sealed: quarterdeck_projection::from_wire(sealed),
        })
    });
    Ok(Chunk {
        entries: entries.collect::<Result<_, RemoteError>>()?,
        head,
        checkpoint: checkpoint.map(|checkpoint| checkpoint.note),
    })
}

pub(super) fn read_outcome(outcome: v1::EventOutcome) -> Result<Outcome, RemoteError> {
    use v1::event_outcome::Outcome as Wire;
    match outcome.outcome {
        Some(Wire::Recorded(recorded)) => Ok(Outcome::Recorded(recorded.seq)),
        Some(Wire::AlreadyRecorded(recorded)) => Ok(Outcome::Already(recorded.seq)),
        Some(Wire::Refused(refusal)) => Ok(Outcome::Refused(refusal.into())),
        None => Err(protocol(
            "an event got an outcome that this version does not know",
        )),
    }
}

pub(super) fn reason_of(status: &Status) -> Option<Reason> {
    Reason::from_word(&status.get_details_error_info()?.reason)
}

/// What a failed call means.
pub(super) fn read_status(address: &str, status: &Status) -> RemoteError {
    let closed = match reason_of(status) {
        Some(Reason::HeldAfterRestore) => Some(Closed::Held),
        Some(Reason::Damaged) => Some(Closed::Damaged),
        _ => None,
    };
    if let Some(why) = closed {
        let hint = status
            .get_details_error_info()
            .and_then(|info| info.metadata.get("hint").cloned());
        return RemoteError::Closed {
            why,
            message: status.message().to_owned(),
            hint,
        };
    }
    let reason = status.get_details_error_info().and_then(|info| {
        let hint = info.metadata.get("hint").cloned();
        code_of_reason(&info.reason).map(|code| (code, hint))
    });
    if let Some((code, hint)) = reason {
        let mut refusal = Refusal::new(code, status.message());
        refusal.hint = hint;
        return RemoteError::Refused(refusal);
    }
    let refused =
        |code, hint: &str| RemoteError::Refused(Refusal::new(code, status.message()).hint(hint));
    match status.code() {
        tonic::Code::Unauthenticated => refused(
            Code::WrongAuthor,
            "this device's token has lapsed or was revoked: ask an owner for an invitation and join again; unsent work is kept",
        ),
        tonic::Code::PermissionDenied => refused(Code::Forbidden, "ask an owner of the workspace"),
        tonic::Code::NotFound => {
            refused(Code::NotFound, "check the invitation, or ask for a new one")
        }
        tonic::Code::InvalidArgument | tonic::Code::FailedPrecondition => refused(
            Code::Invalid,
            "if this comes again, one of the two may need an update",
        ),
        tonic::Code::OutOfRange => RemoteError::Behind(status.message().to_owned()),
        tonic::Code::Unimplemented | tonic::Code::DataLoss => {
            protocol(&format!("{address}: {}", status.message()))
        }
        // A server that is busy, stopping or gone: all of it can be tried again.
        _ => {
            let source = std::error::Error::source(status).map(root_cause);
            let what = source.unwrap_or_else(|| status.message().to_owned());
            RemoteError::Unreachable(format!("{address}: {what}"))
        }
    }
}
