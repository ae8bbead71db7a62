//! A server in memory that keeps to the protocol, and a connection to it that can fail in every way.

mod lying;

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use quarterdeck_core::admit::{Link, forked};
use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::clock::Hlc;
use quarterdeck_core::decide::{Author, Command, author};
use quarterdeck_core::event::{Body, Certifier, DeviceJoined, Event, WorkspaceCreated};
use quarterdeck_core::id::{DeviceId, EventId, IdSource, InvitationId, MemberId, WorkspaceId};
use quarterdeck_core::refusal::{Code, Refusal};
use quarterdeck_core::state::State;
use quarterdeck_core::token::Role;
use quarterdeck_ledger::envelope::Envelope;
use quarterdeck_ledger::{Checkpoint, DeviceKey, Frontier, Hash, PublicKey, Seal, Sealed};

use super::{NOW, Seeded};
use crate::chain::seal;
use crate::command::Authored;
use crate::identity::Secret;
use crate::invite::Invite;
use crate::random::{Ids, Random};
use crate::remote::{
    Answer, Chunk, Chunks, DeviceRequest, HostRequest, Hosted, JoinRequest, Joined, Outcome,
    Received, Remote, RemoteError,
};

/// Puts another salt in the place of an event's own.
pub(crate) fn alter_salt(sealed: &mut Sealed) {
    if let Seal::Salted(salt) = &mut sealed.seal {
        salt[0] ^= 1;
    }
}

/// A server with one workspace, or with none yet.
#[derive(Clone)]
pub(crate) struct Server(Arc<Mutex<Model>>);

pub(crate) struct Model {
    pub state: State,
    pub log: Vec<Received>,
    pub frontier: Frontier,
    pub clock: u64,
    workspace: Option<WorkspaceId>,
    device: DeviceId,
    key: DeviceKey,
    places: HashMap<Hash, u64>,
    random: Seeded,
    hosting: Option<PublicKey>,
    /// How many calls were made.
    pub calls: u64,
}

/// A way in which a call can fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It never arrives.
    Lost,
    /// It arrives, and its answer does not.
    Unanswered,
    /// It arrives twice.
    Doubled,
    /// A pull breaks off after so many chunks.
    Cut(usize),
    /// A pull answers with an entry altered.
    Altered(usize),
    /// A pull signs another root.
    Forged,
}

/// One device's connection.
pub(crate) struct Connection {
    server: Server,
    device: Mutex<Option<DeviceId>>,
    faults: Mutex<VecDeque<Option<Fault>>>,
    pub chunk: usize,
}

impl Server {
    /// A server whose workspace has one owner, "ana".
    pub(crate) fn new(seed: u64) -> (Self, MemberId) {
        let server = Self::empty(seed);
        let ana;
        {
            let mut model = server.model();
            let mut random = model.random.clone();
            let mut ids = Ids::new(&mut random, NOW);
            model.workspace = Some(WorkspaceId::new(ids.next()));
            ana = MemberId::new(ids.next());
            model.random = random;
            let key = model.key.public().0;
            model.author(vec![
                Body::WorkspaceCreated(WorkspaceCreated {
                    name: "acme".to_owned(),
                    time_zone: "UTC".to_owned(),
                    fiscal_year_start: 1,
                    key,
                    device_name: "server".to_owned(),
                    server: true,
                }),
                Body::MemberAdded {
                    member: ana,
                    name: "ana".to_owned(),
                    email: None,
                    role: Role::Owner,
                },
            ]);
        }
        (server, ana)
    }

    /// A server without a workspace.
    pub(crate) fn empty(seed: u64) -> Self {
        let mut random = Seeded::new(seed ^ 0x5e12_7e12);
        let mut key = [0; 32];
        random.fill(&mut key);
        let device = DeviceId::new(Ids::new(&mut random, NOW).next());
        Self(Arc::new(Mutex::new(Model {
            state: State::default(),
            log: Vec::new(),
            frontier: Frontier::default(),
            clock: NOW,
            workspace: None,
            device,
            key: DeviceKey::from_seed(key),
            places: HashMap::new(),
            random,
            hosting: None,
            calls: 0,
        })))
    }

