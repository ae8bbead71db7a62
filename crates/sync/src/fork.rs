//! A copied folder becomes a device of its own, and keeps its unsent work.
//!
//! ```text
//! take in what the log holds of the old chain ──► certificate by the old key ──► the server lets the
//! new device in ──► identity changes ──► what is unsent is chained and signed anew as the new device's
//! ```
//!
//! Crash-safe: the new id and key are on the disk before the server hears of them; the outbox is
//! chained anew whenever it is found to be of another device than the folder's.

use quarterdeck_core::id::{DeviceId, IdSource};

use crate::engine::{Progress, Report, SyncError, pull, sync_locked};
use crate::identity::Device;
use crate::random::{Ids, Random};
use crate::remote::{DeviceRequest, Remote};
use crate::renewal;
use crate::replica::Replica;

/// Makes the folder's device a new one, called `name`, and syncs.
///
/// # Errors
/// When there is no server, it cannot be reached or refuses, or the replica fails. Asked again, it
/// goes on where it stopped.
pub async fn new_device<R: Remote>(
    replica: &mut Replica,
    remote: &mut R,
    name: &str,
    now_ms: u64,
    random: &mut dyn Random,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Report, SyncError> {
    let _one_at_a_time = replica.lock_sync(replica.options().lock_wait)?;
    replica.refresh()?;
    if replica.identity().remote.is_none() {
        return Err(SyncError::NoServer);
    }
    pull(replica, remote, now_ms, progress).await?;
    let next = match replica.identity().next_device.clone() {
        Some(next) => next,
        None => {
            let mut seed = [0; 32];
            random.fill(&mut seed);
            let id = DeviceId::new(Ids::new(random, now_ms).next());
            let next = Device::new(id, name.to_owned(), seed);
            replica.update_identity(|identity| identity.next_device = Some(next.clone()))?;
            next
        }
    };
    let key = next.key().public();
    let identity = replica.identity();
    // By the key that the log names: what this folder has not sent changes nothing there.
    let keys = replica.keys();
    let certificate = keys.signer().key_in(replica.confirmed()).sign_join(
        identity.workspace.as_bytes(),
        next.id.as_bytes(),
        &key,
    );
    let asked = DeviceRequest {
        device: next.id,
        key,
        name: next.name.clone(),
        certificate,
    };
    replica.release();
    let token = remote.add_device(asked).await?;
    remote.set_token(token.clone());
    replica.update_identity(|identity| {
        identity.device = next;
        identity.next_device = None;
        if let Some(remote) = &mut identity.remote {
            remote.token = Some(token);
            remote.renew_after = Some(renewal::of_a_new_token(now_ms));
        }
    })?;
    // The log has to know the device before the outbox can be judged as its own.
    pull(replica, remote, now_ms, progress).await?;
    replica.release();
    replica.refresh()?;
    sync_locked(replica, remote, now_ms, progress).await
}
