//! How often a key result wants a check-in, and when one is overdue.
//!
//! | cadence | a period | days of grace |
//! |---|---|---|
//! | weekly | 7 days | 2 |
//! | fortnightly | 14 days | 3 |
//! | monthly | a calendar month from the cycle's first day | 5 |
//!
//! Periods divide a cycle from its first day on. What is left at its end is a period of its own
//! if it is at least half as long as one; a shorter rest belongs to the period before it, so that
//! nobody owes a check-in for a single day.
//!
//! A check-in is **due** one period after the last one, and **overdue** once the days of grace
//! have passed as well: a weekly one after a Monday is due next Monday, and overdue from the
//! Thursday after that.

use super::{Date, Span};
use crate::token::Cadence;

impl Cadence {
    /// The day on which the next check-in is due, `since` being the last one's effective date, or
    /// the day on which check-ins began to be expected.
    #[must_use]
    pub fn due_on(self, since: Date) -> Date {
        self.after(since, 1)
    }

    /// How many days a check-in may be late before it is overdue.
    #[must_use]
    pub const fn grace_days(self) -> u8 {
        match self {
            Self::Weekly => 2,
            Self::Fortnightly => 3,
            Self::Monthly => 5,
        }
    }

    /// Whether on the day `on` a check-in is overdue; `since` as for [`due_on`](Self::due_on).
    #[must_use]
    pub fn is_overdue(self, since: Date, on: Date) -> bool {
        on > self.due_on(since).plus_days(self.grace_days().into())
    }

    /// The periods into which a cycle falls, in order, without gaps or overlaps.
    #[must_use]
    pub fn periods(self, cycle: Span) -> Periods {
        Periods {
            cadence: self,
            cycle,
            given: 0,
        }
    }

    /// The periods that are over at the end of the day `on`.
    pub fn elapsed_periods(self, cycle: Span, on: Date) -> impl Iterator<Item = Span> {
        self.periods(cycle)
            .take_while(move |period| period.ends <= on)
    }

    /// The day so many periods after another.
    fn after(self, day: Date, periods: i32) -> Date {
        match self {
            Self::Weekly => day.plus_days(periods.saturating_mul(7)),
            Self::Fortnightly => day.plus_days(periods.saturating_mul(14)),
            Self::Monthly => day.plus_months(periods),
        }
    }

    /// Fewer days than these, left at a cycle's end, are no period.
    const fn shortest_rest(self) -> u32 {
        match self {
            Self::Weekly => 4,
            Self::Fortnightly => 7,
            Self::Monthly => 15,
        }
    }
}

/// The check-in periods of a cycle; see [`Cadence::periods`].
#[derive(Debug, Clone)]
pub struct Periods {
    cadence: Cadence,
    cycle: Span,
    given: i32,
}

impl Iterator for Periods {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        // Counted from the cycle's first day each time: month by month, the 31st would drift.
        let starts = self.cadence.after(self.cycle.starts, self.given);
        let rest = Span::new(starts, self.cycle.ends)?;
        if self.given > 0 && rest.days() < self.cadence.shortest_rest() {
            return None;
        }
        let next = self.cadence.after(self.cycle.starts, self.given + 1);
        // At the calendar's last day the next start may not be later.
        if next <= starts {
            return None;
        }
        self.given += 1;
        let left = Span::new(next, self.cycle.ends).map_or(0, Span::days);
        let ends = if left < self.cadence.shortest_rest() {
            self.cycle.ends
        } else {
            next.plus_days(-1)
        };
        Span::new(starts, ends)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn third_quarter() -> Span {
        Span::new(date("2026-07-01"), date("2026-09-30")).unwrap()
    }

    #[test]
    fn a_single_day_left_over_joins_the_last_week() {
        let weeks: Vec<Span> = Cadence::Weekly.periods(third_quarter()).collect();
        assert_eq!(weeks.len(), 13);
        assert_eq!(weeks.last().unwrap().starts, date("2026-09-23"));
        assert_eq!(weeks.last().unwrap().ends, date("2026-09-30"));
    }

    #[test]
    fn half_a_period_left_over_is_one() {
        let fortnights: Vec<Span> = Cadence::Fortnightly.periods(third_quarter()).collect();
        assert_eq!(fortnights.len(), 7);
        assert_eq!(fortnights.last().unwrap().starts, date("2026-09-23"));
    }

    #[test]
    fn months_do_not_drift() {
        let cycle = Span::new(date("2026-01-31"), date("2026-05-30")).unwrap();
        let starts: Vec<String> = Cadence::Monthly
            .periods(cycle)
            .map(|period| period.starts.to_string())
            .collect();
        assert_eq!(
            starts,
            ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]
        );
    }

    #[test]
    fn a_cycle_shorter_than_its_cadence_is_one_period() {
        let three_days = Span::new(date("2026-07-01"), date("2026-07-03")).unwrap();
        let periods: Vec<Span> = Cadence::Monthly.periods(three_days).collect();
        assert_eq!(periods, [three_days]);
    }

    #[test]
    fn overdue_after_a_period_and_its_grace() {
        let monday = date("2026-08-03");
        assert_eq!(Cadence::Weekly.due_on(monday), date("2026-08-10"));
        assert!(!Cadence::Weekly.is_overdue(monday, date("2026-08-12")));
        assert!(Cadence::Weekly.is_overdue(monday, date("2026-08-13")));
        assert!(!Cadence::Fortnightly.is_overdue(monday, date("2026-08-20")));
        assert!(Cadence::Fortnightly.is_overdue(monday, date("2026-08-21")));
        assert!(!Cadence::Monthly.is_overdue(monday, date("2026-09-08")));
        assert!(Cadence::Monthly.is_overdue(monday, date("2026-09-09")));
    }

    #[test]
    fn a_period_is_over_on_its_last_day() {
        let over = |on| {
            Cadence::Weekly
                .elapsed_periods(third_quarter(), date(on))
                .count()
        };
        assert_eq!(over("2026-06-01"), 0);
        assert_eq!(over("2026-07-06"), 0);
        assert_eq!(over("2026-07-07"), 1);
        assert_eq!(over("2026-09-29"), 12);
        assert_eq!(over("2026-09-30"), 13);
    }

    proptest! {
        #[test]
        fn periods_cover_a_cycle_without_gap_or_overlap(
            start in -25_567..376_200i32, length in 1..900i32, which in 0..3usize,
        ) {
            let cadence = Cadence::ALL[which];
            let starts = Date::from_days_since_epoch(start);
            let cycle = Span::new(starts, starts.plus_days(length - 1)).unwrap();
            let mut next = cycle.starts;
            for period in cadence.periods(cycle) {
                prop_assert_eq!(period.starts, next);
                next = period.ends.plus_days(1);
                if period.ends == cycle.ends {
                    return Ok(());
                }
            }
            prop_assert!(next == Date::MAX, "ended at {next}, before {}", cycle.ends);
        }
    }
}
