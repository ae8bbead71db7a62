//! `okr status`, `okr objective list` and `okr kr list`.

use quarterdeck_core::calendar::{Date, Span};
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::goalposts;
use quarterdeck_core::grading;
use quarterdeck_core::id::{CycleId, MemberId, ObjectiveId, TeamId};
use quarterdeck_core::score;
use quarterdeck_core::state::{Cycle, KeyResult, Objective};
use quarterdeck_core::token::{CycleKind, CycleState, ObjectiveState};
use serde::Serialize;

pub use quarterdeck_core::asked::default_cycle;

use super::closing::{self, Closing, Grades};
use super::objective::{StatusKeyResult, StatusObjective, objective_status};
use super::scope::Scope;
use super::{AsOf, Schema, share};
use crate::names::{Names, Ref};
use crate::pending::Pending;

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct StatusQuery {
    /// Of which cycle; none for [`default_cycle`].
    pub cycle: Option<CycleId>,
    /// Only what this team, or a team below it, owns; and those key results of others'
    /// objectives that answer to it or help one of its own.
    pub team: Option<TeamId>,
    /// Only what this member owns: objectives, and single key results of others' objectives.
    pub member: Option<MemberId>,
    /// As things were on this date.
    pub on: Date,
    /// The moment that the state is of, where it is not the present; only told, not applied.
    pub as_of: Option<AsOf>,
}

/// How a cycle is going.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    /// Version of this object.
    pub schema: Schema,
    /// Name of the workspace.
    pub workspace: String,
    /// Position of the last recorded event.
    pub head: u64,
    /// How many events are not recorded yet.
    pub pending: u64,
    /// The moment that the state is of; none for the present.
    pub as_of: Option<AsOf>,
    /// The date that the figures are of.
    pub on: Date,
    /// Whether the workspace has a server.
    pub served: bool,
    /// Open conflicts in the whole workspace.
    pub conflicts: usize,
    /// The cycle; none where there is none yet.
    pub cycle: Option<StatusCycle>,
    /// Its objectives, oldest first, those deferred or dropped last; then those of other teams
    /// with key results that concern the team asked for.
    pub objectives: Vec<StatusObjective>,
}

/// A cycle and how it is going.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatusCycle {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Id.
    pub id: CycleId,
    /// Name, such as `2026-Q3`.
    pub name: String,
    /// Kind.
    pub kind: CycleKind,
    /// Planned, active or closed.
    pub state: CycleState,
    /// First day.
    pub starts: Date,
    /// Last day, itself included.
    pub ends: Date,
    /// Which week of the cycle the date lies in, from 1; none outside of it.
    pub week: Option<u32>,
    /// How many weeks it has.
    pub weeks: u32,
    /// Share of its days that is over, 0 to 1.
    pub elapsed: Decimal,
    /// Share of its way that a key result should have gone by then: what is over, or what the
    /// weights of the months say.
    pub expected: Decimal,
    /// How its months weigh against each other; empty where it says nothing itself.
    pub month_weights: Vec<Decimal>,
    /// Mean of the objectives shown, 0 to 1, without those that are another team's.
    pub score: Option<Decimal>,
    /// Mean of the committed ones.
    pub committed: Option<Decimal>,
    /// Mean of the aspirational ones.
    pub aspirational: Option<Decimal>,
    /// How many of its goals were moved after its first day, its own dates included.
    pub goals_moved: usize,
    /// The means of the grades, where there are any.
    pub grades: Option<Grades>,
    /// What the grades are bound to, where it is closed.
    pub closing: Option<Closing>,
}

/// The objectives of a cycle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ObjectiveList {
    /// Version of this object.
    pub schema: Schema,
    /// Name of the cycle.
    pub cycle: Option<String>,
    /// The date that the figures are of.
    pub on: Date,
    /// The objectives.
    pub objectives: Vec<StatusObjective>,
}

/// The key results of a cycle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KeyResultList {
    /// Version of this object.
    pub schema: Schema,
    /// Name of the cycle.
    pub cycle: Option<String>,
    /// The date that the figures are of.
    pub on: Date,
    /// The key results.
    pub key_results: Vec<StatusKeyResult>,
}

