//! Whether people know what they will reach: what they stated against what came out.
//!
//! | stated | is taken as |
//! |---|---|
//! | certainty at the start | the probability that the target is reached |
//! | confidence of a check-in | the same, said in a week of the cycle |
//! | projection of a check-in | the value at the end |
//!
//! The outcome of a key result is 1 where its target was met, its score at the end being 1, else 0.
//! Only cycles that have ended count ([`crate::outcome`]), and only what was said by then.
//!
//! - **Brier score**: the mean of (p − o)², p stated and o the outcome; 0 is perfect, 0.25 is what
//!   saying 0.5 always gives (G. W. Brier, "Verification of forecasts expressed in terms of
//!   probability", Monthly Weather Review 78, 1950).
//! - **Reference**: the score of always saying the base rate b, the share that was reached: b (1 − b).
//! - **Skill**: 1 − Brier ÷ reference; 0 is no better than the base rate. None where all or none were
//!   reached.
//! - **Projection error**: |projected − came out| ÷ |target − baseline|, the median.
//!
//! A confidence counts once for a key result and week, the last that was said, so that whoever says
//! more does not weigh more. A verdict is about key results and not about statements, which of one
//! key result are much alike: each is one case, with the mean of what was said of it. Fewer than
//! [`ENOUGH`] cases get none. Figures are rounded half to even at four digits.

mod odds;
mod said;

use std::collections::BTreeMap;

use crate::alignment::teams_below;
use crate::calendar::Date;
use crate::decimal::Decimal;
use crate::id::{CycleId, KeyResultId, MemberId, TeamId};
use crate::outcome::median;
use crate::state::State;
use crate::token::Tier;

pub use odds::{Judged, Odds, Share, Verdict};
pub use said::gather;

/// The fewest cases that a verdict is given on.
pub const ENOUGH: usize = 10;

/// A key result with an outcome, and what was said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Its cycle.
    pub cycle: CycleId,
    /// Which.
    pub key_result: KeyResultId,
    /// Whose it was.
    pub whose: Whose,
    /// Whether its target was met.
    pub reached: bool,
    /// How certain it was said to be at the start.
    pub certainty: Option<Decimal>,
    /// The confidence of each week in which one was stated, the first week first.
    pub confidences: Vec<Weekly>,
    /// The error of the projection of each week in which one was stated, in units of the way from
    /// baseline to target.
    pub projections: Vec<Weekly>,
    /// How many of either were said, or corrected, only after the end.
    pub hindsight: usize,
}

/// A figure of a week.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weekly {
    /// The day on which it was said.
    pub day: Date,
    /// So many weeks before the end, begun ones counted.
    pub weeks_left: u32,
    /// The figure.
    pub figure: Decimal,
}

/// What was said of the key results of some cycles, and what came of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gathered {
    /// Key results with an outcome.
    pub cases: Vec<Case>,
    /// Whose key results were deferred or dropped: they have none.
    pub set_aside: Vec<Whose>,
}

impl Gathered {
    /// Leaves only what belongs to those that `keep` lets in.
    pub fn keep(&mut self, keep: impl Fn(Whose) -> bool) {
        self.cases.retain(|case| keep(case.whose));
        self.set_aside.retain(|whose| keep(*whose));
    }

    /// Leaves only what a team, or a team below it, answered for, and what a member owned, where those
    /// are named.
    pub fn keep_of(&mut self, state: &State, team: Option<TeamId>, owner: Option<MemberId>) {
        let teams = team.map(|team| teams_below(state, team));
        self.keep(|whose| {
            let of_team = (teams.as_ref())
                .is_none_or(|teams| whose.team.is_some_and(|team| teams.contains(&team)));
            of_team && (owner.is_none() || whose.owner == owner)
        });
    }

    /// How many confidences and projections were said, or corrected, only after the end.
    #[must_use]
    pub fn hindsight(&self) -> usize {
        self.cases.iter().map(|case| case.hindsight).sum()
    }
}

/// Whose a key result was at the end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Whose {
    /// Its owner, else its objective's.
    pub owner: Option<MemberId>,
    /// The team that answered for it.
    pub team: Option<TeamId>,
}

/// How well what was said of some key results agrees with what came out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    /// Key results with an outcome.
    pub key_results: usize,
    /// How many of them reached their target.
    pub reached: usize,
    /// By the certainty at the start.
    pub certainty: Odds,
    /// By the confidence of each week.
    pub confidence: Odds,
    /// By the projection of each week.
    pub projection: Errors,
}

