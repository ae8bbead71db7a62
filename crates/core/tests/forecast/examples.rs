//! Worked examples, among them those of `docs/odds.md`.

use crate::support::quarter::milestone;
use crate::support::*;
use crate::*;

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
