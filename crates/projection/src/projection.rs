//! The fold of a log that is followed, with what is kept beside it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use quarterdeck_core::event::Entry;
use quarterdeck_core::id::Uuid;
use quarterdeck_core::state::State;
use quarterdeck_ledger::Ledger;

use crate::folded::Folded;
use crate::horizon::Horizon;
use crate::kept::Kept;
use crate::pack::Health;
use crate::past::read_each;
use crate::{ProjectionError, READ_BYTES, READ_ENTRIES};

/// A log's fold, and what is kept beside it.
#[derive(Debug)]
pub struct Projection {
    /// The fold, as far as it goes.
    pub folded: Folded,
    kept: Kept,
    dir: PathBuf,
    health: Health,
}

impl Projection {
    /// What is kept in a folder: the newest snapshot, if there is one.
    #[must_use]
    pub fn open(dir: &Path, health: &Health) -> Self {
        Self::of(dir, health, Kept::open(Some(dir), health.clone()))
    }

    /// The same, with what is kept as it is given.
    #[must_use]
    pub fn of(dir: &Path, health: &Health, mut kept: Kept) -> Self {
        let newest = kept.newest();
        Self {
            folded: newest.unwrap_or_default(),
            kept,
            dir: dir.to_path_buf(),
            health: health.clone(),
        }
    }

    /// Nothing, of a folder that is not looked into.
    #[must_use]
    pub fn empty(dir: &Path, health: &Health) -> Self {
        Self {
            folded: Folded::default(),
            kept: Kept::open(None, health.clone()),
            dir: dir.to_path_buf(),
            health: health.clone(),
        }
    }

    /// Throws away what is kept, so that it is made again.
    pub fn clear(&mut self) {
        self.kept.clear();
        self.folded = Folded::default();
    }

    /// Forgets the fold and removes all that is kept beside the log: either may quote what was erased.
    ///
    /// # Errors
    /// A file cannot be removed.
    pub fn forget(&mut self) -> std::io::Result<()> {
        self.clear();
        crate::erasures::forget(&self.dir)?;
        *self = Self::open(&self.dir, &self.health);
        Ok(())
    }

    /// Looks whether another process has kept more meanwhile, and takes that over.
    pub fn reopen(&mut self) {
        if self.kept.is_outdated() {
            *self = Self::open(&self.dir, &self.health);
        }
    }

    /// Folds what the log holds beyond the fold. `false` where its root does not come out even from
    /// its first entry on.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn catch_up(&mut self, ledger: &dyn Ledger) -> Result<bool, ProjectionError> {
        let head = ledger.head();
        if self.folded.size() > head.size {
            self.clear();
        }
        let started = self.folded.size();
        self.fold_rest(ledger)?;
        if self.folded.frontier.root() != head.root && started > 0 {
            // What was kept, or in memory, is of another log: fold this one from its beginning.
            self.clear();
            self.fold_rest(ledger)?;
        }
        Ok(self.folded.frontier.root() == head.root)
    }

    fn fold_rest(&mut self, ledger: &dyn Ledger) -> Result<(), ProjectionError> {
        let workspace = ledger.workspace();
        loop {
            let block = ledger.read(self.folded.size() + 1, READ_ENTRIES, READ_BYTES)?;
            if block.is_empty() {
                return Ok(());
            }
            for entry in &block {
                let entry = self.folded.take(workspace, entry)?;
                self.kept.post(entry.seq, &entry.event);
                if self.kept.is_due(entry.seq) {
                    self.kept.keep(ledger, &self.folded)?;
                }
            }
        }
    }

    /// Takes over a fold of the same log that is known to be right.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn adopt(&mut self, ledger: &dyn Ledger, folded: Folded) -> Result<(), ProjectionError> {
        // Snapshots along the way are worth a second fold.
        if self.kept.behind(folded.size()) > 2 * READ_ENTRIES as u64
            && folded.size() > self.folded.size()
        {
            self.fold_rest(ledger)?;
            if self.folded.frontier == folded.frontier {
                return Ok(());
            }
            self.clear();
        }
        self.folded = folded;
        self.keep_if_due(ledger)
    }

    /// Takes in entries that were just recorded in the log.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn recorded(
        &mut self,
        ledger: &dyn Ledger,
        entries: &[Entry],
    ) -> Result<(), ProjectionError> {
        self.folded.frontier = ledger.frontier();
        for entry in entries {
            self.folded.clock = (self.folded.clock).observe(entry.event.authored);
            self.folded.state.apply(entry);
            self.kept.post(entry.seq, &entry.event);
        }
        self.keep_if_due(ledger)
    }

    fn keep_if_due(&mut self, ledger: &dyn Ledger) -> Result<(), ProjectionError> {
        if self.kept.is_due(self.folded.size()) {
            self.kept.keep(ledger, &self.folded)?;
        }
        Ok(())
    }

    /// The state as far as a horizon lets one see.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn state_within(
        &mut self,
        ledger: &dyn Ledger,
        horizon: &Horizon,
    ) -> Result<State, ProjectionError> {
        self.kept.state_within(ledger, &self.folded.state, horizon)
    }

    /// The entries that touch any of these things, in the order of the log.
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn about(
        &mut self,
        ledger: &dyn Ledger,
        things: &BTreeSet<Uuid>,
    ) -> Result<Vec<Entry>, ProjectionError> {
        let seqs = self.kept.about(ledger, things)?;
        let mut found = Vec::with_capacity(seqs.len());
        read_each(ledger, &seqs, &mut |entry| found.push(entry))?;
        Ok(found)
    }
}
