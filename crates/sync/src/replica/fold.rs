//! Taking the lock, and bringing the fold up to what the folder holds.

use std::collections::HashSet;
use std::path::Path;
use std::thread;

use quarterdeck_core::id::WorkspaceId;
use quarterdeck_ledger::{Ledger, SledLedger};
use quarterdeck_projection::{Folded, Projection};

use super::{DERIVED, Held, LEDGER, LOCK, Options, Replica};
use crate::error::ReplicaError;
use crate::identity::Identity;
use crate::lock::Lock;
use crate::outbox::Outbox;
use crate::planner;
use crate::shelf::Shelf;

/// How much of the log is read at once.
pub(crate) const READ_ENTRIES: usize = 4096;
pub(crate) const READ_BYTES: usize = 4 << 20;

impl Replica {
    /// The folder with its lock held, the fold up to date with it.
    pub(crate) fn hold(&mut self) -> Result<&mut Held, ReplicaError> {
        self.hold_parts().map(|(_, held)| held)
    }

    /// The same, with the fold beside it.
    pub(super) fn hold_parts(&mut self) -> Result<(&mut Projection, &mut Held), ReplicaError> {
        let held = match self.held.take() {
            Some(held) => held,
            None => self.take_hold()?,
        };
        Ok((&mut self.projection, self.held.insert(held)))
    }

    fn take_hold(&mut self) -> Result<Held, ReplicaError> {
        let lock = Lock::take(&self.dir, LOCK, self.options.lock_wait)?;
        self.identity = Identity::load(&self.dir)?;
        super::swap::finish(&self.dir)?;
        let ledger = self.open_log()?;
        self.catch_up(&ledger)?;
        self.carry_out(&ledger)?;
        let outbox = Outbox::open(&self.dir)?;
        let pending: HashSet<_> = outbox
            .content()
            .commands
            .iter()
            .map(|command| command.id())
            .collect();
        let shelf = Shelf::open(&self.dir, &pending)?;
        let mut held = Held {
            ledger,
            outbox,
            shelf,
            _lock: lock,
        };
        self.settle(&mut held)?;
        self.look(&held);
        Ok(held)
    }

    /// Opens the log; where nothing is folded yet, the snapshot is read at the same time.
    fn open_log(&mut self) -> Result<SledLedger, ReplicaError> {
        let (derived, health) = (self.dir.join(DERIVED), self.health.clone());
        let is_new = self.projection.folded.size() == 0;
        let path = self.dir.join(LEDGER);
        let (workspace, options) = (self.identity.workspace, self.options);
        if !is_new {
            self.projection.reopen();
            return open_ledger(&path, workspace, options);
        }
        thread::scope(|scope| {
            // The snapshot is read here, where the command goes on with it: memory that another
            // thread asked for costs more to get.
            let ledger = scope.spawn(|| open_ledger(&path, workspace, options));
            self.projection = Projection::open(&derived, &health);
            (ledger.join()).unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    /// Folds what the log holds beyond the fold in memory, or beyond the snapshot.
    pub(super) fn catch_up(&mut self, ledger: &SledLedger) -> Result<(), ReplicaError> {
        if self.projection.catch_up(ledger)? {
            return Ok(());
        }
        Err(ReplicaError::Unverified {
            seq: ledger.head().size,
            what: "the entries do not add up to the root that was kept for them".to_owned(),
        })
    }

    /// Takes over a fold that is known to be that of the log, and keeps it.
    pub(crate) fn adopt(&mut self, folded: Folded) -> Result<(), ReplicaError> {
        let Some(mut held) = self.held.take() else {
            self.projection.folded = folded;
            return self.hold().map(|_| ());
        };
        self.projection.adopt(&held.ledger, folded)?;
        self.carry_out(&held.ledger)?;
        self.settle(&mut held)?;
        self.look(&held);
        self.held = Some(held);
        Ok(())
    }

    /// Forgets the fold: the log was exchanged.
    pub(crate) fn forget(&mut self) {
        self.held = None;
        self.projection = Projection::empty(&self.dir.join(DERIVED), &self.health);
    }

    /// Brings what is in memory in line with outbox and shelf.
    pub(crate) fn look(&mut self, held: &Held) {
        self.pending = held.outbox.content().clone();
        self.shelved = held.shelf.items().to_vec();
        self.visible = None;
        if !self.pending.commands.is_empty() {
            let mut state = self.projection.folded.state.clone();
            for command in &self.pending.commands {
                planner::apply(&mut state, command);
            }
            self.visible = Some(state);
        }
    }
}

/// Opens a log of this workspace.
pub(crate) fn open_ledger(
    path: &Path,
    workspace: WorkspaceId,
    options: Options,
) -> Result<SledLedger, ReplicaError> {
    let options = quarterdeck_ledger::Options {
        // Its own lock may linger for a moment in a process that was killed.
        wait: options.lock_wait,
        cache_bytes: options.cache_bytes,
        ..Default::default()
    };
    Ok(SledLedger::open(path, *workspace.as_bytes(), &options)?)
}
