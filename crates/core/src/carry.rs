//! Carrying objectives over into another cycle, with their lineage.
//!
//! An objective comes along with those of its live key results that are not finished:
//!
//! - increase, decrease: not at the target. The baseline is the last value; the target stays.
//! - maintain: not in its range throughout. In a standing objective it always comes along.
//! - milestones: the steps that are not done.
//! - binary: not done.
//!
//! Owner, team, kind, key, weight, rank, cadence and the KPI that is read are kept; a certainty is
//! stated anew. What it supported is re-pointed to that one's own successor in the cycle, if it has
//! one, and so are the key results that it helps. The originals stay as they are.

use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::Date;
use crate::decide::Command;
use crate::event::{Body, KeyResultAdded, Metric, ObjectiveDrafted};
use crate::id::{CycleId, IdSource, KeyResultId, MemberId, ObjectiveId};
use crate::kpi;
use crate::refusal::{Code, Refusal};
use crate::score;
use crate::state::{KeyResult, Objective, State};
use crate::token::{MemberState, MetricKind, Switch};
use crate::value::Subject;

/// What would be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The cycle into which it goes.
    pub to: CycleId,
    /// The objectives, each after the one that it supports.
    pub objectives: Vec<Carried>,
    /// Which of the new key results help which.
    pub helps: Vec<(KeyResultId, KeyResultId)>,
}

/// An objective that is carried over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    /// The earlier one.
    pub from: ObjectiveId,
    /// The new one.
    pub drafted: ObjectiveDrafted,
    /// Its new key results.
    pub key_results: Vec<KeyResultAdded>,
    /// Key results of the earlier one that stay behind.
    pub left: Vec<(KeyResultId, Left)>,
}

/// Why a key result is not carried over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// It is finished.
    Finished,
    /// It was deferred, dropped or withdrawn.
    NotLive,
}

impl Plan {
    /// The commands that carry it out.
    #[must_use]
    pub fn commands(self) -> Vec<Command> {
        let mut bodies = Vec::new();
        for carried in self.objectives {
            bodies.push(Body::ObjectiveDrafted(carried.drafted));
            bodies.extend(carried.key_results.into_iter().map(Body::KeyResultAdded));
        }
        let helps = self.helps.into_iter();
        bodies.extend(helps.map(|(from, to)| Body::HelpLinked { from, to }));
        bodies.into_iter().map(Command::Record).collect()
    }
}

/// The standing objectives that go on into a cycle: live, of earlier cycles of its kind, and not
/// carried further yet.
#[must_use]
pub fn standing(state: &State, to: CycleId) -> Vec<ObjectiveId> {
    let Some(into) = state.cycles.get(&to) else {
        return Vec::new();
    };
    state
        .objectives
        .iter()
        .filter(|(id, one)| {
            one.is_live()
                && one.standing == Switch::On
                && successor(state, **id, None).is_none()
                && state
                    .cycles
                    .get(&one.cycle)
                    .is_some_and(|of| of.kind == into.kind && of.starts < into.starts)
        })
        .map(|(id, _)| *id)
        .collect()
}

/// The live objective, of a certain cycle if one is named, that this one was carried over into.
#[must_use]
pub fn successor(state: &State, id: ObjectiveId, cycle: Option<CycleId>) -> Option<ObjectiveId> {
    state
        .objectives
        .iter()
        .find(|(_, one)| {
            one.carried_from == Some(id)
                && one.is_live()
                && cycle.is_none_or(|cycle| one.cycle == cycle)
        })
        .map(|(id, _)| *id)
}

/// Of things that all answer to one name, those that were not carried over into another of them:
/// whoever names something means the one that goes on.
#[must_use]
pub fn newest(state: &State, found: &[Subject]) -> Vec<Subject> {
    let earlier: BTreeSet<Subject> = found
        .iter()
        .flat_map(|subject| ancestors(state, *subject))
        .collect();
    let goes_on = found.iter().filter(|subject| !earlier.contains(subject));
    goes_on.copied().collect()
}

/// What something was carried over from, step by step.
#[must_use]
pub fn ancestors(state: &State, of: Subject) -> Vec<Subject> {
    let before = |subject: Subject| match subject {
        Subject::Objective(id) => state
            .objectives
            .get(&id)?
            .carried_from
            .map(Subject::Objective),
        Subject::KeyResult(id) => state
            .key_results
            .get(&id)?
            .carried_from
            .map(Subject::KeyResult),
        _ => None,
    };
    let mut found = Vec::new();
    let mut at = of;
    while let Some(earlier) = before(at).filter(|earlier| !found.contains(earlier)) {
        found.push(earlier);
        at = earlier;
    }
    found
}

