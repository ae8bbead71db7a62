//! Given past events, when a command, then events or a refusal: the small world in which the
//! domain is tested. Several people, each on a device of their own, and one log that orders.

#![allow(dead_code, unreachable_pub)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

pub mod past;
pub mod quarter;
pub mod story;

use std::collections::BTreeMap;

use quarterdeck_core::admit::Link;
use quarterdeck_core::calendar::{Date, Timestamp};
use quarterdeck_core::clock::Hlc;
use quarterdeck_core::decide::{self, Author, Command};
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::{
    Body, Certifier, CheckedIn, DeviceJoined, Entry, Event, KeyResultAdded, KpiDefined, Metric,
    ObjectiveDrafted, TodoAdded, WorkspaceCreated,
};
use quarterdeck_core::id::{
    CycleId, DeviceId, IdSource, KeyResultId, KpiId, MemberId, ObjectiveId, TodoId, WorkspaceId,
    uuid_v7,
};
use quarterdeck_core::refusal::Refusal;
use quarterdeck_core::state::State;
use quarterdeck_core::token::{
    Cadence, CycleKind, Direction, MetricKind, ObjectiveKind, Period, Role,
};
use quarterdeck_core::value::{Field, Measure, Subject, Value};
use uuid::Uuid;

/// Ids that are the same in every run.
pub struct Ids(pub u64);

impl IdSource for Ids {
    fn next(&mut self) -> Uuid {
        self.0 += 1;
        id(self.0)
    }
}

pub fn id(n: u64) -> Uuid {
    let mut random = [0u8; 10];
    random[2..].copy_from_slice(&n.to_be_bytes());
    uuid_v7(1_780_000_000_000, random)
}

pub fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub fn date(text: &str) -> Date {
    text.parse().unwrap()
}

pub fn noon(day: &str) -> Timestamp {
    format!("{day}T12:00:00Z").parse().unwrap()
}

/// A stand-in for SHA-256: distinct for distinct events, which is all the domain relies on.
pub fn hash(event: &Event) -> [u8; 32] {
    let mut hash = [0u8; 32];
    hash[..16].copy_from_slice(event.id.as_bytes());
    hash[16..24].copy_from_slice(&event.number.to_be_bytes());
    hash
}

/// A person's machine: what it has pulled, and what it has not pushed yet.
pub struct Machine {
    pub member: MemberId,
    pub device: DeviceId,
    /// Fold of the confirmed entries pulled so far.
    pub confirmed: State,
    /// The machine's own events that are not recorded yet.
    pub outbox: Vec<Entry>,
    pub clock: Hlc,
}

impl Machine {
    /// What its owner sees: confirmed, then pending.
    pub fn view(&self) -> State {
        let mut view = self.confirmed.clone();
        for (at, entry) in self.outbox.iter().enumerate() {
            let mut entry = entry.clone();
            entry.seq = self.confirmed.head + 1 + at as u64;
            view.apply(&entry);
        }
        view
    }
}

/// One workspace with its log and the machines of its members.
pub struct World {
    pub log: Vec<Entry>,
    pub state: State,
    pub now: Timestamp,
    pub ids: Ids,
    pub machines: BTreeMap<&'static str, Machine>,
}

pub const WORKSPACE: u64 = 1;
pub const CYCLE: u64 = 100;
pub const OBJECTIVE: u64 = 101;
pub const LEADS: u64 = 102;
pub const NPS: u64 = 103;

pub fn cycle() -> CycleId {
    CycleId::new(id(CYCLE))
}
pub fn objective() -> ObjectiveId {
    ObjectiveId::new(id(OBJECTIVE))
}
pub fn leads() -> KeyResultId {
    KeyResultId::new(id(LEADS))
}
pub const KPI: u64 = 110;
pub const TODO: u64 = 111;

pub fn kpi() -> KpiId {
    KpiId::new(id(KPI))
}
pub fn todo() -> TodoId {
    TodoId::new(id(TODO))
}
pub fn leads_subject() -> Subject {
    Subject::KeyResult(leads())
}

