//! From a wanted outcome back through conversion rates to the volume that each stage needs, and
//! on to a day's work; and what the rates turned out to be.
//!
//! A stage's need is the outcome divided by all the rates after it. It is computed from the
//! exact need of the next stage, never from the rounded-up one: rounding up at every stage would
//! ask for more than the outcome needs, and the more the longer the funnel. Each stage's exact
//! need is then rounded up by itself, since nobody talks to a third of a contact.

use crate::decimal::{Decimal, ratio};
use crate::score::PLACES;

/// Why a funnel can't be calculated back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FunnelError {
    /// An outcome of 0 or below.
    #[error("an outcome of {0} needs no work; it must be above 0")]
    Outcome(Decimal),
    /// A rate outside of above 0 to 1.
    #[error(
        "conversion rate {stage} is {rate}; it must be above 0 and at most 1, that is 100 %: \
         30% and 0.3 are the same"
    )]
    Rate {
        /// Which rate, counted from 1 at the first stage.
        stage: usize,
        /// The rate.
        rate: Decimal,
    },
    /// A result that doesn't fit a number.
    #[error("the volumes have too many digits; are the conversion rates right?")]
    TooManyDigits,
}

/// What a stage must hold for the outcome to come about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    /// The exact volume, rounded half to even at [`PLACES`].
    pub exact: Decimal,
    /// The next whole number that is enough.
    pub whole: Decimal,
    /// The share that goes on to the next stage; none for the outcome itself.
    pub rate: Option<Decimal>,
    /// The share that turns into the outcome, by way of all stages after it; to 12 places.
    pub to_outcome: Decimal,
}

/// A conversion rate as a fraction, so that a measured third stays a third.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conversion {
    /// How many came through, 0 or more.
    pub through: Decimal,
    /// Of how many, above 0.
    pub of: Decimal,
}

impl Conversion {
    /// A rate that was planned.
    #[must_use]
    pub const fn planned(rate: Decimal) -> Self {
        Self {
            through: rate,
            of: Decimal::ONE,
        }
    }
}

/// The needs of all stages, from the first to the outcome: one more than there are rates.
///
/// # Errors
/// For an outcome that isn't above 0, a rate that isn't above 0 and at most 1, and volumes that
/// don't fit a number.
pub fn needs(outcome: Decimal, rates: &[Decimal]) -> Result<Vec<Need>, FunnelError> {
    let planned: Vec<Conversion> = rates.iter().copied().map(Conversion::planned).collect();
    needs_at(outcome, &planned)
}

/// The same at rates given as fractions.
///
/// # Errors
/// As for [`needs`].
pub fn needs_at(outcome: Decimal, rates: &[Conversion]) -> Result<Vec<Need>, FunnelError> {
    if outcome <= Decimal::ZERO {
        return Err(FunnelError::Outcome(outcome));
    }
    let mut needs = vec![need(outcome, Decimal::ONE, Decimal::ONE, None)?];
    // All that went in and all that came through on the way: divided once.
    let (mut all_in, mut all_through) = (Decimal::ONE, Decimal::ONE);
    for (index, Conversion { through, of }) in rates.iter().enumerate().rev() {
        let rate = ratio(*through, *of, PLACES).unwrap_or_default();
        if *through <= Decimal::ZERO || *of <= Decimal::ZERO || through > of {
            return Err(FunnelError::Rate {
                stage: index + 1,
                rate,
            });
        }
        all_in = (all_in.checked_mul(*of)).ok_or(FunnelError::TooManyDigits)?;
        all_through = (all_through.checked_mul(*through)).ok_or(FunnelError::TooManyDigits)?;
        needs.push(need(outcome, all_in, all_through, Some(rate))?);
    }
    needs.reverse();
    Ok(needs)
}

fn need(
    outcome: Decimal,
    all_in: Decimal,
    all_through: Decimal,
    rate: Option<Decimal>,
) -> Result<Need, FunnelError> {
    let found = || {
        let above = outcome.checked_mul(all_in)?;
        Some(Need {
            exact: ratio(above, all_through, PLACES)?,
            whole: rounded_up(above, all_through)?,
            rate,
            to_outcome: all_through.checked_div(all_in)?,
        })
    };
    found().ok_or(FunnelError::TooManyDigits)
}

/// What the stages need at the rates that were measured, and as planned where none was; None
/// where nothing was measured, or a stage has let nothing through.
#[must_use]
pub fn needs_as_measured(
    outcome: Decimal,
    planned: &[Decimal],
    measured: &[Option<Measured>],
) -> Option<Vec<Need>> {
    if measured.iter().all(Option::is_none) {
        return None;
    }
    let rates: Vec<Conversion> = (planned.iter().enumerate())
        .map(|(at, planned)| match measured.get(at) {
            Some(Some(found)) => Conversion {
                through: found.through,
                of: found.entered,
            },
            _ => Conversion::planned(*planned),
        })
        .collect();
    needs_at(outcome, &rates).ok()
}

/// The rates at which each stage's volume became the next one's, where both are known; None for
/// the last.
#[must_use]
pub fn conversions(volumes: &[Option<Decimal>]) -> Vec<Option<Measured>> {
    let next = volumes.iter().skip(1).chain([&None]);
    (volumes.iter().zip(next))
        .map(|(entered, through)| measured((*entered)?, (*through)?))
        .collect()
}

