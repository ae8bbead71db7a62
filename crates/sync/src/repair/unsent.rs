//! An outbox or a shelf whose bytes are damaged goes on with what is readable of it.
//!
//! Guarantees:
//! - **Nothing is thrown away**: the damaged file is kept as evidence before another takes its place, and every
//!   command of it that reads is in the other.
//! - **Nothing is sent twice**: what may have reached the server keeps its number, and where a command between
//!   two others is gone, the outbox says at the next sync that it does not follow on its chain; the folder
//!   then becomes a device of its own, after it has taken in what the log holds.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::WHAT_IS_DAMAGED;
use crate::error::ReplicaError;
use crate::evidence;
use crate::files::{self, io_error};
use crate::framed;
use crate::lock::Lock;
use crate::outbox::{self, Content};
use crate::record::Record;
use crate::replica::{LOCK, Options};
use crate::shelf;

/// A file that was damaged, and goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mended {
    /// `outbox` or `shelf`.
    pub file: &'static str,
    /// How many commands were read.
    pub commands: usize,
    /// Which bytes could not be.
    pub damaged: Vec<Range<usize>>,
    /// Where the damaged file is.
    pub evidence: PathBuf,
}

/// Mends outbox and shelf of a folder; answers which of them were damaged.
///
/// # Errors
/// When another process does not let go of the folder, a newer okr wrote the file, or the disk fails.
/// The file is as it was then.
pub fn unsent(dir: &Path, options: Options, now_ms: u64) -> Result<Vec<Mended>, ReplicaError> {
    let _lock = Lock::take(dir, LOCK, options.lock_wait)?;
    let files: [(_, _, Readable); 2] = [
        (outbox::FILE, outbox::MAGIC, waiting),
        (shelf::FILE, shelf::MAGIC, refused),
    ];
    let mended = files
        .into_iter()
        .map(|(file, magic, readable)| mend(dir, (file, magic), readable, now_ms));
    mended.filter_map(Result::transpose).collect()
}

/// The frames that a file goes on with, and how many commands are in them; none where one of those that were
/// read is of a newer version.
type Readable = fn(Vec<Vec<u8>>) -> Option<(Vec<Vec<u8>>, usize)>;

fn waiting(frames: Vec<Vec<u8>>) -> Option<(Vec<Vec<u8>>, usize)> {
    let mut content = Content::read(&frames)?;
    if let Some(last) = content.commands.last() {
        // How far it was sent may be what cannot be read.
        content.sent = content.sent.max(last.last().event.number);
    }
    Some((content.records(), content.commands.len()))
}

fn refused(frames: Vec<Vec<u8>>) -> Option<(Vec<Vec<u8>>, usize)> {
    let is_refused = |frame: &Vec<u8>| matches!(Record::read(frame), Some(Record::Refused(_)));
    let commands = frames.len();
    frames.iter().all(is_refused).then_some((frames, commands))
}

fn mend(
    dir: &Path,
    (file, magic): (&'static str, &'static str),
    readable: Readable,
    now_ms: u64,
) -> Result<Option<Mended>, ReplicaError> {
    let path = dir.join(file);
    let bytes = match fs::read(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        read => read.map_err(io_error("read", &path))?,
    };
    if framed::is_newer(&bytes, magic) {
        return Err(ReplicaError::Newer { path });
    }
    let Err((_, what)) = framed::parse(&bytes, magic) else {
        return Ok(None);
    };
    let framed::Scanned { frames, damaged } = framed::scan(&bytes, magic);
    let Some((frames, commands)) = readable(frames) else {
        return Err(ReplicaError::Newer { path });
    };
    let evidence = evidence::folder(dir, &format!("{now_ms}-damaged-{file}"))?;
    files::replace(&evidence.join(file), &bytes)?;
    let text = format!("{what}: bytes {damaged:?}\n");
    files::replace(&evidence.join(WHAT_IS_DAMAGED), text.as_bytes())?;
    files::replace(&path, &framed::write(magic, &frames))?;
    Ok(Some(Mended {
        file,
        commands,
        damaged,
        evidence,
    }))
}
