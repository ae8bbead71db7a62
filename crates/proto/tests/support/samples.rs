//! One event of each kind, the same for ever: what the golden files hold.

use super::samples_practice as practice;
use quarterdeck_core::calendar::{Date, Timestamp};
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::{
    Body, Certifier, CheckedIn, DeviceJoined, Event, KeyResultAdded, Metric, ObjectiveDrafted,
    WorkspaceCreated,
};
use quarterdeck_core::id::{
    CycleId, DeviceId, EventId, InvitationId, KeyResultId, MemberId, NoteId, ObjectiveId, TeamId,
};
use quarterdeck_core::token::{
    Cadence, CycleKind, Indicator, MetricKind, NoteKind, ObjectiveKind, Role, TeamLevel,
};
use quarterdeck_core::value::{Change, Field, Measure, Milestone, Subject, Value};

pub(crate) const MEMBER: MemberId = MemberId::from_bytes([0xa1; 16]);
const DEVICE: DeviceId = DeviceId::from_bytes([0xa2; 16]);
pub(crate) const TEAM: TeamId = TeamId::from_bytes([0xa3; 16]);
pub(crate) const CYCLE: CycleId = CycleId::from_bytes([0xa4; 16]);
pub(crate) const OBJECTIVE: ObjectiveId = ObjectiveId::from_bytes([0xa5; 16]);
pub(crate) const KEY_RESULT: KeyResultId = KeyResultId::from_bytes([0xa6; 16]);
pub(crate) const CHECK_IN: EventId = EventId::from_bytes([0xa7; 16]);
const NOTE: NoteId = NoteId::from_bytes([0xa8; 16]);
const INVITATION: InvitationId = InvitationId::from_bytes([0xa9; 16]);

pub(crate) fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub(crate) fn change(field: Field, from: Value, to: Value) -> Change {
    Change { field, from, to }
}

pub(crate) fn edited(subject: Subject, changes: Vec<Change>) -> Body {
    Body::Edited { subject, changes }
}

/// The name of its golden file, and the event.
pub(crate) fn all() -> Vec<(String, Event)> {
    let bodies = people().into_iter().chain(goals()).chain(work());
    let bodies = bodies
        .chain(practice::later_fields())
        .chain(practice::ends())
        .chain(practice::aids())
        .chain(practice::erased());
    let mut named: Vec<(String, Event)> = Vec::new();
    for body in bodies {
        let kind = body.kind();
        let earlier = named
            .iter()
            .filter(|(name, _)| name.starts_with(kind))
            .count();
        let name = if earlier == 0 {
            kind.to_owned()
        } else {
            format!("{kind}{}", earlier + 1)
        };
        named.push((name, super::event(body)));
    }
    named.push(("Imported".to_owned(), practice::imported()));
    named
}

fn people() -> Vec<Body> {
    let joined = |certifier| {
        Body::DeviceJoined(DeviceJoined {
            device: DEVICE,
            member: MEMBER,
            key: [0xb1; 32],
            name: "Ana's laptop".to_owned(),
            certifier,
            certificate: [0xb2; 64],
        })
    };
    vec![
        Body::WorkspaceCreated(WorkspaceCreated {
            name: "acme".to_owned(),
            time_zone: "Europe/Lisbon".to_owned(),
            fiscal_year_start: 1,
            key: [0xb3; 32],
            device_name: "okrd".to_owned(),
            server: true,
        }),
        Body::ServerAdopted {
            device: DEVICE,
            key: [0xb4; 32],
            name: "okrd".to_owned(),
        },
        edited(
            Subject::Workspace,
            vec![
                change(
                    Field::Mission,
                    Value::None,
                    Value::Text("Sell well.".to_owned()),
                ),
                change(
                    Field::Other("motto".into()),
                    Value::text(Some("a")),
                    Value::None,
                ),
            ],
        ),
        Body::MemberAdded {
            member: MEMBER,
            name: "Ana Lima".to_owned(),
            email: Some("ana@example.org".to_owned()),
            role: Role::Owner,
        },
        edited(
            Subject::Member(MEMBER),
            vec![change(
                Field::Role,
                Value::text(Some("viewer")),
                Value::text(Some("editor")),
            )],
        ),
        Body::InvitationIssued {
            invitation: INVITATION,
            member: MEMBER,
            key: [0xb5; 32],
            expires: Timestamp::from_ms(1_790_604_800_000),
        },
        joined(Certifier::Invitation(INVITATION)),
        joined(Certifier::Device(DEVICE)),
        Body::DeviceRevoked { device: DEVICE },
        Body::DeviceKeyRotated {
            key: [0xb6; 32],
            proof: [0xb7; 64],
        },
        Body::TeamCreated {
            team: TEAM,
            name: "Sales".to_owned(),
            level: TeamLevel::Department,
            parent: Some(TeamId::from_bytes([0xaa; 16])),
        },
        edited(
            Subject::Team(TEAM),
            vec![change(
                Field::Parent,
                Value::Ref(Subject::Team(TEAM)),
                Value::None,
            )],
        ),
        Body::TeamMemberAdded {
            team: TEAM,
            member: MEMBER,
        },
        Body::TeamMemberRemoved {
            team: TEAM,
            member: MEMBER,
        },
    ]
}

