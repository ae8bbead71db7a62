//! Where a key result ends if it goes on like this: worked examples, among them those of
//! `docs/odds.md`, and properties against a plain recomputation.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use proptest::prelude::*;
use quarterdeck_core::decide::Command;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::{Body, CheckedIn, KpiRecorded, Metric};
use quarterdeck_core::forecast::{self, Forecast, Lies, Outlook, Why};
use quarterdeck_core::id::KeyResultId;
use quarterdeck_core::score;
use quarterdeck_core::state::State;
use quarterdeck_core::token::MetricKind;
use quarterdeck_core::value::{Field, Measure, Subject, Value};
use support::quarter::milestone;
use support::*;

fn day(n: i32) -> String {
    date("2026-07-01").plus_days(n - 1).to_string()
}

/// A quarter in which `leads` was measured so on these days of the cycle, counted from 1.
fn measured(metric: Metric, values: &[(i32, Decimal)]) -> World {
    let mut world = World::with_quarter();
    let added = key_result(NPS, "the one looked at", metric);
    world.online("ana", vec![Command::Record(Body::KeyResultAdded(added))]);
    world.now = noon("2026-09-30");
    let said = (values.iter())
        .map(|(at, value)| check_in_on(looked_at(), Measure::Absolute(*value), &day(*at)))
        .collect::<Vec<_>>();
    for command in said {
        world.online("ana", vec![command]);
    }
    world
}

fn looked_at() -> KeyResultId {
    KeyResultId::new(id(NPS))
}

fn outlook(state: &State, on: &str) -> Outlook {
    forecast::of(
        state,
        &state.key_results[&looked_at()],
        &state.cycles[&cycle()],
        date(on),
    )
}

fn ends(world: &World, on: &str) -> Forecast {
    match outlook(&world.state, on) {
        Outlook::Ends(forecast) => forecast,
        other => panic!("{other:?}"),
    }
}

fn whole(values: &[(i32, i64)]) -> Vec<(i32, Decimal)> {
    (values.iter())
        .map(|(at, value)| (*at, Decimal::from(*value)))
        .collect()
}

fn told(forecast: &Forecast) -> [Decimal; 3] {
    [forecast.low, forecast.value, forecast.high].map(|value| value.round(forecast.places))
}

#[test]
fn one_week_that_lies_far_off_hardly_moves_it() {
    // The example of docs/odds.md.
    let weeks = [
        (7, 503),
        (14, 507),
        (21, 510),
        (28, 530),
        (35, 517),
        (42, 521),
        (49, 524),
    ];
    let world = measured(increase("500", "550"), &whole(&weeks));
    let found = ends(&world, "2026-08-20");
    assert_eq!(found.value, dec("545.5"));
    assert_eq!(told(&found), ["542", "546", "548"].map(dec));
    assert_eq!(found.low, dec("542.1217"));
    assert_eq!(found.high, dec("548.4688"));
    assert_eq!(found.score, Some(dec("0.91")));
    assert_eq!(found.scores, Some((dec("0.8424"), dec("0.9694"))));
    assert_eq!(found.of, 7);
}

#[test]
fn a_seasonal_quarter_is_not_drawn_in_a_straight_line() {
    // The other example: July, August and September weigh 5, 3 and 2.
    let weeks = [(10, 508), (20, 516), (31, 525)];
    let mut world = measured(increase("500", "550"), &whole(&weeks));
    let straight = ends(&world, "2026-07-31");
    assert_eq!(straight.value.round(1), dec("574"));
    let weights = vec![dec("5"), dec("3"), dec("2")];
    world.online(
        "ana",
        vec![Command::Edit {
            subject: Subject::Cycle(cycle()),
            set: vec![(Field::MonthWeights, Value::Numbers(weights))],
        }],
    );
    // Half of the way is expected by the end of July, and 25 of 50 are there.
    let seasonal = ends(&world, "2026-07-31");
    assert_eq!(seasonal.value.round(1), dec("549.9"));
    assert_eq!(seasonal.score.map(|score| score.round(2)), Some(dec("1")));
}

