//! The log as static files, for tools that are not ours: C2SP `tlog-tiles`.
//!
//! ```text
//! checkpoint                 the signed head
//! tile/<L>/<N>[.p/<W>]       hashes, 256 to a tile
//! tile/entries/<N>[.p/<W>]   the leaves: envelopes of 81 bytes
//! events/<N>[.p/<W>]         beside them the events, as JSON Lines: body, salt, signature
//! ```
//!
//! Guarantees: the log is verified before anything is written. A folder is made aside and moved into
//! its place whole; one that is there already is only ever extended, after it was found to be the
//! beginning of the log, and its `checkpoint` changes last, so whoever reads meanwhile sees the log before or after. A
//! folder that holds anything else is left alone.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use quarterdeck_core::event::Entry;
use quarterdeck_core::visible;
use quarterdeck_ledger::envelope::Envelope;
use quarterdeck_ledger::exported::write_entry;
use quarterdeck_ledger::tiles::{Kind, Tile, Tiles, place};
use quarterdeck_ledger::{Checkpoint, Hash, Ledger};
use serde::Serialize;

use crate::error::ReplicaError;
use crate::files::{io_error, sync_dir};
use crate::proof::ProveError;
use crate::replica::{READ_BYTES, READ_ENTRIES, Replica, decode};

