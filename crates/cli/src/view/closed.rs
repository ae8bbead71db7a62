//! How a closed cycle is read: as the log stood when it was closed, on one fixed day.

use quarterdeck_core::closing;
use quarterdeck_core::id::CycleId;
use quarterdeck_core::value::Subject;
use quarterdeck_report::json;
use quarterdeck_report::number::count;
use quarterdeck_report::pending::Pending;

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
        let Some(seen) = self.ask(|past| closing::seen(past, subject))? else {
            return Ok(self);
        };
        self.later = Some((seen.cycle, self.later_of(seen.cycle)?.len() as u64));
        self.on = seen.on.unwrap_or(self.on);
        self.past = Some(seen.state);
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

    /// Says beside the answer, which stays the same for ever, how much came later.
    pub(crate) fn tell_later(&self) {
        if let Some((id, later)) = self.later {
            self.tell_of_later(id, later);
        }
    }

    /// The same beside what was answered of a cycle up to its closing.
    ///
    /// # Errors
    /// The log cannot be read.
    pub(crate) fn tell_what_came_after(&mut self, id: CycleId) -> Result<(), Failure> {
        if closing::of(self.state(), Subject::Cycle(id)).is_some() {
            let later = self.later_of(id)?.len() as u64;
            self.tell_of_later(id, later);
        }
        Ok(())
    }

    fn tell_of_later(&self, id: CycleId, later: u64) {
        if later > 0
            && let Some(cycle) = self.state().cycles.get(&id)
        {
            let came = count(later, "event");
            self.session.context.output.note(&format!(
                "{came} came after the closing and changed nothing above; see `okr cycle show {} --later`",
                crate::commands::argument(&cycle.name)
            ));
        }
    }
}
