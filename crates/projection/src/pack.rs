//! A file that only grows: what snapshots and postings have in common.
//!
//! Records are appended and never changed, so whoever has the file open goes on reading what it
//! knew, whatever another process adds; a pack that is begun anew is another file. Each record is
//! read back under its CRC-32, which stands in the [`Place`] that leads to it.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use quarterdeck_core::state::{Place, Shelf};

/// Bytes that are collected before they are written.
const BUFFER: usize = 1 << 20;

/// Whether everything that was read after an answer had begun came out.
///
/// Core cannot fail for outside reasons, so what a pack cannot give it reads as nothing, and it is
/// remembered here. Once [`broken`](Self::broken), what was kept is set aside, to be made again from
/// the log by whoever opens it next; and no answer may be let out.
#[derive(Debug, Clone, Default)]
pub struct Health(Arc<State>);

#[derive(Debug, Default)]
struct State {
    broken: OnceLock<String>,
    /// What leads to everything that is kept.
    list: OnceLock<PathBuf>,
}

impl Health {
    /// What could not be read, if anything.
    #[must_use]
    pub fn broken(&self) -> Option<&str> {
        self.0.broken.get().map(String::as_str)
    }

    pub(crate) fn watch(&self, list: PathBuf) {
        let _ = self.0.list.set(list);
    }

    fn fail(&self, error: &io::Error) {
        let _ = self.0.broken.set(error.to_string());
        if let Some(list) = self.0.list.get() {
            let _ = fs::remove_file(list);
        }
    }
}

/// An open pack.
#[derive(Debug)]
pub(crate) struct Pack {
    file: Mutex<Inner>,
    health: Health,
}

#[derive(Debug)]
struct Inner {
    file: File,
    /// Where the file ends, without what waits.
    end: u64,
    /// Records that are not written yet.
    waiting: Vec<u8>,
}

impl Pack {
    /// Opens a pack, or begins one.
    pub(crate) fn open(path: &Path, health: &Health) -> io::Result<Self> {
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        let end = file.metadata()?.len();
        Ok(Self {
            file: Mutex::new(Inner {
                file,
                end,
                waiting: Vec::new(),
            }),
            health: health.clone(),
        })
    }

    /// Adds a record.
    pub(crate) fn append(&self, bytes: &[u8]) -> io::Result<Place> {
        let mut inner = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let place = Place {
            at: inner.end + inner.waiting.len() as u64,
            length: u32::try_from(bytes.len())
                .map_err(|_| io::Error::other("a record of more than 4 GiB"))?,
            checksum: crc32fast::hash(bytes),
        };
        inner.waiting.extend(bytes);
        if inner.waiting.len() >= BUFFER {
            inner.write()?;
        }
        Ok(place)
    }

    /// Writes what waits.
    pub(crate) fn flush(&self) -> io::Result<()> {
        let mut inner = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        inner.write()
    }

    /// Where the pack ends, for the next writer to see whether another one was there.
    pub(crate) fn end(&self) -> u64 {
        let inner = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        inner.end + inner.waiting.len() as u64
    }

    /// The record at a place, if its checksum comes out.
    pub(crate) fn get(&self, place: Place) -> io::Result<Vec<u8>> {
        let mut bytes;
        {
            let mut inner = self.file.lock().unwrap_or_else(PoisonError::into_inner);
            let end = place.at.checked_add(u64::from(place.length));
            if end.is_none_or(|end| end > inner.end) {
                inner.write()?;
            }
            // Another process may have added to the file since; but no memory for what is not there.
            if end.is_none_or(|end| end > inner.end) && inner.length()? < end.unwrap_or(u64::MAX) {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            bytes = vec![0; usize::try_from(place.length).unwrap_or(usize::MAX)];
            inner.read_at(&mut bytes, place.at)?;
        }
        if crc32fast::hash(&bytes) == place.checksum {
            Ok(bytes)
        } else {
            Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("the record at byte {} was altered", place.at),
            ))
        }
    }
}

impl Inner {
    #[cfg(unix)]
    fn read_at(&mut self, bytes: &mut [u8], at: u64) -> io::Result<()> {
        std::os::unix::fs::FileExt::read_exact_at(&self.file, bytes, at)
    }

    #[cfg(not(unix))]
    fn read_at(&mut self, bytes: &mut [u8], at: u64) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(at))?;
        io::Read::read_exact(&mut self.file, bytes)
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    fn write(&mut self) -> io::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        self.file.seek(SeekFrom::Start(self.end))?;
        self.file.write_all(&self.waiting)?;
        self.end += self.waiting.len() as u64;
        self.waiting.clear();
        Ok(())
    }
}

impl Pack {
    /// Takes note that something did not come out after an answer had begun.
    pub(crate) fn fail(&self, error: &io::Error) {
        self.health.fail(error);
    }
}

impl Shelf for Pack {
    fn read(&self, place: Place) -> Vec<u8> {
        self.get(place).unwrap_or_else(|error| {
            self.health.fail(&error);
            Vec::new()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_appended_comes_back_and_what_was_altered_does_not() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("pack");
        let pack = Pack::open(&path, &Health::default()).unwrap();
        let one = pack.append(b"one").unwrap();
        let two = pack.append(b"two").unwrap();
        assert_eq!(pack.get(two).unwrap(), b"two");
        pack.flush().unwrap();
        let again = Pack::open(&path, &Health::default()).unwrap();
        assert_eq!(again.end(), 6);
        assert_eq!(again.read(one), b"one");
        let three = again.append(b"three").unwrap();
        again.flush().unwrap();
        assert_eq!(pack.get(one).unwrap(), b"one", "an older handle reads on");
        let mut bytes = fs::read(&path).unwrap();
        bytes[1] ^= 1;
        fs::write(&path, &bytes[..9]).unwrap();
        let health = Health::default();
        health.watch(dir.path().join("list"));
        fs::write(dir.path().join("list"), "").unwrap();
        let altered = Pack::open(&path, &health).unwrap();
        assert_eq!(altered.read(two), b"two");
        assert_eq!(health.broken(), None);
        assert_eq!(altered.read(one), b"");
        assert!(health.broken().is_some(), "and it is remembered");
        assert!(!dir.path().join("list").exists(), "and set aside");
        assert!(altered.get(three).is_err(), "cut short");
    }
}
