//! sled, made durable and kept from taking the process down.
//!
//! - [`Disk::persist`] returns only when all that was inserted is on the disk. sled's own `flush` leaves
//!   out the disk's cache and the file's length, so an `fdatasync` of sled's file follows it:
//!   `docs/decisions/0010-no-unsafe-code.md`.
//! - sled panics on some damage; every call is caught and becomes an error that says where.
//! - A snapshot file left half written by a killed process keeps sled from opening. It is sled's own
//!   derived data and is removed first.
//! - After a failed write sled's state is unknown. Whoever holds the disk stops writing then.

use std::any::Any;
use std::fs::{self, File, TryLockError};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sled::{Db, IVec, Tree};

use super::io_error;
use super::lock::retry;
use crate::LedgerError;

/// How long a store that this very process has just dropped may take to let go of its file.
const LINGER: Duration = Duration::from_secs(5);

/// An open sled database with the two trees of a ledger.
pub(super) struct Disk {
    /// Only `None` while being dropped.
    trees: Option<Trees>,
    file: File,
    path: PathBuf,
}

struct Trees {
    db: Db,
    frames: Tree,
    tail: Tree,
}

impl Disk {
    /// Whether there is a store at `path` at all.
    pub(super) fn exists(path: &Path) -> bool {
        path.join("db").exists()
    }

    /// Opens the store, or makes an empty one. The caller holds the ledger's lock.
    pub(super) fn open(path: &Path, cache_bytes: u64) -> Result<Self, LedgerError> {
        remove_unfinished_snapshots(path)?;
        let open = || {
            let db = sled::Config::new()
                .path(path)
                .cache_capacity(cache_bytes)
                // Every append flushes for itself, and nothing is acknowledged that did not.
                .flush_every_ms(None)
                .open()?;
            let (frames, tail) = ((*db).clone(), db.open_tree("tail")?);
            Ok(Trees { db, frames, tail })
        };
        let unopenable = |what| LedgerError::Unopenable {
            path: path.to_path_buf(),
            what,
        };
        let trees = retry(LINGER, || match caught(open) {
            Ok(trees) => Ok(Some(trees)),
            Err(Failure::Sled(sled::Error::Io(error)))
                if error.to_string().contains("could not acquire lock") =>
            {
                Ok(None)
            }
            Err(failure) => Err(unopenable(failure.to_string())),
        })?
        .ok_or_else(|| LedgerError::Locked {
            path: path.to_path_buf(),
            waited: LINGER,
        })?;
        let db = path.join("db");
        let file = File::open(&db).map_err(|source| io_error("open", &db, source))?;
        Ok(Self {
            trees: Some(trees),
            file,
            path: path.to_path_buf(),
        })
    }

    /// Waits until sled has let go of the file of a store that was just closed; holds it then.
    pub(super) fn wait_until_closed(path: &Path) -> Result<File, LedgerError> {
        let db = path.join("db");
        let file = File::open(&db).map_err(|source| io_error("open", &db, source))?;
        let let_go = retry(LINGER, || match file.try_lock() {
            Ok(()) => Ok(Some(())),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(io_error("lock", &db, source)),
        })?;
        let_go.ok_or_else(|| LedgerError::Locked {
            path: path.to_path_buf(),
            waited: LINGER,
        })?;
        Ok(file)
    }

    pub(super) fn insert_frame(&self, number: u64, value: &[u8]) -> Result<(), LedgerError> {
        self.with(|trees| trees.frames.insert(number.to_be_bytes(), value).map(drop))
    }

    pub(super) fn frame(&self, number: u64) -> Result<Option<IVec>, LedgerError> {
        self.with(|trees| trees.frames.get(number.to_be_bytes()))
    }

    /// The values from one number up to another, which is not included, as far as there are any.
    pub(super) fn frames(&self, from: u64, to: u64) -> Result<Vec<IVec>, LedgerError> {
        self.with(|trees| {
            trees
                .frames
                .range(from.to_be_bytes()..to.to_be_bytes())
                .values()
                .collect()
        })
    }

    pub(super) fn insert_tail(&self, slot: u16, value: &[u8]) -> Result<(), LedgerError> {
        self.with(|trees| trees.tail.insert(slot.to_be_bytes(), value).map(drop))
    }

    /// The values in the slots of the tail, in the order of the slots.
    pub(super) fn tail(&self) -> Result<Vec<IVec>, LedgerError> {
        self.with(|trees| trees.tail.iter().values().collect())
    }

    /// Waits until everything inserted so far is on the disk.
    pub(super) fn persist(&self) -> Result<(), LedgerError> {
        self.with(|trees| trees.db.flush().map(drop))?;
        self.file
            .sync_data()
            .map_err(|source| io_error("flush", &self.path.join("db"), source))
    }

    /// Lets go of the store; nothing can be read or written any more.
    pub(super) fn close(&mut self) {
        // sled syncs when dropped and panics when that fails; all that was acknowledged is safe by then.
        let trees = self.trees.take();
        let _ = catch_unwind(AssertUnwindSafe(|| drop(trees)));
    }

    fn with<T>(&self, work: impl FnOnce(&Trees) -> sled::Result<T>) -> Result<T, LedgerError> {
        let failed = |what| LedgerError::Store {
            path: self.path.clone(),
            what,
        };
        let trees = self
            .trees
            .as_ref()
            .ok_or_else(|| failed("it is closed".into()))?;
        caught(|| work(trees)).map_err(|failure| failed(failure.to_string()))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        self.close();
    }
}

enum Failure {
    Sled(sled::Error),
    Panic(String),
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Failure::Sled(sled::Error::Corruption { .. }) => {
                write!(f, "a part of its file is not what was written")
            }
            Failure::Sled(error) => write!(f, "{error}"),
            Failure::Panic(message) => write!(f, "its files make no sense ({message})"),
        }
    }
}

fn caught<T>(work: impl FnOnce() -> sled::Result<T>) -> Result<T, Failure> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(outcome) => outcome.map_err(Failure::Sled),
        Err(panic) => Err(Failure::Panic(message_of(panic.as_ref()))),
    }
}

fn message_of(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied());
    // Only the first line: sled prints whole structures after it.
    text.and_then(|text| text.lines().next())
        .unwrap_or("no reason given")
        .to_owned()
}

fn remove_unfinished_snapshots(path: &Path) -> Result<(), LedgerError> {
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(source) => return Err(io_error("list", path, source)),
    };
    for entry in entries {
        let file = entry
            .map_err(|source| io_error("list", path, source))?
            .path();
        let name = file
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        if name.starts_with("snap.") && name.ends_with(".generating") {
            fs::remove_file(&file).map_err(|source| io_error("remove", &file, source))?;
        }
    }
    Ok(())
}
