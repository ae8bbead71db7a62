//! What came after a closing: listed apart, and kept out of what stands among open cycles.

use std::collections::BTreeSet;
use std::sync::Arc;

use uuid::Uuid;

use super::{mark, touched};
use crate::event::{Body, Entry};
use crate::id::{CycleId, ObjectiveId};
use crate::past::Past;
use crate::state::{Closing, Provenance, Stamp, State};
use crate::value::{Field, Subject, Value};
use crate::when::Moment;

/// What came after the closing of a cycle and would have changed it, in the order of the log: it
/// is listed apart. Nothing where the cycle is not closed.
///
/// # Errors
/// The log cannot be read.
pub fn later<P: Past>(past: &mut P, id: CycleId) -> Result<Vec<Entry>, P::Error> {
    let state = past.state().clone();
    let closing = (state.cycles.get(&id)).and_then(|cycle| Some(cycle.closing.as_ref()?.position));
    let Some(position) = closing else {
        return Ok(Vec::new());
    };
    let left = |stamp: &Stamp| stamp.seq > position;
    let objectives: BTreeSet<ObjectiveId> = (state.objectives.iter())
        .filter(|(_, one)| {
            one.cycle == id || (one.provenance.edited.get(&Field::Cycle)).is_some_and(left)
        })
        .map(|(id, _)| *id)
        .collect();
    let mut things: BTreeSet<Uuid> = objectives.iter().map(|id| id.uuid()).collect();
    things.insert(id.uuid());
    things.extend(
        (state.key_results.iter())
            .filter(|(_, one)| objectives.contains(&one.head().objective))
            .map(|(id, _)| id.uuid()),
    );
    let mut found = past.about(&things)?;
    found.retain(|entry| {
        entry.seq > position
            && (touched(&state, &entry.event.body) == Some(id) || leaves(&entry.event.body, id))
    });
    Ok(found)
}

/// Whether an edit takes an objective out of a cycle.
fn leaves(body: &Body, id: CycleId) -> bool {
    let Body::Edited { changes, .. } = body else {
        return false;
    };
    (changes.iter())
        .any(|change| change.field == Field::Cycle && change.from == Value::Ref(Subject::Cycle(id)))
}

/// The state with every closed cycle as it was closed, for whatever shows it among open ones: its
/// dates, its objectives and key results, their check-ins and grades. None where nothing came later
/// in any of them: then that is the state itself.
///
/// # Errors
/// The log cannot be read.
pub fn settled<P: Past>(past: &mut P) -> Result<Option<State>, P::Error> {
    let present = past.state().clone();
    let mut settled: Option<State> = None;
    for (id, cycle) in &present.cycles {
        let Some(closing) = cycle.closing.as_ref().filter(|_| cycle.is_closed()) else {
            continue;
        };
        let changed = has_changed(&present, *id, closing);
        if !changed {
            continue;
        }
        let mut then = past.known_at(Moment::Position(closing.position))?;
        mark(&mut then, *id, closing);
        put_back(settled.get_or_insert_with(|| present.clone()), &then, *id);
    }
    Ok(settled)
}

/// Whether something of a closed cycle was set after the position that it is closed at, as the
/// state alone tells.
fn has_changed(state: &State, id: CycleId, closing: &Closing) -> bool {
    let later = |stamp: &Stamp| stamp.seq > closing.position;
    let set = |of: &Provenance| later(&of.created) || of.edited.values().any(later);
    let cycle = state.cycles.get(&id).is_some_and(|cycle| {
        (cycle.provenance.edited.iter())
            .any(|(field, stamp)| *field != Field::State && later(stamp))
    });
    let left = |of: &Provenance| of.edited.get(&Field::Cycle).is_some_and(later);
    cycle
        || (state.objectives.values())
            .any(|one| (one.cycle == id && set(&one.provenance)) || left(&one.provenance))
        || state.key_results.values().any(|one| {
            (state.objectives.get(&one.head().objective)).is_some_and(|above| above.cycle == id)
                && (set(&one.provenance) || one.check_ins.latest() > closing.position)
        })
}

/// Puts a cycle and what is in it back to how it was then.
fn put_back(state: &mut State, then: &State, id: CycleId) {
    state.below.forget();
    if let Some(cycle) = then.cycles.get(&id) {
        state.cycles.insert(id, cycle.clone());
    }
    let came: Vec<ObjectiveId> = (state.objectives.iter())
        .filter(|(_, one)| one.cycle == id)
        .map(|(id, _)| *id)
        .collect();
    for objective in came {
        match then.objectives.get(&objective) {
            // It came from another cycle, where it goes on.
            Some(before) if before.cycle != id => {
                if let Some(found) = state.objectives.get_mut(&objective) {
                    Arc::make_mut(found).cycle = before.cycle;
                }
            }
            Some(_) => {}
            None => {
                state.objectives.remove(&objective);
                state
                    .key_results
                    .retain(|_, one| one.head().objective != objective);
            }
        }
    }
    for (objective, before) in &then.objectives {
        if before.cycle != id {
            continue;
        }
        state.objectives.insert(*objective, Arc::clone(before));
        (state.key_results).retain(|id, one| {
            one.head().objective != *objective || then.key_results.contains_key(id)
        });
        let below = then.key_results.iter();
        for (id, one) in below.filter(|(_, one)| one.head().objective == *objective) {
            state.key_results.insert(*id, one.clone());
        }
    }
}
