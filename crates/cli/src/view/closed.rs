//! How a closed cycle is read: as the log stood when it was closed, on one fixed day.

use std::collections::BTreeMap;

use quarterdeck_core::closing;
use quarterdeck_core::id::CycleId;
use quarterdeck_core::value::Subject;
use quarterdeck_report::json;
use quarterdeck_report::number::count;
use quarterdeck_report::pending::Pending;
use quarterdeck_sync::AsOf;

use super::{Scope, View};
use crate::error::Failure;

impl View<'_> {
    /// The view of something in a closed cycle, or of that cycle: as the log stood at the position
    /// that its closing is bound to. What came later is counted. In an open cycle, and where a day
    /// was asked for, the view stays as it is.
    ///
    /// # Errors
    /// The log cannot be read.
    pub(crate) fn or_closed(mut self, subject: Subject) -> Result<Self, Failure> {
        if self.day_was_named {
            return Ok(self);
        }
        let found = closing::of(self.state(), subject);
        let Some((id, closing)) = found.map(|(id, closing)| (id, closing.clone())) else {
            return Ok(self);
        };
        let at = AsOf::Position(closing.position);
        let mut state = self.session.replica.state_as_of(at)?;
        // What was added by somebody who did not know of the closing is not in that state.
        if closing::cycle_of(&state, subject) != Some(id) {
            self.session.replica.release();
            return Ok(self);
        }
        closing::mark(&mut state, id, &closing);
        let day = (state.cycles.get(&id)).map(|cycle| closing::day(&state, cycle, &closing));
        let later = self.count_later(&BTreeMap::from([(id, closing.position)]))?;
        self.later = later.get(&id).copied();
        self.on = day.unwrap_or(self.on);
        self.past = Some(state);
        self.pending = Pending::default();
        Ok(self)
    }

    /// The same for what a scope asks for: the cycle that it names, or the one that is meant.
    ///
    /// # Errors
    /// The log cannot be read.
    pub(crate) fn of_scope(self, scope: Scope) -> Result<(Self, Scope), Failure> {
        let cycle = (scope.cycle).or_else(|| json::default_cycle(self.state(), self.on));
        let scope = Scope { cycle, ..scope };
        match cycle {
            Some(cycle) => Ok((self.or_closed(Subject::Cycle(cycle))?, scope)),
            None => Ok((self, scope)),
        }
    }

    /// How many events that touch each of these cycles came after the position that it is closed
    /// at. The log is read once, from the first of those positions on.
    ///
    /// # Errors
    /// The log cannot be read.
    pub(super) fn count_later(
        &mut self,
        closed: &BTreeMap<CycleId, u64>,
    ) -> Result<BTreeMap<CycleId, u64>, Failure> {
        let mut later: BTreeMap<CycleId, u64> = closed.keys().map(|id| (*id, 0)).collect();
        let Some(first) = closed.values().min() else {
            return Ok(later);
        };
        // Shared until changed: no deep copy.
        let state = self.session.state().clone();
        for logged in self.session.replica.entries(first.saturating_add(1)) {
            let entry = logged?.entry;
            let touched = closing::touched(&state, &entry.event.body)
                .filter(|id| closed.get(id).is_some_and(|at| entry.seq > *at));
            if let Some(count) = touched.and_then(|id| later.get_mut(&id)) {
                *count += 1;
            }
        }
        self.session.replica.release();
        Ok(later)
    }

    /// Says beside the answer, which stays the same for ever, how much came later.
    pub(super) fn tell_later(&self) {
        if let Some(later) = self.later.filter(|later| *later > 0)
            && let Some(past) = &self.past
        {
            let came = count(later, "event");
            self.session.context.output.note(&format!(
                "{came} came after the closing and changed nothing above; see `okr log --since \"#{}\"`",
                past.head.saturating_add(1)
            ));
        }
    }
}
