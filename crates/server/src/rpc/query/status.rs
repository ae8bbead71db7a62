//! How a cycle's objectives and key results are doing.

use std::sync::Arc;

use quarterdeck_core::calendar::Date;
use quarterdeck_core::id::{CycleId, KeyResultId, MemberId, ObjectiveId, TeamId};
use quarterdeck_core::reference::Kind;
use quarterdeck_core::refusal::Refusal;
use quarterdeck_core::state::{Cycle, KeyResult, Objective, State};
use quarterdeck_core::{forecast, grading, score, status};
use quarterdeck_proto::v1;
use quarterdeck_report::json;
use tonic::Status;

use super::view::{Asked, View};
use crate::lookup::Lookup;
use crate::rpc::asking;
use crate::rpc::shown::{Shown, number};
use crate::status::refused;
use crate::workspace::Workspace;

pub(super) async fn get(
    workspace: &Arc<Workspace>,
    request: v1::GetStatusRequest,
    asked: Asked,
) -> Result<v1::GetStatusResponse, Status> {
    let workspace = Arc::clone(workspace);
    asking(workspace.world(), move || {
        let mut view = View::open(&workspace, asked)?;
        let filter = filter(view.state(), &request).map_err(|refusal| refused(&refusal))?;
        let named = named_cycle(view.state(), &request).map_err(|refusal| refused(&refusal))?;
        let cycle = view.of_cycle(named)?;
        Ok(answer(&view, cycle, &filter))
    })
    .await
}

/// Which objectives are asked for.
struct Filter {
    team: Option<TeamId>,
    member: Option<MemberId>,
}

fn filter(state: &State, request: &v1::GetStatusRequest) -> Result<Filter, Refusal> {
    let lookup = Lookup::new(state);
    let given = |text: &'_ str| (!text.is_empty()).then(|| text.to_owned());
    Ok(Filter {
        team: given(&request.team)
            .map(|team| lookup.team(&team))
            .transpose()?,
        member: given(&request.member)
            .map(|member| lookup.member(&member))
            .transpose()?,
    })
}

fn named_cycle(state: &State, request: &v1::GetStatusRequest) -> Result<Option<CycleId>, Refusal> {
    (!request.cycle.is_empty())
        .then(|| Lookup::new(state).cycle(&request.cycle))
        .transpose()
}

fn answer(view: &View, cycle: Option<CycleId>, filter: &Filter) -> v1::GetStatusResponse {
    let state = view.state();
    let shown = Shown::new(state);
    let mut answer = v1::GetStatusResponse {
        workspace: (state.workspace.as_ref())
            .map(|known| known.name.clone())
            .unwrap_or_default(),
        head: state.head,
        ..Default::default()
    };
    if let Some((id, cycle)) = cycle.and_then(|id| Some((id, state.cycles.get(&id)?))) {
        answer.cycle = Some(cycle_status(view, id, cycle));
        answer.objectives = objectives(&shown, id, cycle, view.on(), filter);
    }
    answer
}

fn cycle_status(view: &View, id: CycleId, cycle: &Cycle) -> v1::CycleStatus {
    let (state, on) = (view.state(), view.on());
    let closing = json::closing(&view.names(), id).map(|closing| v1::CycleClosing {
        position: closing.position,
        root: closing.root,
        member: closing.by,
        closed_ms: closing.at.ms(),
        day: closing.day.to_string(),
    });
    v1::CycleStatus {
        name: cycle.name.clone(),
        state: cycle.state.word().to_owned(),
        starts: cycle.starts.to_string(),
        ends: cycle.ends.to_string(),
        elapsed: score::elapsed(cycle, on).to_string(),
        score: number(score::cycle_means(state, id, on, |_| true).all),
        grade: number(grading::cycle_grades(state, id, |_| true).all),
        closing,
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
        grade: number(grading::objective_grade(state, id)),
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
    let grade = key_result.grade.as_ref();
    let forecast = forecast::of(shown.state, key_result, cycle, on);
    let forecast = forecast.forecast().map(json::forecast_told);
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
        grade: number(grade.map(|grade| grade.grade)),
        computed_grade: number(grade.and_then(|grade| grade.computed)),
        grade_reason: grade
            .and_then(|grade| grade.reason.clone())
            .unwrap_or_default(),
        forecast: forecast.map(|forecast| v1::Forecast {
            value: forecast.value.to_string(),
            low: forecast.low.to_string(),
            high: forecast.high.to_string(),
            score: number(forecast.score),
        }),
    }
}

fn owner(state: &State, owner: Option<MemberId>) -> String {
    owner
        .map(|member| state.member_name(member).to_owned())
        .unwrap_or_default()
}
