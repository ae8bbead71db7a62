//! Why a call failed for a reason that no event is to blame for: credentials, limits, storage.
//!
//! Together with the codes of refusals these are the reasons that a `google.rpc.ErrorInfo`
//! gives. The two share no word.

/// The domain of every `google.rpc.ErrorInfo` that a server sends.
pub const ERROR_DOMAIN: &str = "quarterdeck";

/// Why a call failed as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// No token came with the call, or one that the server never gave.
    TokenUnknown,
    /// The token has lapsed.
    TokenExpired,
    /// The token was revoked.
    TokenRevoked,
    /// The server never made this invitation, or its signature does not hold.
    InvitationUnknown,
    /// The invitation has lapsed.
    InvitationExpired,
    /// The invitation has let another device in.
    InvitationSpent,
    /// More calls, streams or failed attempts than the limits allow; later may do.
    RateLimited,
    /// The server's disk failed or is full. Nothing of the call was recorded.
    StoreFailed,
    /// The log holds damaged entries; the message says which.
    StoreDamaged,
    /// The server is about to stop; try again when it is back.
    ShuttingDown,
    /// The workspace was restored from a backup and records nothing until its operator says so. It
    /// takes back what devices hold beyond the backup.
    HeldAfterRestore,
    /// The workspace's store is damaged: it can be read as far as it is sound, and records nothing.
    Damaged,
    /// The workspace records, so it takes nothing back.
    NotHeld,
}

impl Reason {
    /// Every reason.
    pub const ALL: &'static [Self] = &[
        Self::TokenUnknown,
        Self::TokenExpired,
        Self::TokenRevoked,
        Self::InvitationUnknown,
        Self::InvitationExpired,
        Self::InvitationSpent,
        Self::RateLimited,
        Self::StoreFailed,
        Self::StoreDamaged,
        Self::ShuttingDown,
        Self::HeldAfterRestore,
        Self::Damaged,
        Self::NotHeld,
    ];

    /// The word on the wire.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::TokenUnknown => "TOKEN_UNKNOWN",
            Self::TokenExpired => "TOKEN_EXPIRED",
            Self::TokenRevoked => "TOKEN_REVOKED",
            Self::InvitationUnknown => "INVITATION_UNKNOWN",
            Self::InvitationExpired => "INVITATION_EXPIRED",
            Self::InvitationSpent => "INVITATION_SPENT",
            Self::RateLimited => "RATE_LIMITED",
            Self::StoreFailed => "STORE_FAILED",
            Self::StoreDamaged => "STORE_DAMAGED",
            Self::ShuttingDown => "SHUTTING_DOWN",
            Self::HeldAfterRestore => "HELD_AFTER_RESTORE",
            Self::Damaged => "DAMAGED",
            Self::NotHeld => "NOT_HELD",
        }
    }

    /// The reason of that word; none where a newer version wrote it.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|reason| reason.word() == word)
    }

    /// The gRPC status of a call that fails for this reason.
    #[must_use]
    pub const fn grpc_code(self) -> tonic::Code {
        match self {
            Self::TokenUnknown | Self::TokenExpired | Self::TokenRevoked => {
                tonic::Code::Unauthenticated
            }
            Self::InvitationUnknown | Self::InvitationExpired | Self::InvitationSpent => {
                tonic::Code::PermissionDenied
            }
            Self::RateLimited => tonic::Code::ResourceExhausted,
            Self::StoreFailed | Self::ShuttingDown | Self::HeldAfterRestore | Self::Damaged => {
                tonic::Code::Unavailable
            }
            Self::NotHeld => tonic::Code::FailedPrecondition,
            Self::StoreDamaged => tonic::Code::DataLoss,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code_of_reason;

    #[test]
    fn every_reason_reads_back_and_is_no_code_of_a_refusal() {
        for reason in Reason::ALL {
            assert_eq!(Reason::from_word(reason.word()), Some(*reason));
            assert_eq!(code_of_reason(reason.word()), None);
        }
        assert_eq!(Reason::from_word("OF_A_NEWER_VERSION"), None);
    }
}
