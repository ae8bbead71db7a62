//! How a cycle's objectives and key results are doing.

use std::sync::Arc;

use quarterdeck_core::calendar::{Date, Timestamp};
use quarterdeck_core::id::{CycleId, KeyResultId, MemberId, ObjectiveId, TeamId};
use quarterdeck_core::reference::Kind;
use quarterdeck_core::refusal::Refusal;
use quarterdeck_core::state::{Cycle, KeyResult, Objective, State};
use quarterdeck_core::token::CycleState;
use quarterdeck_core::{score, status};
use quarterdeck_proto::v1::{self, as_of};
use tonic::Status;

use super::moment;
use crate::rpc::shown::{Shown, number};
use crate::status::refused;
use crate::workspace::Workspace;

pub(super) async fn get(
    workspace: &Arc<Workspace>,
    request: v1::GetStatusRequest,
    now: Timestamp,
) -> Result<v1::GetStatusResponse, Status> {
    let asked = request
        .as_of
        .as_ref()
        .and_then(|as_of| as_of.moment.as_ref());
    let is_position = matches!(asked, Some(as_of::Moment::Position(_)));
    let time = match asked {
        Some(as_of::Moment::TimeMs(time)) => Timestamp::from_ms(*time),
        _ => now,
    };
    let state = moment::state(workspace, request.as_of).await?;
    // As of a position means as of the moment at which that entry was recorded.
    let time = if is_position { state.recorded } else { time };
    answer(&state, &request, time).map_err(|refusal| refused(&refusal))
}

/// Which objectives are asked for.
struct Filter {
    team: Option<TeamId>,
    member: Option<MemberId>,
}

fn answer(
    state: &State,
    request: &v1::GetStatusRequest,
    time: Timestamp,
) -> Result<v1::GetStatusResponse, Refusal> {
    let shown = Shown::new(state);
    let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let filter = Filter {
        team: given(&request.team)
            .map(|team| shown.lookup.team(&team))
            .transpose()?,
        member: given(&request.member)
            .map(|member| shown.lookup.member(&member))
            .transpose()?,
    };
    let cycle = match given(&request.cycle) {
        Some(cycle) => Some(shown.lookup.cycle(&cycle)?),
        None => present_cycle(state),
    };
    let mut answer = v1::GetStatusResponse {
        workspace: state
            .workspace
            .as_ref()
            .map(|known| known.name.clone())
            .unwrap_or_default(),
        head: state.head,
        ..Default::default()
    };
    if let Some((id, cycle)) = cycle.and_then(|id| state.cycles.get(&id).map(|cycle| (id, cycle))) {
        let on = state
            .workspace
            .as_ref()
            .map_or(cycle.ends, |known| known.date_of(time));
        answer.cycle = Some(cycle_status(state, id, cycle, on));
        answer.objectives = objectives(&shown, id, cycle, on, &filter);
    }
    Ok(answer)
}

/// The active cycle that began last; where none is active, the planned one that begins first.
fn present_cycle(state: &State) -> Option<CycleId> {
    let of = |wanted: CycleState| {
        state
            .cycles
            .iter()
            .filter(move |(_, it)| it.state == wanted)
    };
    let active = of(CycleState::Active).max_by_key(|(id, cycle)| (cycle.starts, **id));
    active
        .or_else(|| of(CycleState::Planned).min_by_key(|(id, cycle)| (cycle.starts, **id)))
        .map(|(id, _)| *id)
}

fn cycle_status(state: &State, id: CycleId, cycle: &Cycle, on: Date) -> v1::CycleStatus {
    v1::CycleStatus {
        name: cycle.name.clone(),
        state: cycle.state.word().to_owned(),
        starts: cycle.starts.to_string(),
        ends: cycle.ends.to_string(),
        elapsed: score::elapsed(cycle, on).to_string(),
        score: number(score::cycle_means(state, id, on, |_| true).all),
    }
}

fn objectives(
    shown: &Shown<'_>,
    cycle_id: CycleId,
    cycle: &Cycle,
    on: Date,
    filter: &Filter,
) -> Vec<v1::ObjectiveStatus> {
    let mut found: Vec<(ObjectiveId, &Objective)> = shown
        .state
        .objectives
        .iter()
        .filter(|(_, objective)| {
            objective.cycle == cycle_id
                && filter.team.is_none_or(|team| objective.team == Some(team))
                && filter
                    .member
                    .is_none_or(|member| objective.owner == Some(member))
        })
        .map(|(id, objective)| (*id, &**objective))
        .collect();
    found.sort_by_key(|(_, objective)| objective.provenance.created.seq);
    found
        .into_iter()
        .map(|(id, it)| objective(shown, id, it, cycle, on))
        .collect()
}

fn objective(
    shown: &Shown<'_>,
    id: ObjectiveId,
    objective: &Objective,
    cycle: &Cycle,
    on: Date,
) -> v1::ObjectiveStatus {
    let state = shown.state;
    let key_results = state.key_results_of(id);
    v1::ObjectiveStatus {
        reference: shown.reference(Kind::Objective, id.uuid()),
        id: id.to_string(),
        title: objective.title.clone(),
        owner: owner(state, objective.owner),
        team: objective
            .team
            .and_then(|team| state.teams.get(&team))
            .map(|team| team.name.clone())
            .unwrap_or_default(),
        kind: objective.kind.word().to_owned(),
        state: objective.state.word().to_owned(),
        score: number(score::objective_score(state, id, on)),
        status: status::of_objective(state, id, on)
            .map(|explained| explained.status.word().to_owned())
            .unwrap_or_default(),
        key_results: key_results
            .map(|(id, it)| key_result(shown, id, it, cycle, on))
            .collect(),
    }
}

fn key_result(
    shown: &Shown<'_>,
    id: KeyResultId,
    key_result: &KeyResult,
    cycle: &Cycle,
    on: Date,
) -> v1::KeyResultStatus {
    let progress = score::progress(shown.state, key_result, cycle, on);
    let explained = status::of_key_result(shown.state, key_result, cycle, on);
    let metric = &key_result.metric;
    v1::KeyResultStatus {
        reference: shown.reference(Kind::KeyResult, id.uuid()),
        id: id.to_string(),
        title: key_result.title.clone(),
        owner: owner(shown.state, key_result.owner),
        metric: metric.kind.word().to_owned(),
        unit: metric.unit.clone().unwrap_or_default(),
        baseline: number(metric.baseline),
        target: number(metric.target),
        low: number(metric.low),
        high: number(metric.high),
        current: number(progress.current),
        score: number(progress.score),
        pace: number(score::pace(shown.state, key_result, cycle, on)),
        confidence: number(progress.confidence),
        status: explained.status.word().to_owned(),
        why: explained.because.join(" "),
        last_check_in: progress
            .last_check_in
            .map(|date| date.to_string())
            .unwrap_or_default(),
        state: key_result.state.word().to_owned(),
    }
}

fn owner(state: &State, owner: Option<MemberId>) -> String {
    owner
        .map(|member| state.member_name(member).to_owned())
        .unwrap_or_default()
}
