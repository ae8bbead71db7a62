//! What a server sends to a replica: honest chunks, and such as no honest server sends.

use arbitrary::Unstructured;
use bytes::Bytes;
use quarterdeck_core::event::{Body, Event};
use quarterdeck_core::id::{DeviceId, WorkspaceId};
use quarterdeck_ledger::{DeviceKey, Sealed};
use quarterdeck_proto::encode_event;
use quarterdeck_sync::remote::Received;

use crate::shaped;

/// Chunks of a story that its devices chained and signed, some of it bent on the way.
pub(crate) fn intake(bytes: &[u8]) {
    let mut choices = Unstructured::new(bytes);
    let key = DeviceKey::from_seed([7; 32]);
    let mut chunks: Vec<Vec<Received>> = vec![Vec::new()];
    let mut previous = None;
    let mut remaining = 0;
    let mut story = Vec::new();
    // What is bent, and how, is chosen apart from the story: otherwise every change of one changes the other.
    let length = choices.int_in_range(0..=64usize).unwrap_or(0);
    let bends = choices.bytes(length).unwrap_or_default().to_vec();
    shaped::story(&mut choices, |entry| story.push(entry));
    let last = story.len();
    for (at, entry) in story.into_iter().enumerate() {
        let bend = bends.get(at).copied().unwrap_or(0);
        let number = at as u64 + 1;
        // Commands of up to three events.
        remaining = match remaining {
            0 if at + 3 < last => u32::from(bend & 3) % 3,
            0 => 0,
            left => left - 1,
        };
        let mut event = Event {
            device: DeviceId::from_bytes([1; 16]),
            number,
            previous,
            remaining,
            ..entry.event
        };
        if let Body::WorkspaceCreated(created) = &mut event.body {
            created.key = key.public().0;
        }
        match bend >> 2 {
            40 => event.number = u64::MAX,
            41 => event.remaining = u32::MAX,
            42 => event.previous = Some([9; 32]),
            43 => event.device = DeviceId::from_bytes([2; 16]),
            44 => event.workspace = WorkspaceId::from_bytes([9; 16]),
            45 => event.authored.wall = u64::MAX,
            46 => event.seen = u64::MAX,
            _ => {}
        }
        let mut sealed = Sealed::new(Bytes::from(encode_event(&event)), [bend; 16], None);
        let hash = sealed.hash();
        if event.remaining == 0 {
            sealed.signature = Some(key.sign_command(&hash));
        }
        let (mut seq, mut recorded) = (entry.seq, entry.recorded.ms());
        match bend >> 2 {
            50 => seq = u64::MAX,
            51 => seq += 1,
            52 => recorded = 0,
            53 => recorded = u64::MAX,
            54 => sealed.signature = None,
            55 => sealed.signature = Some([bend; 64]),
            56 => sealed.body = sealed.body.slice(..sealed.body.len() / 2),
            _ => {}
        }
        previous = Some(hash);
        if bend & 0x40 != 0 {
            chunks.push(Vec::new());
        }
        let chunk = chunks.last_mut().expect("there is always one");
        chunk.push(Received {
            seq,
            recorded,
            sealed,
        });
    }
    let workspace = WorkspaceId::from_bytes(shaped::WORKSPACE);
    quarterdeck_sync::fuzzing::intake(workspace, chunks);
}
