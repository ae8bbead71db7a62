//! A change split into parts that add up to it, to the last digit.
//!
//! Each part's quota is change × weight ÷ sum of weights. Quotas are cut down to whole steps,
//! and the steps left over go one each to the parts that lost most by it, the earlier one first
//! where two lost alike: the method of largest remainders, as Hamilton proposed it for
//! apportioning seats. A falling change is split as its magnitude is.
//!
//! The step is a whole unit or whatever is asked for; without one it is [`PLACES`] places, or as
//! many as the change itself has. Quotas that end there come out exact: 50 in four is 12.5 each.

use crate::decimal::Decimal;

/// Places after the point that parts keep where no step is asked for.
pub const PLACES: u32 = 4;

/// The most parts that something is split into: the days of a year.
pub const MAX_PARTS: usize = 366;

/// Why something can't be split.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SplitError {
    /// No weights.
    #[error("there are no parts to split into; give a weight for each part, such as 3,2,2,3")]
    NoParts,
    /// More than [`MAX_PARTS`].
    #[error("those are too many parts; there may be {MAX_PARTS} at most")]
    TooManyParts,
    /// A weight below 0.
    #[error("weight {part} is {weight}; a weight is 0 or more")]
    NegativeWeight {
        /// Which part, counted from 1.
        part: usize,
        /// Its weight.
        weight: Decimal,
    },
    /// Nothing weighs anything.
    #[error("all weights are 0; at least one part must weigh something")]
    AllZero,
    /// A step of 0 or below.
    #[error("a step of {0} is none; it must be above 0, such as 1 or 0.01")]
    Step(Decimal),
    /// The change is no whole number of steps, so no parts in whole steps add up to it.
    #[error("{change} is no multiple of {step}, so parts that are can't add up to it")]
    NotInSteps {
        /// The change.
        change: Decimal,
        /// The step.
        step: Decimal,
    },
    /// More digits than can be calculated with exactly.
    #[error("the numbers have too many digits to be split exactly")]
    TooManyDigits,
}

/// One part of a split change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// What it weighs.
    pub weight: Decimal,
    /// How much of the change falls to it.
    pub change: Decimal,
    /// The level at which it begins.
    pub from: Decimal,
    /// The level at which it ends, where the next one begins.
    pub to: Decimal,
}

/// So many equal weights; beyond [`MAX_PARTS`] it makes one more than can be split.
#[must_use]
pub fn even(parts: usize) -> Vec<Decimal> {
    vec![Decimal::ONE; parts.min(MAX_PARTS + 1)]
}

/// The way from one level to another, part by part: the last one ends at `to` exactly.
///
/// # Errors
/// As for [`apportion`].
pub fn levels(
    from: Decimal,
    to: Decimal,
    weights: &[Decimal],
    step: Option<Decimal>,
) -> Result<Vec<Part>, SplitError> {
    let change = to.checked_sub(from).ok_or(SplitError::TooManyDigits)?;
    let mut level = from;
    apportion(change, weights, step)?
        .into_iter()
        .zip(weights)
        .map(|(change, weight)| {
            let start = level;
            level = level.checked_add(change).ok_or(SplitError::TooManyDigits)?;
            Ok(Part {
                weight: *weight,
                change,
                from: start,
                to: level,
            })
        })
        .collect()
}

/// Parts of `change` in proportion to `weights`, each a multiple of `step`, that add up to it.
///
/// # Errors
/// Where weights or step make no sense, where `change` is no multiple of `step`, or where the
/// numbers have too many digits.
pub fn apportion(
    change: Decimal,
    weights: &[Decimal],
    step: Option<Decimal>,
) -> Result<Vec<Decimal>, SplitError> {
    let shares = integers(weights)?;
    let step = match step {
        Some(step) if step <= Decimal::ZERO => return Err(SplitError::Step(step)),
        Some(step) => step,
        None => finest(change).ok_or(SplitError::TooManyDigits)?,
    };
    let units = in_steps(change, step)?;
    let parts =
        largest_remainder(units.unsigned_abs(), &shares).ok_or(SplitError::TooManyDigits)?;
    parts
        .into_iter()
        .map(|part| {
            let part = i128::try_from(part).ok()? * units.signum();
            let mantissa = part.checked_mul(step.mantissa())?;
            Decimal::from_parts(mantissa, step.scale())
        })
        .collect::<Option<_>>()
        .ok_or(SplitError::TooManyDigits)
}