fn goals() -> Vec<Body> {
    let milestones = vec![
        Milestone {
            name: "draft".to_owned(),
            weight: decimal("1"),
        },
        Milestone {
            name: "pilot".to_owned(),
            weight: decimal("2.5"),
        },
    ];
    vec![
        Body::CycleCreated {
            cycle: CYCLE,
            name: "2026-Q3".to_owned(),
            kind: CycleKind::Quarterly,
            starts: Date::from_days_since_epoch(20_635),
            ends: Date::from_days_since_epoch(20_726),
            parent: Some(CycleId::from_bytes([0xab; 16])),
        },
        edited(
            Subject::Cycle(CYCLE),
            vec![change(
                Field::Ends,
                Value::Date(Date::from_days_since_epoch(20_726)),
                Value::Date(Date::from_days_since_epoch(-1)),
            )],
        ),
        Body::ObjectiveDrafted(ObjectiveDrafted {
            objective: OBJECTIVE,
            title: "Be known in Lagos".to_owned(),
            description: Some("As the ones who call back.".to_owned()),
            cycle: CYCLE,
            owner: Some(MEMBER),
            team: Some(TEAM),
            kind: ObjectiveKind::Aspirational,
            supports: Some(Subject::KeyResult(KEY_RESULT)),
            key: Some("lagos".to_owned()),
            carried_from: Some(ObjectiveId::from_bytes([0xac; 16])),
            standing: false,
        }),
        edited(
            Subject::Objective(OBJECTIVE),
            vec![change(
                Field::Owner,
                Value::None,
                Value::Ref(Subject::Member(MEMBER)),
            )],
        ),
        Body::SignOffAsked {
            objective: OBJECTIVE,
            members: vec![MEMBER, MemberId::nil()],
        },
        Body::ObjectiveSigned {
            objective: OBJECTIVE,
        },
        Body::KeyResultAdded(KeyResultAdded {
            key_result: KEY_RESULT,
            objective: OBJECTIVE,
            title: "Qualified leads a year".to_owned(),
            owner: Some(MEMBER),
            metric: Metric {
                kind: MetricKind::Increase,
                baseline: Some(decimal("500")),
                target: Some(decimal("550")),
                low: Some(decimal("-0.5")),
                high: Some(decimal("0.5")),
                milestones: milestones.clone(),
                unit: Some("leads".to_owned()),
            },
            indicator: Some(Indicator::Leading),
            certainty: Some(decimal("0.8")),
            cadence: Cadence::Fortnightly,
            weight: decimal("1"),
            rank: Some(1),
            key: Some("leads".to_owned()),
            team: None,
            kpi: None,
            carried_from: None,
        }),
        edited(
            Subject::KeyResult(KEY_RESULT),
            vec![
                change(
                    Field::Target,
                    Value::Number(decimal("600")),
                    Value::Number(decimal("550.25")),
                ),
                change(
                    Field::Milestones,
                    Value::None,
                    Value::Milestones(milestones),
                ),
            ],
        ),
        Body::HelpLinked {
            from: KEY_RESULT,
            to: KeyResultId::from_bytes([0xad; 16]),
        },
        Body::HelpUnlinked {
            from: KEY_RESULT,
            to: KeyResultId::from_bytes([0xad; 16]),
        },
    ]
}

fn work() -> Vec<Body> {
    let checked_in = |measure| {
        Body::CheckedIn(CheckedIn {
            key_result: KEY_RESULT,
            measure,
            effective: Date::from_days_since_epoch(20_686),
            confidence: Some(decimal("0.7")),
            projection: Some(decimal("548")),
            note: Some("two partners signed".to_owned()),
        })
    };
    vec![
        checked_in(Measure::Absolute(decimal("531"))),
        checked_in(Measure::Delta(decimal("-3.5"))),
        checked_in(Measure::Step {
            name: "pilot".to_owned(),
            done: true,
        }),
        checked_in(Measure::Done(false)),
        edited(
            Subject::CheckIn(KEY_RESULT, CHECK_IN),
            vec![change(
                Field::Value,
                Value::Measure(Measure::Absolute(decimal("531"))),
                Value::Measure(Measure::Absolute(decimal("513"))),
            )],
        ),
        Body::CheckInRetracted {
            key_result: KEY_RESULT,
            check_in: CHECK_IN,
        },
        Body::CheckInReinstated {
            key_result: KEY_RESULT,
            check_in: CHECK_IN,
        },
        Body::NoteAdded {
            about: Subject::CheckIn(KEY_RESULT, CHECK_IN),
            kind: NoteKind::Learning,
            text: "Calls before ten reach twice as many.".to_owned(),
        },
        edited(
            Subject::Note(NOTE),
            vec![change(
                Field::Text,
                Value::text(Some("a")),
                Value::text(Some("b")),
            )],
        ),
        Body::ConflictResolved {
            subject: Subject::KeyResult(KEY_RESULT),
            field: Field::Target,
            from: Value::Number(decimal("575")),
            to: Value::Number(decimal("600")),
            settles: vec![CHECK_IN, EventId::from_bytes([0xae; 16])],
        },
    ]
}
