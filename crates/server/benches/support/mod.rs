//! What the benchmarks of client and server share: a server in this process, devices that have joined it,
//! and events that are ready to be sent.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each benchmark uses a part of it"
)]

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::thread::JoinHandle;
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use quarterdeck_core::calendar::Date;
use quarterdeck_core::clock::Hlc;
use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{Body, CheckedIn, Event, KeyResultAdded, Metric, ObjectiveDrafted};
use quarterdeck_core::id::{
    CycleId, DeviceId, EventId, KeyResultId, MemberId, ObjectiveId, WorkspaceId, uuid_v7,
};
use quarterdeck_core::token::{Cadence, CycleKind, MetricKind, ObjectiveKind};
use quarterdeck_core::value::Measure;
use quarterdeck_ledger::{DeviceKey, Hash, PublicKey, Sealed};
use quarterdeck_server::{
    Admin, First, InviteMember, Limits, NewWorkspace, ServeOptions, Server, World, init,
};
use quarterdeck_sync::grpc::Grpc;
use quarterdeck_sync::join::{Join, join};
use quarterdeck_sync::{Invite, Options, Random, Replica};
use tokio::sync::oneshot;

/// The size of an event's body: what a check-in with a short note takes.
pub const BODY: usize = 250;

/// How many key results the check-ins are about.
const KEY_RESULTS: u64 = 300;

/// What came out of several rounds: the one in the middle.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

pub fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    u64::try_from(since.as_millis()).unwrap()
}

/// The operating system's randomness.
pub struct System;

impl Random for System {
    fn fill(&mut self, bytes: &mut [u8]) {
        getrandom::fill(bytes).unwrap();
    }
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    System.fill(&mut bytes);
    bytes
}

fn id() -> uuid::Uuid {
    uuid_v7(now_ms(), random())
}

