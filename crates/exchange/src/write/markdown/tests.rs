use quarterdeck_core::token::{Cadence, Indicator, ObjectiveKind};
use quarterdeck_core::value::Milestone;

use super::*;

fn metric(kind: MetricKind) -> Metric {
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

fn d(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// Every kind of metric, every attribute, and titles that Markdown would take for something else.
fn outline() -> Outline {
    let leads = KeyResult {
        title: "Qualified leads".to_owned(),
        metric: Some(Metric {
            baseline: Some(d("500")),
            target: Some(d("550")),
            unit: Some("leads".to_owned()),
            ..metric(MetricKind::Increase)
        }),
        now: Some(Now::Value(d("531"))),
        confidence: Some(d("0.7")),
        cadence: Some(Cadence::Weekly),
        indicator: Some(Indicator::Leading),
        certainty: Some(d("0.5")),
        weight: Some(d("2")),
        rank: Some(1),
        owner: Some("Ana \"A\", of Lisbon".to_owned()),
        key: Some("leads".to_owned()),
        ..KeyResult::default()
    };
    let churn = KeyResult {
        title: "*Churn* stays_low [#1] <b>".to_owned(),
        metric: Some(Metric {
            low: Some(d("-1")),
            high: Some(d("2.5")),
            unit: Some("%".to_owned()),
            ..metric(MetricKind::Maintain)
        }),
        certainty: Some(d("0.65")),
        state: Some(KeyResultState::Dropped),
        ..KeyResult::default()
    };
    let pilot = KeyResult {
        title: "1. Pilot signed".to_owned(),
        metric: Some(metric(MetricKind::Binary)),
        now: Some(Now::Done(true)),
        final_score: Some(d("1")),
        ..KeyResult::default()
    };
    let launch = KeyResult {
        title: "Launch in {two} markets".to_owned(),
        metric: Some(Metric {
            milestones: vec![
                Milestone {
                    name: "draft".to_owned(),
                    weight: Decimal::ONE,
                },
                Milestone {
                    name: "live".to_owned(),
                    weight: d("3"),
                },
            ],
            ..metric(MetricKind::Milestones)
        }),
        steps_done: vec!["draft".to_owned()],
        state: Some(KeyResultState::Deferred),
        ..KeyResult::default()
    };
    Outline {
        cycles: vec!["2026-Q3".to_owned()],
        objectives: vec![
            Objective {
                title: "Be the first choice #".to_owned(),
                description: Some("Why it matters.\n# not a heading".to_owned()),
                cycle: Some("2026-Q3".to_owned()),
                kind: Some(ObjectiveKind::Committed),
                state: Some(ObjectiveState::Active),
                key: Some("growth".to_owned()),
                owner: Some("Ana".to_owned()),
                team: Some("Sales".to_owned()),
                supports: Some("pipeline".to_owned()),
                standing: true,
                key_results: vec![leads, churn, pilot, launch],
                ..Objective::default()
            },
            Objective {
                title: "Empty".to_owned(),
                cycle: Some("2026-Q3".to_owned()),
                ..Objective::default()
            },
        ],
        unread: Vec::new(),
    }
}

#[test]
fn people_can_read_it() {
    assert_eq!(
        markdown(&outline()),
        r#"# OKRs 2026-Q3

## Be the first choice \# {committed, active, standing, key: growth, owner: Ana, team: Sales, supports: pipeline}

Why it matters.
\# not a heading

- Qualified leads {increase 500..550, unit: leads, now: 531, confidence: 0.7, leading, weekly, possible, weight: 2, rank: 1, key: leads, owner: "Ana \\"A\\", of Lisbon"}
- \*Churn\* stays\_low \[#1\] \<b\> {maintain -1..2.5, unit: %, certainty: 0.65, dropped}
- [x] 1\. Pilot signed {binary, grade: 1}
- Launch in \{two\} markets {milestones, deferred}
  - [x] draft
  - [ ] live {weight: 3}

## Empty
"#
    );
}
