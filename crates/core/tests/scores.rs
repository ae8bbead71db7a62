//! Values, scores, pace and status, by worked examples.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use quarterdeck_core::calendar::Date;
use quarterdeck_core::decide::Command;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::{Body, CheckedIn, Metric};
use quarterdeck_core::id::KeyResultId;
use quarterdeck_core::score::{self, Progress};
use quarterdeck_core::status::{self, Explained};
use quarterdeck_core::token::{MetricKind, Status};
use quarterdeck_core::value::{Field, Measure, Milestone, Subject, Value};
use support::*;

/// A world with one more key result of this metric.
fn with_metric(metric: Metric) -> World {
    let mut world = World::with_quarter();
    let new = key_result(NPS, "the one looked at", metric);
    world.online("ana", vec![Command::Record(Body::KeyResultAdded(new))]);
    world
}

fn nps() -> KeyResultId {
    KeyResultId::new(id(NPS))
}

fn measured(world: &mut World, measure: Measure, on: &str) {
    world.now = world.now.max(noon(on));
    world.online("ana", vec![check_in_on(nps(), measure, on)]);
}

fn confident(world: &mut World, measure: Measure, on: &str, confidence: &str) {
    world.now = world.now.max(noon(on));
    let said = CheckedIn {
        key_result: nps(),
        measure,
        effective: date(on),
        confidence: Some(dec(confidence)),
        projection: None,
        note: None,
    };
    world.online("ana", vec![Command::Record(Body::CheckedIn(said))]);
}

fn progress(world: &World, on: &str) -> Progress {
    let cycle = &world.state.cycles[&cycle()];
    score::progress(
        &world.state,
        &world.state.key_results[&nps()],
        cycle,
        date(on),
    )
}

fn status(world: &World, on: &str) -> Explained {
    let cycle = &world.state.cycles[&cycle()];
    status::of_key_result(
        &world.state,
        &world.state.key_results[&nps()],
        cycle,
        date(on),
    )
}

fn score_on(world: &World, on: &str) -> Option<Decimal> {
    progress(world, on).score
}

#[test]
fn an_increase_is_measured_from_its_baseline_and_shown_unclamped() {
    let mut world = with_metric(increase("500", "550"));
    assert_eq!(score_on(&world, "2026-07-10"), Some(dec("0")));
    measured(&mut world, absolute("531"), "2026-07-10");
    assert_eq!(score_on(&world, "2026-07-10"), Some(dec("0.62")));
    measured(&mut world, absolute("565"), "2026-07-17");
    let over = progress(&world, "2026-07-17");
    assert_eq!(
        (over.progress, over.score),
        (Some(dec("1.3")), Some(dec("1")))
    );
    measured(&mut world, absolute("495"), "2026-07-24");
    let under = progress(&world, "2026-07-24");
    assert_eq!(
        (under.progress, under.score),
        (Some(dec("-0.1")), Some(dec("0")))
    );
}

#[test]
fn a_decrease_counts_downwards() {
    let mut world = with_metric(Metric {
        baseline: Some(dec("40")),
        target: Some(dec("30")),
        ..metric(MetricKind::Decrease)
    });
    measured(&mut world, absolute("37.5"), "2026-07-10");
    assert_eq!(score_on(&world, "2026-07-10"), Some(dec("0.25")));
}

#[test]
fn where_baseline_equals_target_reaching_it_is_everything() {
    let mut world = with_metric(increase("10", "10"));
    assert_eq!(
        score_on(&world, "2026-07-10"),
        Some(dec("1")),
        "reached exactly is met"
    );
    measured(&mut world, absolute("9.99"), "2026-07-10");
    assert_eq!(score_on(&world, "2026-07-10"), Some(dec("0")));
}

