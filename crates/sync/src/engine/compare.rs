//! Asking a server whether its history continues the one here, without taking anything in.

use quarterdeck_ledger::merkle::{Tree, verify_consistency};
use quarterdeck_ledger::{Checkpoint, PublicKey, hex, leaf_hashes};
use tokio_stream::StreamExt;

use super::SyncError;
use super::pull::differs;
use crate::check::Checker;
use crate::error::ReplicaError;
use crate::evidence::Difference;
use crate::head::authority;
use crate::remote::Remote;
use crate::replica::Replica;

/// What a server was found to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreed {
    /// The number of entries here.
    pub here: u64,
    /// What it signed.
    pub head: Checkpoint,
    /// As it signed it.
    pub checkpoint: String,
}

/// Fetches the server's signed head, and the proof that its history begins with the one here.
///
/// `now_ms` is the device's wall clock, in milliseconds since the Unix epoch, for the evidence.
///
/// # Errors
/// [`SyncError::HistoryDiffers`] when it does not, with both heads kept as evidence; otherwise when the server
/// cannot be reached or the replica fails.
pub async fn compare<R: Remote>(
    replica: &mut Replica,
    remote: &R,
    now_ms: u64,
) -> Result<Agreed, SyncError> {
    replica.refresh()?;
    let key = replica.verifier_key().ok_or_else(|| ReplicaError::Empty {
        path: replica.dir().to_path_buf(),
    })?;
    let head = replica.head();
    replica.release();
    let note = remote.checkpoint().await?;
    let difference = |what: String, proof: Option<String>| Difference {
        seq: head.size,
        what,
        received: None,
        checkpoint: Some(note.clone()),
        proof,
    };
    let mut signed = Checkpoint::verify(&note, &key.workspace, &key.key);
    if signed.is_err()
        && let Some(changed) = key_since(replica, remote, head.size).await?
    {
        signed = Checkpoint::verify(&note, &key.workspace, &changed);
    }
    let signed = match signed {
        Ok(signed) => signed,
        Err(error) => {
            let found = difference(error.to_string(), None);
            return Err(differs(replica, &found, None, now_ms)?);
        }
    };
    if signed.size < head.size {
        let found = difference(shorter(replica, &signed)?, None);
        return Err(differs(replica, &found, None, now_ms)?);
    }
    let path = if signed.size == head.size {
        Vec::new()
    } else {
        remote.consistency(head.size, signed.size).await?
    };
    if !verify_consistency(head.size, &head.root, signed.size, &signed.root, &path) {
        let what = if signed.size == head.size {
            "the server signed another root for as many entries: the two histories differ"
        } else {
            "the server cannot prove that its history continues the one here"
        };
        let proof: String = path.iter().map(|hash| hex(hash) + "\n").collect();
        let found = difference(what.to_owned(), Some(proof));
        return Err(differs(replica, &found, None, now_ms)?);
    }
    Ok(Agreed {
        here: head.size,
        head: signed,
        checkpoint: note,
    })
}

/// The key that the log's authority has changed to since, by what the server holds beyond this log: checked
/// like all that is taken in, and none of it kept. None where it has not, or where that does not hold.
async fn key_since<R: Remote>(
    replica: &Replica,
    remote: &R,
    size: u64,
) -> Result<Option<PublicKey>, SyncError> {
    let identity = replica.identity();
    let mut checker = Checker::new(identity.workspace, identity.trust, replica.fold());
    let Ok(mut chunks) = remote.pull(size + 1).await else {
        return Ok(None);
    };
    while let Some(chunk) = chunks.next().await {
        let checked = checker.check(chunk?.entries);
        if !checked.is_ok_and(|checked| checked.verify().is_ok()) {
            return Ok(None);
        }
    }
    Ok(authority(&checker.state).filter(|_| checker.is_whole() && !checker.former.is_empty()))
}

/// What to say of a server that holds less than it recorded before.
fn shorter(replica: &mut Replica, signed: &Checkpoint) -> Result<String, ReplicaError> {
    let head = replica.head();
    let leaves = leaf_hashes(&replica.hold()?.ledger, signed.size)?;
    let size = leaves.len();
    let same = Tree::of(leaves).root(size) == Some(signed.root);
    let what = if same {
        "it lost what came after, or holds it back; if it was set back to a backup, its operator says \
         `okrd workspace hold`, and the next sync gives it back"
    } else {
        "and up to there it is another history"
    };
    Ok(format!(
        "the server's log ends at entry {}, and this replica holds {} that it recorded before: {what}",
        signed.size, head.size
    ))
}
