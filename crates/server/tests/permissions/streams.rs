//! Streams end with what let them in, while they are open, and nobody else's do.

use quarterdeck_core::decide::Command;
use quarterdeck_core::event::Body;
use quarterdeck_core::refusal::Code as Why;
use quarterdeck_core::token::{MemberState, Role};
use quarterdeck_core::value::{Field, Subject, Value};
use quarterdeck_proto::v1;
use quarterdeck_proto::v1::admin_service_client::AdminServiceClient;
use quarterdeck_proto::v1::sync_service_client::SyncServiceClient;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Status, Streaming};

use crate::support::{Device, Running, Seen, reason, seen, soon, with_token};

/// A watch that has begun, by a token.
async fn watch(server: &Running, token: &str) -> Streaming<v1::WatchResponse> {
    let mut client = SyncServiceClient::new(server.channel().await);
    let request = with_token(token, v1::WatchRequest { first_seq: 1 });
    let mut answers = client.watch(request).await.unwrap().into_inner();
    soon(answers.message()).await.unwrap().unwrap();
    answers
}

/// What a stream ends with, whatever comes before.
async fn end<T>(answers: &mut Streaming<T>) -> (Code, String) {
    let ended: Status = soon(async {
        loop {
            match answers.message().await {
                Ok(Some(_)) => {}
                Ok(None) => panic!("it ended well"),
                Err(status) => return status,
            }
        }
    })
    .await;
    (ended.code(), reason(&ended))
}

async fn record(device: &mut Device, commands: Vec<Command>) {
    device.pull().await;
    let events = device.author(commands);
    for outcome in device.push_one(events).await {
        assert!(matches!(outcome, Seen::Recorded(_)), "{outcome:?}");
    }
}

fn change(device: &Device, field: Field, word: &str) -> Command {
    Command::Edit {
        subject: Subject::Member(device.member),
        set: vec![(field, Value::Text(word.to_owned()))],
    }
}

/// A push that stays open, and its answers.
struct Open {
    batches: mpsc::Sender<v1::PushRequest>,
    answers: Streaming<v1::PushResponse>,
}

async fn open_push(device: &mut Device) -> Open {
    let (batches, requests) = mpsc::channel(1);
    let events = device.note("the first");
    batches.send(v1::PushRequest { events }).await.unwrap();
    let request = device.request(ReceiverStream::new(requests));
    let mut answers = device.client.push(request).await.unwrap().into_inner();
    let answer = soon(answers.message()).await.unwrap().unwrap();
    assert!(matches!(
        seen(answer.outcomes[0].clone()),
        Seen::Recorded(_)
    ));
    Open { batches, answers }
}

#[tokio::test]
async fn a_revoked_token_ends_its_watch_and_no_others() {
    let server = Running::start().await;
    let mut ana = server.owner().await;
    let ben = server.device("ben", Role::Editor).await;
    let mut admin = AdminServiceClient::new(server.channel().await);
    let mut bens = watch(&server, &ben.token).await;
    let mut anas = watch(&server, &ana.token).await;
    let own = with_token(&ana.token, v1::ListTokensRequest::default());
    let tokens = admin.list_tokens(own).await.unwrap().into_inner().tokens;
    let token = tokens.into_iter().find(|token| token.member == "ben");
    let request = v1::RevokeTokenRequest {
        token: token.unwrap().id,
        ..Default::default()
    };
    (admin.revoke_token(with_token(&ana.token, request)).await).unwrap();
    let told = (Code::Unauthenticated, "TOKEN_REVOKED".to_owned());
    assert_eq!(end(&mut bens).await, told);
    record(&mut ana, vec![crate::support::note("still here")]).await;
    let more = soon(anas.message()).await.unwrap().unwrap();
    assert!(!more.entries.is_empty());
}

