//! What `okr doctor`, `okrd doctor` and `okrd stats` looked at and found, each with what to do.

use serde::Serialize;

use super::Schema;

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was looked at, in a word.
    pub check: String,
    /// The workspace that it is about; none where it is about the machine.
    pub workspace: Option<String>,
    /// Whether it is as it should be.
    pub ok: bool,
    /// What was found, in a sentence.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Check {
    /// It is as it should be.
    #[must_use]
    pub fn good(check: &str, message: impl Into<String>) -> Self {
        Self {
            check: check.to_owned(),
            workspace: None,
            ok: true,
            message: message.into(),
            hint: None,
        }
    }

    /// It is not, and this is what to do.
    #[must_use]
    pub fn bad(check: &str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            ok: false,
            hint: Some(hint.into()),
            ..Self::good(check, message)
        }
    }

    /// The same about a workspace.
    #[must_use]
    pub fn of(mut self, workspace: impl Into<String>) -> Self {
        self.workspace = Some(workspace.into());
        self
    }
}

/// All that was looked at.
#[derive(Debug, Serialize)]
pub struct Checked<'a> {
    /// The schema of the keys.
    pub schema: Schema,
    /// How many are not as they should be.
    pub findings: usize,
    /// Each, in the order in which it was looked at.
    pub checks: &'a [Check],
}

impl<'a> Checked<'a> {
    /// Counts what is not as it should be.
    #[must_use]
    pub fn new(checks: &'a [Check]) -> Self {
        Self {
            schema: Schema,
            findings: checks.iter().filter(|check| !check.ok).count(),
            checks,
        }
    }
}
