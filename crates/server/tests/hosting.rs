//! A workspace that began without a server is given one, with all its history.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests and their helpers"
)]

mod support;

use quarterdeck_core::clock::Hlc;
use quarterdeck_core::decide::{self, Command};
use quarterdeck_core::event::{Body, Event, WorkspaceCreated};
use quarterdeck_core::id::{DeviceId, IdSource, MemberId, Uuid, WorkspaceId, uuid_v7};
use quarterdeck_core::refusal::Code as Why;
use quarterdeck_core::state::State;
use quarterdeck_core::token::Role;
use quarterdeck_ledger::{DeviceKey, Sealed};
use quarterdeck_proto::encode_event;
use quarterdeck_proto::v1;
use quarterdeck_proto::v1::command_service_client::CommandServiceClient;
use quarterdeck_proto::v1::sync_service_client::SyncServiceClient;
use quarterdeck_server::{First, Limits};
use support::{
    Running, START, Seen, assert_status, note, parse_invitation, random, seen, wire, with_token,
};
use tonic::Code;

struct Ids;

impl IdSource for Ids {
    fn next(&mut self) -> Uuid {
        uuid_v7(START, random())
    }
}

/// A workspace on one device, kept without a server.
struct Alone {
    workspace: WorkspaceId,
    member: MemberId,
    device: DeviceId,
    key: DeviceKey,
    state: State,
    log: Vec<v1::SealedEvent>,
}

impl Alone {
    fn new() -> Self {
        let mut alone = Self {
            workspace: WorkspaceId::new(Ids.next()),
            member: MemberId::new(Ids.next()),
            device: DeviceId::new(Ids.next()),
            key: DeviceKey::from_seed(random()),
            state: State::default(),
            log: Vec::new(),
        };
        let created = WorkspaceCreated {
            name: "solo".into(),
            time_zone: "UTC".into(),
            fiscal_year_start: 1,
            key: alone.key.public().0,
            device_name: "laptop".into(),
            server: false,
        };
        let member = alone.member;
        alone.record(vec![
            Command::Record(Body::WorkspaceCreated(created)),
            Command::Record(Body::MemberAdded {
                member,
                name: "ana".into(),
                email: None,
                role: Role::Owner,
            }),
        ]);
        alone.record(vec![note("kept offline")]);
        alone
    }

    fn record(&mut self, commands: Vec<Command>) {
        let own = self.state.devices.get(&self.device);
        let author = decide::Author {
            workspace: self.workspace,
            member: self.member,
            device: self.device,
            number: own.map_or(0, |device| device.number),
            tip: own.and_then(|device| device.tip),
            authored: Hlc::at(START - 1_000_000),
            seen: self.state.head,
            source: None,
        };
        let mut sealed = Vec::new();
        let mut seal = |event: &Event| {
            let event = Sealed::new(encode_event(event).into(), random(), None);
            let hash = event.hash();
            sealed.push(event);
            hash
        };
        let entries =
            decide::author(&self.state, commands, None, &author, &mut Ids, &mut seal).unwrap();
        let last = entries.last().unwrap().hash;
        sealed.last_mut().unwrap().signature = Some(self.key.sign_command(&last));
        for entry in &entries {
            self.state.apply(entry);
        }
        self.log.extend(sealed.into_iter().map(wire));
    }

    fn request(&self, invitation: &DeviceKey) -> v1::HostWorkspaceRequest {
        let key = self.key.public();
        let certificate =
            invitation.sign_host(self.workspace.as_bytes(), self.device.as_bytes(), &key);
        v1::HostWorkspaceRequest {
            workspace: self.workspace.as_bytes().to_vec(),
            name: "solo".into(),
            device: self.device.as_bytes().to_vec(),
            device_key: key.0.to_vec(),
            member: self.member.as_bytes().to_vec(),
            invitation_key: invitation.public().0.to_vec(),
            certificate: certificate.to_vec(),
        }
    }
}

async fn push(
    client: &mut SyncServiceClient<tonic::transport::Channel>,
    token: &str,
    events: Vec<v1::SealedEvent>,
) -> Vec<Seen> {
    let request = with_token(token, tokio_stream::once(v1::PushRequest { events }));
    let mut answers = client.push(request).await.unwrap().into_inner();
    let answer = answers.message().await.unwrap().unwrap();
    answer.outcomes.into_iter().map(seen).collect()
}

