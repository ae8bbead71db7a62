//! Refusals: the answer "no" as a value, with its reason and what to do about it.

use serde::{Deserialize, Serialize};

/// Why something was refused. The words are part of the protocol: added to, never renamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// It refers to something that does not exist.
    NotFound,
    /// A value is missing, out of range or does not fit.
    Invalid,
    /// The member's role does not allow it.
    Forbidden,
    /// It is about something deferred, dropped or withdrawn.
    NotLive,
    /// It would change a cycle that its author knew to be closed.
    Closed,
    /// What it would make is there already.
    AlreadyExists,
    /// It would change nothing.
    NothingToChange,
    /// It cannot be undone, or not any more.
    NotUndoable,
    /// The event belongs to another workspace.
    WrongWorkspace,
    /// Member or device are not those that the credentials name.
    WrongAuthor,
    /// The device is not known to the workspace.
    UnknownDevice,
    /// The device's key has been revoked.
    DeviceRevoked,
    /// An earlier event of the device is missing.
    Gap,
    /// The device's number is taken by another content: its folder was copied.
    Forked,
    /// A signature or certificate does not hold.
    BadSignature,
    /// The event says it was authored far in the future.
    FarFuture,
    /// An event or command is larger than the limits.
    TooLarge,
    /// A command's events do not belong together.
    BrokenCommand,
    /// The event cannot be read.
    Malformed,
    /// An earlier command that this one builds on was refused.
    DependsOnRefused,
}

impl Code {
    /// Every code.
    pub const ALL: &'static [Self] = &[
        Self::NotFound,
        Self::Invalid,
        Self::Forbidden,
        Self::NotLive,
        Self::Closed,
        Self::AlreadyExists,
        Self::NothingToChange,
        Self::NotUndoable,
        Self::WrongWorkspace,
        Self::WrongAuthor,
        Self::UnknownDevice,
        Self::DeviceRevoked,
        Self::Gap,
        Self::Forked,
        Self::BadSignature,
        Self::FarFuture,
        Self::TooLarge,
        Self::BrokenCommand,
        Self::Malformed,
        Self::DependsOnRefused,
    ];

    /// The code's word on the wire and in JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::Invalid => "invalid",
            Self::Forbidden => "forbidden",
            Self::NotLive => "not_live",
            Self::Closed => "closed",
            Self::AlreadyExists => "already_exists",
            Self::NothingToChange => "nothing_to_change",
            Self::NotUndoable => "not_undoable",
            Self::WrongWorkspace => "wrong_workspace",
            Self::WrongAuthor => "wrong_author",
            Self::UnknownDevice => "unknown_device",
            Self::DeviceRevoked => "device_revoked",
            Self::Gap => "gap",
            Self::Forked => "forked",
            Self::BadSignature => "bad_signature",
            Self::FarFuture => "far_future",
            Self::TooLarge => "too_large",
            Self::BrokenCommand => "broken_command",
            Self::Malformed => "malformed",
            Self::DependsOnRefused => "depends_on_refused",
        }
    }

    /// The code of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.word() == word)
    }
}

/// A refusal: what was wrong, where, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// Why, for programs.
    pub code: Code,
    /// Why, for people: one sentence naming what and where.
    pub message: String,
    /// What to do about it, if anything helps.
    pub hint: Option<String>,
    /// For [`Code::Gap`]: the device number that was wanted.
    pub wanted: Option<u64>,
}

impl Refusal {
    /// A refusal without a hint.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            hint: None,
            wanted: None,
        }
    }

    /// The same with a word on what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Something that does not exist.
    #[must_use]
    pub fn not_found(what: &str, id: impl std::fmt::Display) -> Self {
        Self::new(
            Code::NotFound,
            format!("There is no {what} {id} in this workspace."),
        )
    }

    /// A value that does not fit.
    #[must_use]
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(Code::Invalid, message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_back() {
        for code in Code::ALL {
            assert_eq!(Code::from_word(code.word()), Some(*code));
        }
        assert_eq!(Code::from_word("of_a_newer_version"), None);
    }
}
