//! Why bytes are no event: which field, and what is wrong with it.

use quarterdeck_core::decimal::DecimalError;

/// Bytes that are no well-formed message.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct DecodeError {
    /// The field as `proto/` spells it, with the message that it stands in.
    pub field: &'static str,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What can be wrong with a field.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// It has to be there.
    #[error("is missing")]
    Missing,
    /// Bytes of a fixed length have another one.
    #[error("has {found} bytes where {wanted} are needed")]
    Length {
        /// How many there are.
        found: usize,
        /// How many it takes.
        wanted: usize,
    },
    /// More bytes than the limit.
    #[error("has {found} bytes; at most {limit} are taken")]
    TooLarge {
        /// How many there are.
        found: usize,
        /// How many are taken.
        limit: usize,
    },
    /// No decimal number.
    #[error("is no decimal number: {0}")]
    Decimal(DecimalError),
    /// A decimal number in a form that people may type but the wire does not take.
    #[error("is no decimal number: only digits, a point and a minus sign may stand in it")]
    DecimalForm,
    /// A number outside of its range.
    #[error("is out of range: {found}")]
    OutOfRange {
        /// The number.
        found: i128,
    },
    /// More than one payload.
    #[error("is given twice; an event says one thing")]
    Twice,
    /// Text that is not UTF-8.
    #[error("is no text in UTF-8")]
    Utf8,
    /// Of another wire type than `proto/` says.
    #[error("is encoded as another type")]
    WireType,
    /// The bytes end within it, or a length or a tag is no number.
    #[error("is cut short or garbled")]
    Garbled,
    /// No protobuf message.
    #[error("cannot be read: {0}")]
    Protobuf(#[from] prost::DecodeError),
}

impl DecodeError {
    pub(crate) const fn new(field: &'static str, problem: Problem) -> Self {
        Self { field, problem }
    }

    pub(crate) const fn missing(field: &'static str) -> Self {
        Self::new(field, Problem::Missing)
    }
}

/// Why a payload did not become a body.
#[derive(Debug)]
pub(crate) enum Unread {
    /// It says something that only a newer version understands: a word, a form of value.
    Newer,
    /// It is broken.
    Broken(DecodeError),
}

impl From<DecodeError> for Unread {
    fn from(error: DecodeError) -> Self {
        Self::Broken(error)
    }
}