    pub(crate) fn model(&self) -> MutexGuard<'_, Model> {
        self.0.lock().unwrap()
    }

    pub(crate) fn connect(&self) -> Connection {
        Connection {
            server: self.clone(),
            device: Mutex::new(None),
            faults: Mutex::default(),
            chunk: 3,
        }
    }

    /// An invitation for one device of a member; a new one is added as editor.
    pub(crate) fn invite(&self, member: MemberId, name: &str) -> Invite {
        let mut model = self.model();
        let mut seed = [0; 32];
        model.random.fill(&mut seed);
        let mut random = model.random.clone();
        let invitation = InvitationId::new(Ids::new(&mut random, NOW).next());
        model.random = random;
        let mut bodies = Vec::new();
        if !model.state.members.contains_key(&member) {
            let role = Role::Editor;
            bodies.push(Body::MemberAdded {
                member,
                name: name.to_owned(),
                email: None,
                role,
            });
        }
        bodies.push(Body::InvitationIssued {
            invitation,
            member,
            key: DeviceKey::from_seed(seed).public().0,
            expires: Timestamp::from_ms(NOW * 2),
        });
        model.author(bodies);
        url(&model.workspace.unwrap().to_string(), seed)
    }

    /// An invitation to bring a workspace.
    pub(crate) fn invite_to_host(&self) -> Invite {
        let mut model = self.model();
        let mut seed = [0; 32];
        model.random.fill(&mut seed);
        model.hosting = Some(DeviceKey::from_seed(seed).public());
        url("new", seed)
    }
}

fn url(workspace: &str, seed: [u8; 32]) -> Invite {
    format!(
        "okr://127.0.0.1:7443/{workspace}#{}",
        URL_SAFE_NO_PAD.encode(seed)
    )
    .parse()
    .unwrap()
}

impl Model {
    fn author(&mut self, bodies: Vec<Body>) {
        let device = self.state.devices.get(&self.device);
        let who = Author {
            workspace: self.workspace.unwrap(),
            member: MemberId::nil(),
            device: self.device,
            number: device.map_or(0, |device| device.number),
            tip: device.and_then(|device| device.tip),
            authored: Hlc::at(self.clock),
            seen: self.log.len() as u64,
            source: None,
        };
        // Several bodies are several commands: the first member cannot be known before the workspace.
        for (at, body) in bodies.into_iter().enumerate() {
            let device = self.state.devices.get(&self.device);
            let who = Author {
                number: device.map_or(0, |device| device.number),
                tip: device.and_then(|device| device.tip),
                seen: self.log.len() as u64,
                authored: Hlc {
                    wall: self.clock,
                    counter: at as u32,
                },
                ..who
            };
            let mut random = self.random.clone();
            let mut ids = Seeded::new(random.seed ^ self.log.len() as u64 ^ 0xabcd);
            let mut events = Vec::new();
            author(
                &self.state,
                vec![Command::Record(body)],
                None,
                &who,
                &mut Ids::new(&mut ids, self.clock),
                &mut |event| {
                    let mut salt = [0; 16];
                    random.fill(&mut salt);
                    let authored = seal(event.clone(), salt, Some(&self.key));
                    events.push(authored.clone());
                    authored.hash
                },
            )
            .unwrap();
            self.random = random;
            events.into_iter().for_each(|event| self.append(event));
        }
    }

    /// Records what no rule book would let in, as a server that has gone wrong might.
    pub(crate) fn forge(&mut self, body: Body) {
        let device = self.state.devices.get(&self.device);
        let event = Event {
            id: EventId::from_bytes([0xf0; 16]),
            workspace: self.workspace.unwrap(),
            member: MemberId::nil(),
            device: self.device,
            number: device.map_or(0, |device| device.number) + 1,
            previous: device.and_then(|device| device.tip),
            authored: Hlc::at(self.clock),
            seen: self.log.len() as u64,
            remaining: 0,
            reason: None,
            undoes: None,
            source: None,
            body,
        };
        let sealed = seal(event, [7; 16], Some(&self.key));
        self.append(sealed);
    }

    fn append(&mut self, event: Authored) {
        let seq = self.log.len() as u64 + 1;
        let recorded = self.clock;
        let envelope = Envelope {
            workspace: *event.event.workspace.as_bytes(),
            seq,
            recorded,
            event_id: *event.event.id.as_bytes(),
            event_hash: event.hash,
        };
        self.frontier.push(envelope.leaf_hash());
        self.state
            .apply(&event.entry(seq, Timestamp::from_ms(recorded)));
        self.places.insert(event.hash, seq);
        self.log.push(Received {
            seq,
            recorded,
            sealed: event.sealed,
        });
    }

    pub(crate) fn push(&mut self, batch: Vec<Sealed>) -> Answer {
        self.clock += 1;
        let mut outcomes = Vec::new();
        let mut command = Vec::new();
        for sealed in batch {
            let authored = Authored::read(sealed).unwrap();
            let ends = authored.event.remaining == 0;
            command.push(authored);
            if ends && !self.record(std::mem::take(&mut command), &mut outcomes) {
                break;
            }
        }
        assert!(command.is_empty(), "commands are sent whole");
        Answer {
            outcomes,
            head: self.log.len() as u64,
        }
    }

