//! The goals of a frame: those that read otherwise than in the frame before.

use std::collections::BTreeMap;

use quarterdeck_core::calendar::Date;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::id::{CycleId, KeyResultId, ObjectiveId};
use quarterdeck_core::replay::{Changed, Scores};
use quarterdeck_core::score;
use quarterdeck_core::state::{Cycle, KeyResult, Objective};
use quarterdeck_core::token::{KeyResultState, MetricKind, ObjectiveKind, ObjectiveState, Status};
use serde::Serialize;

use super::FrameGone;
use crate::json::objective::{Step, key_result_stands, objective_stands};
use crate::names::{Names, Ref};
use crate::pending::Pending;

/// An objective that reads otherwise, or has key results that do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FrameObjective {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Id.
    pub id: ObjectiveId,
    /// What it reads like, as in `okr status`.
    #[serde(flatten)]
    pub said: FrameObjectiveSaid,
    /// What it read like in the frame before, where that was otherwise; none where it is new.
    pub before: Option<FrameBefore>,
    /// Those of its key results that read otherwise.
    pub key_results: Vec<FrameKeyResult>,
}

/// What an objective reads like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FrameObjectiveSaid {
    /// Title.
    pub title: String,
    /// Name of the owning member.
    pub owner: Option<String>,
    /// Name of the owning team.
    pub team: Option<String>,
    /// Committed or aspirational.
    pub kind: ObjectiveKind,
    /// Where it stands in its life.
    pub state: ObjectiveState,
    /// Weighted mean of its live key results, 0 to 1.
    pub score: Option<Decimal>,
    /// Weighted mean of their grades, 0 to 1.
    pub grade: Option<Decimal>,
    /// That of its weakest live key result; none where it has none, or is not live itself.
    pub status: Option<Status>,
    /// Open conflicts about its own fields.
    pub conflicts: usize,
}

/// A key result that reads otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FrameKeyResult {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Id.
    pub id: KeyResultId,
    /// What it reads like, as in `okr status`.
    #[serde(flatten)]
    pub said: FrameKeyResultSaid,
    /// Progress against what is expected by then.
    pub pace: Option<Decimal>,
    /// What it read like in the frame before; none where it is new.
    pub before: Option<FrameBefore>,
}

/// What a key result reads like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FrameKeyResultSaid {
    /// Title.
    pub title: String,
    /// Name of its owner.
    pub owner: Option<String>,
    /// Kind of metric.
    pub metric: MetricKind,
    /// Unit of the numbers.
    pub unit: Option<String>,
    /// Start of an increase or decrease.
    pub baseline: Option<Decimal>,
    /// Aim of an increase or decrease.
    pub target: Option<Decimal>,
    /// Lower bound of a range, itself included.
    pub low: Option<Decimal>,
    /// Upper bound of a range, itself included.
    pub high: Option<Decimal>,
    /// Steps of a milestone key result.
    pub milestones: Vec<Step>,
    /// The value that holds: for milestones the weight done, for binary 0 or 1.
    pub current: Option<Decimal>,
    /// Progress, which may leave 0 to 1.
    pub progress: Option<Decimal>,
    /// Progress held to 0 to 1.
    pub score: Option<Decimal>,
    /// The last confidence stated, 0 to 1.
    pub confidence: Option<Decimal>,
    /// The last projection stated.
    pub projection: Option<Decimal>,
    /// How it is doing; none where it is deferred or dropped.
    pub status: Option<Status>,
    /// Where it stands in its life.
    pub state: KeyResultState,
    /// Weight in the objective's mean.
    pub weight: Decimal,
    /// Its grade at the end of the cycle.
    pub graded: Option<Decimal>,
    /// Effective date of the last check-in that counts.
    pub last_check_in: Option<Date>,
    /// Open conflicts about it.
    pub conflicts: usize,
}

/// What a goal read like in the frame before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct FrameBefore {
    /// Its score.
    pub score: Option<Decimal>,
    /// How it was doing.
    pub status: Option<Status>,
    /// The value that held, of a key result.
    pub current: Option<Decimal>,
    /// The target, of a key result.
    pub target: Option<Decimal>,
}

impl From<&FrameObjectiveSaid> for FrameBefore {
    fn from(said: &FrameObjectiveSaid) -> Self {
        Self {
            score: said.score,
            status: said.status,
            current: None,
            target: None,
        }
    }
}

impl From<&FrameKeyResultSaid> for FrameBefore {
    fn from(said: &FrameKeyResultSaid) -> Self {
        Self {
            score: said.score,
            status: said.status,
            current: said.current,
            target: said.target,
        }
    }
}

/// What the goals read like in the last frame.
#[derive(Debug)]
pub(super) struct Goals {
    cycle: CycleId,
    objectives: BTreeMap<ObjectiveId, FrameObjectiveSaid>,
    key_results: BTreeMap<KeyResultId, FrameKeyResultSaid>,
}

