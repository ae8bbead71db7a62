//! Writing the file.

use std::io::Write;

use quarterdeck_core::event::Entry;
use quarterdeck_core::visible;
use quarterdeck_ledger::exported::{Header, write_entry};
use quarterdeck_ledger::{Frontier, Hash, Ledger};
use quarterdeck_projection::erasures;
use serde::Serialize;

use super::ExportError;
use crate::error::ReplicaError;
use crate::evidence;
use crate::replica::{READ_BYTES, READ_ENTRIES, Replica, decode};

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// The number of entries.
    pub size: u64,
    /// The root of their tree.
    pub root: Hash,
    /// How many events wait in the outbox: they are in no log yet, and not in the file.
    pub unsent: usize,
}

impl Replica {
    /// Writes the confirmed log, as it is now, to `out`; `readable` says what people read beside an
    /// entry. The log is verified first: what is written reads back. What is recorded meanwhile is not
    /// in it. Tells how far it has come (entries verified or written, both in all).
    ///
    /// While it is written the folder's lock is held only to read a block, if it was not held before.
    ///
    /// # Errors
    /// When the log does not verify or `out` takes no more; `out` then holds a part that does not
    /// read back.
    pub fn export<R: Serialize>(
        &mut self,
        out: &mut dyn Write,
        readable: &mut dyn FnMut(&Entry) -> R,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Exported, ExportError> {
        let was_held = self.is_held();
        self.verify(&mut |done, of| progress(done, 2 * of))?;
        let head = self.head();
        // As of that head: the folder may be brought up to a later one while it is let go of.
        let told = self.confirmed().erasures.clone();
        let name = self.confirmed().workspace.as_ref();
        let header = Header {
            workspace: *self.identity().workspace.as_bytes(),
            name: name
                .map(|workspace| workspace.name.clone())
                .ok_or_else(|| ReplicaError::Empty {
                    path: self.dir().to_path_buf(),
                })?,
            size: head.size,
            root: head.root,
            checkpoint: evidence::checkpoint(self.dir()),
        };
        let first = header.write().map_err(std::io::Error::from)?;
        out.write_all(&visible::json_line(first))?;
        let mut frontier = Frontier::default();
        while frontier.size() < head.size {
            let at = frontier.size();
            let room = usize::try_from(head.size - at).unwrap_or(READ_ENTRIES);
            let held = self.hold()?;
            let block = held
                .ledger
                .read(at + 1, room.min(READ_ENTRIES), READ_BYTES)
                .map_err(ReplicaError::from)?;
            if !was_held {
                self.release();
            }
            if block.is_empty() {
                break;
            }
            for entry in &block {
                if !erasures::is_told_by(&told, entry) {
                    return Err(ReplicaError::Unverified {
                        seq: entry.seq,
                        what: "its texts were erased while the log was written; export it again"
                            .to_owned(),
                    }
                    .into());
                }
                frontier.push(entry.leaf_hash(header.workspace));
                let line = write_entry(entry, Some(&readable(&decode(entry)?)));
                out.write_all(&visible::json_line(line.map_err(std::io::Error::from)?))?;
            }
            progress(head.size + frontier.size(), 2 * head.size);
        }
        out.flush()?;
        if frontier.root() != head.root {
            return Err(ReplicaError::Unverified {
                seq: head.size,
                what: "the log was exchanged for another while it was written; export it again"
                    .to_owned(),
            }
            .into());
        }
        Ok(Exported {
            size: head.size,
            root: head.root,
            unsent: self.pending_events(),
        })
    }
}
