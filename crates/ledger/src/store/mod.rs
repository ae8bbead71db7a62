//! The ledger on disk: entries in frames in sled, and a high-water mark beside it.
//!
//! ```text
//! append ──► frames that filled up ──► tail record ──► flush + fdatasync ──► mark ──► acknowledged
//!            (not yet visible)         (the commit)    (durable)            (told apart)
//! ```
//!
//! One committer, behind a mutex, is the only writer; readers see what was last published and never wait
//! for a disk. What opening promises: a store that holds less than was acknowledged, or anything else
//! than was acknowledged at its end, does not open, and nothing in it is changed. What is sound in it is
//! still read, by [`salvage`].
//!
//! A folder holds `lock`, `mark`, `store/` (sled's), `erased` and whatever [`crate::Derived`] keeps there.

mod commit;
mod disk;
mod erase;
mod frames;
mod guard;
mod lock;
mod mark;
mod open;
mod salvage;
mod tail;
#[cfg(test)]
mod tests;

use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use tokio::sync::watch;

use self::commit::{Committer, TailChange};
use self::disk::Disk;
use self::frames::Reader;
use self::lock::Lock;
pub use self::salvage::{Loss, Salvaged, salvage};
use crate::ledger::check_batch;
use crate::{Appended, Entry, Frontier, Head, Ledger, LedgerError, NewEntry, Remains, WorkspaceId};

/// How to open a [`SledLedger`].
#[derive(Clone, Debug)]
pub struct Options {
    /// How long to wait for another process that has the log open. None by default.
    pub wait: Duration,
    /// Whether to make a log where there is none. Yes by default.
    pub create: bool,
    /// Whether to accept a log whose high-water mark is missing, and write the mark anew after reading
    /// every entry. No by default: without its mark a log cannot show that nothing was lost.
    pub rebuild_mark: bool,
    /// Memory for sled's cache, in bytes. 64 MiB by default.
    pub cache_bytes: u64,
    /// Free disk space, in bytes, below which nothing is recorded. 8 MiB by default: running sled
    /// against a full disk leaves it in doubt, so it is not let come to that.
    pub reserve_bytes: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            wait: Duration::ZERO,
            create: true,
            rebuild_mark: false,
            cache_bytes: 64 << 20,
            reserve_bytes: 8 << 20,
        }
    }
}

/// The [`Ledger`] on disk, in a folder of its own. One process at a time has it open.
pub struct SledLedger {
    // Fields drop in this order: the committer syncs the mark, the store closes, the lock goes last.
    committer: Mutex<Committer>,
    /// Exchanged as a whole when something is erased: whoever reads holds it, then looks at `published`.
    disk: RwLock<Disk>,
    published: RwLock<Published>,
    size: watch::Sender<u64>,
    workspace: WorkspaceId,
    dir: PathBuf,
    cache_bytes: u64,
    reserve_bytes: u64,
    found: frames::Found,
    /// What the file `erased` says.
    erased: AtomicU64,
    _lock: Lock,
}

/// What readers see: the log after the last durable append.
#[derive(Debug)]
struct Published {
    head: Head,
    frontier: Frontier,
    /// How many entries stand in frames, and how many values those take.
    framed: u64,
    values: u64,
    /// The entries after those.
    tail: Vec<Entry>,
}

impl SledLedger {
    /// Reads every entry, checks it against its hash and the whole against the root, and tells how far
    /// it has come (entries checked, entries in all). The log can be used meanwhile; what is appended
    /// after the call is not looked at.
    ///
    /// # Errors
    /// [`LedgerError::Damaged`] with the first entry that is not what was written, or
    /// [`LedgerError::RootDiffers`] when entries were replaced by others that are sound in themselves.
    pub fn verify_all(&self, progress: &mut dyn FnMut(u64, u64)) -> Result<Head, LedgerError> {
        const ENTRIES: usize = 4096;
        let head = self.head();
        let mut frontier = Frontier::default();
        let mut recorded = 0;
        while frontier.size() < head.size {
            let left = usize::try_from(head.size - frontier.size()).unwrap_or(usize::MAX);
            for entry in self.read(frontier.size() + 1, left.min(ENTRIES), usize::MAX)? {
                if entry.recorded < recorded {
                    let what = "it is recorded before the entry ahead of it".to_owned();
                    return Err(LedgerError::Damaged {
                        path: self.dir.clone(),
                        seq: entry.seq,
                        what,
                    });
                }
                recorded = entry.recorded;
                frontier.push(entry.leaf_hash(self.workspace));
            }
            progress(frontier.size(), head.size);
        }
        if frontier.root() != head.root {
            return Err(LedgerError::RootDiffers {
                path: self.dir.clone(),
                seq: head.size,
            });
        }
        Ok(head)
    }