#[tokio::test]
async fn a_device_that_is_revoked_by_an_event_loses_its_push_and_its_watch() {
    let server = Running::start().await;
    let mut ana = server.owner().await;
    let mut ben = server.device("ben", Role::Editor).await;
    let mut push = open_push(&mut ben).await;
    let mut watch = watch(&server, &ben.token).await;
    let revoked = Body::DeviceRevoked { device: ben.id };
    record(&mut ana, vec![Command::Record(revoked)]).await;
    let told = (Code::PermissionDenied, "DEVICE_REVOKED".to_owned());
    assert_eq!(end(&mut watch).await, told);
    assert_eq!(end(&mut push.answers).await, told);
    // What is sent all the same is not recorded.
    let events = ben.note("too late");
    let _ = push.batches.send(v1::PushRequest { events }).await;
    ana.pull().await;
    let device = &ana.state.devices[&ben.id];
    assert_eq!(device.number, 1);
}

#[tokio::test]
async fn a_member_who_is_removed_loses_every_stream() {
    let server = Running::start().await;
    let mut ana = server.owner().await;
    let mut ben = server.device("ben", Role::Viewer).await;
    let mut admin = AdminServiceClient::new(server.channel().await);
    let request = v1::CreateTokenRequest {
        member: "ben".into(),
        ..Default::default()
    };
    let client = admin.create_token(with_token(&ana.token, request)).await;
    let client = client.unwrap().into_inner().secret;
    let mut streams = vec![
        watch(&server, &ben.token).await,
        watch(&server, &client).await,
    ];
    ben.pull().await;
    let removed = change(&ben, Field::State, MemberState::Removed.word());
    record(&mut ana, vec![removed]).await;
    for stream in &mut streams {
        let told = (Code::PermissionDenied, "DEVICE_REVOKED".to_owned());
        assert_eq!(end(stream).await, told);
    }
}

#[tokio::test]
async fn a_token_that_lapses_ends_its_stream_though_nothing_happens() {
    let server = Running::start().await;
    let ana = server.owner().await;
    let mut admin = AdminServiceClient::new(server.channel().await);
    let request = v1::CreateTokenRequest {
        member: "ana".into(),
        valid_seconds: 60,
        ..Default::default()
    };
    let short = admin.create_token(with_token(&ana.token, request)).await;
    let short = short.unwrap().into_inner().secret;
    let mut stream = watch(&server, &short).await;
    server.step(60_000);
    let told = (Code::Unauthenticated, "TOKEN_EXPIRED".to_owned());
    assert_eq!(end(&mut stream).await, told);
}

#[tokio::test]
async fn a_role_taken_away_holds_from_the_next_batch_of_an_open_push() {
    let server = Running::start().await;
    let mut ana = server.owner().await;
    let mut ben = server.device("ben", Role::Contributor).await;
    let mut push = open_push(&mut ben).await;
    let demoted = change(&ben, Field::Role, Role::Viewer.word());
    record(&mut ana, vec![demoted]).await;
    let events = ben.note("no longer allowed");
    push.batches.send(v1::PushRequest { events }).await.unwrap();
    let answer = soon(push.answers.message()).await.unwrap().unwrap();
    let outcome = seen(answer.outcomes[0].clone());
    assert_eq!(outcome, Seen::Refused(Why::Forbidden, None));
}

#[tokio::test]
async fn a_renewed_token_leaves_the_streams_of_the_one_before_alone() {
    let server = Running::start().await;
    let mut ana = server.owner().await;
    let mut stream = watch(&server, &ana.token).await;
    let mut client = SyncServiceClient::new(server.channel().await);
    let request = with_token(&ana.token, v1::RenewTokenRequest {});
    let renewed = client.renew_token(request).await.unwrap().into_inner();
    assert!(renewed.token_expires_ms > 0);
    ana.token = renewed.token;
    record(&mut ana, vec![crate::support::note("with the next one")]).await;
    let more = soon(stream.message()).await.unwrap().unwrap();
    assert!(!more.entries.is_empty());
    // A day later the one before ends.
    server.step(24 * 60 * 60 * 1000);
    let told = (Code::Unauthenticated, "TOKEN_EXPIRED".to_owned());
    assert_eq!(end(&mut stream).await, told);
    ana.pull().await;
}
