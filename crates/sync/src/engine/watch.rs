//! Following a server live.

use std::convert::Infallible;

use tokio_stream::StreamExt;

use super::SyncError;
use super::pull::{differs, proven, stopped};
use crate::evidence;
use crate::intake::{Intake, IntakeError, Store};
use crate::remote::{Chunk, Remote, RemoteError};
use crate::replica::{LEDGER, Replica};

/// New entries are in the log, checked and stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrived {
    /// The first new position.
    pub from: u64,
    /// The last new position; one less than `from` when the watch has just begun.
    pub to: u64,
}

/// Follows the server: takes in what is recorded, as it is recorded, and calls `arrived` after each
/// piece. Pushes nothing; call [`sync`](super::sync) first.
///
/// `now` is asked for the wall clock, in milliseconds since the Unix epoch, when evidence is kept.
///
/// # Errors
/// It ends only by an error: the server went away (call it again), what it sent does not verify, or
/// the replica failed.
pub async fn watch<R: Remote>(
    replica: &mut Replica,
    remote: &R,
    now: &mut (dyn FnMut() -> u64 + Send),
    arrived: &mut (dyn FnMut(&mut Replica, Arrived) + Send),
) -> Result<Infallible, SyncError> {
    replica.refresh()?;
    let size = replica.confirmed().head;
    replica.release();
    let mut chunks = remote.watch(size + 1).await?;
    arrived(
        replica,
        Arrived {
            from: size + 1,
            to: size,
        },
    );
    replica.release();
    // Pieces that wait for the signed head that covers them.
    let mut waiting: Option<Chunk> = None;
    while let Some(chunk) = chunks.next().await {
        let chunk = join(waiting.take(), chunk?);
        if chunk.checkpoint.is_none() {
            waiting = Some(chunk);
            continue;
        }
        let from = replica.confirmed().head + 1;
        take_in(replica, chunk, now)?;
        let to = replica.confirmed().head;
        if to >= from {
            arrived(replica, Arrived { from, to });
        }
        replica.release();
    }
    Err(SyncError::Remote(RemoteError::Unreachable(
        "it ended the watch".to_owned(),
    )))
}

fn join(before: Option<Chunk>, mut next: Chunk) -> Chunk {
    match before {
        None => next,
        Some(mut chunk) => {
            chunk.entries.append(&mut next.entries);
            Chunk {
                entries: chunk.entries,
                ..next
            }
        }
    }
}

fn take_in(
    replica: &mut Replica,
    mut chunk: Chunk,
    now: &mut (dyn FnMut() -> u64 + Send),
) -> Result<(), SyncError> {
    let _one_at_a_time = replica.lock_sync(replica.options().lock_wait)?;
    replica.refresh()?;
    // A sync in another process may have been faster.
    let head = replica.confirmed().head;
    chunk.entries.retain(|entry| entry.seq > head);
    if chunk.entries.is_empty() {
        return Ok(());
    }
    let proven = proven(replica);
    let vouching = replica.vouching_after(proven)?;
    let mut store = Store::new(replica, LEDGER);
    let identity = replica.identity();
    let mut intake = Intake::new(identity.workspace, identity.trust, replica.fold(), proven)
        .vouched_by(vouching);
    let note = chunk.checkpoint.clone();
    replica.release();
    let taken = intake.take(&mut store, chunk);
    store.release();
    match taken {
        Ok(_) => {
            replica.adopt(intake.into_folded())?;
            if let Some(note) = note {
                evidence::keep_checkpoint(replica.dir(), &note)?;
            }
            Ok(())
        }
        Err(IntakeError::Differs(difference)) => Err(differs(replica, &difference, None, now())?),
        Err(error) => Err(stopped(error)),
    }
}
