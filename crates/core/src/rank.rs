//! Which key results matter most: ranks without gaps, given in one command.
//!
//! Ranking one key result moves its siblings by as much as is needed and keeps their order, so
//! that the live key results of an objective go 1, 2, 3. Those that wait keep the rank they had.

use crate::decide::Command;
use crate::decimal::Decimal;
use crate::id::KeyResultId;
use crate::refusal::{Code, Refusal};
use crate::state::State;
use crate::value::{Field, Subject, Value};

/// The edits after which a key result has the rank `to`, 1 for what matters most.
///
/// # Errors
/// A refusal where it is not known or not live, where there is no such rank, or where all ranks
/// stand like that already.
pub fn rank(state: &State, id: KeyResultId, to: u32) -> Result<Vec<Command>, Refusal> {
    let found = state
        .key_results
        .get(&id)
        .ok_or_else(|| Refusal::not_found("key result", id).hint("see `okr kr list`"))?;
    if !found.is_live() {
        return Err(Refusal::new(
            Code::NotLive,
            format!("Key result '{}' is {}.", found.title, found.state),
        )
        .hint("take it up again with `okr kr edit REF --state active -m WHY`"));
    }
    let mut order: Vec<KeyResultId> = state
        .key_results_of(found.objective)
        .filter(|(other, key_result)| *other != id && key_result.is_live())
        .map(|(other, _)| other)
        .collect();
    let last = order.len().saturating_add(1);
    let place = usize::try_from(to)
        .ok()
        .and_then(|to| to.checked_sub(1))
        .filter(|place| *place < last)
        .ok_or_else(|| {
            let ranks = match last {
                1 => "the only one has rank 1".to_owned(),
                last => format!("its ranks go from 1 to {last}"),
            };
            Refusal::invalid(format!(
                "There is no rank {to} among the live key results of the objective; {ranks}."
            ))
        })?;
    order.insert(place, id);
    let edits: Vec<Command> = (1u32..)
        .zip(order)
        .filter(|(rank, id)| {
            state
                .key_results
                .get(id)
                .is_some_and(|found| found.rank != Some(*rank))
        })
        .map(|(rank, id)| Command::Edit {
            subject: Subject::KeyResult(id),
            set: vec![(Field::Rank, Value::Number(Decimal::from(rank)))],
        })
        .collect();
    if edits.is_empty() {
        return Err(Refusal::new(
            Code::NothingToChange,
            format!("Key result '{}' has rank {to} already.", found.title),
        ));
    }
    Ok(edits)
}
