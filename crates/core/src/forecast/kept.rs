//! Ranges to maintain: how many periods will have been kept, if the rest goes like the last ones.
//!
//! Of the last [`LAST`] periods that are over k of n were kept. The rest of the cycle is expected to
//! be kept at k ÷ n; the range is Wilson's for a share at 80 % (E. B. Wilson, "Probable inference,
//! the law of succession, and statistical inference", JASA 22, 1927), which stays within 0 to 1 and
//! does not close up where all of few were kept.

use super::slope::SQUARE_OF_DEVIATE;
use super::{LEAST, Why};
use crate::calendar::{Date, Span};
use crate::decimal::{Decimal, ratio};
use crate::score::{self, PLACES};
use crate::state::{Cycle, KeyResult, State};

/// The rest of a cycle is expected to go like so many periods before it.
pub const LAST: usize = 6;

/// Shares of the cycle's periods: the expected one, and its range.
pub(super) struct Kept {
    pub(super) value: Decimal,
    pub(super) low: Decimal,
    pub(super) high: Decimal,
    pub(super) periods: usize,
}

pub(super) fn kept(
    state: &State,
    key_result: &KeyResult,
    cycle: &Cycle,
    on: Date,
) -> Result<Kept, Why> {
    let span = Span::new(cycle.starts, cycle.ends).ok_or(Why::Over)?;
    if score::value_on(state, key_result, on).is_none() {
        return Err(Why::TooFewDays { measured: 0 });
    }
    let periods: Vec<bool> = (key_result.cadence.elapsed_periods(span, on))
        .map(|period| {
            score::value_on(state, key_result, period.ends)
                .is_some_and(|value| score::in_range(&key_result.metric, value))
        })
        .collect();
    if periods.len() < LEAST {
        return Err(Why::TooFewPeriods {
            over: periods.len(),
        });
    }
    let count = |of: &[bool]| of.iter().filter(|kept| **kept).count();
    let last = (periods.len().checked_sub(LAST))
        .and_then(|at| periods.get(at..))
        .unwrap_or(&periods);
    let all = key_result.cadence.periods(span).count();
    let rest = all.saturating_sub(periods.len());
    let (low, high) = wilson(count(last) as u64, last.len() as u64);
    let share = |of_rest: Option<Decimal>| {
        let kept = Decimal::from(rest).checked_mul(of_rest?)?;
        let kept = kept.checked_add(Decimal::from(count(&periods)))?;
        ratio(kept, Decimal::from(all), PLACES)
    };
    // Divided once: (kept × n + rest × k) ÷ (all × n).
    let value = ratio(
        Decimal::from(count(&periods) * last.len() + rest * count(last)),
        Decimal::from(all * last.len()),
        PLACES,
    );
    match (value, share(low), share(high)) {
        (Some(value), Some(low), Some(high)) => Ok(Kept {
            value,
            low,
            high,
            periods: periods.len(),
        }),
        _ => Err(Why::TooManyDigits),
    }
}

/// Wilson's range at 80 % for k of n, to six digits.
fn wilson(k: u64, n: u64) -> (Option<Decimal>, Option<Decimal>) {
    const MILLION: u128 = 1_000_000;
    let (k, n, z2) = (u128::from(k), u128::from(n), u128::from(SQUARE_OF_DEVIATE));
    let below = n * MILLION + z2;
    let middle = k * MILLION + z2 / 2;
    let under = z2 * (4 * MILLION * k * n.saturating_sub(k) + n * z2);
    let half = under.checked_div(4 * n).unwrap_or(0).isqrt();
    let share = |above: u128| {
        let whole = |number: u128| Decimal::from_parts(i128::try_from(number).ok()?, 0);
        ratio(whole(above)?, whole(below)?, 6)
    };
    let low = if k == 0 {
        Some(Decimal::ZERO)
    } else {
        share(middle.saturating_sub(half))
    };
    let high = if k == n {
        Some(Decimal::ONE)
    } else {
        share(middle + half)
    };
    (low, high)
}
