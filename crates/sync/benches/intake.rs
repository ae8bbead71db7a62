//! How fast a fresh replica takes in a log, beside the hashing and the signatures of the same events
//! alone, and how long it takes to open one. Ratios of one run; the server is in memory, so that the
//! replica's own work is measured (the whole way through gRPC is in the workspace's own benchmarks).
//!
//! `cargo bench -p quarterdeck-sync --bench intake` (`-- EVENTS` for another number than 100,000)

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark speaks on stdout and stops at the first failure"
)]

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use quarterdeck_core::calendar::Date;
use quarterdeck_core::clock::Hlc;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::{
    Body, CheckedIn, Event, KeyResultAdded, Metric, ObjectiveDrafted, WorkspaceCreated,
};
use quarterdeck_core::id::{
    CycleId, DeviceId, EventId, KeyResultId, MemberId, ObjectiveId, Uuid, WorkspaceId, uuid_v7,
};
use quarterdeck_core::token::{Cadence, CycleKind, MetricKind, ObjectiveKind, Role};
use quarterdeck_core::value::Measure;
use quarterdeck_ledger::envelope::Envelope;
use quarterdeck_ledger::{Checkpoint, DeviceKey, Frontier, Hash, PublicKey, Sealed, Signature};
use quarterdeck_sync::identity::Secret;
use quarterdeck_sync::join::{Join, join};
use quarterdeck_sync::remote::{
    Answer, Chunk, Chunks, DeviceRequest, HostRequest, Hosted, JoinRequest, Joined, Received,
    Remote, RemoteError,
};
use quarterdeck_sync::{Invite, Options, Random, Replica, sync};

const NOW: u64 = 1_782_864_000_000;
const KEY_RESULTS: u64 = 200;
const CHUNK: usize = 2_500;

fn main() {
    let events = std::env::args()
        .filter_map(|arg| arg.parse().ok())
        .next()
        .unwrap_or(100_000);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let log = Arc::new(Log::new(events));
    let cores = thread::available_parallelism().map_or(1, |cores| cores.get());
    println!(
        "{events} events of {} bytes on {cores} cores",
        log.bytes() / events
    );

    let one_by_one = median(3, || hashes_and_signatures(&log, cores, false));
    let batched = median(3, || hashes_and_signatures(&log, cores, true));
    let dir = tempfile::tempdir().expect("a folder");
    let mut fresh = Vec::new();
    for round in 0..3 {
        let folder = dir.path().join(format!("fresh-{round}"));
        let began = Instant::now();
        let replica = runtime.block_on(pull(&log, &folder));
        fresh.push(began.elapsed());
        assert_eq!(
            replica.head().size,
            log.chunks
                .iter()
                .map(|c| c.entries.len() as u64)
                .sum::<u64>()
        );
    }
    fresh.sort();
    let rate = |time: Duration| events as f64 / time.as_secs_f64();
    println!(
        "SHA-256 and Ed25519 alone, one by one   {:>9.0} events/s",
        rate(one_by_one)
    );
    println!(
        "SHA-256 and Ed25519 alone, in batches   {:>9.0} events/s",
        rate(batched)
    );
    println!(
        "a fresh replica, verified and stored    {:>9.0} events/s, {:.2} and {:.2} of these",
        rate(fresh[1]),
        one_by_one.as_secs_f64() / fresh[1].as_secs_f64(),
        batched.as_secs_f64() / fresh[1].as_secs_f64()
    );

    let small = Arc::new(Log::new(1_000));
    let few = dir.path().join("few");
    drop(runtime.block_on(pull(&small, &few)));
    let many = dir.path().join("fresh-0");
    let (mut opens_few, mut opens_many) = (Vec::new(), Vec::new());
    for _ in 0..15 {
        opens_few.push(opened(&few));
        opens_many.push(opened(&many));
    }
    opens_few.sort();
    opens_many.sort();
    println!(
        "opening a replica of 1,000 events       {:>9.1} ms",
        ms(opens_few[7])
    );
    println!(
        "opening a replica of {events} events     {:>9.1} ms",
        ms(opens_many[7])
    );
    let mut replica = Replica::open(&many, Options::default()).expect("a replica");
    let connection = Memory(Arc::clone(&log));
    let began = Instant::now();
    let report = runtime
        .block_on(sync(&mut replica, &connection, NOW, &mut |_| {}))
        .expect("a sync");
    assert!(report.up_to_date);
    println!(
        "a sync with nothing to do               {:>9.1} ms",
        ms(began.elapsed())
    );
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn median(rounds: usize, mut run: impl FnMut() -> Duration) -> Duration {
    let mut times: Vec<_> = (0..rounds).map(|_| run()).collect();
    times.sort();
    times[rounds / 2]
}

fn opened(dir: &Path) -> Duration {
    let began = Instant::now();
    let replica = Replica::open(dir, Options::default()).expect("a replica");
    let time = began.elapsed();
    assert!(replica.state().workspace.is_some());
    time
}

async fn pull(log: &Arc<Log>, dir: &Path) -> Replica {
    let url = format!(
        "okr://127.0.0.1:1/{}#{}",
        log.workspace,
        URL_SAFE_NO_PAD.encode([5; 32])
    );
    let invite: Invite = url.parse().expect("an invitation");
    let asked = Join {
        dir,
        invite: &invite,
        device_name: "bench".to_owned(),
        plaintext: false,
        options: Options::default(),
        now_ms: NOW,
    };
    let mut remote = Memory(Arc::clone(log));
    join(asked, &mut remote, &mut Counting(0), &mut |_| {})
        .await
        .expect("a replica")
        .0
}

type Signed = (PublicKey, Hash, Signature);

/// The work that nobody can be spared: hash every event, verify every signature, on all cores.
fn hashes_and_signatures(log: &Log, cores: usize, batched: bool) -> Duration {
    let key = log.key.public();
    let events: Vec<&Sealed> = log
        .chunks
        .iter()
        .flat_map(|chunk| &chunk.entries)
        .map(|entry| &entry.sealed)
        .collect();
    let began = Instant::now();
    if batched {
        let signed: Mutex<Vec<(usize, Vec<Signed>)>> = Mutex::default();
        thread::scope(|scope| {
            for (at, part) in events.chunks(events.len().div_ceil(cores)).enumerate() {
                let signed = &signed;
                scope.spawn(move || {
                    let found = part
                        .iter()
                        .map(|event| (key, event.hash(), event.signature.unwrap_or([0; 64])))
                        .collect();
                    signed.lock().expect("no panic").push((at, found));
                });
            }
        });
        let all: Vec<_> = signed
            .into_inner()
            .expect("no panic")
            .into_iter()
            .flat_map(|(_, part)| part)
            .collect();
        assert_eq!(quarterdeck_ledger::verify_batch(&all), Ok(()));
    } else {
        thread::scope(|scope| {
            for part in events.chunks(events.len().div_ceil(cores)) {
                scope.spawn(move || {
                    for event in part {
                        let signature = event.signature.unwrap_or([0; 64]);
                        assert!(key.verify_command(&event.hash(), &signature));
                    }
                });
            }
        });
    }
    began.elapsed()
}

struct Counting(u8);

impl Random for Counting {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(37).wrapping_add(11);
            *byte = self.0;
        }
    }
}

