//! One process at a time: a lock file beside the store, waited for as long as the caller allows.
//!
//! The store has a lock of its own, but it is taken only after the store has begun to look at its
//! files, and clearing up before it opens must be safe from a process that is at work there.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::io_error;
use crate::LedgerError;

const FIRST_PAUSE: Duration = Duration::from_millis(1);
const LONGEST_PAUSE: Duration = Duration::from_millis(25);

/// Held until dropped, or until the process ends in whatever way.
#[derive(Debug)]
pub(super) struct Lock {
    _held: File,
}

impl Lock {
    pub(super) fn take(dir: &Path, wait: Duration) -> Result<Self, LedgerError> {
        let path = dir.join("lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|source| io_error("open", &path, source))?;
        Self::hold(dir, &path, file, wait)
    }

    /// Takes the lock where there is a file for it; makes none, and needs no permission to write.
    pub(super) fn take_existing(dir: &Path, wait: Duration) -> Result<Option<Self>, LedgerError> {
        let path = dir.join("lock");
        match File::open(&path) {
            Ok(file) => Self::hold(dir, &path, file, wait).map(Some),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(io_error("open", &path, source)),
        }
    }

    fn hold(dir: &Path, path: &Path, file: File, wait: Duration) -> Result<Self, LedgerError> {
        retry(wait, || match file.try_lock() {
            Ok(()) => Ok(Some(())),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(io_error("lock", path, source)),
        })?
        .ok_or_else(|| LedgerError::Locked {
            path: dir.to_path_buf(),
            waited: wait,
        })?;
        Ok(Self { _held: file })
    }
}

/// Tries at growing intervals until there is an outcome or the time is over; at least once.
pub(super) fn retry<T>(
    wait: Duration,
    mut attempt: impl FnMut() -> Result<Option<T>, LedgerError>,
) -> Result<Option<T>, LedgerError> {
    let began = Instant::now();
    let mut pause = FIRST_PAUSE;
    loop {
        if let Some(outcome) = attempt()? {
            return Ok(Some(outcome));
        }
        let Some(left) = wait.checked_sub(began.elapsed()) else {
            return Ok(None);
        };
        thread::sleep(pause.min(left));
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}
