//! A span of days: a cycle, a week of it, a check-in period.

use serde::{Deserialize, Serialize};

use super::Date;
use crate::decimal::{Decimal, ratio};

/// Days from `starts` to `ends`, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// The first day.
    pub starts: Date,
    /// The last day. A span whose last day lies before its first has no days at all.
    pub ends: Date,
}

/// How much of a span has passed: `days` of `of`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Elapsed {
    /// Days passed, the day asked about included; at most `of`.
    pub days: u32,
    /// Days in the span.
    pub of: u32,
}

impl Elapsed {
    /// The share passed, 0 to 1, rounded to [`Decimal::DIVISION_PLACES`]. All of an empty span
    /// has passed.
    pub fn share(self) -> Decimal {
        ratio(self.days.into(), self.of.into(), Decimal::DIVISION_PLACES).unwrap_or(Decimal::ONE)
    }
}

impl Span {
    /// The span from one day to another, or `None` where it would end before it starts.
    pub fn new(starts: Date, ends: Date) -> Option<Self> {
        (starts <= ends).then_some(Self { starts, ends })
    }

    /// How many days it has.
    pub fn days(self) -> u32 {
        u32::try_from(self.ends.days_since(self.starts) + 1).unwrap_or(0)
    }

    /// Whether a day lies in it.
    pub fn contains(self, day: Date) -> bool {
        self.starts <= day && day <= self.ends
    }

    /// How much has passed at the end of a day: nothing before the first, everything from the
    /// last one on.
    pub fn elapsed(self, on: Date) -> Elapsed {
        let of = self.days();
        let days = u32::try_from(on.days_since(self.starts) + 1).unwrap_or(0);
        Elapsed {
            days: days.min(of),
            of,
        }
    }

    /// How many weeks it has, the last one perhaps shorter.
    pub fn weeks(self) -> u32 {
        self.days().div_ceil(7)
    }

    /// Which week of the span a day lies in: 1 for its first seven days. Weeks count from the
    /// span's first day, whatever weekday that is.
    pub fn week_of(self, day: Date) -> Option<u32> {
        if !self.contains(day) {
            return None;
        }
        u32::try_from(day.days_since(self.starts) / 7 + 1).ok()
    }

    /// Week `number` of the span, from 1, cut at the span's end.
    pub fn week(self, number: u32) -> Option<Self> {
        let offset = i32::try_from(number.checked_sub(1)?.checked_mul(7)?).ok()?;
        let starts = self.starts.plus_days(offset);
        if number > self.weeks() {
            return None;
        }
        Self::new(starts, starts.plus_days(6).min(self.ends))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn span(starts: &str, ends: &str) -> Span {
        Span::new(starts.parse().unwrap(), ends.parse().unwrap()).unwrap()
    }

    fn third_quarter() -> Span {
        span("2026-07-01", "2026-09-30")
    }

    #[test]
    fn elapsed_counts_the_day_itself_and_stops_at_both_ends() {
        let quarter = third_quarter();
        assert_eq!(quarter.days(), 92);
        for (on, days) in [
            ("2026-06-30", 0),
            ("2026-07-01", 1),
            ("2026-08-15", 46),
            ("2026-09-30", 92),
            ("2026-12-31", 92),
        ] {
            let elapsed = quarter.elapsed(on.parse().unwrap());
            assert_eq!((elapsed.days, elapsed.of), (days, 92), "{on}");
        }
        let half = quarter.elapsed("2026-08-15".parse().unwrap()).share();
        assert_eq!(half.to_string(), "0.5");
    }

    #[test]
    fn an_empty_span_has_passed_before_it_began() {
        let empty = Span {
            starts: "2026-07-02".parse().unwrap(),
            ends: "2026-07-01".parse().unwrap(),
        };
        assert_eq!(empty.days(), 0);
        assert_eq!(empty.weeks(), 0);
        assert_eq!(empty.elapsed(empty.starts).share(), Decimal::ONE);
        assert_eq!(Span::new(empty.starts, empty.ends), None);
    }

    #[test]
    fn weeks_count_from_the_first_day() {
        let quarter = third_quarter();
        assert_eq!(quarter.weeks(), 14);
        assert_eq!(quarter.week(6), Some(span("2026-08-05", "2026-08-11")));
        assert_eq!(quarter.week(14), Some(span("2026-09-30", "2026-09-30")));
        assert_eq!(quarter.week(0), None);
        assert_eq!(quarter.week(15), None);
        assert_eq!(quarter.week(u32::MAX), None);
        assert_eq!(quarter.week_of("2026-06-30".parse().unwrap()), None);
    }

    proptest! {
        #[test]
        fn every_day_lies_in_its_week(length in 1..800i32, day in 0..800i32) {
            let starts: Date = "2026-02-14".parse().unwrap();
            let cycle = Span::new(starts, starts.plus_days(length - 1)).unwrap();
            let day = starts.plus_days(day);
            match cycle.week_of(day) {
                Some(number) => prop_assert!(cycle.week(number).unwrap().contains(day)),
                None => prop_assert!(!cycle.contains(day)),
            }
        }
    }
}
