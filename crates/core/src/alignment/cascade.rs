//! The cascade: each objective below what it supports.
//!
//! Guarantees: every objective that is asked for stands in the cascade exactly once, whatever the
//! log says. Where objectives support each other in a circle (admission refuses it, a log of
//! another make may not), one of them stands at the top.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::{above, height};
use crate::calendar::{Date, Span};
use crate::decimal::Decimal;
use crate::grading;
use crate::id::{CycleId, KeyResultId, ObjectiveId};
use crate::score::{self, Means};
use crate::state::{Objective, State};
use crate::token::{KeyResultState, ObjectiveKind, ObjectiveState};
use crate::value::Subject;

/// Deeper than this nobody cascades; what hangs lower is shown from the top again.
const DEEPEST: usize = 32;

/// What supports what in a state, looked up once.
#[derive(Debug)]
pub struct Cascade<'a> {
    state: &'a State,
    /// What supports an objective or key result itself, those that stand highest first.
    supporters: BTreeMap<Subject, Vec<ObjectiveId>>,
}

/// An objective with what is below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// The objective.
    pub objective: ObjectiveId,
    /// Its key results, those that matter most first, each with the objectives that support it.
    pub key_results: Vec<(KeyResultId, Vec<Branch>)>,
    /// The objectives that support the objective itself.
    pub below: Vec<Branch>,
}

impl<'a> Cascade<'a> {
    /// The cascade of a state.
    #[must_use]
    pub fn of(state: &'a State) -> Self {
        let mut found: Vec<(ObjectiveId, &Objective)> = state
            .objectives
            .iter()
            .filter(|(_, one)| one.state != ObjectiveState::Withdrawn)
            .map(|(id, one)| (*id, &**one))
            .collect();
        found.sort_by_key(|(_, one)| place(state, one));
        let mut supporters: BTreeMap<Subject, Vec<ObjectiveId>> = BTreeMap::new();
        for (id, one) in found {
            if let Some(goal) = one.supports {
                supporters.entry(goal).or_default().push(id);
            }
        }
        Self { state, supporters }
    }

    /// What supports an objective or key result itself, also what is deferred or dropped.
    #[must_use]
    pub fn supporters(&self, goal: Subject) -> &[ObjectiveId] {
        self.supporters.get(&goal).map_or(&[], Vec::as_slice)
    }

    /// The mean of the live objectives that support a goal, and how many they are. For an
    /// objective those that support one of its key results are among them. A supporter without a
    /// score of its own stands for what supports it.
    #[must_use]
    pub fn rolled_up(&self, goal: Subject, on: Date) -> (usize, Means) {
        self.rolled_up_within(goal, on, DEEPEST)
    }

    fn rolled_up_within(&self, goal: Subject, on: Date, depth: usize) -> (usize, Means) {
        let found = match goal {
            Subject::Objective(id) => self.directly_below(id),
            other => self.supporters(other).to_vec(),
        };
        let live: Vec<(ObjectiveId, ObjectiveKind)> = found
            .into_iter()
            .filter_map(|id| Some((id, self.state.objectives.get(&id)?)))
            .filter(|(_, one)| one.is_live())
            .map(|(id, one)| (id, one.kind))
            .collect();
        let figure = |id: ObjectiveId| -> Option<Decimal> {
            grading::objective_stands(self.state, id, on).or_else(|| {
                let depth = depth.checked_sub(1)?;
                let (_, below) = self.rolled_up_within(Subject::Objective(id), on, depth);
                below.all
            })
        };
        let figures: Vec<(ObjectiveKind, Decimal)> = live
            .iter()
            .filter_map(|(id, kind)| Some((*kind, figure(*id)?)))
            .collect();
        (live.len(), score::means_of(&figures))
    }

