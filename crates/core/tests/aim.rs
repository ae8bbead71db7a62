//! What was aimed at, day by day, against what was known at the end of each day.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use proptest::prelude::*;
use quarterdeck_core::aim::{self, Aim, Aimed, Aims};
use quarterdeck_core::asked;
use quarterdeck_core::calendar::Date;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::{Metric, Source};
use quarterdeck_core::past::Past;
use quarterdeck_core::score;
use quarterdeck_core::state::State;
use quarterdeck_core::token::MetricKind;
use quarterdeck_core::when::Moment;
use support::past::{Listed, fold};
use support::quarter::milestone;
use support::story::{play, story};
use support::*;

fn aims(world: &World) -> Vec<Aimed> {
    aim::of(&mut Listed::all(&world.log), leads()).unwrap()
}

/// The days on which a target came to stand, with it.
fn targets(aims: &[Aimed]) -> Vec<(String, String)> {
    (aims.iter())
        .map(|one| (one.since.to_string(), one.aim.target.unwrap().to_string()))
        .collect()
}

/// A target set in June, moved in July and twice in August, once there and back within a day.
fn moved() -> World {
    let mut world = World::with_quarter();
    for (day, targets) in [
        ("2026-06-28", &["600"][..]),
        ("2026-07-20", &["650"]),
        ("2026-08-03", &["700", "650"]),
        ("2026-08-10", &["620", "560"]),
    ] {
        world.now = noon(day);
        for target in targets {
            world.online("ana", vec![set_target(target)]);
        }
    }
    world.pull_all();
    world
}

#[test]
fn each_aim_stands_from_the_day_at_whose_end_it_stood() {
    let told = targets(&aims(&moved()));
    let told: Vec<(&str, &str)> = (told.iter().map(|(day, target)| (&**day, &**target))).collect();
    assert_eq!(
        told[told.len() - 3..],
        [
            ("2026-06-28", "600"),
            ("2026-07-20", "650"),
            ("2026-08-10", "560"),
        ]
    );
}

#[test]
fn an_aim_that_was_imported_stands_from_when_its_source_was_written() {
    // Given a move that lies further on in the log than a later one.
    let mut world = moved();
    let at = world.log.len();
    world.now = noon("2026-09-01");
    world.online("ana", vec![set_target("540")]);
    let entry = &mut world.log[at];
    entry.event.source = Some(Source {
        origin: "okrs.md".into(),
        author: "bob".into(),
        at: noon("2026-08-05"),
    });
    let mut past = Listed::all(&world.log);
    let told = aim::of(&mut past, leads()).unwrap();
    held_to_what_was_known(&world, &told);
}

#[test]
fn nothing_is_aimed_at_by_what_is_not_there() {
    let nobody = quarterdeck_core::id::KeyResultId::new(id(999));
    let world = moved();
    assert_eq!(
        aim::of(&mut Listed::all(&world.log), nobody).unwrap(),
        Vec::new()
    );
    assert!(Aims::default().of(nobody).is_empty());
}

#[test]
fn every_kind_of_metric_has_an_aim() {
    let of = |metric: &Metric| {
        let aim = Aim::of(metric);
        [aim.baseline, aim.target, aim.low, aim.high]
            .map(|value| value.map_or_else(|| "-".to_owned(), |value| value.to_string()))
            .join(" ")
    };
    assert_eq!(of(&increase("500", "550")), "500 550 - -");
    let range = Metric {
        low: Some(dec("5")),
        high: Some(dec("20")),
        ..metric(MetricKind::Maintain)
    };
    assert_eq!(of(&range), "- - 5 20");
    let steps = Metric {
        milestones: vec![milestone("draft", "1"), milestone("live", "2.5")],
        ..metric(MetricKind::Milestones)
    };
    assert_eq!(of(&steps), "0 3.5 - -");
    assert_eq!(of(&metric(MetricKind::Binary)), "0 1 - -");
}

#[test]
fn the_line_of_pace_runs_from_the_baseline_to_the_target() {
    let falling = Aim::of(&Metric {
        kind: MetricKind::Decrease,
        ..increase("40", "30")
    });
    let at = |share: &str| falling.at(dec(share)).unwrap().to_string();
    assert_eq!(
        (at("0"), at("0.25"), at("1")),
        ("40".into(), "37.5".into(), "30".into())
    );
    assert_eq!(Aim::of(&metric(MetricKind::Binary)).at(Decimal::ONE), None);
    assert_eq!(
        Aim::of(&metric(MetricKind::Maintain)).at(Decimal::ONE),
        None
    );
}

#[test]
fn the_last_weeks_have_the_values_that_held_then() {
    let mut world = World::with_quarter();
    world.now = noon("2026-07-30");
    let made = [
        ("507", "2026-07-03"),
        ("514", "2026-07-13"),
        ("531", "2026-07-27"),
    ];
    world.online(
        "ana",
        made.map(|(value, day)| check_in(absolute(value), day))
            .into(),
    );
    let state = &world.state;
    let found = &state.key_results[&leads()];
    let cycle = &state.cycles[&cycle()];
    let on = date("2026-07-30");
    let weekly = |weeks| score::weekly(state, found, cycle, on, weeks);
    let values: Vec<String> = weekly(10)
        .iter()
        .map(|value| value.unwrap().to_string())
        .collect();
    // 2, 9, 16, 23 and 30 July.
    assert_eq!(values, ["500", "507", "514", "514", "531"]);
    assert_eq!(weekly(2).len(), 2);
    assert_eq!(
        score::weekly(state, found, cycle, date("2026-07-02"), 10),
        []
    );
}

/// The aim that stood at the end of a day.
fn stood(aims: &[Aimed], day: Date) -> Option<Aim> {
    (aims.iter().rev())
        .find(|one| one.since <= day)
        .map(|one| one.aim)
}

fn held_to_what_was_known(world: &World, told: &[Aimed]) {
    let mut past = Listed::all(&world.log);
    let zone = asked::zone(past.state());
    let first = date("2026-06-01");
    for day in (0..150).map(|days| first.plus_days(days)) {
        let known = past.known_at(Moment::At(zone.end_of(day))).unwrap();
        let found = known.key_results.get(&leads());
        assert_eq!(
            stood(told, day),
            found.map(|found| Aim::of(&found.metric)),
            "{day}"
        );
    }
    for pair in told.windows(2) {
        assert!(pair[0].since < pair[1].since && pair[0].aim != pair[1].aim);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn at_the_end_of_every_day_it_is_what_was_known_then(story in story()) {
        let world = play(&story);
        let told = aims(&world);
        held_to_what_was_known(&world, &told);

        // And the same while a fold goes on.
        let (mut kept, mut state) = (Aims::default(), State::default());
        let whole = fold(&world.log);
        let zone = asked::zone(&whole);
        for entry in &world.log {
            state.apply(entry);
            let known = entry.known_at(whole.alone_until());
            kept.take(&state, leads(), zone.date_of(known));
        }
        prop_assert_eq!(kept.of(leads()), &told[..]);
    }
}
