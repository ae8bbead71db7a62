//! The device's own chain: numbering, linking and signing commands that no log has recorded.
//!
//! Guarantee: ids, authored times, reasons and payloads stay as they were; only the place in the
//! chain (device, number, hash before) and the signature change. Pure: the same input gives the same
//! bytes, because the salts are kept and Ed25519 is deterministic.

use bytes::Bytes;
use quarterdeck_core::event::Event;
use quarterdeck_core::id::DeviceId;
use quarterdeck_core::state::State;
use quarterdeck_ledger::{DeviceKey, Hash, Salt, Sealed};

use crate::command::{Authored, PendingCommand};

/// The end of a device's chain.
#[derive(Debug)]
pub(crate) struct Chain {
    pub device: DeviceId,
    /// The number of the last event; 0 for none.
    pub number: u64,
    /// The hash of the last event.
    pub tip: Option<Hash>,
}

impl Chain {
    /// The same command, as the next one of this chain, signed by this key.
    pub(crate) fn link(&self, command: &PendingCommand, key: &DeviceKey) -> PendingCommand {
        let (mut number, mut tip) = (self.number, self.tip);
        let mut relink = |old: &Authored| {
            number += 1;
            let event = Event {
                device: self.device,
                number,
                previous: tip,
                ..old.event.clone()
            };
            // Nothing is erased before it is recorded: what waits has its salt.
            let salt = old.sealed.salt().copied().unwrap_or_default();
            let authored = seal(event, salt, (old.event.remaining == 0).then_some(key));
            tip = Some(authored.hash);
            authored
        };
        let mut events: Vec<_> = command.events().map(&mut relink).collect();
        // A command has at least one event: there is always one to take back out.
        events.pop().map_or_else(
            || command.clone(),
            |last| PendingCommand::ending(events, last),
        )
    }

    /// Moves to the end of a command that was linked here.
    pub(crate) fn advance(&mut self, command: &PendingCommand) {
        self.number = command.last().event.number;
        self.tip = Some(command.last().hash);
    }
}

/// A device with the keys that it signs with.
#[derive(Debug, Clone, Copy)]
pub struct Signer<'a> {
    /// The device.
    pub device: DeviceId,
    /// The key that the log names.
    pub key: &'a DeviceKey,
    /// The key that a command of its own names which is not recorded yet.
    pub next: Option<&'a DeviceKey>,
}

impl<'a> Signer<'a> {
    /// The key that a state names: a command is signed by the one that holds where it stands.
    #[must_use]
    pub fn key_in(&self, state: &State) -> &'a DeviceKey {
        let named = state.devices.get(&self.device).map(|known| known.key);
        self.next
            .filter(|next| named == Some(next.public().0))
            .unwrap_or(self.key)
    }
}

impl<'a> From<(DeviceId, &'a DeviceKey)> for Signer<'a> {
    fn from((device, key): (DeviceId, &'a DeviceKey)) -> Self {
        Self {
            device,
            key,
            next: None,
        }
    }
}

/// Seals an event, and signs it where it is the last of its command.
pub(crate) fn seal(event: Event, salt: Salt, key: Option<&DeviceKey>) -> Authored {
    let body = Bytes::from(quarterdeck_proto::encode_event(&event));
    let mut sealed = Sealed::new(body, salt, None);
    let hash = sealed.hash();
    sealed.signature = key.map(|key| key.sign_command(&hash));
    Authored {
        sealed,
        hash,
        event,
    }
}
