//! The same funnel in two periods: what changed, and how much of the outcome's change each stage
//! explains.
//!
//! The outcome is the first stage's volume times every conversion after it. How much of its
//! change belongs to which factor is answered by the Shapley value: the effect of changing one
//! factor, averaged over all orders in which the factors could have changed one after another.
//! It treats all factors alike, gives nothing to one that did not change, copes with zeros, and
//! its parts add up to the change. See Shapley, "A value for n-person games", 1953; for products
//! of factors Albrecht, François and Schoors, "A Shapley decomposition of carbon emissions
//! without residuals", Energy Policy 30 (2002).
//!
//! Parts are rounded by largest remainder at two places, or as many as the outcome has, and so
//! go on adding up.

use crate::decimal::{Decimal, ratio};
use crate::score::PLACES;

/// The most stages that are compared.
pub const MAX_STAGES: usize = 12;

/// Places after the point that are kept while calculating, with numbers of 0 to 1: enough to
/// leave the sums of the most stages their digits before the point.
const WORKING_PLACES: u32 = 20;

/// Places of the parts, unless the outcome has more.
const PART_PLACES: u32 = 2;

/// Why two periods of a funnel can't be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DiagnosisError {
    /// Fewer than two stages, or more than [`MAX_STAGES`].
    #[error("a funnel has from 2 to {MAX_STAGES} stages, and not {0}")]
    Stages(usize),
    /// A volume below 0.
    #[error("stage {stage} holds {volume}; a volume is 0 or more")]
    Negative {
        /// Which stage, counted from 1.
        stage: usize,
        /// Its volume.
        volume: Decimal,
    },
    /// Something came out of a stage that held nothing.
    #[error(
        "stage {stage} holds 0 in one period, and the stage after it more; something was not \
         counted, so no conversion can be told"
    )]
    FromNothing {
        /// The stage that held nothing, counted from 1.
        stage: usize,
    },
    /// A result that doesn't fit a number.
    #[error("the volumes have too many digits to be compared")]
    TooManyDigits,
}

/// A stage in both periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compared {
    /// Its volume in the first period.
    pub before: Decimal,
    /// Its volume in the second.
    pub after: Decimal,
    /// The share of the stage before it that arrived here in the first period, at [`PLACES`];
    /// none for the first stage, and where nothing could arrive.
    pub conversion_before: Option<Decimal>,
    /// The same in the second period.
    pub conversion_after: Option<Decimal>,
    /// How much of the outcome's change this stage explains: the first one by its volume, the
    /// others by their conversion.
    pub explains: Decimal,
}

/// The comparison of two periods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// The stages from the first to the outcome.
    pub stages: Vec<Compared>,
    /// By how much the outcome changed; what the stages explain adds up to it.
    pub change: Decimal,
    /// The stage to look at first: the one that cost most, if any cost something. Where the
    /// outcome grew all the same, it is what held it back.
    pub look_at: Option<usize>,
}

/// Compares two periods, each given as a volume for every stage in order.
///
/// # Errors
/// See [`DiagnosisError`]. Lists of different lengths count as the shorter one.
pub fn diagnose(before: &[Decimal], after: &[Decimal]) -> Result<Diagnosis, DiagnosisError> {
    let volumes: Vec<(Decimal, Decimal)> =
        before.iter().copied().zip(after.iter().copied()).collect();
    let (Some(first), Some(outcome), 2..=MAX_STAGES) =
        (volumes.first(), volumes.last(), volumes.len())
    else {
        return Err(DiagnosisError::Stages(volumes.len()));
    };
    for (index, (before, after)) in volumes.iter().enumerate() {
        if let Some(volume) = [*before, *after].into_iter().find(|v| v.is_negative()) {
            return Err(DiagnosisError::Negative {
                stage: index + 1,
                volume,
            });
        }
    }

    let mut conversions = Vec::with_capacity(volumes.len());
    let mut factors = vec![*first];
    for (index, (from, to)) in volumes.iter().zip(volumes.iter().skip(1)).enumerate() {
        let through = |from: Decimal, to: Decimal| {
            if from.is_zero() && !to.is_zero() {
                return Err(DiagnosisError::FromNothing { stage: index + 1 });
            }
            Ok(ratio(to, from, WORKING_PLACES))
        };
        let pair = (through(from.0, to.0)?, through(from.1, to.1)?);
        // A conversion that can't be told has not been seen to change, so it explains nothing.
        factors.push(match pair {
            (Some(before), Some(after)) => (before, after),
            (Some(known), None) | (None, Some(known)) => (known, known),
            (None, None) => (Decimal::ZERO, Decimal::ZERO),
        });
        conversions.push(pair);
    }

    let change = outcome
        .1
        .checked_sub(outcome.0)
        .ok_or(DiagnosisError::TooManyDigits)?;
    let parts = shapley(&factors)
        .and_then(|parts| adding_up(&parts, change))
        .ok_or(DiagnosisError::TooManyDigits)?;
    let shown = |conversion: Option<Decimal>| conversion.map(|share| share.round(PLACES));
    let stages = volumes
        .iter()
        .zip(std::iter::once((None, None)).chain(conversions))
        .zip(&parts)
        .map(|((volume, conversion), explains)| Compared {
            before: volume.0,
            after: volume.1,
            conversion_before: shown(conversion.0),
            conversion_after: shown(conversion.1),
            explains: *explains,
        })
        .collect();
    let look_at = parts
        .iter()
        .enumerate()
        .filter(|(_, part)| part.is_negative())
        .min_by_key(|(index, part)| (**part, *index))
        .map(|(index, _)| index);
    Ok(Diagnosis {
        stages,
        change,
        look_at,
    })
}

