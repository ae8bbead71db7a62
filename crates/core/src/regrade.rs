//! A cycle graded again by other rules, beside what was graded. Nothing is recorded.
//!
//! Both sides are states, and both are asked by [`crate::grading`]: the one as it was graded, and a
//! copy of it in which weights, grades and what counts are put otherwise. There is no second
//! formula for a mean.
//!
//! | rule | what it does |
//! |---|---|
//! | weights | key results weigh as said, or all the same: the plain mean |
//! | computed | the computed grade counts in place of the one that a person set |
//! | all or nothing | a key result of a committed objective is 1 where it reached 1, else 0 |
//! | set aside is zero | what was deferred or dropped counts, with 0 |
//! | left out | a key result or objective does not count |
//! | as agreed | the goals are those first agreed ([`crate::goalposts`]), and all grades computed: one that a person set was set for the goals as they stood |
//!
//! A key result without a grade stands with the computed one on both sides, so that a cycle that is
//! not over can be asked about.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::calendar::Date;
use crate::decimal::Decimal;
use crate::grading::{self, Bands};
use crate::id::{CycleId, KeyResultId, ObjectiveId};
use crate::score::Means;
use crate::state::{Grade, KeyResult, Objective, State};
use crate::token::{KeyResultState, ObjectiveKind, ObjectiveState};
use crate::value::Subject;

/// By what a cycle is graded again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules {
    /// Key results that weigh otherwise.
    pub weights: BTreeMap<KeyResultId, Decimal>,
    /// All others weigh the same.
    pub equal_weights: bool,
    /// Objectives and key results that do not count.
    pub left_out: BTreeSet<Subject>,
    /// Computed grades in place of those that people set.
    pub computed: bool,
    /// Committed key results are 1 or 0.
    pub all_or_nothing: bool,
    /// What was deferred or dropped counts as 0.
    pub set_aside_is_zero: bool,
    /// How grades are cut into bands.
    pub bands: Bands,
}

/// A cycle as it was graded, and as it would be.
#[derive(Debug, Clone)]
pub struct Regraded {
    /// Of which cycle.
    pub cycle: CycleId,
    /// As it was graded.
    pub was: State,
    /// As it would be.
    pub would: State,
}

/// Grades a cycle again. Figures that are computed are those of the day `on`; `agreed` is the
/// state with the goals as first agreed, where those shall count.
#[must_use]
pub fn regrade(
    state: &State,
    agreed: Option<&State>,
    cycle: CycleId,
    on: Date,
    rules: &Rules,
) -> Regraded {
    let mut was = state.clone();
    for id in key_results(state, cycle) {
        let grade = figure(state, id, on, false);
        set(&mut was, id, |found| stand(found, grade));
    }
    let base = agreed.unwrap_or(state);
    let computed = rules.computed || agreed.is_some();
    let mut would = base.clone();
    for (id, objective) in &base.objectives {
        if objective.cycle == cycle {
            count_or_not(&mut would, *id, objective, rules);
        }
    }
    for id in key_results(base, cycle) {
        let Some(found) = base.key_results.get(&id) else {
            continue;
        };
        let Some(above) = base.objectives.get(&found.objective) else {
            continue;
        };
        let left_out = rules.left_out.contains(&Subject::KeyResult(id));
        let aside = is_set_aside(found.state) || !above.is_live();
        let mut grade = figure(base, id, on, computed);
        if rules.set_aside_is_zero && aside {
            grade = Some(Decimal::ZERO);
        }
        if rules.all_or_nothing && above.kind == ObjectiveKind::Committed {
            grade = grade.map(|grade| {
                if grade >= Decimal::ONE {
                    Decimal::ONE
                } else {
                    Decimal::ZERO
                }
            });
        }
        set(&mut would, id, |found| {
            stand(found, grade);
            if left_out {
                found.state = KeyResultState::Dropped;
            } else if rules.set_aside_is_zero && is_set_aside(found.state) {
                found.state = KeyResultState::Active;
            }
            if let Some(weight) = rules.weights.get(&id) {
                found.weight = *weight;
            } else if rules.equal_weights {
                found.weight = Decimal::ONE;
            }
        });
    }
    Regraded { cycle, was, would }
}

/// The figure that stands for a key result: its grade, else the computed one.
fn figure(state: &State, id: KeyResultId, on: Date, computed: bool) -> Option<Decimal> {
    let given = (state.key_results.get(&id)?.grade.as_ref()).map(|grade| grade.grade);
    let at_end = || grading::computed(state, id, on);
    if computed {
        at_end()
    } else {
        given.or_else(at_end)
    }
}

fn key_results(state: &State, cycle: CycleId) -> Vec<KeyResultId> {
    (state.key_results.iter())
        .filter(|(_, found)| {
            (state.objectives.get(&found.head().objective))
                .is_some_and(|above| above.cycle == cycle)
        })
        .map(|(id, _)| *id)
        .collect()
}

fn set(state: &mut State, id: KeyResultId, change: impl FnOnce(&mut KeyResult)) {
    if let Some(found) = state.key_results.get_mut(&id) {
        change(found.make_mut());
    }
}

fn stand(found: &mut KeyResult, grade: Option<Decimal>) {
    let before = found.grade.take();
    found.grade = grade.map(|grade| Grade {
        grade,
        computed: before.as_ref().and_then(|before| before.computed),
        reason: before.and_then(|before| before.reason),
    });
}

const fn is_set_aside(state: KeyResultState) -> bool {
    matches!(state, KeyResultState::Deferred | KeyResultState::Dropped)
}

fn count_or_not(would: &mut State, id: ObjectiveId, objective: &Objective, rules: &Rules) {
    let aside = matches!(
        objective.state,
        ObjectiveState::Deferred | ObjectiveState::Dropped
    );
    let state = if rules.left_out.contains(&Subject::Objective(id)) {
        ObjectiveState::Dropped
    } else if rules.set_aside_is_zero && aside {
        ObjectiveState::Active
    } else {
        return;
    };
    if let Some(found) = would.objectives.get_mut(&id) {
        Arc::make_mut(found).state = state;
    }
}

impl Regraded {
    /// What stands for a key result that counts in one of its states.
    #[must_use]
    pub fn key_result(&self, state: &State, id: KeyResultId) -> Option<Decimal> {
        let found = state.key_results.get(&id).filter(|found| found.is_live())?;
        self.counts(state, found.objective)?;
        found.grade.as_ref().map(|grade| grade.grade)
    }

    /// The grade of an objective that counts.
    #[must_use]
    pub fn objective(&self, state: &State, id: ObjectiveId) -> Option<Decimal> {
        self.counts(state, id)?;
        grading::objective_grade(state, id)
    }

    /// The means of those of the cycle's objectives that `counts` lets in.
    #[must_use]
    pub fn means(&self, state: &State, counts: impl Fn(ObjectiveId) -> bool) -> Means {
        grading::cycle_grades(state, self.cycle, counts)
    }

    fn counts(&self, state: &State, id: ObjectiveId) -> Option<()> {
        let found = state.objectives.get(&id)?;
        (found.is_live() && found.cycle == self.cycle).then_some(())
    }
}
