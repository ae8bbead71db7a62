//! A small file of frames: appended durably, replaced atomically, checked when read.
//!
//! Guarantees: what [`FramedFile::append`] returned for is on the disk. A last frame that was cut short
//! by a crash is passed over (its writer never got an answer) and its bytes are kept in a file beside.
//! Damage anywhere before it is an error that names the place; nothing is skipped in silence.
//!
//! Layout: a line of text that names the kind of file, then frames:
//!
//! ```text
//! marker F0 51 44 0A (4) │ length of the payload (u32, big endian) │ payload │ SHA-256 of all before (32)
//! ```

use std::fs::{self, File};
use std::io::{Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use quarterdeck_ledger::Hash;
use sha2::{Digest, Sha256};

use crate::error::ReplicaError;
use crate::files::{self, io_error, private};

const MARKER: [u8; 4] = [0xf0, b'Q', b'D', b'\n'];
const HEADER: usize = 8;
const CHECKSUM: usize = 32;

/// A file of frames, opened under the folder's lock.
#[derive(Debug)]
pub(crate) struct FramedFile {
    path: PathBuf,
    magic: &'static str,
    /// Opened for writing at the first append: most commands only read.
    file: Option<File>,
    /// Where the last whole frame ends.
    end: u64,
    /// Whether something that is no whole frame follows.
    torn: bool,
}

impl FramedFile {
    /// Reads the frames of a file; a file that is not there has none.
    pub(crate) fn open(
        path: PathBuf,
        magic: &'static str,
    ) -> Result<(Self, Vec<Vec<u8>>), ReplicaError> {
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(io_error("read", &path)(error)),
        };
        if is_newer(&bytes, magic) {
            return Err(ReplicaError::Newer { path });
        }
        let Parsed { frames, end, torn } =
            parse(&bytes, magic).map_err(|(offset, what)| ReplicaError::Damaged {
                path: path.clone(),
                offset: offset as u64,
                what: what.to_owned(),
            })?;
        if end < bytes.len() {
            // Beside, not away: should it have been damage after all, nothing is lost.
            let cut = path.with_extension("cut-short");
            files::replace(&cut, bytes.get(end..).unwrap_or_default())?;
        }
        let end = if bytes.len() < magic.len() {
            0
        } else {
            end as u64
        };
        Ok((
            Self {
                path,
                magic,
                file: None,
                end,
                torn,
            },
            frames,
        ))
    }

    /// Appends frames and returns when they are on the disk; after an error none of them counts.
    pub(crate) fn append(&mut self, payloads: &[Vec<u8>]) -> Result<(), ReplicaError> {
        let mut bytes = Vec::new();
        if self.end == 0 {
            bytes.extend(self.magic.as_bytes());
        }
        payloads
            .iter()
            .for_each(|payload| push_frame(&mut bytes, payload));
        let (end, path) = (self.end, self.path.clone());
        let torn = std::mem::replace(&mut self.torn, true);
        let file = self.writable()?;
        let written = (|| {
            if torn {
                file.set_len(end)?;
            }
            file.seek(SeekFrom::Start(end))?;
            file.write_all(&bytes)?;
            file.sync_data()
        })();
        if let Err(error) = written {
            // Whatever got there is cut off at the next append, or read as cut short.
            let _ = file.set_len(end);
            return Err(io_error("append to", &path)(error));
        }
        self.torn = false;
        if end == 0
            && let Some(parent) = path.parent()
        {
            files::sync_dir(parent)?;
        }
        self.end += bytes.len() as u64;
        Ok(())
    }

    /// Replaces all frames at once.
    pub(crate) fn replace(&mut self, payloads: &[Vec<u8>]) -> Result<(), ReplicaError> {
        let bytes = write(self.magic, payloads);
        files::replace(&self.path, &bytes)?;
        self.file = None;
        self.end = bytes.len() as u64;
        self.torn = false;
        Ok(())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    fn writable(&mut self) -> Result<&mut File, ReplicaError> {
        let file = match self.file.take() {
            Some(file) => file,
            None => private()
                .write(true)
                .create(true)
                .truncate(false)
                .open(&self.path)
                .map_err(io_error("open", &self.path))?,
        };
        Ok(self.file.insert(file))
    }
}

/// What the bytes of a file say.
#[derive(Debug)]
pub(crate) struct Parsed {
    /// The payloads of its whole frames.
    pub(crate) frames: Vec<Vec<u8>>,
    /// Where the last of them ends.
    pub(crate) end: usize,
    /// Whether something that is no whole frame follows.
    torn: bool,
}

/// Reads the bytes of a file; an error is the place that is damaged, and how.
pub(crate) fn parse(bytes: &[u8], magic: &str) -> Result<Parsed, (usize, &'static str)> {
    if magic
        .as_bytes()
        .strip_prefix(bytes)
        .is_some_and(|rest| !rest.is_empty())
    {
        return Ok(Parsed {
            frames: Vec::new(),
            end: bytes.len(),
            torn: true,
        });
    }
    if !bytes.starts_with(magic.as_bytes()) {
        return Err((0, "it does not begin with the name of its format"));
    }
    let Scanned { frames, damaged } = scan(bytes, magic);
    let end = damaged.first().map_or(bytes.len(), |first| first.start);
    if damaged.iter().any(|damaged| damaged.end < bytes.len()) {
        return Err((
            end,
            "a record does not match its checksum, and whole ones follow it",
        ));
    }
    Ok(Parsed {
        frames,
        end,
        torn: end < bytes.len(),
    })
}

/// Whether it has the name of its format, and another version of it.
pub(crate) fn is_newer(bytes: &[u8], magic: &str) -> bool {
    let name = magic.split_inclusive('/').next().unwrap_or(magic);
    let version = (bytes.strip_prefix(name.as_bytes()))
        .and_then(|rest| rest.split(|byte| *byte == b'\n').next());
    !bytes.starts_with(magic.as_bytes())
        && version
            .is_some_and(|version| !version.is_empty() && version.iter().all(u8::is_ascii_digit))
        && bytes.len() >= magic.len()
}

/// What is there of a file, wherever it is damaged.
#[derive(Debug)]
pub(crate) struct Scanned {
    /// The payloads of the whole frames before, between and behind what is damaged.
    pub(crate) frames: Vec<Vec<u8>>,
    /// The bytes that belong to no whole frame.
    pub(crate) damaged: Vec<Range<usize>>,
}

pub(crate) fn scan(bytes: &[u8], magic: &str) -> Scanned {
    let mut at = if bytes.starts_with(magic.as_bytes()) {
        magic.len()
    } else {
        0
    };
    let mut scanned = Scanned {
        frames: Vec::new(),
        damaged: Vec::new(),
    };
    while at < bytes.len() {
        if let Some(payload) = frame_at(bytes, at) {
            at = payload.end + CHECKSUM;
            (scanned.frames).push(bytes.get(payload).unwrap_or_default().to_vec());
        } else {
            let next = (at + 1..bytes.len()).find(|later| frame_at(bytes, *later).is_some());
            let next = next.unwrap_or(bytes.len());
            scanned.damaged.push(at..next);
            at = next;
        }
    }
    scanned
}

/// The bytes of a file with these frames.
pub(crate) fn write(magic: &str, payloads: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = magic.as_bytes().to_vec();
    payloads
        .iter()
        .for_each(|payload| push_frame(&mut bytes, payload));
    bytes
}

fn push_frame(bytes: &mut Vec<u8>, payload: &[u8]) {
    let start = bytes.len();
    bytes.extend(MARKER);
    // A command has at most a thousand events of 64 KiB each: far below 4 GiB.
    bytes.extend(
        u32::try_from(payload.len())
            .unwrap_or(u32::MAX)
            .to_be_bytes(),
    );
    bytes.extend(payload);
    let checksum: Hash = Sha256::digest(bytes.get(start..).unwrap_or_default()).into();
    bytes.extend(checksum);
}

/// The payload of the whole frame that begins here, if one does.
fn frame_at(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let (header, rest) = bytes.get(at..)?.split_at_checked(HEADER)?;
    let length: [u8; 4] = header.strip_prefix(&MARKER)?.try_into().ok()?;
    let length = usize::try_from(u32::from_be_bytes(length)).ok()?;
    let checksum = rest.get(length..length.checked_add(CHECKSUM)?)?;
    let start = at + HEADER;
    let expected: Hash = Sha256::digest(bytes.get(at..start + length)?).into();
    (checksum == expected).then_some(start..start + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAGIC: &str = "quarterdeck-test/1\n";

    fn open(path: &Path) -> Result<(FramedFile, Vec<Vec<u8>>), ReplicaError> {
        FramedFile::open(path.to_path_buf(), MAGIC)
    }

    fn written(dir: &Path) -> (PathBuf, Vec<u8>) {
        let path = dir.join("frames");
        let (mut file, none) = open(&path).unwrap();
        assert!(none.is_empty());
        file.append(&[b"one".to_vec()]).unwrap();
        file.append(&[b"two".to_vec(), b"three".to_vec()]).unwrap();
        let bytes = fs::read(&path).unwrap();
        (path, bytes)
    }

    #[test]
    fn what_was_appended_reads_back_and_is_replaced_as_a_whole() {
        let dir = tempfile::tempdir().unwrap();
        let (path, _) = written(dir.path());
        let (mut file, frames) = open(&path).unwrap();
        assert_eq!(
            frames,
            [b"one".to_vec(), b"two".to_vec(), b"three".to_vec()]
        );
        file.replace(&[b"two".to_vec()]).unwrap();
        file.append(&[b"four".to_vec()]).unwrap();
        assert_eq!(open(&path).unwrap().1, [b"two".to_vec(), b"four".to_vec()]);
    }

    #[test]
    fn a_file_cut_anywhere_keeps_its_whole_frames_and_goes_on() {
        let dir = tempfile::tempdir().unwrap();
        let (path, bytes) = written(dir.path());
        for length in 0..bytes.len() {
            fs::write(&path, &bytes[..length]).unwrap();
            let (mut file, frames) = open(&path).unwrap();
            assert!(frames.len() < 3, "{length}");
            file.append(&[b"next".to_vec()]).unwrap();
            let again = open(&path).unwrap().1;
            assert_eq!(again[..frames.len()], frames[..]);
            assert_eq!(again.last().unwrap(), b"next");
            assert_eq!(again.len(), frames.len() + 1);
        }
    }

    #[test]
    fn damage_before_a_whole_frame_is_named_and_nothing_is_changed() {
        let dir = tempfile::tempdir().unwrap();
        let (path, bytes) = written(dir.path());
        let last = bytes.len() - (HEADER + 5 + CHECKSUM);
        for at in 0..last {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x20;
            fs::write(&path, &damaged).unwrap();
            let refused = open(&path).unwrap_err();
            assert!(matches!(refused, ReplicaError::Damaged { offset, .. } if offset <= at as u64));
            assert_eq!(fs::read(&path).unwrap(), damaged);
        }
    }

    #[test]
    fn a_last_frame_that_does_not_check_is_kept_beside() {
        let dir = tempfile::tempdir().unwrap();
        let (path, mut bytes) = written(dir.path());
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(&path, &bytes).unwrap();
        assert_eq!(open(&path).unwrap().1.len(), 2);
        assert!(
            fs::read(path.with_extension("cut-short"))
                .unwrap()
                .starts_with(&MARKER)
        );
    }
}