/// The step that parts keep when none is asked for.
fn finest(change: Decimal) -> Option<Decimal> {
    Decimal::from_parts(1, change.scale().max(PLACES))
}

/// The weights as whole numbers in the same proportion.
fn integers(weights: &[Decimal]) -> Result<Vec<u128>, SplitError> {
    if weights.is_empty() {
        return Err(SplitError::NoParts);
    }
    if weights.len() > MAX_PARTS {
        return Err(SplitError::TooManyParts);
    }
    let scale = weights
        .iter()
        .map(|weight| weight.scale())
        .max()
        .unwrap_or(0);
    let mut whole = Vec::with_capacity(weights.len());
    for (index, weight) in weights.iter().enumerate() {
        if weight.is_negative() {
            return Err(SplitError::NegativeWeight {
                part: index + 1,
                weight: *weight,
            });
        }
        let scaled = 10u128
            .checked_pow(scale - weight.scale())
            .and_then(|factor| factor.checked_mul(weight.mantissa().unsigned_abs()))
            .ok_or(SplitError::TooManyDigits)?;
        whole.push(scaled);
    }
    // In lowest terms there is most room for the change's own digits.
    match whole.iter().copied().fold(0, common_divisor) {
        0 => Err(SplitError::AllZero),
        divisor => Ok(whole.into_iter().map(|weight| weight / divisor).collect()),
    }
}

