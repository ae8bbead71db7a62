//! How a goal stands in a state: the figures of a line of history.

use crate::calendar::{Date, Timestamp};
use crate::decimal::Decimal;
use crate::id::{CycleId, KeyResultId, MemberId, ObjectiveId};
use crate::score;
use crate::state::{KeyResult, State};
use crate::value::Subject;

/// A goal as it stood right after one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct After {
    /// Its title; a cycle's name.
    pub title: String,
    /// Who owns it.
    pub owner: Option<MemberId>,
    /// Where it stood in its life.
    pub state: &'static str,
    /// The value of a key result that held.
    pub value: Option<Decimal>,
    /// Where a key result starts.
    pub baseline: Option<Decimal>,
    /// Its target; the upper bound of a range.
    pub target: Option<Decimal>,
    /// Unit of value, baseline and target.
    pub unit: Option<String>,
    /// Its weight in the objective's mean.
    pub weight: Option<Decimal>,
    /// The last confidence stated.
    pub confidence: Option<Decimal>,
    /// Its score, 0 to 1.
    pub score: Option<Decimal>,
    /// The last day of its cycle.
    pub ends: Option<Date>,
}

/// The key result as it stands in `state`, measured on the day of the entry applied last.
#[must_use]
pub fn after(state: &State, key_result: KeyResultId) -> Option<After> {
    of(state, Subject::KeyResult(key_result), state.recorded, None)
}

/// A goal as it stands in `state`: on the day `on`, else on the day of the moment `known`, or on
/// that of its last measurement where it is later. Both are known by then.
pub(super) fn of(
    state: &State,
    goal: Subject,
    known: Timestamp,
    on: Option<Date>,
) -> Option<After> {
    let known = state
        .workspace
        .as_ref()
        .map_or(Date::EPOCH, |workspace| workspace.date_of(known));
    match goal {
        Subject::KeyResult(id) => key_result(state, id, known, on),
        Subject::Objective(id) => objective(state, id, known, on),
        Subject::Cycle(id) => cycle(state, id, known, on),
        _ => None,
    }
}

fn key_result(state: &State, id: KeyResultId, known: Date, on: Option<Date>) -> Option<After> {
    let found = state.key_results.get(&id)?;
    let cycle =
        (state.objectives.get(&found.objective)).and_then(|above| state.cycles.get(&above.cycle));
    let on = on.unwrap_or_else(|| known.max(measured(state, found).unwrap_or(known)));
    let progress = cycle.map(|cycle| score::progress(state, found, cycle, on));
    let told = progress.as_ref();
    Some(After {
        title: found.title.clone(),
        owner: found.owner,
        state: found.state.word(),
        value: told.and_then(|told| told.current),
        baseline: found.metric.baseline,
        target: found.metric.target.or(found.metric.high),
        unit: found.metric.unit.clone(),
        weight: Some(found.weight),
        confidence: told.and_then(|told| told.confidence),
        score: told.and_then(|told| told.score),
        ends: cycle.map(|cycle| cycle.ends),
    })
}

/// The day of the last measurement.
fn measured(state: &State, found: &KeyResult) -> Option<Date> {
    let checked = found.check_ins.last_effective();
    let read = score::fed_by(state, found)
        .and_then(|kpi| kpi.readings.values().map(|one| one.effective).max());
    checked.max(read)
}

fn objective(state: &State, id: ObjectiveId, known: Date, on: Option<Date>) -> Option<After> {
    let found = state.objectives.get(&id)?;
    let on = on.unwrap_or_else(|| {
        (state.key_results_of(id))
            .filter_map(|(_, one)| measured(state, one))
            .fold(known, Date::max)
    });
    Some(After {
        title: found.title.clone(),
        owner: found.owner,
        state: found.state.word(),
        score: score::objective_score(state, id, on),
        ends: state.cycles.get(&found.cycle).map(|cycle| cycle.ends),
        ..After::NOTHING
    })
}

fn cycle(state: &State, id: CycleId, known: Date, on: Option<Date>) -> Option<After> {
    let found = state.cycles.get(&id)?;
    Some(After {
        title: found.name.clone(),
        state: found.state.word(),
        score: score::cycle_means(state, id, on.unwrap_or(known), |_| true).all,
        ends: Some(found.ends),
        ..After::NOTHING
    })
}

impl After {
    const NOTHING: Self = Self {
        title: String::new(),
        owner: None,
        state: "",
        value: None,
        baseline: None,
        target: None,
        unit: None,
        weight: None,
        confidence: None,
        score: None,
        ends: None,
    };
}
