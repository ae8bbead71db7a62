//! Random interleavings of several devices' work, in memory, with losses, repeats and any order among
//! devices: all converge, and every command is recorded once or lies on its device's shelf.

use std::collections::HashSet;

use proptest::prelude::*;
use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::clock::Hlc;
use quarterdeck_core::decide::{Author, Command, author};
use quarterdeck_core::id::{DeviceId, EventId, MemberId};
use quarterdeck_core::refusal::Code;
use quarterdeck_core::state::State;
use quarterdeck_core::token::KeyResultState;
use quarterdeck_core::value::{Field, Subject, Value};
use quarterdeck_ledger::{DeviceKey, Sealed};

use super::join::member;
use super::model::Server;
use super::{NOW, Plan, Seeded, json, note};
use crate::chain::seal;
use crate::command::{Authored, PendingCommand};
use crate::planner::{self, Next, Shelved};
use crate::random::{Ids, Random};
use crate::remote::{DeviceRequest, JoinRequest, Remote};

/// What a person may do, some of which others' work makes impossible.
pub(super) fn work(kind: u8, plans: &[Plan], n: usize) -> Vec<Command> {
    let plan = &plans[n % plans.len()];
    let shared = &plans[0];
    let state = |word: KeyResultState| Value::Text(word.word().to_owned());
    match kind % 8 {
        // Two devices that plan the same cycle: the second is refused, and what it built on it.
        0 => plan.commands(["2026-Q3", "2026-Q4"][n % 2]),
        1 => plan.delta(1 + n as u32 % 7),
        2 => shared.delta(1 + n as u32 % 5),
        3 => shared.target(100 + n as u32),
        4 => note(Subject::Workspace, &format!("note {n}")),
        5 => shared.edit(Field::State, state(KeyResultState::Dropped)),
        6 => shared.edit(Field::State, state(KeyResultState::Active)),
        _ => shared.edit(Field::Title, Value::Text(format!("Leads {n}"))),
    }
}

struct Device {
    id: DeviceId,
    key: DeviceKey,
    member: MemberId,
    state: State,
    outbox: Vec<PendingCommand>,
    shelf: Vec<Shelved>,
    given: Vec<EventId>,
    random: Seeded,
    clock: Hlc,
    /// A push whose answer is not there yet, as the network still holds it.
    in_flight: Option<Vec<Sealed>>,
}

impl Device {
    async fn join(server: &Server, member: MemberId, seed: u64) -> Self {
        let mut random = Seeded::new(seed);
        let mut bytes = [0; 32];
        random.fill(&mut bytes);
        let key = DeviceKey::from_seed(bytes);
        let id = DeviceId::from_bytes([seed as u8; 16]);
        let invite = server.invite(member, &format!("member {seed}"));
        let workspace = invite.workspace_id().unwrap();
        let public = key.public();
        let certificate = invite
            .key()
            .sign_join(workspace.as_bytes(), id.as_bytes(), &public);
        let device = DeviceRequest {
            device: id,
            key: public,
            name: "d".to_owned(),
            certificate,
        };
        let asked = JoinRequest {
            workspace,
            device,
            invitation: invite.key().public(),
        };
        server.connect().join(asked).await.unwrap();
        Self {
            id,
            key,
            member,
            state: State::default(),
            outbox: Vec::new(),
            shelf: Vec::new(),
            given: Vec::new(),
            random,
            clock: Hlc::default(),
            in_flight: None,
        }
    }

    fn commit(&mut self, commands: Vec<Command>, now: u64) {
        let mut visible = self.state.clone();
        for command in &self.outbox {
            planner::apply(&mut visible, command);
        }
        let Some(workspace) = &visible.workspace else {
            return;
        };
        let known = visible.devices.get(&self.id);
        let who = Author {
            workspace: workspace.id,
            member: self.member,
            device: self.id,
            number: known.map_or(0, |known| known.number),
            tip: known.and_then(|known| known.tip),
            authored: Hlc::tick(self.clock, now),
            seen: self.state.head,
            source: None,
        };
        let mut events = Vec::new();
        let (mut ids, mut random) = (self.random.clone(), Seeded::new(now));
        let authored = author(
            &visible,
            commands,
            Some("so it is"),
            &who,
            &mut Ids::new(&mut ids, now),
            &mut |event| {
                let mut salt = [0; 16];
                random.fill(&mut salt);
                let authored = seal(
                    event.clone(),
                    salt,
                    (event.remaining == 0).then_some(&self.key),
                );
                events.push(authored.clone());
                authored.hash
            },
        );
        self.random = ids;
        if authored.is_ok() {
            let command = PendingCommand::new(events).unwrap();
            self.clock = command.last().event.authored;
            self.given.push(command.id());
            self.outbox.push(command);
        }
    }

