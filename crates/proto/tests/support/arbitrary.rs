//! Arbitrary events of every kind. The larger strategies are boxed: by value they would not fit on
//! a test's stack.

use super::arbitrary_practice as practice;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use quarterdeck_core::calendar::{Date, Timestamp};
use quarterdeck_core::clock::Hlc;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::{
    Body, Certifier, CheckedIn, DeviceJoined, Event, KeyResultAdded, Metric, ObjectiveDrafted,
    WorkspaceCreated,
};
use quarterdeck_core::id::{
    CycleId, DeviceId, EventId, FunnelId, IncentiveId, InitiativeId, InvitationId, KeyResultId,
    KpiId, MemberId, NoteId, ObjectiveId, TeamId, TemplateId, TodoId, WeeklyId, WorkspaceId,
};
use quarterdeck_core::token::{
    Cadence, CycleKind, Indicator, MetricKind, NoteKind, ObjectiveKind, Role, TeamLevel,
};
use quarterdeck_core::value::{Change, Field, Measure, Milestone, Subject, Value};

macro_rules! ids {
    ($($name:ident: $id:ty),+ $(,)?) => {$(
        pub(crate) fn $name() -> impl Strategy<Value = $id> {
            any::<[u8; 16]>().prop_map(<$id>::from_bytes)
        }
    )+};
}

ids! {
    cycle: CycleId, device: DeviceId, event_id: EventId, invitation: InvitationId,
    key_result: KeyResultId, member: MemberId, note: NoteId, objective: ObjectiveId,
    team: TeamId, workspace: WorkspaceId,
}

pub(crate) fn text() -> impl Strategy<Value = String> {
    ".{0,12}"
}

pub(crate) fn decimal() -> impl Strategy<Value = Decimal> {
    (any::<i64>(), 0u32..20)
        .prop_map(|(digits, scale)| Decimal::from_parts(i128::from(digits), scale).unwrap())
}

pub(crate) fn date() -> impl Strategy<Value = Date> {
    (-20_000i32..300_000).prop_map(Date::from_days_since_epoch)
}

fn signature() -> impl Strategy<Value = [u8; 64]> {
    (any::<[u8; 32]>(), any::<[u8; 32]>()).prop_map(|(a, b)| {
        let mut both = [0; 64];
        both[..32].copy_from_slice(&a);
        both[32..].copy_from_slice(&b);
        both
    })
}

pub(crate) fn subject() -> BoxedStrategy<Subject> {
    prop_oneof![
        Just(Subject::Workspace),
        member().prop_map(Subject::Member),
        team().prop_map(Subject::Team),
        cycle().prop_map(Subject::Cycle),
        objective().prop_map(Subject::Objective),
        key_result().prop_map(Subject::KeyResult),
        (key_result(), event_id()).prop_map(|(of, id)| Subject::CheckIn(of, id)),
        note().prop_map(Subject::Note),
        any::<[u8; 16]>().prop_map(|id| Subject::Kpi(KpiId::from_bytes(id))),
        (any::<[u8; 16]>(), event_id())
            .prop_map(|(kpi, id)| Subject::Reading(KpiId::from_bytes(kpi), id)),
        any::<[u8; 16]>().prop_map(|id| Subject::Initiative(InitiativeId::from_bytes(id))),
        any::<[u8; 16]>().prop_map(|id| Subject::Todo(TodoId::from_bytes(id))),
        any::<[u8; 16]>().prop_map(|id| Subject::Weekly(WeeklyId::from_bytes(id))),
        any::<[u8; 16]>().prop_map(|id| Subject::Template(TemplateId::from_bytes(id))),
        any::<[u8; 16]>().prop_map(|id| Subject::Funnel(FunnelId::from_bytes(id))),
        any::<[u8; 16]>().prop_map(|id| Subject::Incentive(IncentiveId::from_bytes(id))),
    ]
    .boxed()
}

fn measure() -> impl Strategy<Value = Measure> {
    prop_oneof![
        decimal().prop_map(Measure::Absolute),
        decimal().prop_map(Measure::Delta),
        (text(), any::<bool>()).prop_map(|(name, done)| Measure::Step { name, done }),
        any::<bool>().prop_map(Measure::Done),
    ]
}

