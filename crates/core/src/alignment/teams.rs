//! Which team answers for a key result, and whom else it concerns.
//!
//! A key result answers to its objective's team unless it names another: then it is a cross-team
//! one, and seen from both. A key result that helps another one concerns that one's team, too.

use std::collections::BTreeSet;

use crate::id::TeamId;
use crate::state::{KeyResult, State};
use crate::token::KeyResultState;

/// A team with all teams below it.
#[must_use]
pub fn teams_below(state: &State, team: TeamId) -> BTreeSet<TeamId> {
    let mut found = BTreeSet::from([team]);
    let mut waiting = vec![team];
    while let Some(above) = waiting.pop() {
        for (id, one) in &state.teams {
            if one.parent == Some(above) && found.insert(*id) {
                waiting.push(*id);
            }
        }
    }
    found
}

/// The team that answers for a key result: its own, else its objective's.
#[must_use]
pub fn answerable(state: &State, key_result: &KeyResult) -> Option<TeamId> {
    key_result.team.or_else(|| {
        let above = state.objectives.get(&key_result.objective)?;
        above.team
    })
}

/// Whether a key result answers to a team other than its objective's.
#[must_use]
pub fn is_cross_team(state: &State, key_result: &KeyResult) -> bool {
    let above = state.objectives.get(&key_result.objective);
    key_result.team.is_some() && above.is_some_and(|above| above.team != key_result.team)
}

/// Whether a key result concerns one of these teams: it answers to it, or helps one that does.
#[must_use]
pub fn concerns(state: &State, teams: &BTreeSet<TeamId>, key_result: &KeyResult) -> bool {
    let answers =
        |one: &KeyResult| answerable(state, one).is_some_and(|team| teams.contains(&team));
    let helped = || {
        key_result
            .helps
            .iter()
            .filter_map(|id| state.key_results.get(id))
            .any(|one| one.state != KeyResultState::Withdrawn && answers(one))
    };
    answers(key_result) || helped()
}
