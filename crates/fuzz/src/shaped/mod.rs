//! Events of every kind out of a fuzzer's bytes: well-formed, about each other, and as wrong as they like in
//! everything else.

mod samples;
mod wire;

use std::sync::OnceLock;

use arbitrary::Unstructured;
use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::clock::Hlc;
use quarterdeck_core::event::{Body, Entry, Event};
use quarterdeck_core::id::{DeviceId, EventId, MemberId, WorkspaceId};
use quarterdeck_proto::decode_event;

/// Whose events all of them are.
pub(crate) const WORKSPACE: [u8; 16] = [1; 16];
/// The Monday on which every story begins.
pub(crate) const BEGINS: u64 = 1_782_723_600_000;
const DAY: u64 = 24 * 60 * 60 * 1000;

fn samples() -> &'static [(&'static str, Vec<u8>)] {
    static SAMPLES: OnceLock<Vec<(&str, Vec<u8>)>> = OnceLock::new();
    SAMPLES.get_or_init(samples::all)
}

/// The sample of this kind, for position `seq`.
fn of_kind(name: &str, seq: u64, choices: &mut Unstructured<'_>) -> Event {
    let (_, bytes) = (samples().iter())
        .find(|(known, _)| *known == name)
        .expect("a sample of this kind");
    let event = decode_event(&wire::reshaped(bytes, seq, choices));
    placed(event.expect("a sample without choices is an event"), seq)
}

/// An event numbered and named by its position.
fn placed(event: Event, seq: u64) -> Event {
    Event {
        id: EventId::from_bytes([seq as u8; 16]),
        workspace: WorkspaceId::from_bytes(WORKSPACE),
        number: seq,
        ..event
    }
}

/// What every story begins with, so that what follows finds something.
const OPENING: &[&str] = &[
    "WorkspaceCreated",
    "MemberAdded",
    "CycleCreated",
    "ObjectiveDrafted",
    "KeyResultAdded",
    "KeyResultAdded2",
    "CheckedIn",
];

/// The next event of a story whose opening is told, or has further events while there are choices.
pub(crate) fn next(seq: u64, choices: &mut Unstructured<'_>) -> Option<Event> {
    let opening = usize::try_from(seq - 1).ok().and_then(|at| OPENING.get(at));
    if let Some(kind) = opening {
        let mut event = of_kind(kind, seq, &mut Unstructured::new(&[]));
        named(&mut event.body, seq);
        let by = MemberId::from_bytes([1; 16]);
        return Some(Event {
            member: by,
            device: DeviceId::from_bytes([1; 16]),
            ..event
        });
    }
    while !choices.is_empty() && seq < 250 {
        let kind = usize::from(choices.arbitrary::<u8>().ok()?) % samples().len();
        let event = wire::reshaped(&samples()[kind].1, seq, choices);
        if let Ok(event) = decode_event(&event) {
            return Some(placed(event, seq));
        }
    }
    None
}

/// Several things of one kind in the opening have ids of their own.
fn named(body: &mut Body, seq: u64) {
    match body {
        Body::MemberAdded { member, .. } => *member = MemberId::from_bytes([1; 16]),
        Body::KeyResultAdded(added) if seq > 5 => {
            added.key_result = quarterdeck_core::id::KeyResultId::from_bytes([2; 16]);
        }
        _ => {}
    }
}

/// The log that a fuzzer's bytes are: authored and recorded by clocks that it moves.
pub(crate) fn story(choices: &mut Unstructured<'_>, mut each: impl FnMut(Entry)) {
    let mut now = BEGINS;
    let mut seq = 1;
    while let Some(event) = next(seq, choices) {
        let later = u64::from(choices.arbitrary::<u8>().unwrap_or(1));
        now += match later {
            0..=99 => later * 60_000,
            100..=249 => (later - 100) * DAY / 10,
            _ => later * DAY,
        };
        let authored = match choices.arbitrary::<u8>().unwrap_or(0) {
            0..=199 => now,
            200..=239 => now.saturating_sub(later * DAY),
            _ => now.saturating_add(later * DAY * 400),
        };
        each(Entry {
            seq,
            recorded: Timestamp::from_ms(now),
            hash: [seq as u8; 32],
            event: Event {
                authored: Hlc {
                    wall: authored,
                    counter: 0,
                },
                ..event
            },
        });
        seq += 1;
    }
}

/// The opening, then a sample of every kind as it is.
pub(crate) fn every(mut each: impl FnMut(Entry)) {
    let mut last = 0;
    let none = &mut Unstructured::new(&[]);
    story(none, |entry| {
        last = entry.seq;
        each(entry);
    });
    for (seq, (_, bytes)) in (last + 1..).zip(samples()) {
        let event = decode_event(&wire::reshaped(bytes, seq, none));
        let event = event.expect("a sample is an event");
        if matches!(event.body, Body::WorkspaceCreated(_)) {
            continue;
        }
        each(Entry {
            seq,
            recorded: Timestamp::from_ms(BEGINS + seq * DAY / 10),
            hash: [seq as u8; 32],
            event: placed(event, seq),
        });
    }
}

/// An event of every kind in which every text that people write is this one: first what makes things, then what
/// changes them, the closing of the cycle last.
pub(crate) fn hostile(text: &str) -> Vec<Event> {
    let none = &mut Unstructured::new(&[]);
    let mut kinds: Vec<(&str, &[u8])> = Vec::new();
    for kind in OPENING {
        kinds.extend(
            (samples().iter())
                .find(|(name, _)| name == kind)
                .map(|(name, bytes)| (*name, &**bytes)),
        );
    }
    // What makes things, an invitation before the device that it lets in; then changes; the end last.
    let rank = |name: &str| match name {
        "InvitationIssued" => 1,
        "CycleClosed" | "ServerAdopted" => 4,
        name if name.contains("Edited") || name.contains("Corrected") => 3,
        _ => 2,
    };
    let is_done = |name: &str| OPENING.contains(&name) || name == "DeviceKeyRotated";
    let mut others: Vec<_> = (samples().iter())
        .filter(|(name, _)| !is_done(name))
        .map(|(name, bytes)| (*name, &**bytes))
        .collect();
    others.sort_by_key(|(name, _)| rank(name));
    kinds.extend(others);
    let mut events = Vec::new();
    let mut seq = 0;
    for (_, bytes) in kinds {
        seq += 1;
        let shaped = wire::reshaped(bytes, seq, none);
        let mut event = decode_event(&wire::defaced(&shaped, text)).expect("a sample is an event");
        named(&mut event.body, seq);
        let wall = BEGINS + seq * DAY / 4;
        event.authored = Hlc { wall, counter: 0 };
        events.push(placed(event, seq));
    }
    events
}
