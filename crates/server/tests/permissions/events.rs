//! Every kind of event × every role: what a device pushes is recorded, or refused for its member's role.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::clock::Hlc;
use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{Body, Event};
use quarterdeck_core::id::{
    CycleId, EventId, FunnelId, IncentiveId, InitiativeId, InvitationId, KeyResultId, KpiId,
    MemberId, ObjectiveId, TeamId, TemplateId, TodoId, uuid_v7,
};
use quarterdeck_core::refusal::Code as Why;
use quarterdeck_core::token::{Role, Switch, TeamLevel};
use quarterdeck_core::value::{Change, Field, Subject, Value};
use quarterdeck_ledger::{DeviceKey, Sealed};
use quarterdeck_proto::{decode_event, encode_event, v1};

use crate::descriptors::payloads;
use crate::kinds::{
    Ground, KINDS, Kind, Least, NEWER, Written, checked_in, cycle, day, drafted, funnel, id,
    incentive, initiative, kpi, measured, noted, read, template, todo, weekly,
};
use crate::support::quarter::planned;
use crate::support::{Device, Running, START, Seen, random, wire};

struct Stage {
    server: Running,
    ana: Device,
    /// One of each role.
    devices: Vec<(Role, Device)>,
    guest: MemberId,
    count: u16,
}

/// Records commands, and answers the ids of their events.
async fn put(device: &mut Device, bodies: Vec<Body>) -> Vec<EventId> {
    device.pull().await;
    let events = device.author(bodies.into_iter().map(Command::Record).collect());
    let ids = (events.iter())
        .map(|event| decode_event(&event.body).unwrap().id)
        .collect();
    for outcome in device.push_one(events).await {
        assert!(matches!(outcome, Seen::Recorded(_)), "{outcome:?}");
    }
    ids
}

/// Pushes an event whatever this device itself would say to it.
async fn force(device: &mut Device, body: Body, seen: u64) -> Seen {
    let event = Event {
        id: EventId::new(uuid_v7(START, random())),
        workspace: device.workspace,
        member: device.member,
        device: device.id,
        number: device.number + 1,
        previous: device.tip,
        authored: Hlc::at(START + 1),
        seen,
        remaining: 0,
        reason: Some("to see".into()),
        undoes: None,
        source: None,
        body,
    };
    let mut sealed = Sealed {
        body: encode_event(&event).into(),
        salt: random(),
        signature: None,
    };
    let hash = sealed.hash();
    sealed.signature = Some(device.key.sign_command(&hash));
    let outcome = device.push_one(vec![wire(sealed)]).await.remove(0);
    if matches!(outcome, Seen::Recorded(_)) {
        device.number += 1;
        device.tip = Some(hash);
    }
    outcome
}

impl Stage {
    async fn set() -> Self {
        let (server, mut ana) = planned().await;
        let change = Command::Edit {
            subject: Subject::Workspace,
            set: vec![(Field::Incentives, Value::Text(Switch::On.word().into()))],
        };
        let events = ana.author(vec![change]);
        ana.push_one(events).await;
        let mut devices = Vec::new();
        for role in Role::ALL.iter().copied() {
            let device = server.device(&format!("the {role}"), role).await;
            devices.push((role, device));
        }
        let guest = server.device("guest", Role::Viewer).await.member;
        Self {
            server,
            ana,
            devices,
            guest,
            count: 0,
        }
    }

    /// A device of a role: everybody's of that role, or one that may lose it.
    async fn device(&mut self, kind: &Kind, role: Role) -> Device {
        if kind.payload != "member_edited" {
            let at = self.devices.iter().position(|(known, _)| *known == role);
            return self.devices.swap_remove(at.unwrap()).1;
        }
        let member = format!("member {}", self.count);
        self.server.device(&member, role).await
    }

    fn back(&mut self, kind: &Kind, role: Role, device: Device) {
        if kind.payload != "member_edited" {
            self.devices.push((role, device));
        }
    }

    async fn root(&mut self) -> [u8; 32] {
        let request = self.ana.request(v1::GetCheckpointRequest {});
        let answer = self.ana.client.get_checkpoint(request).await.unwrap();
        let note = answer.into_inner().checkpoint.unwrap().note;
        let root = note.lines().nth(2).unwrap();
        STANDARD.decode(root).unwrap().try_into().unwrap()
    }

