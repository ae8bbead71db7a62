//! Another cycle beside the one that is looked back on: what came of both, what was carried over from one into
//! the other, and the KPIs that were read by both ends.
//!
//! Unless one is named it is the cycle of the same kind that ended last before this one began. One that has
//! ended is read as [`crate::outcome`] reads it, a closed one as at its closing; another as it stands.

use std::collections::BTreeSet;

use super::{Asked, Retro};
use crate::alignment::teams_below;
use crate::calendar::Date;
use crate::carry;
use crate::decimal::Decimal;
use crate::grading;
use crate::id::{CycleId, KeyResultId, KpiId, ObjectiveId, TeamId};
use crate::kpi::{self, Standing};
use crate::outcome::{self, Ended};
use crate::past::Past;
use crate::score::{self, Means};
use crate::state::State;
use crate::value::Subject;

/// Another cycle.
#[derive(Debug, Clone)]
pub struct Beside {
    /// Which.
    pub cycle: CycleId,
    /// The state that it is read in.
    pub state: State,
    /// The day on which it is read.
    pub on: Date,
    /// Whether it has ended by then.
    pub ended: bool,
}

/// An objective that was carried over from one cycle into the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kin {
    /// The one in the cycle that is looked back on.
    pub objective: ObjectiveId,
    /// The one in the other.
    pub other: ObjectiveId,
    /// Its key results that were carried over with it, each with that in the other cycle.
    pub key_results: Vec<(KeyResultId, KeyResultId)>,
}

/// A KPI that was read by both ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BothEnds {
    /// Which.
    pub kpi: KpiId,
    /// At the end of the other cycle.
    pub before: Standing,
    /// At the end of the one that is looked back on.
    pub after: Standing,
}

/// The cycle of the same kind that ended last before this one began.
#[must_use]
pub fn right_before(state: &State, id: CycleId) -> Option<CycleId> {
    let cycle = state.cycles.get(&id)?;
    (state.cycles.iter())
        .filter(|(_, other)| other.kind == cycle.kind && other.ends < cycle.starts)
        .max_by_key(|(id, other)| (other.ends, other.starts, **id))
        .map(|(id, _)| *id)
}

pub(super) fn of<P: Past>(
    past: &mut P,
    asked: &Asked,
    on: Date,
) -> Result<Option<Beside>, P::Error> {
    let chosen = (asked.compare).or_else(|| right_before(past.state(), asked.cycle));
    let Some(cycle) = chosen.filter(|other| *other != asked.cycle) else {
        return Ok(None);
    };
    if let Some(Ended { cycle, state, on }) = outcome::ended(past, cycle, on)? {
        return Ok(Some(Beside {
            cycle,
            state,
            on,
            ended: true,
        }));
    }
    let state = past.state();
    Ok((state.cycles.get(&cycle)).map(|found| Beside {
        cycle,
        on: on.min(found.ends),
        state: state.clone(),
        ended: false,
    }))
}

/// What came of a cycle's objectives that `counts` lets in: the means of their grades, and where nothing is
/// graded of their scores.
#[must_use]
pub fn outcomes(
    state: &State,
    cycle: CycleId,
    on: Date,
    counts: impl Fn(ObjectiveId) -> bool,
) -> Means {
    let grades = grading::cycle_grades(state, cycle, &counts);
    let scores = score::cycle_means(state, cycle, on, &counts);
    Means {
        all: grades.all.or(scores.all),
        committed: grades.committed.or(scores.committed),
        aspirational: grades.aspirational.or(scores.aspirational),
    }
}

/// What came of an objective: its grade, else its score.
#[must_use]
pub fn objective_outcome(state: &State, id: ObjectiveId, on: Date) -> Option<Decimal> {
    grading::objective_grade(state, id).or_else(|| score::objective_score(state, id, on))
}

/// What came of a key result: its grade, else its score.
#[must_use]
pub fn key_result_outcome(state: &State, id: KeyResultId, on: Date) -> Option<Decimal> {
    let found = state.key_results.get(&id)?;
    let graded = found.grade.as_ref().map(|grade| grade.grade);
    graded.or_else(|| grading::computed(state, id, on))
}

