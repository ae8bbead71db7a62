//! What is found about one objective, and about one key result.

use super::{FEWEST_KEY_RESULTS, MOST_IN_A_QUARTER, MOST_IN_A_YEAR, MOST_KEY_RESULTS, title};
use crate::alignment::{self, LooseEnds};
use crate::decimal::Decimal;
use crate::id::{KeyResultId, ObjectiveId};
use crate::state::{KeyResult, Objective, State};
use crate::token::{CycleKind, Indicator, LintCode, MetricKind};
use crate::value::Subject;

/// A finding without the objective that it belongs to.
type Found = (LintCode, String);

pub(super) fn of_objective(
    state: &State,
    loose: &LooseEnds,
    id: ObjectiveId,
    objective: &Objective,
) -> Vec<Found> {
    let mut found = Vec::new();
    if let Some(number) = title::number(&objective.title) {
        let said = format!("The title says '{number}'.");
        found.push((LintCode::NumberInTitle, said));
    }
    if objective.owner.is_none() && objective.team.is_none() {
        let said = "Neither a member nor a team owns the objective.".to_owned();
        found.push((LintCode::NoOwner, said));
    }
    found.extend(beyond_the_most(state, id, objective));
    found.extend(aligned(state, loose, id));
    found.extend(key_results(state, id));
    found
}

/// Whether its owner has too many, and this is one of those beyond: the later drafted ones are.
fn beyond_the_most(state: &State, id: ObjectiveId, objective: &Objective) -> Option<Found> {
    let cycle = state.cycles.get(&objective.cycle)?;
    let (most, span) = match cycle.kind {
        CycleKind::Annual => (MOST_IN_A_YEAR, "year"),
        CycleKind::Quarterly | CycleKind::Custom => (MOST_IN_A_QUARTER, "cycle"),
    };
    // A team owns what no member of it does.
    let owner = |one: &Objective| (one.owner, one.team.filter(|_| one.owner.is_none()));
    let (member, team) = owner(objective);
    let name = match (member, team) {
        (Some(member), _) => state.member_name(member),
        (None, Some(team)) => state.teams.get(&team).map_or("the team", |team| &team.name),
        (None, None) => return None,
    };
    let mut owned: Vec<_> = state
        .objectives
        .iter()
        .filter(|(_, one)| {
            one.is_live() && one.cycle == objective.cycle && owner(one) == (member, team)
        })
        .map(|(id, one)| (one.provenance.created.seq, *id))
        .collect();
    owned.sort_unstable();
    let place = owned.iter().position(|(_, one)| *one == id)?;
    (place >= most).then(|| {
        let said = format!(
            "It is number {} of the {} objectives that {name} has in {}; {most} fill a {span}.",
            place + 1,
            owned.len(),
            cycle.name,
        );
        (LintCode::TooManyObjectives, said)
    })
}

fn aligned(state: &State, loose: &LooseEnds, id: ObjectiveId) -> Vec<Found> {
    let mut found = Vec::new();
    if let Some(goal) = alignment::broken(state, id) {
        let said = format!("It supports {}.", in_vain(state, goal));
        found.push((LintCode::BrokenAlignment, said));
    }
    if loose.unaligned.contains(&id) {
        let said = "It supports no objective and no key result above it.".to_owned();
        found.push((LintCode::Unaligned, said));
    }
    if loose.unsupported.contains(&id) {
        let said = "There are objectives below it, and none of them supports it.".to_owned();
        found.push((LintCode::Unsupported, said));
    }
    found
}

/// What no longer counts, with its state.
fn in_vain(state: &State, goal: Subject) -> String {
    let found = match goal {
        Subject::Objective(id) => state
            .objectives
            .get(&id)
            .map(|one| format!("'{}', which is {}", one.title, one.state)),
        Subject::KeyResult(id) => state
            .key_results
            .get(&id)
            .map(|one| format!("'{}', which is {}", one.title, one.state)),
        _ => None,
    };
    found.unwrap_or_else(|| "what does not count any more".to_owned())
}