    /// The branches that a cycle's cascade consists of: the objectives of the cycle, of the years
    /// above it and of the quarters below it that `wanted` lets in, with all that they support
    /// and all that supports them; what is at the top first.
    #[must_use]
    pub fn branches(
        &self,
        cycle: CycleId,
        wanted: impl Fn(ObjectiveId, &Objective) -> bool,
    ) -> Vec<Branch> {
        let cycles = self.related(cycle);
        let there = |id: ObjectiveId, one: &Objective| {
            cycles.contains(&one.cycle) && one.state != ObjectiveState::Withdrawn && wanted(id, one)
        };
        let asked: Vec<ObjectiveId> = self
            .state
            .objectives
            .iter()
            .filter(|(id, one)| there(**id, one))
            .map(|(id, _)| *id)
            .collect();
        let mut shown: BTreeSet<ObjectiveId> = asked.iter().copied().collect();
        for id in &asked {
            let mut next = self.directly_above(*id);
            while let Some(id) = next.filter(|id| shown.insert(*id)) {
                next = self.directly_above(id);
            }
        }
        let mut waiting = asked;
        while let Some(id) = waiting.pop() {
            for below in self.directly_below(id) {
                let related = self
                    .state
                    .objectives
                    .get(&below)
                    .is_some_and(|one| cycles.contains(&one.cycle));
                if related && shown.insert(below) {
                    waiting.push(below);
                }
            }
        }
        self.grown(shown)
    }

    /// These objectives as branches.
    fn grown(&self, mut left: BTreeSet<ObjectiveId>) -> Vec<Branch> {
        let mut order: Vec<(ObjectiveId, &Objective)> = left
            .iter()
            .filter_map(|id| Some((*id, &**self.state.objectives.get(id)?)))
            .collect();
        order.sort_by_key(|(_, one)| place(self.state, one));
        let (tops, others): (Vec<_>, Vec<_>) =
            order.into_iter().map(|(id, _)| id).partition(|id| {
                self.directly_above(*id)
                    .is_none_or(|up| !left.contains(&up))
            });
        let mut branches = Vec::new();
        // Others are left over only where they go round in a circle, or deeper than anybody reads.
        for id in tops.into_iter().chain(others) {
            if left.contains(&id) {
                branches.push(self.branch(id, &mut left, DEEPEST));
            }
        }
        branches
    }

    fn branch(&self, id: ObjectiveId, left: &mut BTreeSet<ObjectiveId>, depth: usize) -> Branch {
        left.remove(&id);
        let key_results: Vec<KeyResultId> = self
            .state
            .key_results_of(id)
            .filter(|(_, one)| one.state != KeyResultState::Withdrawn)
            .map(|(id, _)| id)
            .collect();
        let mut branches = |goal: Subject| -> Vec<Branch> {
            let Some(depth) = depth.checked_sub(1) else {
                return Vec::new();
            };
            let mut found = Vec::new();
            for below in self.supporters(goal) {
                if left.contains(below) {
                    found.push(self.branch(*below, left, depth));
                }
            }
            found
        };
        Branch {
            objective: id,
            key_results: key_results
                .into_iter()
                .map(|id| (id, branches(Subject::KeyResult(id))))
                .collect(),
            below: branches(Subject::Objective(id)),
        }
    }

    fn directly_above(&self, id: ObjectiveId) -> Option<ObjectiveId> {
        let goal = above(self.state, self.state.objectives.get(&id)?)?;
        let there = self.state.objectives.get(&goal)?;
        (there.state != ObjectiveState::Withdrawn).then_some(goal)
    }

    /// What supports an objective, itself or one of its key results.
    fn directly_below(&self, id: ObjectiveId) -> Vec<ObjectiveId> {
        let mut found = self.supporters(Subject::Objective(id)).to_vec();
        for (id, _) in self.state.key_results_of(id) {
            found.extend(self.supporters(Subject::KeyResult(id)));
        }
        found
    }

    /// The cycle, those above it, and those below it.
    fn related(&self, cycle: CycleId) -> BTreeSet<CycleId> {
        let cycles = &self.state.cycles;
        let mut found = BTreeSet::from([cycle]);
        let mut next = cycles.get(&cycle).and_then(|one| one.parent);
        while let Some(id) = next.filter(|id| found.insert(*id)) {
            next = cycles.get(&id).and_then(|one| one.parent);
        }
        let mut waiting = vec![cycle];
        while let Some(above) = waiting.pop() {
            for (id, one) in cycles {
                if one.parent == Some(above) && found.insert(*id) {
                    waiting.push(*id);
                }
            }
        }
        found
    }
}

/// Where an objective stands among its like: what counts first, the year before its quarters,
/// the company before its teams, the older before the younger.
fn place(state: &State, one: &Objective) -> impl Ord + use<> {
    let cycle = state.cycles.get(&one.cycle);
    let days = cycle
        .and_then(|cycle| Span::new(cycle.starts, cycle.ends))
        .map_or(0, Span::days);
    (
        !one.is_live(),
        Reverse(days),
        cycle.map(|cycle| cycle.starts),
        height(state, one),
        one.provenance.created.seq,
    )
}
