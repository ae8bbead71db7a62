//! Another cycle beside this one, told.

use quarterdeck_core::calendar::Date;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::id::{KpiId, TeamId};
use quarterdeck_core::token::{Course, Direction};
use serde::Serialize;

use super::super::show::Related;
use crate::names::Ref;

/// Another cycle beside this one: `before` is of the other, `after` of this.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RetroCompared {
    /// Name of the other cycle.
    pub cycle: String,
    /// The day that its figures are of.
    pub on: Date,
    /// Whether it has ended by then.
    pub ended: bool,
    /// The means over all objectives.
    pub whole: RetroPair,
    /// Over committed ones.
    pub committed: RetroPair,
    /// Over aspirational ones.
    pub aspirational: RetroPair,
    /// Teams with a figure in one of the two.
    pub teams: Vec<RetroLineage>,
    /// Objectives that were carried over from one into the other.
    pub objectives: Vec<RetroLineage>,
    /// KPIs that were read by both ends.
    pub kpis: Vec<RetroKpi>,
}

/// What came of something in two cycles: the grade, else the score.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct RetroPair {
    /// In the other cycle, 0 to 1.
    pub before: Option<Decimal>,
    /// In this one.
    pub after: Option<Decimal>,
    /// What it changed by.
    pub change: Option<Decimal>,
}

/// Something that is in both cycles, or a team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RetroLineage {
    /// It, as it is in this cycle.
    #[serde(flatten)]
    pub goal: Related,
    /// Id of a team; none for a goal.
    pub team: Option<TeamId>,
    /// What it was carried over from; none for a team.
    pub from: Option<Related>,
    /// What came of it in both.
    #[serde(flatten)]
    pub pair: RetroPair,
    /// Its key results that were carried over with it.
    pub key_results: Vec<RetroLineage>,
}

/// A KPI at both ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RetroKpi {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Id.
    pub id: KpiId,
    /// Title.
    pub title: String,
    /// Unit of its values.
    pub unit: Option<String>,
    /// Which values are better.
    pub direction: Direction,
    /// Its 100 %.
    pub target: Option<Decimal>,
    /// At the end of the other cycle.
    pub before: RetroKpiAt,
    /// At the end of this one.
    pub after: RetroKpiAt,
    /// What the value changed by.
    pub change: Option<Decimal>,
    /// Whether that is for the better.
    pub course: Course,
}

/// A KPI on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct RetroKpiAt {
    /// The day on which it was read.
    pub date: Date,
    /// The value.
    pub value: Decimal,
    /// Share of the target that it attains; none where there is no share to tell.
    pub attainment: Option<Decimal>,
}
