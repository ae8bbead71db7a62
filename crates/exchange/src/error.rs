//! Why a document could not be read at all. What could not be read *in* a document is listed in
//! its outline instead.

/// Why a document could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ReadError {
    /// What is wrong, and where, as a sentence.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

impl ReadError {
    pub(crate) fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: hint.into(),
        }
    }
}