/// How a cycle is going.
#[must_use]
pub fn status(names: &Names<'_>, pending: &Pending, query: &StatusQuery) -> Status {
    let state = names.state();
    let chosen = query.cycle.or_else(|| default_cycle(state, query.on));
    let found = chosen.and_then(|id| state.cycles.get(&id).map(|cycle| (id, cycle)));
    let workspace = state.workspace.as_ref();
    Status {
        schema: Schema,
        workspace: workspace.map_or_else(String::new, |found| found.name.clone()),
        head: pending.confirmed(state.head),
        pending: pending.events(),
        as_of: query.as_of,
        on: query.on,
        served: workspace.is_some_and(|found| found.served),
        conflicts: state.conflicts.len(),
        cycle: found.map(|(id, cycle)| status_cycle(names, query, id, cycle)),
        objectives: found.map_or_else(Vec::new, |(id, _)| objectives(names, pending, query, id)),
    }
}

/// The objectives that `okr objective list` shows.
#[must_use]
pub fn objective_list(names: &Names<'_>, pending: &Pending, query: &StatusQuery) -> ObjectiveList {
    let found = status(names, pending, query);
    ObjectiveList {
        schema: Schema,
        cycle: found.cycle.map(|cycle| cycle.name),
        on: query.on,
        objectives: found.objectives,
    }
}

/// The key results that `okr kr list` shows.
#[must_use]
pub fn key_result_list(names: &Names<'_>, pending: &Pending, query: &StatusQuery) -> KeyResultList {
    let found = objective_list(names, pending, query);
    KeyResultList {
        schema: Schema,
        cycle: found.cycle,
        on: query.on,
        key_results: (found.objectives.into_iter())
            .flat_map(|objective| objective.key_results)
            .collect(),
    }
}

pub(super) fn status_cycle(
    names: &Names<'_>,
    query: &StatusQuery,
    id: CycleId,
    cycle: &Cycle,
) -> StatusCycle {
    let state = names.state();
    let scope = Scope::of(state, query);
    let counts = |id: ObjectiveId| {
        (state.objectives.get(&id)).is_some_and(|objective| scope.has(state, id, objective))
    };
    let means = score::cycle_means(state, id, query.on, counts);
    let grades = grading::cycle_grades(state, id, counts);
    let span = Span::new(cycle.starts, cycle.ends);
    StatusCycle {
        reference: names.cycle(id),
        id,
        name: cycle.name.clone(),
        kind: cycle.kind,
        state: cycle.state,
        starts: cycle.starts,
        ends: cycle.ends,
        week: span.and_then(|span| span.week_of(query.on)),
        weeks: span.map_or(0, Span::weeks),
        elapsed: score::elapsed(cycle, query.on).round(2),
        expected: score::expected(state, cycle, query.on).round(2),
        month_weights: cycle.month_weights.clone(),
        score: share(means.all),
        committed: share(means.committed),
        aspirational: share(means.aspirational),
        goals_moved: goalposts::tally(state, id),
        grades: grades.all.is_some().then(|| closing::grades(grades)),
        closing: closing::closing(names, id),
    }
}

fn objectives(
    names: &Names<'_>,
    pending: &Pending,
    query: &StatusQuery,
    cycle: CycleId,
) -> Vec<StatusObjective> {
    let state = names.state();
    let scope = Scope::of(state, query);
    let mut found: Vec<(bool, ObjectiveId, &Objective)> = (state.objectives.iter())
        .filter(|(_, objective)| {
            objective.cycle == cycle && objective.state != ObjectiveState::Withdrawn
        })
        .map(|(id, objective)| (scope.visits(state, *id, objective), *id, &**objective))
        .filter(|(visits, id, objective)| *visits || scope.has(state, *id, objective))
        .collect();
    found.sort_by_key(|(visits, _, objective)| {
        let age = objective.provenance.created.seq;
        (*visits, !objective.is_live(), age)
    });
    (found.into_iter())
        .map(|(visits, id, objective)| {
            let shown = |found: &KeyResult| scope.shows(state, objective, found);
            let found = objective_status(names, pending, (id, objective), query.on, shown);
            StatusObjective { visits, ..found }
        })
        .collect()
}