    /// What a member of a role may find: a device of its own, and things of theirs and of ana's.
    async fn ground(&mut self, kind: &Kind, role: Role) -> (Device, Ground) {
        self.count += 1;
        let (count, name) = (self.count, format!("number {}", self.count));
        let mut device = self.device(kind, role).await;
        let (mut my_device, mut their_device) = (device.id, self.ana.id);
        if kind.payload == "device_revoked" {
            my_device = self.server.device(&format!("the {role}"), role).await.id;
            their_device = self.server.device("guest", Role::Viewer).await.id;
        }
        let secret: [u8; 32] = random();
        let week = day("2012-01-02").plus_days(i32::from(count) * 14);
        let mut ground = Ground {
            state: device.state.clone(),
            workspace: device.workspace,
            me: device.member,
            other: self.ana.member,
            device: device.id,
            seed: *device.key.seed(),
            my_device,
            their_device,
            invitation: (id(InvitationId::new), self.guest, secret),
            name: name.clone(),
            week,
            team: id(TeamId::new),
            cycle: id(CycleId::new),
            closing: id(CycleId::new),
            closed: id(CycleId::new),
            objective: id(ObjectiveId::new),
            key_result: id(KeyResultId::new),
            my_key_result: id(KeyResultId::new),
            kpi: id(KpiId::new),
            linked_kpi: id(KpiId::new),
            my_initiative: id(InitiativeId::new),
            initiative: id(InitiativeId::new),
            my_todo: id(TodoId::new),
            todo: id(TodoId::new),
            template: id(TemplateId::new),
            funnel: id(FunnelId::new),
            incentive: id(IncentiveId::new),
            mine: nothing(),
            theirs: nothing(),
            root: [0; 32],
            conflict: Vec::new(),
        };
        put(&mut self.ana, things(&ground, kind.payload)).await;
        if let Some(what) = writing(kind.payload) {
            ground.theirs = written(&mut self.ana, &ground, what).await;
            ground.mine = match role {
                Role::Viewer => ground.theirs,
                _ => written(&mut device, &ground, what).await,
            };
        }
        if kind.payload == "objective_unsigned" && role != Role::Viewer {
            let objective = ground.objective;
            put(&mut device, vec![Body::ObjectiveSigned { objective }]).await;
        }
        if kind.payload == "conflict_resolved" {
            self.contest(ground.objective).await;
        }
        if kind.payload.starts_with("cycle_") {
            self.ana.pull().await;
            let (cycle, root) = (ground.closed, self.root().await);
            let position = self.ana.state.head;
            let closed = Body::CycleClosed {
                cycle,
                position,
                root,
            };
            put(&mut self.ana, vec![closed]).await;
            ground.root = self.root().await;
        }
        device.pull().await;
        ground.state = device.state.clone();
        let conflicts = ground.state.conflicts.iter();
        ground.conflict = conflicts
            .flat_map(|one| one.contenders.iter().map(|side| side.stamp.event))
            .collect();
        (device, ground)
    }

    /// Two who do not know of each other describe an objective.
    async fn contest(&mut self, objective: ObjectiveId) {
        let mut olga = self.server.device("olga", Role::Owner).await;
        self.ana.pull().await;
        let seen = self.ana.state.head;
        let described = |text: &str| Body::Edited {
            subject: Subject::Objective(objective),
            changes: vec![Change {
                field: Field::Description,
                from: Value::None,
                to: Value::Text(text.into()),
            }],
        };
        for (who, text) in [(&mut self.ana, "one way"), (&mut olga, "another way")] {
            let outcome = force(who, described(text), seen).await;
            assert!(matches!(outcome, Seen::Recorded(_)), "{outcome:?}");
        }
        self.ana.pull().await;
        assert!(!self.ana.state.conflicts.is_empty(), "a conflict was to be");
    }
}

fn nothing() -> Written {
    let none = EventId::from_bytes([0; 16]);
    Written {
        check_in: none,
        retracted: none,
        note: none,
        weekly: none,
        reading: none,
    }
}

