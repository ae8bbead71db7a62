//! The one writer: lays a batch out in the store, waits for the disk, then writes the mark.

use std::path::PathBuf;

use super::disk::Disk;
use super::mark::{Mark, MarkFile};
use super::tail::{End, GATHER, Record, SLOTS};
use super::{Watch, Written, frames, io_error};
use crate::{Entry, Frontier, Head, LedgerError, NewEntry, WorkspaceId};

/// Everything that appending needs to know of the log, in step with the disk.
pub(super) struct Committer {
    pub(super) dir: PathBuf,
    pub(super) mark: MarkFile,
    pub(super) log: Log,
    /// Why the store is in doubt, once a write has failed.
    pub(super) broken: Option<String>,
    pub(super) watch: Watch,
}

/// The log as the committer knows it.
#[derive(Clone, Debug)]
pub(super) struct Log {
    pub(super) workspace: WorkspaceId,
    /// The edge of the tree of all entries.
    pub(super) frontier: Frontier,
    /// The edge at the end of the entries in frames.
    pub(super) framed: Frontier,
    /// The edge at the beginning of the last frame.
    pub(super) base: Frontier,
    /// How many values the frames take.
    pub(super) values: u64,
    /// When the last entry was recorded.
    pub(super) recorded: u64,
    /// What the entries in the tail would take in frames, and how many slots hold them.
    pub(super) tail_bytes: usize,
    pub(super) slots: u16,
}

/// What an append did to the tail, once it is durable.
pub(super) enum TailChange {
    /// These entries follow those that were there.
    Extend(Vec<Entry>),
    /// All went into frames but these.
    Replace(Vec<Entry>),
}

impl Committer {
    /// Refuses after a failed write, until the log is opened anew.
    pub(super) fn check_sound(&self) -> Result<(), LedgerError> {
        match &self.broken {
            None => Ok(()),
            Some(what) => Err(LedgerError::Store {
                path: self.dir.clone(),
                what: what.clone(),
            }),
        }
    }

    /// Records a batch that has been checked and is not empty; durable on return. `tail` yields the
    /// entries that stand in no frame yet.
    pub(super) fn record(
        &mut self,
        disk: &Disk,
        batch: Vec<NewEntry>,
        tail: impl FnOnce() -> Vec<Entry>,
    ) -> Result<(Head, TailChange), LedgerError> {
        self.try_record(disk, batch, tail).inspect_err(|error| {
            self.broken = Some(match error {
                LedgerError::Store { what, .. } => format!("{what} (in an earlier write)"),
                other => format!("{other} (in an earlier write)"),
            });
        })
    }

    fn try_record(
        &mut self,
        disk: &Disk,
        batch: Vec<NewEntry>,
        tail: impl FnOnce() -> Vec<Entry>,
    ) -> Result<(Head, TailChange), LedgerError> {
        let log = &mut self.log;
        let first = log.frontier.size() + 1;
        let new: Vec<Entry> = (first..).zip(batch).map(|(seq, new)| new.at(seq)).collect();
        log.recorded = new.last().map_or(log.recorded, |entry| entry.recorded);
        let bytes = frames::bytes_of(&new);
        let move_all =
            frames::is_full(bytes) || log.tail_bytes + bytes > GATHER || log.slots >= SLOTS;
        let (in_slot, replace) = if move_all {
            let mut entries = tail();
            entries.extend(new);
            let (full, rest) = frames::pack(entries);
            for frame in &full {
                log.values = frames::write(disk, log.values, frame)?;
                log.base.clone_from(&log.framed);
                push(&mut log.framed, log.workspace, frame);
            }
            self.watch.tell(Written::Frames);
            log.frontier.clone_from(&log.framed);
            log.tail_bytes = frames::bytes_of(&rest);
            log.slots = 0;
            (rest, true)
        } else {
            log.tail_bytes += bytes;
            (new, false)
        };
        push(&mut log.frontier, log.workspace, &in_slot);
        let record = Record {
            end: log.end(),
            entries: in_slot,
        };
        disk.insert_tail(log.slots, &record.encode())?;
        log.slots += 1;
        self.watch.tell(Written::Record);
        disk.persist()?;
        let head = log.head();
        self.watch.tell(Written::Flushed);
        self.write_mark(&head)?;
        self.watch.tell(Written::Mark);
        let change = if replace {
            TailChange::Replace
        } else {
            TailChange::Extend
        };
        Ok((head, change(record.entries)))
    }

    /// Writes the mark of what is durable now.
    pub(super) fn write_mark(&mut self, head: &Head) -> Result<(), LedgerError> {
        self.mark
            .write(&self.log.mark(head))
            .map_err(|source| io_error("write the high-water mark in", &self.dir, source))
    }
}

impl Log {
    fn end(&self) -> End {
        End {
            size: self.frontier.size(),
            framed: self.framed.size(),
            values: self.values,
        }
    }

    pub(super) fn head(&self) -> Head {
        Head {
            size: self.frontier.size(),
            root: self.frontier.root(),
            recorded: self.recorded,
        }
    }

    pub(super) fn mark(&self, head: &Head) -> Mark {
        Mark {
            size: head.size,
            root: head.root,
            base: self.base.clone(),
        }
    }
}

fn push(frontier: &mut Frontier, workspace: WorkspaceId, entries: &[Entry]) {
    for entry in entries {
        frontier.push(entry.leaf_hash(workspace));
    }
}
