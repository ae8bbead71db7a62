//! What somebody without a token may take up, and how often they may guess.

use std::time::Duration;

use quarterdeck_proto::v1;
use quarterdeck_proto::v1::sync_service_client::SyncServiceClient;
use quarterdeck_server::Limits;
use tonic::Code;
use tonic::transport::{Channel, Endpoint};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

use super::support::{Running, assert_status, random, soon, with_token};
use super::{THERE, goes_on, server};

/// A client from elsewhere.
async fn there(server: &Running) -> Channel {
    Endpoint::try_from(format!("http://{}", server.address))
        .unwrap()
        .local_address(Some(THERE))
        .connect()
        .await
        .unwrap()
}

fn health() -> HealthCheckRequest {
    HealthCheckRequest {
        service: String::new(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_has_so_many_calls_without_a_token_open_and_others_have_theirs() {
    let limits = Limits {
        stranger_calls_per_address: 3,
        ..Limits::default()
    };
    let server = server(limits).await;
    let mut ana = server.owner().await;
    let mut health_there = HealthClient::new(there(&server).await);
    let mut open = Vec::new();
    for _ in 0..3 {
        let watch = health_there.watch(health()).await.unwrap().into_inner();
        open.push(watch);
    }
    // On another connection of the same address too.
    let mut again = HealthClient::new(there(&server).await);
    let refused = again.watch(health()).await;
    assert_status(
        refused.map(|_| ()),
        Code::ResourceExhausted,
        "TOO_MANY_CALLS",
    );
    let mut here = HealthClient::new(server.channel().await);
    here.check(health()).await.unwrap();
    goes_on(&mut ana).await;
    drop(open);
    soon(async {
        while again.check(health()).await.is_err() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_without_a_token_that_does_not_come_is_not_waited_for() {
    let limits = Limits {
        request_head: Duration::from_millis(50),
        ..Limits::default()
    };
    let server = server(limits).await;
    let mut stream = super::attacker(&server);
    use std::io::Write;
    let call = quarterdeck_tests::raw::call("quarterdeck.v1.SyncService/Join", "none", 1);
    let begun = quarterdeck_tests::raw::message(1_000, &[10; 10], 1);
    let said = [quarterdeck_tests::raw::opening(65_535), call, begun].concat();
    stream.write_all(&said).unwrap();
    let answer = super::hung_up_on(stream).await;
    // It is told so in headers, beyond the few bytes that every connection begins with.
    assert!(answer.len() > 150, "{} bytes", answer.len());
}

async fn guess(channel: Channel, at: u8) -> tonic::Status {
    let mut client = SyncServiceClient::new(channel);
    if at.is_multiple_of(2) {
        let token = format!("qdt_guess-{at}");
        let request = with_token(&token, v1::GetCheckpointRequest {});
        return client.get_checkpoint(request).await.unwrap_err();
    }
    let request = v1::JoinRequest {
        workspace: random::<16>().to_vec(),
        device: random::<16>().to_vec(),
        device_key: random::<32>().to_vec(),
        device_name: "laptop".into(),
        invitation_key: random::<32>().to_vec(),
        certificate: random::<64>().to_vec(),
    };
    client.join(request).await.unwrap_err()
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_are_counted_over_all_connections_of_an_address_and_lock_out_nobody_else() {
    let limits = Limits {
        failed_logins_per_minute: 10,
        ..Limits::default()
    };
    let server = server(limits).await;
    let mut ana = server.owner().await;
    let invitation = server
        .invite("ben", quarterdeck_core::token::Role::Editor)
        .await;
    for at in 0..10 {
        let status = guess(there(&server).await, at).await;
        assert_eq!(super::support::reason(&status), "UNKNOWN_CREDENTIALS");
    }
    for at in 0..6 {
        let status = guess(there(&server).await, at).await;
        assert_eq!(super::support::reason(&status), "TOO_MANY_FAILED_LOGINS");
    }
    // A token that holds is asked for no guess, also where the guesses come from.
    let mut client = SyncServiceClient::new(there(&server).await);
    let request = with_token(&ana.token, v1::GetCheckpointRequest {});
    client.get_checkpoint(request).await.unwrap();
    // Elsewhere nothing has happened.
    goes_on(&mut ana).await;
    let mut ben = super::support::Device::join(&server, &invitation)
        .await
        .unwrap();
    goes_on(&mut ben).await;
    server.step(60_000);
    let status = guess(there(&server).await, 1).await;
    assert_eq!(super::support::reason(&status), "UNKNOWN_CREDENTIALS");
}
