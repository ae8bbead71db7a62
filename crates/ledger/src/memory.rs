//! A log in memory: for tests, simulations and demonstrations. It keeps every promise of [`Ledger`] but
//! the power cut.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::ledger::{check_batch, check_remains};
use crate::{Appended, Entry, Frontier, Head, Ledger, LedgerError, NewEntry, Remains, WorkspaceId};

/// A [`Ledger`] that ends with the process.
#[derive(Debug)]
pub struct MemoryLedger {
    workspace: WorkspaceId,
    log: Mutex<Log>,
    size: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Log {
    entries: Vec<Entry>,
    frontier: Frontier,
    erased_through: u64,
}

impl Log {
    fn head(&self) -> Head {
        Head {
            size: self.frontier.size(),
            root: self.frontier.root(),
            recorded: self.entries.last().map_or(0, |entry| entry.recorded),
        }
    }
}

impl MemoryLedger {
    pub fn new(workspace: WorkspaceId) -> Self {
        Self {
            workspace,
            log: Mutex::default(),
            size: watch::Sender::new(0),
        }
    }

    /// The log, also after a thread panicked while holding it: no step of an append can.
    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ledger for MemoryLedger {
    fn workspace(&self) -> WorkspaceId {
        self.workspace
    }

    fn append(&self, expected_size: u64, batch: Vec<NewEntry>) -> Result<Appended, LedgerError> {
        let mut log = self.log();
        let head = log.head();
        if head.size != expected_size {
            return Ok(Appended::HeadMoved(head));
        }
        check_batch(head.recorded, &batch)?;
        for new in batch {
            let entry = new.at(log.frontier.size() + 1);
            log.frontier.push(entry.leaf_hash(self.workspace));
            log.entries.push(entry);
        }
        let head = log.head();
        // Told under the lock, so that followers never see the size go back.
        self.size
            .send_if_modified(|size| std::mem::replace(size, head.size) != head.size);
        Ok(Appended::Recorded(head))
    }

    fn read(
        &self,
        from_seq: u64,
        max_entries: usize,
        max_bytes: usize,
    ) -> Result<Vec<Entry>, LedgerError> {
        let log = self.log();
        let skipped = usize::try_from(from_seq.saturating_sub(1)).unwrap_or(usize::MAX);
        let mut bytes = 0;
        Ok(log
            .entries
            .iter()
            .skip(skipped)
            .take(max_entries)
            .take_while(|entry| {
                let room = bytes == 0 || bytes < max_bytes;
                bytes += entry.event.size();
                room
            })
            .cloned()
            .collect())
    }

    fn head(&self) -> Head {
        self.log().head()
    }

    fn frontier(&self) -> Frontier {
        self.log().frontier.clone()
    }

    fn erase(&self, remains: Vec<Remains>, through: u64) -> Result<(), LedgerError> {
        let mut log = self.log();
        let remains = check_remains(log.frontier.size(), remains)?;
        for entry in &mut log.entries {
            if let Some(body) = remains.get(&entry.seq) {
                entry.event = entry.event.erased(body.clone());
            }
        }
        log.erased_through = log.erased_through.max(through);
        Ok(())
    }

    fn erased_through(&self) -> u64 {
        self.log().erased_through
    }

    fn follow(&self) -> watch::Receiver<u64> {
        self.size.subscribe()
    }
}
