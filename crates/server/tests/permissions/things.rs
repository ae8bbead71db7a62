//! What is recorded before, and what most events are: one of each thing.

use quarterdeck_core::calendar::Date;
use quarterdeck_core::event::{
    Body, CheckedIn, FunnelDefined, IncentiveAdded, InitiativeAdded, KeyResultAdded, KpiDefined,
    KpiRecorded, Metric, ObjectiveDrafted, Stage, TemplateSaved, TodoAdded, WeeklyWritten,
};
use quarterdeck_core::id::{
    CycleId, FunnelId, IncentiveId, InitiativeId, KeyResultId, KpiId, MemberId, ObjectiveId,
    TemplateId, TodoId,
};
use quarterdeck_core::token::{
    Cadence, CycleKind, Direction, MetricKind, NoteKind, ObjectiveKind, Period,
};
use quarterdeck_core::value::{Measure, Subject};

pub fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub fn drafted(objective: ObjectiveId, cycle: CycleId, title: &str) -> Body {
    Body::ObjectiveDrafted(ObjectiveDrafted {
        objective,
        title: title.to_owned(),
        description: None,
        cycle,
        owner: None,
        team: None,
        kind: ObjectiveKind::Committed,
        supports: None,
        key: None,
        carried_from: None,
        standing: false,
    })
}

pub fn measured(key_result: KeyResultId, objective: ObjectiveId, owner: Option<MemberId>) -> Body {
    Body::KeyResultAdded(KeyResultAdded {
        key_result,
        objective,
        title: "Qualified leads".into(),
        owner,
        metric: Metric {
            kind: MetricKind::Increase,
            baseline: Some("0".parse().unwrap()),
            target: Some("10".parse().unwrap()),
            low: None,
            high: None,
            milestones: Vec::new(),
            unit: None,
        },
        indicator: None,
        certainty: None,
        cadence: Cadence::Weekly,
        weight: "1".parse().unwrap(),
        rank: None,
        key: None,
        team: None,
        kpi: None,
        carried_from: None,
    })
}

pub fn checked_in(key_result: KeyResultId) -> Body {
    Body::CheckedIn(CheckedIn {
        key_result,
        measure: Measure::Absolute("3".parse().unwrap()),
        effective: day("2026-08-21"),
        confidence: None,
        projection: None,
        note: None,
    })
}

pub fn noted(about: Subject) -> Body {
    Body::NoteAdded {
        about,
        kind: NoteKind::Win,
        text: "a word".into(),
    }
}

pub fn weekly(week: Date) -> Body {
    Body::WeeklyWritten(WeeklyWritten {
        week,
        team: None,
        plans: Some("to do".into()),
        progress: None,
        problems: None,
    })
}

pub fn kpi(kpi: KpiId) -> Body {
    Body::KpiDefined(KpiDefined {
        kpi,
        title: "Churn".into(),
        description: None,
        owner: None,
        team: None,
        direction: Direction::Lower,
        target: None,
        unit: None,
        key: None,
    })
}

pub fn read(kpi: KpiId) -> Body {
    Body::KpiRecorded(KpiRecorded {
        kpi,
        value: "4".parse().unwrap(),
        effective: day("2026-08-21"),
        note: None,
    })
}

pub fn initiative(initiative: InitiativeId, owner: MemberId) -> Body {
    Body::InitiativeAdded(InitiativeAdded {
        initiative,
        title: "A campaign".into(),
        description: None,
        owner: Some(owner),
        due: None,
        supports: None,
    })
}

pub fn todo(todo: TodoId, owner: MemberId) -> Body {
    Body::TodoAdded(TodoAdded {
        todo,
        initiative: None,
        title: "Call prospects".into(),
        owner: Some(owner),
        quantity: "2".parse().unwrap(),
        per: Period::Week,
        total: None,
        unit: None,
        starts: day("2026-07-01"),
        ends: day("2026-09-30"),
        key_result: None,
        rate: None,
    })
}

pub fn template(template: TemplateId, name: &str) -> Body {
    Body::TemplateSaved(TemplateSaved {
        template,
        name: name.to_owned(),
        document: "# An objective\n".into(),
    })
}

pub fn funnel(funnel: FunnelId, name: &str) -> Body {
    let stage = |name: &str| Stage {
        name: name.to_owned(),
        source: None,
        rate: None,
    };
    Body::FunnelDefined(FunnelDefined {
        funnel,
        name: name.to_owned(),
        stages: vec![stage("contacts"), stage("deals")],
        key_result: None,
    })
}

pub fn incentive(incentive: IncentiveId) -> Body {
    Body::IncentiveAdded(IncentiveAdded {
        incentive,
        title: "Bonus".into(),
        key_result: None,
        member: None,
    })
}

pub fn cycle(cycle: CycleId, name: &str) -> Body {
    Body::CycleCreated {
        cycle,
        name: name.to_owned(),
        kind: CycleKind::Quarterly,
        starts: day("2026-07-01"),
        ends: day("2026-09-30"),
        parent: None,
    }
}
