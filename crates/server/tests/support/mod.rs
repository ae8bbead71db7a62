//! A server on a real socket with a clock that tests step, and devices that speak to it as a
//! replica would.
#![allow(
    dead_code,
    missing_debug_implementations,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests; each test file uses some of them"
)]

pub mod browser;
pub mod quarter;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::clock::Hlc;
use quarterdeck_core::decide::{self, Command};
use quarterdeck_core::event::{Body, Event, Hash};
use quarterdeck_core::id::{DeviceId, IdSource, MemberId, Uuid, WorkspaceId, uuid_v7};
use quarterdeck_core::refusal::Refusal;
use quarterdeck_core::state::State;
use quarterdeck_core::token::{NoteKind, Role};
use quarterdeck_core::value::Subject;
use quarterdeck_ledger::{DeviceKey, PublicKey, Sealed};
use quarterdeck_proto::v1::sync_service_client::SyncServiceClient;
use quarterdeck_proto::v1::{self, event_outcome};
use quarterdeck_proto::{decode_entry, encode_event};
use quarterdeck_server::{
    Admin, First, InviteMember, Limits, NewWorkspace, PageListener, ServeOptions, Server,
    ServerError, World, init,
};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

/// When tests begin.
pub const START: u64 = 1_790_000_000_000;

pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).unwrap();
    bytes
}

/// A server of the workspace `acme`, owned by ana.
pub struct Running {
    pub folder: TempDir,
    pub first_invitation: String,
    pub clock: Arc<AtomicU64>,
    pub admin: Admin,
    pub address: std::net::SocketAddr,
    /// Where browsers are shown pages.
    pub page: std::net::SocketAddr,
    limits: Limits,
    stop: Option<oneshot::Sender<()>>,
    task: Option<JoinHandle<Result<(), ServerError>>>,
}

impl Running {
    pub async fn start() -> Self {
        Self::with(
            Limits::default(),
            First::Workspace(NewWorkspace::new("acme", "ana")),
        )
        .await
    }

    pub async fn with(limits: Limits, first: First) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(AtomicU64::new(START));
        let url = "127.0.0.1:0".parse().unwrap();
        let invitation = init(&folder.path().join("data"), &url, &first, &world(&clock))
            .await
            .unwrap();
        let ((admin, address, page), stop, task) = serve(&folder, &clock, &limits).await;
        Self {
            folder,
            first_invitation: invitation.url,
            clock,
            admin,
            address,
            page,
            limits,
            stop: Some(stop),
            task: Some(task),
        }
    }

    pub fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }

    pub fn step(&self, ms: u64) {
        self.clock.fetch_add(ms, Ordering::SeqCst);
    }

    pub async fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
        self.task.take().unwrap().await.unwrap().unwrap();
    }

    pub async fn start_again(&mut self) {
        let (at, stop, task) = serve(&self.folder, &self.clock, &self.limits).await;
        (self.admin, self.address, self.page) = at;
        self.stop = Some(stop);
        self.task = Some(task);
    }

    pub async fn channel(&self) -> Channel {
        Endpoint::try_from(format!("http://{}", self.address))
            .unwrap()
            .connect()
            .await
            .unwrap()
    }

    pub async fn invite(&self, member: &str, role: Role) -> String {
        self.admin
            .invite("acme", &InviteMember::new(member, Some(role)))
            .await
            .unwrap()
            .url
    }

    /// A device of ana, the owner.
    pub async fn owner(&self) -> Device {
        Device::join(self, &self.first_invitation).await.unwrap()
    }

    pub async fn device(&self, member: &str, role: Role) -> Device {
        Device::join(self, &self.invite(member, role).await)
            .await
            .unwrap()
    }
}

fn world(clock: &Arc<AtomicU64>) -> World {
    let clock = Arc::clone(clock);
    let now = move || Timestamp::from_ms(clock.load(Ordering::SeqCst));
    World::new(now, |bytes| getrandom::fill(bytes).unwrap())
}

