//! Giving a workspace that began without a server to one, with all its history.
//!
//! ```text
//! the server prepares a device of its own ──► ServerAdopted is recorded here ──► everything is pushed
//! ──► the server's log is pulled from entry 1 and verified ──► the two are compared event by event
//! ──► the server's log becomes the confirmed one; the old one is kept beside it
//! ```
//!
//! Crash-safe: the answer of the server is on the disk before anything else is done, and each step can
//! be taken again. A sync goes on where it stopped.

use quarterdeck_core::decide::Command;
use quarterdeck_core::event::Body;
use quarterdeck_core::refusal::{Code, Refusal};
use quarterdeck_ledger::Ledger;

use crate::checkpoints;
use crate::command::{Authored, PendingCommand};
use crate::engine::{Progress, Report, SyncError, pull_into, push_batches, sync_locked};
use crate::error::ReplicaError;
use crate::evidence;
use crate::identity::{Hosting, Trust};
use crate::invite::Invite;
use crate::random::Random;
use crate::remote::{HostRequest, Remote};
use crate::replica::{NEXT, Replica, open_ledger};

/// Where the log that was kept without a server goes.
pub(crate) const BEFORE: &str = "ledger.before-server";
/// Where the heads go that were signed for it.
const CHAIN_BEFORE: &str = "checkpoints.before-server";
/// How much of a log is read at once.
const READ_ENTRIES: usize = 4096;
const READ_BYTES: usize = 4 << 20;

/// Gives the workspace to the server of a hosting invitation and syncs.
///
/// # Errors
/// When the workspace has a server, the invitation is refused, the server cannot be reached, or the
/// replica fails. Once the server has agreed, a later sync goes on where this stopped.
pub async fn host<R: Remote>(
    replica: &mut Replica,
    invite: &Invite,
    plaintext: bool,
    remote: &mut R,
    now_ms: u64,
    random: &mut dyn Random,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Report, SyncError> {
    let _one_at_a_time = replica.lock_sync(replica.options().lock_wait)?;
    replica.refresh()?;
    let member = match replica.identity().member {
        Some(member) if replica.is_authority() => member,
        _ => {
            let refusal = replica.identity().copy_refusal().unwrap_or_else(|| {
                Refusal::new(Code::AlreadyExists, "This workspace has a server already.")
            });
            return Err(SyncError::Refused(refusal));
        }
    };
    let identity = replica.identity();
    let key = identity.device.key().public();
    let invitation = invite.key();
    let asked = HostRequest {
        workspace: identity.workspace,
        workspace_name: identity.workspace_name.clone(),
        device: identity.device.id,
        key,
        member,
        invitation: invitation.public(),
        certificate: invitation.sign_host(
            identity.workspace.as_bytes(),
            identity.device.id.as_bytes(),
            &key,
        ),
    };
    replica.release();
    let hosted = remote.host(asked).await?;
    remote.set_token(hosted.token.clone());
    let mut address = invite.remote(plaintext);
    address.token = Some(hosted.token);
    let hosting = Hosting {
        device: hosted.device,
        key: hosted.key,
        name: hosted.name,
    };
    replica.update_identity(|identity| {
        identity.remote = Some(address);
        identity.hosting = Some(hosting.clone());
    })?;
    let adopted = Body::ServerAdopted {
        device: hosting.device,
        key: hosting.key.0,
        name: hosting.name.clone(),
    };
    if replica.is_authority() {
        replica.commit(vec![Command::Record(adopted)], None, now_ms, random)?;
    }
    resume(replica, remote, now_ms, progress).await?;
    sync_locked(replica, remote, now_ms, progress).await
}

/// Goes on giving the workspace away, from wherever it stopped.
pub(crate) async fn resume<R: Remote>(
    replica: &mut Replica,
    remote: &R,
    now_ms: u64,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<(), SyncError> {
    let Some(hosting) = replica.identity().hosting.clone() else {
        return Ok(());
    };
    if replica.is_authority() {
        // It stopped before anything was recorded here: as if it had not begun.
        replica.update_identity(|identity| {
            identity.hosting = None;
            identity.remote = None;
        })?;
        return Err(SyncError::NoServer);
    }
    let local = read_commands(replica)?;
    replica.release();
    let of = local.iter().map(|command| command.count() as u64).sum();
    let mut sent = 0;
    push_batches(remote, &local, &mut |count| {
        sent += count;
        progress(Progress::Pushed { done: sent, of });
    })
    .await?;
    let genesis = local
        .first()
        .map(|command| command.first().hash)
        .unwrap_or_default();
    let trust = Trust {
        genesis,
        authority: hosting.key,
    };
    replica.clear_next()?;
    let (_, note) = pull_into(replica, remote, NEXT, trust, now_ms, progress).await?;
    compare(replica, &local)?;
    let suffix = (0..)
        .map(|n| {
            if n == 0 {
                String::new()
            } else {
                format!("-{n}")
            }
        })
        .find(|suffix| !replica.dir().join(format!("{BEFORE}{suffix}")).exists())
        .ok_or_else(|| ReplicaError::Exists {
            path: replica.dir().join(BEFORE),
        })?;
    // What this device signed alone is about the tree that it kept alone: the server's is another.
    checkpoints::begin_anew(replica.dir(), &format!("{CHAIN_BEFORE}{suffix}"))?;
    let aside = replica.dir().join(format!("{BEFORE}{suffix}"));
    replica.swap_ledger(&aside)?;
    evidence::keep_checkpoint(replica.dir(), &note)?;
    replica.update_identity(|identity| {
        identity.hosting = None;
        identity.trust = Some(trust);
    })?;
    Ok(())
}

/// All commands of this folder's log: each is this device's own.
fn read_commands(replica: &mut Replica) -> Result<Vec<PendingCommand>, SyncError> {
    let mut commands = Vec::new();
    let mut events: Vec<Authored> = Vec::new();
    let mut next = 1;
    loop {
        let block = replica
            .hold()?
            .ledger
            .read(next, READ_ENTRIES, READ_BYTES)
            .map_err(ReplicaError::from)?;
        let Some(last) = block.last() else {
            return Ok(commands);
        };
        next = last.seq + 1;
        for entry in block {
            let authored = Authored::read(entry.event).map_err(|source| ReplicaError::Entry {
                seq: entry.seq,
                source,
            })?;
            let ends = authored.event.remaining == 0;
            events.push(authored);
            if ends {
                commands.extend(PendingCommand::new(std::mem::take(&mut events)));
            }
        }
    }
}

/// The server's log has to hold exactly what this folder's holds, in the same order, before anything
/// that it recorded since.
fn compare(replica: &Replica, local: &[PendingCommand]) -> Result<(), SyncError> {
    let path = replica.dir().join(NEXT);
    let next = open_ledger(&path, replica.identity().workspace, replica.options())?;
    let mut mine = local
        .iter()
        .flat_map(PendingCommand::events)
        .map(|event| event.hash);
    let mut at = 1;
    loop {
        let block = next
            .read(at, READ_ENTRIES, READ_BYTES)
            .map_err(ReplicaError::from)?;
        for entry in &block {
            match mine.next() {
                Some(hash) if hash == entry.hash => at = entry.seq + 1,
                None => return Ok(()),
                Some(_) => return Err(differs(entry.seq)),
            }
        }
        if block.is_empty() {
            return if mine.next().is_none() {
                Ok(())
            } else {
                Err(differs(at))
            };
        }
    }
}

fn differs(seq: u64) -> SyncError {
    ReplicaError::Unverified {
        seq,
        what: "the server does not hold the history that it was given".to_owned(),
    }
    .into()
}
