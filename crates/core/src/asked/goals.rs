//! Which goals are meant: one of them, a team's, a cycle's.

use super::default_cycle;
use crate::alignment;
use crate::calendar::Date;
use crate::closing;
use crate::goalposts;
use crate::id::{CycleId, TeamId};
use crate::state::State;
use crate::value::Subject;
use crate::whose::Whose;
use crate::{diff, history};

/// Which goals were named.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Goals {
    /// An objective or a key result.
    pub goal: Option<Subject>,
    /// A cycle.
    pub cycle: Option<CycleId>,
    /// A team.
    pub team: Option<TeamId>,
}

impl Goals {
    /// Their cycle: the one named, that of the goal, or the one that is meant on the day `on`. None where
    /// there is no cycle yet.
    #[must_use]
    pub fn cycle(&self, state: &State, on: Date) -> Option<CycleId> {
        (self.cycle)
            .or_else(|| closing::cycle_of(state, self.goal?))
            .or_else(|| default_cycle(state, on))
    }

    /// That, as at whose closing they are seen where it is closed: the goal itself, since what came after
    /// a closing is not to be seen as at that closing; else their cycle.
    #[must_use]
    pub fn seen_with(&self, cycle: CycleId) -> Subject {
        match (self.goal, self.cycle) {
            (Some(goal), None) => goal,
            _ => Subject::Cycle(cycle),
        }
    }

    /// Of which goals of the cycle it is asked.
    #[must_use]
    pub fn scope(&self, state: &State) -> goalposts::Scope {
        match (self.goal, self.team) {
            (Some(Subject::KeyResult(id)), _) => goalposts::Scope::KeyResult(id),
            (Some(Subject::Objective(id)), _) => goalposts::Scope::Objective(id),
            (_, Some(team)) => goalposts::Scope::Teams(alignment::teams_below(state, team)),
            _ => goalposts::Scope::Cycle,
        }
    }
}

impl history::Scope {
    /// The history of a thing; none of what has no figures to follow.
    #[must_use]
    pub const fn of(subject: Subject) -> Option<Self> {
        Some(match subject {
            Subject::Workspace => Self::All,
            Subject::KeyResult(id) | Subject::CheckIn(id, _) => Self::KeyResult(id),
            Subject::Objective(id) => Self::Objective(id),
            Subject::Team(id) => Self::Team(id),
            Subject::Cycle(id) => Self::Cycle(id),
            _ => return None,
        })
    }
}

impl diff::Scope {
    /// The changes of a thing; none of what has no figures to compare.
    #[must_use]
    pub fn of(state: &State, subject: Subject) -> Option<Self> {
        Some(match subject {
            Subject::Workspace => Self::Whose(Whose::All),
            Subject::KeyResult(id) => Self::KeyResult(id),
            Subject::Objective(id) => Self::Objective(id),
            Subject::Team(id) => Self::Whose(Whose::team(state, id)),
            _ => return None,
        })
    }
}