/// The teams that have a live objective in a cycle, or a team below them has, with how many: the highest
/// level first, then by name.
#[must_use]
pub fn teams(state: &State, cycle: CycleId) -> Vec<(TeamId, usize)> {
    let owners: Vec<TeamId> = (state.objectives.values())
        .filter(|one| one.cycle == cycle && one.is_live())
        .filter_map(|one| one.team)
        .collect();
    let mut found: Vec<_> = (state.teams.iter())
        .filter_map(|(id, team)| {
            let below = teams_below(state, *id);
            let many = owners.iter().filter(|owner| below.contains(owner)).count();
            (many > 0).then_some((team.level, team.name.as_str(), *id, many))
        })
        .collect();
    found.sort_unstable();
    (found.into_iter())
        .map(|(_, _, id, many)| (id, many))
        .collect()
}

/// Whether an objective is a team's, or of a team below it.
#[must_use]
pub fn is_of(state: &State, team: TeamId) -> impl Fn(ObjectiveId) -> bool + '_ {
    let below: BTreeSet<TeamId> = teams_below(state, team);
    move |id| {
        (state.objectives.get(&id).and_then(|one| one.team))
            .is_some_and(|team| below.contains(&team))
    }
}

impl Beside {
    /// What came of its objectives that `counts` lets in.
    #[must_use]
    pub fn outcomes(&self, counts: impl Fn(ObjectiveId) -> bool) -> Means {
        outcomes(&self.state, self.cycle, self.on, counts)
    }

    /// The objectives that were carried over from one cycle into the other, in the order of those of the
    /// cycle that is looked back on.
    #[must_use]
    pub fn kin(&self, retro: &Retro) -> Vec<Kin> {
        (retro.objectives().into_iter())
            .filter_map(|objective| {
                let other = self.counterpart(&retro.state, Subject::Objective(objective));
                let Some(Subject::Objective(other)) = other else {
                    return None;
                };
                let key_results = (retro.key_results(objective).into_iter())
                    .filter_map(|(id, _)| {
                        match self.counterpart(&retro.state, Subject::KeyResult(id))? {
                            Subject::KeyResult(other) => Some((id, other)),
                            _ => None,
                        }
                    })
                    .collect();
                Some(Kin {
                    objective,
                    other,
                    key_results,
                })
            })
            .collect()
    }

    /// What a goal was carried over from, or into, in this cycle.
    fn counterpart(&self, here: &State, goal: Subject) -> Option<Subject> {
        let is_there = |other: &Subject| self.cycle_of(*other) == Some(self.cycle);
        let earlier = carry::ancestors(here, goal).into_iter().find(is_there);
        earlier.or_else(|| {
            let comes_of = |other: &Subject| carry::ancestors(&self.state, *other).contains(&goal);
            self.goals_like(goal).into_iter().find(comes_of)
        })
    }

    fn cycle_of(&self, goal: Subject) -> Option<CycleId> {
        crate::closing::cycle_of(&self.state, goal)
    }

    /// This cycle's goals of the sort of another that were carried over from something.
    fn goals_like(&self, goal: Subject) -> Vec<Subject> {
        let state = &self.state;
        let all: Vec<Subject> = match goal {
            Subject::Objective(_) => (state.objectives.iter())
                .filter(|(_, one)| one.carried_from.is_some())
                .map(|(id, _)| Subject::Objective(*id))
                .collect(),
            Subject::KeyResult(_) => (state.key_results.iter())
                .filter(|(_, one)| one.carried_from.is_some())
                .map(|(id, _)| Subject::KeyResult(*id))
                .collect(),
            _ => Vec::new(),
        };
        let of_cycle = |one: &Subject| self.cycle_of(*one) == Some(self.cycle);
        all.into_iter().filter(of_cycle).collect()
    }

    /// The KPIs that count and were read by both ends, oldest first.
    #[must_use]
    pub fn kpis(&self, retro: &Retro) -> Vec<BothEnds> {
        let until = retro.until();
        let mut found: Vec<(u64, BothEnds)> = (retro.state.kpis.iter())
            .filter(|(_, kpi)| kpi.is_live())
            .filter_map(|(id, found)| {
                let both = BothEnds {
                    kpi: *id,
                    before: kpi::standing(self.state.kpis.get(id)?, self.on)?,
                    after: kpi::standing(found, until)?,
                };
                Some((found.provenance.created.seq, both))
            })
            .collect();
        found.sort_by_key(|(age, _)| *age);
        found.into_iter().map(|(_, both)| both).collect()
    }
}
