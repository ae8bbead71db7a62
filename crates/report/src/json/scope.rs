//! Whose objectives and key results are asked for.

use std::collections::BTreeSet;

use quarterdeck_core::alignment;
use quarterdeck_core::id::{MemberId, ObjectiveId, TeamId};
use quarterdeck_core::state::{KeyResult, Objective, State};
use quarterdeck_core::token::KeyResultState;

use super::status::StatusQuery;

/// Whose objectives are asked for.
pub(super) struct Scope {
    teams: Option<BTreeSet<TeamId>>,
    member: Option<MemberId>,
}

impl Scope {
    pub(super) fn of(state: &State, query: &StatusQuery) -> Self {
        Self {
            teams: query.team.map(|team| alignment::teams_below(state, team)),
            member: query.member,
        }
    }

    /// Whether an objective is one of those asked for.
    pub(super) fn has(&self, state: &State, id: ObjectiveId, objective: &Objective) -> bool {
        self.is_of_team(objective)
            && self.member.is_none_or(|member| {
                objective.owner == Some(member)
                    || (state.key_results_of(id))
                        .any(|(_, key_result)| key_result.owner == Some(member))
            })
    }

    /// Whether it is another team's, and one of its key results concerns the team asked for.
    pub(super) fn visits(&self, state: &State, id: ObjectiveId, objective: &Objective) -> bool {
        self.teams.is_some()
            && !self.is_of_team(objective)
            && (state.key_results_of(id)).any(|(_, found)| self.shows(state, objective, found))
    }

    /// Whether a key result of an objective that is shown is one of those asked for.
    pub(super) fn shows(&self, state: &State, objective: &Objective, found: &KeyResult) -> bool {
        let concerns = |teams| alignment::concerns(state, teams, found);
        let by_team = self.is_of_team(objective) || self.teams.as_ref().is_none_or(concerns);
        let own = |owner: Option<MemberId>| self.member.is_none() || owner == self.member;
        found.state != KeyResultState::Withdrawn
            && by_team
            && (own(objective.owner) || own(found.owner))
    }

    fn is_of_team(&self, objective: &Objective) -> bool {
        (self.teams.as_ref())
            .is_none_or(|teams| objective.team.is_some_and(|team| teams.contains(&team)))
    }
}
