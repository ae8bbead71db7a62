//! What is kept beside a log: snapshots, and the postings of its entries.

use std::collections::BTreeSet;
use std::path::Path;

use quarterdeck_core::event::Event;
use quarterdeck_core::id::Uuid;
use quarterdeck_ledger::{Hash, Ledger};

use crate::folded::{Folded, read_entry};
use crate::pack::Health;
use crate::postings::Fresh;
use crate::snapshots::{Mark, Snapshots};
use crate::{ProjectionError, READ_BYTES, READ_ENTRIES};

/// Entries since the last snapshot that make a new one worth its writing: folding so many takes
/// some milliseconds.
const INTERVAL: u64 = 2_048;

/// What is kept beside a log.
#[derive(Debug)]
pub struct Kept {
    snapshots: Snapshots,
    fresh: Fresh,
    interval: u64,
}

impl Kept {
    /// What is kept in a folder. Without one, nothing is: every question is answered by the log.
    /// `health` says whether what was read later came out.
    #[must_use]
    pub fn open(dir: Option<&Path>, health: Health) -> Self {
        let snapshots = Snapshots::open(dir, health);
        let fresh = Fresh::after(snapshots.posted());
        Self {
            snapshots,
            fresh,
            interval: INTERVAL,
        }
    }

    /// The same with a snapshot every so many entries.
    #[must_use]
    pub fn every(self, interval: u64) -> Self {
        Self { interval, ..self }
    }

    /// The newest snapshot, to go on from. Whether it is of the log at hand shows in the end, by the
    /// log's root.
    pub fn newest(&mut self) -> Option<Folded> {
        self.snapshots.open_newest()
    }

    /// Whether another process has kept more in the same folder, or has begun anew.
    pub(crate) fn is_outdated(&self) -> bool {
        self.snapshots.is_outdated()
    }

    /// Forgets all of it, in memory and in the folder.
    pub fn clear(&mut self) {
        self.snapshots.clear();
    }

    /// What is fresh, behind what the runs cover: they may have been let go of.
    fn fresh(&mut self) -> &mut Fresh {
        let posted = self.snapshots.posted();
        if self.fresh.begins_after() != posted {
            self.fresh = Fresh::after(posted);
        }
        &mut self.fresh
    }

    /// Takes note of what the next entry of the log touches.
    pub fn post(&mut self, seq: u64, event: &Event) {
        let fresh = self.fresh();
        if seq == fresh.until().saturating_add(1) {
            fresh.push(seq, event);
        }
    }

    /// Whether a fold of so many entries is far enough from the last snapshot to be kept.
    #[must_use]
    pub fn is_due(&self, size: u64) -> bool {
        size >= self.snapshots.newest().saturating_add(self.interval)
    }

    /// The size that the log had at the newest snapshot; 0 where there is none.
    #[must_use]
    pub fn newest_at(&self) -> u64 {
        self.snapshots.newest()
    }

    /// How many entries behind the newest snapshot a fold of so many entries is.
    pub(crate) fn behind(&self, size: u64) -> u64 {
        size.saturating_sub(self.snapshots.newest())
    }

    /// Keeps a fold of the log.
    ///
    /// # Errors
    /// The log cannot be read. That something cannot be written is none: it costs time later.
    pub fn keep(&mut self, ledger: &dyn Ledger, folded: &Folded) -> Result<(), ProjectionError> {
        self.post_until(ledger, folded.size())?;
        self.snapshots.keep(folded, &mut self.fresh);
        Ok(())
    }

    /// The root of the tree of so many entries, where a snapshot says it.
    #[must_use]
    pub fn root_at(&self, size: u64) -> Option<Hash> {
        self.snapshots.root_at(size)
    }

    pub(crate) fn before(&mut self, fits: impl Fn(&Mark) -> bool) -> Option<Folded> {
        self.snapshots.before(fits)
    }

    /// The positions of the entries that touch any of these things, in the order of the log: see
    /// [`quarterdeck_core::event::Event::subjects`].
    ///
    /// # Errors
    /// The log cannot be read.
    pub fn about(
        &mut self,
        ledger: &dyn Ledger,
        things: &BTreeSet<Uuid>,
    ) -> Result<BTreeSet<u64>, ProjectionError> {
        let mut found = self.posted(things);
        if found.is_none() {
            // Not to be relied on: everything is looked up in the log.
            self.snapshots.give_up();
            found = Some(BTreeSet::new());
        }
        self.post_until(ledger, ledger.head().size)?;
        let mut found = found.unwrap_or_default();
        for thing in things {
            found.extend(self.fresh.of(thing.as_bytes()));
        }
        Ok(found)
    }

    /// What the runs say; none where they cannot be read.
    fn posted(&mut self, things: &BTreeSet<Uuid>) -> Option<BTreeSet<u64>> {
        let mut found = BTreeSet::new();
        for thing in things {
            found.extend(self.snapshots.postings(thing.as_bytes()).ok()?);
        }
        Some(found)
    }

    fn post_until(&mut self, ledger: &dyn Ledger, size: u64) -> Result<(), ProjectionError> {
        let fresh = self.fresh();
        while fresh.until() < size {
            let block = ledger.read(fresh.until() + 1, READ_ENTRIES, READ_BYTES)?;
            if block.is_empty() {
                break;
            }
            for entry in block.iter().take_while(|entry| entry.seq <= size) {
                let entry = read_entry(entry)?;
                fresh.push(entry.seq, &entry.event);
            }
        }
        Ok(())
    }
}