impl World {
    /// A workspace kept by a server, with Ana (owner), Ben (editor), Caro (contributor) and
    /// Dee (viewer).
    pub fn new() -> Self {
        let server = DeviceId::new(id(2));
        let mut world = Self {
            log: Vec::new(),
            state: State::default(),
            now: noon("2026-06-20"),
            ids: Ids(1_000),
            machines: BTreeMap::new(),
        };
        world.machines.insert(
            "server",
            Machine {
                member: MemberId::nil(),
                device: server,
                confirmed: State::default(),
                outbox: Vec::new(),
                clock: Hlc::at(0),
            },
        );
        let created = Body::WorkspaceCreated(WorkspaceCreated {
            name: "acme".into(),
            time_zone: "Europe/Lisbon".into(),
            fiscal_year_start: 1,
            key: [9; 32],
            device_name: "server".into(),
            server: true,
        });
        world.online("server", vec![Command::Record(created)]);
        for (at, (name, role)) in [
            ("ana", Role::Owner),
            ("ben", Role::Editor),
            ("caro", Role::Contributor),
            ("dee", Role::Viewer),
        ]
        .into_iter()
        .enumerate()
        {
            let member = MemberId::new(id(10 + at as u64));
            let device = DeviceId::new(id(20 + at as u64));
            let invitation = quarterdeck_core::id::InvitationId::new(id(30 + at as u64));
            world.online(
                "server",
                vec![
                    Command::Record(Body::MemberAdded {
                        member,
                        name: name.into(),
                        email: None,
                        role,
                    }),
                    Command::Record(Body::InvitationIssued {
                        invitation,
                        member,
                        key: [at as u8; 32],
                        expires: noon("2027-06-20"),
                    }),
                    Command::Record(Body::DeviceJoined(DeviceJoined {
                        device,
                        member,
                        key: [at as u8 + 100; 32],
                        name: format!("{name}'s laptop"),
                        certifier: Certifier::Invitation(invitation),
                        certificate: [0; 64],
                    })),
                ],
            );
            world.machines.insert(
                name,
                Machine {
                    member,
                    device,
                    confirmed: State::default(),
                    outbox: Vec::new(),
                    clock: Hlc::at(0),
                },
            );
        }
        world.pull_all();
        world
    }

    /// The same with the cycle 2026-Q3, one objective, and the key result "qualified leads"
    /// from 500 to 550.
    pub fn with_quarter() -> Self {
        let mut world = Self::new();
        world.online(
            "ana",
            vec![
                Command::Record(Body::CycleCreated {
                    cycle: cycle(),
                    name: "2026-Q3".into(),
                    kind: CycleKind::Quarterly,
                    starts: date("2026-07-01"),
                    ends: date("2026-09-30"),
                    parent: None,
                }),
                Command::Record(Body::ObjectiveDrafted(objective_drafted())),
                Command::Record(Body::KeyResultAdded(key_result(
                    LEADS,
                    "qualified leads",
                    increase("500", "550"),
                ))),
            ],
        );
        world.pull_all();
        world.now = noon("2026-07-10");
        world
    }

    /// Adds a KPI that feeds "qualified leads", and a to-do that should move it.
    pub fn with_practice(&mut self) {
        self.online(
            "ana",
            vec![
                Command::Record(Body::KpiDefined(KpiDefined {
                    kpi: kpi(),
                    title: "leads in the CRM".into(),
                    description: None,
                    owner: None,
                    team: None,
                    direction: Direction::Higher,
                    target: Some(dec("600")),
                    unit: Some("leads".into()),
                    key: None,
                })),
                Command::Edit {
                    subject: leads_subject(),
                    set: vec![(Field::Kpi, Value::Ref(Subject::Kpi(kpi())))],
                },
                Command::Record(Body::TodoAdded(TodoAdded {
                    todo: todo(),
                    initiative: None,
                    title: "call prospects".into(),
                    owner: None,
                    quantity: dec("2.2"),
                    per: Period::Day,
                    total: Some(dec("44")),
                    unit: Some("calls".into()),
                    starts: date("2026-07-01"),
                    ends: date("2026-07-28"),
                    key_result: Some(leads()),
                    rate: Some(dec("0.3")),
                })),
            ],
        );
        self.pull_all();
    }

    /// Authors on a machine that is offline: the command lands in its outbox.
    pub fn offline(&mut self, who: &str, commands: Vec<Command>) -> Result<Vec<Entry>, Refusal> {
        self.offline_because(who, commands, None)
    }

    pub fn offline_because(
        &mut self,
        who: &str,
        commands: Vec<Command>,
        reason: Option<&str>,
    ) -> Result<Vec<Entry>, Refusal> {
        let machine = self.machines.get_mut(who).expect("a known machine");
        let view = machine.view();
        let (number, tip) = view
            .devices
            .get(&machine.device)
            .map_or((0, None), |device| (device.number, device.tip));
        machine.clock = Hlc::tick(machine.clock, self.now.ms());
        let author = Author {
            workspace: WorkspaceId::new(id(WORKSPACE)),
            member: machine.member,
            device: machine.device,
            number,
            tip,
            authored: machine.clock,
            seen: machine.confirmed.head,
            source: None,
        };
        let entries = decide::author(&view, commands, reason, &author, &mut self.ids, &mut hash)?;
        machine.clock = entries
            .last()
            .map_or(machine.clock, |last| last.event.authored);
        machine.outbox.extend(entries.clone());
        Ok(entries)
    }

    /// Sends one machine's outbox and pulls; panics on a refusal.
    pub fn sync(&mut self, who: &str) {
        if let Err(refusal) = self.try_sync(who) {
            panic!("{who} was refused: {refusal}");
        }
    }

