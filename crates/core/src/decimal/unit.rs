//! What a number counts: `%`, `EUR`, `leads`.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A short text beside a number: 1 to 16 characters, none of them a control character, no
/// space at either end. Compared as written. Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Unit(Arc<str>);

impl Unit {
    /// The most characters that a unit has.
    pub const MAX_CHARS: usize = 16;

    /// The unit that this text is, spaces around it aside.
    pub fn new(text: &str) -> Result<Self, UnitError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(UnitError::Empty);
        }
        if let Some(found) = text.chars().find(|c| c.is_control()) {
            return Err(UnitError::Control { found });
        }
        let chars = text.chars().count();
        if chars > Self::MAX_CHARS {
            return Err(UnitError::TooLong { chars });
        }
        Ok(Self(text.into()))
    }

    /// The unit, as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a text is no unit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnitError {
    /// Nothing but spaces.
    #[error("the unit is empty; leave it out where a number has none")]
    Empty,
    /// More than 16 characters.
    #[error(
        "a unit has at most 16 characters, and this one has {chars}; shorten it, as in `leads`"
    )]
    TooLong {
        /// How many there were.
        chars: usize,
    },
    /// A line break, a tab or the like.
    #[error("the unit contains a control character ({found:?}); write plain text")]
    Control {
        /// The character.
        found: char,
    },
}

impl FromStr for Unit {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        Self::new(text)
    }
}

impl TryFrom<String> for Unit {
    type Error = UnitError;

    fn try_from(text: String) -> Result<Self, UnitError> {
        Self::new(&text)
    }
}

impl From<Unit> for String {
    fn from(unit: Unit) -> Self {
        unit.as_str().to_owned()
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_plain_text() {
        for text in ["%", "EUR", "qualified leads", "人", "€ / h"] {
            assert_eq!(text.parse::<Unit>().unwrap().as_str(), text);
        }
        assert_eq!(" leads ".parse::<Unit>().unwrap().as_str(), "leads");
    }

    #[test]
    fn what_is_refused_and_why() {
        assert_eq!("  ".parse::<Unit>(), Err(UnitError::Empty));
        assert_eq!(
            "very qualified leads".parse::<Unit>(),
            Err(UnitError::TooLong { chars: 20 })
        );
        assert_eq!(
            "le\u{1b}ads".parse::<Unit>(),
            Err(UnitError::Control { found: '\u{1b}' })
        );
    }

    #[test]
    fn reading_json_checks_too() {
        let unit: Unit = serde_json::from_str("\"leads\"").unwrap();
        assert_eq!(serde_json::to_string(&unit).unwrap(), "\"leads\"");
        assert!(serde_json::from_str::<Unit>("\"\\n\"").is_err());
    }
}