/// The least whole number at or above `a` ÷ `b`, for `b` above 0: judged by multiplying back, so
/// that a quotient just above a whole number isn't rounded to it first.
#[must_use]
pub fn rounded_up(a: Decimal, b: Decimal) -> Option<Decimal> {
    let nearest = ratio(a, b, 0)?;
    if nearest.checked_mul(b)? < a {
        nearest.checked_add(Decimal::ONE)
    } else {
        Some(nearest)
    }
}

/// A volume spread over periods, such as working days, at [`PLACES`]; None where there are none.
#[must_use]
pub fn per_period(volume: Decimal, periods: Decimal) -> Option<Decimal> {
    (periods > Decimal::ZERO)
        .then(|| ratio(volume, periods, PLACES))
        .flatten()
}

/// Fewer counted than these say little about a rate: a rule of thumb, and the range says it in
/// numbers.
pub const SMALL_SAMPLE: u32 = 30;

/// A conversion rate as it turned out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measured {
    /// How many entered the stage.
    pub entered: Decimal,
    /// How many came through.
    pub through: Decimal,
    /// Through ÷ entered, at [`PLACES`].
    pub rate: Decimal,
    /// Where the true rate lies with 95 % confidence (Wilson's interval), at [`PLACES`]; none
    /// unless both are whole numbers and no more came through than entered.
    pub range: Option<(Decimal, Decimal)>,
    /// Whether fewer than [`SMALL_SAMPLE`] entered.
    pub small: bool,
}

/// The rate at which `entered` became `through`; None while nothing has entered.
#[must_use]
pub fn measured(entered: Decimal, through: Decimal) -> Option<Measured> {
    if entered <= Decimal::ZERO {
        return None;
    }
    // What fell below where it began has not come through.
    let through = through.max(Decimal::ZERO);
    Some(Measured {
        entered,
        through,
        rate: ratio(through, entered, PLACES)?,
        range: wilson(entered, through),
        small: entered < SMALL_SAMPLE.into(),
    })
}

/// What an outcome needs at a measured rate, beside what was planned for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Feedback {
    /// The rate that was planned.
    pub planned: Decimal,
    /// What the planned rate needs, rounded up.
    pub planned_need: Decimal,
    /// What was measured.
    pub measured: Measured,
    /// What the measured rate needs, rounded up; none while nothing has come through.
    pub need: Option<Decimal>,
    /// What is still needed of it; 0 once there is enough.
    pub left: Option<Decimal>,
}

/// The feedback on a planned rate; None while nothing has entered.
///
/// # Errors
/// As for [`needs`].
pub fn feedback(
    outcome: Decimal,
    planned: Decimal,
    entered: Decimal,
    through: Decimal,
) -> Result<Option<Feedback>, FunnelError> {
    let planned_need = needs(outcome, &[planned])?
        .first()
        .map_or(outcome, |need| need.whole);
    let Some(measured) = measured(entered, through) else {
        return Ok(None);
    };
    // outcome ÷ (through ÷ entered), rounded up from the exact quotient.
    let need = outcome
        .checked_mul(measured.entered)
        .filter(|_| measured.through > Decimal::ZERO)
        .and_then(|above| rounded_up(above, measured.through));
    Ok(Some(Feedback {
        planned,
        planned_need,
        measured,
        need,
        left: need
            .and_then(|need| need.checked_sub(measured.entered))
            .map(|left| left.max(Decimal::ZERO)),
    }))
}

/// Wilson's score interval for a share of a count, at 95 %.
///
/// With z = 1.96: (2x + z² ± z √(z² + 4x(n − x)/n)) ÷ 2(n + z²). See Wilson, "Probable inference,
/// the law of succession, and statistical inference", 1927.
fn wilson(n: Decimal, x: Decimal) -> Option<(Decimal, Decimal)> {
    if !n.is_whole() || !x.is_whole() || x > n {
        return None;
    }
    let z = Decimal::from_parts(196, 2)?;
    let z2 = z.checked_mul(z)?;
    let two = Decimal::from(2u32);
    let spread = x
        .checked_mul(n.checked_sub(x)?)?
        .checked_mul(4u32.into())?
        .checked_div(n)?
        .checked_add(z2)?;
    let half = z
        .checked_mul(root(spread)?)?
        .round(Decimal::DIVISION_PLACES);
    let centre = x.checked_mul(two)?.checked_add(z2)?;
    let below = n.checked_add(z2)?.checked_mul(two)?;
    let bound = |above: Decimal| {
        ratio(above, below, PLACES).map(|bound| bound.max(Decimal::ZERO).min(Decimal::ONE))
    };
    Some((
        bound(centre.checked_sub(half)?)?,
        bound(centre.checked_add(half)?)?,
    ))
}

/// The square root of a number from 0 on, cut off at six places.
fn root(number: Decimal) -> Option<Decimal> {
    let digits = number.round(Decimal::DIVISION_PLACES);
    let scaled = u128::try_from(digits.mantissa())
        .ok()?
        .checked_mul(10u128.checked_pow(Decimal::DIVISION_PLACES - digits.scale())?)?;
    Decimal::from_parts(
        i128::try_from(scaled.isqrt()).ok()?,
        Decimal::DIVISION_PLACES / 2,
    )
}

#[cfg(test)]
mod tests;
