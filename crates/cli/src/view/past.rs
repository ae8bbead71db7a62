//! What a view lets be asked of the log: nothing beyond the moment that it is of.
//!
//! Whoever asks lets go of the folder with the answer, before anything is printed.

use std::collections::BTreeMap;

use quarterdeck_core::aim::{self, Aimed};
use quarterdeck_core::asked;
use quarterdeck_core::closing;
use quarterdeck_core::event::Entry;
use quarterdeck_core::goalposts;
use quarterdeck_core::id::{CycleId, EventId, KeyResultId};
use quarterdeck_core::refusal::Refusal;
use quarterdeck_core::value::Subject;
use quarterdeck_core::when::{Moment, When};
use quarterdeck_report::chart::Plot;
use quarterdeck_report::json;
use quarterdeck_report::text;
use quarterdeck_sync::{AsOf, ReplicaError, ReplicaPast};

use super::View;
use crate::error::Failure;

impl View<'_> {
    /// Asks something of the log up to the moment that is seen; of a closed cycle, up to its closing.
    ///
    /// # Errors
    /// The log cannot be read.
    pub(crate) fn ask<T>(
        &mut self,
        question: impl FnOnce(&mut ReplicaPast<'_>) -> Result<T, ReplicaError>,
    ) -> Result<T, Failure> {
        let horizon = match (&self.later, &self.past, self.as_of) {
            (Some(_), Some(closed), _) => Some(AsOf::Position(closed.head)),
            _ => self.asked(),
        };
        self.ask_up_to(horizon, question)
    }

    /// The same without what waits to be recorded: it is known to the present alone.
    ///
    /// # Errors
    /// The log cannot be read.
    pub(crate) fn ask_recorded<T>(
        &mut self,
        question: impl FnOnce(&mut ReplicaPast<'_>) -> Result<T, ReplicaError>,
    ) -> Result<T, Failure> {
        let now = AsOf::Moment(self.session.context.now);
        self.ask_up_to(self.asked().or(Some(now)), question)
    }

    fn ask_up_to<T>(
        &mut self,
        horizon: Option<AsOf>,
        question: impl FnOnce(&mut ReplicaPast<'_>) -> Result<T, ReplicaError>,
    ) -> Result<T, Failure> {
        let answer = question(&mut self.session.replica.past(horizon)?);
        self.session.replica.release();
        Ok(answer?)
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
        if let Some(settled) = self.ask(|past| closing::settled(past))? {
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
        let found = self.ask(|past| goalposts::of(past, &asked))?;
        Ok(found.and_then(|found| json::agreed_goal(&self.names(), &found, id)))
    }

    /// What a key result aimed at before, where that was moved after its cycle began: its own changes
    /// are read, and only then.
    ///
    /// # Errors
    /// The log cannot be read.
    pub(super) fn aims(&mut self, id: KeyResultId) -> Result<Vec<Aimed>, Failure> {
        if goalposts::last_moved(self.state(), Subject::KeyResult(id)).is_none() {
            return Ok(Vec::new());
        }
        self.ask(|past| aim::of(past, id))
    }

    /// What a chart of a key result shows; none where its cycle has no day.
    ///
    /// # Errors
    /// The log cannot be read.
    pub(crate) fn plot(&mut self, id: KeyResultId) -> Result<Option<Plot>, Failure> {
        let aims = self.aims(id)?;
        let state = self.state();
        Ok(Plot::of(state, id, self.on()).map(|plot| plot.with_aims(&aims).with_notes(state, id)))
    }

    /// A chart of a key result.
    ///
    /// # Errors
    /// It does not exist there.
    pub(crate) fn chart(&mut self, id: KeyResultId) -> Result<json::Chart, Failure> {
        let plot = self.plot(id)?;
        let told = plot
            .and_then(|plot| json::chart(&self.names(), self.pending(), (id, plot), self.as_of()))
            .ok_or_else(|| Refusal::not_found("key result", id))?;
        Ok(told)
    }

    /// What came after the closing of a cycle by the moment that was asked for, each with whether
    /// it is still waiting to be recorded.
    ///
    /// # Errors
    /// The log cannot be read.
    pub(super) fn later_of(&mut self, id: CycleId) -> Result<Vec<(Entry, bool)>, Failure> {
        let asked = self.asked();
        let found = self.ask_up_to(asked, |past| closing::later(past, id))?;
        Ok((found.into_iter())
            .map(|entry| (self.is_pending(entry.seq), entry))
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
        // It says itself what came later.
        let shown_for = self.shown_for();
        let output = &self.context().output;
        output.answer(&told, || text::later(&told, &shown_for))
    }

    /// Whether the entry at a position is still to be recorded.
    pub(crate) fn is_pending(&self, seq: u64) -> bool {
        seq > self.session.replica.confirmed().head
    }

    /// Which moment of the log is meant, by the workspace as it is.
    ///
    /// # Errors
    /// The text names a moment that cannot be.
    pub(crate) fn moment(&self, when: &When, start: bool) -> Result<Moment, Failure> {
        self.session.moment(when, start)
    }

    /// Sees to it that what is answered about a moment stays the answer.
    ///
    /// # Errors
    /// The log does not reach so far.
    pub(crate) fn is_in_the_past(&self, moment: Moment) -> Result<(), Failure> {
        self.session.is_in_the_past(moment)
    }

    /// The reasons of the edits that contend: the log is read for them alone.
    pub(super) fn reasons(&mut self) -> Result<Reasons, Failure> {
        self.ask(|past| asked::reasons(past)).map(Reasons)
    }

    /// The reasons of these events: the log is read for them alone.
    ///
    /// # Errors
    /// The log cannot be read.
    pub(crate) fn reasons_of(&mut self, wanted: Vec<(u64, EventId)>) -> Result<Reasons, Failure> {
        self.ask(|past| asked::reasons_of(past, wanted))
            .map(Reasons)
    }
}

/// Why edits were made.
#[derive(Debug, Default)]
pub(crate) struct Reasons(BTreeMap<EventId, String>);

impl Reasons {
    /// Why this one was, if its author said so.
    pub(crate) fn of(&self, event: EventId) -> Option<String> {
        self.0.get(&event).cloned()
    }
}
