//! The server's disk: logs that outlive a crash of the server, and what disks do.
//!
//! What an append was acknowledged for is kept; everything else of a server that is killed is gone. The
//! disk may be full, fail so that the log has to be opened anew (with the batch on it, or not), or end the
//! server at the very moment of an append: after it and before anybody hears of it, or instead of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use quarterdeck_ledger::{
    Appended, Entry, Frontier, Head, Ledger, LedgerError, MemoryLedger, NewEntry, Remains,
    WorkspaceId,
};
use tokio::sync::watch;

use crate::mix::SERVER;
use crate::sabotage::Sabotage;
use crate::stage::Stage;

/// What the next append meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mishap {
    DiesAfter,
    DiesInstead,
    FailsAfter,
    FailsInstead,
}

#[derive(Debug, Default)]
pub(crate) struct Disk(Mutex<Content>);

#[derive(Debug, Default)]
struct Content {
    logs: BTreeMap<WorkspaceId, Arc<MemoryLedger>>,
    full: bool,
    next: Option<Mishap>,
    /// Up to where a log was written that claims more.
    written: u64,
}

impl Disk {
    fn content(&self) -> MutexGuard<'_, Content> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_full(&self, full: bool) {
        self.content().full = full;
    }

    pub(crate) fn set_next(&self, mishap: Option<Mishap>) {
        self.content().next = mishap;
    }

    /// The one log that there is in a run.
    pub(crate) fn log(&self) -> Option<Arc<MemoryLedger>> {
        self.content().logs.values().next().cloned()
    }

    pub(crate) fn size(&self) -> u64 {
        self.log().map_or(0, |log| log.head().size)
    }
}

/// A log on the disk, open.
pub(crate) struct Log {
    stage: Arc<Stage>,
    path: PathBuf,
    inner: Arc<MemoryLedger>,
    failed: AtomicBool,
    /// One channel each: a watch channel wakes those who wait for it in an order that no seed decides.
    followers: Mutex<Vec<watch::Sender<u64>>>,
}

impl Log {
    pub(crate) fn open(
        stage: &Arc<Stage>,
        path: &Path,
        workspace: WorkspaceId,
    ) -> Result<Self, LedgerError> {
        let mut content = stage.disk.content();
        let kept = content.logs.get(&workspace).cloned();
        let kept = kept.unwrap_or_else(|| Arc::new(MemoryLedger::new(workspace)));
        let inner = match stage.broken() {
            Some(Sabotage::AcknowledgesUnwritten) => {
                without(&kept, |seq, _| seq > content.written)?
            }
            Some(Sabotage::LosesAnEntry) => {
                without(&kept, |seq, size| size > 20 && seq + 5 == size)?
            }
            _ => kept,
        };
        content.logs.insert(workspace, Arc::clone(&inner));
        content.written = inner.head().size;
        drop(content);
        stage.log_failed.store(false, Ordering::SeqCst);
        Ok(Self {
            stage: Arc::clone(stage),
            path: path.to_path_buf(),
            inner,
            failed: AtomicBool::new(false),
            followers: Mutex::default(),
        })
    }

    fn failed(&self) -> LedgerError {
        self.failed.store(true, Ordering::SeqCst);
        self.stage.log_failed.store(true, Ordering::SeqCst);
        LedgerError::Store {
            path: self.path.clone(),
            what: "the disk reported an error".to_owned(),
        }
    }

    /// Appends for real, and says so to whoever follows.
    fn write(&self, size: u64, mut batch: Vec<NewEntry>) -> Result<Appended, LedgerError> {
        if self.stage.broken() == Some(Sabotage::WritesTwice) {
            batch.extend(batch.last().cloned());
        }
        let appended = self.inner.append(size, batch)?;
        if let Appended::Recorded(head) = appended {
            self.stage.disk.content().written = size;
            self.stage.say(
                SERVER,
                &format!(
                    "wrote {} to {}, recorded at {}",
                    size + 1,
                    head.size,
                    head.recorded
                ),
            );
            let followers = self
                .followers
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            for follower in followers.iter() {
                follower.send_replace(head.size);
            }
        }
        Ok(appended)
    }

    /// The server is gone before it can say anything more.
    fn end_server(&self, how: &'static str) {
        self.stage.count(how);
        self.stage.say(SERVER, how);
        for client in self.stage.clients() {
            turmoil::partition(SERVER, client);
        }
        self.stage.server_dies.store(true, Ordering::SeqCst);
        self.failed.store(true, Ordering::SeqCst);
    }
}

impl Ledger for Log {
    fn workspace(&self) -> WorkspaceId {
        self.inner.workspace()
    }

    fn append(&self, size: u64, batch: Vec<NewEntry>) -> Result<Appended, LedgerError> {
        if self.failed.load(Ordering::SeqCst) {
            return Err(self.failed());
        }
        if batch.is_empty() {
            return self.inner.append(size, batch);
        }
        if self.stage.disk.content().full {
            self.stage.count("disk full: append refused");
            return Err(LedgerError::DiskFull {
                path: self.path.clone(),
                free: 0,
                needed: 1,
            });
        }
        let mishap = self.stage.disk.content().next.take();
        match mishap {
            None => self.write(size, batch),
            Some(Mishap::DiesAfter) => {
                let appended = self.write(size, batch)?;
                self.end_server("server killed after an append, before its answer");
                Ok(appended)
            }
            Some(Mishap::DiesInstead) => {
                self.end_server("server killed instead of an append");
                Err(self.failed())
            }
            Some(Mishap::FailsAfter) => {
                self.write(size, batch)?;
                self.stage.count("store error after the batch was written");
                Err(self.failed())
            }
            Some(Mishap::FailsInstead) => {
                self.stage.count("store error, nothing written");
                Err(self.failed())
            }
        }
    }

    fn read(&self, from: u64, entries: usize, bytes: usize) -> Result<Vec<Entry>, LedgerError> {
        self.inner.read(from, entries, bytes)
    }

    fn head(&self) -> Head {
        self.inner.head()
    }

    fn frontier(&self) -> Frontier {
        self.inner.frontier()
    }

    fn erase(&self, remains: Vec<Remains>, through: u64) -> Result<(), LedgerError> {
        if self.failed.load(Ordering::SeqCst) {
            return Err(self.failed());
        }
        self.inner.erase(remains, through)
    }

    fn erased_through(&self) -> u64 {
        self.inner.erased_through()
    }

    fn follow(&self) -> watch::Receiver<u64> {
        let (sender, receiver) = watch::channel(self.inner.head().size);
        let mut followers = self
            .followers
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        followers.retain(|follower| !follower.is_closed());
        followers.push(sender);
        receiver
    }
}

/// A copy of a log without the entries that are chosen by position and size.
fn without(
    log: &MemoryLedger,
    lost: impl Fn(u64, u64) -> bool,
) -> Result<Arc<MemoryLedger>, LedgerError> {
    let size = log.head().size;
    let left = log
        .read(1, usize::MAX, usize::MAX)?
        .into_iter()
        .filter(|entry| !lost(entry.seq, size))
        .map(NewEntry::copy_of);
    let copy = MemoryLedger::new(log.workspace());
    copy.append(0, left.collect())?;
    Ok(Arc::new(copy))
}
