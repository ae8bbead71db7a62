//! How far into a cycle a day lies, as a whole number: what a course is extrapolated over.
//!
//! Where all months weigh the same these are days; where they weigh differently, days of a month
//! with the weight of one are as long as its weight says. It is the expected share of
//! [`crate::score::expected`] before it is rounded, times a number that is the same for the whole
//! cycle: a straight course stays exactly straight.

use crate::calendar::{Date, Span};
use crate::decimal::Decimal;
use crate::plan::season;
use crate::score;
use crate::state::{Cycle, State};

/// A cycle measured in whole numbers.
pub(super) struct Axis {
    span: Span,
    /// The months of the cycle with the length of one of their days; empty for days.
    months: Vec<(Span, i64)>,
}

impl Axis {
    /// The axis of a cycle; none for one without a day. Weights that say nothing, or that do not
    /// fit, leave the days.
    pub(super) fn of(state: &State, cycle: &Cycle) -> Option<Self> {
        let span = Span::new(cycle.starts, cycle.ends)?;
        let weights = score::month_weights(state, cycle, span);
        Some(Self {
            span,
            months: weighted(span, &weights).unwrap_or_default(),
        })
    }

    /// How much is over at the end of a day: 0 before the cycle.
    pub(super) fn at(&self, day: Date) -> i64 {
        if self.months.is_empty() {
            return self.span.elapsed(day).days.into();
        }
        let over = |(month, length): &(Span, i64)| i64::from(month.elapsed(day).days) * length;
        self.months.iter().map(over).sum()
    }
}

/// Each month with the length of one of its days, as small as whole numbers can be. None where the
/// weights say nothing.
fn weighted(span: Span, weights: &[Decimal]) -> Option<Vec<(Span, i64)>> {
    let months = season::months(span);
    if months.len() != weights.len() || weights.iter().any(|weight| weight.is_negative()) {
        return None;
    }
    let places = weights.iter().map(|weight| weight.scale()).max()?;
    let common = (months.iter()).try_fold(1i64, |common, month| {
        let days = i64::from(month.days());
        common.checked_mul(days / gcd(common, days))
    })?;
    let lengths = (months.iter().zip(weights))
        .map(|(month, weight)| {
            let whole = 10i128
                .checked_pow(places.checked_sub(weight.scale())?)?
                .checked_mul(weight.mantissa())?;
            let of_a_day = common.checked_div(i64::from(month.days()))?;
            i64::try_from(whole.checked_mul(of_a_day.into())?).ok()
        })
        .collect::<Option<Vec<i64>>>()?;
    let shared = lengths
        .iter()
        .fold(0, |shared, length| gcd(shared, *length));
    // All of the cycle has to be a number still.
    let fits = |length: &i64| *length <= i64::from(u32::MAX);
    let lengths: Vec<i64> = (lengths.iter())
        .map(|length| length.checked_div(shared))
        .collect::<Option<_>>()?;
    if !lengths.iter().all(fits) {
        return None;
    }
    Some(months.into_iter().zip(lengths).collect())
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { gcd(b, a % b) }
}