/// A log of check-ins, each a signed command of its own.
struct Log {
    workspace: WorkspaceId,
    device: DeviceId,
    key: DeviceKey,
    chunks: Vec<Chunk>,
}

impl Log {
    fn new(events: usize) -> Self {
        let id = |n: u64| {
            let mut random = [0; 10];
            random[2..].copy_from_slice(&n.to_be_bytes());
            uuid_v7(NOW + n, random)
        };
        let workspace = WorkspaceId::new(id(1));
        let device = DeviceId::new(id(2));
        let member = MemberId::new(id(3));
        let key = DeviceKey::from_seed([7; 32]);
        let mut bodies = vec![
            Body::WorkspaceCreated(WorkspaceCreated {
                name: "acme".to_owned(),
                time_zone: "UTC".to_owned(),
                fiscal_year_start: 1,
                key: key.public().0,
                device_name: "bench".to_owned(),
                server: false,
            }),
            Body::MemberAdded {
                member,
                name: "ana".to_owned(),
                email: None,
                role: Role::Owner,
            },
            Body::CycleCreated {
                cycle: CycleId::new(id(4)),
                name: "2026-Q3".to_owned(),
                kind: CycleKind::Quarterly,
                starts: Date::new(2026, 7, 1).expect("a date"),
                ends: Date::new(2026, 9, 30).expect("a date"),
                parent: None,
            },
            Body::ObjectiveDrafted(ObjectiveDrafted {
                objective: ObjectiveId::new(id(5)),
                title: "Grow".to_owned(),
                description: None,
                cycle: CycleId::new(id(4)),
                owner: Some(member),
                team: None,
                kind: ObjectiveKind::Committed,
                supports: None,
                key: None,
                carried_from: None,
                standing: false,
            }),
        ];
        bodies.extend((0..KEY_RESULTS).map(|n| key_result(id(100 + n), id(5), n)));
        while bodies.len() < events {
            let n = bodies.len() as u64;
            bodies.push(Body::CheckedIn(CheckedIn {
                key_result: KeyResultId::new(id(100 + n % KEY_RESULTS)),
                measure: Measure::Absolute(Decimal::from((n / KEY_RESULTS) as u32)),
                effective: Date::new(2026, 7, 1)
                    .expect("a date")
                    .plus_days((n / 2_000) as i32),
                confidence: "0.7".parse().ok(),
                projection: None,
                note: Some("two partners signed, a third one is about to".to_owned()),
            }));
        }
        let mut frontier = Frontier::default();
        let mut previous = None;
        let mut entries = Vec::new();
        for (number, body) in (1..).zip(bodies) {
            let recorded = NOW + number;
            let event = Event {
                id: EventId::new(id(1_000_000 + number)),
                workspace,
                member,
                device,
                number,
                previous,
                authored: Hlc::at(recorded),
                seen: number - 1,
                remaining: 0,
                reason: None,
                undoes: None,
                body,
                source: None,
            };
            let mut salt = [0; 16];
            salt[..8].copy_from_slice(&number.to_le_bytes());
            let body = Bytes::from(quarterdeck_proto::encode_event(&event));
            let mut sealed = Sealed {
                body,
                salt,
                signature: None,
            };
            let hash = sealed.hash();
            sealed.signature = Some(key.sign_command(&hash));
            previous = Some(hash);
            let envelope = Envelope {
                workspace: *workspace.as_bytes(),
                seq: number,
                recorded,
                event_id: *event.id.as_bytes(),
                event_hash: hash,
            };
            frontier.push(envelope.leaf_hash());
            entries.push(Received {
                seq: number,
                recorded,
                sealed,
            });
        }
        let size = entries.len() as u64;
        let checkpoint = Checkpoint {
            workspace: *workspace.as_bytes(),
            size,
            root: frontier.root(),
        };
        let mut chunks: Vec<Chunk> = entries
            .chunks(CHUNK)
            .map(|entries| Chunk {
                entries: entries.to_vec(),
                head: size,
                checkpoint: None,
            })
            .collect();
        if let Some(last) = chunks.last_mut() {
            last.checkpoint = Some(checkpoint.sign(&key));
        }
        Self {
            workspace,
            device,
            key,
            chunks,
        }
    }

