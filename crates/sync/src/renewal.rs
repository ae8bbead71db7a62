//! Renewing a device's token before it lapses, so that a machine which is used never has to be invited
//! again.
//!
//! Guarantee: the new token is on the disk before it is used, and the present one holds until it was: an
//! answer that is lost, or a crash, costs nothing but another attempt.

use crate::error::ReplicaError;
use crate::remote::Remote;
use crate::replica::Replica;

/// How long a device's token holds, as servers give it out: 180 days, in milliseconds.
const LIFE_MS: u64 = 180 * 24 * 60 * 60 * 1000;

/// From when on a token that was given just now is to be renewed.
pub(crate) const fn of_a_new_token(now_ms: u64) -> u64 {
    at(now_ms, now_ms.saturating_add(LIFE_MS))
}

/// When less than a third of its life is left.
const fn at(now_ms: u64, expires_ms: u64) -> u64 {
    now_ms.saturating_add(expires_ms.saturating_sub(now_ms) / 3 * 2)
}

/// Asks for the next token, where the present one has lived long enough. The connection goes on with the
/// present one.
pub(crate) async fn renew_if_due<R: Remote>(
    replica: &mut Replica,
    remote: &R,
    now_ms: u64,
) -> Result<(), ReplicaError> {
    let is_due = replica.identity().remote.as_ref().is_some_and(|remote| {
        remote.token.is_some() && remote.renew_after.is_none_or(|after| after <= now_ms)
    });
    if !is_due {
        return Ok(());
    }
    replica.release();
    // A server that does not know how, or is gone by now: the present token holds, and the next sync
    // tries again.
    let Ok(renewed) = remote.renew_token().await else {
        return Ok(());
    };
    replica.update_identity(|identity| {
        if let Some(remote) = &mut identity.remote {
            remote.token = Some(renewed.token);
            remote.renew_after = Some(at(now_ms, renewed.expires_ms));
        }
    })
}