    /// The folder of this log.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    fn disk(&self) -> RwLockReadGuard<'_, Disk> {
        self.disk.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn published(&self) -> RwLockReadGuard<'_, Published> {
        self.published
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Refuses while the disk has too little room for the batch and what sled writes besides.
    fn check_space(&self, batch: &[NewEntry]) -> Result<(), LedgerError> {
        // sled rewrites whole pages of frames as it goes: four times the bytes is more than measured.
        let bytes: u64 = batch
            .iter()
            .map(|entry| 4 * entry.event.size() as u64)
            .sum();
        let needed = bytes.saturating_add(self.reserve_bytes);
        let free = crate::free_space(&self.dir)?;
        if free < needed {
            Err(LedgerError::DiskFull {
                path: self.dir.clone(),
                free,
                needed,
            })
        } else {
            Ok(())
        }
    }
}

impl Ledger for SledLedger {
    fn workspace(&self) -> WorkspaceId {
        self.workspace
    }

    fn append(&self, expected_size: u64, batch: Vec<NewEntry>) -> Result<Appended, LedgerError> {
        let mut committer = self
            .committer
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        committer.check_sound()?;
        let head = self.head();
        if head.size != expected_size {
            return Ok(Appended::HeadMoved(head));
        }
        check_batch(head.recorded, &batch)?;
        if batch.is_empty() {
            return Ok(Appended::Recorded(head));
        }
        self.check_space(&batch)?;
        let (head, change) =
            committer.record(&self.disk(), batch, || self.published().tail.clone())?;
        let mut published = self
            .published
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        published.head = head;
        published.frontier.clone_from(&committer.log.frontier);
        published.framed = committer.log.framed.size();
        published.values = committer.log.values;
        match change {
            TailChange::Extend(entries) => published.tail.extend(entries),
            TailChange::Replace(entries) => published.tail = entries,
        }
        drop(published);
        // Told while the committer is held, so that followers never see the size go back.
        self.size.send_replace(head.size);
        Ok(Appended::Recorded(head))
    }

    fn read(
        &self,
        from_seq: u64,
        max_entries: usize,
        max_bytes: usize,
    ) -> Result<Vec<Entry>, LedgerError> {
        let mut limits = Limits {
            entries: max_entries,
            bytes: max_bytes,
        };
        let from = from_seq.max(1);
        let disk = self.disk();
        let published = self.published();
        let (framed, values) = (published.framed, published.values);
        // Taken together with the end of the frames: what is in neither later is in both.
        let tail: Vec<Entry> = published
            .tail
            .iter()
            .skip_while(|entry| entry.seq < from)
            .take(max_entries)
            .cloned()
            .collect();
        drop(published);
        let mut out = Vec::new();
        if from <= framed {
            out = Reader {
                disk: &disk,
                path: &self.dir,
                values,
                framed,
                last: &self.found,
            }
            .read(from, &mut limits)?;
        }
        out.extend(tail.into_iter().take_while(|entry| limits.take(entry)));
        Ok(out)
    }

    fn head(&self) -> Head {
        self.published().head
    }

    fn frontier(&self) -> Frontier {
        self.published().frontier.clone()
    }

    fn erase(&self, remains: Vec<Remains>, through: u64) -> Result<(), LedgerError> {
        self.erase_all(remains, through)
    }

    fn erased_through(&self) -> u64 {
        self.erased.load(Ordering::Acquire)
    }

    fn follow(&self) -> watch::Receiver<u64> {
        self.size.subscribe()
    }
}

impl fmt::Debug for SledLedger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SledLedger")
            .field("dir", &self.dir)
            .field("head", &self.head())
            .finish_non_exhaustive()
    }
}

/// How much a read may still hand out.
struct Limits {
    entries: usize,
    bytes: usize,
}

impl Limits {
    fn is_used_up(&self) -> bool {
        self.entries == 0 || self.bytes == 0
    }

    /// Takes an entry's share; `false` when there is no more to take. The entry that crosses the limit
    /// of bytes is still handed out, so that a read always gets on.
    fn take(&mut self, entry: &Entry) -> bool {
        if self.is_used_up() {
            return false;
        }
        self.entries -= 1;
        self.bytes = self.bytes.saturating_sub(entry.event.size());
        true
    }
}

fn io_error(doing: &'static str, path: &Path, source: io::Error) -> LedgerError {
    LedgerError::Io {
        doing,
        path: path.to_path_buf(),
        source,
    }
}

/// Makes the names in a folder durable: a file that was synced can still lose its name in a power cut.
fn sync_dir(dir: &Path) -> Result<(), LedgerError> {
    if cfg!(unix) {
        File::open(dir)
            .and_then(|dir| dir.sync_all())
            .map_err(|source| io_error("flush", dir, source))?;
    }
    Ok(())
}
