//! A moment, to the millisecond.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Milliseconds since the Unix epoch, in UTC.
///
/// Moments after [`MAX`](Self::MAX), at the end of the year 9999, are held to it, so that each
/// can be written down. Written `2026-08-21T14:30:00.000Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(u64);

/// A text is no moment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a moment between 1970 and 9999; write it with its offset, as in 2026-08-21T14:30:00Z"
)]
pub struct TimestampError {
    /// What was read.
    pub text: String,
}

impl Timestamp {
    /// 1970-01-01T00:00:00.000Z
    pub const EPOCH: Self = Self(0);
    /// 9999-12-30T22:00:00.999Z: the last moment that has a date in every time zone.
    pub const MAX: Self = Self(253_402_207_200_999);

    /// The moment so many milliseconds after the epoch.
    pub const fn from_ms(ms: u64) -> Self {
        if ms > Self::MAX.0 {
            Self::MAX
        } else {
            Self(ms)
        }
    }

    /// Milliseconds since the epoch.
    pub const fn ms(self) -> u64 {
        self.0
    }

    /// The moment so many milliseconds later.
    #[must_use]
    pub const fn plus_ms(self, ms: u64) -> Self {
        Self::from_ms(self.0.saturating_add(ms))
    }

    /// The moment so many milliseconds earlier, held to the epoch.
    #[must_use]
    pub const fn minus_ms(self, ms: u64) -> Self {
        Self(self.0.saturating_sub(ms))
    }

    /// The nearest moment to one of jiff's; those before the epoch are held to it.
    pub(crate) fn nearest(moment: jiff::Timestamp) -> Self {
        Self::from_ms(u64::try_from(moment.as_millisecond()).unwrap_or(0))
    }

    pub(crate) fn jiff(self) -> jiff::Timestamp {
        i64::try_from(self.0)
            .ok()
            .and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok())
            .unwrap_or(jiff::Timestamp::MAX)
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    /// Reads RFC 3339 with any offset; what is finer than a millisecond is cut off.
    fn from_str(text: &str) -> Result<Self, TimestampError> {
        let refused = || TimestampError {
            text: text.to_owned(),
        };
        let moment: jiff::Timestamp = text.parse().map_err(|_| refused())?;
        if moment < jiff::Timestamp::UNIX_EPOCH {
            return Err(refused());
        }
        Ok(Self::nearest(moment))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.jiff())
    }
}

impl Serialize for Timestamp {
    /// RFC 3339 where people read it, milliseconds since the epoch where they don't.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            self.0.serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
            text.parse().map_err(de::Error::custom)
        } else {
            Ok(Self::from_ms(u64::deserialize(deserializer)?))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn always_three_places_and_utc() {
        assert_eq!(Timestamp::EPOCH.to_string(), "1970-01-01T00:00:00.000Z");
        assert_eq!(
            "2026-08-21T16:30:00.5+02:00"
                .parse::<Timestamp>()
                .unwrap()
                .to_string(),
            "2026-08-21T14:30:00.500Z"
        );
    }

    #[test]
    fn the_far_future_is_held() {
        assert_eq!(Timestamp::from_ms(u64::MAX), Timestamp::MAX);
        assert_eq!(Timestamp::MAX.to_string(), "9999-12-30T22:00:00.999Z");
        assert_eq!(Timestamp::MAX.plus_ms(1), Timestamp::MAX);
        assert_eq!(Timestamp::EPOCH.minus_ms(1), Timestamp::EPOCH);
    }

    #[test]
    fn a_moment_needs_an_offset() {
        for text in ["2026-08-21T14:30:00", "yesterday", "1969-12-31T23:59:59Z"] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn text_json_and_binary_round_trip(ms in 0..=Timestamp::MAX.ms()) {
            let moment = Timestamp::from_ms(ms);
            prop_assert_eq!(moment.ms(), ms);
            prop_assert_eq!(moment.to_string().parse::<Timestamp>().unwrap(), moment);
            let json = serde_json::to_string(&moment).unwrap();
            prop_assert_eq!(serde_json::from_str::<Timestamp>(&json).unwrap(), moment);
            let binary = postcard::to_stdvec(&moment).unwrap();
            prop_assert_eq!(postcard::from_bytes::<Timestamp>(&binary).unwrap(), moment);
        }
    }
}
