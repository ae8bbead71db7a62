//! Erasing bodies: the store is built anew without them, and takes the old one's place.
//!
//! sled keeps what was written before in its file for as long as it pleases. So nothing is overwritten
//! there: a whole store is built beside, and the old one's files are removed. Size, root and every hash
//! are the same in both, so a crash at any instant leaves one of the two, and nothing that was
//! acknowledged depends on which:
//!
//! ```text
//! rebuilt/ is filled ──► mark forgets where ──► store becomes ──► rebuilt/store ──► store.old and
//! and flushed            frames begin           store.old         becomes store     rebuilt/ go
//!    crash: thrown away                            crash: the move is finished at the next opening
//! ```
//!
//! The file `erased` says up to which entry the erasures that the log speaks of have been carried out. It
//! is written last: lost or behind, it costs looking at them once more.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use bytes::Bytes;

use super::commit::{Committer, Log};
use super::disk::Disk;
use super::mark::Mark;
use super::{Options, Published, SledLedger, io_error, sync_dir};
use crate::ledger::check_remains;
use crate::{Appended, Frontier, Ledger, LedgerError, NewEntry, Remains};

const REBUILT: &str = "rebuilt";
const OLD: &str = "store.old";
const STORE: &str = "store";
const ERASED: &str = "erased";

/// How much is copied at a time.
const AT_ONCE: usize = 4096;
const BYTES: usize = 4 << 20;

/// A store beside the one in use, closed and flushed.
pub(super) struct Rebuilt {
    log: Log,
    published: Published,
}

/// Finishes or forgets what a crash interrupted. Called with the ledger's lock held, before anything is
/// looked at.
pub(super) fn finish(dir: &Path) -> Result<(), LedgerError> {
    let (store, rebuilt) = (dir.join(STORE), dir.join(REBUILT).join(STORE));
    if !store.exists() && rebuilt.exists() {
        rename(&rebuilt, &store)?;
        sync_dir(dir)?;
    }
    clear(dir)
}

/// What the file `erased` says; 0 where it says nothing.
pub(super) fn through(dir: &Path) -> u64 {
    fs::read_to_string(dir.join(ERASED))
        .ok()
        .and_then(|text| text.trim_end().parse().ok())
        .unwrap_or(0)
}

impl SledLedger {
    pub(super) fn erase_all(&self, remains: Vec<Remains>, through: u64) -> Result<(), LedgerError> {
        let mut committer = self
            .committer
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        committer.check_sound()?;
        let remains = check_remains(self.head().size, remains)?;
        if !remains.is_empty() {
            let rebuilt = self.rebuild(&remains)?;
            self.exchange(&mut committer, rebuilt)
                .inspect_err(|error| {
                    committer.broken = Some(format!("{error} (while texts were erased)"));
                })?;
        }
        let through = through.max(self.erased_through());
        write_through(&self.dir, through)?;
        self.erased.store(through, Ordering::Release);
        Ok(())
    }

    /// Builds the store without those bodies beside the present one.
    pub(super) fn rebuild(&self, remains: &BTreeMap<u64, Bytes>) -> Result<Rebuilt, LedgerError> {
        let dir = self.dir.join(REBUILT);
        clear(&self.dir)?;
        self.check_room()?;
        let options = Options {
            cache_bytes: self.cache_bytes,
            reserve_bytes: self.reserve_bytes,
            ..Options::default()
        };
        let rebuilt = Self::open(&dir, self.workspace, &options)?;
        let head = self.head();
        let mut at = 0;
        while at < head.size {
            let block = self.read(at + 1, AT_ONCE, BYTES)?;
            let batch: Vec<NewEntry> = block
                .into_iter()
                .map(|mut entry| {
                    if let Some(body) = remains.get(&entry.seq) {
                        entry.event = entry.event.erased(body.clone());
                    }
                    NewEntry::copy_of(entry)
                })
                .collect();
            match rebuilt.append(at, batch)? {
                Appended::Recorded(head) if head.size > at => at = head.size,
                Appended::Recorded(_) | Appended::HeadMoved(_) => break,
            }
        }
        if rebuilt.head() != head {
            return Err(LedgerError::RootDiffers {
                path: self.dir.clone(),
                seq: head.size,
            });
        }
        let Self {
            committer,
            disk,
            published,
            ..
        } = rebuilt;
        let committer = committer
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        drop(disk);
        drop(Disk::wait_until_closed(&dir.join(STORE))?);
        Ok(Rebuilt {
            log: committer.log,
            published: published
                .into_inner()
                .unwrap_or_else(PoisonError::into_inner),
        })
    }

