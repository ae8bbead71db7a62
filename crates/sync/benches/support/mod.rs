//! A log in memory, and a replica that has taken it in.

use std::path::Path;
use std::sync::Arc;

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
use quarterdeck_ledger::{Checkpoint, DeviceKey, Frontier, Hash, Sealed};
use quarterdeck_sync::identity::Secret;
use quarterdeck_sync::join::{Join, join};
use quarterdeck_sync::remote::{
    Answer, Chunk, Chunks, DeviceRequest, HostRequest, Hosted, JoinRequest, Joined, Received,
    Remote, RemoteError,
};
use quarterdeck_sync::{Invite, Options, Random, Replica};

pub(crate) const NOW: u64 = 1_782_864_000_000;
const KEY_RESULTS: u64 = 200;
const CHUNK: usize = 2_500;

/// A fresh replica of the log in a folder.
pub(crate) async fn pull(log: &Arc<Log>, dir: &Path) -> Replica {
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
pub(crate) struct Log {
    workspace: WorkspaceId,
    device: DeviceId,
    pub(crate) key: DeviceKey,
    pub(crate) chunks: Vec<Chunk>,
}

impl Log {
    pub(crate) fn new(events: usize) -> Self {
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
            let mut sealed = Sealed::new(body, salt, None);
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

    #[allow(dead_code, reason = "one of the two benchmarks tells it")]
    pub(crate) fn bytes(&self) -> usize {
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

pub(crate) struct Memory(pub(crate) Arc<Log>);

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