/// What ana prepares for an event of a kind.
fn things(it: &Ground, payload: &str) -> Vec<Body> {
    let named = |what: &str| format!("{} {what}", it.name);
    let mut all = vec![
        cycle(it.cycle, &named("cycle")),
        drafted(it.objective, it.cycle, &named("objective")),
        measured(it.key_result, it.objective, Some(it.other)),
        measured(it.my_key_result, it.objective, Some(it.me)),
    ];
    let about = |what: &str| payload.starts_with(what);
    if about("device_joined") {
        all.push(Body::InvitationIssued {
            invitation: it.invitation.0,
            member: it.invitation.1,
            key: DeviceKey::from_seed(it.invitation.2).public().0,
            expires: Timestamp::from_ms(START * 2),
        });
    }
    if about("team_") {
        all.push(Body::TeamCreated {
            team: it.team,
            name: it.name.clone(),
            level: TeamLevel::Team,
            parent: None,
        });
        all.push(Body::TeamMemberAdded {
            team: it.team,
            member: it.other,
        });
    }
    if about("cycle_") {
        all.push(cycle(it.closing, &named("to close")));
        all.push(cycle(it.closed, &named("closed")));
    }
    if about("help_") {
        all.push(Body::HelpLinked {
            from: it.my_key_result,
            to: it.key_result,
        });
    }
    if about("lint_") {
        all.push(Body::LintSilenced {
            objective: it.objective,
            code: "too-long".into(),
        });
    }
    if about("kpi_") {
        all.extend([kpi(it.kpi), kpi(it.linked_kpi)]);
        all.push(Body::KpiLinked {
            kpi: it.linked_kpi,
            key_result: it.key_result,
        });
    }
    match payload {
        "initiative_edited" => all.extend([
            initiative(it.my_initiative, it.me),
            initiative(it.initiative, it.other),
        ]),
        "todo_edited" | "todo_counted" => {
            all.extend([todo(it.my_todo, it.me), todo(it.todo, it.other)]);
        }
        "template_edited" => all.push(template(it.template, &named("template"))),
        "funnel_edited" => all.push(funnel(it.funnel, &named("funnel"))),
        "incentive_edited" => all.push(incentive(it.incentive)),
        _ => {}
    }
    all
}

/// What is written before, for an event that is about what somebody wrote.
fn writing(payload: &str) -> Option<fn(&Ground) -> Body> {
    match payload {
        "check_in_corrected" | "check_in_retracted" | "check_in_reinstated" => {
            Some(|it| checked_in(it.key_result))
        }
        "note_edited" => Some(|it| noted(Subject::Objective(it.objective))),
        "weekly_edited" => Some(|it| weekly(it.week)),
        "kpi_reading_corrected" => Some(|it| read(it.kpi)),
        _ => None,
    }
}

/// Writes it twice, where it can be, and takes the second back: what may be taken back is a check-in.
async fn written(device: &mut Device, it: &Ground, what: fn(&Ground) -> Body) -> Written {
    let is_check_in = matches!(what(it), Body::CheckedIn(_));
    let times = if is_check_in { 2 } else { 1 };
    let ids = put(device, (0..times).map(|_| what(it)).collect()).await;
    let retracted = *ids.last().unwrap();
    if is_check_in {
        let key_result = it.key_result;
        let check_in = retracted;
        let body = Body::CheckInRetracted {
            key_result,
            check_in,
        };
        put(device, vec![body]).await;
    }
    Written {
        check_in: ids[0],
        retracted,
        note: ids[0],
        weekly: ids[0],
        reading: ids[0],
    }
}

#[test]
fn every_kind_of_event_has_a_row_and_no_row_is_of_none() {
    let known: BTreeSet<_> =
        (payloads(quarterdeck_proto::FILE_DESCRIPTOR_SET).into_iter()).collect();
    let rows = KINDS.iter().map(|kind| kind.payload.to_owned());
    let rows: BTreeSet<_> = rows.filter(|payload| payload != NEWER).collect();
    let missing: Vec<_> = known.difference(&rows).collect();
    assert!(missing.is_empty(), "say here who may record {missing:?}");
    let gone: Vec<_> = rows.difference(&known).collect();
    assert!(gone.is_empty(), "there is no kind {gone:?}");
}

#[tokio::test]
async fn every_kind_of_event_is_recorded_from_the_roles_of_its_row_and_from_no_other() {
    let mut stage = Stage::set().await;
    let (mut cells, mut wrong) = (0, Vec::new());
    for kind in KINDS {
        for role in Role::ALL.iter().copied() {
            let (mut device, ground) = stage.ground(kind, role).await;
            let head = ground.state.head;
            let outcome = force(&mut device, (kind.body)(&ground), head).await;
            device.pull().await;
            let grown = device.state.head - head;
            let as_expected = match kind.least {
                Least::Of(least) if role.covers(least) => {
                    matches!(outcome, Seen::Recorded(_)) && grown == 1
                }
                Least::Of(_) => outcome == Seen::Refused(Why::Forbidden, None) && grown == 0,
                Least::Nobody => matches!(outcome, Seen::Refused(..)) && grown == 0,
            };
            stage.back(kind, role, device);
            cells += 1;
            if !as_expected {
                wrong.push(format!(
                    "{} ({}) by the {role}: {outcome:?}",
                    kind.payload, kind.about
                ));
            }
        }
    }
    eprintln!(
        "{} kinds of events × {} roles = {cells} cells, {} not as expected",
        KINDS.len(),
        Role::ALL.len(),
        wrong.len()
    );
    assert!(
        wrong.is_empty(),
        "{} cells differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