async fn serve(
    folder: &TempDir,
    clock: &Arc<AtomicU64>,
    limits: &Limits,
) -> (
    (Admin, std::net::SocketAddr, std::net::SocketAddr),
    oneshot::Sender<()>,
    JoinHandle<Result<(), ServerError>>,
) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let pages = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let page = pages.local_addr().unwrap();
    let options = ServeOptions {
        page: Some(PageListener {
            listener: pages,
            url: None,
        }),
        limits: limits.clone(),
        world: world(clock),
        ..ServeOptions::new(folder.path().join("data"))
    };
    let server = Server::open(options).unwrap();
    server.listen_on(address).unwrap();
    let admin = server.admin();
    let (stop, stopped) = oneshot::channel::<()>();
    let task = tokio::spawn(async move {
        server
            .serve(listener, async move {
                let _ = stopped.await;
            })
            .await
    });
    ((admin, address, page), stop, task)
}

/// A request with a token.
pub fn with_token<T>(token: &str, message: T) -> Request<T> {
    let mut request = Request::new(message);
    let value = format!("Bearer {token}").parse().unwrap();
    request.metadata_mut().insert("authorization", value);
    request
}

/// The reason in a status's `ErrorInfo`.
pub fn reason(status: &Status) -> String {
    status
        .get_details_error_info()
        .map(|info| info.reason)
        .unwrap_or_default()
}

#[track_caller]
pub fn assert_status<T>(result: Result<T, Status>, code: Code, why: &str) {
    match result {
        Ok(_) => panic!("expected {code:?} ({why})"),
        Err(status) => {
            assert_eq!(
                (status.code(), reason(&status).as_str()),
                (code, why),
                "{status:?}"
            );
        }
    }
}

struct RandomIds;

impl IdSource for RandomIds {
    fn next(&mut self) -> Uuid {
        uuid_v7(START, random())
    }
}

/// A device with a replica, as far as tests need one.
pub struct Device {
    pub workspace: WorkspaceId,
    pub id: DeviceId,
    pub member: MemberId,
    pub key: DeviceKey,
    pub token: String,
    pub server_key: PublicKey,
    pub client: SyncServiceClient<Channel>,
    pub state: State,
    pub number: u64,
    pub tip: Option<Hash>,
    clock: Arc<AtomicU64>,
}

/// What an invitation's URL says.
pub fn parse_invitation(url: &str) -> (Option<WorkspaceId>, DeviceKey) {
    let (place, secret) = url.split_once('#').unwrap();
    let secret = secret.split('.').next().unwrap();
    let seed = URL_SAFE_NO_PAD.decode(secret).unwrap().try_into().unwrap();
    (
        place.rsplit_once('/').unwrap().1.parse().ok(),
        DeviceKey::from_seed(seed),
    )
}

pub fn join_request(url: &str, device: DeviceId, key: &DeviceKey) -> v1::JoinRequest {
    let (workspace, invitation) = parse_invitation(url);
    let workspace = workspace.unwrap();
    let public = key.public();
    let certificate = invitation.sign_join(workspace.as_bytes(), device.as_bytes(), &public);
    v1::JoinRequest {
        workspace: workspace.as_bytes().to_vec(),
        device: device.as_bytes().to_vec(),
        device_key: public.0.to_vec(),
        device_name: "laptop".into(),
        invitation_key: invitation.public().0.to_vec(),
        certificate: certificate.to_vec(),
    }
}

impl Device {
    pub async fn join(server: &Running, url: &str) -> Result<Self, Status> {
        let mut client = SyncServiceClient::new(server.channel().await);
        let id = DeviceId::new(uuid_v7(START, random()));
        let key = DeviceKey::from_seed(random());
        let joined = client.join(join_request(url, id, &key)).await?.into_inner();
        let genesis = joined.genesis.unwrap();
        let mut device = Self {
            workspace: WorkspaceId::from_bytes(genesis.workspace.try_into().unwrap()),
            id,
            member: MemberId::from_bytes(joined.member.try_into().unwrap()),
            key,
            token: joined.token,
            server_key: PublicKey(genesis.server_key.try_into().unwrap()),
            client,
            state: State::default(),
            number: 0,
            tip: None,
            clock: Arc::clone(&server.clock),
        };
        device.pull().await;
        Ok(device)
    }

    pub fn request<T>(&self, message: T) -> Request<T> {
        with_token(&self.token, message)
    }

