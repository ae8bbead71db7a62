//! How much working time a span of days holds, so that a quantity can be spread over it.
//!
//! A working day is Monday to Friday, holidays left out. A working week is five working days,
//! wherever they fall. A month is a calendar month; of one that the span covers in part, it
//! holds the share of its days.

use std::collections::BTreeSet;

use super::season;
use crate::calendar::{Date, Span};
use crate::decimal::{Decimal, ratio};
use crate::token::Period;

/// Working days in a working week.
pub const IN_A_WEEK: u32 = 5;

/// Whether people work on a day.
#[must_use]
pub fn is_working_day(day: Date, holidays: &BTreeSet<Date>) -> bool {
    is_weekday(day) && !holidays.contains(&day)
}

fn is_weekday(day: Date) -> bool {
    u32::from(day.weekday()) <= IN_A_WEEK
}

/// The working days of a span, its ends included.
#[must_use]
pub fn working_days(span: Span, holidays: &BTreeSet<Date>) -> u32 {
    let days = span.days();
    let first = u32::from(span.starts.weekday());
    // Whole weeks have five each, whichever day they begin on; then the rest, day by day.
    let rest = (0..days % 7).filter(|offset| (first - 1 + offset) % 7 < IN_A_WEEK);
    let weekdays = days / 7 * IN_A_WEEK + u32::try_from(rest.count()).unwrap_or(0);
    let off = holidays
        .range(span.starts..=span.ends)
        .filter(|day| is_weekday(**day));
    weekdays.saturating_sub(u32::try_from(off.count()).unwrap_or(u32::MAX))
}

/// How many periods a span holds, in fractions where it must: of days and weeks those worked.
#[must_use]
pub fn periods(span: Span, per: Period, holidays: &BTreeSet<Date>) -> Decimal {
    let worked = || Decimal::from(working_days(span, holidays));
    match per {
        Period::Day => worked(),
        Period::Week => worked().checked_div(IN_A_WEEK.into()).unwrap_or_default(),
        Period::Month => months(span),
    }
}

/// Calendar months, of those in part their share of days, to 12 places.
fn months(span: Span) -> Decimal {
    season::months(span)
        .into_iter()
        .map(|piece| {
            let whole = season::month_of(piece.starts).days();
            ratio(piece.days().into(), whole.into(), Decimal::DIVISION_PLACES)
        })
        .try_fold(Decimal::ZERO, |sum, share| sum.checked_add(share?))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn span(starts: &str, ends: &str) -> Span {
        Span::new(date(starts), date(ends)).unwrap()
    }

    #[test]
    fn monday_to_friday_without_the_holidays() {
        // 2026-08-03 is a Monday.
        let four_weeks = span("2026-08-03", "2026-08-30");
        assert_eq!(working_days(four_weeks, &BTreeSet::new()), 20);
        // One on a Wednesday, one on a Saturday, one outside of it.
        let holidays = ["2026-08-12", "2026-08-15", "2026-09-02"].map(date).into();
        assert_eq!(working_days(four_weeks, &holidays), 19);
        assert_eq!(
            working_days(span("2026-08-08", "2026-08-09"), &BTreeSet::new()),
            0
        );
        assert!(!is_working_day(date("2026-08-12"), &holidays));
    }

    #[test]
    fn periods_of_a_quarter() {
        let quarter = span("2026-07-01", "2026-09-30");
        let none = BTreeSet::new();
        assert_eq!(periods(quarter, Period::Day, &none), Decimal::from(66));
        assert_eq!(periods(quarter, Period::Week, &none).to_string(), "13.2");
        assert_eq!(periods(quarter, Period::Month, &none), Decimal::from(3));
        let half = span("2026-06-16", "2026-07-31");
        assert_eq!(periods(half, Period::Month, &none).to_string(), "1.5");
    }

    proptest! {
        #[test]
        fn counting_day_by_day_gives_the_same(
            start in 0..40_000i32,
            days in 0..800i32,
            holidays in prop::collection::btree_set(0..41_000i32, 0..20),
        ) {
            let starts = Date::from_days_since_epoch(start);
            let span = Span::new(starts, starts.plus_days(days)).unwrap();
            let holidays: BTreeSet<Date> =
                holidays.into_iter().map(Date::from_days_since_epoch).collect();
            let one_by_one = (0..=days)
                .filter(|offset| is_working_day(starts.plus_days(*offset), &holidays))
                .count();
            prop_assert_eq!(working_days(span, &holidays) as usize, one_by_one);
        }
    }
}
