//! `okr calibration`: what people stated against what came out.

use quarterdeck_core::calendar::Date;
use quarterdeck_core::calibration::{self, ENOUGH, Errors, Figures, Gathered, Judged, Odds, Share};
use quarterdeck_core::decimal::{Decimal, ratio};
use quarterdeck_core::id::CycleId;
use quarterdeck_core::token::Tier;
use quarterdeck_core::value::Subject;
use serde::Serialize;

use super::{AsOf, Schema, share};
use crate::names::Names;

/// What people stated against what came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Calibration {
    /// Version of this object.
    pub schema: Schema,
    /// Name of the workspace.
    pub workspace: String,
    /// As of which moment; none for the present.
    pub as_of: Option<AsOf>,
    /// The day by which the cycles have ended.
    pub on: Date,
    /// Names of the cycles, the first to end first.
    pub cycles: Vec<String>,
    /// How many cases a verdict takes.
    pub enough: usize,
    /// Key results that were deferred or dropped: they have no outcome.
    pub set_aside: usize,
    /// Confidences and projections said or corrected after the end, which do not count.
    pub hindsight: usize,
    /// All together.
    pub overall: CalibrationFigures,
    /// By the tier of the certainty at the start.
    pub tiers: Vec<CalibrationTier>,
    /// By the confidence stated, in fifths.
    pub bands: Vec<CalibrationBand>,
    /// Projections by weeks before the end, the most first.
    pub weeks: Vec<CalibrationWeek>,
    /// By who owned the key result.
    pub owners: Vec<CalibrationGroup>,
    /// By the team that answered for it.
    pub teams: Vec<CalibrationGroup>,
}

/// Those of one owner or team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CalibrationGroup {
    /// The owner's or team's name; none for those of nobody.
    pub name: Option<String>,
    /// The figures.
    #[serde(flatten)]
    pub figures: CalibrationFigures,
}

/// How well what was stated agrees with what came out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CalibrationFigures {
    /// Key results with an outcome.
    pub key_results: usize,
    /// How many of them reached their target.
    pub reached: usize,
    /// By the certainty at the start.
    pub certainty: CalibrationOdds,
    /// By the confidence of each week.
    pub confidence: CalibrationOdds,
    /// By the projection of each week.
    pub projection: CalibrationErrors,
}

/// Probabilities stated against outcomes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CalibrationOdds {
    /// Key results that something was stated of.
    pub cases: usize,
    /// Statements.
    pub statements: usize,
    /// Mean of what was stated, 0 to 1.
    pub stated: Option<Decimal>,
    /// Share of the statements about what was reached.
    pub reached: Option<Decimal>,
    /// Brier score: 0 is perfect.
    pub brier: Option<Decimal>,
    /// The Brier score of always saying the base rate.
    pub reference: Option<Decimal>,
    /// 1 − Brier ÷ reference.
    pub skill: Option<Decimal>,
    /// `over-confident`, `under-confident`, `well calibrated`; none where there are too few.
    pub verdict: Option<&'static str>,
    /// The same in words, also where there are too few.
    pub told: String,
}

/// Projections against values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CalibrationErrors {
    /// Key results that one was stated of.
    pub cases: usize,
    /// Projections.
    pub statements: usize,
    /// Median error, as a share of the way from baseline to target.
    pub error: Option<Decimal>,
}

/// Statements of one kind, and what was reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CalibrationShare {
    /// Key results.
    pub cases: usize,
    /// Statements.
    pub statements: usize,
    /// Mean of what was stated.
    pub stated: Option<Decimal>,
    /// Share of them about what was reached.
    pub reached: Option<Decimal>,
}

/// A tier of certainty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CalibrationTier {
    /// The tier.
    pub tier: Tier,
    /// What was stated and reached.
    #[serde(flatten)]
    pub share: CalibrationShare,
}

