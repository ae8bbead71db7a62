//! What this device has authored and no log has recorded yet.
//!
//! Guarantees: a command is in the file, flushed, before it returns to whoever gave it; it leaves the
//! file only when it is in the confirmed log, on the shelf, or taken back by a person. The file also
//! keeps the device's last clock reading, so that its clock never runs backwards, and up to which
//! number events may have reached the server: those keep their content, or the device would seem to
//! have been copied.

use std::path::Path;

use quarterdeck_core::clock::Hlc;

use crate::command::PendingCommand;
use crate::error::ReplicaError;
use crate::framed::FramedFile;
use crate::record::Record;

pub(crate) const FILE: &str = "outbox";
pub(crate) const MAGIC: &str = "quarterdeck-outbox/1\n";

/// The outbox of a device, opened under the folder's lock.
#[derive(Debug)]
pub(crate) struct Outbox {
    file: FramedFile,
    content: Content,
}

/// What an outbox holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Content {
    /// The commands, oldest first.
    pub commands: Vec<PendingCommand>,
    /// The device's last clock reading.
    pub clock: Hlc,
    /// Events up to this number may have reached the server; 0 for none.
    pub sent: u64,
}

impl Outbox {
    pub(crate) fn open(dir: &Path) -> Result<Self, ReplicaError> {
        let (file, frames) = FramedFile::open(dir.join(FILE), MAGIC)?;
        let content = Content::read(&frames).ok_or_else(|| ReplicaError::Newer {
            path: file.path().to_path_buf(),
        })?;
        Ok(Self { file, content })
    }

    pub(crate) const fn content(&self) -> &Content {
        &self.content
    }

    /// Adds a command, durably.
    pub(crate) fn push(&mut self, command: PendingCommand) -> Result<(), ReplicaError> {
        self.file
            .append(&[Record::Command(command.clone()).write()])?;
        self.content.push(command);
        Ok(())
    }

    /// Notes, durably, that events up to `number` are about to be sent.
    pub(crate) fn mark_sent(&mut self, number: u64) -> Result<(), ReplicaError> {
        if number > self.content.sent {
            self.file.append(&[Record::Sent(number).write()])?;
            self.content.sent = number;
        }
        Ok(())
    }

    /// Replaces the commands. `sent` is what still holds of the numbers that were sent, `clock` the
    /// reading that the device goes on from at least.
    pub(crate) fn replace(
        &mut self,
        commands: Vec<PendingCommand>,
        sent: u64,
        clock: Hlc,
    ) -> Result<(), ReplicaError> {
        let mut content = Content {
            clock,
            sent,
            commands: Vec::new(),
        };
        for command in commands {
            content.push(command);
        }
        self.file.replace(&content.records())?;
        self.content = content;
        Ok(())
    }
}

impl Content {
    /// What records of an outbox come to; none where one of them does not belong there, or is of a newer
    /// version.
    pub(crate) fn read(frames: &[Vec<u8>]) -> Option<Self> {
        let mut content = Self::default();
        for frame in frames {
            match Record::read(frame)? {
                Record::Command(command) => content.push(command),
                Record::Clock(clock) => content.clock = content.clock.max(clock),
                Record::Sent(number) => content.sent = number,
                Record::Refused(_) => return None,
            }
        }
        Some(content)
    }

    /// The records that come to it.
    pub(crate) fn records(&self) -> Vec<Vec<u8>> {
        let mut records = vec![Record::Clock(self.clock).write()];
        if self.sent > 0 {
            records.push(Record::Sent(self.sent).write());
        }
        let commands = self.commands.iter().cloned().map(Record::Command);
        records.extend(commands.map(|record| record.write()));
        records
    }

    pub(crate) fn push(&mut self, command: PendingCommand) {
        self.clock = self.clock.max(command.last().event.authored);
        self.commands.push(command);
    }
}