    /// Sends a machine's outbox, command by command, up to a refusal; then pulls.
    pub fn try_sync(&mut self, who: &str) -> Result<(), Refusal> {
        let outbox = std::mem::take(&mut self.machines.get_mut(who).expect("known").outbox);
        let mut result = Ok(());
        let mut sent = 0;
        while sent < outbox.len() {
            let size = outbox[sent].event.remaining as usize + 1;
            let command = &outbox[sent..sent + size];
            if let Err(refusal) = self.record(command) {
                result = Err(refusal);
                break;
            }
            sent += size;
        }
        let machine = self.machines.get_mut(who).expect("known");
        machine.outbox = outbox[sent..].to_vec();
        for entry in &self.log[machine.confirmed.head as usize..] {
            machine.confirmed.apply(entry);
        }
        result
    }

    /// Records one whole command, or nothing of it.
    pub fn record(&mut self, command: &[Entry]) -> Result<(), Refusal> {
        let mut trial = self.state.clone();
        let mut recorded = Vec::new();
        for entry in command {
            assert_eq!(trial.link(&entry.event)?, Link::Next);
            trial.admit(&entry.event, self.now)?;
            let entry = Entry {
                seq: trial.head + 1,
                recorded: self.now.max(trial.recorded),
                ..entry.clone()
            };
            trial.apply(&entry);
            recorded.push(entry);
        }
        self.state = trial;
        self.log.extend(recorded);
        Ok(())
    }

    /// Authors and records at once.
    pub fn online(&mut self, who: &str, commands: Vec<Command>) -> Vec<Entry> {
        self.try_online(who, commands)
            .unwrap_or_else(|refusal| panic!("{who}: {refusal}"))
    }

    /// Authors and records at once, with a reason.
    pub fn online_because(&mut self, who: &str, commands: Vec<Command>, why: &str) -> Vec<Entry> {
        self.sync(who);
        let entries = self
            .offline_because(who, commands, Some(why))
            .unwrap_or_else(|refusal| panic!("{who}: {refusal}"));
        self.sync(who);
        entries
    }

    pub fn try_online(&mut self, who: &str, commands: Vec<Command>) -> Result<Vec<Entry>, Refusal> {
        self.sync(who);
        let entries = self.offline(who, commands)?;
        self.sync(who);
        Ok(entries)
    }

    pub fn pull_all(&mut self) {
        let names: Vec<_> = self.machines.keys().copied().collect();
        for name in names {
            self.sync(name);
        }
    }

    pub fn value(&self, on: &str) -> Option<Decimal> {
        quarterdeck_core::score::value_on(&self.state, &self.state.key_results[&leads()], date(on))
    }

    pub fn target(&self) -> Value {
        self.state.get(leads_subject(), &Field::Target).unwrap()
    }
}

pub fn objective_drafted() -> ObjectiveDrafted {
    ObjectiveDrafted {
        objective: objective(),
        title: "Grow a pipeline worth having".into(),
        description: None,
        cycle: cycle(),
        owner: None,
        team: None,
        kind: ObjectiveKind::Aspirational,
        supports: None,
        key: None,
        carried_from: None,
        standing: false,
    }
}

pub fn key_result(n: u64, title: &str, metric: Metric) -> KeyResultAdded {
    KeyResultAdded {
        key_result: KeyResultId::new(id(n)),
        objective: objective(),
        title: title.into(),
        owner: None,
        metric,
        indicator: None,
        certainty: None,
        cadence: Cadence::Weekly,
        weight: Decimal::ONE,
        rank: None,
        key: None,
        team: None,
        kpi: None,
        carried_from: None,
    }
}

pub fn metric(kind: MetricKind) -> Metric {
    Metric {
        kind,
        baseline: None,
        target: None,
        low: None,
        high: None,
        milestones: Vec::new(),
        unit: None,
    }
}

pub fn increase(from: &str, to: &str) -> Metric {
    Metric {
        baseline: Some(dec(from)),
        target: Some(dec(to)),
        ..metric(MetricKind::Increase)
    }
}

pub fn check_in(measure: Measure, on: &str) -> Command {
    check_in_on(leads(), measure, on)
}

pub fn check_in_on(key_result: KeyResultId, measure: Measure, on: &str) -> Command {
    Command::Record(Body::CheckedIn(CheckedIn {
        key_result,
        measure,
        effective: date(on),
        confidence: None,
        projection: None,
        note: None,
    }))
}

pub fn set_target(to: &str) -> Command {
    Command::Edit {
        subject: leads_subject(),
        set: vec![(Field::Target, Value::Number(dec(to)))],
    }
}

pub fn delta(by: &str) -> Measure {
    Measure::Delta(dec(by))
}

pub fn absolute(value: &str) -> Measure {
    Measure::Absolute(dec(value))
}
