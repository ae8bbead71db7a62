//! Refusals on the wire: in the outcomes of a push, and as the reason of a failed call.

use quarterdeck_core::refusal::{Code, Refusal};

use crate::v1::{self, RefusalCode};

const PREFIX: &str = "REFUSAL_CODE_";

impl From<Code> for RefusalCode {
    fn from(code: Code) -> Self {
        match code {
            Code::NotFound => Self::NotFound,
            Code::Invalid => Self::Invalid,
            Code::Forbidden => Self::Forbidden,
            Code::NotLive => Self::NotLive,
            Code::Closed => Self::Closed,
            Code::AlreadyExists => Self::AlreadyExists,
            Code::NothingToChange => Self::NothingToChange,
            Code::NotUndoable => Self::NotUndoable,
            Code::WrongWorkspace => Self::WrongWorkspace,
            Code::WrongAuthor => Self::WrongAuthor,
            Code::UnknownDevice => Self::UnknownDevice,
            Code::DeviceRevoked => Self::DeviceRevoked,
            Code::Gap => Self::Gap,
            Code::Forked => Self::Forked,
            Code::BadSignature => Self::BadSignature,
            Code::FarFuture => Self::FarFuture,
            Code::TooLarge => Self::TooLarge,
            Code::BrokenCommand => Self::BrokenCommand,
            Code::Malformed => Self::Malformed,
            Code::DependsOnRefused => Self::DependsOnRefused,
        }
    }
}

/// The code as the reason of a `google.rpc.ErrorInfo`, such as `NOT_FOUND`.
#[must_use]
pub fn reason_of_code(code: Code) -> &'static str {
    let name = RefusalCode::from(code).as_str_name();
    name.strip_prefix(PREFIX).unwrap_or(name)
}

/// The gRPC status of a call that fails with this code.
#[must_use]
pub const fn grpc_code(code: Code) -> tonic::Code {
    match code {
        Code::NotFound => tonic::Code::NotFound,
        Code::AlreadyExists => tonic::Code::AlreadyExists,
        Code::Forbidden | Code::WrongAuthor | Code::UnknownDevice | Code::DeviceRevoked => {
            tonic::Code::PermissionDenied
        }
        // Not wrong in itself, but not possible as things stand.
        Code::NotLive
        | Code::Closed
        | Code::NothingToChange
        | Code::NotUndoable
        | Code::Gap
        | Code::Forked
        | Code::DependsOnRefused => tonic::Code::FailedPrecondition,
        // Wrong, however things stand.
        Code::Invalid
        | Code::WrongWorkspace
        | Code::BadSignature
        | Code::FarFuture
        | Code::TooLarge
        | Code::BrokenCommand
        | Code::Malformed => tonic::Code::InvalidArgument,
    }
}

/// The code that a `google.rpc.ErrorInfo` gives as its reason; none where a newer version wrote it.
#[must_use]
pub fn code_of_reason(reason: &str) -> Option<Code> {
    Code::ALL
        .iter()
        .copied()
        .find(|code| reason_of_code(*code) == reason)
}

impl From<Refusal> for v1::Refusal {
    fn from(refusal: Refusal) -> Self {
        Self {
            code: RefusalCode::from(refusal.code).into(),
            message: refusal.message,
            hint: refusal.hint.unwrap_or_default(),
            wanted_number: refusal.wanted.unwrap_or_default(),
        }
    }
}

impl From<v1::Refusal> for Refusal {
    /// A code of a newer version becomes [`Code::Invalid`]; its message still says what it means.
    fn from(refusal: v1::Refusal) -> Self {
        let known = Code::ALL.iter().copied();
        let code = known
            .into_iter()
            .find(|code| i32::from(RefusalCode::from(*code)) == refusal.code)
            .unwrap_or(Code::Invalid);
        Self {
            code,
            message: refusal.message,
            hint: Some(refusal.hint).filter(|hint| !hint.is_empty()),
            wanted: Some(refusal.wanted_number).filter(|number| *number > 0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_the_name_of_its_word() {
        for code in Code::ALL {
            let reason = reason_of_code(*code);
            assert_eq!(reason, code.word().to_uppercase());
            assert_eq!(code_of_reason(reason), Some(*code));
        }
        assert_eq!(code_of_reason("OF_A_NEWER_VERSION"), None);
    }

    #[test]
    fn refusals_round_trip() {
        for code in Code::ALL {
            let mut refusal = Refusal::new(*code, "No.").hint("Ask again.");
            refusal.wanted = (*code == Code::Gap).then_some(7);
            assert_eq!(Refusal::from(v1::Refusal::from(refusal.clone())), refusal);
        }
    }

    #[test]
    fn a_refusal_of_a_newer_version_keeps_its_message() {
        let wire = v1::Refusal {
            code: 9_999,
            message: "No.".into(),
            ..Default::default()
        };
        assert_eq!(Refusal::from(wire), Refusal::new(Code::Invalid, "No."));
    }
}