    fn record(&mut self, command: Vec<Authored>, outcomes: &mut Vec<Outcome>) -> bool {
        let first = &command[0];
        match self.state.link(&first.event) {
            Ok(Link::Taken(_)) => {
                for event in &command {
                    match self.places.get(&event.hash) {
                        Some(seq) => outcomes.push(Outcome::Already(*seq)),
                        None => {
                            let refusal = forked("device", event.event.number);
                            outcomes.push(Outcome::Refused(refusal));
                            return false;
                        }
                    }
                }
                return true;
            }
            Ok(Link::Next) => {}
            Err(refusal) => {
                outcomes.push(Outcome::Refused(refusal));
                return false;
            }
        }
        let mut trial = self.state.clone();
        let now = Timestamp::from_ms(self.clock);
        for event in &command {
            let linked = trial.link(&event.event).map(|_| ());
            if let Err(refusal) = linked.and_then(|()| trial.admit(&event.event, now)) {
                outcomes.push(Outcome::Refused(refusal));
                return false;
            }
            trial.apply(&event.entry(trial.head + 1, now));
        }
        let last = command.last().unwrap();
        let key = PublicKey(self.state.signing_key(&first.event).unwrap());
        assert!(key.verify_command(&last.hash, &last.sealed.signature.unwrap()));
        for event in command {
            outcomes.push(Outcome::Recorded(self.log.len() as u64 + 1));
            self.append(event);
        }
        true
    }

    pub(crate) fn revoke(&mut self, device: DeviceId) {
        self.author(vec![Body::DeviceRevoked { device }]);
    }

    /// What a backup made now would hold.
    pub(crate) fn rewind_point(&self) -> (State, usize, Frontier) {
        (self.state.clone(), self.log.len(), self.frontier.clone())
    }

    /// Restores a backup.
    pub(crate) fn rewind(&mut self, (state, size, frontier): (State, usize, Frontier)) {
        self.state = state;
        self.log.truncate(size);
        self.frontier = frontier;
        self.places.retain(|_, seq| *seq <= size as u64);
    }

    pub(crate) fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            workspace: *self.workspace.unwrap().as_bytes(),
            size: self.log.len() as u64,
            root: self.frontier.root(),
        }
    }

    fn chunks(&self, from: u64, size: usize, forged: bool) -> Vec<Chunk> {
        let head = self.log.len() as u64;
        let start = usize::try_from(from - 1).unwrap().min(self.log.len());
        let mut chunks: Vec<Chunk> = self.log[start..]
            .chunks(size)
            .map(|entries| Chunk {
                entries: entries.to_vec(),
                head,
                checkpoint: None,
            })
            .collect();
        if chunks.is_empty() {
            chunks.push(Chunk {
                head,
                ..Chunk::default()
            });
        }
        let mut checkpoint = self.checkpoint();
        if forged {
            checkpoint.root[0] ^= 1;
        }
        chunks.last_mut().unwrap().checkpoint = Some(checkpoint.sign(&self.key));
        chunks
    }
}

impl Connection {
    pub(crate) fn fail(&self, faults: impl IntoIterator<Item = Fault>) {
        self.faults
            .lock()
            .unwrap()
            .extend(faults.into_iter().map(Some));
    }

    /// What the next calls meet, in place of what was said before.
    pub(crate) fn fail_in_turn(&self, faults: Vec<Option<Fault>>) {
        *self.faults.lock().unwrap() = faults.into();
    }

    fn next_fault(&self) -> Option<Fault> {
        self.server.model().calls += 1;
        self.faults.lock().unwrap().pop_front().flatten()
    }

    fn gone<T>() -> Result<T, RemoteError> {
        Err(RemoteError::Unreachable("the connection broke".to_owned()))
    }

    fn token(&self, device: DeviceId) -> Secret<String> {
        *self.device.lock().unwrap() = Some(device);
        Secret::new(device.to_string())
    }
}

impl Remote for Connection {
    fn set_token(&mut self, token: Secret<String>) {
        *self.device.lock().unwrap() = Some(token.reveal().parse().unwrap());
    }

