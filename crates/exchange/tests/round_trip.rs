//! What is written as Markdown reads back as it was, whatever the titles look like.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::Metric;
use quarterdeck_core::token::{
    Cadence, Indicator, KeyResultState, MetricKind, ObjectiveKind, ObjectiveState,
};
use quarterdeck_core::value::Milestone;
use quarterdeck_exchange::outline::{KeyResult, Now, Objective, Outline};
use quarterdeck_exchange::{Options, markdown, write};

/// A title as the workspace takes it: one line, not blank at its ends, which no title needs.
fn title() -> impl Strategy<Value = String> {
    let odd = prop::sample::select(vec![
        "*a*",
        "_b_",
        "`c`",
        "[x] d",
        "[e](f)",
        "<b>",
        "&amp;",
        "~~g~~",
        "# h",
        "- i",
        "1. j",
        "2) k",
        "{weekly}",
        "}",
        "{",
        "\\",
        "|",
        "KR: l",
        "Objective: m",
        "50 → 60",
        "from 1 to 2 leads",
        "(40%)",
        "- 30%",
        "[P0]",
        "Notes",
        "2026-Q3",
        "Q3 2026",
        "Team: n",
        "http://o.example",
        "=1+1",
        "***",
        "---",
        "===",
        "\"p\"",
        "'q'",
        "!",
        "![r](s)",
        "^",
        "$t$",
        ":u:",
        "<!-- v -->",
        "Ünïcödé 日本",
        "a@b.c",
    ]);
    let piece = prop_oneof![2 => "\\PC{1,8}", 3 => odd.prop_map(str::to_owned), 2 => "[a-z]{1,6}"];
    prop::collection::vec(piece, 1..4)
        .prop_map(|pieces| {
            let text = pieces.join(" ");
            let words: Vec<&str> = text.split_whitespace().collect();
            words.join(" ")
        })
        .prop_filter("a title says something", |title| !title.is_empty())
}

fn number() -> impl Strategy<Value = Decimal> {
    (-5000i64..5000, 0u32..3).prop_map(|(n, scale)| Decimal::from_parts(n.into(), scale).unwrap())
}

fn share() -> impl Strategy<Value = Decimal> {
    (0i128..=100).prop_map(|n| Decimal::from_parts(n, 2).unwrap())
}

fn metric() -> impl Strategy<Value = Metric> {
    let bare = |kind| Metric {
        kind,
        baseline: None,
        target: None,
        low: None,
        high: None,
        milestones: Vec::new(),
        unit: None,
    };
    let unit = prop::option::of("[a-z]{1,6}|%|€");
    let steps = prop::collection::vec((title(), 1u32..5), 1..4);
    prop_oneof![
        (number(), number(), unit.clone()).prop_map(move |(a, b, unit)| Metric {
            baseline: Some(a),
            target: Some(b),
            unit,
            ..bare(if b < a {
                MetricKind::Decrease
            } else {
                MetricKind::Increase
            })
        }),
        (number(), number(), unit).prop_map(move |(a, b, unit)| Metric {
            low: Some(a.min(b)),
            high: Some(a.max(b)),
            unit,
            ..bare(MetricKind::Maintain)
        }),
        Just(bare(MetricKind::Binary)),
        steps.prop_map(move |steps| Metric {
            milestones: steps
                .into_iter()
                .enumerate()
                .map(|(at, (name, weight))| Milestone {
                    // Unique, as the workspace wants them.
                    name: format!("{name} {at}"),
                    weight: weight.into(),
                })
                .collect(),
            ..bare(MetricKind::Milestones)
        }),
    ]
}

fn key_result() -> impl Strategy<Value = KeyResult> {
    let words = (
        prop::option::of(prop::sample::select(Cadence::ALL.to_vec())),
        prop::option::of(prop::sample::select(Indicator::ALL.to_vec())),
        prop::option::of(prop::sample::select(vec![
            KeyResultState::Dropped,
            KeyResultState::Deferred,
        ])),
    );
    let numbers = (
        prop::option::of(share()),
        prop::option::of(share()),
        prop::option::of(share()),
        prop::option::of(2u32..9),
        prop::option::of(1u32..9),
    );
    let names = (
        prop::option::of("[a-z]{1,8}"),
        prop::option::of(title()),
        prop::option::of(title()),
    );
    (
        title(),
        metric(),
        prop::option::of(number()),
        any::<bool>(),
        words,
        numbers,
        names,
    )
        .prop_map(|(title, metric, value, ticked, words, numbers, names)| {
            let now = match metric.kind {
                MetricKind::Binary => value.map(|_| Now::Done(ticked)),
                MetricKind::Milestones => None,
                _ => value.map(Now::Value),
            };
            let steps_done = metric
                .milestones
                .iter()
                .take(usize::from(ticked))
                .map(|step| step.name.clone())
                .collect();
            KeyResult {
                title,
                metric: Some(metric),
                now,
                steps_done,
                cadence: words.0,
                indicator: words.1,
                state: words.2,
                confidence: numbers.0,
                certainty: numbers.1,
                final_score: numbers.2,
                weight: numbers.3.map(Decimal::from),
                rank: numbers.4,
                key: names.0,
                owner: names.1,
                team: names.2,
                ..KeyResult::default()
            }
        })
}

fn objective() -> impl Strategy<Value = Objective> {
    let words = (
        prop::sample::select(ObjectiveKind::ALL.to_vec()),
        prop::sample::select(vec![
            ObjectiveState::Draft,
            ObjectiveState::Agreed,
            ObjectiveState::Active,
            ObjectiveState::Deferred,
            ObjectiveState::Dropped,
        ]),
        any::<bool>(),
    );
    let names = (
        prop::option::of("[a-z]{1,8}"),
        prop::option::of(title()),
        prop::option::of(title()),
        prop::option::of(title()),
    );
    (
        title(),
        words,
        names,
        prop::collection::vec(key_result(), 0..4),
    )
        .prop_map(|(title, words, names, key_results)| Objective {
            title,
            cycle: Some("2026-Q3".to_owned()),
            kind: Some(words.0),
            state: Some(words.1),
            standing: words.2,
            key: names.0,
            owner: names.1,
            team: names.2,
            supports: names.3,
            key_results,
            ..Objective::default()
        })
}

/// The outline without the lines that things stand on.
fn placeless(mut outline: Outline) -> Outline {
    for objective in &mut outline.objectives {
        objective.line = 0;
        for key_result in &mut objective.key_results {
            key_result.line = 0;
        }
    }
    outline
}

proptest! {
    #[test]
    fn markdown_reads_back(objectives in prop::collection::vec(objective(), 1..4)) {
        let outline = Outline { cycles: vec!["2026-Q3".to_owned()], objectives, unread: Vec::new() };
        let text = write::markdown(&outline);
        let back = placeless(markdown::read(&text, &Options::default()));
        prop_assert_eq!(back, outline, "{}", text);
    }
}
