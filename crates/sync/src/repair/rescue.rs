//! What is readable of a damaged log, as an exported log that any okr reads.

use std::io::Write;
use std::path::Path;

use quarterdeck_core::visible;
use quarterdeck_ledger::exported::{Header, write_entry};
use quarterdeck_ledger::{Broken, Checkpoint, Hash, Ledger, Loss, Salvaged, salvage, walk};
use quarterdeck_projection::Folded;

use crate::check::Checker;
use crate::checkpoints;
use crate::error::ReplicaError;
use crate::exported::{ExportError, Exported};
use crate::head::SignedHeads;
use crate::identity::Identity;
use crate::lock::Lock;
use crate::replica::{LEDGER, LOCK, Options, READ_BYTES, READ_ENTRIES, read_entry};

/// The beginning of a damaged log: every entry checked as those of a server are, chains and signatures
/// too, up to the last command that is there whole. The folder is only read, and held meanwhile.
#[derive(Debug)]
pub struct Rescue {
    salvaged: Salvaged,
    header: Header,
    _lock: Lock,
}

/// How far a log was found to hold.
#[derive(Debug, Default)]
struct Whole {
    size: u64,
    root: Hash,
}

impl Rescue {
    /// Looks what is readable of the log in a folder.
    ///
    /// # Errors
    /// When the folder holds no workspace, the disk fails, or not one command can be read.
    pub fn open(dir: &Path, options: Options) -> Result<Self, ReplicaError> {
        let lock = Lock::take(dir, LOCK, options.lock_wait)?;
        let identity = Identity::load(dir)?;
        let ledger_options = quarterdeck_ledger::Options {
            wait: options.lock_wait,
            ..Default::default()
        };
        let path = dir.join(LEDGER);
        let salvaged = salvage(&path, *identity.workspace.as_bytes(), &ledger_options)?;
        let notes = checkpoints::all(dir);
        let sizes = SignedHeads::new(notes.iter().cloned()).sizes();
        let mut size = salvaged.head().size;
        let (checker, whole) = loop {
            let new = Checker::new(identity.workspace, identity.trust, Folded::default());
            let mut checker = new.look_at(sizes.clone());
            let mut whole = Whole::default();
            let walked = walk(
                &salvaged,
                size,
                &read_entry,
                &mut |walked| {
                    let entry = walked.prepared.map_err(|error| error.to_string())?;
                    let seq = entry.seq;
                    let signed = checker.follow(entry, &walked.entry.event, walked.leaf)?;
                    if checker.is_whole() {
                        whole = Whole {
                            size: seq,
                            root: checker.frontier.root(),
                        };
                    }
                    Ok(signed)
                },
                &mut |_| true,
            );
            match walked {
                Ok(()) => break (checker, whole),
                // What does not hold ends it, as what cannot be read does.
                Err(
                    Broken::Entry { seq, .. }
                    | Broken::Signature { seq }
                    | Broken::Ledger(quarterdeck_ledger::LedgerError::Damaged { seq, .. }),
                ) if seq > 0 && seq <= size => size = seq - 1,
                Err(other) => return Err(crate::replica::broken(other)),
            }
        };
        let name = checker.state.workspace.as_ref();
        let Some(name) = name
            .filter(|_| whole.size > 0)
            .map(|name| name.name.clone())
        else {
            return Err(ReplicaError::Unverified {
                seq: 1,
                what: format!("not one command can be read: {}", salvaged.loss().what),
            });
        };
        // The newest signed head that is about what can be read, and holds for it.
        let checkpoint = notes.into_iter().rev().find(|note| {
            let Some(seen) = crate::head::size_of(note)
                .filter(|size| *size <= whole.size)
                .and_then(|size| checker.seen.get(&size))
            else {
                return false;
            };
            seen.authority.is_some_and(|key| {
                Checkpoint::verify(note, identity.workspace.as_bytes(), &key)
                    .is_ok_and(|signed| signed.root == seen.root)
            })
        });
        Ok(Self {
            salvaged,
            header: Header {
                workspace: *identity.workspace.as_bytes(),
                name,
                size: whole.size,
                root: whole.root,
                checkpoint,
            },
            _lock: lock,
        })
    }

    /// How many entries can be rescued.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.header.size
    }

    /// What the log lacks.
    #[must_use]
    pub fn loss(&self) -> &Loss {
        self.salvaged.loss()
    }

    /// Writes what can be rescued as an exported log.
    ///
    /// # Errors
    /// When `out` takes no more, or the disk gives something else than a moment ago.
    pub fn write(
        &self,
        out: &mut dyn Write,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Exported, ExportError> {
        let Header { size, root, .. } = self.header;
        let first = self.header.write().map_err(std::io::Error::from)?;
        out.write_all(&visible::json_line(first))?;
        let mut next = 1;
        while next <= size {
            let room = usize::try_from(size - next + 1).unwrap_or(READ_ENTRIES);
            let block = self
                .salvaged
                .read(next, room.min(READ_ENTRIES), READ_BYTES)
                .map_err(ReplicaError::from)?;
            if block.is_empty() {
                break;
            }
            for entry in &block {
                let line = write_entry(entry, None::<&()>);
                out.write_all(&visible::json_line(line.map_err(std::io::Error::from)?))?;
                next = entry.seq + 1;
            }
            progress(next - 1, size);
        }
        out.flush()?;
        Ok(Exported {
            size,
            root,
            unsent: 0,
        })
    }
}