    async fn push(&self, batch: Vec<Sealed>) -> Result<Answer, RemoteError> {
        match self.next_fault() {
            Some(Fault::Lost) => return Self::gone(),
            Some(Fault::Unanswered) => {
                self.server.model().push(batch);
                return Self::gone();
            }
            Some(Fault::Doubled) => {
                self.server.model().push(batch.clone());
            }
            _ => {}
        }
        Ok(self.server.model().push(batch))
    }

    async fn pull(&self, from: u64) -> Result<Chunks, RemoteError> {
        let fault = self.next_fault();
        if matches!(fault, Some(Fault::Lost | Fault::Unanswered)) {
            return Self::gone();
        }
        let forged = fault == Some(Fault::Forged);
        let mut chunks: Vec<Result<Chunk, RemoteError>> = self
            .server
            .model()
            .chunks(from, self.chunk, forged)
            .into_iter()
            .map(Ok)
            .collect();
        match fault {
            Some(Fault::Cut(after)) => {
                chunks.truncate(after);
                chunks.push(Self::gone());
            }
            Some(Fault::Altered(at)) => {
                let entries = chunks
                    .iter_mut()
                    .flatten()
                    .flat_map(|chunk| &mut chunk.entries);
                if let Some(entry) = entries.into_iter().nth(at) {
                    alter_salt(&mut entry.sealed);
                }
            }
            _ => {}
        }
        Ok(Box::pin(tokio_stream::iter(chunks)))
    }

    async fn watch(&self, from: u64) -> Result<Chunks, RemoteError> {
        self.pull(from).await
    }

    async fn checkpoint(&self) -> Result<String, RemoteError> {
        let model = self.server.model();
        Ok(model.checkpoint().sign(&model.key))
    }

    async fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, RemoteError> {
        let model = self.server.model();
        let size = |size: u64| usize::try_from(size).unwrap();
        Ok(model.tree().consistency(size(old), size(new)).unwrap())
    }

    async fn join(&self, asked: JoinRequest) -> Result<Joined, RemoteError> {
        let fault = self.next_fault();
        if fault == Some(Fault::Lost) {
            return Self::gone();
        }
        let (member, genesis, authority) = {
            let mut model = self.server.model();
            let found = model
                .state
                .invitations
                .iter()
                .find(|(_, open)| open.key == asked.invitation.0);
            let (id, member) = found.map(|(id, open)| (*id, open.member)).unwrap();
            if !model.state.devices.contains_key(&asked.device.device) {
                let joined = Body::DeviceJoined(DeviceJoined {
                    device: asked.device.device,
                    member,
                    key: asked.device.key.0,
                    name: asked.device.name,
                    certifier: Certifier::Invitation(id),
                    certificate: asked.device.certificate,
                });
                if model.state.invitations[&id].redeemed {
                    return Err(RemoteError::Refused(Refusal::new(
                        Code::AlreadyExists,
                        "This invitation has been used: each lets one device in.",
                    )));
                }
                model.author(vec![joined]);
            }
            (member, model.log[0].sealed.hash(), model.key.public())
        };
        if fault == Some(Fault::Unanswered) {
            return Self::gone();
        }
        let workspace_name = "acme".to_owned();
        let token = self.token(asked.device.device);
        Ok(Joined {
            token,
            member,
            workspace_name,
            genesis,
            authority,
        })
    }

    async fn add_device(&self, asked: DeviceRequest) -> Result<Secret<String>, RemoteError> {
        let fault = self.next_fault();
        {
            let old = self.device.lock().unwrap().unwrap();
            let mut model = self.server.model();
            let member = model.state.devices[&old].member;
            if !model.state.devices.contains_key(&asked.device) {
                model.author(vec![Body::DeviceJoined(DeviceJoined {
                    device: asked.device,
                    member,
                    key: asked.key.0,
                    name: asked.name,
                    certifier: Certifier::Device(old),
                    certificate: asked.certificate,
                })]);
            }
        }
        if fault == Some(Fault::Unanswered) {
            return Self::gone();
        }
        Ok(self.token(asked.device))
    }

    async fn host(&self, asked: HostRequest) -> Result<Hosted, RemoteError> {
        self.next_fault();
        let mut model = self.server.model();
        let workspace = *asked.workspace.as_bytes();
        assert_eq!(model.hosting, Some(asked.invitation));
        let certified = asked.invitation.verify_host(
            &workspace,
            asked.device.as_bytes(),
            &asked.key,
            &asked.certificate,
        );
        assert!(certified);
        model.workspace = Some(asked.workspace);
        let (device, key) = (model.device, model.key.public());
        drop(model);
        Ok(Hosted {
            token: self.token(asked.device),
            device,
            key,
            name: "server".to_owned(),
        })
    }
}