#[tokio::test]
async fn its_whole_history_comes_along_and_the_server_takes_over() {
    let server = Running::with(Limits::default(), First::Hosting).await;
    let (_, invitation) = parse_invitation(&server.first_invitation);
    let mut alone = Alone::new();
    let mut client = SyncServiceClient::new(server.channel().await);
    let first = client
        .host_workspace(alone.request(&invitation))
        .await
        .unwrap()
        .into_inner();
    // The answer was lost: asked again, it is the same with a new token.
    let hosted = client
        .host_workspace(alone.request(&invitation))
        .await
        .unwrap()
        .into_inner();
    assert_eq!(first.server_device, hosted.server_device);
    assert_eq!(first.server_key, hosted.server_key);

    let device = DeviceId::from_bytes(hosted.server_device.clone().try_into().unwrap());
    let key: [u8; 32] = hosted.server_key.clone().try_into().unwrap();
    // Another server than this one is refused.
    let before = alone.state.clone();
    let count = alone.log.len();
    alone.record(vec![Command::Record(Body::ServerAdopted {
        device,
        key: DeviceKey::from_seed([9; 32]).public().0,
        name: "elsewhere".into(),
    })]);
    let outcomes = push(&mut client, &hosted.token, alone.log.clone()).await;
    assert_eq!(outcomes.last(), Some(&Seen::Refused(Why::Invalid, None)));
    assert_eq!(
        outcomes
            .iter()
            .filter(|it| matches!(it, Seen::Recorded(_)))
            .count(),
        count
    );
    alone.state = before;
    alone.log.truncate(count);

    // Until it is handed over, nothing is authored here on anybody's behalf.
    let mut command = CommandServiceClient::new(server.channel().await);
    let request = v1::AddNoteRequest {
        text: "too early".into(),
        ..Default::default()
    };
    let early = command.add_note(with_token(&hosted.token, request)).await;
    assert_status(early, Code::PermissionDenied, "FORBIDDEN");

    let name = hosted.server_name.clone();
    alone.record(vec![Command::Record(Body::ServerAdopted {
        device,
        key,
        name,
    })]);
    let outcomes = push(&mut client, &hosted.token, alone.log.clone()).await;
    assert_eq!(outcomes.last(), Some(&Seen::Recorded(count as u64 + 1)));
    assert_eq!(outcomes[0], Seen::Already(1));
    // From here on it is a workspace like any other.
    let url = server
        .admin
        .invite(
            "solo",
            &quarterdeck_server::InviteMember::new("ben", Some(Role::Editor)),
        )
        .await
        .unwrap()
        .url;
    let mut ben = support::Device::join(&server, &url).await.unwrap();
    assert_eq!(ben.state.notes.len(), 1);
    assert_eq!(ben.state.adopted_at(), Some(count as u64 + 1));
    let events = ben.note("from a second machine");
    assert!(matches!(
        ben.push_one(events).await[..],
        [Seen::Recorded(_)]
    ));
}

#[tokio::test]
async fn an_invitation_to_host_brings_one_workspace() {
    let server = Running::with(Limits::default(), First::Hosting).await;
    let (_, invitation) = parse_invitation(&server.first_invitation);
    let mut client = SyncServiceClient::new(server.channel().await);
    let alone = Alone::new();
    client
        .host_workspace(alone.request(&invitation))
        .await
        .unwrap();
    let second = client
        .host_workspace(Alone::new().request(&invitation))
        .await;
    assert_status(second, Code::AlreadyExists, "ALREADY_EXISTS");
    let unknown = client
        .host_workspace(alone.request(&DeviceKey::from_seed([3; 32])))
        .await;
    assert_status(unknown, Code::Unauthenticated, "UNKNOWN_CREDENTIALS");
    let mut forged = alone.request(&invitation);
    forged.device = vec![1; 16];
    let forged = client.host_workspace(forged).await;
    assert_status(forged, Code::Unauthenticated, "UNKNOWN_CREDENTIALS");
}

#[tokio::test]
async fn a_log_that_poses_as_a_servers_is_refused() {
    let server = Running::with(Limits::default(), First::Hosting).await;
    let (_, invitation) = parse_invitation(&server.first_invitation);
    let mut client = SyncServiceClient::new(server.channel().await);
    let mut alone = Alone::new();
    let hosted = client
        .host_workspace(alone.request(&invitation))
        .await
        .unwrap()
        .into_inner();
    (alone.state, alone.log) = (State::default(), Vec::new());
    alone.record(vec![Command::Record(Body::WorkspaceCreated(
        WorkspaceCreated {
            name: "solo".into(),
            time_zone: "UTC".into(),
            fiscal_year_start: 1,
            key: alone.key.public().0,
            device_name: "laptop".into(),
            server: true,
        },
    ))]);
    let outcomes = push(&mut client, &hosted.token, alone.log).await;
    assert_eq!(outcomes, [Seen::Refused(Why::Invalid, None)]);
}
