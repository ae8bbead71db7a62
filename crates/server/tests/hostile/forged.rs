//! Pushes of somebody who has a token and does not keep to the rules of their own program. Nothing of them is
//! recorded, each is told precisely why, and the device goes on with what is honest.

use quarterdeck_core::clock::Hlc;
use quarterdeck_core::event::Event;
use quarterdeck_core::id::{DeviceId, MemberId};
use quarterdeck_core::refusal::Code;
use quarterdeck_core::token::Role;
use quarterdeck_ledger::{DeviceKey, Sealed};
use quarterdeck_proto::{decode_event, encode_event, v1};
use quarterdeck_server::Limits;
use tonic::Code as Grpc;

use super::support::{Device, Seen, assert_status, note, random, unwire, wire};
use super::{goes_on, server};

/// The event of that push, altered, and signed again by a key.
fn altered(
    sealed: &v1::SealedEvent,
    key: &DeviceKey,
    alter: impl FnOnce(&mut Event),
) -> Vec<v1::SealedEvent> {
    let sealed = unwire(sealed);
    let mut event = decode_event(&sealed.body).unwrap();
    alter(&mut event);
    let salt = *sealed.salt().unwrap();
    let mut sealed = Sealed::new(encode_event(&event).into(), salt, None);
    sealed.signature = Some(key.sign_command(&sealed.hash()));
    vec![wire(sealed)]
}

