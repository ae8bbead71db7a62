//! How good the forecasts of a quarter were, made again week by week of what was known then.

use std::collections::BTreeMap;

use crate::support::past::{Listed, fold};
use crate::support::*;
use quarterdeck_core::decide::Command;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::{Body, CheckedIn, Entry};
use quarterdeck_core::forecast::check::{self, Case};
use quarterdeck_core::value::{Field, Subject, Value};

fn said(value: &str, on: &str, projection: Option<&str>) -> Command {
    Command::Record(Body::CheckedIn(CheckedIn {
        key_result: leads(),
        measure: absolute(value),
        effective: date(on),
        confidence: None,
        projection: projection.map(dec),
        note: None,
    }))
}

/// Leads from 500 to 550: 504 a week at first, slower later, 540 in the end. The third week was
/// entered a week too late, and corrected once the quarter was over.
fn the_quarter() -> World {
    let mut world = World::with_quarter();
    let weeks = [
        ("504", "2026-07-07", "2026-07-07", Some("550")),
        ("508", "2026-07-14", "2026-07-14", None),
        ("515", "2026-07-21", "2026-07-29", None),
        ("516", "2026-07-28", "2026-07-28", Some("560")),
        ("520", "2026-08-11", "2026-08-11", None),
        ("524", "2026-08-25", "2026-08-25", Some("540")),
        ("530", "2026-09-08", "2026-09-08", None),
        ("536", "2026-09-22", "2026-09-22", None),
        ("540", "2026-09-30", "2026-09-30", None),
    ];
    let mut in_order = weeks;
    in_order.sort_by_key(|week| week.2);
    for (value, effective, recorded, projection) in in_order {
        world.now = noon(recorded);
        world.online("ana", vec![said(value, effective, projection)]);
    }
    world.now = noon("2026-10-05");
    let late = (world.state.key_results[&leads()].check_ins.all())
        .find(|one| one.effective == date("2026-07-21"))
        .unwrap()
        .id;
    world.online(
        "ana",
        vec![Command::Edit {
            subject: Subject::CheckIn(leads(), late),
            set: vec![(Field::Value, Value::Measure(absolute("512")))],
        }],
    );
    world
}

fn cases(world: &World, on: &str) -> Vec<Case> {
    check::cases(&mut Listed::all(&world.log), cycle(), date(on)).unwrap()
}

/// What was recorded of the leads by the end of a day, as (day of the cycle, value), the projection
/// stated last, and the middle slope carried to the end: read off the log by hand.
fn by_hand(log: &[Entry], day: i32) -> Option<(f64, f64, Option<f64>)> {
    let starts = date("2026-07-01");
    let end = noon(&starts.plus_days(day - 1).to_string());
    let mut points = BTreeMap::from([(0, 500.0)]);
    let mut projections = BTreeMap::new();
    for entry in log.iter().filter(|entry| entry.recorded <= end) {
        if let Body::CheckedIn(said) = &entry.event.body {
            let quarterdeck_core::value::Measure::Absolute(value) = &said.measure else {
                panic!("only values here");
            };
            let at = said.effective.days_since(starts) + 1;
            points.insert(at, value.to_f64());
            if let Some(projection) = said.projection {
                projections.insert(at, projection.to_f64());
            }
        }
    }
    if points.len() < 4 {
        return None;
    }
    let points: Vec<(i32, f64)> = points.into_iter().collect();
    let mut slopes = Vec::new();
    for (x, y) in &points {
        for (later, above) in &points {
            if later > x {
                slopes.push((above - y) / f64::from(later - x));
            }
        }
    }
    slopes.sort_by(f64::total_cmp);
    let middle = (slopes[(slopes.len() - 1) / 2] + slopes[slopes.len() / 2]) / 2.0;
    let (at, last) = *points.last().unwrap();
    let stated = projections.values().next_back().copied();
    Some((last + middle * f64::from(92 - at), last, stated))
}

fn score(value: f64) -> f64 {
    ((value - 500.0) / 50.0).clamp(0.0, 1.0)
}

#[test]
fn each_week_is_forecast_of_what_was_known_at_its_end_alone() {
    let world = the_quarter();
    let found = cases(&world, "2026-10-06");
    let mut expected = Vec::new();
    for week in 1..=13 {
        if let Some(known) = by_hand(&world.log, week * 7) {
            expected.push((week * 7, known));
        }
    }
    assert_eq!(found.len(), expected.len());
    // The third week was entered late: at its end there were two days, a week later three.
    assert_eq!(expected[0].0, 28);
    for (case, (day, (value, last, stated))) in found.iter().zip(expected) {
        let near = |found: Decimal, by_hand: f64| {
            assert!(
                (found.to_f64() - by_hand).abs() < 0.001,
                "{case:?} {by_hand}"
            );
        };
        assert_eq!(case.on, date("2026-07-01").plus_days(day - 1));
        assert_eq!(case.weeks_left, ((92 - day) as u32).div_ceil(7));
        assert_eq!(case.came_out, dec("540"));
        near(case.value, value);
        near(case.error, (score(value) - 0.8).abs());
        near(case.stays, (score(last) - 0.8).abs());
        match (case.stated, stated) {
            (Some(found), Some(stated)) => near(found, (score(stated) - 0.8).abs()),
            (found, stated) => assert_eq!(found.is_some(), stated.is_some()),
        }
    }
}

#[test]
fn rows_are_medians_and_counts_with_their_peers_beside_them() {
    let world = the_quarter();
    let found = cases(&world, "2026-10-06");
    let rows = check::by_weeks_left(&found);
    let weeks: Vec<u32> = rows.iter().map(|(weeks, _)| *weeks).collect();
    assert_eq!(weeks, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    let all = check::overall(&found);
    assert_eq!((all.cases, all.key_results, all.stated_cases), (10, 1, 10));
    let mut errors: Vec<f64> = found.iter().map(|case| case.error.to_f64()).collect();
    errors.sort_by(f64::total_cmp);
    let middle = (errors[4] + errors[5]) / 2.0;
    assert!((all.error.unwrap().to_f64() - middle).abs() < 0.0001);
    assert_eq!(all.within, found.iter().filter(|case| case.within).count());
    assert_eq!(check::overall(&[]), check::Row::default());
}

#[test]
fn a_moved_target_is_not_the_forecasts_fault() {
    let mut world = the_quarter();
    let before = cases(&world, "2026-10-06");
    world.now = noon("2026-10-06");
    world.online("ana", vec![set_target("540")]);
    let after = cases(&world, "2026-10-06");
    // 540 is all of the way now, for the outcome and for every forecast.
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before.value, after.value);
        let score = ((after.value.to_f64() - 500.0) / 40.0).clamp(0.0, 1.0);
        assert!((after.error.to_f64() - (score - 1.0).abs()).abs() < 0.001);
    }
}

#[test]
fn a_cycle_that_has_not_ended_has_no_cases_and_one_asked_about_then_neither() {
    let world = the_quarter();
    assert_eq!(cases(&world, "2026-09-30"), []);
    assert_eq!(cases(&world, "2026-10-01").len(), 10);
    assert_eq!(fold(&world.log), world.state);
}

#[test]
fn a_closed_cycle_is_checked_as_it_was_closed() {
    let world = quarter::closed();
    // Measured on the last days only: nothing could be forecast.
    assert_eq!(cases(&world, "2026-10-02"), []);
}