const CHECKPOINT: &str = "checkpoint";

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TilesWritten {
    /// The number of entries in the folder now.
    pub size: u64,
    /// The root of their tree.
    pub root: Hash,
    /// How many were there before.
    pub before: u64,
    /// How many entries of the log, and events in the outbox, no signed head covers yet.
    pub left_out: u64,
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum TilesError {
    /// The folder holds something else.
    #[error("{} holds files and no exported log", path.display())]
    Foreign {
        /// The folder.
        path: PathBuf,
    },
    /// The folder holds a log that this key did not sign.
    #[error("{} holds a log that is not this workspace's: {what}", path.display())]
    OtherLog {
        /// The folder.
        path: PathBuf,
        /// What is wrong with its checkpoint.
        what: String,
    },
    /// The folder holds more than this replica.
    #[error("{} holds {there} entries, and this replica has {here} that are signed", path.display())]
    Newer {
        /// The folder.
        path: PathBuf,
        /// Its size.
        there: u64,
        /// The size here.
        here: u64,
    },
    /// The folder holds another history, under the workspace's key.
    #[error(
        "{} holds another history of this workspace, signed by the same key: its {size} entries are not those of this replica",
        path.display()
    )]
    Differs {
        /// The folder.
        path: PathBuf,
        /// Its size.
        size: u64,
    },
    /// There is no signed head yet.
    #[error(transparent)]
    Unsigned(#[from] ProveError),
    /// The replica, or the folder, failed.
    #[error(transparent)]
    Replica(#[from] ReplicaError),
}

impl Replica {
    /// Writes the log, as far as a signed head covers it, to a folder, or adds to the folder what is
    /// new; `readable` says what people read beside an event. Tells how far it has come (entries
    /// verified or written, both in all).
    ///
    /// # Errors
    /// When the log does not verify, the folder holds something else, or the disk fails.
    pub fn export_tiles<R: Serialize>(
        &mut self,
        dir: &Path,
        readable: &mut dyn FnMut(&Entry) -> R,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<TilesWritten, TilesError> {
        let (note, size) = self.signed_head(1)?;
        let before = self.look_into(dir, size)?;
        let verified = self.verify_at(before.map(|there| there.size), &mut |done, of| {
            progress(done, 2 * of);
        })?;
        let found = verified.at.map(|(_, root)| root);
        if let Some(there) = before.filter(|there| found != Some(there.root)) {
            return Err(TilesError::Differs {
                path: dir.to_path_buf(),
                size: there.size,
            });
        }
        let pending = self.pending_events() as u64;
        let left_out = verified.size.saturating_sub(size) + pending;
        let before = before.map_or(0, |there| there.size);
        let target = Target::open(dir, before)?;
        let root = self.write_tiles(&target, size, readable, &mut |done| {
            progress(size + done, 2 * size);
        })?;
        if before < size {
            target.write(CHECKPOINT, note.as_bytes())?;
        }
        target.finish()?;
        Ok(TilesWritten {
            size,
            root,
            before,
            left_out,
        })
    }

    /// The head of the log that the folder holds; none where it is empty or not there.
    fn look_into(&self, dir: &Path, here: u64) -> Result<Option<Checkpoint>, TilesError> {
        let path = dir.to_path_buf();
        let first = match fs::read_dir(dir) {
            Ok(mut entries) => entries.next(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(io_error("read", dir)(error).into()),
        };
        if first.is_none() {
            return Ok(None);
        }
        let note = fs::read(dir.join(CHECKPOINT)).ok();
        let note = note.and_then(|bytes| String::from_utf8(bytes).ok());
        let Some(note) = note.filter(|_| dir.join("tile").is_dir()) else {
            return Err(TilesError::Foreign { path });
        };
        let key = self.verifier_key().ok_or_else(|| ReplicaError::Empty {
            path: self.dir().to_path_buf(),
        })?;
        match Checkpoint::verify(&note, &key.workspace, &key.key) {
            Err(error) => Err(TilesError::OtherLog {
                path,
                what: error.to_string(),
            }),
            Ok(there) if there.size > here => Err(TilesError::Newer {
                path,
                there: there.size,
                here,
            }),
            Ok(there) => Ok(Some(there)),
        }
    }

    fn write_tiles<R: Serialize>(
        &mut self,
        target: &Target,
        size: u64,
        readable: &mut dyn FnMut(&Entry) -> R,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Hash, ReplicaError> {
        let was_held = self.is_held();
        let workspace = *self.identity().workspace.as_bytes();
        let mut tiles = Tiles::default();
        let mut frontier = quarterdeck_ledger::Frontier::default();
        let mut events = Vec::new();
        while frontier.size() < size {
            let at = frontier.size();
            let room = usize::try_from(size - at).unwrap_or(READ_ENTRIES);
            let held = self.hold()?;
            let block = held
                .ledger
                .read(at + 1, room.min(READ_ENTRIES), READ_BYTES)?;
            if !was_held {
                self.release();
            }
            if block.is_empty() {
                break;
            }
            for entry in &block {
                let envelope = Envelope::of(workspace, entry);
                let leaf = envelope.leaf_hash();
                frontier.push(leaf);
                // What stands in tiles that are there is not needed again.
                if target.needs(entry.seq) {
                    let line = write_entry(entry, Some(&readable(&decode(entry)?)));
                    let line = line.map_err(std::io::Error::from);
                    let line = line.map_err(io_error("write", &target.dir))?;
                    events.extend(visible::json_line(line));
                }
                tiles.push(&envelope.encode(), leaf, &mut |tile, bytes| {
                    target.put(tile, bytes, &mut events)
                })?;
            }
            progress(frontier.size());
        }
        tiles.finish(&mut |tile, bytes| target.put(tile, bytes, &mut events))?;
        Ok(frontier.root())
    }
}

/// Where the files go.
struct Target {
    /// Where they are written: aside, or in the place itself where it is extended.
    dir: PathBuf,
    /// Where they shall be.
    place: PathBuf,
    /// How many entries are there already.
    before: u64,
}

impl Target {
    fn open(place: &Path, before: u64) -> Result<Self, ReplicaError> {
        let place = place.canonicalize().unwrap_or_else(|_| place.to_path_buf());
        let dir = if before > 0 {
            place.clone()
        } else {
            let name = place.file_name().unwrap_or_default().to_string_lossy();
            let aside = place.with_file_name(format!(".{name}.being-written"));
            match fs::remove_dir_all(&aside) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(io_error("clear", &aside)(error));
                }
                _ => aside,
            }
        };
        Ok(Self { dir, place, before })
    }

    /// Whether an entry's tile at the lowest level is not there in full.
    const fn needs(&self, seq: u64) -> bool {
        (seq - 1) / 256 >= self.before / 256
    }

    /// Whether the tile was there before.
    fn has(&self, tile: &Tile) -> bool {
        let level = match tile.kind {
            Kind::Hashes(level) => level,
            Kind::Entries => 0,
        };
        let hashes = self.before >> (8 * u32::from(level)).min(63);
        tile.is_full() && tile.index < hashes / 256
    }

    fn put(&self, tile: Tile, bytes: &[u8], events: &mut Vec<u8>) -> Result<(), ReplicaError> {
        if !self.has(&tile) {
            self.write(&tile.path(), bytes)?;
        }
        if tile.kind == Kind::Entries {
            if !self.has(&tile) {
                let beside = format!("events/{}", place(tile.index, tile.width));
                self.write(&beside, events)?;
            }
            events.clear();
        }
        Ok(())
    }

    /// Writes a file, which is there whole or not at all.
    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), ReplicaError> {
        let path = self.dir.join(name);
        let folder = path.parent().unwrap_or(&self.dir);
        fs::create_dir_all(folder).map_err(io_error("create", folder))?;
        let written = path.with_extension("being-written");
        File::create(&written)
            .and_then(|mut file| {
                file.write_all(bytes)?;
                file.sync_all()
            })
            .and_then(|()| fs::rename(&written, &path))
            .map_err(io_error("write", &path))
    }

    fn finish(self) -> Result<(), ReplicaError> {
        if self.dir != self.place {
            match fs::remove_dir(&self.place) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(io_error("replace", &self.place)(error));
                }
                _ => {}
            }
            fs::rename(&self.dir, &self.place).map_err(io_error("move", &self.dir))?;
        }
        sync_dir(&self.place)?;
        match self.place.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => sync_dir(parent),
            _ => Ok(()),
        }
    }
}
