//! Who gets in, and how far.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests and their helpers"
)]

mod support;

use quarterdeck_core::token::Role;
use quarterdeck_ledger::DeviceKey;
use quarterdeck_proto::v1;
use quarterdeck_proto::v1::admin_service_client::AdminServiceClient;
use quarterdeck_proto::v1::query_service_client::QueryServiceClient;
use quarterdeck_proto::v1::sync_service_client::SyncServiceClient;
use quarterdeck_server::{First, InviteMember, Limits, NewWorkspace};
use support::{
    Device, Running, Seen, assert_status, join_request, parse_invitation, random, reason,
    with_token,
};
use tonic::{Code, Request};

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

async fn checkpoint(server: &Running, token: &str) -> Result<(), tonic::Status> {
    let mut client = SyncServiceClient::new(server.channel().await);
    client
        .get_checkpoint(with_token(token, v1::GetCheckpointRequest {}))
        .await
        .map(|_| ())
}

#[tokio::test]
async fn without_a_valid_token_nothing_is_open() {
    let server = Running::start().await;
    let ana = server.owner().await;
    let channel = server.channel().await;
    let mut sync = SyncServiceClient::new(channel.clone());
    let bare = sync
        .get_checkpoint(Request::new(v1::GetCheckpointRequest {}))
        .await;
    assert_status(bare, Code::Unauthenticated, "NO_TOKEN");
    let mut query = QueryServiceClient::new(channel.clone());
    let bare = query.get_status(v1::GetStatusRequest::default()).await;
    assert_status(bare, Code::Unauthenticated, "NO_TOKEN");
    let mut admin = AdminServiceClient::new(channel);
    let bare = admin.get_stats(v1::GetStatsRequest {}).await;
    assert_status(bare, Code::Unauthenticated, "NO_TOKEN");
    let wrong = checkpoint(&server, "qdt_wrong").await;
    assert_status(wrong, Code::Unauthenticated, "UNKNOWN_CREDENTIALS");
    let cut = checkpoint(&server, &ana.token[..ana.token.len() - 1]).await;
    assert_status(cut, Code::Unauthenticated, "UNKNOWN_CREDENTIALS");
    checkpoint(&server, &ana.token).await.unwrap();
}

#[tokio::test]
async fn a_token_lapses() {
    let server = Running::start().await;
    let ana = server.owner().await;
    server.step(179 * DAY_MS);
    checkpoint(&server, &ana.token).await.unwrap();
    server.step(2 * DAY_MS);
    let late = checkpoint(&server, &ana.token).await;
    assert_status(late, Code::Unauthenticated, "TOKEN_EXPIRED");
}

#[tokio::test]
async fn an_invitation_lets_one_device_in_and_lapses() {
    let server = Running::start().await;
    server.owner().await;
    let again = Device::join(&server, &server.first_invitation).await;
    assert_status(again.map(|_| ()), Code::AlreadyExists, "ALREADY_EXISTS");
    let ben = server.invite("ben", Role::Editor).await;
    server.step(8 * DAY_MS);
    let late = Device::join(&server, &ben).await;
    assert_status(late.map(|_| ()), Code::InvalidArgument, "INVALID");
}

#[tokio::test]
async fn a_lost_answer_can_be_asked_for_again_for_a_while() {
    let server = Running::start().await;
    let ana = server.owner().await;
    let mut client = SyncServiceClient::new(server.channel().await);
    let request = || join_request(&server.first_invitation, ana.id, &ana.key);
    let again = client.join(request()).await.unwrap().into_inner();
    assert_status(
        checkpoint(&server, &ana.token).await,
        Code::Unauthenticated,
        "TOKEN_REVOKED",
    );
    checkpoint(&server, &again.token).await.unwrap();
    // With another key it is another device, whatever it calls itself.
    let other = DeviceKey::from_seed(random());
    let posing = client
        .join(join_request(&server.first_invitation, ana.id, &other))
        .await;
    assert_status(posing, Code::AlreadyExists, "ALREADY_EXISTS");
    server.step(2 * 60 * 60 * 1000);
    assert_status(
        client.join(request()).await,
        Code::AlreadyExists,
        "ALREADY_EXISTS",
    );
    checkpoint(&server, &again.token).await.unwrap();
}

#[tokio::test]
async fn a_join_that_is_sent_again_while_the_first_is_on_its_way_is_the_same_join() {
    let server = Running::start().await;
    let id = quarterdeck_core::id::DeviceId::new(uuid::Uuid::from_bytes(random()));
    let key = DeviceKey::from_seed(random());
    let channel = server.channel().await;
    let asked: Vec<_> = (0..16)
        .map(|_| {
            let request = join_request(&server.first_invitation, id, &key);
            let mut client = SyncServiceClient::new(channel.clone());
            tokio::spawn(async move { client.join(request).await })
        })
        .collect();
    let mut places = std::collections::BTreeSet::new();
    for asked in asked {
        let joined = asked.await.unwrap().unwrap().into_inner();
        places.insert(joined.joined.unwrap().seq);
    }
    assert_eq!(places.len(), 1);
}

