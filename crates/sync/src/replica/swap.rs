//! Exchanging the log for another one, so that a crash at any instant leaves one of the two in place.
//!
//! ```text
//! build ledger.next ──► ledger becomes the one set aside ──► ledger.next becomes ledger
//!        crash: thrown away              crash: the move is finished at the next opening
//! ```

use std::fs;
use std::path::Path;

use quarterdeck_ledger::{Ledger, NewEntry};

use super::fold::{READ_BYTES, READ_ENTRIES, open_ledger};
use super::{LEDGER, Replica};
use crate::error::ReplicaError;
use crate::files::{self, io_error};

pub(crate) const NEXT: &str = "ledger.next";

/// Finishes an exchange that a crash interrupted. Called with the folder's lock held.
pub(super) fn finish(dir: &Path) -> Result<(), ReplicaError> {
    if !dir.join(LEDGER).exists() && dir.join(NEXT).exists() {
        files::rename(&dir.join(NEXT), &dir.join(LEDGER))?;
    }
    Ok(())
}

impl Replica {
    /// Clears the place where the next log is built.
    pub(crate) fn clear_next(&self) -> Result<(), ReplicaError> {
        let next = self.dir.join(NEXT);
        match fs::remove_dir_all(&next) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(io_error("clear", &next)(error))
            }
            _ => Ok(()),
        }
    }

    /// Takes the log back to its first `size` entries; all of it moves to `aside`.
    pub(crate) fn take_back(&mut self, size: u64, aside: &Path) -> Result<(), ReplicaError> {
        self.clear_next()?;
        let next = open_ledger(&self.dir.join(NEXT), self.identity.workspace, self.options)?;
        let held = self.hold()?;
        while next.head().size < size {
            let at = next.head().size;
            let room = usize::try_from(size - at)
                .unwrap_or(READ_ENTRIES)
                .min(READ_ENTRIES);
            let block = held.ledger.read(at + 1, room, READ_BYTES)?;
            if block.is_empty() {
                break;
            }
            let batch = block.into_iter().map(NewEntry::copy_of);
            next.append(at, batch.collect())?;
        }
        drop(next);
        self.swap_ledger(aside)
    }

    /// Puts the log built at [`NEXT`] in the place of the present one, which moves to `aside`.
    pub(crate) fn swap_ledger(&mut self, aside: &Path) -> Result<(), ReplicaError> {
        // Both logs have to be closed before they move; the lock is taken anew at once.
        self.forget();
        let lock = crate::lock::Lock::take(&self.dir, super::LOCK, self.options.lock_wait)?;
        files::rename(&self.dir.join(LEDGER), aside)?;
        files::rename(&self.dir.join(NEXT), &self.dir.join(LEDGER))?;
        drop(lock);
        self.hold().map(|_| ())
    }
}
