//! What the measured figures of a key result owe themselves to: value, confidence, projection.

use super::{Blamed, Set, Told};
use crate::calendar::Date;
use crate::id::KeyResultId;
use crate::score;
use crate::state::{CheckIn, KeyResult, State};
use crate::token::MetricKind;
use crate::value::{Field, Measure, Subject, Value};

pub(super) fn of(
    state: &State,
    id: KeyResultId,
    found: &KeyResult,
    on: Date,
    told: &Told<'_>,
) -> Vec<Blamed> {
    let cycle =
        (state.objectives.get(&found.objective)).and_then(|above| state.cycles.get(&above.cycle));
    let Some(cycle) = cycle else {
        return Vec::new();
    };
    let progress = score::progress(state, found, cycle, on);
    let on = on.min(cycle.ends);
    let stated = |field: Field, value: fn(&CheckIn) -> Option<_>| {
        let last = found
            .check_ins
            .until(on)
            .rfind(|one| value(one).is_some())?;
        Some(Blamed {
            value: Value::number(value(last)),
            set: Some(made(id, last, &field, told)),
            ..nothing(field)
        })
    };
    let (set, since) = match found.metric.kind {
        MetricKind::Milestones | MetricKind::Binary => (None, steps(id, found, on, told)),
        _ => value(state, id, found, on, told),
    };
    [
        Some(Blamed {
            value: Value::number(progress.current),
            set,
            since,
            ..nothing(Field::Value)
        }),
        stated(Field::Confidence, |one| one.confidence),
        stated(Field::Projection, |one| one.projection),
    ]
    .into_iter()
    .flatten()
    .collect()
}

const fn nothing(field: Field) -> Blamed {
    Blamed {
        field,
        value: Value::None,
        set: None,
        since: Vec::new(),
        others: Vec::new(),
        computed: None,
    }
}

/// The measurement that a check-in made, as corrected since in this field.
fn made(id: KeyResultId, one: &CheckIn, field: &Field, told: &Told<'_>) -> Set {
    use crate::state::edit::Editable;
    Set {
        by: Some(Subject::CheckIn(id, one.id)),
        measured: Some((one.effective, Value::Measure(one.measure.clone()))),
        ..told.set(one.stamp(field), field)
    }
}

/// What the value starts from, and the deltas since. The latest absolute check-in or reading of the
/// KPI, by date and then by log position, is the start; without one the baseline is.
fn value(
    state: &State,
    id: KeyResultId,
    found: &KeyResult,
    on: Date,
    told: &Told<'_>,
) -> (Option<Set>, Vec<Set>) {
    let kpi = score::fed_by(state, found).and_then(|kpi| {
        let kpi_id = found.kpi?;
        let latest = kpi.latest(on)?;
        let event = latest.provenance.created.event;
        Some((kpi_id, event, latest))
    });
    let mut start = None;
    let mut since = Vec::new();
    let mut read = kpi.map(|(kpi, event, reading)| {
        let set = Set {
            by: Some(Subject::Reading(kpi, event)),
            measured: Some((reading.effective, Value::Number(reading.value))),
            ..told.set(*reading.provenance.of(&Field::Value), &Field::Value)
        };
        (reading.place(), set)
    });
    for one in found.check_ins.until(on) {
        if read
            .as_ref()
            .is_some_and(|(place, _)| *place <= (one.effective, one.seq))
        {
            start = read.take().map(|(_, set)| set);
            since.clear();
        }
        match one.measure {
            Measure::Absolute(_) => {
                start = Some(made(id, one, &Field::Value, told));
                since.clear();
            }
            Measure::Delta(_) => since.push(made(id, one, &Field::Value, told)),
            Measure::Step { .. } | Measure::Done(_) => {}
        }
    }
    if let Some((_, set)) = read {
        start = Some(set);
        since.clear();
    }
    // Nothing absolute was ever said: it starts from the baseline, and whoever set that.
    let baseline = || {
        found.metric.baseline?;
        let stamp = found.provenance.of(&Field::Baseline);
        Some(told.set(*stamp, &Field::Baseline))
    };
    (start.or_else(baseline), since)
}

/// The check-ins to which milestones that are done, or the word on a binary key result, are owed.
fn steps(id: KeyResultId, found: &KeyResult, on: Date, told: &Told<'_>) -> Vec<Set> {
    let mut holding: Vec<&CheckIn> = Vec::new();
    for one in found.check_ins.until(on) {
        match &one.measure {
            Measure::Step { name, done } => {
                holding.retain(|held| !matches!(&held.measure, Measure::Step { name: other, .. } if other == name));
                if *done {
                    holding.push(one);
                }
            }
            Measure::Done(_) => holding = vec![one],
            Measure::Absolute(_) | Measure::Delta(_) => {}
        }
    }
    (holding.into_iter())
        .map(|one| made(id, one, &Field::Value, told))
        .collect()
}
