//! Texts are erased: the server lets an owner erase texts and nothing else, and what it sends after that is
//! what remains.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests and their helpers"
)]

mod support;

use quarterdeck_core::erase::{self, ErasedText, TextErased};
use quarterdeck_core::event::{Body, Entry};
use quarterdeck_core::refusal::Code;
use quarterdeck_core::token::Role;
use quarterdeck_ledger::Sealed;
use quarterdeck_proto::{decode_event, encode_event, v1};
use support::{Device, Running, Seen, random, read, unwire, wire};

const SECRET: &str = "Ben is ill since Tuesday";

/// What the device would push to erase the note at a position, given what is said to remain of it.
fn erasing(device: &mut Device, note: &Entry, remains: [u8; 32]) -> Vec<v1::SealedEvent> {
    let begun = unwire(&device.note("to be replaced")[0]);
    let mut event = decode_event(&begun.body).unwrap();
    event.reason = Some("asked for".into());
    event.body = Body::TextErased(TextErased {
        event: note.event.id,
        position: note.seq,
        remains,
        texts: texts(),
    });
    let mut sealed = Sealed::new(encode_event(&event).into(), random(), None);
    let hash = sealed.hash();
    sealed.signature = Some(device.key.sign_command(&hash));
    device.tip = Some(hash);
    vec![wire(sealed)]
}

fn texts() -> Vec<ErasedText> {
    vec![ErasedText {
        place: "text".into(),
        tag: "k3f9q2".into(),
    }]
}

fn remains(note: &Entry) -> Sealed {
    let event = erase::remains(&note.event, &texts()).unwrap();
    Sealed::new(encode_event(&event).into(), [0; 16], None)
}

async fn sealed_at(device: &mut Device, seq: u64) -> v1::SealedEvent {
    let parts = device.parts(seq).await.unwrap();
    parts[0].entries[0].event.clone().unwrap()
}

/// A note of the owner's, as it was recorded.
async fn noted(ana: &mut Device) -> Entry {
    let events = ana.note(SECRET);
    ana.push_one(events).await;
    let parts = ana.parts(ana.state.head + 1).await.unwrap();
    let entry = read(&parts[0].entries[0]);
    ana.pull().await;
    entry
}

#[tokio::test]
async fn what_is_erased_is_sent_without_its_text_and_with_its_hash() {
    let server = Running::start().await;
    let mut ana = server.owner().await;
    let note = noted(&mut ana).await;
    let before = sealed_at(&mut ana, note.seq).await;
    let erased = erasing(&mut ana, &note, remains(&note).body_hash());
    assert_eq!(ana.push_one(erased).await, [Seen::Recorded(note.seq + 1)]);
    let after = sealed_at(&mut ana, note.seq).await;
    assert!(after.salt.is_empty());
    assert_eq!(after.erased, unwire(&before).hash());
    assert_eq!(after.signature, before.signature);
    let event = decode_event(&after.body).unwrap();
    assert_eq!(
        event.body,
        Body::NoteAdded {
            about: quarterdeck_core::value::Subject::Workspace,
            kind: quarterdeck_core::token::NoteKind::Win,
            text: "[erased k3f9q2]".into(),
        }
    );
    // Its author sends it again, as after an answer that was lost: it is recognised.
    assert_eq!(ana.push_one(vec![before]).await, [Seen::Already(note.seq)]);
    // And the next event is recorded as ever.
    let more = ana.note("more");
    assert_eq!(ana.push_one(more).await, [Seen::Recorded(note.seq + 2)]);
}

#[tokio::test]
async fn nothing_but_texts_can_be_erased_and_only_from_what_is_there() {
    let server = Running::start().await;
    let mut ana = server.owner().await;
    let note = noted(&mut ana).await;
    let elsewhere = Entry {
        seq: note.seq - 1,
        ..note.clone()
    };
    let (number, tip) = (ana.number, ana.tip);
    for (target, remains) in [(&note, [7; 32]), (&elsewhere, remains(&note).body_hash())] {
        (ana.number, ana.tip) = (number, tip);
        let events = erasing(&mut ana, target, remains);
        assert_eq!(
            ana.push_one(events).await,
            [Seen::Refused(Code::Invalid, None)]
        );
    }
    assert_eq!(
        unwire(&sealed_at(&mut ana, note.seq).await).hash(),
        note.hash
    );
    assert!(sealed_at(&mut ana, note.seq).await.erased.is_empty());
}

#[tokio::test]
async fn an_editor_does_not_erase() {
    let server = Running::start().await;
    let mut ana = server.owner().await;
    let note = noted(&mut ana).await;
    let mut ben = server.device("ben", Role::Editor).await;
    let events = erasing(&mut ben, &note, remains(&note).body_hash());
    assert_eq!(
        ben.push_one(events).await,
        [Seen::Refused(Code::Forbidden, None)]
    );
}

#[tokio::test]
async fn nothing_is_recorded_that_comes_without_its_text() {
    let server = Running::start().await;
    let mut ana = server.owner().await;
    let events = ana.note(SECRET);
    let sealed = unwire(&events[0]);
    let left = sealed.erased(sealed.body.clone());
    assert_eq!(
        ana.push_one(vec![wire(left)]).await,
        [Seen::Refused(Code::Malformed, None)]
    );
}
