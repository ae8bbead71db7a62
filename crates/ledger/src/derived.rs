//! What can be computed again from the entries, kept to save the time: snapshots and indexes.
//!
//! A blob is bound to the position and the root that it was computed from. Whoever reads it compares
//! both with the log and computes anew when they differ. Anything missing, cut short, altered or of
//! another version reads as nothing: the files may be deleted at any time, also while a program runs.
//!
//! Layout (integers big endian): "QDDERIV2" (8) | position (8) | root (32) | the blob | CRC-32 of all
//! before (4). What the blob means, and its version, is its owner's business. The checksum is there
//! against accidents: whoever can write these files can write the log's own, too, and is found out by
//! the log's hashes. SHA-256 in its place cost a tenth of `okr status`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process;

use bytes::Bytes;

use crate::Hash;

const MAGIC: &[u8; 8] = b"QDDERIV2";
const HEADER: usize = 8 + 8 + 32;
const CHECKSUM: usize = 4;

/// A folder of derived blobs.
#[derive(Clone, Debug)]
pub struct Derived {
    dir: PathBuf,
}

/// A blob and what it was computed from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    /// The number of entries that went into it.
    pub position: u64,
    /// The root of the tree of those entries.
    pub root: Hash,
    pub bytes: Bytes,
}

impl Derived {
    /// The blobs kept in a folder, which is made when the first is written.
    pub fn new(dir: &Path) -> Self {
        Self {
            dir: dir.to_path_buf(),
        }
    }

    /// Keeps a blob under a name of lower-case letters, digits and hyphens, in place of the one before.
    /// Readers see the old one or the new one. It is not waited for the disk: a power cut may leave
    /// neither, which costs time and nothing else.
    ///
    /// # Errors
    /// When the name is no such name or the file cannot be written.
    pub fn put(&self, name: &str, position: u64, root: &Hash, bytes: &[u8]) -> io::Result<()> {
        let path = self.path(name).ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("“{name}” is no name for derived data"),
            )
        })?;
        let mut out = Vec::with_capacity(HEADER + bytes.len() + CHECKSUM);
        out.extend(MAGIC);
        out.extend(position.to_be_bytes());
        out.extend(root);
        out.extend(bytes);
        let checksum = crc32fast::hash(&out);
        out.extend(checksum.to_be_bytes());
        fs::create_dir_all(&self.dir)?;
        let written = self.dir.join(format!("{name}.{}.tmp", process::id()));
        fs::write(&written, &out)
            .and_then(|()| fs::rename(&written, &path))
            .inspect_err(|_| {
                // A full disk is the usual reason: leave no half-written file on it.
                let _ = fs::remove_file(&written);
            })
    }

    /// The blob kept under a name; `None` for whatever reason there is none to rely on.
    pub fn get(&self, name: &str) -> Option<Blob> {
        read(&Bytes::from(fs::read(self.path(name)?).ok()?))
    }

    fn path(&self, name: &str) -> Option<PathBuf> {
        let plain = !name.is_empty()
            && name
                .bytes()
                .all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        plain.then(|| self.dir.join(name))
    }
}

/// The blob in the bytes of a file, if they are those of one.
pub(crate) fn read(file: &Bytes) -> Option<Blob> {
    let (content, checksum) = file.split_last_chunk::<CHECKSUM>()?;
    let (magic, rest) = content.split_first_chunk::<8>()?;
    let (position, rest) = rest.split_first_chunk::<8>()?;
    let (root, _) = rest.split_first_chunk::<32>()?;
    let sound = magic == MAGIC && crc32fast::hash(content).to_be_bytes() == *checksum;
    sound.then(|| Blob {
        position: u64::from_be_bytes(*position),
        root: *root,
        bytes: file.slice(HEADER..content.len()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn derived() -> (tempfile::TempDir, Derived) {
        let dir = tempfile::tempdir().unwrap();
        let derived = Derived::new(&dir.path().join("derived"));
        (dir, derived)
    }

    #[test]
    fn the_last_blob_of_a_name_comes_back() {
        let (_dir, derived) = derived();
        assert_eq!(derived.get("state"), None);
        derived.put("state", 7, &[7; 32], b"seven").unwrap();
        derived.put("index", 3, &[3; 32], b"").unwrap();
        derived.put("state", 8, &[8; 32], b"eight").unwrap();
        let state = Blob {
            position: 8,
            root: [8; 32],
            bytes: Bytes::from_static(b"eight"),
        };
        assert_eq!(derived.get("state"), Some(state));
        assert_eq!(derived.get("index").unwrap().bytes, Bytes::new());
    }

    #[test]
    fn anything_altered_or_cut_reads_as_nothing() {
        let (_dir, derived) = derived();
        derived.put("state", 7, &[7; 32], b"seven").unwrap();
        let path = derived.path("state").unwrap();
        let whole = fs::read(&path).unwrap();
        for at in 0..whole.len() {
            let mut altered = whole.clone();
            altered[at] ^= 4;
            fs::write(&path, &altered).unwrap();
            assert_eq!(derived.get("state"), None, "byte {at}");
            fs::write(&path, &whole[..at]).unwrap();
            assert_eq!(derived.get("state"), None, "cut at {at}");
        }
    }

    #[test]
    fn a_name_stays_in_its_folder() {
        let (_dir, derived) = derived();
        for name in ["", "../state", "State", "a/b", "a.tmp"] {
            assert_eq!(
                derived.put(name, 0, &[0; 32], b"").unwrap_err().kind(),
                io::ErrorKind::InvalidInput
            );
            assert_eq!(derived.get(name), None);
        }
    }
}