/// What of an objective goes on where it is carried over on the day `on`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GoesOn {
    /// These of its key results, each with what is left of it; none of a standing one that is finished
    /// and goes on all the same, or of one without key results.
    With(Vec<(KeyResultId, Metric)>),
    /// Nothing: it is finished, and nothing of it is carried.
    Finished,
}

/// What of an objective goes on where it is carried over on the day `on`; which cycle it goes into makes
/// no difference.
#[must_use]
pub fn goes_on(state: &State, id: ObjectiveId, on: Date) -> GoesOn {
    let Some(found) = state.objectives.get(&id) else {
        return GoesOn::Finished;
    };
    let live: Vec<_> = (state.key_results_of(id))
        .filter(|(_, one)| one.is_live())
        .collect();
    let goes: Vec<(KeyResultId, Metric)> = (live.iter())
        .filter_map(|(id, one)| Some((*id, rest(state, found, one, on)?)))
        .collect();
    if is_finished(found, goes.is_empty(), !live.is_empty()) {
        return GoesOn::Finished;
    }
    GoesOn::With(goes)
}

/// Whether an objective has nothing to carry over: no key result goes on, some are finished, and it does
/// not stand from cycle to cycle.
fn is_finished(found: &Objective, none_goes_on: bool, some_finished: bool) -> bool {
    none_goes_on && some_finished && found.standing == Switch::Off
}

/// What carrying these objectives into a cycle on the day `on` would make.
///
/// # Errors
/// One of them is not live, is of that cycle already or was carried into it before, or has key
/// results that are all finished; or the cycle is closed.
pub fn plan(
    state: &State,
    objectives: &[ObjectiveId],
    to: CycleId,
    on: Date,
    ids: &mut dyn IdSource,
) -> Result<Plan, Refusal> {
    let into = state
        .cycles
        .get(&to)
        .ok_or_else(|| Refusal::not_found("cycle", to).hint("see `okr cycle list`"))?;
    if into.is_closed() {
        return Err(Refusal::new(
            Code::Closed,
            format!("Cycle {} is closed; nothing more goes into it.", into.name),
        )
        .hint("carry into a later one: `okr cycle list`"));
    }
    let mut carried = Vec::new();
    let mut chosen = BTreeSet::new();
    for id in objectives {
        if chosen.insert(*id) {
            let found = may_be_carried(state, *id, to)?;
            carried.push(carry_one(state, *id, found, to, on, ids)?);
        }
    }
    let mut plan = Plan {
        to,
        objectives: carried,
        helps: Vec::new(),
    };
    re_point(state, &mut plan);
    order(&mut plan);
    Ok(plan)
}

fn may_be_carried(state: &State, id: ObjectiveId, to: CycleId) -> Result<&Objective, Refusal> {
    let found = state
        .objectives
        .get(&id)
        .ok_or_else(|| Refusal::not_found("objective", id).hint("see `okr objective list`"))?;
    let name = || {
        state
            .cycles
            .get(&to)
            .map_or("", |cycle| cycle.name.as_str())
    };
    if !found.is_live() {
        return Err(Refusal::new(
            Code::NotLive,
            format!("Objective '{}' is {}.", found.title, found.state),
        )
        .hint("take it up again with `okr objective edit REF --state active -m WHY`"));
    }
    if found.cycle == to {
        return Err(Refusal::new(
            Code::NothingToChange,
            format!("Objective '{}' is of {} already.", found.title, name()),
        )
        .hint("name a later cycle with --to"));
    }
    if successor(state, id, Some(to)).is_some() {
        return Err(Refusal::new(
            Code::AlreadyExists,
            format!(
                "Objective '{}' was carried into {} before.",
                found.title,
                name()
            ),
        )
        .hint(format!("see it with `okr status --cycle {}`", name())));
    }
    Ok(found)
}

fn carry_one(
    state: &State,
    id: ObjectiveId,
    found: &Objective,
    to: CycleId,
    on: Date,
    ids: &mut dyn IdSource,
) -> Result<Carried, Refusal> {
    let new = ObjectiveId::new(ids.next());
    let mut key_results = Vec::new();
    let mut left = Vec::new();
    for (earlier, one) in state.key_results_of(id) {
        if !one.is_live() {
            left.push((earlier, Left::NotLive));
            continue;
        }
        match rest(state, found, one, on) {
            None => left.push((earlier, Left::Finished)),
            Some(metric) => key_results.push(KeyResultAdded {
                key_result: KeyResultId::new(ids.next()),
                objective: new,
                title: one.title.clone(),
                owner: present(state, one.owner),
                metric,
                indicator: one.indicator,
                certainty: None,
                cadence: one.cadence,
                weight: one.weight,
                rank: one.rank,
                key: one.key.clone(),
                team: one.team,
                kpi: kpi::read_on(state, one.kpi, one.metric.unit.as_deref()),
                carried_from: Some(earlier),
            }),
        }
    }
    let finished = left.iter().any(|(_, why)| *why == Left::Finished);
    if is_finished(found, key_results.is_empty(), finished) {
        return Err(Refusal::new(
            Code::NothingToChange,
            format!(
                "All key results of objective '{}' are finished; there is nothing to carry over.",
                found.title
            ),
        )
        .hint("set the next aim with `okr objective new TITLE`"));
    }
    Ok(Carried {
        from: id,
        drafted: ObjectiveDrafted {
            objective: new,
            title: found.title.clone(),
            description: found.description.clone(),
            cycle: to,
            owner: present(state, found.owner),
            team: found.team,
            kind: found.kind,
            supports: found.supports,
            key: found.key.clone(),
            carried_from: Some(id),
            standing: found.standing == Switch::On,
        },
        key_results,
        left,
    })
}

