//! The days of a replay: where one stop ends and the next begins.

use super::Step;
use crate::calendar::{Date, Span};

/// Beyond any cycle's last day.
const FAR: i32 = 36_500;

/// How days are put together into periods: of a replay by week, the weeks of the cycle, what comes
/// before its first, and what comes after its last; else single days.
#[derive(Debug, Clone, Copy)]
pub(super) struct Days {
    pub(super) step: Step,
    pub(super) cycle: Span,
}

impl Days {
    /// The last day of the period that a day lies in.
    pub(super) fn end_of(&self, day: Date) -> Date {
        match self.step {
            Step::Event | Step::Day => day,
            Step::Week if day < self.cycle.starts => self.cycle.starts.plus_days(-1),
            Step::Week => (self.cycle.week_of(day))
                .and_then(|number| self.cycle.week(number))
                .map_or_else(|| self.cycle.ends.plus_days(FAR), |week| week.ends),
        }
    }

    /// Whether a period has a stop even where nothing happened in it.
    pub(super) fn is_own(&self, end: Date) -> bool {
        self.cycle.contains(end)
    }

    /// The periods of the cycle after the one that ends on a day, before the one that `day` lies in.
    pub(super) fn between(&self, end: Date, day: Date) -> Vec<Date> {
        let until = self.end_of(day);
        let mut found = Vec::new();
        let mut next = end.plus_days(1).max(self.cycle.starts);
        while next <= self.cycle.ends {
            let ends = self.end_of(next);
            if ends >= until {
                break;
            }
            found.push(ends);
            next = ends.plus_days(1);
        }
        found
    }
}
