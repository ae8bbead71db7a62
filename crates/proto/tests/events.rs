//! Events round-trip, and whatever else is read ends in an answer.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests assert by panicking, as tests do"
)]

mod support;

use proptest::prelude::*;
use prost::Message as _;
use quarterdeck_core::event::Body;
use quarterdeck_proto::limits::MAX_EVENT_BYTES;
use quarterdeck_proto::{Problem, decode_entry, decode_event, encode_event, v1};
use support::{arbitrary, event, samples};

/// The sample check-in as its generated message, to be bent out of shape.
fn check_in() -> v1::Event {
    let (_, event) = samples::all()
        .into_iter()
        .find(|(name, _)| name == "CheckedIn")
        .unwrap();
    v1::Event::decode(&*encode_event(&event)).unwrap()
}

/// The sample check-in with its payload changed.
fn check_in_with(change: impl FnOnce(&mut v1::CheckedIn)) -> Vec<u8> {
    let mut wire = check_in();
    let Some(v1::event::Payload::CheckedIn(made)) = &mut wire.payload else {
        panic!()
    };
    change(made);
    wire.encode_to_vec()
}

fn refused(bytes: &[u8]) -> String {
    decode_event(bytes).unwrap_err().to_string()
}

proptest! {
    #[test]
    fn every_event_round_trips(event in arbitrary::event()) {
        let bytes = encode_event(&event);
        prop_assert_eq!(decode_event(&bytes).unwrap(), event);
    }

    #[test]
    fn any_bytes_end_in_an_answer(bytes: Vec<u8>) {
        let _ = decode_event(&bytes);
    }

    #[test]
    fn a_flipped_or_lost_byte_ends_in_an_answer(
        event in arbitrary::event(), at: prop::sample::Index, to: u8, cut: prop::sample::Index,
    ) {
        let mut bytes = encode_event(&event);
        let index = at.index(bytes.len());
        bytes[index] = to;
        let _ = decode_event(&bytes);
        let _ = decode_event(&bytes[..cut.index(bytes.len())]);
    }
}

#[test]
fn a_kind_of_a_newer_version_survives_and_names_its_number() {
    let mut bytes = encode_event(&event(Body::Unknown { kind: 4_711 }));
    // Its payload is not empty: tag, length 0 → length 3 and three bytes.
    bytes.pop();
    bytes.extend([3, 0x0a, 0x01, b'x']);
    let read = decode_event(&bytes).unwrap();
    assert_eq!(read, event(Body::Unknown { kind: 4_711 }));
}

#[test]
fn a_word_or_form_of_a_newer_version_makes_the_event_one() {
    let unknown = Body::Unknown { kind: 160 };
    let bytes = check_in_with(|made| made.measure = Some(v1::Measure { measure: None }));
    assert_eq!(decode_event(&bytes).unwrap().body, unknown);

    let note = v1::NoteAdded {
        about: Some(v1::Subject {
            subject: Some(v1::subject::Subject::Workspace(true)),
        }),
        kind: "prophecy".to_owned(),
        text: "x".to_owned(),
    };
    let payload = Some(v1::event::Payload::NoteAdded(note));
    let bytes = v1::Event {
        payload,
        ..check_in()
    }
    .encode_to_vec();
    assert_eq!(
        decode_event(&bytes).unwrap().body,
        Body::Unknown { kind: 170 }
    );
}

#[test]
fn fields_of_a_newer_version_are_passed_over() {
    let mut bytes = check_in().encode_to_vec();
    let read = decode_event(&bytes).unwrap();
    // Fields 20 and 21 of the header: a number and four fixed bytes.
    bytes.splice(0..0, [0xa0, 0x01, 0x05, 0xad, 0x01, 1, 2, 3, 4]);
    assert_eq!(decode_event(&bytes).unwrap(), read);
}

#[test]
fn no_payload_and_two_payloads_are_refused() {
    let none = v1::Event {
        payload: None,
        ..check_in()
    }
    .encode_to_vec();
    assert_eq!(refused(&none), "Event.payload: is missing");
    let mut two = check_in().encode_to_vec();
    two.extend([0xa2, 0x06, 0x00]);
    assert_eq!(
        refused(&two),
        "Event.payload: is given twice; an event says one thing"
    );
}

#[test]
fn ids_are_sixteen_bytes() {
    let short = v1::Event {
        device: vec![1; 15],
        ..check_in()
    }
    .encode_to_vec();
    assert_eq!(
        refused(&short),
        "Event.device: has 15 bytes where 16 are needed"
    );
    let missing = v1::Event {
        workspace: vec![],
        ..check_in()
    }
    .encode_to_vec();
    assert_eq!(refused(&missing), "Event.workspace: is missing");
    let bytes = check_in_with(|made| made.key_result = vec![1; 17]);
    assert_eq!(
        refused(&bytes),
        "CheckedIn.key_result: has 17 bytes where 16 are needed"
    );
}

#[test]
fn no_member_is_the_server_itself() {
    let bytes = v1::Event {
        member: vec![],
        ..check_in()
    }
    .encode_to_vec();
    let read = decode_event(&bytes).unwrap();
    assert!(read.member.is_nil());
    assert_eq!(encode_event(&read), bytes);
}

#[test]
fn numbers_that_are_none_are_refused_with_their_field() {
    let bytes = check_in_with(|made| made.confidence = Some("0,7".to_owned()));
    assert_eq!(
        refused(&bytes),
        "CheckedIn.confidence: is no decimal number: only digits, a point and a minus sign may \
         stand in it"
    );
    let bytes = check_in_with(|made| made.effective = i32::MAX);
    assert_eq!(
        refused(&bytes),
        "CheckedIn.effective: is out of range: 2147483647"
    );
    let zero = v1::Event {
        number: 0,
        ..check_in()
    }
    .encode_to_vec();
    assert_eq!(refused(&zero), "Event.number: is missing");
}

#[test]
fn size_is_limited() {
    let bytes = vec![0; MAX_EVENT_BYTES + 1];
    let problem = decode_event(&bytes).unwrap_err().problem;
    assert_eq!(
        problem,
        Problem::TooLarge {
            found: 65_537,
            limit: 65_536
        }
    );
    assert_eq!(refused(&[]), "Event: is missing");
}

#[test]
fn an_entry_adds_its_place() {
    let body = check_in().encode_to_vec();
    let entry = decode_entry(12, 1_790_000_000_000, [1; 32], &body).unwrap();
    assert_eq!(
        (entry.seq, entry.recorded.ms(), entry.hash),
        (12, 1_790_000_000_000, [1; 32])
    );
    assert_eq!(entry.event, decode_event(&body).unwrap());
}
