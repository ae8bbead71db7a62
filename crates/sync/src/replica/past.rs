//! A replica's log as questions about the past see it: [`Past`].

use std::collections::BTreeSet;

use quarterdeck_core::event::Entry;
use quarterdeck_core::id::Uuid;
use quarterdeck_core::known::Known;
use quarterdeck_core::past::Past;
use quarterdeck_core::state::State;
use quarterdeck_core::when::Moment;

use super::{AsOf, Replica};
use crate::error::ReplicaError;

/// What was known at a moment, and before it.
#[derive(Debug)]
pub struct ReplicaPast<'r> {
    replica: &'r mut Replica,
    horizon: Option<AsOf>,
    state: State,
    known: Known,
}

impl Replica {
    /// The log up to a horizon; the present, with what is pending, where there is none.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn past(&mut self, horizon: Option<AsOf>) -> Result<ReplicaPast<'_>, ReplicaError> {
        let state = match horizon {
            None => self.state().clone(),
            Some(as_of) => self.state_as_of(as_of)?,
        };
        let known = Known::of(self.confirmed());
        Ok(ReplicaPast {
            replica: self,
            horizon,
            state,
            known,
        })
    }
}

impl ReplicaPast<'_> {
    fn lets_in(&self, entry: &Entry, moment: Option<AsOf>) -> bool {
        match moment {
            None => true,
            Some(AsOf::Position(position)) => entry.seq <= position,
            Some(AsOf::Moment(moment)) => self.known.by(entry, moment),
        }
    }
}

impl Past for ReplicaPast<'_> {
    type Error = ReplicaError;

    fn state(&self) -> &State {
        &self.state
    }

    fn known_at(&mut self, moment: Moment) -> Result<State, ReplicaError> {
        let earlier = Some(match moment {
            Moment::At(moment) => AsOf::Moment(moment),
            Moment::Position(position) => AsOf::Position(position),
        });
        let mut state = State::default();
        let mut entries = Vec::new();
        self.each(1, &mut |entry| {
            entries.push(entry.clone());
            true
        })?;
        for entry in &entries {
            if self.lets_in(entry, earlier) {
                state.apply(entry);
            }
        }
        Ok(state)
    }

    fn about(&mut self, things: &BTreeSet<Uuid>) -> Result<Vec<Entry>, ReplicaError> {
        let mut found = Vec::new();
        self.each(1, &mut |entry| {
            if entry.event.subjects().iter().any(|id| things.contains(id)) {
                found.push(entry.clone());
            }
            true
        })?;
        Ok(found)
    }

    fn each(
        &mut self,
        from: u64,
        more: &mut dyn FnMut(&Entry) -> bool,
    ) -> Result<(), ReplicaError> {
        let horizon = self.horizon;
        let known = self.known.clone();
        for logged in self.replica.entries(from) {
            let logged = logged?;
            let in_sight = match horizon {
                None => true,
                Some(_) if logged.pending => false,
                Some(AsOf::Position(position)) => logged.entry.seq <= position,
                Some(AsOf::Moment(moment)) => known.by(&logged.entry, moment),
            };
            if in_sight && !more(&logged.entry) {
                break;
            }
        }
        self.replica.release();
        Ok(())
    }

    fn is_pending(&self, seq: u64) -> bool {
        seq > self.replica.confirmed().head
    }
}