/// Errors of projections.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Errors {
    /// Projections.
    pub cases: usize,
    /// Key results that they are of.
    pub key_results: usize,
    /// The median error, in units of the way from baseline to target.
    pub error: Option<Decimal>,
}

/// The figures of some cases.
#[must_use]
pub fn figures<'a>(cases: impl IntoIterator<Item = &'a Case>) -> Figures {
    let cases: Vec<&Case> = cases.into_iter().collect();
    let certain = cases.iter().map(|case| {
        let said: Vec<Decimal> = case.certainty.into_iter().collect();
        (said, case.reached)
    });
    let confident = cases.iter().map(|case| {
        let said = case.confidences.iter().map(|said| said.figure).collect();
        (said, case.reached)
    });
    Figures {
        key_results: cases.len(),
        reached: cases.iter().filter(|case| case.reached).count(),
        certainty: odds::odds(certain),
        confidence: odds::odds(confident),
        projection: errors(cases.iter().map(|case| case.projections.as_slice())),
    }
}

fn errors<'a>(of: impl Iterator<Item = &'a [Weekly]>) -> Errors {
    let said: Vec<&[Weekly]> = of.filter(|said| !said.is_empty()).collect();
    let errors: Vec<Decimal> = (said.iter())
        .flat_map(|said| said.iter().map(|said| said.figure))
        .collect();
    Errors {
        cases: errors.len(),
        key_results: said.len(),
        error: median(errors),
    }
}

/// Of each tier, the surest first: what was stated at the start, and what share was reached.
#[must_use]
pub fn by_tier(cases: &[Case]) -> Vec<(Tier, Share)> {
    (Tier::ALL.iter())
        .map(|tier| {
            let said = cases.iter().filter_map(|case| {
                let certainty = case.certainty.filter(|said| Tier::of(*said) == *tier)?;
                Some((case.key_result, certainty, case.reached))
            });
            (*tier, odds::share(said))
        })
        .collect()
}

/// A fifth of what can be said: from a share on, up to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Band {
    /// From here on.
    pub from: Decimal,
    /// Up to here; only the last band has its end in it.
    pub to: Decimal,
}

/// Of each fifth of what can be said, the least first: the confidences stated, and what share was
/// reached.
#[must_use]
pub fn by_band(cases: &[Case]) -> Vec<(Band, Share)> {
    let fifth = |fifths: i128| Decimal::from_parts(fifths * 2, 1).unwrap_or_default();
    (0..5)
        .map(|at| {
            let band = Band {
                from: fifth(at),
                to: fifth(at + 1),
            };
            let lies = |said: Decimal| band.from <= said && (said < band.to || at == 4);
            let said = cases.iter().flat_map(|case| {
                (case.confidences.iter())
                    .filter(|said| lies(said.figure))
                    .map(|said| (case.key_result, said.figure, case.reached))
            });
            (band, odds::share(said))
        })
        .collect()
}

/// The errors of projections by weeks before the end, the most first.
#[must_use]
pub fn by_weeks_left(cases: &[Case]) -> Vec<(u32, Errors)> {
    let mut weeks: Vec<u32> = (cases.iter())
        .flat_map(|case| case.projections.iter().map(|said| said.weeks_left))
        .collect();
    weeks.sort_unstable();
    weeks.dedup();
    (weeks.into_iter().rev())
        .map(|week| {
            let of_week: Vec<Vec<Weekly>> = (cases.iter())
                .map(|case| {
                    let said = case.projections.iter();
                    said.filter(|said| said.weeks_left == week)
                        .copied()
                        .collect()
                })
                .collect();
            (week, errors(of_week.iter().map(Vec::as_slice)))
        })
        .collect()
}

/// The figures of each owner that a key result had; those of none apart.
#[must_use]
pub fn by_owner(cases: &[Case]) -> Vec<(Option<MemberId>, Figures)> {
    grouped(cases, |case| case.whose.owner)
}

/// The same of each team that answered for one.
#[must_use]
pub fn by_team(cases: &[Case]) -> Vec<(Option<TeamId>, Figures)> {
    grouped(cases, |case| case.whose.team)
}

fn grouped<K: Ord>(cases: &[Case], of: impl Fn(&Case) -> K) -> Vec<(K, Figures)> {
    let mut groups: BTreeMap<K, Vec<&Case>> = BTreeMap::new();
    for case in cases {
        groups.entry(of(case)).or_default().push(case);
    }
    (groups.into_iter())
        .map(|(key, cases)| (key, figures(cases)))
        .collect()
}
