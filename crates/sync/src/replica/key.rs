//! The keys of the folder's device, and how they change.
//!
//! ```text
//! next key on the disk ──► DeviceKeyRotated, signed by the old key ──► in the log: next is the key
//!                          commands after it are signed by the next
//! ```
//!
//! Guarantee: at every moment the folder has the key of each command that it may still have to sign:
//! what stands before the change, should it be chained anew, by the old one; what stands behind it by
//! the new one. The old key goes when the log holds the change.

use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{Body, Entry};
use quarterdeck_core::id::DeviceId;
use quarterdeck_core::refusal::{Code, Refusal};
use quarterdeck_ledger::DeviceKey;

use super::Replica;
use crate::chain::Signer;
use crate::error::{CommitError, ReplicaError};
use crate::random::Random;

/// The keys of the folder's device.
#[derive(Debug)]
pub(crate) struct Keys {
    device: DeviceId,
    key: DeviceKey,
    next: Option<DeviceKey>,
}

impl Keys {
    pub(crate) fn signer(&self) -> Signer<'_> {
        Signer {
            device: self.device,
            key: &self.key,
            next: self.next.as_ref(),
        }
    }
}

impl Replica {
    pub(crate) fn keys(&self) -> Keys {
        let device = &self.identity.device;
        Keys {
            device: device.id,
            key: device.key(),
            next: device.next_key(),
        }
    }

    /// Changes the key of this device: from here on it signs with a new one. What waits to be sent stays
    /// signed as it is.
    ///
    /// # Errors
    /// As [`commit`](Self::commit); and where an earlier change waits to be sent.
    pub fn rotate_key(
        &mut self,
        reason: Option<&str>,
        now_ms: u64,
        random: &mut dyn Random,
    ) -> Result<Vec<Entry>, CommitError> {
        self.hold()?;
        let waits = self.pending.commands.iter().any(|command| {
            let mut events = command.events();
            events.any(|event| matches!(event.event.body, Body::DeviceKeyRotated { .. }))
        });
        if waits {
            let message = "This device has a new key already, which waits to be sent.";
            let refusal = Refusal::new(Code::NothingToChange, message);
            return Err(refusal.hint("send it with `okr sync` first").into());
        }
        let mut seed = [0; 32];
        random.fill(&mut seed);
        // On the disk before anything names it; what an attempt left behind that came no further goes.
        self.update_identity(|identity| {
            identity.device.change_to(seed);
            if let Some(remote) = &mut identity.remote {
                // Whoever had the old key may have had the token: the next sync asks for another.
                remote.renew_after = None;
            }
        })?;
        let key = DeviceKey::from_seed(seed);
        let public = key.public();
        let proof = key.sign_rotation(
            self.identity.workspace.as_bytes(),
            self.identity.device.id.as_bytes(),
            &public,
        );
        let rotated = Body::DeviceKeyRotated {
            key: public.0,
            proof,
        };
        self.commit(vec![Command::Record(rotated)], reason, now_ms, random)
    }

    /// Lets the old key go, where the log names the next one.
    pub(super) fn take_over_key(&mut self) -> Result<(), ReplicaError> {
        let Some(next) = self.identity.device.next_key() else {
            return Ok(());
        };
        let devices = &self.projection.folded.state.devices;
        let named = devices.get(&self.identity.device.id).map(|known| known.key);
        if named != Some(next.public().0) {
            return Ok(());
        }
        let mut identity = self.identity.clone();
        identity.device.changed();
        identity.save(&self.dir)?;
        self.identity = identity;
        Ok(())
    }
}