#[test]
fn a_month_of_no_weight_expects_nothing_and_counts_as_one_point() {
    let days = [(5, 510), (10, 520), (20, 530), (40, 540), (50, 550)];
    let mut world = measured(increase("500", "600"), &whole(&days));
    let weights = vec![dec("1"), dec("0"), dec("0")];
    world.online(
        "ana",
        vec![Command::Edit {
            subject: Subject::Cycle(cycle()),
            set: vec![(Field::MonthWeights, Value::Numbers(weights))],
        }],
    );
    // Nothing is expected after July: it stays at what was measured last.
    let found = ends(&world, "2026-08-25");
    assert_eq!([found.low, found.value, found.high], [dec("550"); 3]);
}

#[test]
fn what_held_when_the_cycle_began_is_where_the_course_starts() {
    let values = whole(&[(20, 510), (30, 515), (40, 520)]);
    let mut world = measured(increase("500", "550"), &values);
    assert_eq!(ends(&world, "2026-08-10").value, dec("546"));
    // The KPI that it reads from was at 516 before the cycle: the course is flatter than from the
    // baseline. Slopes −0.3, −0.0333, 0.1, 0.5, 0.5, 0.5; 52 days are left.
    world.with_practice();
    let reading = |value: &str, on: &str| {
        Command::Record(Body::KpiRecorded(KpiRecorded {
            kpi: kpi(),
            value: dec(value),
            effective: date(on),
            note: None,
        }))
    };
    let feeds = Command::Edit {
        subject: Subject::KeyResult(looked_at()),
        set: vec![
            (Field::Unit, Value::Text("leads".into())),
            (Field::Kpi, Value::Ref(Subject::Kpi(kpi()))),
        ],
    };
    world.online("ana", vec![feeds, reading("516", "2026-06-28")]);
    let flatter = ends(&world, "2026-08-10");
    assert_eq!(flatter.value, dec("535.6"));
    assert_eq!(flatter.of, 3);
}

#[test]
fn milestones_go_by_the_weight_done_and_no_further_than_all_of_it() {
    let steps = Metric {
        milestones: vec![
            milestone("draft", "1"),
            milestone("pilot", "2"),
            milestone("trial", "3"),
            milestone("live", "6"),
        ],
        ..metric(MetricKind::Milestones)
    };
    let mut world = measured(steps, &[]);
    for (at, step) in [(10, "draft"), (30, "pilot"), (60, "trial")] {
        let done = Measure::Step {
            name: step.into(),
            done: true,
        };
        world.online("ana", vec![check_in_on(looked_at(), done, &day(at))]);
    }
    // 0, 1, 3, 6 on the days 0, 10, 30, 60: slopes 0.1, 0.1, 0.1, 0.1, 0.1, 0.1; 32 days are left.
    let found = ends(&world, "2026-08-30");
    assert_eq!([found.low, found.value, found.high], [dec("9.2"); 3]);
    assert_eq!(found.score, Some(dec("0.7667")));
    let all = Measure::Step {
        name: "live".into(),
        done: true,
    };
    world.online("ana", vec![check_in_on(looked_at(), all, &day(61))]);
    assert_eq!(ends(&world, "2026-08-31").value, dec("12"));
}

#[test]
fn a_range_is_kept_for_the_rest_as_it_was_in_the_last_periods() {
    let range = Metric {
        low: Some(dec("40")),
        high: Some(dec("60")),
        ..metric(MetricKind::Maintain)
    };
    let values = [
        (7, 50),
        (14, 30),
        (21, 50),
        (28, 50),
        (35, 70),
        (42, 50),
        (49, 50),
        (56, 50),
    ];
    let world = measured(range, &whole(&values));
    // 13 weeks; 8 are over, 6 of them kept, 5 of the last 6. 5 are left: (6 + 5 × 5/6) ÷ 13.
    let found = ends(&world, "2026-08-25");
    assert_eq!(found.value, dec("0.7821"));
    // Wilson at 80 % for 5 of 6, by hand.
    let (n, p, z2) = (6.0f64, 5.0f64 / 6.0, 1.642_374f64);
    let middle = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = (z2 * (p * (1.0 - p) / n + z2 / (4.0 * n * n))).sqrt() / (1.0 + z2 / n);
    assert!((found.low.to_f64() - (6.0 + 5.0 * (middle - half)) / 13.0).abs() < 0.0001);
    assert!((found.high.to_f64() - (6.0 + 5.0 * (middle + half)) / 13.0).abs() < 0.0001);
    assert_eq!(found.score, Some(found.value));
}

