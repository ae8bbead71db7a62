//! Which fields are goals, and what the state alone tells about when they were set.

use std::collections::BTreeSet;

use super::{Asked, Form};
use crate::calendar::Timestamp;
use crate::id::{CycleId, Uuid};
use crate::known;
use crate::reference::Kind;
use crate::state::{Provenance, Stamp, State};
use crate::token::{KeyResultState, MetricKind, ObjectiveState};
use crate::value::{Field, Subject, Value};

const OF_KEY_RESULT: [Field; 11] = [
    Field::Title,
    Field::Metric,
    Field::Baseline,
    Field::Target,
    Field::Low,
    Field::High,
    Field::Milestones,
    Field::Unit,
    Field::Weight,
    Field::Cadence,
    Field::State,
];
const OF_OBJECTIVE: [Field; 4] = [Field::Title, Field::Kind, Field::Cycle, Field::State];
const OF_CYCLE: [Field; 3] = [Field::Starts, Field::Ends, Field::MonthWeights];

const fn goals(subject: Subject) -> &'static [Field] {
    match subject {
        Subject::KeyResult(_) => &OF_KEY_RESULT,
        Subject::Objective(_) => &OF_OBJECTIVE,
        Subject::Cycle(_) => &OF_CYCLE,
        _ => &[],
    }
}

/// The id by which the log names a thing.
pub(super) fn id(subject: Subject) -> Option<Uuid> {
    Kind::of(subject).map(|(_, id)| id)
}

/// The goals of a thing as they stand; none where it is not there.
pub(super) fn form(state: &State, subject: Subject) -> Option<Form> {
    goals(subject)
        .iter()
        .map(|field| Some((field.clone(), state.get(subject, field)?)))
        .collect()
}

/// Whether a word of an objective's or a key result's life says that it counts.
pub(super) fn counts(state: &Value) -> bool {
    let Value::Text(word) = state else {
        return false;
    };
    word.parse::<KeyResultState>() == Ok(KeyResultState::Active)
        || matches!(
            word.parse(),
            Ok(ObjectiveState::Draft | ObjectiveState::Agreed | ObjectiveState::Active)
        )
}

/// Whether another value of this field is a moved goal.
pub(super) fn matters(
    state: &State,
    subject: Subject,
    field: &Field,
    from: &Value,
    to: &Value,
) -> bool {
    match field {
        Field::State => from != to && !(counts(from) && counts(to)),
        // How often one looks decides what share of the periods a range was kept in.
        Field::Cadence => {
            from != to
                && state.get(subject, &Field::Metric)
                    == Some(Value::Text(MetricKind::Maintain.word().to_owned()))
        }
        _ => from != to,
    }
}

/// The things in scope that joined, or whose goals were last set, after this moment, with the
/// objectives of such key results. Unless a goal was set after it, there is nothing to read.
pub(super) fn moved_since(state: &State, asked: &Asked, eve: Timestamp) -> BTreeSet<Subject> {
    let after = |stamp: &Stamp| known::since(state, stamp) > eve;
    let mut found = BTreeSet::new();
    let mut look = |subject: Subject, provenance: &Provenance| {
        let set = |field: &Field| provenance.edited.get(field).is_some_and(after);
        if after(&provenance.created) || goals(subject).iter().any(set) {
            found.insert(subject);
        }
    };
    for (id, one) in &state.objectives {
        let in_cycle = one.cycle == asked.cycle;
        let left = (one.provenance.edited.get(&Field::Cycle)).is_some_and(after);
        if (in_cycle || left) && asked.scope.has_objective(state, *id, one) {
            look(Subject::Objective(*id), &one.provenance);
        }
    }
    for (id, one) in &state.key_results {
        let above = state.objectives.get(&one.head().objective);
        let in_cycle = above.is_some_and(|above| {
            above.cycle == asked.cycle
                || (above.provenance.edited.get(&Field::Cycle)).is_some_and(after)
        });
        if in_cycle && asked.scope.has_key_result(state, *id, one) {
            look(Subject::KeyResult(*id), &one.provenance);
        }
    }
    found
}

/// Whether a change of this thing is asked about.
pub(super) fn asks(state: &State, asked: &Asked, subject: Subject) -> bool {
    match subject {
        Subject::Objective(id) => {
            (state.objectives.get(&id)).is_some_and(|one| asked.scope.has_objective(state, id, one))
        }
        Subject::KeyResult(id) => (state.key_results.get(&id))
            .is_some_and(|one| asked.scope.has_key_result(state, id, one)),
        Subject::Cycle(id) => id == asked.cycle,
        _ => false,
    }
}

/// When a goal of a thing was last set after its cycle's first day, not counting how it was made:
/// from the state alone, so that it costs nothing to ask. None where none was.
#[must_use]
pub fn last_moved(state: &State, subject: Subject) -> Option<Stamp> {
    let cycle = crate::closing::cycle_of(state, subject)?;
    moved_after(state, subject, eve_of(state, cycle)?)
}

/// The end of the day before a cycle's first.
fn eve_of(state: &State, cycle: CycleId) -> Option<Timestamp> {
    let starts = state.cycles.get(&cycle)?.starts;
    let zone = state.workspace.as_ref()?.zone();
    Some(zone.end_of(starts.plus_days(-1)))
}

fn moved_after(state: &State, subject: Subject, eve: Timestamp) -> Option<Stamp> {
    let provenance = match subject {
        Subject::Objective(id) => &state.objectives.get(&id)?.provenance,
        Subject::KeyResult(id) => &state.key_results.get(&id)?.provenance,
        Subject::Cycle(id) => &state.cycles.get(&id)?.provenance,
        _ => return None,
    };
    (goals(subject).iter())
        .filter_map(|field| Some((field, provenance.edited.get(field)?)))
        .filter(|(_, stamp)| known::since(state, stamp) > eve)
        .filter(|(field, _)| match field {
            Field::State => !state.get(subject, field).as_ref().is_some_and(counts),
            Field::Cadence => false,
            _ => true,
        })
        .map(|(_, stamp)| stamp)
        .max_by_key(|stamp| stamp.seq)
        .copied()
}

/// How many goals of a cycle were moved after its first day, of which the state alone tells: its
/// objectives and key results, and its own dates.
#[must_use]
pub fn tally(state: &State, cycle: CycleId) -> usize {
    let Some(eve) = eve_of(state, cycle) else {
        return 0;
    };
    let moved = |subject| moved_after(state, subject, eve).is_some();
    let withdrawn = Value::Text(KeyResultState::Withdrawn.word().to_owned());
    let kept = |subject| state.get(subject, &Field::State) != Some(withdrawn.clone());
    let objectives = (state.objectives.iter())
        .filter(|(_, one)| one.cycle == cycle)
        .map(|(id, _)| Subject::Objective(*id));
    let key_results = (state.key_results.iter())
        .filter(|(_, one)| {
            (state.objectives.get(&one.head().objective)).is_some_and(|above| above.cycle == cycle)
        })
        .map(|(id, _)| Subject::KeyResult(*id));
    let own = usize::from(moved(Subject::Cycle(cycle)));
    own + (objectives.chain(key_results))
        .filter(|subject| moved(*subject) && kept(*subject))
        .count()
}
