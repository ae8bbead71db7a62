//! What can read otherwise than at the stop before.

use std::collections::BTreeSet;

use crate::closing;
use crate::event::{Body, Entry};
use crate::id::{CycleId, KeyResultId, KpiId, ObjectiveId};
use crate::state::State;
use crate::value::Subject;

/// Which goals can read otherwise than at the stop before: their figures, status, words, owners and
/// conflicts. What is not among them reads as it did; what is may read as it did, too. Short
/// references, and whether something is aligned, are left out of this.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changed {
    /// All of them can: the day is another, or something that they all depend on.
    pub all: bool,
    /// These objectives can.
    pub objectives: BTreeSet<ObjectiveId>,
    /// These key results can.
    pub key_results: BTreeSet<KeyResultId>,
}

impl Changed {
    /// Everything.
    #[must_use]
    pub fn all() -> Self {
        Self {
            all: true,
            ..Self::default()
        }
    }

    /// Whether an objective can read otherwise.
    #[must_use]
    pub fn objective(&self, id: ObjectiveId) -> bool {
        self.all || self.objectives.contains(&id)
    }

    /// Whether a key result can.
    #[must_use]
    pub fn key_result(&self, id: KeyResultId) -> bool {
        self.all || self.key_results.contains(&id)
    }

    /// Whether nothing can.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        !self.all && self.objectives.is_empty() && self.key_results.is_empty()
    }

    /// Takes in what an entry changes. It is asked before the entry is applied and after it: what it
    /// takes away from a goal stood there before, what it adds stands there after.
    pub(super) fn take(&mut self, state: &State, cycle: CycleId, entry: &Entry) {
        if self.all {
            return;
        }
        match &entry.event.body {
            // Days, months and names that all goals depend on.
            Body::WorkspaceCreated(_) | Body::MemberAdded { .. } | Body::TeamCreated { .. } => {
                self.all = true;
            }
            Body::CycleCreated { cycle: id, .. }
            | Body::CycleClosed { cycle: id, .. }
            | Body::CycleReopened { cycle: id } => self.cycle(state, cycle, *id),
            Body::HelpLinked { from, to } | Body::HelpUnlinked { from, to } => {
                self.key_result_of(state, cycle, *from);
                self.key_result_of(state, cycle, *to);
            }
            Body::KpiRecorded(read) => self.fed_by(state, cycle, read.kpi),
            Body::KpiDefined(defined) => self.fed_by(state, cycle, defined.kpi),
            Body::NoteAdded { .. }
            | Body::InitiativeAdded(_)
            | Body::TodoAdded(_)
            | Body::TodoCounted { .. } => {}
            Body::Edited { subject, .. } | Body::ConflictResolved { subject, .. } => {
                self.subject(state, cycle, *subject);
            }
            body => {
                if let Some(subject @ (Subject::Objective(_) | Subject::KeyResult(_))) =
                    body.subject()
                {
                    self.subject(state, cycle, subject);
                }
            }
        }
    }

    fn subject(&mut self, state: &State, cycle: CycleId, subject: Subject) {
        let is_own = |subject| closing::cycle_of(state, subject) == Some(cycle);
        match subject {
            Subject::Workspace | Subject::Member(_) | Subject::Team(_) => self.all = true,
            Subject::Cycle(id) => self.cycle(state, cycle, id),
            Subject::Objective(id) if is_own(subject) => {
                self.objectives.insert(id);
                // Its cycle is theirs; and it may have become known later than they did.
                (self.key_results).extend(state.key_results_of(id).map(|(below, _)| below));
            }
            Subject::KeyResult(id) | Subject::CheckIn(id, _) => {
                self.key_result_of(state, cycle, id);
            }
            Subject::Kpi(id) | Subject::Reading(id, _) => self.fed_by(state, cycle, id),
            _ => {}
        }
    }

    /// A key result and the objective above it.
    fn key_result_of(&mut self, state: &State, cycle: CycleId, id: KeyResultId) {
        if let Some(found) = state.key_results.get(&id)
            && closing::cycle_of(state, Subject::KeyResult(id)) == Some(cycle)
        {
            self.key_results.insert(id);
            self.objectives.insert(found.objective);
        }
    }

    fn fed_by(&mut self, state: &State, cycle: CycleId, kpi: KpiId) {
        for id in state.fed_by(kpi) {
            self.key_result_of(state, cycle, id);
        }
    }

    /// The cycle's own days and months, or those of the year above it.
    fn cycle(&mut self, state: &State, of: CycleId, id: CycleId) {
        let above = state.cycles.get(&of).and_then(|found| found.parent);
        self.all |= id == of || above == Some(id);
    }
}
