//! What is carried over into another cycle.

use quarterdeck_core::carry::{Left, Plan};
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::id::{KeyResultId, ObjectiveId};
use quarterdeck_core::token::MetricKind;
use quarterdeck_core::value::Subject;
use serde::Serialize;

use super::Schema;
use super::run::Written;
use super::show::{Related, related};
use crate::names::{Names, Ref};

/// What was, or would be, carried over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Carry {
    /// Version of this object.
    pub schema: Schema,
    /// Name of the cycle into which it goes.
    pub to: String,
    /// Whether nothing was made.
    pub dry_run: bool,
    /// The objectives, each after the one that it supports.
    pub objectives: Vec<CarriedObjective>,
    /// What was written; none where nothing was made.
    pub written: Option<Written>,
}

/// An objective that goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CarriedObjective {
    /// The earlier one.
    pub from: Option<Related>,
    /// Short reference of the new one; none where nothing was made.
    #[serde(rename = "ref")]
    pub reference: Option<Ref>,
    /// Id of the new one; none where nothing was made.
    pub id: Option<ObjectiveId>,
    /// Title.
    pub title: String,
    /// Whether it stands from cycle to cycle.
    pub standing: bool,
    /// Title of what it supports.
    pub supports: Option<String>,
    /// Its key results.
    pub key_results: Vec<CarriedKeyResult>,
    /// Key results that stay behind.
    pub left: Vec<LeftBehind>,
}

/// A key result that goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CarriedKeyResult {
    /// The earlier one.
    pub from: Option<Related>,
    /// Short reference of the new one; none where nothing was made.
    #[serde(rename = "ref")]
    pub reference: Option<Ref>,
    /// Id of the new one; none where nothing was made.
    pub id: Option<KeyResultId>,
    /// Title.
    pub title: String,
    /// Kind of metric.
    pub metric: MetricKind,
    /// Where it begins.
    pub baseline: Option<Decimal>,
    /// Its target, as it was.
    pub target: Option<Decimal>,
    /// Lower bound of a range.
    pub low: Option<Decimal>,
    /// Upper bound of a range.
    pub high: Option<Decimal>,
    /// Unit of the numbers.
    pub unit: Option<String>,
    /// The steps that are still to be done.
    pub milestones: Vec<String>,
}

/// A key result that stays behind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftBehind {
    /// Which.
    #[serde(flatten)]
    pub key_result: Related,
    /// Why.
    pub why: &'static str,
}

/// A plan to carry over, told; `names` are of a state that has it, where it was carried out.
#[must_use]
pub fn carry(names: &Names<'_>, plan: &Plan, written: Option<Written>) -> Carry {
    let made = written.is_some();
    // What is supported may be only about to be made.
    let title = |subject: Subject| {
        let of_plan = plan.objectives.iter().find_map(|one| match subject {
            Subject::Objective(id) if id == one.drafted.objective => Some(&one.drafted.title),
            Subject::KeyResult(id) => (one.key_results.iter())
                .find(|new| new.key_result == id)
                .map(|new| &new.title),
            _ => None,
        });
        of_plan.cloned().or_else(|| names.title(subject))
    };
    let objectives = plan.objectives.iter().map(|one| CarriedObjective {
        from: related(names, Subject::Objective(one.from)),
        reference: made.then(|| names.objective(one.drafted.objective)),
        id: made.then_some(one.drafted.objective),
        title: one.drafted.title.clone(),
        standing: one.drafted.standing,
        supports: one.drafted.supports.and_then(title),
        key_results: (one.key_results.iter())
            .map(|new| CarriedKeyResult {
                from: (new.carried_from).and_then(|id| related(names, Subject::KeyResult(id))),
                reference: made.then(|| names.key_result(new.key_result)),
                id: made.then_some(new.key_result),
                title: new.title.clone(),
                metric: new.metric.kind,
                baseline: new.metric.baseline,
                target: new.metric.target,
                low: new.metric.low,
                high: new.metric.high,
                unit: new.metric.unit.clone(),
                milestones: (new.metric.milestones.iter())
                    .map(|step| step.name.clone())
                    .collect(),
            })
            .collect(),
        left: (one.left.iter())
            .filter_map(|(id, why)| {
                Some(LeftBehind {
                    key_result: related(names, Subject::KeyResult(*id))?,
                    why: match why {
                        Left::Finished => "finished",
                        Left::NotLive => "not pursued",
                    },
                })
            })
            .collect(),
    });
    Carry {
        schema: Schema,
        to: names.title(Subject::Cycle(plan.to)).unwrap_or_default(),
        dry_run: !made,
        objectives: objectives.collect(),
        written,
    }
}