/// The Shapley value of each factor of a product that goes from the first to the second numbers.
///
/// For factor i, going from aᵢ to bᵢ, it is (bᵢ − aᵢ) × Σₛ s! (k − 1 − s)! ÷ k! × cₛ, where cₛ is
/// the coefficient of tˢ in the product of (aⱼ + bⱼt) over the other factors: the sum over all
/// sets of s others that have changed already.
fn shapley(factors: &[(Decimal, Decimal)]) -> Option<Vec<Decimal>> {
    let orders = orders(factors.len())?;
    // Each factor as a share of its larger number, and the product of those apart: however large
    // the volumes, the digits are spent on what differs.
    let mut whole = Decimal::ONE;
    let mut shares = Vec::with_capacity(factors.len());
    for (before, after) in factors {
        let larger = *before.max(after);
        if larger.is_zero() {
            shares.push((Decimal::ZERO, Decimal::ZERO));
            continue;
        }
        whole = whole.checked_mul(larger)?;
        shares.push((
            ratio(*before, larger, WORKING_PLACES)?,
            ratio(*after, larger, WORKING_PLACES)?,
        ));
    }
    shares
        .iter()
        .enumerate()
        .map(|(index, (before, after))| {
            let others = shares
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != index)
                .map(|(_, pair)| *pair);
            // s! (k − 1 − s)! ÷ k! = 1 ÷ (k × (k − 1 over s))
            let mean = polynomial(others)?.into_iter().zip(&orders).try_fold(
                Decimal::ZERO,
                |sum, (coefficient, orders)| {
                    sum.checked_add(ratio(coefficient, *orders, WORKING_PLACES)?)
                },
            )?;
            after
                .checked_sub(*before)?
                .checked_mul(mean)?
                .checked_mul(whole)
        })
        .collect()
}

/// k × (k − 1 over s) for s from 0 to k − 1.
fn orders(k: usize) -> Option<Vec<Decimal>> {
    let k = u64::try_from(k).ok()?;
    let mut choose = 1u64;
    let mut found = Vec::new();
    for s in 0..k {
        found.push(Decimal::from(k.checked_mul(choose)?));
        choose = choose.checked_mul(k - 1 - s)? / (s + 1);
    }
    Some(found)
}

/// The coefficients of the product of (a + bt), from t⁰ on.
fn polynomial(pairs: impl Iterator<Item = (Decimal, Decimal)>) -> Option<Vec<Decimal>> {
    let mut coefficients = vec![Decimal::ONE];
    for (a, b) in pairs {
        let times = |factor: Decimal| -> Option<Vec<Decimal>> {
            coefficients
                .iter()
                .map(|c| Some(c.checked_mul(factor)?.round(WORKING_PLACES)))
                .collect()
        };
        let (mut kept, raised) = (times(a)?, times(b)?);
        kept.push(Decimal::ZERO);
        for (sum, higher) in kept.iter_mut().skip(1).zip(raised) {
            *sum = sum.checked_add(higher)?;
        }
        coefficients = kept;
    }
    Some(coefficients)
}

/// The parts rounded by largest remainder so that they add up to `change`.
fn adding_up(parts: &[Decimal], change: Decimal) -> Option<Vec<Decimal>> {
    let places = change.scale().max(PART_PLACES);
    let unit = Decimal::from_parts(1, places)?;
    let mut rounded = Vec::with_capacity(parts.len());
    let mut remainders = Vec::with_capacity(parts.len());
    let mut left = change;
    for (index, part) in parts.iter().enumerate() {
        // Some digits more than are shown tell two remainders apart; beyond them lies what the
        // calculation itself rounded, which must not decide.
        let part = part.round(places.saturating_add(6));
        let down = ratio(part, unit, places)?.floor().checked_mul(unit)?;
        left = left.checked_sub(down)?;
        rounded.push(down);
        remainders.push((part.checked_sub(down)?, index));
    }
    remainders.sort_by_key(|(remainder, _)| std::cmp::Reverse(*remainder));
    for (_, index) in remainders {
        if left < unit {
            break;
        }
        let part = rounded.get_mut(index)?;
        *part = part.checked_add(unit)?;
        left = left.checked_sub(unit)?;
    }
    left.is_zero().then_some(rounded)
}

#[cfg(test)]
mod tests;