#[tokio::test]
async fn a_device_that_was_revoked_before_it_heard_that_it_is_in_is_told_so() {
    let server = Running::start().await;
    let ana = server.owner().await;
    let ben = server.invite("ben", Role::Editor).await;
    let device = Device::join(&server, &ben).await.unwrap();
    let mut admin = AdminServiceClient::new(server.channel().await);
    let revoke = v1::RevokeDeviceRequest {
        device: device.id.to_string(),
        ..v1::RevokeDeviceRequest::default()
    };
    admin
        .revoke_device(with_token(&ana.token, revoke))
        .await
        .unwrap();
    let again = join_request(&ben, device.id, &device.key);
    let refused = SyncServiceClient::new(server.channel().await)
        .join(again)
        .await;
    assert_status(refused, Code::PermissionDenied, "DEVICE_REVOKED");
}

#[tokio::test]
async fn wrong_invitations_all_look_the_same_and_are_counted() {
    let limits = Limits {
        failed_logins_per_minute: 5,
        ..Limits::default()
    };
    let first = First::Workspace(NewWorkspace::new("acme", "ana"));
    let server = Running::with(limits, first).await;
    let mut client = SyncServiceClient::new(server.channel().await);
    let (id, key) = (
        quarterdeck_core::id::DeviceId::new(uuid::Uuid::from_bytes(random())),
        random(),
    );
    let key = DeviceKey::from_seed(key);
    let good = || join_request(&server.first_invitation, id, &key);
    let unknown_workspace = v1::JoinRequest {
        workspace: vec![7; 16],
        ..good()
    };
    let unknown_invitation = v1::JoinRequest {
        invitation_key: DeviceKey::from_seed([1; 32]).public().0.to_vec(),
        ..good()
    };
    let bad_certificate = v1::JoinRequest {
        certificate: vec![1; 64],
        ..good()
    };
    let mut answers = Vec::new();
    for request in [unknown_workspace, unknown_invitation, bad_certificate] {
        let status = client.join(request).await.unwrap_err();
        answers.push((status.code(), reason(&status), status.message().to_owned()));
    }
    assert_eq!(answers[0].1, "UNKNOWN_CREDENTIALS");
    assert!(
        answers.iter().all(|answer| *answer == answers[0]),
        "{answers:?}"
    );
    for _ in 0..2 {
        checkpoint(&server, "qdt_wrong").await.unwrap_err();
    }
    let tired = client.join(good()).await;
    assert_status(tired, Code::ResourceExhausted, "TOO_MANY_FAILED_LOGINS");
    server.step(60_000);
    client.join(good()).await.unwrap();
}

#[tokio::test]
async fn a_revoked_device_is_out_at_once() {
    let server = Running::start().await;
    let ana = server.owner().await;
    let mut ben = server.device("ben", Role::Editor).await;
    let mut admin = AdminServiceClient::new(server.channel().await);
    let request = |token: &str| {
        let device = ben.id.to_string();
        let request = v1::RevokeDeviceRequest {
            device,
            ..Default::default()
        };
        with_token(token, request)
    };
    assert_status(
        admin.revoke_device(request(&ben.token)).await,
        Code::PermissionDenied,
        "FORBIDDEN",
    );
    admin.revoke_device(request(&ana.token)).await.unwrap();
    let out = ben.parts(1).await;
    assert_status(out, Code::Unauthenticated, "TOKEN_REVOKED");
}

#[tokio::test]
async fn an_owner_administrates_their_own_workspace_and_no_other() {
    let server = Running::start().await;
    let ana = server.owner().await;
    let (other, invitation) = server
        .admin
        .create_workspace(&NewWorkspace::new("globex", "hank"))
        .await
        .unwrap();
    assert_eq!(parse_invitation(&invitation.url).0, Some(other));
    let mut admin = AdminServiceClient::new(server.channel().await);
    for name in ["globex".to_owned(), other.to_string(), "nowhere".to_owned()] {
        let request = v1::ListTokensRequest {
            workspace: name.clone(),
        };
        let status = admin
            .list_tokens(with_token(&ana.token, request))
            .await
            .unwrap_err();
        assert_eq!(
            (status.code(), reason(&status).as_str()),
            (Code::NotFound, "NOT_FOUND"),
            "{name}"
        );
    }
    let own = with_token(&ana.token, v1::ListTokensRequest::default());
    let tokens = admin.list_tokens(own).await.unwrap().into_inner().tokens;
    assert_eq!(tokens.len(), 1);
    assert_eq!(
        (tokens[0].member.as_str(), tokens[0].device_name.as_str()),
        ("ana", "laptop")
    );
    let new = v1::CreateWorkspaceRequest {
        name: "own".into(),
        ..Default::default()
    };
    let new = admin.create_workspace(with_token(&ana.token, new)).await;
    assert_status(new, Code::PermissionDenied, "FORBIDDEN");
    let all = admin
        .list_workspaces(with_token(&ana.token, v1::ListWorkspacesRequest {}))
        .await;
    let all = all.unwrap().into_inner().workspaces;
    assert_eq!(
        all.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(),
        ["acme"]
    );
}