#[test]
fn a_range_is_scored_by_the_periods_that_ended_within_it() {
    let mut world = with_metric(Metric {
        low: Some(dec("95")),
        high: Some(dec("100")),
        ..metric(MetricKind::Maintain)
    });
    assert_eq!(score_on(&world, "2026-07-06"), None, "no period is over");
    measured(&mut world, absolute("95"), "2026-07-07");
    assert_eq!(
        score_on(&world, "2026-07-07"),
        Some(dec("1")),
        "a bound counts as kept"
    );
    measured(&mut world, absolute("94"), "2026-07-14");
    measured(&mut world, absolute("96"), "2026-07-15");
    assert_eq!(score_on(&world, "2026-07-21"), Some(dec("0.6667")));
}

#[test]
fn milestones_weigh_what_they_weigh() {
    let step = |name: &str, weight: &str| Milestone {
        name: name.into(),
        weight: dec(weight),
    };
    let mut world = with_metric(Metric {
        milestones: vec![step("draft", "1"), step("pilot", "2"), step("live", "3")],
        ..metric(MetricKind::Milestones)
    });
    let step = |name: &str, done| Measure::Step {
        name: name.into(),
        done,
    };
    measured(&mut world, step("draft", true), "2026-07-08");
    measured(&mut world, step("pilot", true), "2026-07-09");
    assert_eq!(score_on(&world, "2026-07-10"), Some(dec("0.5")));
    measured(&mut world, step("draft", false), "2026-07-10");
    assert_eq!(score_on(&world, "2026-07-10"), Some(dec("0.3333")));
}

#[test]
fn deltas_add_to_the_absolute_value_before_them_whatever_the_order_of_arrival() {
    let mut world = with_metric(increase("0", "100"));
    measured(&mut world, delta("5"), "2026-07-09");
    measured(&mut world, absolute("20"), "2026-07-05");
    measured(&mut world, delta("1"), "2026-07-04");
    assert_eq!(progress(&world, "2026-07-10").current, Some(dec("25")));
    assert_eq!(
        progress(&world, "2026-07-04").current,
        Some(dec("1")),
        "from the baseline"
    );
}

#[test]
fn a_correction_counts_from_the_corrected_date() {
    let mut world = World::with_quarter();
    let made = world
        .online("ana", vec![check_in(absolute("540"), "2026-07-09")])
        .remove(0);
    let correct = Command::Edit {
        subject: Subject::CheckIn(leads(), made.event.id),
        set: vec![
            (Field::Value, Value::Measure(absolute("504"))),
            (Field::Effective, Value::Date(date("2026-07-03"))),
        ],
    };
    let corrected = world.online("ana", vec![correct]).remove(0);
    assert_eq!(corrected.event.body.kind(), "CheckInCorrected");
    assert_eq!(world.value("2026-07-03"), Some(dec("504")));
    assert_eq!(world.value("2026-07-02"), Some(dec("500")));
}

#[test]
fn an_objective_is_the_weighted_mean_of_its_live_key_results() {
    let mut world = with_metric(increase("0", "10"));
    measured(&mut world, absolute("10"), "2026-07-10");
    let set = |field, value| Command::Edit {
        subject: Subject::KeyResult(nps()),
        set: vec![(field, value)],
    };
    let mean =
        |world: &World| score::objective_score(&world.state, objective(), date("2026-07-10"));
    assert_eq!(mean(&world), Some(dec("0.5")));
    world.online("ana", vec![set(Field::Weight, Value::Number(dec("3")))]);
    assert_eq!(mean(&world), Some(dec("0.75")));
    world.online_because(
        "ana",
        vec![set(Field::State, Value::Text("deferred".into()))],
        "the form is broken",
    );
    assert_eq!(mean(&world), Some(dec("0")), "deferred leaves the mean");
    let means = score::cycle_means(&world.state, cycle(), date("2026-07-10"), |_| true);
    assert_eq!((means.all, means.committed), (Some(dec("0")), None));
    assert_eq!(means.aspirational, Some(dec("0")));
}

