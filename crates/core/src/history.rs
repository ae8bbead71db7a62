//! How a key result changed: its state after each event that touched it.

use crate::calendar::Date;
use crate::decimal::Decimal;
use crate::event::{Body, Entry};
use crate::id::{KeyResultId, KpiId};
use crate::score;
use crate::state::State;
use crate::token::KeyResultState;
use crate::value::Subject;

/// The key result as it stood right after one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct After {
    /// The value that held.
    pub value: Option<Decimal>,
    /// Its target; the upper bound of a range.
    pub target: Option<Decimal>,
    /// The last confidence stated.
    pub confidence: Option<Decimal>,
    /// Its score, 0 to 1.
    pub score: Option<Decimal>,
    /// Where it stood in its life.
    pub state: KeyResultState,
}

/// Whether an event changed this key result or was written about it: `state` has it applied. A
/// reading of the KPI from which the key result reads its value changes it too.
#[must_use]
pub fn touches(state: &State, entry: &Entry, key_result: KeyResultId) -> bool {
    match &entry.event.body {
        Body::HelpLinked { from, to } | Body::HelpUnlinked { from, to } => {
            *from == key_result || *to == key_result
        }
        Body::KpiRecorded(recorded) => reads(state, key_result, recorded.kpi),
        Body::Edited {
            subject: Subject::Reading(kpi, _),
            ..
        } => reads(state, key_result, *kpi),
        body => body.subject() == Some(Subject::KeyResult(key_result)),
    }
}

fn reads(state: &State, key_result: KeyResultId, kpi: KpiId) -> bool {
    (state.key_results.get(&key_result)).is_some_and(|found| found.kpi == Some(kpi))
}

/// The key result as it stands in `state`, measured on the day of the entry applied last.
#[must_use]
pub fn after(state: &State, key_result: KeyResultId) -> Option<After> {
    let found = state.key_results.get(&key_result)?;
    let cycle = state
        .cycles
        .get(&state.objectives.get(&found.objective)?.cycle)?;
    let on = last_day(state, found.check_ins.last_effective());
    let progress = score::progress(state, found, cycle, on);
    Some(After {
        value: progress.current,
        target: found.metric.target.or(found.metric.high),
        confidence: progress.confidence,
        score: progress.score,
        state: found.state,
    })
}

/// The later of the day of recording and the last check-in's: both are known by then.
fn last_day(state: &State, checked: Option<Date>) -> Date {
    let recorded = state
        .workspace
        .as_ref()
        .map_or(Date::EPOCH, |workspace| workspace.date_of(state.recorded));
    checked.map_or(recorded, |checked| checked.max(recorded))
}

/// Folds `entries` onto `state` and answers the key result after each one that touched it.
pub fn of<'a>(
    state: &'a mut State,
    key_result: KeyResultId,
    entries: impl Iterator<Item = Entry> + 'a,
) -> impl Iterator<Item = (Entry, After)> + 'a {
    entries.filter_map(move |entry| {
        state.apply(&entry);
        if !touches(state, &entry, key_result) {
            return None;
        }
        after(state, key_result).map(|after| (entry, after))
    })
}