    /// Sends and reads answers until nothing is left to send. `lose` says when the network loses an
    /// answer; what was on its way then is still delivered, at some later time.
    fn push(&mut self, server: &Server, lose: bool, now: u64) {
        let mut from = 0;
        loop {
            let batch = planner::next_batch(&self.outbox, from).to_vec();
            let Some(first) = self.outbox.first() else {
                return;
            };
            let first = first.first().event.number;
            if batch.is_empty() {
                return;
            }
            let events: Vec<_> = batch
                .iter()
                .flat_map(PendingCommand::events)
                .map(|e| e.sealed.clone())
                .collect();
            if lose && self.in_flight.is_none() {
                self.in_flight = Some(events);
                return;
            }
            self.deliver(server);
            let answer = server.model().push(events);
            match planner::read_answer(first, &batch, &answer) {
                Next::GoOn { from: next } => from = next,
                Next::Shelve { command, refusal } => {
                    self.pull(server);
                    let author = (self.id, &self.key);
                    let now = Timestamp::from_ms(now);
                    let next =
                        planner::shelve(&self.state, &self.outbox, command, refusal, author, now);
                    assert_eq!(next.shelf[0].id(), command);
                    self.outbox = next.outbox;
                    self.shelf.extend(next.shelf);
                    from = 0;
                }
                other => panic!("{other:?}"),
            }
        }
    }

    /// What the network still holds arrives, before anything that this device sends later.
    fn deliver(&mut self, server: &Server) {
        if let Some(events) = self.in_flight.take() {
            server.model().push(events);
        }
    }

    fn pull(&mut self, server: &Server) {
        let model = server.model();
        let from = usize::try_from(self.state.head).unwrap();
        for received in &model.log[from..] {
            let event = Authored::read(received.sealed.clone()).unwrap();
            self.state
                .apply(&event.entry(received.seq, Timestamp::from_ms(received.recorded)));
            self.outbox
                .retain(|command| command.last().hash != event.hash);
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Commit(u8, u8),
    Push(u8, bool),
    Deliver(u8),
    Pull(u8),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0u8..3, any::<u8>()).prop_map(|(device, kind)| Step::Commit(device, kind)),
        2 => (0u8..3, any::<bool>()).prop_map(|(device, lose)| Step::Push(device, lose)),
        1 => (0u8..3).prop_map(Step::Deliver),
        2 => (0u8..3).prop_map(Step::Pull),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn all_converge_and_nothing_is_lost(steps in prop::collection::vec(step(), 1..60)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (server, ana) = Server::new(1);
        let plans: Vec<_> = (0..4).map(Plan::new).collect();
        let mut devices = Vec::new();
        for seed in 1..4 {
            let who = if seed == 1 { ana } else { member(seed) };
            devices.push(runtime.block_on(Device::join(&server, who, seed)));
        }
        devices.iter_mut().for_each(|device| device.pull(&server));
        for (at, step) in steps.iter().enumerate() {
            let now = NOW + at as u64 * 10;
            match *step {
                Step::Commit(device, kind) => {
                    let device = &mut devices[usize::from(device)];
                    device.commit(work(kind, &plans, at), now);
                }
                Step::Push(device, lose) => devices[usize::from(device)].push(&server, lose, now),
                Step::Deliver(device) => devices[usize::from(device)].deliver(&server),
                Step::Pull(device) => devices[usize::from(device)].pull(&server),
            }
        }
        for device in &mut devices {
            device.push(&server, false, NOW + 100_000);
        }
        let model_json = json(&server.model().state);
        let recorded: Vec<_> = server
            .model()
            .log
            .iter()
            .map(|received| Authored::read(received.sealed.clone()).unwrap().event.id)
            .collect();
        let unique: HashSet<_> = recorded.iter().copied().collect();
        prop_assert_eq!(unique.len(), recorded.len(), "no event is recorded twice");
        for device in &mut devices {
            device.pull(&server);
            prop_assert_eq!(json(&device.state), model_json.clone());
            prop_assert!(device.outbox.is_empty());
            let shelved: HashSet<_> = device.shelf.iter().map(Shelved::id).collect();
            for id in &device.given {
                prop_assert!(unique.contains(id) != shelved.contains(id), "in one place, and no other");
            }
            for shelved in &device.shelf {
                let depends = shelved.refusal.code == Code::DependsOnRefused;
                prop_assert_eq!(shelved.depends_on.is_some(), depends);
            }
        }
    }
}
