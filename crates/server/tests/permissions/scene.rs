//! A server with two workspaces, and everybody who might knock at it.

use quarterdeck_core::decide::Command;
use quarterdeck_core::event::Body;
use quarterdeck_core::token::{MemberState, Role};
use quarterdeck_core::value::{Field, Subject, Value};
use quarterdeck_ledger::DeviceKey;
use quarterdeck_proto::v1;
use quarterdeck_proto::v1::admin_service_client::AdminServiceClient;
use quarterdeck_server::{First, InviteMember, Limits, NewWorkspace};
use tonic::transport::{Channel, Endpoint};

use crate::support::quarter::planned_on;
use crate::support::{Device, Running, random};

/// Who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// A device of a member.
    Device(Role),
    /// A client without keys, by a member's token.
    Client(Role),
    /// A device of a former member, and a client of one.
    Former(Role),
    FormerClient(Role),
    /// A device that was revoked by an event.
    RevokedDevice(Role),
    RevokedToken(Role),
    ExpiredToken(Role),
    /// A device of a member of another workspace, who asks for what is in this one.
    Elsewhere(Role),
    UnknownToken,
    NoToken,
    /// With a header that is no token.
    Malformed,
    /// Through the socket in the data folder.
    Operator,
}

impl Who {
    pub fn all() -> Vec<Self> {
        let by_role = [
            Self::Device,
            Self::Client,
            Self::Former,
            Self::FormerClient,
            Self::RevokedDevice,
            Self::RevokedToken,
            Self::ExpiredToken,
            Self::Elsewhere,
        ];
        let mut all: Vec<_> = by_role
            .iter()
            .flat_map(|who| Role::ALL.iter().map(|role| who(*role)))
            .collect();
        all.extend([
            Self::UnknownToken,
            Self::NoToken,
            Self::Malformed,
            Self::Operator,
        ]);
        all
    }

    pub const fn role(self) -> Option<Role> {
        match self {
            Self::Device(role)
            | Self::Client(role)
            | Self::Former(role)
            | Self::FormerClient(role)
            | Self::RevokedDevice(role)
            | Self::RevokedToken(role)
            | Self::ExpiredToken(role)
            | Self::Elsewhere(role) => Some(role),
            _ => None,
        }
    }
}

/// What a caller calls with.
#[derive(Clone)]
pub struct Credentials {
    pub header: Option<String>,
    /// The seed of a device's key.
    pub seed: [u8; 32],
}

pub struct Scene {
    pub server: Running,
    pub ana: Device,
    pub network: Channel,
    pub socket: Channel,
    callers: Vec<(Who, Credentials)>,
}

impl Scene {
    pub async fn set() -> Self {
        let limits = Limits {
            failed_logins_per_minute: 1_000_000,
            calls_per_second: 1_000_000,
            calls_at_once: 1_000_000,
            ..Limits::default()
        };
        let acme = First::Workspace(NewWorkspace::new("acme", "ana"));
        let (server, ana) = planned_on(Running::with(limits, acme).await).await;
        let network = server.channel().await;
        let socket = socket(&server).await;
        let mut scene = Self {
            server,
            ana,
            network,
            socket,
            callers: Vec::new(),
        };
        let (globex, _) = (scene.server.admin)
            .create_workspace(&NewWorkspace::new("globex", "hank"))
            .await
            .unwrap();
        for role in Role::ALL.iter().copied() {
            scene.members_of(role, &globex.to_string()).await;
        }
        // The tokens that hold for a second have lapsed.
        scene.server.step(2_000);
        let header = |text: &str| Credentials {
            header: Some(text.to_owned()),
            seed: random(),
        };
        let nothing = Credentials {
            header: None,
            seed: random(),
        };
        scene.callers.extend([
            (Who::UnknownToken, header("Bearer qdt_nobody")),
            (Who::NoToken, nothing.clone()),
            (Who::Malformed, header("Basic YW5hOnNlY3JldA==")),
            (Who::Operator, nothing),
        ]);
        scene
    }

