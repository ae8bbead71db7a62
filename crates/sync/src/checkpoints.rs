//! The signed heads that this replica has verified: the last one, and the chain of those before it.
//!
//! `checkpoint` holds the last one. `checkpoints` holds every distinct one, oldest first: the signed notes as they came,
//! each followed by an empty line. It is what makes a server's earlier words count: [`crate::Replica::verify`]
//! holds all of them against the entries.
//!
//! It stays small: beyond 2,000, every second of those before the last 1,000 goes, and the first stays. So the older, the
//! thinner, and never more than 2,000.
//!
//! Neither file is waited for the disk: what was kept before still holds for the part of the log that it
//! covers. A last note that is cut short is passed over, and cut off when the next one is added.

use std::fs::{self, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use crate::error::ReplicaError;
use crate::files::{self, io_error};

const LAST: &str = "checkpoint";
const CHAIN: &str = "checkpoints";
/// More are thinned.
const MOST: usize = 2_000;
/// So many of the latest are left alone.
const LATEST: usize = 1_000;

/// Keeps a signed head that the log was found to have.
pub(crate) fn keep(dir: &Path, note: &str) -> Result<(), ReplicaError> {
    let (path, written) = (dir.join(LAST), dir.join("checkpoint.tmp"));
    fs::write(&written, note)
        .and_then(|()| fs::rename(&written, &path))
        .map_err(io_error("write", &path))?;
    add(dir, note)
}

/// The last one.
pub(crate) fn last(dir: &Path) -> Option<String> {
    fs::read_to_string(dir.join(LAST)).ok()
}

/// All that are kept, oldest first.
pub(crate) fn all(dir: &Path) -> Vec<String> {
    let chain = fs::read(dir.join(CHAIN)).unwrap_or_default();
    let mut notes = split(&String::from_utf8_lossy(&chain));
    // Replicas of earlier versions have the last one alone.
    notes.extend(last(dir).filter(|last| notes.last() != Some(last)));
    notes
}

/// Begins a new chain: the log is about to be exchanged for another. The old one stays beside, under `aside`.
pub(crate) fn begin_anew(dir: &Path, aside: &str) -> Result<(), ReplicaError> {
    let chain = dir.join(CHAIN);
    match fs::rename(&chain, dir.join(aside)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(io_error("move", &chain)(error))
        }
        _ => Ok(()),
    }
}

fn add(dir: &Path, note: &str) -> Result<(), ReplicaError> {
    let path = dir.join(CHAIN);
    let added = format!("{note}\n");
    let mut file = OpenOptions::new()
        .read(true)
        .append(true)
        .create(true)
        .open(&path)
        .map_err(io_error("open", &path))?;
    let size = file.metadata().map_err(io_error("read", &path))?.len();
    let tail = tail(&mut file, size, added.len()).map_err(io_error("read", &path))?;
    if tail == added.as_bytes() {
        return Ok(());
    }
    let torn = size > 0 && !ends_whole(&tail);
    // Later notes are as long as earlier ones, or longer by a digit.
    let full = size > (MOST * added.len()) as u64;
    if !torn && !full {
        return file
            .write_all(added.as_bytes())
            .map_err(io_error("append to", &path));
    }
    let mut notes = split(&String::from_utf8_lossy(
        &fs::read(&path).map_err(io_error("read", &path))?,
    ));
    notes.push(note.to_owned());
    let whole: String = (thin(notes).into_iter())
        .map(|note| format!("{note}\n"))
        .collect();
    files::replace(&path, whole.as_bytes())
}

/// The last bytes of a file, at most so many.
fn tail(file: &mut fs::File, size: u64, most: usize) -> std::io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(size.saturating_sub(most as u64)))?;
    let mut bytes = Vec::with_capacity(most);
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether a chain ends with the empty line after a signature, not with the one before it.
fn ends_whole(tail: &[u8]) -> bool {
    tail.strip_suffix(b"\n\n")
        .and_then(|note| note.rsplit(|byte| *byte == b'\n').next())
        .is_some_and(|line| line.starts_with("\u{2014} ".as_bytes()))
}

fn thin(notes: Vec<String>) -> Vec<String> {
    if notes.len() <= MOST {
        return notes;
    }
    let latest = notes.len() - LATEST;
    (0..)
        .zip(notes)
        .filter(|(at, _)| at % 2 == 0 || *at >= latest)
        .map(|(_, note)| note)
        .collect()
}

/// The whole notes of a chain: text, empty line, signatures, empty line.
pub(crate) fn split(chain: &str) -> Vec<String> {
    let mut notes = Vec::new();
    let mut rest = chain;
    while let Some((text, after)) = rest.split_once("\n\n") {
        let Some((signatures, next)) = after.split_once("\n\n") else {
            break;
        };
        notes.push(format!("{text}\n\n{signatures}\n"));
        rest = next;
    }
    notes
}

#[cfg(test)]
mod tests {
    use quarterdeck_ledger::{Checkpoint, DeviceKey};

    use super::*;

    fn note(size: u64) -> String {
        Checkpoint {
            workspace: [1; 16],
            size,
            root: [3; 32],
        }
        .sign(&DeviceKey::from_seed([7; 32]))
    }

    fn sizes(dir: &Path) -> Vec<u64> {
        (all(dir).iter())
            .map(|note| crate::head::size_of(note).unwrap())
            .collect()
    }

    #[test]
    fn each_is_kept_once_and_in_order() {
        let dir = tempfile::tempdir().unwrap();
        for size in [1, 1, 2, 5, 5] {
            keep(dir.path(), &note(size)).unwrap();
        }
        assert_eq!(sizes(dir.path()), [1, 2, 5]);
        assert_eq!(last(dir.path()), Some(note(5)));
        let chain = fs::read_to_string(dir.path().join(CHAIN)).unwrap();
        assert_eq!(chain, format!("{}\n{}\n{}\n", note(1), note(2), note(5)));
    }

    #[test]
    fn a_note_cut_short_anywhere_is_passed_over_and_the_next_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        keep(dir.path(), &note(1)).unwrap();
        let whole = fs::read(dir.path().join(CHAIN)).unwrap();
        keep(dir.path(), &note(2)).unwrap();
        let both = fs::read(dir.path().join(CHAIN)).unwrap();
        for length in whole.len()..both.len() {
            fs::write(dir.path().join(CHAIN), &both[..length]).unwrap();
            keep(dir.path(), &note(3)).unwrap();
            assert_eq!(sizes(dir.path()), [1, 3], "{length}");
        }
    }

    #[test]
    fn the_older_the_thinner_and_never_more_than_so_many() {
        let dir = tempfile::tempdir().unwrap();
        for size in 1..=6_000 {
            add(dir.path(), &note(size)).unwrap();
        }
        let kept: Vec<u64> = split(&fs::read_to_string(dir.path().join(CHAIN)).unwrap())
            .iter()
            .map(|note| crate::head::size_of(note).unwrap())
            .collect();
        assert!(kept.len() <= MOST + 200, "{}", kept.len());
        assert_eq!(kept[0], 1, "the first stays");
        assert!(kept.is_sorted());
        assert_eq!(
            kept[kept.len() - LATEST..],
            (5_001..=6_000).collect::<Vec<_>>()
        );
        let gaps: Vec<u64> = kept.windows(2).map(|two| two[1] - two[0]).collect();
        assert!(gaps[0] >= 8 && gaps.is_sorted_by(|a, b| a >= b), "{gaps:?}");
    }
}
