//! The high-water mark: what the log had reached, in a file that is not the store's.
//!
//! A store that was cut short, replaced or rolled back opens without a word; the mark is what tells. It
//! is written after every append, when the append is already durable, so it is never ahead of what the
//! store must hold. It costs no flush of its own: it is synced at most once a second while appending,
//! and when the log is closed. Hence the guarantee: after the end of the process in whatever way the
//! mark is exact; after a power cut it may lag by the last second, and the store goes before it.
//!
//! Two slots of a page each. Only one is ever unsynced: it is written again and again until a sync, and
//! then the other takes its turn. A power cut that tears the one leaves the other.
//!
//! Layout of a slot (integers big endian): "QDMARK01" (8) | workspace (16) | writes so far (8) |
//! size (8) | root (32) | size of the base (8) | subtrees of the base (32 for each bit set in its size) |
//! SHA-256 of all before (32). The base is the tree's edge at the beginning of the last full frame: from
//! it and the entries after it opening computes the root again without reading the others.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use crate::{Frontier, Hash, WorkspaceId};

const MAGIC: &[u8; 8] = b"QDMARK01";
const SLOT: usize = 4096;
const CHECKSUM: usize = 32;
const SYNC_EVERY: Duration = Duration::from_secs(1);

/// What the log had reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) size: u64,
    pub(super) root: Hash,
    /// The tree's edge some entries earlier.
    pub(super) base: Frontier,
}

impl Mark {
    /// The mark of an empty log.
    pub(super) fn nothing() -> Self {
        Self {
            size: 0,
            root: crate::merkle::empty_root(),
            base: Frontier::default(),
        }
    }
}

/// What a mark file says.
#[derive(Debug)]
pub(super) enum Found {
    /// There is no file.
    Nothing,
    /// There is one, and neither slot can be read.
    Unreadable,
    OtherWorkspace,
    Mark(MarkFile, Mark),
}

/// What the bytes of a mark file say.
#[derive(Debug)]
pub(super) enum Said {
    Nothing,
    Unreadable,
    OtherWorkspace,
    /// The newest mark, the slot in which it stands, and how many writes there had been.
    Mark {
        slot: u8,
        writes: u64,
        mark: Mark,
    },
}

/// Reads a mark file; changes nothing, and needs no permission to.
pub(super) fn said(path: &Path, workspace: WorkspaceId) -> io::Result<Said> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Said::Nothing),
        Err(error) => return Err(error),
    };
    let newest = (0..)
        .zip(bytes.chunks(SLOT))
        .filter_map(|(slot, bytes)| Some((slot, decode(bytes)?)))
        .max_by_key(|(_, (_, writes, _))| *writes);
    Ok(match newest {
        None => Said::Unreadable,
        Some((_, (found, ..))) if found != workspace => Said::OtherWorkspace,
        Some((slot, (_, writes, mark))) => Said::Mark { slot, writes, mark },
    })
}

/// The open file, ready for the next mark.
#[derive(Debug)]
pub(super) struct MarkFile {
    file: File,
    workspace: WorkspaceId,
    writes: u64,
    /// The slot to write, 0 or 1. The other one is synced.
    slot: u8,
    dirty: bool,
    synced: Instant,
    sync_every: Duration,
}

impl MarkFile {
    fn new(file: File, workspace: WorkspaceId, writes: u64, slot: u8) -> Self {
        Self {
            file,
            workspace,
            writes,
            slot,
            dirty: false,
            synced: Instant::now(),
            sync_every: SYNC_EVERY,
        }
    }

    /// Makes a file with one mark, synced.
    pub(super) fn create(path: &Path, workspace: WorkspaceId, mark: &Mark) -> io::Result<Self> {
        let file = OpenOptions::new()
            .create(true)
            .truncate(true)
            .read(true)
            .write(true)
            .open(path)?;
        file.set_len(2 * SLOT as u64)?;
        let mut mark_file = Self::new(file, workspace, 0, 0);
        mark_file.write(mark)?;
        mark_file.sync()?;
        mark_file.file.sync_all()?;
        Ok(mark_file)
    }

    pub(super) fn find(path: &Path, workspace: WorkspaceId) -> io::Result<Found> {
        Ok(match said(path, workspace)? {
            Said::Nothing => Found::Nothing,
            Said::Unreadable => Found::Unreadable,
            Said::OtherWorkspace => Found::OtherWorkspace,
            // The newest may have been written without a sync, so its slot is the one to write again.
            Said::Mark { slot, writes, mark } => {
                let file = OpenOptions::new().read(true).write(true).open(path)?;
                Found::Mark(Self::new(file, workspace, writes, slot), mark)
            }
        })
    }

    /// Writes a mark, and syncs it if the last sync is long enough ago.
    pub(super) fn write(&mut self, mark: &Mark) -> io::Result<()> {
        self.writes += 1;
        let bytes = encode(self.workspace, self.writes, mark);
        write_at(&mut self.file, &bytes, u64::from(self.slot) * SLOT as u64)?;
        self.dirty = true;
        if self.synced.elapsed() < self.sync_every {
            Ok(())
        } else {
            self.sync()
        }
    }