    /// Everything from a position on, in parts.
    pub async fn parts(&mut self, first_seq: u64) -> Result<Vec<v1::PullResponse>, Status> {
        let request = self.request(v1::PullRequest {
            first_seq,
            limit: 0,
        });
        let mut parts = self.client.pull(request).await?.into_inner();
        let mut all = Vec::new();
        while let Some(part) = parts.message().await? {
            all.push(part);
        }
        Ok(all)
    }

    /// Takes in what is new.
    pub async fn pull(&mut self) {
        for part in self.parts(self.state.head + 1).await.unwrap() {
            for entry in part.entries {
                self.state.apply(&read(&entry));
            }
        }
    }

    /// Authors a command on top of what was authored before.
    pub fn author(&mut self, commands: Vec<Command>) -> Vec<v1::SealedEvent> {
        self.try_author(commands).unwrap()
    }

    pub fn try_author(&mut self, commands: Vec<Command>) -> Result<Vec<v1::SealedEvent>, Refusal> {
        let author = decide::Author {
            workspace: self.workspace,
            member: self.member,
            device: self.id,
            number: self.number,
            tip: self.tip,
            authored: Hlc::at(self.clock.load(Ordering::SeqCst)),
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
        let entries = decide::author(
            &self.state,
            commands,
            None,
            &author,
            &mut RandomIds,
            &mut seal,
        )?;
        let last = entries.last().unwrap();
        self.number = last.event.number;
        self.tip = Some(last.hash);
        sealed.last_mut().unwrap().signature = Some(self.key.sign_command(&last.hash));
        Ok(sealed.into_iter().map(wire).collect())
    }

    pub fn note(&mut self, text: &str) -> Vec<v1::SealedEvent> {
        self.author(vec![note(text)])
    }

    /// Pushes batches and collects the answers.
    pub async fn push(
        &mut self,
        batches: Vec<Vec<v1::SealedEvent>>,
    ) -> Result<Vec<v1::PushResponse>, Status> {
        let batches: Vec<_> = batches
            .into_iter()
            .map(|events| v1::PushRequest { events })
            .collect();
        let request = self.request(tokio_stream::iter(batches));
        let mut answers = self.client.push(request).await?.into_inner();
        let mut all = Vec::new();
        while let Some(answer) = answers.message().await? {
            all.push(answer);
        }
        Ok(all)
    }

    /// Pushes one batch and answers its outcomes.
    pub async fn push_one(&mut self, events: Vec<v1::SealedEvent>) -> Vec<Seen> {
        let mut answers = self.push(vec![events]).await.unwrap();
        assert_eq!(answers.len(), 1);
        answers.remove(0).outcomes.into_iter().map(seen).collect()
    }
}

/// An outcome, short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    Recorded(u64),
    Already(u64),
    Refused(quarterdeck_core::refusal::Code, Option<u64>),
}

pub fn seen(outcome: v1::EventOutcome) -> Seen {
    match outcome.outcome.unwrap() {
        event_outcome::Outcome::Recorded(place) => Seen::Recorded(place.seq),
        event_outcome::Outcome::AlreadyRecorded(place) => Seen::Already(place.seq),
        event_outcome::Outcome::Refused(refusal) => {
            let refusal = Refusal::from(refusal);
            assert!(!refusal.message.is_empty());
            Seen::Refused(refusal.code, refusal.wanted)
        }
    }
}

pub fn note(text: &str) -> Command {
    let text = text.to_owned();
    Command::Record(Body::NoteAdded {
        about: Subject::Workspace,
        kind: NoteKind::Win,
        text,
    })
}

pub fn wire(sealed: Sealed) -> v1::SealedEvent {
    quarterdeck_projection::to_wire(sealed).into()
}

pub fn unwire(sealed: &v1::SealedEvent) -> Sealed {
    quarterdeck_projection::from_wire(sealed.clone().try_into().unwrap())
}

pub fn read(entry: &v1::Entry) -> quarterdeck_core::event::Entry {
    let sealed = unwire(entry.event.as_ref().unwrap());
    decode_entry(entry.seq, entry.recorded_ms, sealed.hash(), &sealed.body).unwrap()
}

/// Nothing in these tests takes long; what hangs is to fail.
pub async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(30), what)
        .await
        .expect("it hangs")
}

pub fn files_below(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_below(&path));
        } else {
            found.push(path);
        }
    }
    found
}
