//! What a workspace holds, as a document has it: names where the workspace has ids.

use quarterdeck_core::calendar::Date;
use quarterdeck_core::id::{CycleId, ObjectiveId};
use quarterdeck_core::score;
use quarterdeck_core::state::{self, State};
use quarterdeck_core::token::{KeyResultState, MetricKind, ObjectiveState, Switch};
use quarterdeck_core::value::{Measure, Subject};

use crate::outline::{CheckIn, KeyResult, Now, Objective, Outline};

/// The objectives of a cycle, or of all of them, as they stand at the end of the day `on`, withdrawn
/// ones aside: the cycles by their first day, objectives by age, key results by rank.
#[must_use]
pub fn outline(state: &State, cycle: Option<CycleId>, on: Date) -> Outline {
    let found = objectives(state, cycle);
    let mut cycles: Vec<String> = Vec::new();
    for (_, found) in &found {
        let name = cycle_name(state, found.cycle);
        if cycles.last() != Some(&name) {
            cycles.push(name);
        }
    }
    Outline {
        cycles,
        objectives: found
            .into_iter()
            .map(|(id, found)| objective(state, id, found, on))
            .collect(),
        unread: Vec::new(),
    }
}

/// One objective with its key results, as it stands at the end of the day `on`.
#[must_use]
pub fn objective(state: &State, id: ObjectiveId, found: &state::Objective, on: Date) -> Objective {
    Objective {
        title: found.title.clone(),
        description: found.description.clone(),
        owner: found.owner.map(|owner| state.member_name(owner).to_owned()),
        team: found.team.and_then(|team| team_name(state, team)),
        cycle: Some(cycle_name(state, found.cycle)),
        kind: Some(found.kind),
        supports: found.supports.and_then(|above| named(state, above)),
        key: found.key.clone(),
        state: Some(found.state),
        standing: found.standing == Switch::On,
        key_results: key_results(state, id)
            .map(|(_, one)| key_result(state, found, one, on))
            .collect(),
        line: 0,
    }
}

/// The objectives of a cycle, or of all, in the order of documents.
pub(crate) fn objectives(
    state: &State,
    cycle: Option<CycleId>,
) -> Vec<(ObjectiveId, &state::Objective)> {
    let mut found: Vec<_> = state
        .objectives
        .iter()
        .filter(|(_, one)| one.state != ObjectiveState::Withdrawn)
        .filter(|(_, one)| cycle.is_none_or(|cycle| one.cycle == cycle))
        .map(|(id, one)| (*id, &**one))
        .collect();
    found.sort_by_key(|(_, one)| {
        let of = state.cycles.get(&one.cycle);
        (
            of.map(|cycle| (cycle.starts, std::cmp::Reverse(cycle.ends))),
            one.cycle,
            one.provenance.created.seq,
        )
    });
    found
}

/// The key results of an objective that were not withdrawn, by rank.
pub(crate) fn key_results(
    state: &State,
    objective: ObjectiveId,
) -> impl Iterator<Item = (quarterdeck_core::id::KeyResultId, &state::KeyResult)> {
    state
        .key_results_of(objective)
        .filter(|(_, one)| one.state != KeyResultState::Withdrawn)
}

pub(crate) fn cycle_name(state: &State, cycle: CycleId) -> String {
    state
        .cycles
        .get(&cycle)
        .map_or_else(String::new, |cycle| cycle.name.clone())
}

fn team_name(state: &State, team: quarterdeck_core::id::TeamId) -> Option<String> {
    state.teams.get(&team).map(|team| team.name.clone())
}

/// How a document refers to an objective or key result: by its key, else by its title.
fn named(state: &State, subject: Subject) -> Option<String> {
    match subject {
        Subject::Objective(id) => {
            let found = state.objectives.get(&id)?;
            Some(found.key.as_ref().unwrap_or(&found.title).clone())
        }
        Subject::KeyResult(id) => {
            let found = state.key_results.get(&id)?;
            Some(found.key.as_ref().unwrap_or(&found.title).clone())
        }
        _ => None,
    }
}

fn key_result(
    state: &State,
    objective: &state::Objective,
    found: &state::KeyResult,
    on: Date,
) -> KeyResult {
    let standing = state
        .cycles
        .get(&objective.cycle)
        .map(|cycle| score::progress(state, found, cycle, on));
    let measured = standing
        .as_ref()
        .filter(|standing| standing.last_check_in.is_some());
    let now = measured.and_then(|standing| match found.metric.kind {
        // Its steps say more.
        MetricKind::Milestones => None,
        MetricKind::Binary => standing.current.map(|done| Now::Done(!done.is_zero())),
        _ => standing.current.map(Now::Value),
    });
    let steps = found.metric.milestones.iter().map(|step| &step.name);
    KeyResult {
        title: found.title.clone(),
        metric: Some(found.metric.clone()),
        owner: found.owner.map(|owner| state.member_name(owner).to_owned()),
        team: found.team.and_then(|team| team_name(state, team)),
        weight: Some(found.weight),
        rank: found.rank,
        certainty: found.certainty,
        cadence: Some(found.cadence),
        indicator: found.indicator,
        key: found.key.clone(),
        state: Some(found.state),
        now,
        steps_done: steps
            .filter(|step| measured.is_some_and(|standing| standing.done.contains(*step)))
            .cloned()
            .collect(),
        confidence: measured.and_then(|standing| standing.confidence),
        comment: None,
        mid_score: None,
        projected_score: None,
        final_score: found.grade.as_ref().map(|grade| grade.grade),
        check_ins: told(found).map(|(_, told)| told).collect(),
        line: 0,
    }
}

/// The check-ins that count, each with what a document says of it; a delta is the value that it
/// came to.
pub(crate) fn told(found: &state::KeyResult) -> impl Iterator<Item = (&state::CheckIn, CheckIn)> {
    found
        .check_ins
        .running()
        .filter_map(move |(check_in, reading)| {
            let (value, step) = match &check_in.measure {
                Measure::Step { name, done } => (u32::from(*done).into(), Some(name.clone())),
                Measure::Done(done) => (u32::from(*done).into(), None),
                _ => (reading.value(found.metric.baseline)?, None),
            };
            let told = CheckIn {
                date: check_in.effective,
                value,
                step,
                confidence: check_in.confidence,
                projection: check_in.projection,
                comment: check_in.note.clone(),
                line: 0,
            };
            Some((check_in, told))
        })
}
