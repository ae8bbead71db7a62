//! What planning comes to: a change in parts, an outcome back to a day's work.

use quarterdeck_core::calendar::{Date, Span};
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::id::KeyResultId;
use quarterdeck_core::plan::funnel::{Measured, Need};
use quarterdeck_core::plan::parts;
use quarterdeck_core::plan::split::Part;
use quarterdeck_core::token::MetricKind;
use quarterdeck_core::value::Subject;
use serde::Serialize;

use super::Schema;
use super::show::Related;
use crate::names::Names;

/// How weights of a split came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SplitBy {
    /// All parts weigh the same.
    Even,
    /// The months of the cycle say.
    Season,
    /// They were given.
    Weights,
}

/// One or several changes, each split into the same parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanSplit {
    /// Version of this object.
    pub schema: Schema,
    /// Name of the cycle whose parts they are.
    pub cycle: Option<String>,
    /// Where the weights come from.
    pub by: SplitBy,
    /// What parts are multiples of, where that was asked for.
    pub step: Option<Decimal>,
    /// The changes.
    pub splits: Vec<Split>,
    /// Key results that no change can be split of.
    pub not_split: Vec<NotSplit>,
}

/// A change in parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Split {
    /// The key result whose change it is; none for numbers that were given.
    pub key_result: Option<Related>,
    /// Where it begins.
    pub from: Decimal,
    /// Where it is to arrive.
    pub to: Decimal,
    /// The difference; the parts add up to it.
    pub change: Decimal,
    /// What is counted.
    pub unit: Option<String>,
    /// The parts in order.
    pub parts: Vec<SplitPart>,
}

/// A part of a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SplitPart {
    /// The quarter or month; none where the parts have no names.
    pub name: Option<String>,
    /// Its first day.
    pub starts: Option<Date>,
    /// Its last day, itself included.
    pub ends: Option<Date>,
    /// What it weighs.
    pub weight: Decimal,
    /// How much of the change falls to it.
    pub change: Decimal,
    /// The level at which it begins.
    pub from: Decimal,
    /// The level at which it ends.
    pub to: Decimal,
}

/// A key result that no change can be split of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotSplit {
    /// The key result.
    pub key_result: Option<Related>,
    /// How it is measured.
    pub metric: MetricKind,
}

/// A change split into parts, as it is shown. Parts beyond the names have none.
#[must_use]
pub fn split(
    names: &Names<'_>,
    key_result: Option<KeyResultId>,
    unit: Option<String>,
    parts: &[Part],
    named: &[parts::Part],
) -> Option<Split> {
    let (from, to) = (parts.first()?.from, parts.last()?.to);
    let mut named = named.iter();
    Some(Split {
        key_result: key_result.and_then(|id| related(names, id)),
        from,
        to,
        change: to.checked_sub(from)?,
        unit,
        parts: (parts.iter())
            .map(|part| {
                let name = named.next();
                SplitPart {
                    name: name.map(|part| part.name.clone()),
                    starts: name.map(|part| part.span.starts),
                    ends: name.map(|part| part.span.ends),
                    weight: part.weight,
                    change: part.change,
                    from: part.from,
                    to: part.to,
                }
            })
            .collect(),
    })
}

/// A key result that no change can be split of.
#[must_use]
pub fn not_split(names: &Names<'_>, key_result: KeyResultId, metric: MetricKind) -> NotSplit {
    NotSplit {
        key_result: related(names, key_result),
        metric,
    }
}

fn related(names: &Names<'_>, id: KeyResultId) -> Option<Related> {
    let subject = Subject::KeyResult(id);
    Some(Related {
        reference: names.subject(subject)?,
        title: names.title(subject)?,
    })
}

/// From an outcome back to the work that it needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanFunnel {
    /// Version of this object.
    pub schema: Schema,
    /// Name of the funnel that the rates come from; none for rates that were given.
    pub funnel: Option<String>,
    /// What is wanted.
    pub outcome: Decimal,
    /// First day of the work.
    pub from: Option<Date>,
    /// Last day, itself included.
    pub until: Option<Date>,
    /// How many working days that is.
    pub working_days: Option<u32>,
    /// The stages from the first to the outcome.
    pub stages: Vec<PlanStage>,
}

/// A stage and what it needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanStage {
    /// What is counted at it.
    pub name: String,
    /// Planned share that goes on to the next stage, 0 to 1; none for the outcome.
    pub rate: Option<Decimal>,
    /// What it needs exactly, to four places.
    pub exact: Decimal,
    /// What it needs, rounded up.
    pub needed: Decimal,
    /// That on each working day; none for the outcome and without dates, as the two below.
    pub per_day: Option<Decimal>,
    /// In each week of five working days.
    pub per_week: Option<Decimal>,
    /// In each month.
    pub per_month: Option<Decimal>,
    /// The rate as it was measured in the funnel so far.
    pub measured: Option<StageRate>,
    /// What it needs, rounded up, at the rates that were measured; none unless one was.
    pub needed_as_measured: Option<Decimal>,
}

/// A measured conversion rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StageRate {
    /// How many were counted at the stage.
    pub entered: Decimal,
    /// How many of them at the next one.
    pub through: Decimal,
    /// The share, 0 to 1.
    pub rate: Decimal,
    /// Where the true rate lies with 95 % confidence; none where that cannot be said.
    pub range: Option<[Decimal; 2]>,
    /// Whether so few were counted that the rate says little.
    pub small_sample: bool,
}

impl From<Measured> for StageRate {
    fn from(found: Measured) -> Self {
        Self {
            entered: found.entered,
            through: found.through,
            rate: found.rate,
            range: found.range.map(|(low, high)| [low, high]),
            small_sample: found.small,
        }
    }
}

/// Everything that [`plan_funnel`] puts together.
#[derive(Debug, Clone, Default)]
pub struct FunnelPlanned {
    /// Name of the funnel.
    pub funnel: Option<String>,
    /// What the stages count, from the first to the outcome.
    pub names: Vec<String>,
    /// What they need as planned.
    pub needs: Vec<Need>,
    /// The rate that was measured at each; empty where none was asked for.
    pub measured: Vec<Option<Measured>>,
    /// What they need at the measured rates; empty where that cannot be told.
    pub as_measured: Vec<Need>,
    /// When the work is done.
    pub span: Option<Span>,
    /// Working days of it.
    pub working_days: Option<u32>,
    /// For each stage, its need on each working day, week and month; empty without dates.
    pub per: Vec<[Option<Decimal>; 3]>,
}

/// A plan from an outcome back to its work.
#[must_use]
pub fn plan_funnel(found: FunnelPlanned) -> PlanFunnel {
    let outcome = found.needs.last().map_or(Decimal::ZERO, |need| need.exact);
    let stages = (found.names.into_iter())
        .zip(&found.needs)
        .enumerate()
        .map(|(at, (name, need))| {
            let per = found.per.get(at).copied().unwrap_or_default();
            let [per_day, per_week, per_month] = match need.rate {
                Some(_) => per,
                None => [None; 3],
            };
            let measured = found.measured.get(at).copied().flatten();
            PlanStage {
                name,
                rate: need.rate,
                exact: need.exact,
                needed: need.whole,
                per_day,
                per_week,
                per_month,
                measured: measured.map(StageRate::from),
                needed_as_measured: found.as_measured.get(at).map(|need| need.whole),
            }
        })
        .collect();
    PlanFunnel {
        schema: Schema,
        funnel: found.funnel,
        outcome,
        from: found.span.map(|span| span.starts),
        until: found.span.map(|span| span.ends),
        working_days: found.working_days,
        stages,
    }
}
