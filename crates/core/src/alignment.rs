//! What supports what: levels, the cascade from the year's objectives down, and its loose ends.
//!
//! An objective supports an objective or a key result above it. From that follow
//!
//! - its **level**: company, department or team by the team that it belongs to, individual where
//!   a person has it and no team;
//! - the **cascade**: each objective below what it supports ([`Cascade`]);
//! - what is rolled up: the mean of what supports it ([`Cascade::rolled_up`]);
//! - whom a key result concerns, by the team that answers for it ([`concerns`]);
//! - the **loose ends**: what is aligned to nothing ([`unaligned`]), what nothing supports
//!   ([`unsupported`]), and what supports something that no longer counts ([`broken`]).
//!
//! Nothing of this changes a score: it shows how scores hang together.

mod cascade;
mod teams;

use crate::id::ObjectiveId;
use crate::state::{Objective, State};
use crate::token::{CycleKind, Level};
use crate::value::Subject;

pub use cascade::{Branch, Cascade};
pub use teams::{answerable, concerns, is_cross_team, teams_below};

/// Whose an objective is; none where it is nobody's.
#[must_use]
pub fn level(state: &State, objective: &Objective) -> Option<Level> {
    match objective.team.and_then(|team| state.teams.get(&team)) {
        Some(team) => Some(team.level.into()),
        None => objective.owner.map(|_| Level::Individual),
    }
}

/// The objective that one supports, itself or one of its key results.
#[must_use]
pub fn above(state: &State, objective: &Objective) -> Option<ObjectiveId> {
    match objective.supports? {
        Subject::Objective(id) => Some(id),
        Subject::KeyResult(id) => state.key_results.get(&id).map(|one| one.objective),
        _ => None,
    }
}

/// Whether an objective supports nothing although there is something that it could support.
///
/// The year's objectives and the company's are the top: nothing is expected above them. Neither
/// is anything where no live objective of a higher level, or of the year above its quarter and
/// no lower, is there to be supported.
#[must_use]
pub fn unaligned(state: &State, id: ObjectiveId) -> bool {
    let Some(objective) = state.objectives.get(&id).filter(|one| one.is_live()) else {
        return false;
    };
    objective.supports.is_none()
        && !is_top(state, objective)
        && state.objectives.iter().any(|(other, above)| {
            *other != id && above.is_live() && stands_above(state, above, objective)
        })
}

/// Whether no live objective supports one of the year's or the company's, itself or one of its
/// key results, although there are live ones below it that could.
#[must_use]
pub fn unsupported(state: &State, id: ObjectiveId) -> bool {
    let Some(objective) = state.objectives.get(&id).filter(|one| one.is_live()) else {
        return false;
    };
    if !is_top(state, objective) {
        return false;
    }
    let others = || {
        state
            .objectives
            .iter()
            .filter(|(other, one)| **other != id && one.is_live())
    };
    others().all(|(_, one)| above(state, one) != Some(id))
        && others().any(|(_, below)| stands_above(state, objective, below))
}

/// What a live objective supports in vain: it was deferred, dropped or withdrawn. For a key
/// result in an objective that was, the objective.
#[must_use]
pub fn broken(state: &State, id: ObjectiveId) -> Option<Subject> {
    let objective = state.objectives.get(&id).filter(|one| one.is_live())?;
    let goal = objective.supports?;
    if let Subject::KeyResult(id) = goal
        && !state.key_results.get(&id)?.is_live()
    {
        return Some(goal);
    }
    let id = above(state, objective)?;
    (!state.objectives.get(&id)?.is_live()).then_some(Subject::Objective(id))
}

/// Whether nothing is expected above: it is the year's, or the company's.
fn is_top(state: &State, objective: &Objective) -> bool {
    is_annual(state, objective) || level(state, objective) == Some(Level::Company)
}

fn is_annual(state: &State, objective: &Objective) -> bool {
    state
        .cycles
        .get(&objective.cycle)
        .is_some_and(|cycle| cycle.kind == CycleKind::Annual)
}

/// What is nobody's stands as low as what is a person's.
fn height(state: &State, objective: &Objective) -> Level {
    level(state, objective).unwrap_or(Level::Individual)
}

/// Whether one could be what the other supports: of a higher level, or of the year above its
/// quarter and no lower.
fn stands_above(state: &State, above: &Objective, below: &Objective) -> bool {
    let (Some(one), Some(other)) = (
        state.cycles.get(&above.cycle),
        state.cycles.get(&below.cycle),
    ) else {
        return false;
    };
    let overlap = one.starts <= other.ends && other.starts <= one.ends;
    let longer = is_annual(state, above) && !is_annual(state, below);
    let shorter = is_annual(state, below) && !is_annual(state, above);
    let (high, low) = (height(state, above), height(state, below));
    overlap && !shorter && (high < low || (longer && high == low))
}