    pub(super) fn sync(&mut self) -> io::Result<()> {
        if self.dirty {
            self.file.sync_data()?;
            self.slot ^= 1;
            self.dirty = false;
        }
        self.synced = Instant::now();
        Ok(())
    }
}

impl Drop for MarkFile {
    fn drop(&mut self) {
        // A mark that lags is still true; there is nobody left to tell.
        let _ = self.sync();
    }
}

#[cfg(unix)]
fn write_at(file: &mut File, bytes: &[u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, at)
}

#[cfg(not(unix))]
fn write_at(file: &mut File, bytes: &[u8], at: u64) -> io::Result<()> {
    use std::io::{Seek, SeekFrom, Write};
    file.seek(SeekFrom::Start(at))?;
    file.write_all(bytes)
}

pub(super) fn encode(workspace: WorkspaceId, writes: u64, mark: &Mark) -> Vec<u8> {
    let mut out = Vec::with_capacity(1024);
    out.extend(MAGIC);
    out.extend(workspace);
    out.extend(writes.to_be_bytes());
    out.extend(mark.size.to_be_bytes());
    out.extend(mark.root);
    out.extend(mark.base.size().to_be_bytes());
    out.extend(mark.base.subtrees().iter().flatten());
    let checksum = Sha256::digest(&out);
    out.extend(checksum);
    out
}

pub(super) fn decode(slot: &[u8]) -> Option<(WorkspaceId, u64, Mark)> {
    let mut rest = slot;
    let magic = take::<8>(&mut rest)?;
    let workspace = take(&mut rest)?;
    let writes = u64::from_be_bytes(take(&mut rest)?);
    let size = u64::from_be_bytes(take(&mut rest)?);
    let root = take(&mut rest)?;
    let base_size = u64::from_be_bytes(take(&mut rest)?);
    let subtrees = (0..base_size.count_ones())
        .map(|_| take(&mut rest))
        .collect::<Option<_>>()?;
    let content = slot.get(..slot.len() - rest.len())?;
    let checksum = take::<CHECKSUM>(&mut rest)?;
    let base = Frontier::from_parts(base_size, subtrees).ok()?;
    let sound = magic == *MAGIC
        && checksum == <[u8; CHECKSUM]>::from(Sha256::digest(content))
        && base_size <= size;
    sound.then_some((workspace, writes, Mark { size, root, base }))
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (found, after) = rest.split_first_chunk::<N>()?;
    *rest = after;
    Some(*found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::golden;

    const WORKSPACE: WorkspaceId = *b"workspace-000001";

    fn mark(size: u64) -> Mark {
        let mut base = Frontier::default();
        for n in 0..size.saturating_sub(3) {
            base.push([n.to_be_bytes()[7]; 32]);
        }
        Mark {
            size,
            root: [0xaa; 32],
            base,
        }
    }

    fn found(path: &Path) -> Mark {
        match MarkFile::find(path, WORKSPACE).unwrap() {
            Found::Mark(_, mark) => mark,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_layout_is_frozen() {
        let bytes = encode(WORKSPACE, 9, &mark(26));
        golden("mark.bin", &bytes);
        assert_eq!(decode(&bytes), Some((WORKSPACE, 9, mark(26))));
    }

    #[test]
    fn the_largest_mark_fits_its_slot() {
        let base = Frontier::from_parts(u64::MAX, vec![[1; 32]; 64]).unwrap();
        assert!(
            encode(
                WORKSPACE,
                1,
                &Mark {
                    size: u64::MAX,
                    root: [0; 32],
                    base
                }
            )
            .len()
                <= SLOT
        );
    }

    #[test]
    fn the_newest_is_found_again_and_a_torn_one_leaves_the_synced_one() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("mark");
        let mut file = MarkFile::create(&path, WORKSPACE, &mark(0)).unwrap();
        file.sync_every = Duration::MAX;
        for size in 1..5 {
            file.write(&mark(size)).unwrap();
            assert_eq!(found(&path), mark(size));
        }
        let unsynced = u64::from(file.slot) * SLOT as u64;
        write_at(&mut file.file, b"torn", unsynced + 30).unwrap();
        assert_eq!(found(&path), mark(0));
    }

    #[test]
    fn nothing_nonsense_and_someone_elses_are_told_apart() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("mark");
        assert!(matches!(
            MarkFile::find(&path, WORKSPACE).unwrap(),
            Found::Nothing
        ));
        drop(MarkFile::create(&path, WORKSPACE, &mark(1)).unwrap());
        assert!(matches!(
            MarkFile::find(&path, [9; 16]).unwrap(),
            Found::OtherWorkspace
        ));
        std::fs::write(&path, b"nonsense").unwrap();
        assert!(matches!(
            MarkFile::find(&path, WORKSPACE).unwrap(),
            Found::Unreadable
        ));
    }
}