#[test]
fn silence_is_never_green() {
    let mut world = with_metric(increase("0", "100"));
    assert_eq!(status(&world, "2026-07-01").status, Status::Stale);
    measured(&mut world, absolute("50"), "2026-07-10");
    assert_eq!(status(&world, "2026-07-10").status, Status::OnTrack);
    let silent = status(&world, "2026-07-31");
    assert_eq!(silent.status, Status::Stale);
    assert_eq!(
        silent.because,
        ["The last check-in speaks of 2026-07-10; a weekly one was due on 2026-07-17."]
    );
}

#[test]
fn the_worse_of_pace_and_confidence_decides_and_both_are_told() {
    let mut world = with_metric(increase("0", "100"));
    confident(&mut world, absolute("50"), "2026-08-15", "0.3");
    let found = status(&world, "2026-08-15");
    assert_eq!(found.status, Status::OffTrack);
    assert_eq!(
        found.because,
        [
            "50 % is done when 50 % of the cycle is over: pace 1.",
            "The last stated confidence is 0.3."
        ]
    );
    confident(&mut world, absolute("32"), "2026-08-16", "0.9");
    assert_eq!(status(&world, "2026-08-16").status, Status::AtRisk);
}

#[test]
fn a_binary_key_result_is_judged_by_confidence() {
    let mut world = with_metric(metric(MetricKind::Binary));
    confident(&mut world, Measure::Done(false), "2026-09-01", "0.8");
    assert_eq!(status(&world, "2026-09-01").status, Status::OnTrack);
    measured(&mut world, Measure::Done(true), "2026-09-02");
    assert_eq!(status(&world, "2026-09-02").status, Status::Done);
}

#[test]
fn an_objective_is_as_well_as_its_weakest_key_result() {
    let mut world = with_metric(increase("0", "100"));
    measured(&mut world, absolute("90"), "2026-07-10");
    let found = status::of_objective(&world.state, objective(), date("2026-07-10")).unwrap();
    assert_eq!(
        found.status,
        Status::Stale,
        "qualified leads was never measured"
    );
    assert_eq!(
        found.because,
        ["Its weakest key result, 'qualified leads', is stale."]
    );
}

#[test]
fn elapsed_counts_the_day_itself() {
    let world = World::with_quarter();
    let cycle = &world.state.cycles[&cycle()];
    let elapsed = |day: Date| score::elapsed(cycle, day);
    assert_eq!(elapsed(date("2026-06-30")), dec("0"));
    assert_eq!(elapsed(date("2026-07-01")), dec("0.0109"));
    assert_eq!(elapsed(date("2026-08-15")), dec("0.5"));
    assert_eq!(elapsed(date("2026-12-31")), dec("1"));
}

#[test]
fn each_check_in_tells_the_value_that_it_came_to() {
    // given values and additions, one of them taken in late, one for a day before
    let mut world = World::with_quarter();
    for (measure, on) in [
        (absolute("510"), "2026-07-05"),
        (delta("3"), "2026-07-09"),
        (delta("4"), "2026-07-08"),
        (absolute("530"), "2026-07-20"),
    ] {
        world.now = world.now.max(noon("2026-07-21"));
        world.online("ana", vec![check_in(measure, on)]);
    }
    // when they are gone through in the order of their dates
    let found = world.state.key_results.get(&leads()).unwrap();
    let values: Vec<_> = (found.check_ins.running())
        .map(|(one, reading)| (one.effective, reading.value(found.metric.baseline)))
        .collect();
    // then each stands at the value that held after it, which is that of its day
    let expected = [("05", "510"), ("08", "514"), ("09", "517"), ("20", "530")]
        .map(|(day, value)| (date(&format!("2026-07-{day}")), Some(dec(value))));
    assert_eq!(values, expected);
    for (day, value) in expected {
        assert_eq!(found.check_ins.reading(day).value(None), value);
    }
}
