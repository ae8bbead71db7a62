//! Names of cycles, and the days that follow from them.
//!
//! A fiscal year is named after the calendar year in which it **ends**, as accounts are: with a
//! year that begins in October, `2026` runs from 2025-10-01 to 2026-09-30, and `2026-Q1` begins
//! in October 2025. A fiscal year that begins in January is the calendar year.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Date, Span};
use crate::token::CycleKind;

/// The month with which the fiscal year begins: 1 to 12.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct FiscalStart(u8);

/// A number that is no month.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a fiscal year can't begin in month {month}; give 1 for January to 12 for December")]
pub struct FiscalStartError {
    /// The month given.
    pub month: u8,
}

impl FiscalStart {
    /// The fiscal year is the calendar year.
    pub const JANUARY: Self = Self(1);

    /// The fiscal year begins with this month.
    pub const fn new(month: u8) -> Result<Self, FiscalStartError> {
        match month {
            1..=12 => Ok(Self(month)),
            _ => Err(FiscalStartError { month }),
        }
    }

    /// The month: 1 to 12.
    pub const fn month(self) -> u8 {
        self.0
    }

    /// The fiscal year and its quarter (1 to 4) in which a day falls.
    fn year_and_quarter(self, day: Date) -> (u16, u8) {
        let begun = day.month() >= self.0;
        let months_in = (day.month() + 12 - self.0) % 12;
        let year = match (self, begun) {
            (Self::JANUARY, _) | (_, false) => day.year(),
            (_, true) => day.year() + 1,
        };
        (year, months_in / 3 + 1)
    }
}

impl Default for FiscalStart {
    fn default() -> Self {
        Self::JANUARY
    }
}

impl TryFrom<u8> for FiscalStart {
    type Error = FiscalStartError;

    fn try_from(month: u8) -> Result<Self, FiscalStartError> {
        Self::new(month)
    }
}

impl From<FiscalStart> for u8 {
    fn from(start: FiscalStart) -> Self {
        start.0
    }
}

/// A name from which a cycle's days follow: `2026` or `2026-Q3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CycleName {
    year: u16,
    quarter: Option<u8>,
}

/// A name from which no days follow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "no dates follow from the name `{name}`; use a year (2026), a quarter (2026-Q3), or give the first and the last day"
)]
pub struct CycleNameError {
    /// The name given.
    pub name: String,
}

impl CycleName {
    /// The fiscal year in which a day falls.
    pub fn year_of(day: Date, fiscal: FiscalStart) -> Self {
        let (year, _) = fiscal.year_and_quarter(day);
        Self {
            year,
            quarter: None,
        }
    }

    /// The fiscal quarter in which a day falls.
    pub fn quarter_of(day: Date, fiscal: FiscalStart) -> Self {
        let (year, quarter) = fiscal.year_and_quarter(day);
        Self {
            year,
            quarter: Some(quarter),
        }
    }

    /// Annual or quarterly.
    pub const fn kind(self) -> CycleKind {
        match self.quarter {
            None => CycleKind::Annual,
            Some(_) => CycleKind::Quarterly,
        }
    }

    /// The year above a quarter.
    #[must_use]
    pub const fn parent(self) -> Option<Self> {
        match self.quarter {
            None => None,
            Some(_) => Some(Self {
                year: self.year,
                quarter: None,
            }),
        }
    }

    /// The four quarters of a year; none for a quarter.
    pub fn quarters(self) -> Vec<Self> {
        let of = |quarter| Self {
            quarter: Some(quarter),
            ..self
        };
        match self.quarter {
            None => (1..=4).map(of).collect(),
            Some(_) => Vec::new(),
        }
    }

    /// The days of the cycle, given the first month of the fiscal year.
    pub fn span(self, fiscal: FiscalStart) -> Span {
        let first_year = if fiscal == FiscalStart::JANUARY {
            self.year
        } else {
            self.year - 1
        };
        // Years are 1901 to 2998 and months 1 to 12, so there is such a day.
        let year_starts = Date::new(first_year, fiscal.month(), 1).unwrap_or(Date::MIN);
        let (starts, months) = match self.quarter {
            None => (year_starts, 12),
            Some(quarter) => (year_starts.plus_months(i32::from(quarter - 1) * 3), 3),
        };
        Span {
            starts,
            ends: starts.plus_months(months).plus_days(-1),
        }
    }
}

impl FromStr for CycleName {
    type Err = CycleNameError;

