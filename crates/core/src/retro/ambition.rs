//! Ambition: whether the goals of a cycle asked for enough, and for no more than could be.
//!
//! Of each live key result counts its outcome: its grade, and where it has none its score.
//!
//! | outcome | |
//! |---|---|
//! | from 0.95 | near 1.0 |
//! | from 0.7 | green, as in [`crate::grading`] |
//! | from 0.4 | amber |
//! | below | red |
//!
//! An aspiration aims at 0.6 to 0.7, both included. The verdict, once the cycle has ended and on [`ENOUGH`]
//! key results or more, the first that holds:
//!
//! 1. **too much**: at least half of them are red.
//! 2. **too easy**: the whole cycle is near 1.0 by [`grading::cycle_advice`], from 0.9 on; or, of [`ENOUGH`]
//!    aspirational ones or more, at least half are near 1.0. Committed ones are expected there.
//! 3. **about right**.

use super::Retro;
use super::why::{self, Short};
use crate::decimal::Decimal;
use crate::grading::{self, AIM_FROM, Band, GREEN_FROM};
use crate::token::ObjectiveKind;

/// From here on a key result is near 1.0: 0.95.
pub const NEAR_ONE_FROM: (i128, u32) = (95, 2);
/// The fewest key results that a verdict is given on.
pub const ENOUGH: usize = 5;

/// Whether the goals were ambitious enough, in counts of key results.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ambition {
    /// Live ones with an outcome.
    pub key_results: usize,
    /// Those near 1.0.
    pub near_one: usize,
    /// Those that are green and not near 1.0.
    pub green: usize,
    /// Those that are amber.
    pub amber: usize,
    /// Those that are red.
    pub red: usize,
    /// Aspirational ones.
    pub aspirational: usize,
    /// Aspirational ones near 1.0.
    pub aspirational_near_one: usize,
    /// Aspirational ones at what they aim at.
    pub at_aim: usize,
    /// What can be said of it.
    pub judged: Judged,
    /// The red ones, the lowest first.
    pub short: Vec<Short>,
}

/// What can be said of the ambition of a cycle.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Judged {
    /// It has not ended.
    #[default]
    Running,
    /// It has too few key results to tell.
    TooFew,
    /// A verdict.
    Verdict(Verdict),
}

/// A verdict on the ambition of a cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It asked for too little.
    TooEasy,
    /// It asked for enough.
    AboutRight,
    /// It asked for too much.
    TooMuch,
}

impl Verdict {
    /// The words for it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::TooEasy => "too easy",
            Self::AboutRight => "about right",
            Self::TooMuch => "too much",
        }
    }
}

pub(super) fn of(retro: &Retro) -> Ambition {
    let bound = |(mantissa, scale)| Decimal::from_parts(mantissa, scale).unwrap_or_default();
    let mut found = Ambition::default();
    for (id, one) in retro.live() {
        let Some(outcome) = retro.outcome(one) else {
            continue;
        };
        let is_near_one = outcome >= bound(NEAR_ONE_FROM);
        found.key_results += 1;
        match Band::of(outcome) {
            Band::Green if is_near_one => found.near_one += 1,
            Band::Green => found.green += 1,
            Band::Amber => found.amber += 1,
            Band::Red => {
                found.red += 1;
                found.short.push(Short {
                    key_result: id,
                    outcome,
                    why: why::of(retro, (id, one)),
                });
            }
        }
        let above = retro.state.objectives.get(&one.objective);
        if above.is_some_and(|above| above.kind == ObjectiveKind::Aspirational) {
            found.aspirational += 1;
            found.aspirational_near_one += usize::from(is_near_one);
            let at_aim = bound(AIM_FROM) <= outcome && outcome <= bound(GREEN_FROM);
            found.at_aim += usize::from(at_aim);
        }
    }
    found.short.sort_by_key(|one| one.outcome);
    found.judged = judged(&found, retro);
    found
}

fn judged(found: &Ambition, retro: &Retro) -> Judged {
    if !retro.ended {
        return Judged::Running;
    }
    if found.key_results < ENOUGH {
        return Judged::TooFew;
    }
    let whole_is_near_one = retro.whole().and_then(grading::cycle_advice).is_some();
    let aspirations_are_near_one =
        found.aspirational >= ENOUGH && found.aspirational_near_one * 2 >= found.aspirational;
    Judged::Verdict(if found.red * 2 >= found.key_results {
        Verdict::TooMuch
    } else if whole_is_near_one || aspirations_are_near_one {
        Verdict::TooEasy
    } else {
        Verdict::AboutRight
    })
}
