//! `okr status`, `okr objective list` and `okr kr list`.

use std::collections::BTreeSet;

use quarterdeck_core::calendar::{Date, Span};
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::id::{CycleId, MemberId, ObjectiveId, TeamId};
use quarterdeck_core::score;
use quarterdeck_core::state::{Cycle, Objective, State};
use quarterdeck_core::token::{CycleKind, CycleState, ObjectiveState};
use serde::Serialize;

use super::objective::{StatusKeyResult, StatusObjective, objective_status};
use super::{AsOf, Schema, share};
use crate::names::{Names, Ref};
use crate::pending::Pending;

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct StatusQuery {
    /// Of which cycle; none for [`default_cycle`].
    pub cycle: Option<CycleId>,
    /// Only what this team, or a team below it, owns.
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
    /// Its objectives, oldest first, those deferred or dropped last.
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
    /// Planned or active.
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
    /// Mean of the objectives shown, 0 to 1.
    pub score: Option<Decimal>,
    /// Mean of the committed ones.
    pub committed: Option<Decimal>,
    /// Mean of the aspirational ones.
    pub aspirational: Option<Decimal>,
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

/// The cycle that is meant where none is named: an active one before a planned one, one that the
/// date lies in before one that it does not, then the shorter one (a quarter before its year),
/// then the later one.
#[must_use]
pub fn default_cycle(state: &State, on: Date) -> Option<CycleId> {
    (state.cycles.iter())
        .min_by_key(|(_, cycle)| {
            let days = Span::new(cycle.starts, cycle.ends).map_or(0, Span::days);
            (
                cycle.state != CycleState::Active,
                !cycle.contains(on),
                days,
                std::cmp::Reverse(cycle.starts),
            )
        })
        .map(|(id, _)| *id)
}

fn status_cycle(names: &Names<'_>, query: &StatusQuery, id: CycleId, cycle: &Cycle) -> StatusCycle {
    let state = names.state();
    let scope = Scope::of(state, query);
    let means = score::cycle_means(state, id, query.on, |id| {
        (state.objectives.get(&id)).is_some_and(|objective| scope.has(state, id, objective))
    });
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
        score: share(means.all),
        committed: share(means.committed),
        aspirational: share(means.aspirational),
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
    let mut found: Vec<(ObjectiveId, &Objective)> = (state.objectives.iter())
        .filter(|(id, objective)| {
            objective.cycle == cycle
                && objective.state != ObjectiveState::Withdrawn
                && scope.has(state, **id, objective)
        })
        .map(|(id, objective)| (*id, &**objective))
        .collect();
    found.sort_by_key(|(_, objective)| (!objective.is_live(), objective.provenance.created.seq));
    (found.into_iter())
        .map(|(id, objective)| {
            let own = |owner: Option<MemberId>| scope.member.is_none() || owner == scope.member;
            objective_status(names, pending, (id, objective), query.on, |key_result| {
                own(objective.owner) || own(key_result.owner)
            })
        })
        .collect()
}

/// Whose objectives are asked for.
pub(super) struct Scope {
    teams: Option<BTreeSet<TeamId>>,
    member: Option<MemberId>,
}

impl Scope {
    pub(super) fn of(state: &State, query: &StatusQuery) -> Self {
        Self {
            teams: query.team.map(|team| with_those_below(state, team)),
            member: query.member,
        }
    }

    pub(super) fn has(&self, state: &State, id: ObjectiveId, objective: &Objective) -> bool {
        let by_team = (self.teams.as_ref())
            .is_none_or(|teams| objective.team.is_some_and(|team| teams.contains(&team)));
        by_team
            && self.member.is_none_or(|member| {
                objective.owner == Some(member)
                    || (state.key_results_of(id))
                        .any(|(_, key_result)| key_result.owner == Some(member))
            })
    }
}

pub(super) fn with_those_below(state: &State, team: TeamId) -> BTreeSet<TeamId> {
    let mut found = BTreeSet::from([team]);
    // Each round goes one level down; a round that finds nothing new is the last.
    loop {
        let below: Vec<TeamId> = (state.teams.iter())
            .filter(|(id, team)| {
                !found.contains(id) && team.parent.is_some_and(|above| found.contains(&above))
            })
            .map(|(id, _)| *id)
            .collect();
        if below.is_empty() {
            return found;
        }
        found.extend(below);
    }
}