    async fn members_of(&mut self, role: Role, globex: &str) {
        let present = format!("the {role}");
        let former = format!("a former {role}");
        let device = self.joined("acme", &present, role).await;
        self.add(Who::Device(role), &device);
        let client = self.token(&present, 0).await;
        self.add_token(Who::Client(role), &client.secret);
        let revoked = self.token(&present, 0).await;
        self.end(&revoked).await;
        self.add_token(Who::RevokedToken(role), &revoked.secret);
        let expired = self.token(&present, 1).await;
        self.add_token(Who::ExpiredToken(role), &expired.secret);

        let lost = self.joined("acme", &present, role).await;
        self.add(Who::RevokedDevice(role), &lost);
        let left = self.joined("acme", &former, role).await;
        self.add(Who::Former(role), &left);
        let left_client = self.token(&former, 0).await;
        self.add_token(Who::FormerClient(role), &left_client.secret);
        self.ana.pull().await;
        let ends = vec![
            Command::Record(Body::DeviceRevoked { device: lost.id }),
            Command::Edit {
                subject: Subject::Member(left.member),
                set: vec![(
                    Field::State,
                    Value::Text(MemberState::Removed.word().to_owned()),
                )],
            },
        ];
        self.by_ana(ends).await;

        let elsewhere = self.joined(globex, &format!("their {role}"), role).await;
        self.add(Who::Elsewhere(role), &elsewhere);
    }

    /// Ana, who owns the workspace, records something.
    pub async fn by_ana(&mut self, commands: Vec<Command>) {
        let events = self.ana.author(commands);
        for outcome in self.ana.push_one(events).await {
            assert!(matches!(outcome, crate::support::Seen::Recorded(_)));
        }
        self.ana.pull().await;
    }

    pub async fn joined(&self, workspace: &str, member: &str, role: Role) -> Device {
        let whom = InviteMember::new(member, Some(role));
        let url = self
            .server
            .admin
            .invite(workspace, &whom)
            .await
            .unwrap()
            .url;
        Device::join(&self.server, &url).await.unwrap()
    }

    /// A token without a device.
    pub async fn token(&self, member: &str, valid_seconds: u64) -> v1::CreateTokenResponse {
        let request = v1::CreateTokenRequest {
            workspace: "acme".into(),
            member: member.into(),
            valid_seconds,
        };
        self.admin()
            .create_token(request)
            .await
            .unwrap()
            .into_inner()
    }

    async fn end(&self, token: &v1::CreateTokenResponse) {
        let request = v1::RevokeTokenRequest {
            workspace: "acme".into(),
            token: token.token.as_ref().unwrap().id.clone(),
        };
        self.admin().revoke_token(request).await.unwrap();
    }

    fn add(&mut self, who: Who, device: &Device) {
        let credentials = Credentials {
            header: Some(format!("Bearer {}", device.token)),
            seed: *device.key.seed(),
        };
        self.callers.push((who, credentials));
    }

    fn add_token(&mut self, who: Who, secret: &str) {
        let credentials = Credentials {
            header: Some(format!("Bearer {secret}")),
            seed: random(),
        };
        self.callers.push((who, credentials));
    }

    /// What somebody calls with.
    pub fn credentials(&self, who: Who) -> &Credentials {
        let mut all = self.callers.iter();
        &all.find(|(known, _)| *known == who).unwrap().1
    }

    /// The operator's administration.
    pub fn admin(&self) -> AdminServiceClient<Channel> {
        AdminServiceClient::new(self.socket.clone())
    }

    /// All that calls can change: the size of each log, and each token and whether it holds.
    pub async fn kept(&self) -> (Vec<(String, u64)>, Vec<(String, bool)>) {
        let mut admin = self.admin();
        let all = admin.list_workspaces(v1::ListWorkspacesRequest {}).await;
        let heads = (all.unwrap().into_inner().workspaces.into_iter())
            .map(|it| (it.name, it.head))
            .collect();
        let mut tokens = Vec::new();
        for workspace in ["acme", "globex"] {
            let request = v1::ListTokensRequest {
                workspace: workspace.into(),
            };
            let found = admin
                .list_tokens(request)
                .await
                .unwrap()
                .into_inner()
                .tokens;
            tokens.extend(found.into_iter().map(|it| (it.id, it.revoked_ms > 0)));
        }
        (heads, tokens)
    }
}

async fn socket(server: &Running) -> Channel {
    let path = server.data().join("admin.sock");
    let connector = tower::service_fn(move |_| {
        let path = path.clone();
        async move {
            tokio::net::UnixStream::connect(path)
                .await
                .map(hyper_util::rt::TokioIo::new)
        }
    });
    Endpoint::from_static("http://okrd.invalid")
        .connect_with_connector(connector)
        .await
        .unwrap()
}

/// The key of a caller.
pub fn key(credentials: &Credentials) -> DeviceKey {
    DeviceKey::from_seed(credentials.seed)
}
