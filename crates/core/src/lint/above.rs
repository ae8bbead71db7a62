//! What stands above an objective, and what should stand below it.

use crate::id::ObjectiveId;
use crate::state::{Objective, State};
use crate::token::{CycleKind, TeamLevel};
use crate::value::Subject;

/// What an objective supports in vain, in words: it was dropped, deferred or withdrawn.
pub(super) fn broken(state: &State, objective: &Objective) -> Option<String> {
    match objective.supports? {
        Subject::Objective(id) => {
            let above = state.objectives.get(&id)?;
            (!above.is_live()).then(|| format!("'{}', which is {}", above.title, above.state))
        }
        Subject::KeyResult(id) => {
            let above = state.key_results.get(&id)?;
            (!above.is_live()).then(|| format!("'{}', which is {}", above.title, above.state))
        }
        _ => None,
    }
}

/// Whether it supports nothing although there is something that it could support.
pub(super) fn is_unaligned(state: &State, id: ObjectiveId, objective: &Objective) -> bool {
    objective.supports.is_none()
        && !is_top(state, objective)
        && state.objectives.iter().any(|(other, above)| {
            *other != id && above.is_live() && stands_above(state, above, objective)
        })
}

/// Whether nothing supports it although something below it could.
pub(super) fn is_unsupported(state: &State, id: ObjectiveId, objective: &Objective) -> bool {
    if !is_top(state, objective) {
        return false;
    }
    let mut below = state
        .objectives
        .iter()
        .filter(|(other, below)| {
            **other != id && below.is_live() && stands_above(state, objective, below)
        })
        .peekable();
    below.peek().is_some() && below.all(|(_, below)| supported_by(state, below) != Some(id))
}

/// The objective that one supports, itself or one of its key results.
fn supported_by(state: &State, below: &Objective) -> Option<ObjectiveId> {
    match below.supports? {
        Subject::Objective(id) => Some(id),
        Subject::KeyResult(id) => state.key_results.get(&id).map(|one| one.objective),
        _ => None,
    }
}

/// Whether nothing is expected above: it is the year's, or the company's.
fn is_top(state: &State, objective: &Objective) -> bool {
    is_annual(state, objective) || level(state, objective) == 0
}

fn is_annual(state: &State, objective: &Objective) -> bool {
    (state.cycles.get(&objective.cycle)).is_some_and(|cycle| cycle.kind == CycleKind::Annual)
}

/// 0 for the company, then departments, teams, and people.
fn level(state: &State, objective: &Objective) -> u8 {
    let team = objective.team.and_then(|team| state.teams.get(&team));
    match team.map(|team| team.level) {
        Some(TeamLevel::Company) => 0,
        Some(TeamLevel::Department) => 1,
        Some(TeamLevel::Team) => 2,
        None => 3,
    }
}

/// Whether one could be what the other supports: of a higher level, or of the year above its
/// quarter and no lower.
fn stands_above(state: &State, above: &Objective, below: &Objective) -> bool {
    let cycles = (
        state.cycles.get(&above.cycle),
        state.cycles.get(&below.cycle),
    );
    let (Some(one), Some(other)) = cycles else {
        return false;
    };
    let overlap = one.starts <= other.ends && other.starts <= one.ends;
    let longer = is_annual(state, above) && !is_annual(state, below);
    let shorter = is_annual(state, below) && !is_annual(state, above);
    let (high, low) = (level(state, above), level(state, below));
    overlap && !shorter && (high < low || (longer && high == low))
}
