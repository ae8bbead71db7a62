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
use quarterdeck_ledger::Checkpoint;
use quarterdeck_ledger::Sealed;
use quarterdeck_proto::v1::sync_service_client::SyncServiceClient;
use quarterdeck_proto::{decode_event, encode_event, v1};
use quarterdeck_server::connect;
use support::{Device, Running, Seen, random, read, unwire, wire};
use tonic::transport::Endpoint;

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

/// Erases the note, which is the last of the log.
async fn erase(ana: &mut Device, note: &Entry) {
    let erasing = erasing(ana, note, remains(note).body_hash());
    assert_eq!(ana.push_one(erasing).await, [Seen::Recorded(note.seq + 1)]);
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
    erase(&mut ana, &note).await;
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

/// Notes of so many megabytes together, far more than is read and sent ahead of a client that takes nothing,
/// and then one whose text is to be erased.
async fn long_log(ana: &mut Device, megabytes: usize) -> Entry {
    let text = "x".repeat(10_000);
    for _ in 0..megabytes {
        let batches = (0..100).map(|_| ana.note(&text)).collect();
        ana.push(batches).await.unwrap();
    }
    ana.pull().await;
    noted(ana).await
}

/// The same device over a connection that takes little at a time.
async fn slow(server: &Running) -> SyncServiceClient<tonic::transport::Channel> {
    let endpoint = Endpoint::try_from(format!("http://{}", server.address))
        .unwrap()
        .initial_stream_window_size(65_535)
        .initial_connection_window_size(65_535);
    SyncServiceClient::new(endpoint.connect().await.unwrap())
}

/// The log ends with the erased note and the event that vouches for it, under a head of the server's.
fn is_vouched_for(ana: &Device, entries: &[v1::Entry], head: Option<v1::Checkpoint>, note: &Entry) {
    let erased = entries.iter().find(|entry| entry.seq == note.seq).unwrap();
    assert!(!erased.event.as_ref().unwrap().erased.is_empty());
    let last = entries.last().unwrap();
    assert!(matches!(read(last).event.body, Body::TextErased(_)));
    let signed = Checkpoint::verify(
        &head.unwrap().note,
        ana.workspace.as_bytes(),
        &ana.server_key,
    );
    assert_eq!(signed.unwrap().size, last.seq);
}

#[tokio::test]
async fn a_pull_during_which_texts_are_erased_reaches_the_event_that_vouches_for_the_rest() {
    let server = Running::start().await;
    let mut ana = server.owner().await;
    let note = long_log(&mut ana, 8).await;
    let request = ana.request(v1::PullRequest {
        first_seq: 1,
        limit: 0,
    });
    let mut parts = slow(&server)
        .await
        .pull(request)
        .await
        .unwrap()
        .into_inner();
    let mut entries = parts.message().await.unwrap().unwrap().entries;
    erase(&mut ana, &note).await;
    let mut head = None;
    while let Some(part) = parts.message().await.unwrap() {
        entries.extend(part.entries);
        head = part.checkpoint.or(head);
    }
    is_vouched_for(&ana, &entries, head, &note);
}

#[tokio::test]
async fn a_watch_during_which_texts_are_erased_reaches_the_event_that_vouches_for_the_rest() {
    let server = Running::start().await;
    let mut ana = server.owner().await;
    let note = long_log(&mut ana, 8).await;
    let request = ana.request(v1::WatchRequest { first_seq: 1 });
    let mut parts = slow(&server)
        .await
        .watch(request)
        .await
        .unwrap()
        .into_inner();
    let mut entries = parts.message().await.unwrap().unwrap().entries;
    erase(&mut ana, &note).await;
    let head = loop {
        let part = parts.message().await.unwrap().unwrap();
        entries.extend(part.entries);
        if part.checkpoint.is_some() {
            break part.checkpoint;
        }
    };
    is_vouched_for(&ana, &entries, head, &note);
}

#[tokio::test]
async fn a_backup_during_which_texts_are_erased_says_so_and_the_next_one_goes_through() {
    let server = Running::start().await;
    let mut ana = server.owner().await;
    let note = long_log(&mut ana, 24).await;
    let mut connection = connect(&server.data()).await.unwrap();
    let asked = v1::BackupRequest::default();
    let mut parts = (connection.client.backup(asked.clone()).await)
        .unwrap()
        .into_inner();
    parts.message().await.unwrap().unwrap();
    erase(&mut ana, &note).await;
    let refused = loop {
        match parts.message().await {
            Ok(part) => assert!(
                part.is_some_and(|part| part.result.is_none()),
                "it is whole"
            ),
            Err(refused) => break refused,
        }
    };
    let entry = format!("texts of entry {}", note.seq);
    assert!(refused.message().contains(&entry), "{refused}");
    let mut parts = connection.client.backup(asked).await.unwrap().into_inner();
    let mut result = None;
    while let Some(part) = parts.message().await.unwrap() {
        result = part.result.or(result);
    }
    assert_eq!(result.unwrap().workspaces[0].size, note.seq + 1);
    connection.close().await;
}
