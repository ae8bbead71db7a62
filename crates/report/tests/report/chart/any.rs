//! Plots of any shape, also such as no log could give.

use proptest::prelude::*;
use quarterdeck_core::calendar::Date;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::token::MetricKind;
use quarterdeck_report::chart::{AimPoint, Mark, MarkKind, Plot, Scale, StepPoint, legend, lines};
use quarterdeck_report::json::CurvePoint;

use crate::sample::day;

fn date() -> impl Strategy<Value = Date> {
    (-3i32..=94).prop_map(|days| day("2026-07-01").plus_days(days))
}

fn value() -> impl Strategy<Value = Decimal> {
    let limit = (1i128 << 96) - 1;
    prop_oneof![
        4 => (-1000i128..1000, 0u32..3),
        1 => (-limit..limit, 0..=28u32),
        1 => Just((0, 0)),
    ]
    .prop_map(|(digits, scale)| Decimal::from_parts(digits, scale).unwrap())
}

fn points(at: impl Strategy<Value = Decimal>) -> impl Strategy<Value = Vec<CurvePoint>> {
    prop::collection::btree_map(0i32..92, at, 0..12).prop_map(|found| {
        (found.into_iter())
            .map(|(days, value)| CurvePoint {
                date: day("2026-07-01").plus_days(days),
                value,
            })
            .collect()
    })
}

fn some<T: std::fmt::Debug>(of: impl Strategy<Value = T>) -> impl Strategy<Value = Option<T>> {
    prop::option::of(of)
}

prop_compose! {
    pub(super) fn any_plot()(
        metric in prop::sample::select(MetricKind::ALL.to_vec()),
        on in date(),
        start in some(value()),
        course in points(value()),
        confidence in points((0i128..=10).prop_map(|n| Decimal::from_parts(n, 1).unwrap())),
        aims in prop::collection::vec((date(), some(value()), some(value()), some(value()), some(value())), 1..4),
        marks in prop::collection::vec((date(), 0usize..9, "\\PC{0,30}"), 0..9),
        steps in prop::collection::vec((date(), "\\PC{0,30}", value()), 0..3),
        title in "\\PC{0,60}",
        unit in some("\\PC{0,9}"),
    ) -> Plot {
        const KINDS: [MarkKind; 9] = [
            MarkKind::Conflict, MarkKind::Aim, MarkKind::Grade, MarkKind::Problem, MarkKind::Learning,
            MarkKind::Decision, MarkKind::Win, MarkKind::Thanks, MarkKind::Comment,
        ];
        let mut aims: Vec<AimPoint> = (aims.into_iter())
            .map(|(since, baseline, target, low, high)| AimPoint { since, baseline, target, low, high })
            .collect();
        aims.sort_by_key(|aim| aim.since);
        let pace = [("2026-06-30", aims[0].baseline), ("2026-09-30", aims[0].target)];
        let pace = pace.map(|(date, value)| Some(CurvePoint { date: day(date), value: value? }));
        Plot {
            title, metric, unit,
            starts: day("2026-07-01"),
            ends: day("2026-09-30"),
            on: on.min(day("2026-09-30")),
            start, course, confidence, aims,
            pace: pace.into_iter().collect::<Option<Vec<_>>>().unwrap_or_default(),
            steps: steps.into_iter().map(|(date, name, value)| StepPoint { date, name, value }).collect(),
            marks: marks.into_iter().map(|(date, kind, told)| Mark { date, kind: KINDS[kind], told }).collect(),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn no_chart_is_wider_or_higher_than_asked(plot in any_plot(), columns in 0usize..130, rows in 0usize..30) {
        let scale = Scale::of(&plot);
        for drawn in [lines(&plot, &scale, columns, rows), lines(&plot, &scale.clone().with_all_rows(), columns, rows)] {
            prop_assert!(drawn.len() <= rows);
            for line in &drawn {
                prop_assert!(line.width() <= columns, "{} > {columns}", line.width());
            }
        }
        for line in legend(&plot, columns) {
            prop_assert!(line.width() <= columns);
        }
    }

    #[test]
    fn every_value_of_the_scale_lies_within_it(plot in any_plot(), other in any_plot()) {
        let mut scale = Scale::of(&plot);
        scale.take(&other);
        for plot in [&plot, &other] {
            for point in &plot.course {
                let (x, y) = (scale.across(point.date), scale.up(point.value));
                prop_assert!((0.0..=1.0).contains(&x) && (0.0..=1.0).contains(&y), "{x} {y}");
            }
        }
        // What is more lies higher.
        for pair in plot.course.windows(2) {
            if pair[0].value < pair[1].value {
                prop_assert!(scale.up(pair[0].value) <= scale.up(pair[1].value));
            }
        }
    }
}