/// A fifth of the confidences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CalibrationBand {
    /// From here on.
    pub from: Decimal,
    /// Up to here; 1 is in the last.
    pub to: Decimal,
    /// What was stated and reached.
    #[serde(flatten)]
    pub share: CalibrationShare,
}

/// Projections so many weeks before the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CalibrationWeek {
    /// Weeks before the end, begun ones counted.
    pub weeks_left: u32,
    /// The projections.
    #[serde(flatten)]
    pub errors: CalibrationErrors,
}

/// What was stated of the key results of these cycles against what came out.
#[must_use]
pub fn calibration(
    names: &Names<'_>,
    cycles: &[CycleId],
    found: &Gathered,
    (on, as_of): (Date, Option<AsOf>),
) -> Calibration {
    let cases = &found.cases;
    let group = |(name, found): (Option<String>, Figures)| CalibrationGroup {
        name,
        figures: figures(&found),
    };
    let by_owner = (calibration::by_owner(cases).into_iter())
        .map(|(owner, found)| (owner.map(|owner| names.person(owner)), found));
    let by_team = (calibration::by_team(cases).into_iter()).map(|(team, found)| {
        let name = team.map(|team| names.title(Subject::Team(team)).unwrap_or_default());
        (name, found)
    });
    Calibration {
        schema: Schema,
        workspace: names.workspace(),
        as_of,
        on,
        cycles: (cycles.iter())
            .filter_map(|id| names.title(Subject::Cycle(*id)))
            .collect(),
        enough: ENOUGH,
        set_aside: found.set_aside.len(),
        hindsight: found.hindsight(),
        overall: figures(&calibration::figures(cases)),
        tiers: (calibration::by_tier(cases).into_iter())
            .map(|(tier, found)| CalibrationTier {
                tier,
                share: of_share(&found),
            })
            .collect(),
        bands: (calibration::by_band(cases).into_iter())
            .map(|(band, found)| CalibrationBand {
                from: band.from,
                to: band.to,
                share: of_share(&found),
            })
            .collect(),
        weeks: (calibration::by_weeks_left(cases).into_iter())
            .map(|(weeks_left, found)| CalibrationWeek {
                weeks_left,
                errors: errors(&found),
            })
            .collect(),
        owners: by_name(by_owner.map(group).collect()),
        teams: by_name(by_team.map(group).collect()),
    }
}

/// By name, those of nobody last.
fn by_name(mut groups: Vec<CalibrationGroup>) -> Vec<CalibrationGroup> {
    groups.sort_by_key(|group| {
        let name = group.name.as_ref().map(|name| name.to_lowercase());
        (name.is_none(), name)
    });
    groups
}

fn figures(found: &Figures) -> CalibrationFigures {
    CalibrationFigures {
        key_results: found.key_results,
        reached: found.reached,
        certainty: odds(&found.certainty),
        confidence: odds(&found.confidence),
        projection: errors(&found.projection),
    }
}

fn odds(found: &Odds) -> CalibrationOdds {
    CalibrationOdds {
        cases: found.cases,
        statements: found.statements,
        stated: share(found.stated),
        reached: share(found.reached),
        brier: share(found.brier),
        reference: share(found.reference),
        skill: share(found.skill),
        verdict: match found.judged {
            Judged::Verdict(verdict) => Some(verdict.words()),
            Judged::TooFew { .. } => None,
        },
        told: found.judged.words(),
    }
}

fn errors(found: &Errors) -> CalibrationErrors {
    CalibrationErrors {
        cases: found.key_results,
        statements: found.cases,
        error: share(found.error),
    }
}

fn of_share(found: &Share) -> CalibrationShare {
    CalibrationShare {
        cases: found.cases,
        statements: found.statements,
        stated: share(found.stated),
        reached: share(found.reached),
    }
}

impl CalibrationFigures {
    /// The share of key results that reached their target.
    #[must_use]
    pub fn reached_share(&self) -> Option<Decimal> {
        ratio(self.reached.into(), self.key_results.into(), 2)
    }
}