fn common_divisor(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// How many steps the change is.
fn in_steps(change: Decimal, step: Decimal) -> Result<i128, SplitError> {
    let scale = change.scale().max(step.scale());
    let scaled = |number: Decimal| {
        10i128
            .checked_pow(scale - number.scale())
            .and_then(|factor| factor.checked_mul(number.mantissa()))
            .ok_or(SplitError::TooManyDigits)
    };
    let (change_units, step_units) = (scaled(change)?, scaled(step)?);
    if change_units % step_units != 0 {
        return Err(SplitError::NotInSteps { change, step });
    }
    Ok(change_units / step_units)
}

/// `units` in proportion to the shares; None where that overflows.
fn largest_remainder(units: u128, shares: &[u128]) -> Option<Vec<u128>> {
    let sum = shares
        .iter()
        .try_fold(0u128, |sum, share| sum.checked_add(*share))?;
    let mut parts = Vec::with_capacity(shares.len());
    let mut remainders = Vec::with_capacity(shares.len());
    let mut left = units;
    for (index, share) in shares.iter().enumerate() {
        let quota = units.checked_mul(*share)?;
        let part = quota.checked_div(sum)?;
        left -= part;
        parts.push(part);
        remainders.push((quota.checked_rem(sum)?, index));
    }
    // Largest first; the sort is stable, so the earlier of two equal ones stays first.
    remainders.sort_by_key(|(remainder, _)| std::cmp::Reverse(*remainder));
    for (_, index) in remainders {
        if left == 0 {
            break;
        }
        if let Some(part) = parts.get_mut(index) {
            *part += 1;
            left -= 1;
        }
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn d(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn ds(text: &str) -> Vec<Decimal> {
        text.split(',').map(d).collect()
    }

    fn split(change: &str, weights: &str, step: Option<&str>) -> Vec<Decimal> {
        apportion(d(change), &ds(weights), step.map(d)).unwrap()
    }

    #[test]
    fn even_parts_are_exact_where_they_can_be() {
        assert_eq!(
            apportion(d("50"), &even(4), None).unwrap(),
            ds("12.5,12.5,12.5,12.5")
        );
        assert_eq!(split("1", "1,1,1", None), ds("0.3334,0.3333,0.3333"));
        assert_eq!(split("0.00003", "1,1", None), ds("0.00002,0.00001"));
    }

    #[test]
    fn whole_units_go_to_the_largest_remainders_the_earlier_first() {
        assert_eq!(split("50", "1,1,1,1", Some("1")), ds("13,13,12,12"));
        assert_eq!(split("50", "3,2,2,3", Some("1")), ds("15,10,10,15"));
        assert_eq!(split("10", "3,2,2,4", Some("1")), ds("3,2,2,3"));
        assert_eq!(split("-50", "1,1,1,1", Some("1")), ds("-13,-13,-12,-12"));
        assert_eq!(split("1000", "1,1,1", Some("5")), ds("335,335,330"));
        assert_eq!(split("1", "0,1,0,1", Some("1")), ds("0,1,0,0"));
        assert_eq!(split("0", "1,2", Some("1")), ds("0,0"));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let refused = |change: &str, weights: &[Decimal], step: Option<&str>| {
            apportion(d(change), weights, step.map(d)).unwrap_err()
        };
        assert_eq!(refused("1", &[], None), SplitError::NoParts);
        assert_eq!(refused("1", &ds("0,0"), None), SplitError::AllZero);
        assert_eq!(refused("1", &even(400), None), SplitError::TooManyParts);
        assert_eq!(
            refused("1", &ds("1,1"), Some("0")),
            SplitError::Step(d("0"))
        );
        assert_eq!(
            refused("1", &ds("1,-2"), None).to_string(),
            "weight 2 is -2; a weight is 0 or more"
        );
        assert_eq!(
            refused("50.5", &ds("1,1"), Some("1")).to_string(),
            "50.5 is no multiple of 1, so parts that are can't add up to it"
        );
        let huge = "9999999999999999999999999999";
        assert_eq!(
            refused(huge, &ds(&format!("{huge},1")), None),
            SplitError::TooManyDigits
        );
    }

    proptest! {
        #[test]
        fn parts_add_up_and_stay_within_a_step_of_their_quota(
            mantissa in -1_000_000_000i64..=1_000_000_000,
            scale in 0..=4u32,
            weights in prop::collection::vec(0..=1000u32, 1..=24),
        ) {
            prop_assume!(weights.iter().any(|weight| *weight > 0));
            let change = Decimal::from_parts(mantissa.into(), scale).unwrap();
            let step = Decimal::from_parts(1, scale).unwrap();
            let weights: Vec<Decimal> = weights.into_iter().map(Decimal::from).collect();
            let total = weights.iter().fold(Decimal::ZERO, |sum, w| sum.checked_add(*w).unwrap());
            let parts = apportion(change, &weights, Some(step)).unwrap();
            let sum = parts.iter().fold(Decimal::ZERO, |sum, part| sum.checked_add(*part).unwrap());
            prop_assert_eq!(sum, change);
            for (part, weight) in parts.iter().zip(&weights) {
                // |part × total − change × weight| < step × total
                let off = part.checked_mul(total).unwrap()
                    .checked_sub(change.checked_mul(*weight).unwrap()).unwrap();
                prop_assert!(off.abs() < step.checked_mul(total).unwrap());
            }
        }

        #[test]
        fn a_fall_is_split_as_a_rise(
            units in 0..=100_000u32,
            weights in prop::collection::vec(1..=9u32, 1..=12),
        ) {
            let weights: Vec<Decimal> = weights.into_iter().map(Decimal::from).collect();
            let rise = apportion(units.into(), &weights, Some(Decimal::ONE)).unwrap();
            let fall = apportion(-Decimal::from(units), &weights, Some(Decimal::ONE)).unwrap();
            let mirrored: Vec<Decimal> = fall.into_iter().map(|part| -part).collect();
            prop_assert_eq!(rise, mirrored);
        }

        #[test]
        fn levels_end_where_they_should(from in -9999i64..=9999, to in -9999i64..=9999, parts in 1..=31usize) {
            let (from, to) = (Decimal::from(from), Decimal::from(to));
            let way = levels(from, to, &even(parts), None).unwrap();
            prop_assert_eq!(way.first().unwrap().from, from);
            prop_assert_eq!(way.last().unwrap().to, to);
            // Never past the goal, never backwards.
            for part in way {
                prop_assert!(part.change.is_zero() || part.change.is_negative() == (to < from));
            }
        }
    }
}