impl Goals {
    pub(super) const fn new(cycle: CycleId) -> Self {
        Self {
            cycle,
            objectives: BTreeMap::new(),
            key_results: BTreeMap::new(),
        }
    }

    /// Goes on to the next frame: what reads otherwise there, and what is gone.
    pub(super) fn next(
        &mut self,
        names: &Names<'_>,
        own: &Cycle,
        on: Date,
        changed: &Changed,
        scores: &Scores,
    ) -> (Vec<FrameObjective>, Vec<FrameGone>) {
        let gone = self.forget(names, changed);
        let state = names.state();
        let mut candidates: Vec<(ObjectiveId, &Objective)> = if changed.all {
            (state.objectives.iter())
                .map(|(id, one)| (*id, &**one))
                .collect()
        } else {
            (changed.objectives.iter())
                .filter_map(|id| Some((*id, &**state.objectives.get(id)?)))
                .collect()
        };
        candidates
            .retain(|(_, one)| one.cycle == self.cycle && one.state != ObjectiveState::Withdrawn);
        candidates.sort_by_key(|(_, one)| (!one.is_live(), one.provenance.created.seq));
        let objectives = (candidates.into_iter())
            .filter_map(|(id, one)| self.objective(names, (id, one), own, on, changed, scores))
            .collect();
        (objectives, gone)
    }

    /// Lets go of what is no more in the cycle.
    fn forget(&mut self, names: &Names<'_>, changed: &Changed) -> Vec<FrameGone> {
        let state = names.state();
        let cycle = self.cycle;
        let stands = |id: &ObjectiveId| {
            (state.objectives.get(id))
                .is_some_and(|one| one.cycle == cycle && one.state != ObjectiveState::Withdrawn)
        };
        let mut gone = Vec::new();
        let objectives = (self.objectives)
            .extract_if(.., |id, _| changed.objective(*id) && !stands(id))
            .map(|(id, said)| FrameGone {
                id: id.uuid(),
                title: said.title,
            });
        gone.extend(objectives);
        let key_results = (self.key_results)
            .extract_if(.., |id, _| {
                let found = state.key_results.get(id);
                changed.key_result(*id)
                    && !found.is_some_and(|one| {
                        one.state != KeyResultState::Withdrawn && stands(&one.objective)
                    })
            })
            .map(|(id, said)| FrameGone {
                id: id.uuid(),
                title: said.title,
            });
        gone.extend(key_results);
        gone
    }

    fn objective(
        &mut self,
        names: &Names<'_>,
        (id, one): (ObjectiveId, &Objective),
        own: &Cycle,
        on: Date,
        changed: &Changed,
        scores: &Scores,
    ) -> Option<FrameObjective> {
        let state = names.state();
        let mut below: Vec<_> = (state.key_results_of(id))
            .filter(|(_, found)| found.state != KeyResultState::Withdrawn)
            .collect();
        below.sort_by_key(|(_, found)| !found.is_live());
        let key_results: Vec<FrameKeyResult> = (below.into_iter())
            .filter(|(id, _)| changed.key_result(*id))
            .filter_map(|found| self.key_result(names, found, own, on))
            .collect();
        let score = if one.is_live() {
            scores.objective(id)
        } else {
            score::objective_score(state, id, on)
        };
        let told = objective_stands(names, &Pending::default(), (id, one), score, on);
        let said = FrameObjectiveSaid {
            title: told.title,
            owner: told.owner,
            team: told.team,
            kind: told.kind,
            state: told.state,
            score: told.score,
            grade: told.grade,
            status: told.status,
            conflicts: told.conflicts,
        };
        let before = self.objectives.insert(id, said.clone());
        let is_same = before.as_ref() == Some(&said);
        if is_same && key_results.is_empty() {
            return None;
        }
        Some(FrameObjective {
            reference: told.reference,
            id,
            said,
            before: before.filter(|_| !is_same).as_ref().map(Into::into),
            key_results,
        })
    }

    fn key_result(
        &mut self,
        names: &Names<'_>,
        (id, found): (KeyResultId, &KeyResult),
        own: &Cycle,
        on: Date,
    ) -> Option<FrameKeyResult> {
        let told = key_result_stands(names, &Pending::default(), (id, found), own, on);
        let said = FrameKeyResultSaid {
            title: told.title,
            owner: told.owner,
            metric: told.metric,
            unit: told.unit,
            baseline: told.baseline,
            target: told.target,
            low: told.low,
            high: told.high,
            milestones: told.milestones,
            current: told.current,
            progress: told.progress,
            score: told.score,
            confidence: told.confidence,
            projection: told.projection,
            status: told.status,
            state: told.state,
            weight: told.weight,
            graded: found.grade.as_ref().map(|grade| grade.grade),
            last_check_in: told.last_check_in,
            conflicts: told.conflicts,
        };
        let before = self.key_results.insert(id, said.clone());
        if before.as_ref() == Some(&said) {
            return None;
        }
        Some(FrameKeyResult {
            reference: told.reference,
            id,
            said,
            pace: told.pace,
            before: before.as_ref().map(Into::into),
        })
    }
}
