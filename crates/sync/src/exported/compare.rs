//! Comparing an exported log with a workspace that is here already.

use std::io::BufRead;

use quarterdeck_ledger::{Ledger, NewEntry};

use super::walk::Walk;
use super::{ImportError, LogFile};
use crate::error::ReplicaError;
use crate::replica::Replica;

/// How the log in a file stands to the one in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// They are the same.
    Same,
    /// The folder's goes on by so many entries where the file's ends.
    Older(u64),
    /// The file's goes on by so many entries where the folder's ends.
    Newer(u64),
    /// They part at this position.
    Differs(u64),
    /// They hold the same event at this position, recorded at another time: the workspace was given
    /// to a server between the two.
    RecordedAnew(u64),
}

/// Checks the whole file and compares it with the workspace, which stays as it is.
///
/// # Errors
/// When anything in the file does not hold, or the folder cannot be read.
pub fn compare<R: BufRead>(
    file: &mut LogFile<R>,
    replica: &mut Replica,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Relation, ImportError> {
    let size = file.header().size;
    let here = replica.head().size;
    let mut walk = Walk::new(file);
    let mut compared = 0;
    let mut parted = None;
    while let Some(entries) = walk.next(file)? {
        if parted.is_none() {
            parted = part(replica, compared, &entries)?;
        }
        compared += entries.len() as u64;
        progress(compared, size);
    }
    walk.finish(file)?;
    Ok(parted.unwrap_or(match size.cmp(&here) {
        std::cmp::Ordering::Equal => Relation::Same,
        std::cmp::Ordering::Less => Relation::Older(here - size),
        std::cmp::Ordering::Greater => Relation::Newer(size - here),
    }))
}

/// Where the entries after position `after` part from the folder's, if they do.
fn part(
    replica: &mut Replica,
    after: u64,
    entries: &[NewEntry],
) -> Result<Option<Relation>, ReplicaError> {
    let mut at = after;
    let mut rest = entries;
    while !rest.is_empty() {
        let block = replica
            .hold()?
            .ledger
            .read(at + 1, rest.len(), usize::MAX)?;
        if block.is_empty() {
            return Ok(None);
        }
        for (theirs, ours) in rest.iter().zip(&block) {
            at += 1;
            if theirs.hash != ours.hash {
                return Ok(Some(Relation::Differs(at)));
            }
            if theirs.recorded != ours.recorded {
                return Ok(Some(Relation::RecordedAnew(at)));
            }
        }
        rest = rest.get(block.len()..).unwrap_or_default();
    }
    Ok(None)
}