fn milestones() -> impl Strategy<Value = Vec<Milestone>> {
    vec(
        (text(), decimal()).prop_map(|(name, weight)| Milestone { name, weight }),
        0..4,
    )
}

fn value() -> BoxedStrategy<Value> {
    prop_oneof![
        Just(Value::None),
        text().prop_map(Value::Text),
        decimal().prop_map(Value::Number),
        date().prop_map(Value::Date),
        subject().prop_map(Value::Ref),
        milestones().prop_map(Value::Milestones),
        measure().prop_map(Value::Measure),
        vec(decimal(), 1..4).prop_map(Value::Numbers),
    ]
    .boxed()
}

fn field() -> impl Strategy<Value = Field> {
    prop_oneof![
        select(vec![
            Field::Target,
            Field::Title,
            Field::State,
            Field::FiscalYearStart
        ]),
        "[a-z_]{1,9}".prop_map(|word| Field::from_word(&word)),
    ]
}

fn changes() -> BoxedStrategy<Vec<Change>> {
    vec(
        (field(), value(), value()).prop_map(|(field, from, to)| Change { field, from, to }),
        0..4,
    )
    .boxed()
}

fn metric() -> BoxedStrategy<Metric> {
    let bounds = (option::of(decimal()), option::of(decimal()));
    let range = (option::of(decimal()), option::of(decimal()));
    (
        select(MetricKind::ALL),
        bounds,
        range,
        milestones(),
        option::of(text()),
    )
        .prop_map(
            |(kind, (baseline, target), (low, high), milestones, unit)| Metric {
                kind,
                baseline,
                target,
                low,
                high,
                milestones,
                unit,
            },
        )
        .boxed()
}

fn workspace_body() -> BoxedStrategy<Body> {
    let created = (
        text(),
        text(),
        any::<u8>(),
        any::<[u8; 32]>(),
        text(),
        any::<bool>(),
    )
        .prop_map(
            |(name, time_zone, fiscal_year_start, key, device_name, server)| {
                Body::WorkspaceCreated(WorkspaceCreated {
                    name,
                    time_zone,
                    fiscal_year_start,
                    key,
                    device_name,
                    server,
                })
            },
        );
    let certifier = prop_oneof![
        invitation().prop_map(Certifier::Invitation),
        device().prop_map(Certifier::Device),
    ];
    let joined = (
        device(),
        member(),
        any::<[u8; 32]>(),
        text(),
        certifier,
        signature(),
    )
        .prop_map(|(device, member, key, name, certifier, certificate)| {
            let joined = DeviceJoined {
                device,
                member,
                key,
                name,
                certifier,
                certificate,
            };
            Body::DeviceJoined(joined)
        });
    prop_oneof![
        created,
        joined,
        (device(), any::<[u8; 32]>(), text()).prop_map(|(device, key, name)| Body::ServerAdopted {
            device,
            key,
            name
        }),
        (member(), text(), option::of(text()), select(Role::ALL)).prop_map(
            |(member, name, email, role)| Body::MemberAdded {
                member,
                name,
                email,
                role
            }
        ),
        (invitation(), member(), any::<[u8; 32]>(), any::<u32>()).prop_map(
            |(invitation, member, key, ms)| Body::InvitationIssued {
                invitation,
                member,
                key,
                expires: Timestamp::from_ms(ms.into()),
            }
        ),
        device().prop_map(|device| Body::DeviceRevoked { device }),
        (any::<[u8; 32]>(), signature())
            .prop_map(|(key, proof)| Body::DeviceKeyRotated { key, proof }),
        (team(), text(), select(TeamLevel::ALL), option::of(team())).prop_map(
            |(team, name, level, parent)| Body::TeamCreated {
                team,
                name,
                level,
                parent
            }
        ),
        (team(), member()).prop_map(|(team, member)| Body::TeamMemberAdded { team, member }),
        (team(), member()).prop_map(|(team, member)| Body::TeamMemberRemoved { team, member }),
    ]
    .boxed()
}