#[test]
fn what_is_done_or_not_has_the_last_confidence() {
    let mut world = measured(metric(MetricKind::Binary), &[]);
    assert_eq!(
        outlook(&world.state, "2026-08-20"),
        Outlook::Unknown(Why::NoConfidence)
    );
    let said = CheckedIn {
        key_result: looked_at(),
        measure: Measure::Done(false),
        effective: date("2026-08-19"),
        confidence: Some(dec("0.7")),
        projection: None,
        note: None,
    };
    world.online("ana", vec![Command::Record(Body::CheckedIn(said))]);
    assert_eq!(
        outlook(&world.state, "2026-08-20"),
        Outlook::Likely(dec("0.7"))
    );
    world.online(
        "ana",
        vec![check_in_on(looked_at(), Measure::Done(true), "2026-08-21")],
    );
    assert_eq!(
        outlook(&world.state, "2026-08-21"),
        Outlook::Likely(Decimal::ONE)
    );
}

#[test]
fn where_there_is_none_it_is_said_why() {
    let two = whole(&[(10, 510), (20, 520)]);
    let mut world = measured(increase("500", "550"), &two);
    let unknown = |world: &World, on: &str| match outlook(&world.state, on) {
        Outlook::Unknown(why) => why,
        other => panic!("{other:?}"),
    };
    let too_few = Why::TooFewDays { measured: 2 };
    assert_eq!(unknown(&world, "2026-08-01"), too_few);
    assert_eq!(
        too_few.sentence(),
        "A forecast takes 3 measured days; there are 2."
    );
    assert_eq!(unknown(&world, "2026-06-30"), Why::NotBegun);
    assert_eq!(unknown(&world, "2026-09-30"), Why::Over);
    world.online(
        "ana",
        vec![check_in_on(looked_at(), absolute("530"), "2026-07-30")],
    );
    assert_eq!(ends(&world, "2026-08-01").of, 3);
    // What was measured later than the day asked about is not there yet.
    assert_eq!(unknown(&world, "2026-07-29"), too_few);
    let dropped = Command::Edit {
        subject: Subject::KeyResult(looked_at()),
        set: vec![(Field::State, Value::Text("dropped".into()))],
    };
    world.online_because("ana", vec![dropped], "not ours any more");
    assert_eq!(unknown(&world, "2026-08-01"), Why::SetAside);
}

#[test]
fn a_projection_beside_it_is_within_its_range_or_not() {
    let straight = whole(&[(10, 505), (20, 510), (30, 512), (40, 520)]);
    for (projected, lies) in [
        ("520", Lies::Below),
        ("546", Lies::Within),
        ("570", Lies::Above),
    ] {
        let mut world = measured(increase("500", "550"), &straight);
        let said = CheckedIn {
            key_result: looked_at(),
            measure: absolute("520"),
            effective: date(&day(40)),
            confidence: None,
            projection: Some(dec(projected)),
            note: None,
        };
        world.online("ana", vec![Command::Record(Body::CheckedIn(said))]);
        let stated = ends(&world, "2026-08-10").stated.unwrap();
        assert_eq!((stated.value, stated.lies), (dec(projected), lies));
    }
}

#[test]
fn an_objective_is_expected_at_the_mean_by_weight_of_what_can_be_told() {
    let straight = whole(&[(10, 505), (20, 510), (40, 520)]);
    let mut world = measured(increase("500", "550"), &straight);
    // 546 of 550, and 30 of 50 for the other with three times its weight; a third says nothing.
    world.online(
        "ana",
        vec![
            Command::Edit {
                subject: leads_subject(),
                set: vec![(Field::Weight, Value::Number(dec("3")))],
            },
            check_in(absolute("505"), "2026-07-10"),
            check_in(absolute("510"), "2026-07-20"),
            check_in(absolute("530"), "2026-09-29"),
            Command::Record(Body::KeyResultAdded(key_result(
                300,
                "never measured",
                increase("0", "1"),
            ))),
        ],
    );
    let on = date("2026-09-29");
    let one = |id: KeyResultId| {
        let state = &world.state;
        let found = &state.key_results[&id];
        forecast::of(state, found, &state.cycles[&cycle()], on)
            .score()
            .unwrap()
            .to_f64()
    };
    let by_hand = (one(looked_at()) + 3.0 * one(leads())) / 4.0;
    let expected = forecast::of_objective(&world.state, objective(), on).unwrap();
    assert!((expected.to_f64() - by_hand).abs() < 0.0001);
    let all = forecast::of_cycle(&world.state, cycle(), on, |_| true);
    assert_eq!(all.all, Some(expected));
    assert_eq!((all.committed, all.aspirational), (None, Some(expected)));
}

