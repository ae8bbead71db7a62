//! A day of the calendar.

use std::fmt;
use std::str::FromStr;

use jiff::SignedDuration;
use jiff::civil;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A day between 1900-01-01 and 2999-12-31: one outside is a typing error, and refused as such.
///
/// Written `2026-08-21`. Arithmetic stops at the first and the last day.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(civil::Date);

/// Why a text or three numbers are no date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// Not of the form year, month, day.
    #[error("`{text}` is not a date; write year-month-day, as in 2026-08-21")]
    Form {
        /// What was read.
        text: String,
    },
    /// A month that is none.
    #[error("there is no month {month}; months are 01 to 12")]
    Month {
        /// The month given.
        month: u8,
    },
    /// A day that its month doesn't have.
    #[error("there is no {year}-{month:02}-{day:02}: that month has {last} days")]
    Day {
        /// The year given.
        year: u16,
        /// The month given.
        month: u8,
        /// The day given.
        day: u8,
        /// The last day that the month has.
        last: u8,
    },
    /// A year far from anything planned here.
    #[error("the year {year} is out of range; years are 1900 to 2999")]
    Year {
        /// The year given.
        year: u16,
    },
}

const EPOCH: civil::Date = civil::Date::constant(1970, 1, 1);

impl Date {
    /// 1970-01-01
    pub const EPOCH: Self = Self(EPOCH);
    /// The first day there is: 1900-01-01.
    pub const MIN: Self = Self(civil::Date::constant(1900, 1, 1));
    /// The last day there is: 2999-12-31.
    pub const MAX: Self = Self(civil::Date::constant(2999, 12, 31));

    /// The day of this year (1900–2999), month (1–12) and day (1–31).
    pub fn new(year: u16, month: u8, day: u8) -> Result<Self, DateError> {
        if !(1900..=2999).contains(&year) {
            return Err(DateError::Year { year });
        }
        if !(1..=12).contains(&month) {
            return Err(DateError::Month { month });
        }
        let no_such_day = |last| DateError::Day {
            year,
            month,
            day,
            last,
        };
        // All three fit since they were compared with their bounds, the day at the latest by jiff.
        let first = civil::Date::new(year.cast_signed(), month.cast_signed(), 1)
            .map_err(|_| no_such_day(0))?;
        let last = first.last_of_month().day().cast_unsigned();
        if !(1..=last).contains(&day) {
            return Err(no_such_day(last));
        }
        civil::Date::new(first.year(), first.month(), day.cast_signed())
            .map(Self)
            .map_err(|_| no_such_day(last))
    }

    /// The nearest day to one of jiff's, whose range is wider.
    pub(super) fn nearest(date: civil::Date) -> Self {
        Self(date).clamp(Self::MIN, Self::MAX)
    }

    pub(crate) const fn civil(self) -> civil::Date {
        self.0
    }

    /// The year: 1900 to 2999.
    pub fn year(self) -> u16 {
        self.0.year().cast_unsigned()
    }

    /// The month: 1 to 12.
    pub fn month(self) -> u8 {
        self.0.month().cast_unsigned()
    }

    /// The day of the month: 1 to 31.
    pub fn day(self) -> u8 {
        self.0.day().cast_unsigned()
    }

    /// The weekday: 1 for Monday to 7 for Sunday.
    pub fn weekday(self) -> u8 {
        self.0.weekday().to_monday_one_offset().cast_unsigned()
    }

    /// The Monday of the week that the day is in.
    #[must_use]
    pub fn monday(self) -> Self {
        self.plus_days(1 - i32::from(self.weekday()))
    }

    /// Days since 1970-01-01, negative before.
    pub fn days_since_epoch(self) -> i32 {
        // At most some 376,000 days either way: the conversion can't fail.
        i32::try_from(self.0.duration_since(EPOCH).as_hours() / 24).unwrap_or_default()
    }

    /// The day so many days after 1970-01-01, held within [`MIN`](Self::MIN) and [`MAX`](Self::MAX).
    #[must_use]
    pub fn from_days_since_epoch(days: i32) -> Self {
        Self::nearest(EPOCH.saturating_add(SignedDuration::from_hours(i64::from(days) * 24)))
    }

    /// The day so many days later (earlier, when negative).
    #[must_use]
    pub fn plus_days(self, days: i32) -> Self {
        Self::nearest(
            self.0
                .saturating_add(SignedDuration::from_hours(i64::from(days) * 24)),
        )
    }

