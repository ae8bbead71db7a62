//! A workspace's log as questions about the past see it: [`Past`].

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};

use quarterdeck_core::event::Entry;
use quarterdeck_core::id::Uuid;
use quarterdeck_core::past::Past;
use quarterdeck_core::state::State;
use quarterdeck_core::when::Moment;
use quarterdeck_ledger::Ledger;
use quarterdeck_projection::{Health, Horizon, Kept, ProjectionError, read_each};

use super::Workspace;
use super::projection::{READ_BYTES, READ_ENTRIES, read_entry, unreadable};
use crate::error::ServerError;

/// What was known at a moment, and before it. Its methods block.
#[derive(Debug)]
pub(crate) struct WorkspacePast {
    workspace: Arc<Workspace>,
    /// The fold of the whole log when the question was asked: what is recorded meanwhile is not
    /// part of it.
    present: Arc<State>,
    horizon: Horizon,
    state: Arc<State>,
}

impl Workspace {
    /// The log up to a horizon; the present where there is none. Blocks.
    pub(crate) fn past(
        self: &Arc<Self>,
        moment: Option<Moment>,
    ) -> Result<WorkspacePast, ServerError> {
        let present = self.state();
        let horizon = Horizon::of(&present, moment);
        let state = match moment {
            None => Arc::clone(&present),
            Some(_) => Arc::new(self.state_within(&present, &horizon)?),
        };
        Ok(WorkspacePast {
            workspace: Arc::clone(self),
            present,
            horizon,
            state,
        })
    }

    /// The state at a moment. Blocks.
    pub(crate) fn state_at(&self, moment: Moment) -> Result<State, ServerError> {
        let present = self.state();
        self.state_within(&present, &Horizon::of(&present, Some(moment)))
    }

    fn state_within(&self, present: &State, horizon: &Horizon) -> Result<State, ServerError> {
        self.with_kept(|kept| {
            let state = kept.state_within(&*self.ledger, present, horizon)?;
            // Here and now, while what is wrong can still be told from what is right.
            state.load_check_ins();
            Ok(state)
        })
    }

    /// Asks what is kept beside the log; once more, of the log itself, where that turns out to be
    /// damaged.
    fn with_kept<R>(
        &self,
        ask: impl Fn(&mut Kept) -> Result<R, ProjectionError>,
    ) -> Result<R, ServerError> {
        let mut held = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let (kept, health) = &mut *held;
        let answer = ask(kept);
        let answer = match health.broken().map(str::to_owned) {
            None => answer,
            Some(what) => {
                let workspace = self.id();
                tracing::warn!(%workspace, what, "kept snapshots were damaged, and are made again");
                *health = Health::default();
                *kept = Kept::open(self.derived.as_deref(), health.clone());
                ask(kept)
            }
        };
        answer.map_err(|error| unreadable(&*self.ledger, error))
    }
}

impl Past for WorkspacePast {
    type Error = ServerError;

    fn state(&self) -> &State {
        &self.state
    }

    fn known_at(&mut self, moment: Moment) -> Result<State, ServerError> {
        let horizon = self.horizon.earlier(moment);
        self.workspace.state_within(&self.present, &horizon)
    }

    fn about(&mut self, things: &BTreeSet<Uuid>) -> Result<Vec<Entry>, ServerError> {
        let ledger = &*self.workspace.ledger;
        self.workspace.with_kept(|kept| {
            let mut found = Vec::new();
            let seqs = kept.about(ledger, things)?;
            read_each(ledger, &seqs, &mut |entry| found.push(entry))?;
            found.retain(|entry| self.horizon.lets_in(entry));
            Ok(found)
        })
    }

    fn each(&mut self, from: u64, more: &mut dyn FnMut(&Entry) -> bool) -> Result<(), ServerError> {
        each(&*self.workspace.ledger, from, |entry| {
            entry.seq <= self.horizon.until() && (!self.horizon.lets_in(&entry) || more(&entry))
        })
    }

    fn is_pending(&self, _: u64) -> bool {
        false
    }
}

/// Reads entries in order for as long as `more` says so.
pub(super) fn each(
    ledger: &dyn Ledger,
    from: u64,
    mut more: impl FnMut(Entry) -> bool,
) -> Result<(), ServerError> {
    let mut next = from.max(1);
    loop {
        let entries = ledger.read(next, READ_ENTRIES, READ_BYTES)?;
        if entries.is_empty() {
            return Ok(());
        }
        for entry in entries {
            next = entry.seq.saturating_add(1);
            if !more(read_entry(ledger, &entry)?) {
                return Ok(());
            }
        }
    }
}
