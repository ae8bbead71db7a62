//! Events for the tests: one fixed example of each kind, and arbitrary ones.

#![allow(dead_code, reason = "each test program uses a part")]

pub(crate) mod arbitrary;
mod arbitrary_practice;
pub(crate) mod samples;
mod samples_practice;

use quarterdeck_core::clock::Hlc;
use quarterdeck_core::event::{Body, Event};
use quarterdeck_core::id::{DeviceId, EventId, MemberId, WorkspaceId};

/// An event with every field of the header set.
pub(crate) fn event(body: Body) -> Event {
    Event {
        id: EventId::from_bytes([0x11; 16]),
        workspace: WorkspaceId::from_bytes([0x22; 16]),
        member: MemberId::from_bytes([0x33; 16]),
        device: DeviceId::from_bytes([0x44; 16]),
        number: 7,
        previous: Some([0x55; 32]),
        authored: Hlc {
            wall: 1_790_000_000_123,
            counter: 2,
        },
        seen: 1_204,
        remaining: 1,
        reason: Some("two reps left".to_owned()),
        undoes: Some(EventId::from_bytes([0x66; 16])),
        body,
        source: None,
    }
}

pub(crate) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn from_hex(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex
        .trim()
        .chars()
        .map(|c| c.to_digit(16).unwrap() as u8)
        .collect();
    digits
        .chunks(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect()
}