fn goal_body() -> BoxedStrategy<Body> {
    let ends = (date(), date());
    let planned = (
        cycle(),
        text(),
        select(CycleKind::ALL),
        ends,
        option::of(cycle()),
    )
        .prop_map(
            |(cycle, name, kind, (starts, ends), parent)| Body::CycleCreated {
                cycle,
                name,
                kind,
                starts,
                ends,
                parent,
            },
        );
    let owners = (
        option::of(member()),
        option::of(team()),
        option::of(subject()),
    );
    let texts = (text(), option::of(text()), option::of(text()));
    let kind = (
        select(ObjectiveKind::ALL),
        option::of(objective()),
        any::<bool>(),
    );
    let drafted = (objective(), cycle(), texts, owners, kind).prop_map(
        |(objective, cycle, (title, description, key), (owner, team, supports), kind)| {
            Body::ObjectiveDrafted(ObjectiveDrafted {
                objective,
                title,
                description,
                cycle,
                owner,
                team,
                kind: kind.0,
                supports,
                key,
                carried_from: kind.1,
                standing: kind.2,
            })
        },
    );
    let names = (text(), option::of(member()), option::of(text()));
    let words = (option::of(select(Indicator::ALL)), select(Cadence::ALL));
    let numbers = (option::of(decimal()), decimal(), option::of(any::<u32>()));
    let added = (key_result(), objective(), metric(), names, words, numbers).prop_map(
        |(key_result, objective, metric, (title, owner, key), (indicator, cadence), numbers)| {
            let (certainty, weight, rank) = numbers;
            Body::KeyResultAdded(KeyResultAdded {
                key_result,
                objective,
                title,
                owner,
                metric,
                indicator,
                certainty,
                cadence,
                weight,
                rank,
                key,
                team: None,
                kpi: None,
                carried_from: None,
            })
        },
    );
    prop_oneof![
        planned,
        drafted,
        added,
        (objective(), vec(member(), 0..3))
            .prop_map(|(objective, members)| Body::SignOffAsked { objective, members }),
        objective().prop_map(|objective| Body::ObjectiveSigned { objective }),
        (key_result(), key_result()).prop_map(|(from, to)| Body::HelpLinked { from, to }),
        (key_result(), key_result()).prop_map(|(from, to)| Body::HelpUnlinked { from, to }),
    ]
    .boxed()
}

fn work_body() -> BoxedStrategy<Body> {
    let guesses = (option::of(decimal()), option::of(decimal()));
    let checked_in = (key_result(), measure(), date(), guesses, option::of(text())).prop_map(
        |(key_result, measure, effective, (confidence, projection), note)| {
            Body::CheckedIn(CheckedIn {
                key_result,
                measure,
                effective,
                confidence,
                projection,
                note,
            })
        },
    );
    let settled = (subject(), field(), value(), value(), vec(event_id(), 0..3)).prop_map(
        |(subject, field, from, to, settles)| Body::ConflictResolved {
            subject,
            field,
            from,
            to,
            settles,
        },
    );
    prop_oneof![
        checked_in,
        settled,
        (key_result(), event_id()).prop_map(|(key_result, check_in)| Body::CheckInRetracted {
            key_result,
            check_in
        }),
        (key_result(), event_id()).prop_map(|(key_result, check_in)| Body::CheckInReinstated {
            key_result,
            check_in
        }),
        (subject(), select(NoteKind::ALL), text())
            .prop_map(|(about, kind, text)| Body::NoteAdded { about, kind, text }),
        (subject(), changes()).prop_map(|(subject, changes)| Body::Edited { subject, changes }),
        (1_000u32..500_000_000).prop_map(|kind| Body::Unknown { kind }),
    ]
    .boxed()
}

/// Any event.
pub(crate) fn event() -> impl Strategy<Value = Event> {
    let names = (event_id(), workspace(), member(), device());
    let chain = (
        1..=u64::MAX,
        option::of(any::<[u8; 32]>()),
        any::<u64>(),
        any::<u32>(),
    );
    let clock = (any::<u64>(), any::<u32>()).prop_map(|(wall, counter)| Hlc { wall, counter });
    let words = (
        option::of(text()),
        option::of(event_id()),
        option::of(practice::source()),
    );
    let body = prop_oneof![workspace_body(), goal_body(), work_body(), practice::body()];
    (names, chain, clock, words, body).prop_map(|(names, chain, authored, words, body)| Event {
        id: names.0,
        workspace: names.1,
        member: names.2,
        device: names.3,
        number: chain.0,
        previous: chain.1,
        authored,
        seen: chain.2,
        remaining: chain.3,
        reason: words.0,
        undoes: words.1,
        body,
        source: words.2,
    })
}
