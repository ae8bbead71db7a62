//! Reading what is sound in a damaged store.
//!
//! Guarantees:
//! - **The evidence stays**: nothing in the folder is written, not by one byte; sled is not asked.
//! - **From the first entry on**: entries 1, 2, 3 … up to the first that cannot be read; none after it,
//!   because nothing could show that they follow.
//! - **Each checked**: against its frame's checksum and its own hash when the store is salvaged, and again
//!   whenever it is read. Where the high-water mark is readable, the entries must lead to the roots in it;
//!   where they do not, the log ends before the entries that the root is about.
//! - **Told**: [`Loss`] says where it ends, how much had been acknowledged, and why it ends there.
//!
//! What was never acknowledged may be among them at the very end, when neither the mark nor the newest
//! tail record can be read: an append that was under way. `docs/format.md` says what a store holds.

mod found;
mod prefix;
mod segments;

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use tokio::sync::watch;

use self::found::{Found, Place};
use self::prefix::Prefix;
use super::lock::Lock;
use super::mark::{self, Said};
use super::{Limits, Options, io_error};
use crate::frame;
use crate::{Appended, Entry, Frontier, Head, Ledger, LedgerError, NewEntry, Remains, WorkspaceId};

/// What a damaged log lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// The first entry that is lost or unreadable: one more than there are.
    pub first: u64,
    /// How many entries had been acknowledged, where the mark or the store itself still says it.
    pub acknowledged: Option<u64>,
    /// Why the log ends there, for people.
    pub what: String,
}

impl Loss {
    /// How many acknowledged entries are missing; none where it is not known.
    pub fn missing(&self) -> Option<u64> {
        self.acknowledged
            .map(|size| size.saturating_sub(self.first.saturating_sub(1)))
    }
}

/// What is sound of a damaged log, as a [`Ledger`] that takes nothing in.
#[derive(Debug)]
pub struct Salvaged {
    dir: PathBuf,
    workspace: WorkspaceId,
    store: Option<File>,
    runs: Vec<Run>,
    head: Head,
    frontier: Frontier,
    loss: Loss,
    size: watch::Sender<u64>,
    /// Nobody may repair the folder meanwhile. None where there is no lock file to hold.
    _lock: Option<Lock>,
}

/// Consecutive entries in one frame, some of which may belong to another run.
#[derive(Debug)]
struct Run {
    from: u64,
    /// The first entry after them.
    until: u64,
    frame: Vec<Place>,
}

/// Opens what is readable of the log of `workspace` in `dir`, for reading alone.
///
/// # Errors
/// [`LedgerError::Locked`] when another process still has it open after `options.wait`,
/// [`LedgerError::Missing`] when there is nothing at all, [`LedgerError::OtherWorkspace`], and
/// [`LedgerError::Io`] when the disk doesn't read.
pub fn salvage(
    dir: &Path,
    workspace: WorkspaceId,
    options: &Options,
) -> Result<Salvaged, LedgerError> {
    let (db, mark_path) = (dir.join("store").join("db"), dir.join("mark"));
    let lock = Lock::take_existing(dir, options.wait)?;
    let said = mark::said(&mark_path, workspace)
        .map_err(|source| io_error("read the high-water mark", &mark_path, source))?;
    let store = match File::open(&db) {
        Ok(store) => Some(store),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(source) => return Err(io_error("open", &db, source)),
    };
    let (mark, no_mark) = match said {
        Said::Mark { mark, .. } => (Some(mark), ""),
        Said::OtherWorkspace => {
            return Err(LedgerError::OtherWorkspace {
                path: dir.to_path_buf(),
            });
        }
        Said::Nothing if store.is_none() => {
            return Err(LedgerError::Missing {
                path: dir.to_path_buf(),
            });
        }
        Said::Nothing => (None, "the high-water mark is missing"),
        Said::Unreadable => (None, "the high-water mark is unreadable"),
    };
    let read = |source| io_error("read", &db, source);
    let found = store
        .as_ref()
        .map_or(Ok(Found::default()), Found::of)
        .map_err(read)?;
    let prefix = Prefix::of(&found, store.as_ref(), workspace, mark.as_ref()).map_err(read)?;
    let what = [no_mark, prefix.what.as_str()]
        .into_iter()
        .filter(|what| !what.is_empty())
        .collect::<Vec<_>>()
        .join(", and ");
    Ok(Salvaged {
        dir: dir.to_path_buf(),
        workspace,
        store,
        head: Head {
            size: prefix.frontier.size(),
            root: prefix.frontier.root(),
            recorded: prefix.recorded,
        },
        loss: Loss {
            first: prefix.frontier.size() + 1,
            acknowledged: prefix.acknowledged,
            what,
        },
        size: watch::Sender::new(prefix.frontier.size()),
        frontier: prefix.frontier,
        runs: prefix.runs,
        _lock: lock,
    })
}