    /// Reads `2026`, `2026-Q3`, and the latter also as `2026-q3` or `2026Q3`; years 1901 to 2998.
    fn from_str(name: &str) -> Result<Self, CycleNameError> {
        let refused = || CycleNameError {
            name: name.to_owned(),
        };
        let (year, rest) = name.split_at_checked(4).ok_or_else(refused)?;
        if !year.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(refused());
        }
        let year: u16 = year.parse().map_err(|_| refused())?;
        if !(1901..=2998).contains(&year) {
            return Err(refused());
        }
        let quarter = match rest.strip_prefix('-').unwrap_or(rest) {
            "" if rest.is_empty() => None,
            "Q1" | "q1" => Some(1),
            "Q2" | "q2" => Some(2),
            "Q3" | "q3" => Some(3),
            "Q4" | "q4" => Some(4),
            _ => return Err(refused()),
        };
        Ok(Self { year, quarter })
    }
}

impl fmt::Display for CycleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.quarter {
            None => write!(f, "{}", self.year),
            Some(quarter) => write!(f, "{}-Q{quarter}", self.year),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn days(name: &str, first_month: u8) -> (String, String) {
        let span = name
            .parse::<CycleName>()
            .unwrap()
            .span(FiscalStart::new(first_month).unwrap());
        (span.starts.to_string(), span.ends.to_string())
    }

    fn pair(starts: &str, ends: &str) -> (String, String) {
        (starts.to_owned(), ends.to_owned())
    }

    #[test]
    fn a_year_has_four_quarters() {
        let year: CycleName = "2026".parse().unwrap();
        let names: Vec<String> = year.quarters().iter().map(ToString::to_string).collect();
        assert_eq!(names, ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"]);
        assert!(
            year.quarters()
                .iter()
                .all(|quarter| quarter.parent() == Some(year))
        );
        assert_eq!(year.quarters()[0].quarters(), []);
    }

    #[test]
    fn a_calendar_year_and_its_quarters() {
        assert_eq!(days("2026", 1), pair("2026-01-01", "2026-12-31"));
        assert_eq!(days("2026-Q1", 1), pair("2026-01-01", "2026-03-31"));
        assert_eq!(days("2026-Q3", 1), pair("2026-07-01", "2026-09-30"));
        assert_eq!(days("2026-Q4", 1), pair("2026-10-01", "2026-12-31"));
    }

    #[test]
    fn a_fiscal_year_is_named_after_the_year_it_ends_in() {
        assert_eq!(days("2026", 10), pair("2025-10-01", "2026-09-30"));
        assert_eq!(days("2026-Q1", 10), pair("2025-10-01", "2025-12-31"));
        assert_eq!(days("2026-Q4", 10), pair("2026-07-01", "2026-09-30"));
        assert_eq!(days("2028-Q4", 3), pair("2027-12-01", "2028-02-29"));
    }

    #[test]
    fn names_are_read_leniently_and_written_one_way() {
        for name in ["2026-Q3", "2026-q3", "2026Q3", "2026q3"] {
            let read: CycleName = name.parse().unwrap();
            assert_eq!(read.to_string(), "2026-Q3");
            assert_eq!(read.kind(), CycleKind::Quarterly);
            assert_eq!(read.parent().unwrap().to_string(), "2026");
        }
        assert_eq!("2026".parse::<CycleName>().unwrap().parent(), None);
    }

    #[test]
    fn other_names_say_nothing_of_days() {
        for name in [
            "", "26", "2026-", "2026-Q5", "2026-H1", "2026 Q3", "+026", "0026", "Ω026", "2026-Q33",
        ] {
            assert!(name.parse::<CycleName>().is_err(), "{name}");
        }
    }

    #[test]
    fn there_are_twelve_months_to_begin_with() {
        assert!(FiscalStart::new(0).is_err());
        assert!(FiscalStart::new(13).is_err());
        assert!(serde_json::from_str::<FiscalStart>("13").is_err());
        assert_eq!(serde_json::from_str::<FiscalStart>("4").unwrap().month(), 4);
    }

    proptest! {
        #[test]
        fn a_day_lies_in_its_year_and_quarter(days in -20_000..300_000i32, month in 1..=12u8) {
            let day = Date::from_days_since_epoch(days);
            let fiscal = FiscalStart::new(month).unwrap();
            let quarter = CycleName::quarter_of(day, fiscal);
            let year = CycleName::year_of(day, fiscal);
            prop_assert!(quarter.span(fiscal).contains(day));
            prop_assert!(year.span(fiscal).contains(day));
            prop_assert_eq!(quarter.parent(), Some(year));
            prop_assert_eq!(quarter.to_string().parse::<CycleName>().unwrap(), quarter);
        }
    }
}