/// Theil and Sen over all pairs, in floating point: low, middle and high slope.
fn brute_force(points: &[(f64, f64)]) -> [f64; 3] {
    let mut slopes = Vec::new();
    for (at, a) in points.iter().enumerate() {
        for b in &points[at + 1..] {
            slopes.push((b.1 - a.1) / (b.0 - a.0));
        }
    }
    slopes.sort_by(f64::total_cmp);
    let (many, n) = (slopes.len(), points.len() as f64);
    let mut spread = n * (n - 1.0) * (2.0 * n + 5.0);
    let mut left: Vec<f64> = points.iter().map(|point| point.1).collect();
    while let Some(value) = left.pop() {
        let t = 1.0 + left.iter().filter(|other| **other == value).count() as f64;
        left.retain(|other| *other != value);
        spread -= t * (t - 1.0) * (2.0 * t + 5.0);
    }
    let c = (1.642_374 * spread / 18.0).sqrt();
    // Rounded outwards, as whole ranks from 1.
    let rank = ((many as f64 - c.ceil()) / 2.0).floor().max(1.0) as usize;
    let middle = (slopes[(many - 1) / 2] + slopes[many / 2]) / 2.0;
    [slopes[rank - 1], middle, slopes[many - rank]]
}

/// How far it strays for each root of what is left.
fn unevenness(points: &[(f64, f64)], slope: f64) -> f64 {
    let mut steps: Vec<f64> = (points.windows(2))
        .map(|step| {
            let along = step[1].0 - step[0].0;
            (step[1].1 - step[0].1 - slope * along).abs() / along.sqrt()
        })
        .collect();
    steps.sort_by(f64::total_cmp);
    1.9 * steps[steps.len() / 2]
}

fn a_course() -> impl Strategy<Value = Vec<(i32, Decimal)>> {
    let values = prop::collection::btree_map(1..=85i32, -5_000..5_000i32, 3..14);
    (values, 0..3u32).prop_map(|(values, places)| {
        (values.into_iter())
            .map(|(at, value)| (at, Decimal::from_parts(value.into(), places).unwrap()))
            .collect()
    })
}

