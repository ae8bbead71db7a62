//! How much went through the stages of a funnel in a cycle, read from key results and KPIs.
//!
//! A key result's volume is where it stands at the end of the cycle, or on the day asked for if
//! that comes first. A stage names one key result, and each cycle has its own: the one of the
//! cycle is found by lineage (carried over from one another), else by an equal title. A KPI's
//! volume is the sum of its readings in the cycle, or its last one, as the question says: whether
//! a reading counts what is new or all so far, only people know.

use std::collections::BTreeSet;

use crate::calendar::Date;
use crate::decimal::Decimal;
use crate::event::Stage;
use crate::id::{CycleId, KeyResultId};
use crate::score;
use crate::state::{KeyResult, State};
use crate::value::Subject;

/// What a KPI's readings of a cycle come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Readings {
    /// Each counts what is new: their sum.
    #[default]
    Sum,
    /// Each counts all so far: the last one.
    Last,
}

/// Why a stage has no volume in a cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Nothing is said to count the stage.
    Source,
    /// The cycle has no key result that follows the stage's.
    Counterpart,
    /// Nothing was measured.
    Measurement,
}

/// The volume of a stage in a cycle, at the end of the day `on` or of the cycle.
///
/// # Errors
/// Why there is none.
pub fn volume(
    state: &State,
    stage: &Stage,
    cycle: CycleId,
    on: Date,
    readings: Readings,
) -> Result<Decimal, Missing> {
    let period = state.cycles.get(&cycle).ok_or(Missing::Counterpart)?;
    let until = on.min(period.ends);
    match stage.source {
        Some(Subject::KeyResult(source)) => {
            let id = in_cycle(state, source, cycle).ok_or(Missing::Counterpart)?;
            let found = state.key_results.get(&id).ok_or(Missing::Counterpart)?;
            if last_measured(state, found, until).is_none() {
                return Err(Missing::Measurement);
            }
            score::value_on(state, found, until).ok_or(Missing::Measurement)
        }
        Some(Subject::Kpi(source)) => {
            let kpi = state.kpis.get(&source).ok_or(Missing::Source)?;
            let mut values = (kpi.curve().into_iter())
                .map(|(_, reading)| reading)
                .filter(|reading| period.starts <= reading.effective && reading.effective <= until)
                .map(|reading| reading.value);
            match readings {
                Readings::Last => values.next_back(),
                Readings::Sum => values
                    .next()
                    .and_then(|first| values.try_fold(first, Decimal::checked_add)),
            }
            .ok_or(Missing::Measurement)
        }
        _ => Err(Missing::Source),
    }
}

/// The day of the last measurement of a key result up to a day, by a check-in or by the KPI that
/// it reads from.
#[must_use]
pub fn last_measured(state: &State, key_result: &KeyResult, until: Date) -> Option<Date> {
    let fed = score::fed_by(state, key_result)
        .and_then(|kpi| kpi.latest(until))
        .map(|reading| reading.effective);
    key_result.check_ins.reading(until).last.max(fed)
}

/// The key result of a cycle that measures what another one measures in its own.
#[must_use]
pub fn in_cycle(state: &State, source: KeyResultId, cycle: CycleId) -> Option<KeyResultId> {
    let cycle_of = |key_result: &KeyResult| {
        let objective = state.objectives.get(&key_result.objective)?;
        Some(objective.cycle)
    };
    let own = state.key_results.get(&source)?;
    if cycle_of(own) == Some(cycle) {
        return Some(source);
    }
    let there = || {
        state
            .key_results
            .iter()
            .filter(|(_, found)| found.is_live() && cycle_of(found) == Some(cycle))
    };
    let origin = origin(state, source);
    there()
        .find(|(id, _)| self::origin(state, **id) == origin)
        .or_else(|| {
            let title = own.title.to_lowercase();
            there().find(|(_, found)| found.title.to_lowercase() == title)
        })
        .map(|(id, _)| *id)
}

/// The key result of a cycle that was made of another one's change: its objective supports that
/// one, or it helps it.
#[must_use]
pub fn made_of(state: &State, source: KeyResultId, cycle: CycleId) -> Option<KeyResultId> {
    let above = Some(Subject::KeyResult(source));
    let below = |found: &KeyResult| {
        (state.objectives.get(&found.objective)).is_some_and(|objective| {
            objective.cycle == cycle
                && objective.is_live()
                && (objective.supports == above || found.helps.contains(&source))
        })
    };
    (state.key_results.iter())
        .find(|(_, found)| found.is_live() && below(found))
        .map(|(id, _)| *id)
}

/// The first of those that a key result was carried over from, by however many steps.
fn origin(state: &State, id: KeyResultId) -> KeyResultId {
    let mut at = id;
    let mut seen = BTreeSet::new();
    while seen.insert(at) {
        match state.key_results.get(&at).and_then(|one| one.carried_from) {
            Some(before) => at = before,
            None => break,
        }
    }
    at
}
