//! Redeeming an invitation: this machine becomes a device of the workspace.
//!
//! Crash-safe: id and key are on the disk before the server hears of them, so an answer that was lost
//! is asked for again by the same device. The secret of the invitation stays here.

use std::path::Path;

use quarterdeck_core::id::{DeviceId, IdSource};
use quarterdeck_core::refusal::{Code, Refusal};

use crate::engine::{Progress, Report, SyncError, sync};
use crate::error::ReplicaError;
use crate::identity::{Device, Identity, Trust};
use crate::invite::Invite;
use crate::random::{Ids, Random};
use crate::remote::{DeviceRequest, JoinRequest, Remote};
use crate::renewal;
use crate::replica::{Options, Replica};

/// Who joins, where to, and when.
#[derive(Debug, Clone)]
pub struct Join<'a> {
    /// The folder for the replica; it must not hold another workspace.
    pub dir: &'a Path,
    /// The invitation.
    pub invite: &'a Invite,
    /// What this device shall be called.
    pub device_name: String,
    /// Speak without TLS outside this machine too.
    pub plaintext: bool,
    /// How to work in the folder.
    pub options: Options,
    /// The wall clock, in milliseconds since the Unix epoch.
    pub now_ms: u64,
}

/// Joins and takes in the whole log, verified from its first entry on.
///
/// Asked again after a failure, it goes on where it stopped.
///
/// # Errors
/// When the invitation is refused, the server cannot be reached, its log does not verify or is not
/// the one that it spoke of, or the folder holds something else.
pub async fn join<R: Remote>(
    join: Join<'_>,
    remote: &mut R,
    random: &mut dyn Random,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<(Replica, Report), SyncError> {
    let mut replica = found(&join, random)?;
    let identity = replica.identity();
    let device = &identity.device;
    let key = device.key().public();
    let invitation = join.invite.key();
    let asked = JoinRequest {
        workspace: identity.workspace,
        device: DeviceRequest {
            device: device.id,
            key,
            name: device.name.clone(),
            certificate: invitation.sign_join(
                identity.workspace.as_bytes(),
                device.id.as_bytes(),
                &key,
            ),
        },
        invitation: invitation.public(),
    };
    replica.release();
    let joined = remote.join(asked).await?;
    remote.set_token(joined.token.clone());
    replica.update_identity(|identity| {
        identity.member = Some(joined.member);
        identity.workspace_name = joined.workspace_name;
        identity.trust = Some(Trust {
            genesis: joined.genesis,
            authority: joined.authority,
        });
        if let Some(remote) = &mut identity.remote {
            remote.token = Some(joined.token);
            remote.renew_after = Some(renewal::of_a_new_token(join.now_ms));
        }
    })?;
    let report = sync(&mut replica, remote, join.now_ms, progress).await?;
    Ok((replica, report))
}

/// The folder of the new device, or the one of an earlier attempt that got no answer.
fn found(join: &Join<'_>, random: &mut dyn Random) -> Result<Replica, SyncError> {
    let workspace = join.invite.workspace_id().ok_or_else(|| {
        SyncError::Refused(
            Refusal::new(
                Code::Invalid,
                "This invitation is for giving a workspace to a server, not for joining one.",
            )
            .hint("use it with `okr remote set`, or ask an owner for an invitation to join"),
        )
    })?;
    match Replica::open(join.dir, join.options) {
        Ok(mut replica)
            if replica.identity().workspace == workspace && replica.head().size == 0 =>
        {
            let remote = join.invite.remote(join.plaintext);
            replica.update_identity(|identity| identity.remote = Some(remote))?;
            return Ok(replica);
        }
        Ok(_) => {
            return Err(ReplicaError::Exists {
                path: join.dir.to_path_buf(),
            }
            .into());
        }
        Err(ReplicaError::Missing { .. }) => {}
        Err(error) => return Err(error.into()),
    }
    let mut seed = [0; 32];
    random.fill(&mut seed);
    let id = DeviceId::new(Ids::new(random, join.now_ms).next());
    let identity = Identity {
        workspace,
        workspace_name: join.invite.workspace.clone(),
        member: None,
        device: Device::new(id, join.device_name.clone(), seed),
        next_device: None,
        remote: Some(join.invite.remote(join.plaintext)),
        trust: None,
        hosting: None,
    };
    Ok(Replica::found(join.dir, &identity, join.options)?)
}