    fn bytes(&self) -> usize {
        let entries = self.chunks.iter().flat_map(|chunk| &chunk.entries);
        entries.map(|entry| entry.sealed.size()).sum()
    }
}

fn key_result(id: Uuid, objective: Uuid, n: u64) -> Body {
    Body::KeyResultAdded(KeyResultAdded {
        key_result: KeyResultId::new(id),
        objective: ObjectiveId::new(objective),
        title: format!("Leads {n}"),
        owner: None,
        metric: Metric {
            kind: MetricKind::Increase,
            baseline: Some(Decimal::from(0)),
            target: Some(Decimal::from(500)),
            low: None,
            high: None,
            milestones: Vec::new(),
            unit: Some("leads".to_owned()),
        },
        indicator: None,
        certainty: None,
        cadence: Cadence::Weekly,
        weight: Decimal::from(1),
        rank: None,
        key: None,
        team: None,
        kpi: None,
        carried_from: None,
    })
}

struct Memory(Arc<Log>);

impl Remote for Memory {
    fn set_token(&mut self, _token: Secret<String>) {}

    async fn push(&self, _batch: Vec<Sealed>) -> Result<Answer, RemoteError> {
        Err(RemoteError::Protocol("read only".to_owned()))
    }

    async fn pull(&self, from: u64) -> Result<Chunks, RemoteError> {
        let log = Arc::clone(&self.0);
        let last = log.chunks.len() - 1;
        let mut out = Vec::new();
        for (at, chunk) in log.chunks.iter().enumerate() {
            let mut chunk = chunk.clone();
            chunk.entries.retain(|entry| entry.seq >= from);
            if !chunk.entries.is_empty() || at == last {
                out.push(Ok(chunk));
            }
        }
        Ok(Box::pin(tokio_stream::iter(out)))
    }

    async fn watch(&self, from: u64) -> Result<Chunks, RemoteError> {
        self.pull(from).await
    }

    async fn checkpoint(&self) -> Result<String, RemoteError> {
        Err(RemoteError::Protocol("read only".to_owned()))
    }

    async fn consistency(&self, _old: u64, _new: u64) -> Result<Vec<Hash>, RemoteError> {
        Err(RemoteError::Protocol("read only".to_owned()))
    }

    async fn join(&self, _asked: JoinRequest) -> Result<Joined, RemoteError> {
        let first = self
            .0
            .chunks
            .first()
            .and_then(|chunk| chunk.entries.first());
        Ok(Joined {
            token: Secret::new("token".to_owned()),
            member: MemberId::from_bytes([9; 16]),
            workspace_name: "acme".to_owned(),
            genesis: first.map(|entry| entry.sealed.hash()).unwrap_or_default(),
            authority: self.0.key.public(),
        })
    }

    async fn add_device(&self, _asked: DeviceRequest) -> Result<Secret<String>, RemoteError> {
        Err(RemoteError::Protocol("read only".to_owned()))
    }

    async fn host(&self, _asked: HostRequest) -> Result<Hosted, RemoteError> {
        Err(RemoteError::Protocol(format!(
            "device {} has a home",
            self.0.device
        )))
    }
}
