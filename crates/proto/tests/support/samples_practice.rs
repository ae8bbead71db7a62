//! One event of each kind of the practice around objectives, the same for ever.

use quarterdeck_core::calendar::{Date, Timestamp};
use quarterdeck_core::erase::{ErasedText, TextErased};
use quarterdeck_core::event::{
    Body, Event, FunnelDefined, IncentiveAdded, InitiativeAdded, KeyResultAdded, KeyResultGraded,
    KpiDefined, KpiRecorded, Metric, ObjectiveDrafted, Source, Stage, TemplateSaved, TodoAdded,
    WeeklyWritten,
};
use quarterdeck_core::id::{
    FunnelId, IncentiveId, InitiativeId, KeyResultId, KpiId, ObjectiveId, TemplateId, TodoId,
    WeeklyId,
};
use quarterdeck_core::token::{Cadence, Direction, MetricKind, ObjectiveKind, Period};
use quarterdeck_core::value::{Field, Subject, Value};

use super::samples::{
    CHECK_IN, CYCLE, KEY_RESULT, MEMBER, OBJECTIVE, TEAM, change, decimal, edited,
};

const KPI: KpiId = KpiId::from_bytes([0xc1; 16]);
const INITIATIVE: InitiativeId = InitiativeId::from_bytes([0xc2; 16]);
const TODO: TodoId = TodoId::from_bytes([0xc3; 16]);
const TEMPLATE: TemplateId = TemplateId::from_bytes([0xc4; 16]);
const FUNNEL: FunnelId = FunnelId::from_bytes([0xc5; 16]);
const INCENTIVE: IncentiveId = IncentiveId::from_bytes([0xc6; 16]);
const WEEKLY: WeeklyId = WeeklyId::from_bytes([0xc7; 16]);

const DAY: Date = Date::EPOCH;

/// An event that was imported.
pub(crate) fn imported() -> Event {
    Event {
        source: Some(Source {
            author: "Ana Lima".to_owned(),
            at: Timestamp::from_ms(1_551_436_200_000),
            origin: "git:3f2a9c:okrs.md".to_owned(),
        }),
        ..super::event(Body::ObjectiveSigned {
            objective: OBJECTIVE,
        })
    }
}

fn state(subject: Subject, from: &str, to: &str) -> Body {
    edited(
        subject,
        vec![change(
            Field::State,
            Value::text(Some(from)),
            Value::text(Some(to)),
        )],
    )
}

/// Fields that came later than their kinds.
pub(crate) fn later_fields() -> Vec<Body> {
    vec![
        Body::ObjectiveDrafted(ObjectiveDrafted {
            objective: OBJECTIVE,
            title: "Be known in Lagos".to_owned(),
            description: None,
            cycle: CYCLE,
            owner: None,
            team: None,
            kind: ObjectiveKind::Committed,
            supports: None,
            key: None,
            carried_from: Some(ObjectiveId::from_bytes([0xac; 16])),
            standing: true,
        }),
        Body::KeyResultAdded(KeyResultAdded {
            key_result: KEY_RESULT,
            objective: OBJECTIVE,
            title: "Partners who call back".to_owned(),
            owner: None,
            metric: Metric {
                kind: MetricKind::Increase,
                baseline: Some(decimal("3")),
                target: Some(decimal("9")),
                low: None,
                high: None,
                milestones: Vec::new(),
                unit: None,
            },
            indicator: None,
            certainty: None,
            cadence: Cadence::Weekly,
            weight: decimal("1"),
            rank: None,
            key: None,
            team: Some(TEAM),
            kpi: Some(KPI),
            carried_from: Some(KeyResultId::from_bytes([0xad; 16])),
        }),
        edited(
            Subject::Cycle(CYCLE),
            vec![change(
                Field::MonthWeights,
                Value::None,
                Value::Numbers(vec![decimal("3"), decimal("2"), decimal("0.5")]),
            )],
        ),
    ]
}

/// The end of a cycle, and agreement.
pub(crate) fn ends() -> Vec<Body> {
    vec![
        Body::CycleClosed {
            cycle: CYCLE,
            position: 1_207,
            root: [0xbb; 32],
        },
        Body::CycleReopened { cycle: CYCLE },
        Body::KeyResultGraded(KeyResultGraded {
            key_result: KEY_RESULT,
            computed: Some(decimal("0.62")),
            from: Some(decimal("0.6")),
            to: Some(decimal("0.7")),
        }),
        Body::ObjectiveUnsigned {
            objective: OBJECTIVE,
        },
        Body::LintSilenced {
            objective: OBJECTIVE,
            code: "unaligned".to_owned(),
        },
        Body::LintHeeded {
            objective: OBJECTIVE,
            code: "unaligned".to_owned(),
        },
        Body::WeeklyWritten(WeeklyWritten {
            week: Date::from_days_since_epoch(20_686),
            team: Some(TEAM),
            plans: Some("Call the partners.".to_owned()),
            progress: Some("Two signed.".to_owned()),
            problems: None,
        }),
        edited(
            Subject::Weekly(WEEKLY),
            vec![change(
                Field::Problems,
                Value::None,
                Value::text(Some("One left.")),
            )],
        ),
    ]
}