impl Salvaged {
    /// Where the log ends, how far it had come, and why it ends there.
    pub fn loss(&self) -> &Loss {
        &self.loss
    }

    /// The same log with no more than its first `size` entries: what comes after them says too little by
    /// itself, for the reason in `what`.
    ///
    /// # Errors
    /// When one of the entries does not read any more.
    pub fn ending_at(mut self, size: u64, what: &str) -> Result<Self, LedgerError> {
        const AT_ONCE: usize = 4096;
        if size >= self.head.size {
            return Ok(self);
        }
        self.runs.retain(|run| run.from <= size);
        for run in &mut self.runs {
            run.until = run.until.min(size + 1);
        }
        self.frontier = Frontier::default();
        let mut recorded = 0;
        while self.frontier.size() < size {
            let block = self.read(self.frontier.size() + 1, AT_ONCE, usize::MAX)?;
            if block.is_empty() {
                break;
            }
            for entry in block {
                recorded = entry.recorded;
                self.frontier.push(entry.leaf_hash(self.workspace));
            }
        }
        self.head = Head {
            size: self.frontier.size(),
            root: self.frontier.root(),
            recorded,
        };
        self.loss.first = self.head.size + 1;
        self.loss.what = format!("{}; {what}", self.loss.what);
        self.size.send_replace(self.head.size);
        Ok(self)
    }

    /// The folder of this log.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The entries of a run from `from` on, read and checked anew.
    fn entries(&self, run: &Run, from: u64) -> Result<Vec<Entry>, LedgerError> {
        let wanted = run.from.max(from)..run.until;
        let damaged = |seq, what: &str| LedgerError::Damaged {
            path: self.dir.clone(),
            seq,
            what: what.to_owned(),
        };
        let Some(store) = &self.store else {
            return Ok(Vec::new());
        };
        let bytes = found::read(store, &run.frame)
            .map_err(|source| io_error("read", &self.dir.join("store").join("db"), source))?;
        let decoded = frame::decode(&Bytes::from(bytes), &wanted)
            .map_err(|damage| damaged(damage.seq.unwrap_or(wanted.start), damage.what))?;
        let complete = decoded.entries.len() as u64 == wanted.end - wanted.start;
        if complete {
            Ok(decoded.entries)
        } else {
            Err(damaged(wanted.start, "its frame holds other entries"))
        }
    }
}

impl Ledger for Salvaged {
    fn workspace(&self) -> WorkspaceId {
        self.workspace
    }

    fn append(&self, _: u64, _: Vec<NewEntry>) -> Result<Appended, LedgerError> {
        Err(LedgerError::ReadOnly {
            path: self.dir.clone(),
            what: self.loss.what.clone(),
        })
    }

    fn erase(&self, _: Vec<Remains>, _: u64) -> Result<(), LedgerError> {
        self.append(0, Vec::new()).map(drop)
    }

    /// Nothing can be erased here, so nothing is due.
    fn erased_through(&self) -> u64 {
        self.head.size
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
        let passed = self.runs.partition_point(|run| run.until <= from);
        let mut out = Vec::new();
        for run in self.runs.iter().skip(passed) {
            if limits.is_used_up() {
                break;
            }
            for entry in self.entries(run, from)? {
                if !limits.take(&entry) {
                    return Ok(out);
                }
                out.push(entry);
            }
        }
        Ok(out)
    }

    fn head(&self) -> Head {
        self.head
    }

    fn frontier(&self) -> Frontier {
        self.frontier.clone()
    }

    fn follow(&self) -> watch::Receiver<u64> {
        self.size.subscribe()
    }
}