fn on(values: &[(i32, Decimal)]) -> String {
    day(values.last().unwrap().0)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn it_is_what_brute_force_finds(values in a_course()) {
        let world = measured(increase("10", "90"), &values);
        let found = ends(&world, &on(&values));
        let mut points = vec![(0.0, 10.0)];
        points.extend(values.iter().map(|(at, value)| (f64::from(*at), value.to_f64())));
        let (last, left) = (points.last().unwrap().1, f64::from(92 - values.last().unwrap().0));
        let slopes = brute_force(&points);
        let astray = unevenness(&points, slopes[1]) * left.sqrt();
        let mut expected = slopes.map(|slope| last + slope * left);
        expected[0] -= astray;
        expected[2] += astray;
        for (found, expected) in [found.low, found.value, found.high].into_iter().zip(expected) {
            prop_assert!((found.to_f64() - expected).abs() < 0.001, "{found} {expected}");
        }
        let score = ((found.value.to_f64() - 10.0) / 80.0).clamp(0.0, 1.0);
        prop_assert!((found.score.unwrap().to_f64() - score).abs() < 0.0001);
    }

    #[test]
    fn a_straight_course_is_continued_exactly_and_one_more_point_on_it_changes_nothing(
        days in prop::collection::btree_set(1..=85i32, 3..10),
        from in -1_000..1_000i64,
        slope in -300..300i64,
        places in 0..3u32,
        weights in prop::option::of(prop::collection::vec(1..9u32, 3)),
    ) {
        let step = Decimal::from_parts(slope.into(), places).unwrap();
        let axis = |day: i32| match &weights {
            None => i64::from(day),
            // 930 is what 31, 31 and 30 days have in common.
            Some(weights) => {
                let mut left = i64::from(day);
                [31, 31, 30].iter().zip(weights).map(|(length, weight)| {
                    let days = left.min(*length);
                    left -= days;
                    days * (930 / length) * i64::from(*weight)
                }).sum()
            }
        };
        let at = |day: i32| {
            let way = step.checked_mul(Decimal::from(axis(day))).unwrap();
            Decimal::from(from).checked_add(way).unwrap()
        };
        let all: Vec<(i32, Decimal)> = days.iter().map(|day| (*day, at(*day))).collect();
        let target = Decimal::from(from + 500).to_string();
        let build = |values: &[(i32, Decimal)]| {
            let mut world = measured(increase(&from.to_string(), &target), values);
            if let Some(weights) = &weights {
                let weights = weights.iter().map(|weight| Decimal::from(*weight)).collect();
                world.online("ana", vec![Command::Edit {
                    subject: Subject::Cycle(cycle()),
                    set: vec![(Field::MonthWeights, Value::Numbers(weights))],
                }]);
            }
            let found = ends(&world, &on(&all));
            [found.low, found.value, found.high]
        };
        prop_assert_eq!(build(&all), [at(92); 3]);
        if all.len() > 3 {
            let mut fewer = all.clone();
            fewer.remove(1);
            prop_assert_eq!(build(&fewer), [at(92); 3]);
        }
    }

    #[test]
    fn ten_times_the_values_end_at_ten_times_the_value(values in a_course()) {
        let ten = Decimal::from(10u32);
        let tenfold: Vec<_> = values.iter()
            .map(|(at, value)| (*at, value.checked_mul(ten).unwrap()))
            .collect();
        let one = ends(&measured(increase("10", "90"), &values), &on(&values));
        let other = ends(&measured(increase("100", "900"), &tenfold), &on(&values));
        let off = one.value.checked_mul(ten).unwrap().checked_sub(other.value).unwrap();
        prop_assert!(off.abs() <= dec("0.01"), "{off}");
        let score = one.score.unwrap().checked_sub(other.score.unwrap()).unwrap();
        prop_assert!(score.abs() <= dec("0.0002"));
        prop_assert!(one.low <= one.value && one.value <= one.high);
    }

    #[test]
    fn no_number_is_too_much_for_it(
        values in prop::collection::vec((1..=85i32, any::<i128>(), 0..=28u32, 0..=126u32), 3..9),
    ) {
        let values: Vec<(i32, Decimal)> = values.into_iter()
            .filter_map(|(at, mantissa, scale, shift)| {
                Some((at, Decimal::from_parts(mantissa >> shift, scale)?))
            })
            .collect();
        prop_assume!(!values.is_empty());
        let world = measured(increase("10", "90"), &values);
        match outlook(&world.state, "2026-09-29") {
            Outlook::Ends(found) => prop_assert!(found.low <= found.value && found.value <= found.high),
            Outlook::Unknown(why) => prop_assert!(!why.sentence().is_empty()),
            Outlook::Likely(_) => prop_assert!(false),
        }
    }

    #[test]
    fn the_course_is_the_value_at_the_end_of_each_measured_day(
        said in prop::collection::vec((1..=85i32, -50..50i64, any::<bool>()), 1..12),
        read in prop::collection::vec((-20..=85i32, -50..50i64), 0..6),
    ) {
        let mut world = World::with_quarter();
        if !read.is_empty() {
            world.with_practice();
        }
        world.now = noon("2026-09-30");
        for (at, value, change) in &said {
            let value = Decimal::from(*value);
            let said = if *change { Measure::Delta(value) } else { Measure::Absolute(value) };
            world.online("ana", vec![check_in(said, &day(*at))]);
        }
        for (at, value) in &read {
            world.online("ana", vec![Command::Record(Body::KpiRecorded(KpiRecorded {
                kpi: kpi(),
                value: Decimal::from(*value),
                effective: date(&day(*at)),
                note: None,
            }))]);
        }
        let state = &world.state;
        let found = score::course(state, &state.key_results[&leads()], &state.cycles[&cycle()], date("2026-09-01"));
        let mut days: Vec<i32> = said.iter().map(|one| one.0).chain(read.iter().map(|one| one.0)).collect();
        days.retain(|at| (1..=63).contains(at));
        days.sort_unstable();
        days.dedup();
        let slow: Vec<_> = days.iter()
            .map(|at| (date(&day(*at)), world.value(&day(*at)).unwrap()))
            .collect();
        prop_assert_eq!(found, slow);
    }
}
