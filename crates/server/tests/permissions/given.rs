//! What requests are about: things that are there, so that no call is refused for asking nonsense.

use quarterdeck_core::id::{DeviceId, MemberId, Uuid, WorkspaceId, uuid_v7};
use quarterdeck_core::token::Role;
use quarterdeck_ledger::DeviceKey;
use quarterdeck_proto::v1::command_service_client::CommandServiceClient;
use quarterdeck_proto::v1::{self, measure};
use tonic::Request;

use crate::scene::{Scene, Who, key};
use crate::support::{START, join_request, parse_invitation, random};

/// What a request of one cell of the matrix speaks of.
#[derive(Clone)]
pub struct Given {
    /// The name of the workspace.
    pub workspace: String,
    /// The id of a key result, and of an objective.
    pub key_result: String,
    pub objective: String,
    /// A check-in that the caller's member made; ana's where they may make none.
    pub check_in: String,
    pub token: String,
    pub device: String,
    /// A contributor.
    pub member: String,
    /// Something that nothing is called yet.
    pub unheard: String,
    pub add_device: v1::AddDeviceRequest,
    pub join: v1::JoinRequest,
    pub host: v1::HostWorkspaceRequest,
}

/// Things that several cells speak of, made once.
pub struct Things {
    token: String,
    device: String,
    join: v1::JoinRequest,
    host: v1::HostWorkspaceRequest,
    member: String,
    count: u32,
}

impl Things {
    pub async fn new(scene: &Scene) -> Self {
        let invitation = scene.server.invite("guest", Role::Viewer).await;
        let device = DeviceId::new(uuid_v7(START, random()));
        let join = join_request(&invitation, device, &DeviceKey::from_seed(random()));
        let mut things = Self {
            token: String::new(),
            device: String::new(),
            join,
            host: host(scene).await,
            member: String::new(),
            count: 0,
        };
        things.renew(scene).await;
        things
    }

    /// Another member to change, with a device and a token to end: after a call that was to do so.
    pub async fn renew(&mut self, scene: &Scene) {
        self.count += 1;
        self.member = format!("scratch {}", self.count);
        let scratch = scene.joined("acme", &self.member, Role::Contributor).await;
        self.device = scratch.id.to_string();
        self.token = (scene.token(&self.member, 0).await.token.unwrap()).id;
    }

    pub async fn given(&mut self, scene: &Scene, who: Who) -> Given {
        self.count += 1;
        let state = &scene.ana.state;
        let key_result = state.key_results.keys().next().unwrap().to_string();
        Given {
            workspace: "acme".into(),
            objective: state.objectives.keys().next().unwrap().to_string(),
            check_in: check_in(scene, who, &key_result).await,
            key_result,
            token: self.token.clone(),
            device: self.device.clone(),
            member: self.member.clone(),
            unheard: format!("unheard-of-{}", self.count),
            add_device: add_device(scene, who),
            join: self.join.clone(),
            host: self.host.clone(),
        }
    }
}

/// A check-in by the member of the caller, made with a token that holds.
async fn check_in(scene: &Scene, who: Who, key_result: &str) -> String {
    let by = match who.role() {
        Some(role @ (Role::Owner | Role::Editor | Role::Contributor)) => role,
        _ => Role::Owner,
    };
    let request = v1::CheckInRequest {
        key_result: key_result.into(),
        measure: Some(v1::Measure {
            measure: Some(measure::Measure::Absolute("501".into())),
        }),
        effective: "2026-08-21".into(),
        ..Default::default()
    };
    let mut request = Request::new(request);
    let header = scene.credentials(Who::Client(by)).header.clone().unwrap();
    (request.metadata_mut()).insert("authorization", header.parse().unwrap());
    let mut client = CommandServiceClient::new(scene.network.clone());
    let made = client.check_in(request).await.unwrap().into_inner();
    made.events[0].id.clone()
}

/// A device that the caller's own device vouches for.
fn add_device(scene: &Scene, who: Who) -> v1::AddDeviceRequest {
    let workspace = match who {
        Who::Elsewhere(_) => None,
        _ => Some(scene.ana.workspace),
    };
    let id = DeviceId::new(uuid_v7(START, random()));
    let public = DeviceKey::from_seed(random()).public();
    let own = key(scene.credentials(who));
    let workspace = workspace.unwrap_or_else(|| globex(scene));
    let certificate = own.sign_join(workspace.as_bytes(), id.as_bytes(), &public);
    v1::AddDeviceRequest {
        device: id.as_bytes().to_vec(),
        device_key: public.0.to_vec(),
        device_name: "another".into(),
        certificate: certificate.to_vec(),
    }
}

fn globex(scene: &Scene) -> WorkspaceId {
    let folder = std::fs::read_dir(scene.server.data().join("workspaces")).unwrap();
    let mut ids = folder.map(|entry| {
        let name = entry.unwrap().file_name();
        name.to_str().unwrap().parse::<WorkspaceId>().unwrap()
    });
    // The hosted one is younger than both, and nobody is a member of it.
    let mut found: Vec<_> = ids
        .by_ref()
        .filter(|id| *id != scene.ana.workspace)
        .collect();
    found.sort();
    found[0]
}

async fn host(scene: &Scene) -> v1::HostWorkspaceRequest {
    let url = scene.server.admin.invite_to_host().unwrap().url;
    let (_, invitation) = parse_invitation(&url);
    let workspace = WorkspaceId::new(uuid_v7(START + 60_000, random()));
    let device = DeviceId::new(Uuid::from_bytes(random()));
    let public = DeviceKey::from_seed(random()).public();
    let certificate = invitation.sign_host(workspace.as_bytes(), device.as_bytes(), &public);
    v1::HostWorkspaceRequest {
        workspace: workspace.as_bytes().to_vec(),
        name: "initech".into(),
        device: device.as_bytes().to_vec(),
        device_key: public.0.to_vec(),
        member: MemberId::new(Uuid::from_bytes(random()))
            .as_bytes()
            .to_vec(),
        invitation_key: invitation.public().0.to_vec(),
        certificate: certificate.to_vec(),
    }
}
