//! Commands that were refused, kept until a person amends or drops them.
//!
//! Guarantee: nothing leaves the shelf by itself. A refused command is on the shelf, flushed, before
//! it leaves the outbox; should a crash come between, the outbox's copy is the one that counts.

use std::collections::HashSet;
use std::path::Path;

use quarterdeck_core::id::EventId;

use crate::error::ReplicaError;
use crate::framed::FramedFile;
use crate::planner::Shelved;
use crate::record::Record;

pub(crate) const FILE: &str = "shelf";
pub(crate) const MAGIC: &str = "quarterdeck-shelf/1\n";

/// The shelf of a device, opened under the folder's lock.
#[derive(Debug)]
pub(crate) struct Shelf {
    file: FramedFile,
    items: Vec<Shelved>,
}

impl Shelf {
    /// Opens the shelf; what is also `pending` in the outbox is not on it.
    pub(crate) fn open(dir: &Path, pending: &HashSet<EventId>) -> Result<Self, ReplicaError> {
        let (file, frames) = FramedFile::open(dir.join(FILE), MAGIC)?;
        let mut items: Vec<Shelved> = Vec::new();
        for frame in frames {
            let Some(Record::Refused(shelved)) = Record::read(&frame) else {
                return Err(ReplicaError::Newer {
                    path: file.path().to_path_buf(),
                });
            };
            // Shelved again after a crash: the later refusal is the one to read.
            items.retain(|item| item.id() != shelved.id());
            if !pending.contains(&shelved.id()) {
                items.push(shelved);
            }
        }
        Ok(Self { file, items })
    }

    /// What lies there, oldest first.
    pub(crate) fn items(&self) -> &[Shelved] {
        &self.items
    }

    /// Adds refused commands, durably.
    pub(crate) fn push(&mut self, items: Vec<Shelved>) -> Result<(), ReplicaError> {
        let records: Vec<_> = items
            .iter()
            .map(|item| Record::Refused(item.clone()).write())
            .collect();
        self.file.append(&records)?;
        self.items.extend(items);
        Ok(())
    }

    /// Puts others in the place of all, durably and at once.
    pub(crate) fn replace(&mut self, items: Vec<Shelved>) -> Result<(), ReplicaError> {
        let records: Vec<_> = items
            .iter()
            .map(|item| Record::Refused(item.clone()).write())
            .collect();
        self.file.replace(&records)?;
        self.items = items;
        Ok(())
    }

    /// Takes one away, durably; `false` where it is not there.
    pub(crate) fn remove(&mut self, id: EventId) -> Result<bool, ReplicaError> {
        let left: Vec<_> = self
            .items
            .iter()
            .filter(|item| item.id() != id)
            .cloned()
            .collect();
        if left.len() == self.items.len() {
            return Ok(false);
        }
        let records: Vec<_> = left
            .iter()
            .map(|item| Record::Refused(item.clone()).write())
            .collect();
        self.file.replace(&records)?;
        self.items = left;
        Ok(true)
    }
}