/// Owners go along while they are members.
fn present(state: &State, owner: Option<MemberId>) -> Option<MemberId> {
    owner.filter(|owner| {
        (state.members.get(owner)).is_some_and(|member| member.state == MemberState::Active)
    })
}

/// How what is left of a key result is measured; none where nothing is.
fn rest(state: &State, above: &Objective, one: &KeyResult, on: Date) -> Option<Metric> {
    let cycle = state.cycles.get(&above.cycle)?;
    let stands = score::progress(state, one, cycle, on);
    let done = stands.score == Some(crate::decimal::Decimal::ONE);
    let goes_on = one.metric.kind == MetricKind::Maintain && above.standing == Switch::On;
    if done && !goes_on {
        return None;
    }
    let mut metric = one.metric.clone();
    match metric.kind {
        MetricKind::Increase | MetricKind::Decrease => {
            metric.baseline = stands.current.or(metric.baseline);
        }
        MetricKind::Milestones => {
            metric
                .milestones
                .retain(|step| !stands.done.contains(&step.name));
        }
        MetricKind::Maintain | MetricKind::Binary => {}
    }
    Some(metric)
}

/// Points what is supported and helped to its successors in the cycle.
fn re_point(state: &State, plan: &mut Plan) {
    let mut objectives: BTreeMap<ObjectiveId, ObjectiveId> = BTreeMap::new();
    let mut key_results: BTreeMap<KeyResultId, KeyResultId> = BTreeMap::new();
    for (id, one) in &state.objectives {
        if let Some(from) = one
            .carried_from
            .filter(|_| one.cycle == plan.to && one.is_live())
        {
            objectives.insert(from, *id);
            for (new, carried) in state.key_results_of(*id).filter(|(_, one)| one.is_live()) {
                key_results.extend(carried.carried_from.map(|from| (from, new)));
            }
        }
    }
    let mut made = Vec::new();
    for carried in &plan.objectives {
        objectives.insert(carried.from, carried.drafted.objective);
        for one in &carried.key_results {
            if let Some(from) = one.carried_from {
                key_results.insert(from, one.key_result);
                made.push((from, one.key_result));
            }
        }
    }
    for carried in &mut plan.objectives {
        carried.drafted.supports = carried.drafted.supports.map(|above| match above {
            Subject::Objective(id) => {
                Subject::Objective(objectives.get(&id).copied().unwrap_or(id))
            }
            Subject::KeyResult(id) => {
                Subject::KeyResult(key_results.get(&id).copied().unwrap_or(id))
            }
            other => other,
        });
    }
    for (from, new) in made {
        let helped = state.key_results.get(&from).map(|one| &one.helps);
        let successors = helped
            .into_iter()
            .flatten()
            .filter_map(|id| key_results.get(id));
        plan.helps.extend(successors.map(|to| (new, *to)));
    }
}

/// Puts each objective behind the one that it supports.
fn order(plan: &mut Plan) {
    let mut waiting = std::mem::take(&mut plan.objectives);
    while !waiting.is_empty() {
        let still: BTreeSet<Subject> = waiting
            .iter()
            .flat_map(|one| {
                let objective = Subject::Objective(one.drafted.objective);
                let key_results = one.key_results.iter();
                std::iter::once(objective)
                    .chain(key_results.map(|new| Subject::KeyResult(new.key_result)))
            })
            .collect();
        let (ready, rest): (Vec<_>, Vec<_>) = waiting
            .into_iter()
            .partition(|one| (one.drafted.supports).is_none_or(|above| !still.contains(&above)));
        // A circle cannot be in the log; should one be, the rule book refuses it.
        let stuck = ready.is_empty();
        plan.objectives.extend(ready);
        if stuck {
            plan.objectives.extend(rest);
            return;
        }
        waiting = rest;
    }
}