fn key_results(state: &State, id: ObjectiveId) -> Vec<Found> {
    let mut found = Vec::new();
    let live: Vec<&KeyResult> = state
        .key_results_of(id)
        .map(|(_, key_result)| key_result)
        .filter(|key_result| key_result.is_live())
        .collect();
    let range = format!("from {FEWEST_KEY_RESULTS} to {MOST_KEY_RESULTS} are good");
    match live.len() {
        0 => {
            let said = format!("It has no key result; {range}.");
            found.push((LintCode::TooFewKeyResults, said));
        }
        count if count < FEWEST_KEY_RESULTS => {
            let said = format!("It has {count} key result; {range}.");
            found.push((LintCode::TooFewKeyResults, said));
        }
        count if count > MOST_KEY_RESULTS => {
            let said = format!("It has {count} key results; {range}.");
            found.push((LintCode::TooManyKeyResults, said));
        }
        _ => {}
    }
    let leads = |one: &&KeyResult| one.indicator == Some(Indicator::Leading);
    if !live.is_empty() && !live.iter().any(leads) {
        let said = "None of its key results is marked as leading.".to_owned();
        found.push((LintCode::NoLeadingIndicator, said));
    }
    found
}

pub(super) fn of_key_result(
    state: &State,
    id: KeyResultId,
    objective: &Objective,
    key_result: &KeyResult,
) -> Vec<Found> {
    let mut found = Vec::new();
    // What nobody owns at all is told of the objective, once.
    if key_result.owner.is_none() && objective.owner.is_none() && objective.team.is_some() {
        let said = "A team owns the objective, and no member the key result.".to_owned();
        found.push((LintCode::NoOwner, said));
    }
    let metric = &key_result.metric;
    let task = title::task(&key_result.title).filter(|_| !measures(key_result));
    if let Some(task) = &task {
        let said = format!(
            "'{task}' says what is done, and {}.",
            unmeasured(key_result)
        );
        found.push((LintCode::TaskNotResult, said));
    } else if let Some(kpi) = plain_kpi(state, id, key_result) {
        found.push((LintCode::PlainKpi, kpi));
    }
    let numbers = (metric.baseline, metric.target);
    match (metric.kind, numbers) {
        (MetricKind::Increase | MetricKind::Decrease, (Some(from), Some(to))) if from == to => {
            let said = format!("Both are {from}.");
            found.push((LintCode::BaselineEqualsTarget, said));
        }
        (MetricKind::Increase | MetricKind::Decrease, (None, _) | (_, None)) => {
            let said = "It is not said from where to where.".to_owned();
            found.push((LintCode::NoBaseline, said));
        }
        (MetricKind::Binary, _) if task.is_none() => {
            let said = match title::number(&key_result.title) {
                Some(number) => format!("It says '{number}', and is either done or not."),
                None => "It is either done or not.".to_owned(),
            };
            found.push((LintCode::NoBaseline, said));
        }
        _ => {}
    }
    found
}

/// Whether something is really measured: more than whether it is done. From 0 to 1 is done or not.
fn measures(key_result: &KeyResult) -> bool {
    let metric = &key_result.metric;
    match metric.kind {
        MetricKind::Milestones | MetricKind::Binary => false,
        MetricKind::Maintain => true,
        MetricKind::Increase | MetricKind::Decrease => {
            (metric.baseline, metric.target) != (Some(Decimal::ZERO), Some(Decimal::ONE))
        }
    }
}

fn unmeasured(key_result: &KeyResult) -> &'static str {
    match key_result.metric.kind {
        MetricKind::Milestones => "its steps say how far that is",
        _ => "it is either done or not",
    }
}

/// Why a key result is no more than a KPI, if so: its title names a measure and nothing else, or a
/// KPI of the workspace of which nobody said that the key result should improve it.
fn plain_kpi(state: &State, id: KeyResultId, key_result: &KeyResult) -> Option<String> {
    if let Some(measure) = title::plain_kpi(&key_result.title) {
        return Some(format!("The title names '{measure}' and nothing else."));
    }
    let said = title::words(&key_result.title);
    state
        .kpis
        .iter()
        .filter(|(_, kpi)| kpi.is_live())
        .filter(|(of, kpi)| key_result.kpi != Some(**of) && !kpi.improved_by.contains(&id))
        .find(|(_, kpi)| title::words(&kpi.title) == said)
        .map(|(_, kpi)| format!("The workspace has a KPI '{}' of the same name.", kpi.title))
}
