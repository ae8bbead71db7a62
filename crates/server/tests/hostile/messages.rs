//! Messages that ask for more than they look like.

use std::io::Write;

use quarterdeck_core::refusal::Code;
use quarterdeck_proto::v1;
use quarterdeck_proto::v1::query_service_client::QueryServiceClient;
use quarterdeck_proto::v1::sync_service_client::SyncServiceClient;
use quarterdeck_server::Limits;
use quarterdeck_tests::raw::{self, field};
use tonic::Code as Grpc;

use super::support::{Seen, assert_status, random, soon, with_token};
use super::{attacker, goes_on, hung_up_on, server};

#[tokio::test(flavor = "multi_thread")]
async fn a_message_of_very_many_fields_is_refused_before_it_is_whole() {
    let server = server(Limits::default()).await;
    let mut ana = server.owner().await;
    let events = vec![v1::SealedEvent::default(); 1_500_000];
    assert_status(
        ana.push(vec![events]).await,
        Grpc::InvalidArgument,
        "TOO_LARGE",
    );
    goes_on(&mut ana).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_other_than_pushes_are_small() {
    let server = server(Limits::default()).await;
    let mut ana = server.owner().await;
    let mut query = QueryServiceClient::new(server.channel().await);
    let request = v1::ListConflictsRequest {
        as_of: Some(v1::AsOf {
            moment: Some(v1::as_of::Moment::Words("x".repeat(300 << 10))),
        }),
    };
    let refused = query.list_conflicts(with_token(&ana.token, request)).await;
    assert_eq!(refused.unwrap_err().code(), Grpc::OutOfRange);
    goes_on(&mut ana).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deeply_nested_events_are_refused() {
    let server = server(Limits::default()).await;
    let mut ana = server.owner().await;
    // Every field that may hold a message, each within itself, as deep as an event has room for.
    for number in [1, 5, 12, 15] {
        let mut body = vec![8, 1];
        while body.len() < 60_000 {
            body = field(number, &body);
        }
        for body in [body.clone(), field(number, &body), vec![0x0b; 60_000]] {
            let event = v1::SealedEvent {
                body: body.into(),
                salt: random::<16>().to_vec(),
                signature: random::<64>().to_vec(),
                ..v1::SealedEvent::default()
            };
            let outcomes = ana.push_one(vec![event]).await;
            assert!(
                matches!(outcomes[..], [Seen::Refused(Code::Malformed, None)]),
                "{outcomes:?}"
            );
        }
    }
    goes_on(&mut ana).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nested_requests_of_strangers_are_refused() {
    let server = server(Limits::default()).await;
    let mut client = SyncServiceClient::new(server.channel().await);
    let mut ana = server.owner().await;
    let large = v1::JoinRequest {
        device_name: "x".repeat(100 << 10),
        ..v1::JoinRequest::default()
    };
    let refused = client.join(large).await;
    assert_status(refused.map(|_| ()), Grpc::InvalidArgument, "TOO_LARGE");
    let many = [0x0a, 0].repeat(10_000);
    let mut stream = attacker(&server);
    let call = raw::call("quarterdeck.v1.SyncService/Join", "none", 1);
    stream
        .write_all(&[raw::opening(65_535), call, raw::request(&many, 1)].concat())
        .unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    hung_up_on(stream).await;
    goes_on(&mut ana).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_claims_to_be_packed_is_refused() {
    let server = server(Limits::default()).await;
    let mut ana = server.owner().await;
    // The first byte of gRPC's prefix says that what follows is compressed: nothing here unpacks anything.
    let packed = [&[1, 0, 0, 0, 20][..], &[0x1f; 20]].concat();
    let mut stream = attacker(&server);
    let call = raw::call("quarterdeck.v1.SyncService/Push", &ana.token, 1);
    let data = raw::frame(raw::DATA, raw::END_STREAM, 1, &packed);
    stream
        .write_all(&[raw::opening(65_535), call, data].concat())
        .unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let answer = soon(hung_up_on(stream)).await;
    assert!(answer.len() < 4096, "{} bytes", answer.len());
    goes_on(&mut ana).await;
}
