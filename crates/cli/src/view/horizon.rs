//! What a view lets be asked of the log: nothing beyond the moment that it is of.

use quarterdeck_core::closing;
use quarterdeck_core::event::Entry;
use quarterdeck_core::goalposts;
use quarterdeck_core::id::{CycleId, KeyResultId};
use quarterdeck_core::past::Past as _;
use quarterdeck_core::value::Subject;
use quarterdeck_report::json;
use quarterdeck_report::text;
use quarterdeck_sync::AsOf;
use quarterdeck_sync::replica::ReplicaPast;

use super::View;
use crate::error::Failure;

impl View<'_> {
    /// The log up to the moment that is seen; of a closed cycle, up to its closing.
    ///
    /// # Errors
    /// The log cannot be read.
    pub(crate) fn past(&mut self) -> Result<ReplicaPast<'_>, Failure> {
        let horizon = match (&self.later, &self.past, self.as_of) {
            (Some(_), Some(closed), _) => Some(AsOf::Position(closed.head)),
            _ => self.asked(),
        };
        Ok(self.session.replica.past(horizon)?)
    }

    /// The moment that was asked for.
    fn asked(&self) -> Option<AsOf> {
        self.as_of.map(|as_of| match as_of {
            json::AsOf::Moment(moment) => AsOf::Moment(moment),
            json::AsOf::Position(position) => AsOf::Position(position),
        })
    }

    /// Whether the day that figures are of was asked for.
    pub(crate) const fn day_was_named(&self) -> bool {
        self.day_was_named
    }

    /// Puts closed cycles back to how they were closed, unless a day was asked for.
    ///
    /// # Errors
    /// The log cannot be read.
    pub(crate) fn settle(&mut self) -> Result<(), Failure> {
        if self.day_was_named || self.later.is_some() {
            return Ok(());
        }
        if let Some(settled) = closing::settled(&mut self.past()?)? {
            self.past = Some(settled);
        }
        Ok(())
    }

    /// What a key result aimed at as first agreed, where it was moved: its own changes are read, and
    /// only then.
    ///
    /// # Errors
    /// The log cannot be read.
    pub(super) fn agreed(&mut self, id: KeyResultId) -> Result<Option<json::AgreedGoal>, Failure> {
        let subject = Subject::KeyResult(id);
        if goalposts::last_moved(self.state(), subject).is_none() {
            return Ok(None);
        }
        let Some(cycle) = closing::cycle_of(self.state(), subject) else {
            return Ok(None);
        };
        let asked = goalposts::Asked {
            cycle,
            scope: goalposts::Scope::KeyResult(id),
            on: self.on,
        };
        let found = goalposts::of(&mut self.past()?, &asked)?;
        Ok(found.and_then(|found| json::agreed_goal(&self.names(), &found, id)))
    }

    /// What came after the closing of a cycle by the moment that was asked for, each with whether
    /// it is still waiting to be recorded.
    ///
    /// # Errors
    /// The log cannot be read.
    pub(super) fn later_of(&mut self, id: CycleId) -> Result<Vec<(Entry, bool)>, Failure> {
        let asked = self.asked();
        let mut past = self.session.replica.past(asked)?;
        let found = closing::later(&mut past, id)?;
        Ok((found.into_iter())
            .map(|entry| (past.is_pending(entry.seq), entry))
            .map(|(pending, entry)| (entry, pending))
            .collect())
    }

    /// Lists what came after the closing of a cycle.
    ///
    /// # Errors
    /// The cycle is open, the log cannot be read, or standard output takes no more.
    pub(crate) fn later(mut self, id: CycleId) -> Result<(), Failure> {
        let found = self.state().cycles.get(&id);
        if let Some(open) = found.filter(|cycle| !cycle.is_closed()) {
            return Err(Failure::usage(format!(
                "{} is {}, not closed: nothing comes later.",
                open.name, open.state
            ))
            .hint(format!(
                "see how it is going: `okr status --cycle {}`",
                open.name
            )));
        }
        let entries = self.later_of(id)?;
        let told = json::later(&self.names(), id, &entries, self.on, self.as_of);
        self.answer(&told, |view| text::later(&told, view))
    }
}
