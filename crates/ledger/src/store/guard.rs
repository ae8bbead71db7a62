//! Undoing what sled does to a damaged store.
//!
//! Recovering, sled takes the first thing in its log that it cannot read for the end of the log, and
//! erases everything behind it: one flipped bit costs all that was written later. For a torn tail that
//! is right; for damage it destroys the evidence, and what could still be rescued. So whatever sled may
//! touch is kept in memory while a store is opened, and put back when the store does not pass.
//!
//! What it may touch: its snapshot, the length of its file, and the segments of its log that are not
//! older than its snapshot. An ordinary opening keeps one or two segments of half a mebibyte.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// The size of a segment of sled's log.
pub(super) const SEGMENT: u64 = 512 * 1024;
/// A segment begins with a checksum (4), its position in the log (8) and how far the log was synced (8).
pub(super) const HEADER: usize = 20;
/// sled writes positions with these bits flipped.
const FLIPPED: u64 = 0x7fff_ffff_ffff_ffff;
/// At most so many segments are kept, the newest ones: 256 MiB.
const AT_MOST: usize = 512;

/// What a store was before sled opened it.
#[derive(Debug)]
pub(super) struct Guard {
    db: PathBuf,
    length: u64,
    /// Where each segment stands in the file, and its bytes.
    segments: Vec<(u64, Vec<u8>)>,
    snapshots: Vec<(PathBuf, Vec<u8>)>,
}

impl Guard {
    /// Takes note of the store in a folder; there must be one.
    pub(super) fn of(store: &Path) -> io::Result<Self> {
        let db = store.join("db");
        let file = File::open(&db)?;
        let length = file.metadata()?.len();
        let mut snapshots = Vec::new();
        let mut snapshot_position = 0;
        for path in snapshot_files(store)? {
            snapshot_position = snapshot_position.max(position_of(&path).unwrap_or(0));
            let bytes = fs::read(&path)?;
            snapshots.push((path, bytes));
        }
        let mut touchable = Vec::new();
        for start in (0..length).step_by(SEGMENT_STEP) {
            if let Some(position) = segment_position(&file, start)?
                && position.saturating_add(SEGMENT) > snapshot_position
            {
                touchable.push((position, start));
            }
        }
        touchable.sort_unstable_by(|one, other| other.cmp(one));
        touchable.truncate(AT_MOST);
        let segments = touchable
            .into_iter()
            .map(|(_, start)| Ok((start, read_up_to_segment(&file, start)?)))
            .collect::<io::Result<_>>()?;
        Ok(Self {
            db,
            length,
            segments,
            snapshots,
        })
    }

    /// Puts everything back. sled must have closed the store.
    pub(super) fn restore(self) -> io::Result<()> {
        let file = File::options().write(true).open(&self.db)?;
        file.set_len(self.length)?;
        for (start, bytes) in &self.segments {
            file.write_all_at(bytes, *start)?;
        }
        file.sync_all()?;
        if let Some(store) = self.db.parent() {
            for path in snapshot_files(store)? {
                fs::remove_file(path)?;
            }
        }
        for (path, bytes) in &self.snapshots {
            fs::write(path, bytes)?;
        }
        Ok(())
    }
}

#[allow(
    clippy::cast_possible_truncation,
    reason = "half a mebibyte fits into every usize"
)]
pub(super) const SEGMENT_STEP: usize = SEGMENT as usize;

fn snapshot_files(store: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(store)? {
        let path = entry?.path();
        if position_of(&path).is_some() {
            found.push(path);
        }
    }
    Ok(found)
}

/// The position in the log up to which a snapshot reaches, which its name tells; none for another file.
fn position_of(path: &Path) -> Option<u64> {
    let name = path.file_name()?.to_str()?;
    u64::from_str_radix(name.strip_prefix("snap.")?, 16).ok()
}

/// The position in the log of the segment that begins here; none for one that was never written, or
/// erased.
fn segment_position(file: &File, start: u64) -> io::Result<Option<u64>> {
    let mut header = [0; HEADER];
    match file.read_exact_at(&mut header, start) {
        Ok(()) => {}
        // A file cut within a header: whatever is there is worth keeping.
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(Some(u64::MAX)),
        Err(error) => return Err(error),
    }
    if header == [0; HEADER] {
        return Ok(None);
    }
    let [_, _, _, _, position @ .., _, _, _, _, _, _, _, _] = header;
    Ok(Some(u64::from_le_bytes(position) ^ FLIPPED))
}

pub(super) fn read_up_to_segment(file: &File, start: u64) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; SEGMENT_STEP];
    let mut read = 0;
    while let Some(rest) = bytes.get_mut(read..).filter(|rest| !rest.is_empty()) {
        match file.read_at(rest, start + read as u64) {
            Ok(0) => break,
            Ok(more) => read += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(read);
    Ok(bytes)
}
