//! What a command answers when it could not do its work: one message, what to do next, and the exit
//! code that scripts tell it by. This is the only place that turns outcomes into exit codes.

use std::fmt;
use std::path::Path;
use std::process::ExitCode;

use quarterdeck_core::refusal::{Code, Refusal};

/// How a command ended. The numbers are part of the contract with scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// Done, and there are findings.
    Findings = 1,
    /// The command line says something that cannot be meant.
    Usage = 2,
    /// What was named does not exist, or could be several things.
    NotFound = 3,
    /// The server is out of reach; local work is kept.
    Unreachable = 4,
    /// The workspace does not allow it.
    Refused = 5,
    /// The history held here, or the server's, does not verify.
    Unverified = 6,
    /// This machine could not: disk, permissions, a locked or unreadable file.
    Trouble = 7,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command could not do its work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What scripts are told.
    pub exit: Exit,
    /// What was wrong, and where: one sentence.
    pub message: String,
    /// Further lines, such as candidates or bad rows.
    pub details: Vec<String>,
    /// What to do next.
    pub hint: Option<String>,
}

impl Failure {
    /// A failure without a hint.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            details: Vec::new(),
            hint: None,
        }
    }

    /// The command line says something that cannot be meant.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// What was named does not exist.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(Exit::NotFound, message)
    }

    /// A file or folder could not be used.
    pub fn file(doing: &str, path: &Path, error: &std::io::Error) -> Self {
        let failure = Self::new(
            Exit::Trouble,
            format!("Cannot {doing} {}: {error}.", path.display()),
        );
        match error.kind() {
            std::io::ErrorKind::PermissionDenied => {
                failure.hint("make the folder yours, or choose another with OKR_HOME")
            }
            std::io::ErrorKind::StorageFull => {
                failure.hint("free some space on that disk; nothing was lost")
            }
            _ => failure,
        }
    }

    /// The same with a word on what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same with further lines.
    #[must_use]
    pub fn details(mut self, details: Vec<String>) -> Self {
        self.details = details;
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let exit = match refusal.code {
            Code::NotFound => Exit::NotFound,
            _ => Exit::Refused,
        };
        Self {
            exit,
            message: refusal.message,
            details: Vec::new(),
            hint: refusal.hint,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_keeps_its_words_and_gets_the_code_of_scripts() {
        let refused = Refusal::new(Code::NotLive, "It was dropped.").hint("take it up again");
        let failure = Failure::from(refused);
        assert_eq!(failure.exit, Exit::Refused);
        assert_eq!(failure.to_string(), "It was dropped.");
        assert_eq!(failure.hint.as_deref(), Some("take it up again"));
        let missing = Failure::from(Refusal::not_found("cycle", "2031-Q3"));
        assert_eq!(missing.exit, Exit::NotFound);
    }
}
