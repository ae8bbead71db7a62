//! The device's own chain: numbering, linking and signing commands that no log has recorded.
//!
//! Guarantee: ids, authored times, reasons and payloads stay as they were; only the place in the
//! chain (device, number, hash before) and the signature change. Pure: the same input gives the same
//! bytes, because the salts are kept and Ed25519 is deterministic.

use bytes::Bytes;
use quarterdeck_core::event::Event;
use quarterdeck_core::id::DeviceId;
use quarterdeck_ledger::{DeviceKey, Hash, Salt, Sealed};

use crate::command::{Authored, PendingCommand};

/// The end of a device's chain.
#[derive(Debug)]
pub(crate) struct Chain<'a> {
    pub device: DeviceId,
    pub key: &'a DeviceKey,
    /// The number of the last event; 0 for none.
    pub number: u64,
    /// The hash of the last event.
    pub tip: Option<Hash>,
}

impl Chain<'_> {
    /// The same command, as the next one of this chain.
    pub(crate) fn link(&self, command: &PendingCommand) -> PendingCommand {
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
            let authored = seal(event, salt, (old.event.remaining == 0).then_some(self.key));
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
