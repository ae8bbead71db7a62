//! Whose things are: a person's, a team's, everybody's.
//!
//! A thing belongs to the person who owns it. One that no person owns but a team does belongs to
//! each member of that team, so that nothing a team has taken on is nobody's. A team has what it
//! or a team below it owns, and what is done for that by others: a key result of its objective
//! that another team answers for is seen from both.

use std::collections::BTreeSet;

use crate::alignment::teams_below;
use crate::id::{MemberId, TeamId};
use crate::state::{KeyResult, Objective, State};
use crate::value::Subject;

/// Whose things are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// Everybody's.
    All,
    /// One person's.
    Member(MemberId),
    /// Those of a team and the teams below it.
    Teams(BTreeSet<TeamId>),
}

impl Whose {
    /// Those of a team and the teams below it.
    #[must_use]
    pub fn team(state: &State, team: TeamId) -> Self {
        Self::Teams(teams_below(state, team))
    }

    /// Whether an objective is among them.
    #[must_use]
    pub fn has_objective(&self, state: &State, objective: &Objective) -> bool {
        self.has(state, objective.owner, objective.team)
    }

    /// Whether a key result is among them. One without an owner is its objective's owner's.
    #[must_use]
    pub fn has_key_result(&self, state: &State, key_result: &KeyResult) -> bool {
        let objective = state.objectives.get(&key_result.objective);
        let of_objective = objective.and_then(|objective| objective.team);
        let owner = (key_result.owner).or_else(|| match key_result.team {
            Some(_) => None,
            None => objective.and_then(|objective| objective.owner),
        });
        self.has(state, owner, key_result.team.or(of_objective))
            || matches!(self, Self::Teams(_)) && self.has(state, None, of_objective)
    }

    /// Whether work is among them, by who does it and by what it should move.
    #[must_use]
    pub fn has_work(
        &self,
        state: &State,
        owner: Option<MemberId>,
        supports: Option<Subject>,
    ) -> bool {
        let moves_theirs = || match supports {
            Some(Subject::Objective(id)) => (state.objectives.get(&id))
                .is_some_and(|objective| self.has_objective(state, objective)),
            Some(Subject::KeyResult(id)) => (state.key_results.get(&id))
                .is_some_and(|key_result| self.has_key_result(state, key_result)),
            _ => false,
        };
        match self {
            Self::All => true,
            Self::Member(member) => owner == Some(*member) || (owner.is_none() && moves_theirs()),
            Self::Teams(_) => {
                owner.is_some_and(|owner| self.has_member(state, owner)) || moves_theirs()
            }
        }
    }

    /// Whether a person is among them: the one, or a member of the teams.
    #[must_use]
    pub fn has_member(&self, state: &State, member: MemberId) -> bool {
        match self {
            Self::All => true,
            Self::Member(one) => *one == member,
            Self::Teams(teams) => (teams.iter())
                .filter_map(|team| state.teams.get(team))
                .any(|team| team.members.contains(&member)),
        }
    }

    fn has(&self, state: &State, owner: Option<MemberId>, team: Option<TeamId>) -> bool {
        match self {
            Self::All => true,
            Self::Member(member) => match owner {
                Some(owner) => owner == *member,
                None => (team.and_then(|team| state.teams.get(&team)))
                    .is_some_and(|team| team.members.contains(member)),
            },
            Self::Teams(teams) => team.is_some_and(|team| teams.contains(&team)),
        }
    }
}