    /// Puts the rebuilt store in the place of the present one. Readers wait meanwhile.
    fn exchange(&self, committer: &mut Committer, rebuilt: Rebuilt) -> Result<(), LedgerError> {
        let store = self.dir.join(STORE);
        // A mark that names no place within the frames is true of both stores.
        let head = rebuilt.published.head;
        let mark = Mark {
            size: head.size,
            root: head.root,
            base: Frontier::default(),
        };
        committer
            .mark
            .write(&mark)
            .and_then(|()| committer.mark.sync())
            .map_err(|source| io_error("write the high-water mark in", &self.dir, source))?;
        let mut disk = self.disk.write().unwrap_or_else(PoisonError::into_inner);
        disk.close();
        drop(Disk::wait_until_closed(&store)?);
        move_aside(&self.dir)?;
        move_in(&self.dir)?;
        *disk = Disk::open(&store, self.cache_bytes)?;
        *self.found.lock().unwrap_or_else(PoisonError::into_inner) = None;
        *self
            .published
            .write()
            .unwrap_or_else(PoisonError::into_inner) = rebuilt.published;
        drop(disk);
        committer.log = rebuilt.log;
        committer.write_mark(&head)?;
        clear(&self.dir)
    }

    /// Refuses while there is no room for a second store.
    fn check_room(&self) -> Result<(), LedgerError> {
        let mut needed = self.reserve_bytes;
        let store = self.dir.join(STORE);
        let failed = |source| io_error("list", &store, source);
        for file in fs::read_dir(&store).map_err(failed)? {
            needed =
                needed.saturating_add(file.and_then(|file| file.metadata()).map_err(failed)?.len());
        }
        let free = fs2::available_space(&self.dir)
            .map_err(|source| io_error("ask for free space at", &self.dir, source))?;
        if free < needed {
            return Err(LedgerError::DiskFull {
                path: self.dir.clone(),
                free,
                needed,
            });
        }
        Ok(())
    }
}

pub(super) fn move_aside(dir: &Path) -> Result<(), LedgerError> {
    rename(&dir.join(STORE), &dir.join(OLD))?;
    sync_dir(dir)
}

pub(super) fn move_in(dir: &Path) -> Result<(), LedgerError> {
    rename(&dir.join(REBUILT).join(STORE), &dir.join(STORE))?;
    sync_dir(dir)
}

fn rename(from: &Path, to: &Path) -> Result<(), LedgerError> {
    fs::rename(from, to).map_err(|source| io_error("move into place", from, source))
}

/// Removes what is not the store in use.
fn clear(dir: &Path) -> Result<(), LedgerError> {
    let mut removed = false;
    for name in [OLD, REBUILT] {
        let path = dir.join(name);
        match fs::remove_dir_all(&path) {
            Ok(()) => removed = true,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => return Err(io_error("remove", &path, source)),
        }
    }
    if removed { sync_dir(dir) } else { Ok(()) }
}

fn write_through(dir: &Path, through: u64) -> Result<(), LedgerError> {
    let (path, aside) = (dir.join(ERASED), dir.join("erased.new"));
    let failed = |source| io_error("write", &path, source);
    let mut file = fs::File::create(&aside).map_err(failed)?;
    file.write_all(format!("{through}\n").as_bytes())
        .and_then(|()| file.sync_all())
        .map_err(failed)?;
    rename(&aside, &path)?;
    sync_dir(dir)
}
