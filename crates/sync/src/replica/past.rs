//! A replica's log as questions about the past see it: [`Past`].

use std::collections::BTreeSet;

use quarterdeck_core::event::Entry;
use quarterdeck_core::id::Uuid;
use quarterdeck_core::past::Past;
use quarterdeck_core::state::State;
use quarterdeck_core::when::Moment;
use quarterdeck_projection::Horizon;

use super::{AsOf, Replica};
use crate::error::ReplicaError;

/// What was known at a moment, and before it. The folder is held from the first question on: whoever
/// has their answer releases it.
#[derive(Debug)]
pub struct ReplicaPast<'r> {
    replica: &'r mut Replica,
    horizon: Horizon,
    /// The state there; none for the present.
    state: Option<State>,
    /// The events that wait to be recorded; none where the past is asked about.
    pending: Vec<Entry>,
}

impl Replica {
    /// The log up to a horizon; the present, with what is pending, where there is none.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn past(&mut self, horizon: Option<AsOf>) -> Result<ReplicaPast<'_>, ReplicaError> {
        let moment = horizon.map(Moment::from);
        let horizon = Horizon::of(self.confirmed(), moment);
        let (state, pending) = match moment {
            None => (None, self.pending_entries()),
            Some(_) => (Some(self.state_within(&horizon)?), Vec::new()),
        };
        Ok(ReplicaPast {
            replica: self,
            horizon,
            state,
            pending,
        })
    }
}

impl ReplicaPast<'_> {
    /// The state at the horizon; none for the present.
    #[must_use]
    pub fn into_state(self) -> Option<State> {
        self.state
    }
}

impl Past for ReplicaPast<'_> {
    type Error = ReplicaError;

    fn state(&self) -> &State {
        self.state.as_ref().unwrap_or_else(|| self.replica.state())
    }

    fn known_at(&mut self, moment: Moment) -> Result<State, ReplicaError> {
        let is_known = |entry: &Entry| match moment {
            Moment::At(moment) => entry.recorded <= moment,
            Moment::Position(position) => entry.seq <= position,
        };
        if !self.pending.is_empty() && self.pending.iter().all(is_known) {
            return Ok(self.state().clone());
        }
        self.replica.state_within(&self.horizon.earlier(moment))
    }

    fn about(&mut self, things: &BTreeSet<Uuid>) -> Result<Vec<Entry>, ReplicaError> {
        let found = self.replica.entries_about(things)?;
        let confirmed = (found.into_iter()).filter(|entry| self.horizon.lets_in(entry));
        let touches = |entry: &&Entry| entry.event.subjects().iter().any(|id| things.contains(id));
        let pending = self.pending.iter().filter(touches).cloned();
        Ok(confirmed.chain(pending).collect())
    }

    fn each(
        &mut self,
        from: u64,
        more: &mut dyn FnMut(&Entry) -> bool,
    ) -> Result<(), ReplicaError> {
        let with_pending = !self.pending.is_empty();
        for logged in self.replica.entries(from) {
            let logged = logged?;
            let is_seen = match logged.pending {
                true => with_pending,
                false => self.horizon.lets_in(&logged.entry),
            };
            if is_seen && !more(&logged.entry) {
                break;
            }
        }
        Ok(())
    }

    fn is_pending(&self, seq: u64) -> bool {
        seq > self.replica.confirmed().head
    }
}
