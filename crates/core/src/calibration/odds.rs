//! Probabilities against outcomes: Brier score, reference, skill, and whether a verdict can be given.
//!
//! A **verdict** compares, over key results, the mean of what was stated with the share that was
//! reached. If what was stated were right, the number reached would vary with the variance
//! Σ p (1 − p). Stated too high or too low is said only where the difference is more than
//! [`MARGIN`] and more than 1.2816 times that deviation, which chance alone exceeds once in five
//! times; anything less is well calibrated.

use std::collections::BTreeSet;

use super::ENOUGH;
use crate::decimal::{Decimal, ratio};
use crate::id::KeyResultId;
use crate::score::PLACES;

/// A difference of stated and reached up to this, five of a hundred, is no matter.
const MARGIN: (i128, u32) = (5, 2);
/// The square of the normal deviate that 80 % lie within, 1.2815516.
const SQUARE_OF_DEVIATE: (i128, u32) = (1_642_374, 6);

/// How well probabilities agree with outcomes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Odds {
    /// Statements.
    pub statements: usize,
    /// Key results that they are about: the cases of a verdict.
    pub cases: usize,
    /// The mean of what was stated.
    pub stated: Option<Decimal>,
    /// The share of statements about what was reached: the base rate.
    pub reached: Option<Decimal>,
    /// The Brier score.
    pub brier: Option<Decimal>,
    /// The Brier score of always saying the base rate.
    pub reference: Option<Decimal>,
    /// 1 − Brier ÷ reference.
    pub skill: Option<Decimal>,
    /// What can be said of it.
    pub judged: Judged,
}

/// What can be said of probabilities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judged {
    /// Too few to tell.
    TooFew {
        /// Cases.
        of: usize,
    },
    /// A verdict.
    Verdict(Verdict),
}

impl Default for Judged {
    fn default() -> Self {
        Self::TooFew { of: 0 }
    }
}

/// A verdict on what was stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// More was stated than was reached.
    OverConfident,
    /// Less was.
    UnderConfident,
    /// No more than chance lies between the two.
    WellCalibrated,
}

impl Verdict {
    /// The words for it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::OverConfident => "over-confident",
            Self::UnderConfident => "under-confident",
            Self::WellCalibrated => "well calibrated",
        }
    }
}

impl Judged {
    /// The words for it.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::TooFew { of } => format!("too few to tell ({of} of {ENOUGH})"),
            Self::Verdict(verdict) => verdict.words().to_owned(),
        }
    }
}

/// What was stated of some, and what share of it was reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Share {
    /// Statements.
    pub statements: usize,
    /// Key results that they are about.
    pub cases: usize,
    /// The mean of what was stated.
    pub stated: Option<Decimal>,
    /// The share of statements about what was reached.
    pub reached: Option<Decimal>,
}

pub(super) fn share(said: impl Iterator<Item = (KeyResultId, Decimal, bool)>) -> Share {
    let said: Vec<_> = said.collect();
    let cases: BTreeSet<KeyResultId> = said.iter().map(|(id, ..)| *id).collect();
    let reached = said.iter().filter(|(.., reached)| *reached).count();
    Share {
        statements: said.len(),
        cases: cases.len(),
        stated: mean(said.iter().map(|(_, said, _)| Some(*said))),
        reached: ratio(reached.into(), said.len().into(), PLACES),
    }
}

/// The odds of key results, each with what was said of it and whether it was reached; those of which
/// nothing was said do not count.
pub(super) fn odds(of: impl Iterator<Item = (Vec<Decimal>, bool)>) -> Odds {
    let of: Vec<(Vec<Decimal>, bool)> = of.filter(|(said, _)| !said.is_empty()).collect();
    let flat = || {
        of.iter()
            .flat_map(|(said, reached)| said.iter().map(|p| (*p, outcome(*reached))))
    };
    let (statements, reached) = (flat().count(), flat().filter(|(_, o)| *o == Decimal::ONE));
    let reached = reached.count();
    let brier = mean(flat().map(|(p, o)| square(p.checked_sub(o)?)));
    // b (1 − b) = reached × missed ÷ statements².
    let missed = Decimal::from(statements - reached);
    let all = Decimal::from(statements).checked_mul(statements.into());
    let reference = Decimal::from(reached)
        .checked_mul(missed)
        .zip(all)
        .and_then(|(above, below)| ratio(above, below, PLACES));
    Odds {
        statements,
        cases: of.len(),
        stated: mean(flat().map(|(p, _)| Some(p))),
        reached: ratio(reached.into(), statements.into(), PLACES),
        brier,
        reference,
        skill: skill(flat().collect(), reached),
        judged: judged(&of),
    }
}

/// 1 − Σ (p − o)² ÷ (n b (1 − b)), rounded once.
fn skill(said: Vec<(Decimal, Decimal)>, reached: usize) -> Option<Decimal> {
    let many = said.len();
    let off = sum(said.into_iter().map(|(p, o)| square(p.checked_sub(o)?)))?;
    let base = Decimal::from(reached).checked_mul(Decimal::from(many - reached))?;
    let better = base.checked_sub(off.checked_mul(many.into())?)?;
    ratio(better, base, PLACES)
}

fn judged(of: &[(Vec<Decimal>, bool)]) -> Judged {
    let few = Judged::TooFew { of: of.len() };
    if of.len() < ENOUGH {
        return few;
    }
    verdict(of).map_or(few, Judged::Verdict)
}

fn verdict(of: &[(Vec<Decimal>, bool)]) -> Option<Verdict> {
    let means = || {
        (of.iter()).map(|(said, reached)| {
            let sum = sum(said.iter().map(|p| Some(*p)))?;
            Some((sum.checked_div(said.len().into())?, outcome(*reached)))
        })
    };
    let too_high = sum(means().map(|both| {
        let (p, o) = both?;
        p.checked_sub(o)
    }))?;
    let variance = sum(means().map(|both| {
        let (p, _) = both?;
        p.checked_mul(Decimal::ONE.checked_sub(p)?)
    }))?;
    let margin = Decimal::from_parts(MARGIN.0, MARGIN.1)?.checked_mul(of.len().into())?;
    let deviate = Decimal::from_parts(SQUARE_OF_DEVIATE.0, SQUARE_OF_DEVIATE.1)?;
    let by_chance = square(too_high)? <= deviate.checked_mul(variance)?;
    Some(if too_high.abs() <= margin || by_chance {
        Verdict::WellCalibrated
    } else if too_high.is_negative() {
        Verdict::UnderConfident
    } else {
        Verdict::OverConfident
    })
}

const fn outcome(reached: bool) -> Decimal {
    if reached { Decimal::ONE } else { Decimal::ZERO }
}

fn square(number: Decimal) -> Option<Decimal> {
    number.checked_mul(number)
}

fn sum(mut figures: impl Iterator<Item = Option<Decimal>>) -> Option<Decimal> {
    figures.try_fold(Decimal::ZERO, |sum, figure| sum.checked_add(figure?))
}

fn mean(figures: impl Iterator<Item = Option<Decimal>> + Clone) -> Option<Decimal> {
    let many = figures.clone().count();
    ratio(sum(figures)?, many.into(), PLACES)
}
