//! How much of a span is over where its months weigh differently.
//!
//! A seasonal business does not expect a twelfth of its year from every month. Each calendar
//! month that the span touches has a weight; within a month every day counts alike, so the share
//! that is over rises in a straight line through each month, by its weight's part of all.
//! Weights that say nothing (none, all 0, or not one for each month) leave the plain share of
//! days.

use crate::calendar::{Date, Span};
use crate::decimal::{Decimal, ratio};
use crate::score::PLACES;

/// The whole calendar month that a day lies in.
#[must_use]
pub fn month_of(day: Date) -> Span {
    let starts = day.plus_days(1 - i32::from(day.day()));
    let next = starts.plus_months(1);
    // After the calendar's last month there is no next one: the date is held to its last day.
    let ends = if next.day() == 1 {
        next.plus_days(-1)
    } else {
        next
    };
    Span { starts, ends }
}

/// The calendar months of a span in order; the first and the last may be cut short by it.
#[must_use]
pub fn months(span: Span) -> Vec<Span> {
    let mut pieces = Vec::new();
    let mut starts = span.starts;
    while let Some(piece) = Span::new(starts, month_of(starts).ends.min(span.ends)) {
        pieces.push(piece);
        if piece.ends == span.ends {
            break;
        }
        starts = piece.ends.plus_days(1);
    }
    pieces
}

/// The share of a span that is over at the end of the day `on`, 0 to 1, by the weights of its
/// months in order, rounded half to even at [`PLACES`].
#[must_use]
pub fn share(span: Span, weights: &[Decimal], on: Date) -> Decimal {
    weighted(span, weights, on).unwrap_or_else(|| {
        let days = span.elapsed(on);
        ratio(days.days.into(), days.of.into(), PLACES).unwrap_or_default()
    })
}

/// None where the weights say nothing.
fn weighted(span: Span, weights: &[Decimal], on: Date) -> Option<Decimal> {
    let months = months(span);
    if months.len() != weights.len() || weights.iter().any(|weight| weight.is_negative()) {
        return None;
    }
    let mut whole = Decimal::ZERO;
    let mut over = Decimal::ZERO;
    let mut running = (Decimal::ZERO, 1u32);
    for (month, weight) in months.into_iter().zip(weights) {
        whole = whole.checked_add(*weight)?;
        if month.ends <= on {
            over = over.checked_add(*weight)?;
        } else if month.starts <= on {
            let days = month.elapsed(on);
            running = (weight.checked_mul(days.days.into())?, days.of);
        }
    }
    // (over + weight × days ÷ of) ÷ whole, divided once.
    let (part, of) = running;
    let of = Decimal::from(of);
    let above = over.checked_mul(of)?.checked_add(part)?;
    ratio(above, whole.checked_mul(of)?, PLACES)
}

/// The weights of those months of `span` that begin within `part`: a year's weights for one of
/// its quarters. Empty where the weights don't fit the span.
#[must_use]
pub fn within(span: Span, weights: &[Decimal], part: Span) -> Vec<Decimal> {
    let months = months(span);
    if months.len() != weights.len() {
        return Vec::new();
    }
    months
        .into_iter()
        .zip(weights)
        .filter(|(month, _)| part.contains(month.starts))
        .map(|(_, weight)| *weight)
        .collect()
}