/// Pushes what must not be recorded, and takes the device back to where it was.
async fn refused(ana: &mut Device, events: Vec<v1::SealedEvent>, why: Code) {
    let before = ana.state.head;
    let outcomes = ana.push_one(events).await;
    assert!(
        matches!(outcomes[..], [Seen::Refused(code, _)] if code == why),
        "{outcomes:?} for {why:?}"
    );
    ana.pull().await;
    assert_eq!(ana.state.head, before, "something was recorded");
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_forged_is_refused_by_name_and_the_device_goes_on() {
    let server = server(Limits::default()).await;
    let mut ana = server.owner().await;
    let ben = server.device("ben", Role::Editor).await;
    let (member, device) = (ben.member, ben.id);
    goes_on(&mut ana).await;
    let (number, tip) = (ana.number, ana.tip);
    let honest = ana.note("honest")[0].clone();
    let recorded = unwire(&honest).hash();
    let first = decode_event(&unwire(&honest).body).unwrap();
    let key = DeviceKey::from_seed(random());

    type Alter = Box<dyn Fn(&mut Event) + Send>;
    let forgeries: Vec<(Code, Alter)> = vec![
        (
            Code::WrongAuthor,
            Box::new(move |event| event.member = member),
        ),
        (
            Code::WrongAuthor,
            Box::new(|event| event.member = MemberId::nil()),
        ),
        (
            Code::WrongAuthor,
            Box::new(move |event| event.device = device),
        ),
        (
            Code::WrongAuthor,
            Box::new(|event| event.device = DeviceId::from_bytes(random())),
        ),
        (
            Code::WrongWorkspace,
            Box::new(|event| {
                event.workspace = quarterdeck_core::id::WorkspaceId::from_bytes(random());
            }),
        ),
        (
            Code::FarFuture,
            Box::new(|event| event.authored = Hlc::at(u64::MAX)),
        ),
        (
            Code::FarFuture,
            Box::new(|event| {
                event.authored = Hlc {
                    wall: event.authored.wall + 25 * 60 * 60 * 1000,
                    counter: u32::MAX,
                };
            }),
        ),
        (Code::Gap, Box::new(|event| event.number += 1)),
        (Code::Gap, Box::new(|event| event.number = u64::MAX)),
        (Code::Forked, Box::new(|event| event.number = 1)),
        (
            Code::Forked,
            Box::new(|event| event.previous = Some([7; 32])),
        ),
        (Code::Forked, Box::new(|event| event.previous = None)),
        (Code::BrokenCommand, Box::new(|event| event.remaining = 1)),
        (
            Code::BrokenCommand,
            Box::new(|event| event.remaining = u32::MAX),
        ),
    ];
    for (why, alter) in forgeries {
        let events = altered(&honest, &ana.key, alter);
        refused(&mut ana, events, why).await;
    }
    // Number 0 is no number.
    let events = altered(&honest, &ana.key, |event| event.number = 0);
    let outcomes = ana.push_one(events).await;
    assert!(matches!(outcomes[..], [Seen::Refused(..)]), "{outcomes:?}");

    // The signature of another device, of another key, of another event, of none.
    let of_ben = altered(&honest, &ben.key, |_| {});
    refused(&mut ana, of_ben, Code::BadSignature).await;
    let of_nobody = altered(&honest, &key, |_| {});
    refused(&mut ana, of_nobody, Code::BadSignature).await;
    let mut of_another = honest.clone();
    of_another.signature = ana.key.sign_command(&[9; 32]).to_vec();
    refused(&mut ana, vec![of_another], Code::BadSignature).await;
    let mut turned = honest.clone();
    turned.salt[0] ^= 1;
    refused(&mut ana, vec![turned], Code::BadSignature).await;

    // It has seen what is not in the log.
    for seen in [ana.state.head + 1, u64::MAX] {
        let events = altered(&honest, &ana.key, |event| event.seen = seen);
        assert_status(
            ana.push(vec![events]).await,
            Grpc::OutOfRange,
            "LOG_IS_SHORTER",
        );
    }

    let seq = ana.state.head + 1;
    assert_eq!(
        ana.push_one(vec![honest.clone()]).await,
        [Seen::Recorded(seq)]
    );
    ana.pull().await;
    // The same id with another body, as the next event of the same device.
    let after = ana.note("after")[0].clone();
    let again = altered(&after, &ana.key, |event| event.id = first.id);
    refused(&mut ana, again, Code::AlreadyExists).await;
    // The same number with another body.
    let other = altered(&honest, &ana.key, |event| {
        event.reason = Some("why not".into())
    });
    refused(&mut ana, other, Code::Forked).await;
    // What was recorded, sent again, is answered as the first time; also by a device that went on since.
    assert_eq!(ana.push_one(vec![after]).await, [Seen::Recorded(seq + 1)]);
    assert_eq!(
        ana.push_one(vec![honest.clone()]).await,
        [Seen::Already(seq)]
    );
    assert_eq!(unwire(&honest).hash(), recorded);
    assert!(ana.number > number && ana.tip != tip);
    goes_on(&mut ana).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_of_another_device_is_not_replayed_as_ones_own() {
    let server = server(Limits::default()).await;
    let mut ana = server.owner().await;
    let mut ben = server.device("ben", Role::Editor).await;
    let events = ana.note("ana's word");
    ana.push_one(events.clone()).await;
    ben.pull().await;
    refused(&mut ben, events, Code::WrongAuthor).await;
    goes_on(&mut ben).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_split_over_batches_or_out_of_order_is_recorded_in_no_part() {
    let server = server(Limits::default()).await;
    let mut ana = server.owner().await;
    let head = ana.state.head;
    let (first, second) = (
        ana.author(vec![note("one"), note("two"), note("three")]),
        ana.author(vec![note("four"), note("five")]),
    );
    let split = vec![first[..2].to_vec(), first[2..].to_vec()];
    for answer in ana.push(split).await.unwrap() {
        let outcomes: Vec<_> = answer
            .outcomes
            .into_iter()
            .map(super::support::seen)
            .collect();
        assert!(matches!(outcomes[..], [Seen::Refused(..)]), "{outcomes:?}");
    }
    let orders = [
        [&first[1..2], &first[..1], &first[2..]].concat(),
        [&first[..1], &first[2..], &first[1..2]].concat(),
        [&second[..], &first[..]].concat(),
        [&first[..2], &second[..1], &first[2..], &second[1..]].concat(),
        [&first[..1], &first[..1], &first[..]].concat(),
        first[1..].to_vec(),
    ];
    for events in orders {
        let outcomes = ana.push_one(events).await;
        assert!(matches!(outcomes[..], [Seen::Refused(..)]), "{outcomes:?}");
        ana.pull().await;
        assert_eq!(ana.state.head, head);
    }
    let outcomes = ana.push_one([first, second].concat()).await;
    assert_eq!(outcomes.len(), 5);
    assert!(
        outcomes
            .iter()
            .all(|outcome| matches!(outcome, Seen::Recorded(_)))
    );
    goes_on(&mut ana).await;
}
