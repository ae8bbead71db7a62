//! Single fields: from the wire's loose types to the domain's exact ones, and back.

use std::str::FromStr;

use quarterdeck_core::calendar::{Date, Timestamp};
use quarterdeck_core::decimal::Decimal;

use crate::error::{DecodeError, Problem, Unread};

/// Bytes of a fixed length that may be left out.
pub(crate) fn optional<const N: usize>(
    field: &'static str,
    bytes: &[u8],
) -> Result<Option<[u8; N]>, DecodeError> {
    if bytes.is_empty() {
        return Ok(None);
    }
    let wrong_length = || {
        let problem = Problem::Length {
            found: bytes.len(),
            wanted: N,
        };
        DecodeError::new(field, problem)
    };
    bytes.try_into().map(Some).map_err(|_| wrong_length())
}

/// Bytes of a fixed length that must be there.
pub(crate) fn fixed<const N: usize>(
    field: &'static str,
    bytes: &[u8],
) -> Result<[u8; N], DecodeError> {
    optional(field, bytes)?.ok_or_else(|| DecodeError::missing(field))
}

/// A message that must be there.
pub(crate) fn present<T>(field: &'static str, message: Option<T>) -> Result<T, DecodeError> {
    message.ok_or_else(|| DecodeError::missing(field))
}

/// A word of one of the domain's vocabularies.
pub(crate) fn word<T: FromStr>(field: &'static str, word: &str) -> Result<T, Unread> {
    if word.is_empty() {
        return Err(DecodeError::missing(field).into());
    }
    word.parse().map_err(|_| Unread::Newer)
}

/// A decimal number.
pub(crate) fn decimal(field: &'static str, text: &str) -> Result<Decimal, DecodeError> {
    if text.is_empty() {
        return Err(DecodeError::missing(field));
    }
    // What a person may type is more than this: spaces between thousands, a plus sign.
    if !text
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-'))
    {
        return Err(DecodeError::new(field, Problem::DecimalForm));
    }
    text.parse()
        .map_err(|error| DecodeError::new(field, Problem::Decimal(error)))
}

/// A decimal number that may be left out.
pub(crate) fn optional_decimal(
    field: &'static str,
    text: Option<&str>,
) -> Result<Option<Decimal>, DecodeError> {
    text.map(|text| decimal(field, text)).transpose()
}

/// A date, in days since 1970-01-01.
pub(crate) fn date(field: &'static str, days: i32) -> Result<Date, DecodeError> {
    let date = Date::from_days_since_epoch(days);
    if date.days_since_epoch() == days {
        Ok(date)
    } else {
        // The calendar holds dates to its ends; one beyond them is nobody's date.
        Err(out_of_range(field, days))
    }
}

/// A moment, in milliseconds since the Unix epoch.
pub(crate) fn timestamp(field: &'static str, ms: u64) -> Result<Timestamp, DecodeError> {
    let moment = Timestamp::from_ms(ms);
    if moment.ms() == ms {
        Ok(moment)
    } else {
        Err(out_of_range(field, ms))
    }
}

/// A number too large for its type.
pub(crate) fn out_of_range(field: &'static str, found: impl Into<i128>) -> DecodeError {
    DecodeError::new(
        field,
        Problem::OutOfRange {
            found: found.into(),
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_exact() {
        assert_eq!(fixed::<2>("a.b", &[1, 2]).unwrap(), [1, 2]);
        assert_eq!(optional::<2>("a.b", &[]).unwrap(), None);
        assert_eq!(
            fixed::<2>("a.b", &[]).unwrap_err().to_string(),
            "a.b: is missing"
        );
        assert_eq!(
            fixed::<2>("a.b", &[1]).unwrap_err().to_string(),
            "a.b: has 1 bytes where 2 are needed"
        );
    }

    #[test]
    fn decimals_are_plain() {
        assert_eq!(decimal("x", "-0.5").unwrap().to_string(), "-0.5");
        for text in ["1 200", "+3", "1e3", "١"] {
            assert_eq!(
                decimal("x", text).unwrap_err().problem,
                Problem::DecimalForm,
                "{text}"
            );
        }
        for text in ["1.2.3", "--1", ".", "-"] {
            let problem = decimal("x", text).unwrap_err().problem;
            assert!(matches!(problem, Problem::Decimal(_)), "{text}");
        }
    }

    #[test]
    fn dates_and_moments_are_not_bent_into_range() {
        assert_eq!(date("x", 0).unwrap().to_string(), "1970-01-01");
        assert!(date("x", i32::MAX).is_err());
        assert!(date("x", i32::MIN).is_err());
        assert!(timestamp("x", u64::MAX).is_err());
    }
}