/// What each part of a span weighs: the sum of its months. None where the weights don't fit the
/// span, or their sum doesn't fit a number.
#[must_use]
pub fn of_parts(span: Span, weights: &[Decimal], parts: &[Span]) -> Option<Vec<Decimal>> {
    if weights.is_empty() || months(span).len() != weights.len() {
        return None;
    }
    parts
        .iter()
        .map(|part| {
            within(span, weights, *part)
                .into_iter()
                .try_fold(Decimal::ZERO, Decimal::checked_add)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn d(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn ds(text: &str) -> Vec<Decimal> {
        text.split(',').map(d).collect()
    }

    fn span(starts: &str, ends: &str) -> Span {
        Span::new(date(starts), date(ends)).unwrap()
    }

    fn quarter() -> Span {
        span("2026-07-01", "2026-09-30")
    }

    #[test]
    fn within_a_month_every_day_counts_alike() {
        let weights = ds("1,1,2");
        assert_eq!(share(quarter(), &weights, date("2026-07-31")), d("0.25"));
        assert_eq!(share(quarter(), &weights, date("2026-08-31")), d("0.5"));
        assert_eq!(share(quarter(), &weights, date("2026-09-15")), d("0.75"));
        assert_eq!(share(quarter(), &weights, date("2026-09-30")), d("1"));
    }

    #[test]
    fn before_and_after_it_is_0_and_1() {
        let weights = ds("1,1,2");
        assert_eq!(share(quarter(), &weights, date("2026-06-30")), d("0"));
        assert_eq!(share(quarter(), &weights, date("2026-12-31")), d("1"));
        assert_eq!(share(quarter(), &[], date("2026-06-30")), d("0"));
    }

    #[test]
    fn weights_that_say_nothing_leave_the_share_of_days() {
        // 50 of 92 days.
        for weights in ["0,0,0", "1,2", "1,1,1,1", "1,-1,1"] {
            assert_eq!(
                share(quarter(), &ds(weights), date("2026-08-19")),
                d("0.5435")
            );
        }
        assert_eq!(share(quarter(), &[], date("2026-08-19")), d("0.5435"));
    }

    #[test]
    fn a_span_may_cut_its_first_and_last_month_short() {
        let cut = span("2026-01-15", "2026-03-10");
        let pieces = months(cut);
        assert_eq!(pieces.len(), 3);
        assert_eq!(pieces[0], span("2026-01-15", "2026-01-31"));
        assert_eq!(pieces[2], span("2026-03-01", "2026-03-10"));
        assert_eq!(share(cut, &ds("1,1,2"), date("2026-03-05")), d("0.75"));
    }

    #[test]
    fn a_quarter_takes_its_months_from_the_year() {
        let year = span("2026-01-01", "2026-12-31");
        let weights = ds("1,2,3,4,5,6,7,8,9,10,11,12");
        assert_eq!(within(year, &weights, quarter()), ds("7,8,9"));
        let quarters = [
            span("2026-01-01", "2026-03-31"),
            span("2026-04-01", "2026-06-30"),
            quarter(),
            span("2026-10-01", "2026-12-31"),
        ];
        assert_eq!(of_parts(year, &weights, &quarters), Some(ds("6,15,24,33")));
        assert_eq!(of_parts(year, &ds("1,2"), &quarters), None);
    }

    #[test]
    fn the_calendars_last_month_ends() {
        let last = Span::new(date("2999-11-20"), Date::MAX).unwrap();
        assert_eq!(months(last).len(), 2);
        assert_eq!(months(last)[1].ends, Date::MAX);
    }

    proptest! {
        #[test]
        fn the_share_never_falls_and_stays_within_0_and_1(
            weights in prop::collection::vec(0..=100u32, 3),
            day in -10..=110i32,
        ) {
            let weights: Vec<Decimal> = weights.into_iter().map(Decimal::from).collect();
            let on = quarter().starts.plus_days(day);
            let (today, tomorrow) = (share(quarter(), &weights, on), share(quarter(), &weights, on.plus_days(1)));
            prop_assert!(Decimal::ZERO <= today && today <= tomorrow && tomorrow <= Decimal::ONE);
        }

        #[test]
        fn months_cover_the_span_without_gaps(start in 0..30_000i32, days in 0..900i32) {
            let starts = Date::from_days_since_epoch(start);
            let whole = Span::new(starts, starts.plus_days(days)).unwrap();
            let pieces = months(whole);
            prop_assert_eq!(pieces.iter().map(|piece| piece.days()).sum::<u32>(), whole.days());
            for pair in pieces.windows(2) {
                prop_assert_eq!(pair[0].ends.plus_days(1), pair[1].starts);
            }
        }
    }
}