/// A server with one workspace, on a thread and a runtime of its own.
pub struct Host {
    pub admin: Admin,
    pub owner: String,
    metrics: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Host {
    /// Sets a server up in a folder and serves it on loopback.
    pub fn start(data: &Path) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let metrics = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let metrics_address = metrics.local_addr().unwrap();
        let url = listener.local_addr().unwrap().to_string().parse().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let first = First::Workspace(NewWorkspace::new("acme", "ana"));
        let invitation = runtime
            .block_on(init(data, &url, &first, &World::system()))
            .unwrap();
        let mut options = ServeOptions::new(data);
        options.metrics = Some(metrics);
        // One machine plays many people here.
        options.limits = Limits {
            calls_per_second: u32::MAX,
            calls_at_once: u32::MAX,
            ..Limits::default()
        };
        let server = {
            let _inside = runtime.enter();
            Server::open(options).unwrap()
        };
        let admin = server.admin();
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || {
            runtime.block_on(async move {
                listener.set_nonblocking(true).unwrap();
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                let shutdown = async move {
                    let _ = stopped.await;
                };
                server.serve(listener, shutdown).await.unwrap();
            });
        });
        Self {
            admin,
            owner: invitation.url,
            metrics: metrics_address,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// An invitation for one more device of the owner's.
    pub async fn invite(&self) -> String {
        let whom = InviteMember::new("ana", None);
        self.admin.invite("acme", &whom).await.unwrap().url
    }

    /// A figure from the server's metrics, summed over its labels.
    pub fn figure(&self, name: &str) -> f64 {
        let mut stream = TcpStream::connect(self.metrics).unwrap();
        stream
            .write_all(b"GET /metrics HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n")
            .unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text.lines()
            .filter(|line| line.split([' ', '{']).next() == Some(name))
            .filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok())
            .sum()
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

/// Makes a folder a device of the workspace, and answers its replica and its connection.
pub async fn join_as_device(invitation: &str, dir: &Path) -> (Replica, Grpc) {
    let invite: Invite = invitation.parse().unwrap();
    let mut remote = Grpc::connect(&invite.remote(false)).await.unwrap();
    let asked = Join {
        dir,
        invite: &invite,
        device_name: "bench".to_owned(),
        plaintext: false,
        options: Options::default(),
        now_ms: now_ms(),
    };
    let (replica, _) = join(asked, &mut remote, &mut System, &mut |_| {})
        .await
        .unwrap();
    (replica, remote)
}

/// Commands that plan a cycle with many key results, and those.
pub fn plan() -> (Vec<Command>, Vec<KeyResultId>) {
    let (cycle, objective) = (CycleId::new(id()), ObjectiveId::new(id()));
    let mut commands = vec![
        Command::Record(Body::CycleCreated {
            cycle,
            name: "2026-Q1".to_owned(),
            kind: CycleKind::Quarterly,
            starts: date("2026-01-01"),
            ends: date("2026-03-31"),
            parent: None,
        }),
        Command::Record(Body::ObjectiveDrafted(ObjectiveDrafted {
            objective,
            title: "Be the first choice in our market".to_owned(),
            description: None,
            cycle,
            owner: None,
            team: None,
            kind: ObjectiveKind::Committed,
            supports: None,
            key: None,
            carried_from: None,
            standing: false,
        })),
    ];
    let mut key_results = Vec::new();
    for number in 0..KEY_RESULTS {
        let key_result = KeyResultId::new(id());
        key_results.push(key_result);
        commands.push(Command::Record(Body::KeyResultAdded(KeyResultAdded {
            key_result,
            objective,
            title: format!("Qualified leads of region {number}"),
            owner: None,
            metric: Metric {
                kind: MetricKind::Increase,
                baseline: Some(0.into()),
                target: Some(1_000_000.into()),
                low: None,
                high: None,
                milestones: Vec::new(),
                unit: Some("leads".to_owned()),
            },
            indicator: None,
            certainty: None,
            cadence: Cadence::Weekly,
            weight: 1.into(),
            rank: None,
            key: None,
            team: None,
            kpi: None,
            carried_from: None,
        })));
    }
    (commands, key_results)
}

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

/// A device that authors check-ins, each a command of its own and signed.
pub struct Author {
    workspace: WorkspaceId,
    member: MemberId,
    device: DeviceId,
    key: DeviceKey,
    number: u64,
    tip: Option<Hash>,
    clock: Hlc,
    seen: u64,
    key_results: Vec<KeyResultId>,
}

impl Author {
    /// The device of a replica, which must not author anything else from now on.
    pub fn new(replica: &Replica, key_results: &[KeyResultId]) -> Self {
        let identity = replica.identity();
        let device = &replica.confirmed().devices[&identity.device.id];
        Self {
            workspace: identity.workspace,
            member: identity.member.unwrap(),
            device: identity.device.id,
            key: identity.device.key(),
            number: device.number,
            tip: device.tip,
            clock: Hlc::at(now_ms()),
            seen: replica.head().size,
            key_results: key_results.to_vec(),
        }
    }

    pub fn public(&self) -> PublicKey {
        self.key.public()
    }

    /// The next check-in, with a body of [`BODY`] bytes.
    pub fn check_in(&mut self) -> Sealed {
        self.number += 1;
        self.clock = Hlc::tick(self.clock, self.clock.wall);
        let turn = usize::try_from(self.number).unwrap() % self.key_results.len();
        let mut event = Event {
            id: EventId::new(id()),
            workspace: self.workspace,
            member: self.member,
            device: self.device,
            number: self.number,
            previous: self.tip,
            authored: self.clock,
            seen: self.seen,
            remaining: 0,
            reason: None,
            undoes: None,
            body: Body::CheckedIn(CheckedIn {
                key_result: self.key_results[turn],
                measure: Measure::Absolute((self.number % 1_000_000).into()),
                effective: date("2026-01-05").plus_days(i32::try_from(self.number % 80).unwrap()),
                confidence: Some("0.7".parse().unwrap()),
                projection: None,
                note: Some("n".repeat(80)),
            }),
            source: None,
        };
        let length = quarterdeck_proto::encode_event(&event).len();
        if let Body::CheckedIn(made) = &mut event.body {
            made.note = Some("n".repeat(80 + BODY - length));
        }
        let body = Bytes::from(quarterdeck_proto::encode_event(&event));
        let mut sealed = Sealed::new(body, random(), None);
        let hash = sealed.hash();
        sealed.signature = Some(self.key.sign_command(&hash));
        self.tip = Some(hash);
        sealed
    }

    pub fn check_ins(&mut self, count: usize) -> Vec<Sealed> {
        (0..count).map(|_| self.check_in()).collect()
    }
}

/// The bytes that the files below a folder take, in blocks allocated.
pub fn disk_usage(folder: &Path) -> u64 {
    use std::os::unix::fs::MetadataExt;
    let entries = std::fs::read_dir(folder).unwrap();
    entries
        .map(|entry| {
            let entry = entry.unwrap();
            let metadata = entry.metadata().unwrap();
            if metadata.is_dir() {
                disk_usage(&entry.path())
            } else {
                metadata.blocks() * 512
            }
        })
        .sum()
}
