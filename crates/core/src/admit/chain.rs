//! Where an event stands in its device's own chain.
//!
//! Each device numbers its events 1, 2, 3 … and each names the hash of the one before, so a
//! device's history can neither lose an event nor be retold. Signatures are the caller's to
//! check: this crate knows no cryptography.

use crate::event::{Body, Event};

use crate::refusal::{Code, Refusal};
use crate::state::State;

/// How an event continues its device's chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// It is the next one.
    Next,
    /// Its number is taken already: by itself, if it was sent twice, or by another content, if
    /// the device's folder was copied. The log knows which.
    Taken(Repeat),
}

/// A number that is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repeat {
    /// The number of the device's last event.
    pub last: u64,
}

impl State {
    /// Whether the event is the next of its device.
    ///
    /// # Errors
    /// [`Code::UnknownDevice`], [`Code::DeviceRevoked`], [`Code::WrongAuthor`] where the device is
    /// not the member's, [`Code::Gap`] with the number wanted, and [`Code::Forked`] where it
    /// follows on another event than the device's last.
    pub fn link(&self, event: &Event) -> Result<Link, Refusal> {
        if self.workspace.is_none() && matches!(event.body, Body::WorkspaceCreated(_)) {
            return if event.number == 1 && event.previous.is_none() {
                Ok(Link::Next)
            } else {
                Err(Refusal::new(
                    Code::Gap,
                    "A workspace's first event is its device's first.",
                ))
            };
        }
        let Some(device) = self.devices.get(&event.device) else {
            return Err(Refusal::new(
                Code::UnknownDevice,
                format!("Device {} has not joined this workspace.", event.device),
            )
            .hint("join it with an invitation: `okr join URL`"));
        };
        if event.number <= device.number {
            return Ok(Link::Taken(Repeat {
                last: device.number,
            }));
        }
        if device.revoked.is_some() {
            return Err(Refusal::new(
                Code::DeviceRevoked,
                format!("Device {} was revoked.", device.name),
            )
            .hint("ask an owner for an invitation and join again; unsent work is kept"));
        }
        if device.member != event.member && !device.server {
            return Err(Refusal::new(
                Code::WrongAuthor,
                format!(
                    "Device {} is {}'s, and the event says it is {}'s.",
                    device.name,
                    self.member_name(device.member),
                    self.member_name(event.member)
                ),
            ));
        }
        let wanted = device.number.saturating_add(1);
        if event.number != wanted {
            let mut refusal = Refusal::new(
                Code::Gap,
                format!(
                    "Event {} of device {} came while event {wanted} is missing.",
                    event.number, device.name
                ),
            )
            .hint("sync again: the missing events are sent first");
            refusal.wanted = Some(wanted);
            return Err(refusal);
        }
        if event.previous != device.tip {
            return Err(forked(&device.name, event.number));
        }
        Ok(Link::Next)
    }

    /// The key that a device signs with at present; for a workspace's first event, the one that
    /// it brings along.
    #[must_use]
    pub fn signing_key(&self, event: &Event) -> Option<crate::event::Key> {
        match &event.body {
            Body::WorkspaceCreated(created) if self.workspace.is_none() => Some(created.key),
            _ => self.devices.get(&event.device).map(|device| device.key),
        }
    }
}

/// The refusal of an event that follows on another history than the one recorded.
#[must_use]
pub fn forked(device: &str, number: u64) -> Refusal {
    Refusal::new(
        Code::Forked,
        format!(
            "Device {device} has already sent another event {number}: its folder was copied to a \
             second machine, or restored from an old copy."
        ),
    )
    .hint(A_DEVICE_OF_ITS_OWN)
}

/// The refusal of what waits behind an event that its own device has no more.
#[must_use]
pub fn missing(device: &str, number: u64) -> Refusal {
    Refusal::new(
        Code::Forked,
        format!(
            "Event {number} of device {device} is missing: it waited here to be sent, and could not be read \
             any more. What waits behind it cannot follow on it."
        ),
    )
    .hint(A_DEVICE_OF_ITS_OWN)
}

const A_DEVICE_OF_ITS_OWN: &str = "run `okr device new` in this folder: it becomes a device of its own and keeps its unsent events";
