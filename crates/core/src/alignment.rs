//! What supports what: levels, the cascade from the year's objectives down, and its loose ends.
//!
//! An objective supports an objective or a key result above it. From that follow
//!
//! - its **level**: company, department or team by the team that it belongs to, individual where
//!   a person has it and no team;
//! - the **cascade**: each objective below what it supports ([`Cascade`]);
//! - what is rolled up: the mean of what supports it ([`Cascade::rolled_up`]);
//! - whom a key result concerns, by the team that answers for it ([`concerns`]);
//! - the **loose ends**: what is aligned to nothing and what nothing supports ([`LooseEnds`]), and
//!   what supports something that no longer counts ([`broken`]).
//!
//! Nothing of this changes a score: it shows how scores hang together.

mod cascade;
mod loose;
mod teams;

use crate::id::ObjectiveId;
use crate::state::{Objective, State};
use crate::token::Level;
use crate::value::Subject;

pub use cascade::{Branch, Cascade};
pub use loose::LooseEnds;
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

/// What is nobody's stands as low as what is a person's.
fn height(state: &State, objective: &Objective) -> Level {
    level(state, objective).unwrap_or(Level::Individual)
}
