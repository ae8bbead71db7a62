//! Reading a check-in on one line: `leads=531@0.7;two signed`.

use quarterdeck_core::calendar::Date;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::{CheckedIn, Metric};
use quarterdeck_core::id::KeyResultId;

use crate::error::Failure;
use crate::parse::{measure, share};
use crate::session::Session;

/// A value with what stands behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line<'t> {
    /// The value.
    pub(super) value: &'t str,
    /// How sure one is.
    pub(super) confidence: Option<Decimal>,
    /// A word on it.
    pub(super) note: Option<&'t str>,
}

/// Reads `VALUE[@CONFIDENCE][;NOTE]`.
///
/// # Errors
/// The confidence is none.
pub(super) fn line(text: &str) -> Result<Line<'_>, Failure> {
    let (figures, note) = match text.split_once(';') {
        Some((figures, note)) => (figures, Some(note.trim()).filter(|note| !note.is_empty())),
        None => (text, None),
    };
    let (value, confidence) = match figures.rsplit_once('@') {
        Some((value, confidence)) => (value, Some(sure(confidence)?)),
        None => (figures, None),
    };
    Ok(Line {
        value: value.trim(),
        confidence,
        note,
    })
}

/// Reads a confidence.
///
/// # Errors
/// It is none, with a sentence that says so.
pub(super) fn sure(text: &str) -> Result<Decimal, Failure> {
    share(text.trim()).map_err(|error| Failure::usage(format!("The confidence {error}.")))
}

/// Reads `KR=VALUE[@CONFIDENCE][;NOTE]`.
///
/// # Errors
/// It has no `=`, the key result does not exist, or the value does not fit it.
pub(super) fn check_in(
    session: &Session<'_>,
    text: &str,
    effective: Date,
) -> Result<CheckedIn, Failure> {
    let Some((key_result, rest)) = text.split_once('=') else {
        return Err(Failure::usage(format!(
            "'{text}' does not say which key result has which value."
        ))
        .hint("write it like --checkin \"leads=531@0.7;two signed\""));
    };
    let key_result = session.resolver().key_result(key_result.trim())?;
    let line = line(rest).map_err(|failure| Failure {
        message: format!("In '{text}': {}", failure.message),
        ..failure
    })?;
    made(key_result, session.metric(key_result)?, line, effective)
}

/// The check-in that a line makes.
///
/// # Errors
/// The value does not fit the key result.
pub(super) fn made(
    key_result: KeyResultId,
    metric: &Metric,
    line: Line<'_>,
    effective: Date,
) -> Result<CheckedIn, Failure> {
    Ok(CheckedIn {
        key_result,
        measure: measure(line.value, metric)?,
        effective,
        confidence: line.confidence,
        projection: None,
        note: line.note.map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn value_confidence_and_note_stand_in_this_order() {
        let share = |text: &str| Some(text.parse().unwrap());
        for (text, value, confidence, note) in [
            ("531", "531", None, None),
            ("+3@0.7", "+3", share("0.7"), None),
            (
                "531 @ 70%; two signed; one more",
                "531",
                share("0.7"),
                Some("two signed; one more"),
            ),
            ("=-3;", "=-3", None, None),
            ("531;see a@b", "531", None, Some("see a@b")),
        ] {
            let expected = Line {
                value,
                confidence,
                note,
            };
            assert_eq!(line(text).unwrap(), expected, "{text}");
        }
        let failure = line("531@7").unwrap_err();
        assert_eq!(
            failure.message,
            "The confidence 7 is not between 0 and 1; write 0.7 or 70%."
        );
    }
}