    /// The same day so many months later (earlier, when negative), or the last day of that month
    /// where it has no such day.
    #[must_use]
    pub fn plus_months(self, months: i32) -> Self {
        match jiff::Span::new().try_months(months) {
            Ok(span) => Self::nearest(self.0.saturating_add(span)),
            Err(_) if months < 0 => Self::MIN,
            Err(_) => Self::MAX,
        }
    }

    /// Days from `earlier` to this day; negative when `earlier` is later.
    pub fn days_since(self, earlier: Self) -> i32 {
        self.days_since_epoch() - earlier.days_since_epoch()
    }
}

impl FromStr for Date {
    type Err = DateError;

    /// Reads `2026-08-21` and nothing else.
    fn from_str(text: &str) -> Result<Self, DateError> {
        let form = || DateError::Form {
            text: text.to_owned(),
        };
        let mut parts = text.split('-');
        let (Some(year), Some(month), Some(day), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(form());
        };
        let digits = |part: &str, length: usize| {
            part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !(digits(year, 4) && digits(month, 2) && digits(day, 2)) {
            return Err(form());
        }
        Self::new(
            year.parse().map_err(|_| form())?,
            month.parse().map_err(|_| form())?,
            day.parse().map_err(|_| form())?,
        )
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:04}-{:02}-{:02}",
            self.year(),
            self.month(),
            self.day()
        )
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Date {
    /// ISO 8601 where people read it, days since 1970-01-01 where they don't.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            self.days_since_epoch().serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
            return text.parse().map_err(de::Error::custom);
        }
        let days = i32::deserialize(deserializer)?;
        let date = Self::from_days_since_epoch(days);
        if date.days_since_epoch() == days {
            Ok(date)
        } else {
            Err(de::Error::custom("a day out of range"))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn dates_that_are_none_say_what_is_wrong() {
        for (text, message) in [
            (
                "21.8.2026",
                "`21.8.2026` is not a date; write year-month-day, as in 2026-08-21",
            ),
            (
                "2026-8-21",
                "`2026-8-21` is not a date; write year-month-day, as in 2026-08-21",
            ),
            (
                "2026-02-30",
                "there is no 2026-02-30: that month has 28 days",
            ),
            (
                "2026-02-00",
                "there is no 2026-02-00: that month has 28 days",
            ),
            ("2026-13-01", "there is no month 13; months are 01 to 12"),
            (
                "0226-08-21",
                "the year 226 is out of range; years are 1900 to 2999",
            ),
        ] {
            assert_eq!(text.parse::<Date>().unwrap_err().to_string(), message);
        }
        assert_eq!(date("2028-02-29").plus_days(1), date("2028-03-01"));
    }

    #[test]
    fn months_end_where_they_end() {
        assert_eq!(date("2026-01-31").plus_months(1), date("2026-02-28"));
        assert_eq!(date("2026-03-31").plus_months(-1), date("2026-02-28"));
    }

    #[test]
    fn arithmetic_stops_at_the_edges() {
        assert_eq!(date("2999-12-31").plus_days(1), Date::MAX);
        assert_eq!(date("1900-01-01").plus_days(i32::MIN), Date::MIN);
        assert_eq!(date("2026-01-01").plus_months(i32::MAX), Date::MAX);
        assert_eq!(date("2026-01-01").plus_months(i32::MIN), Date::MIN);
    }

    #[test]
    fn weekdays_count_from_monday() {
        assert_eq!(date("2026-08-21").weekday(), 5);
    }

    proptest! {
        #[test]
        fn text_json_and_binary_round_trip(days in -25_567..=376_200i32, more in -500..500i32) {
            let day = Date::from_days_since_epoch(days);
            prop_assert_eq!(day.days_since_epoch(), days);
            prop_assert_eq!(date(&day.to_string()), day);
            let json = serde_json::to_string(&day).unwrap();
            prop_assert_eq!(serde_json::from_str::<Date>(&json).unwrap(), day);
            let binary = postcard::to_stdvec(&day).unwrap();
            prop_assert!(binary.len() <= 3);
            prop_assert_eq!(postcard::from_bytes::<Date>(&binary).unwrap(), day);
            let later = day.plus_days(more);
            if later != Date::MIN && later != Date::MAX {
                prop_assert_eq!(later.days_since(day), more);
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,12}") {
            let _ = text.parse::<Date>();
        }
    }
}
