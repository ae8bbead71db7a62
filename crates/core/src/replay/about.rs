//! Which entries are about a cycle.

use crate::calendar::Date;
use crate::closing;
use crate::event::{Body, Entry};
use crate::id::{CycleId, KeyResultId, KpiId, MemberId, TeamId};
use crate::state::State;
use crate::value::Subject;

/// What an entry has to be about.
#[derive(Debug, Clone, Copy)]
pub(super) struct About {
    pub(super) cycle: CycleId,
}

impl About {
    /// Whether an entry is about the cycle, as the state has it. One that takes something away is so
    /// before it is applied, one that adds something after that.
    pub(super) fn has(self, state: &State, entry: &Entry) -> bool {
        match &entry.event.body {
            // Who can act says nothing about goals.
            Body::WorkspaceCreated(_)
            | Body::ServerAdopted { .. }
            | Body::InvitationIssued { .. }
            | Body::DeviceJoined(_)
            | Body::DeviceRevoked { .. }
            | Body::DeviceKeyRotated { .. }
            | Body::TemplateSaved(_)
            | Body::IncentiveAdded(_)
            | Body::Unknown { .. } => false,
            Body::HelpLinked { from, to } | Body::HelpUnlinked { from, to } => {
                self.key_result(state, *from) || self.key_result(state, *to)
            }
            Body::WeeklyWritten(written) => self.week(state, written.week),
            body => body
                .subject()
                .is_some_and(|subject| self.subject(state, subject)),
        }
    }

    /// Whether an entry is about a goal of the cycle: one begins with the first of these.
    pub(super) fn is_goal(self, state: &State, entry: &Entry) -> bool {
        matches!(
            entry.event.body.subject(),
            Some(subject @ (Subject::Objective(_) | Subject::KeyResult(_)))
                if self.subject(state, subject)
        )
    }

    fn subject(self, state: &State, subject: Subject) -> bool {
        match subject {
            Subject::Workspace => true,
            Subject::Cycle(id) => {
                let above = state.cycles.get(&self.cycle).and_then(|own| own.parent);
                id == self.cycle || above == Some(id)
            }
            Subject::Objective(_) | Subject::KeyResult(_) | Subject::CheckIn(..) => {
                closing::cycle_of(state, subject) == Some(self.cycle)
            }
            Subject::Kpi(id) | Subject::Reading(id, _) => self.kpi(state, id),
            Subject::Note(id) => (state.notes.get(&id))
                // Nobody writes a note on a note.
                .filter(|note| !matches!(note.about, Subject::Note(_)))
                .is_some_and(|note| self.subject(state, note.about)),
            Subject::Initiative(id) => (state.initiatives.get(&id))
                .and_then(|found| found.supports)
                .is_some_and(|goal| self.goal(state, goal)),
            Subject::Todo(id) => state.todos.get(&id).is_some_and(|found| {
                let moves = |id| self.key_result(state, id);
                let part = |id| self.subject(state, Subject::Initiative(id));
                found.key_result.is_some_and(moves) || found.initiative.is_some_and(part)
            }),
            Subject::Weekly(id) => {
                (state.weeklies.get(&id)).is_some_and(|found| self.week(state, found.week))
            }
            Subject::Funnel(id) => state.funnels.get(&id).is_some_and(|found| {
                let counts = |goal| self.goal(state, goal);
                (found.key_result).is_some_and(|id| self.key_result(state, id))
                    || (found.stages.iter())
                        .filter_map(|stage| stage.source)
                        .any(counts)
            }),
            Subject::Member(id) => self.is_named(state, Some(id), None),
            Subject::Team(id) => self.is_named(state, None, Some(id)),
            Subject::Template(_) | Subject::Incentive(_) => false,
        }
    }

    fn goal(self, state: &State, goal: Subject) -> bool {
        closing::cycle_of(state, goal) == Some(self.cycle)
    }

    fn key_result(self, state: &State, id: KeyResultId) -> bool {
        self.goal(state, Subject::KeyResult(id))
    }

    /// Whether a key result reads from a KPI, or is meant to improve it.
    fn kpi(self, state: &State, id: KpiId) -> bool {
        let improves = |found: &crate::state::Kpi| {
            (found.improved_by.iter()).any(|one| self.key_result(state, *one))
        };
        state.fed_by(id).any(|one| self.key_result(state, one))
            || state.kpis.get(&id).is_some_and(|found| improves(found))
    }

    /// Whether a week, by its Monday, has a day in the cycle.
    fn week(self, state: &State, monday: Date) -> bool {
        (state.cycles.get(&self.cycle))
            .is_some_and(|own| monday <= own.ends && own.starts <= monday.plus_days(6))
    }

    /// Whether a goal of the cycle is theirs.
    fn is_named(self, state: &State, member: Option<MemberId>, team: Option<TeamId>) -> bool {
        let theirs = |owner: Option<MemberId>, of: Option<TeamId>| {
            (member.is_some() && owner == member) || (team.is_some() && of == team)
        };
        (state.objectives.values())
            .any(|one| one.cycle == self.cycle && theirs(one.owner, one.team))
            || (state.key_results.iter())
                .any(|(id, one)| theirs(one.owner, one.team) && self.key_result(state, *id))
    }
}
