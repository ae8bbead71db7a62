//! Giving a server back what its log has lost, after it was set back to a backup.
//!
//! Guarantees: what is sent was recorded by that server and verified here; with each piece goes the proof that it
//! is part of a head that the server's own key signed, so the server need not trust who brings it.
//! Nothing here changes by it. Pieces are whole commands; where it breaks off, the next sync goes on.

use quarterdeck_core::id::EventId;
use quarterdeck_ledger::merkle::Tree;
use quarterdeck_ledger::{Checkpoint, Ledger, leaf_hashes};
use quarterdeck_proto::limits::CHUNK_BYTES;

use super::pull::proven;
use super::{Progress, SyncError};
use crate::error::ReplicaError;
use crate::evidence;
use crate::remote::{GivenBack, Piece, Received, Remote, RemoteError};
use crate::replica::{Replica, decode};

/// Pieces that may bring nothing new in a row, because others give back at the same time, before the server is
/// taken to be broken.
const MAX_IDLE: usize = 64;
/// No piece is larger: it has to fit into a message.
const MOST_BYTES: usize = 3 << 20;
/// Entries read at once.
const READ_ENTRIES: usize = 4_096;

/// Gives back what the server's log lacks of the one here, if it takes it; answers how many entries it took,
/// or none where it does not take any, because it records, or because its history is another.
pub(super) async fn give_back<R: Remote>(
    replica: &mut Replica,
    remote: &R,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Option<u64>, SyncError> {
    replica.refresh()?;
    let key = replica.verifier_key().ok_or_else(|| ReplicaError::Empty {
        path: replica.dir().to_path_buf(),
    })?;
    let Some(note) = evidence::checkpoint(replica.dir()) else {
        return Ok(None);
    };
    let whole = proven(replica).min(replica.head().size);
    replica.release();
    let theirs = remote.checkpoint().await?;
    let Ok(signed) = Checkpoint::verify(&theirs, &key.workspace, &key.key) else {
        return Ok(None);
    };
    if signed.size >= whole {
        return Ok(None);
    }
    let leaves = leaf_hashes(&replica.hold()?.ledger, whole).map_err(ReplicaError::from)?;
    replica.release();
    let tree = Tree::of(leaves);
    let (old, size) = (index(signed.size), index(whole));
    if tree.root(old) != Some(signed.root) {
        return Ok(None);
    }
    let (mut at, mut taken, mut idle) = (signed.size, 0, 0);
    while at < whole {
        let entries = piece(replica, at, whole)?;
        let Some(last) = entries.last().map(|entry| entry.seq) else {
            break;
        };
        let proof = tree.consistency(index(last), size).unwrap_or_default();
        let piece = Piece {
            entries,
            checkpoint: note.clone(),
            proof,
        };
        match remote.give_back(piece).await? {
            GivenBack::Taken { head, taken: new } => {
                idle = if head > at { 0 } else { idle + 1 };
                if idle > MAX_IDLE || head > whole.max(last) {
                    return Err(nonsense());
                }
                taken += new;
                at = head;
            }
            GivenBack::NotHeld => return Ok(None),
        }
        progress(Progress::GivenBack {
            done: at - signed.size,
            of: whole - signed.size,
        });
    }
    Ok(Some(taken))
}

/// Whole commands after position `at`, about a chunk of them.
fn piece(replica: &mut Replica, at: u64, whole: u64) -> Result<Vec<Received>, ReplicaError> {
    let mut entries: Vec<Received> = Vec::new();
    let mut bytes = 0;
    // Up to where it has to go: to the end of a command, and to the event that vouches for what is left of an
    // entry whose texts were erased.
    let mut open = false;
    let mut vouched_at = 0;
    while bytes < CHUNK_BYTES || open || at + (entries.len() as u64) < vouched_at {
        let next = at + 1 + entries.len() as u64;
        if next > whole || bytes >= MOST_BYTES {
            break;
        }
        let room = usize::try_from(whole + 1 - next).unwrap_or(READ_ENTRIES);
        let block = (replica.hold()?.ledger).read(next, room.min(READ_ENTRIES), CHUNK_BYTES)?;
        if block.is_empty() {
            break;
        }
        let erasures = &replica.confirmed().erasures;
        for entry in block {
            if bytes >= CHUNK_BYTES && !open && entry.seq > vouched_at {
                break;
            }
            open = decode(&entry)?.event.remaining > 0;
            if entry.event.is_erased() {
                let by = erasures.get(&EventId::from_bytes(entry.event_id));
                vouched_at = by.map_or(vouched_at, |by| vouched_at.max(by.by.seq));
            }
            bytes += entry.event.size();
            entries.push(Received {
                seq: entry.seq,
                recorded: entry.recorded,
                sealed: entry.event,
            });
        }
    }
    replica.release();
    Ok(entries)
}

fn index(size: u64) -> usize {
    usize::try_from(size).unwrap_or(usize::MAX)
}

fn nonsense() -> SyncError {
    SyncError::Remote(RemoteError::Protocol(
        "its answer does not fit what was given back".to_owned(),
    ))
}