/// Erasure.
pub(crate) fn erased() -> Vec<Body> {
    vec![Body::TextErased(TextErased {
        event: CHECK_IN,
        position: 1_207,
        remains: [0xcc; 32],
        texts: vec![
            ErasedText {
                place: "note".to_owned(),
                tag: "k3f9q2".to_owned(),
            },
            ErasedText {
                place: "changes.0.before".to_owned(),
                tag: "a".to_owned(),
            },
        ],
    })]
}

/// KPIs, work, and the aids that a workspace keeps.
pub(crate) fn aids() -> Vec<Body> {
    vec![
        Body::KpiDefined(KpiDefined {
            kpi: KPI,
            title: "Net revenue retention".to_owned(),
            description: Some("Of customers of a year ago.".to_owned()),
            owner: Some(MEMBER),
            team: Some(TEAM),
            direction: Direction::Higher,
            target: Some(decimal("110")),
            unit: Some("%".to_owned()),
            key: Some("nrr".to_owned()),
        }),
        state(Subject::Kpi(KPI), "active", "dropped"),
        Body::KpiRecorded(KpiRecorded {
            kpi: KPI,
            value: decimal("104.5"),
            effective: DAY,
            note: Some("after the spring".to_owned()),
        }),
        edited(
            Subject::Reading(KPI, CHECK_IN),
            vec![change(
                Field::Value,
                Value::Number(decimal("104.5")),
                Value::Number(decimal("105.4")),
            )],
        ),
        Body::KpiLinked {
            kpi: KPI,
            key_result: KEY_RESULT,
        },
        Body::KpiUnlinked {
            kpi: KPI,
            key_result: KEY_RESULT,
        },
        Body::InitiativeAdded(InitiativeAdded {
            initiative: INITIATIVE,
            title: "Call every partner".to_owned(),
            description: Some("Twice.".to_owned()),
            owner: Some(MEMBER),
            due: Some(Date::from_days_since_epoch(20_700)),
            supports: Some(Subject::KeyResult(KEY_RESULT)),
        }),
        state(Subject::Initiative(INITIATIVE), "planned", "done"),
        Body::TodoAdded(TodoAdded {
            todo: TODO,
            initiative: Some(INITIATIVE),
            title: "Contact prospects".to_owned(),
            owner: Some(MEMBER),
            quantity: decimal("2.2"),
            per: Period::Day,
            total: Some(decimal("44")),
            unit: Some("contacts".to_owned()),
            starts: Date::from_days_since_epoch(20_686),
            ends: Date::from_days_since_epoch(20_713),
            key_result: Some(KEY_RESULT),
            rate: Some(decimal("0.3")),
        }),
        state(Subject::Todo(TODO), "active", "dropped"),
        Body::TodoCounted {
            todo: TODO,
            quantity: decimal("-1"),
            effective: DAY,
        },
        Body::TemplateSaved(TemplateSaved {
            template: TEMPLATE,
            name: "sales director".to_owned(),
            document: "# Be the first choice\n\n- Partners from 3 to 9\n".to_owned(),
        }),
        state(Subject::Template(TEMPLATE), "active", "withdrawn"),
        Body::FunnelDefined(FunnelDefined {
            funnel: FUNNEL,
            name: "outbound".to_owned(),
            stages: vec![
                Stage {
                    name: "contacts".to_owned(),
                    source: Some(Subject::Kpi(KPI)),
                    rate: Some(decimal("0.3")),
                },
                Stage {
                    name: "qualified leads".to_owned(),
                    source: Some(Subject::KeyResult(KEY_RESULT)),
                    rate: None,
                },
            ],
            key_result: Some(KEY_RESULT),
        }),
        state(Subject::Funnel(FUNNEL), "active", "dropped"),
        Body::IncentiveAdded(IncentiveAdded {
            incentive: INCENTIVE,
            title: "New customers".to_owned(),
            key_result: Some(KEY_RESULT),
            member: Some(MEMBER),
        }),
        state(Subject::Incentive(INCENTIVE), "active", "dropped"),
    ]
}