#[tokio::test]
async fn a_role_taken_away_holds_from_the_next_event_on() {
    let server = Running::start().await;
    let ana = server.owner().await;
    let mut ben = server.device("ben", Role::Contributor).await;
    let before = ben.note("allowed");
    assert!(matches!(
        ben.push_one(before).await[..],
        [Seen::Recorded(_)]
    ));
    let mut admin = AdminServiceClient::new(server.channel().await);
    let request = v1::SetRoleRequest {
        member: "ben".into(),
        role: "viewer".into(),
        ..Default::default()
    };
    admin
        .set_role(with_token(&ana.token, request))
        .await
        .unwrap();
    let after = ben.note("authored before ben knew");
    let refused = [Seen::Refused(
        quarterdeck_core::refusal::Code::Forbidden,
        None,
    )];
    assert_eq!(ben.push_one(after).await, refused);
    // Asking for another role in an invitation changes nothing silently.
    let again = InviteMember::new("ben", Some(Role::Owner));
    server.admin.invite("acme", &again).await.unwrap_err();
}

#[tokio::test]
async fn a_copied_folder_becomes_a_device_of_its_own() {
    let server = Running::start().await;
    let mut ana = server.owner().await;
    let key = DeviceKey::from_seed(random());
    let id = quarterdeck_core::id::DeviceId::new(uuid::Uuid::from_bytes(random()));
    let certificate = ana
        .key
        .sign_join(ana.workspace.as_bytes(), id.as_bytes(), &key.public());
    let request = |certificate: Vec<u8>| {
        let request = v1::AddDeviceRequest {
            device: id.as_bytes().to_vec(),
            device_key: key.public().0.to_vec(),
            device_name: "copy".into(),
            certificate,
        };
        with_token(&ana.token, request)
    };
    let mut client = ana.client.clone();
    let forged = client.add_device(request(vec![1; 64])).await;
    assert_status(forged, Code::PermissionDenied, "BAD_SIGNATURE");
    let first = client
        .add_device(request(certificate.to_vec()))
        .await
        .unwrap()
        .into_inner();
    // The answer was lost: asked again, it is the same device with a new token.
    let again = client
        .add_device(request(certificate.to_vec()))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(first.joined, again.joined);
    assert_status(
        checkpoint(&server, &first.token).await,
        Code::Unauthenticated,
        "TOKEN_REVOKED",
    );
    checkpoint(&server, &again.token).await.unwrap();
    (ana.id, ana.key, ana.token) = (id, key, again.token);
    ana.pull().await;
    let events = ana.note("from the copy");
    assert!(matches!(
        ana.push_one(events).await[..],
        [Seen::Recorded(_)]
    ));
}

#[tokio::test]
async fn one_token_cannot_take_the_server_from_the_others() {
    let limits = Limits {
        calls_at_once: 10,
        calls_per_second: 1,
        streams_per_token: 2,
        ..Limits::default()
    };
    let first = First::Workspace(NewWorkspace::new("acme", "ana"));
    let server = Running::with(limits, first).await;
    let ana = server.owner().await;
    let ben = server.device("ben", Role::Viewer).await;
    let watch = || ana.request(v1::WatchRequest { first_seq: 1 });
    let _one = ana.client.clone().watch(watch()).await.unwrap();
    let _two = ana.client.clone().watch(watch()).await.unwrap();
    let three = ana.client.clone().watch(watch()).await;
    assert_status(three, Code::ResourceExhausted, "TOO_MANY_STREAMS");
    let mut last = Ok(());
    for _ in 0..10 {
        last = checkpoint(&server, &ana.token).await;
    }
    assert_status(last, Code::ResourceExhausted, "TOO_MANY_CALLS");
    checkpoint(&server, &ben.token).await.unwrap();
    server.step(2_000);
    checkpoint(&server, &ana.token).await.unwrap();
}
