//! Rules for the end of a cycle: grades, closing, reopening, and what a closed cycle still takes.
//!
//! Guarantee: whoever knew that a cycle was closed can change nothing in it. What was authored
//! before that was known is recorded; it comes after the position that the closing is bound to, so
//! it changes no closed figure.

use super::key_result::{key_result, share};
use super::okr::cycle;
use crate::closing::touched;
use crate::event::{Body, Event, Hash, KeyResultGraded};
use crate::id::{CycleId, KeyResultId};
use crate::refusal::{Code, Refusal};
use crate::state::State;
use crate::token::CycleState;
use crate::value::{Field, Subject, Value};

pub(super) fn graded(state: &State, event: &Event, new: &KeyResultGraded) -> Result<(), Refusal> {
    let found = key_result(state, new.key_result)?;
    share("grade", new.to)?;
    share("computed score", new.computed)?;
    if !found.is_live() {
        return Err(Refusal::new(
            Code::NotLive,
            format!(
                "Key result '{}' is {}; only live ones are graded.",
                found.title, found.state
            ),
        ));
    }
    if new.from == new.to {
        return Err(Refusal::new(
            Code::NothingToChange,
            format!("Key result '{}' has that grade already.", found.title),
        ));
    }
    if new.to.is_some()
        && new.to != new.computed
        && event.reason.is_none()
        && event.undoes.is_none()
    {
        let computed = new
            .computed
            .map_or_else(|| "nothing".to_owned(), |score| score.to_string());
        return Err(Refusal::invalid(format!(
            "Another grade than the computed one ({computed}) needs a reason."
        ))
        .hint("say why with -m WHY"));
    }
    Ok(())
}

/// The live key results of a cycle's live objectives that have no grade yet.
pub fn ungraded(state: &State, cycle: CycleId) -> impl Iterator<Item = KeyResultId> {
    state
        .key_results
        .iter()
        .filter(move |(_, found)| {
            found.is_live()
                && found.grade.is_none()
                && state
                    .objectives
                    .get(&found.objective)
                    .is_some_and(|above| above.cycle == cycle && above.is_live())
        })
        .map(|(id, _)| *id)
}

pub(super) fn closed(
    state: &State,
    id: CycleId,
    position: u64,
    root: &Hash,
) -> Result<(), Refusal> {
    let found = cycle(state, id)?;
    if found.is_closed() {
        return Err(Refusal::new(
            Code::NothingToChange,
            format!("Cycle {} is closed already.", found.name),
        ));
    }
    if position == 0 || position > state.head || *root == Hash::default() {
        return Err(Refusal::invalid(format!(
            "The closing is bound to position {position}, and the log has {}.",
            state.head
        ))
        .hint("sync first: a closing is bound to what is recorded"));
    }
    let open = ungraded(state, id).count();
    if open > 0 {
        return Err(Refusal::invalid(format!(
            "{open} key results of {} have no grade.",
            found.name
        ))
        .hint(
            "grade them with `okr grade`, or all as computed with `okr cycle close --as-computed`",
        ));
    }
    let later = state.key_results.values().find(|one| {
        (state.objectives.get(&one.head().objective)).is_some_and(|above| above.cycle == id)
            && one.grade.is_some()
            && one.provenance.of(&Field::Grade).seq > position
    });
    if let Some(one) = later {
        return Err(Refusal::invalid(format!(
            "Key result '{}' was graded after position {position}.",
            one.title
        ))
        .hint("sync, and close again"));
    }
    Ok(())
}

pub(super) fn reopened(state: &State, event: &Event, id: CycleId) -> Result<(), Refusal> {
    let found = cycle(state, id)?;
    if !found.is_closed() {
        return Err(Refusal::new(
            Code::NothingToChange,
            format!("Cycle {} is {}, not closed.", found.name, found.state),
        ));
    }
    if event.reason.is_none() {
        return Err(
            Refusal::invalid(format!("Opening {} again needs a reason.", found.name))
                .hint("say why with -m WHY"),
        );
    }
    Ok(())
}

/// A cycle's state goes through closing and reopening alone; other edits leave both ends alone.
pub(super) fn state_edit(from: CycleState, to: CycleState) -> Result<(), Refusal> {
    if from == to {
        return Ok(());
    }
    match (from, to) {
        (_, CycleState::Closed) => Err(Refusal::invalid(
            "A cycle is closed with its grades bound to the log, not by an edit.",
        )
        .hint("close it with `okr cycle close NAME`")),
        (CycleState::Closed, _) => Err(Refusal::invalid(
            "A closed cycle is opened again with a reason, not by an edit.",
        )
        .hint("open it with `okr cycle reopen NAME -m WHY`")),
        _ => Ok(()),
    }
}

/// Refuses what would change a closed cycle by somebody who knew that it is closed.
pub(super) fn still_open(state: &State, event: &Event) -> Result<(), Refusal> {
    match &event.body {
        // Both ends of these are about the closing itself.
        Body::CycleClosed { .. } | Body::CycleReopened { .. } => return Ok(()),
        // An objective that moves changes the cycle that it comes to as well.
        Body::Edited { changes, .. } => {
            for change in changes {
                if let (Field::Cycle, Value::Ref(Subject::Cycle(to))) = (&change.field, &change.to)
                {
                    not_known_closed(state, event, *to)?;
                }
            }
        }
        _ => {}
    }
    touched(state, &event.body).map_or(Ok(()), |id| not_known_closed(state, event, id))
}

fn not_known_closed(state: &State, event: &Event, id: CycleId) -> Result<(), Refusal> {
    let Some((id, closing)) = state.cycles.get(&id).and_then(|found| {
        let closing = found.closing.as_ref().filter(|_| found.is_closed())?;
        Some((found, closing))
    }) else {
        return Ok(());
    };
    let knew = closing.stamp.seq <= event.seen || closing.stamp.device == event.device;
    if !knew {
        return Ok(());
    }
    Err(Refusal::new(
        Code::Closed,
        format!(
            "Cycle {} was closed by {} on {}; {} would change it.",
            id.name,
            state.member_name(closing.stamp.member),
            state
                .workspace
                .as_ref()
                .map_or(crate::calendar::Date::EPOCH, |workspace| workspace
                    .date_of(closing.stamp.recorded)),
            event.body.kind()
        ),
    )
    .hint(format!(
        "write a note instead, or open it again: `okr cycle reopen {} -m WHY`",
        id.name
    )))
}
