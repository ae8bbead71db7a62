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
    let mut mended = Vec::new();
    for (file, magic) in [(outbox::FILE, outbox::MAGIC), (shelf::FILE, shelf::MAGIC)] {
        mended.extend(mend(dir, file, magic, now_ms)?);
    }
    Ok(mended)
}

fn mend(
    dir: &Path,
    file: &'static str,
    magic: &'static str,
    now_ms: u64,
) -> Result<Option<Mended>, ReplicaError> {
    let path = dir.join(file);
    let bytes = match fs::read(&path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        read => read.map_err(io_error("read", &path))?,
    };
    let Err((_, what)) = framed::parse(&bytes, magic) else {
        return Ok(None);
    };
    let framed::Scanned { frames, damaged } = framed::scan(&bytes, magic);
    let readable = if framed::is_newer(&bytes, magic) {
        None
    } else if file == outbox::FILE {
        Content::read(&frames).map(|content| {
            let commands = content.commands.len();
            (all_sent(content).records(), commands)
        })
    } else {
        let is_refused = |frame: &Vec<u8>| matches!(Record::read(frame), Some(Record::Refused(_)));
        let commands = frames.len();
        (frames.iter().all(is_refused)).then_some((frames, commands))
    };
    let Some((frames, commands)) = readable else {
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

/// How far it was sent may be what cannot be read.
fn all_sent(mut content: Content) -> Content {
    if let Some(last) = content.commands.last() {
        content.sent = content.sent.max(last.last().event.number);
    }
    content
}
