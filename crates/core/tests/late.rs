//! Late and corrected, by the worked example of `docs/goalposts.md` and against a plain recount.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use quarterdeck_core::calendar::Date;
use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{Body, Source};
use quarterdeck_core::goalposts::Scope;
use quarterdeck_core::late::{self, Asked, Late};
use quarterdeck_core::value::{Field, Measure, Subject, Value};
use quarterdeck_core::when::Moment;
use support::past::Listed;
use support::quarter::{close, grade, kr};
use support::*;

fn asked(days: u32) -> Asked {
    Asked {
        cycle: cycle(),
        scope: Scope::Cycle,
        days,
        on: date("2026-09-30"),
    }
}

fn found(world: &World) -> Late {
    let mut past = Listed::all(&world.log);
    late::of_cycle(&mut past, &asked(late::DAYS))
        .unwrap()
        .unwrap()
}

fn example() -> World {
    let mut world = World::with_quarter();
    world.now = noon("2026-07-20");
    for (value, day) in [("502", "06"), ("505", "13"), ("507", "20")] {
        let on = format!("2026-07-{day}");
        world.online("caro", vec![check_in(absolute(value), &on)]);
    }
    world
}

#[test]
fn the_worked_example_is_that_of_the_document() {
    let mut world = example();
    let told = found(&world);
    let days: Vec<u32> = told.check_ins.iter().map(|one| one.days).collect();
    assert_eq!(days, [14, 7]);
    let [bunch] = told.bunches.as_slice() else {
        panic!("{:?}", told.bunches)
    };
    assert_eq!((bunch.check_ins, bunch.dates.len()), (3, 3));
    assert_eq!(bunch.member, world.machines["caro"].member);
    assert!(!told.surges[0].is_end_surge());

    // Two in July, and three in the last week.
    let mut world2 = World::with_quarter();
    for (day, value) in [
        ("2026-07-13", "502"),
        ("2026-07-20", "505"),
        ("2026-09-24", "510"),
        ("2026-09-28", "515"),
        ("2026-09-30", "531"),
    ] {
        world2.now = noon(day);
        world2.online("caro", vec![check_in(absolute(value), day)]);
    }
    let told = found(&world2);
    assert!(told.check_ins.is_empty() && told.bunches.is_empty());
    let surge = told.surges[0];
    assert_eq!((surge.of, surge.last_days, surge.after_end), (5, 3, 0));
    assert_eq!(surge.share(), Some(dec("0.6")));
    assert!(surge.is_end_surge());
    let document = include_str!("../../../docs/goalposts.md");
    for said in [
        "The first is 14 days late, the second 7",
        "a bunch of 3 dates",
        "a share of 0.6",
    ] {
        assert!(document.contains(said), "{said}");
    }
    world.pull_all();
}

#[test]
fn corrections_and_retractions_are_told_with_both_values() {
    let mut world = example();
    let made = match &world.log.last().unwrap().event {
        event if matches!(event.body, Body::CheckedIn(_)) => event.id,
        other => panic!("{other:?}"),
    };
    world.now = noon("2026-07-25");
    let subject = Subject::CheckIn(leads(), made);
    let set = vec![(Field::Value, Value::Measure(absolute("517")))];
    world.online_because("caro", vec![Command::Edit { subject, set }], "a slip");
    world.online(
        "caro",
        vec![Command::Record(Body::CheckInRetracted {
            key_result: leads(),
            check_in: made,
        })],
    );
    let told = found(&world);
    let [one] = told.corrections.as_slice() else {
        panic!("{:?}", told.corrections)
    };
    assert_eq!(one.from, Value::Measure(absolute("507")));
    assert_eq!(one.to, Value::Measure(absolute("517")));
    assert_eq!((one.days, one.act.reason.as_deref()), (5, Some("a slip")));
    let [gone] = told.retractions.as_slice() else {
        panic!("{:?}", told.retractions)
    };
    assert!(!gone.reinstated);
    assert_eq!(gone.said, Some((date("2026-07-20"), absolute("517"))));
    assert_eq!(told.surges[0].of, 2, "what was taken back is not counted");

    let mut past = Listed::as_of(&world.log, Moment::At(noon("2026-07-21")));
    let then = late::of_cycle(&mut past, &asked(late::DAYS))
        .unwrap()
        .unwrap();
    assert!(then.corrections.is_empty() && then.retractions.is_empty());
    assert_eq!(then.check_ins.len(), 2);
}

#[test]
fn imported_check_ins_are_late_by_their_source() {
    let mut world = World::with_quarter();
    world.now = noon("2026-09-01");
    world.online("ana", vec![check_in(absolute("510"), "2026-07-10")]);
    let mut log = world.log.clone();
    log.last_mut().unwrap().event.source = Some(Source {
        author: "Dee".into(),
        at: noon("2026-07-14"),
        origin: "okrs.md".into(),
    });
    let mut past = Listed::all(&log);
    let told = late::of_cycle(&mut past, &asked(late::DAYS))
        .unwrap()
        .unwrap();
    assert_eq!(told.check_ins[0].days, 4);
    assert!(told.check_ins[0].act.source.is_some());
}

#[test]
fn what_changes_after_a_grade_is_told_with_the_grade_that_would_be_computed() {
    let mut world = World::with_quarter();
    world.now = noon("2026-09-30");
    world.online("ana", vec![check_in(absolute("531"), "2026-09-29")]);
    world.pull_all();
    let given = grade(&world, leads(), "0.62");
    world.online("ana", vec![given]);
    assert!(found(&world).after_grades.is_empty());
    world
        .offline("ben", vec![check_in(absolute("545"), "2026-09-30")])
        .unwrap();
    let closing = close(&world, world.state.head);
    world.online("ana", vec![closing]);
    world.sync("ben");
    let told = found(&world);
    let [one] = told.after_grades.as_slice() else {
        panic!("{:?}", told.after_grades)
    };
    assert_eq!(
        (one.grade, one.computed, one.now),
        (dec("0.62"), Some(dec("0.62")), Some(dec("0.9")))
    );
    assert!(one.events.len() == 1 && one.events[0].after_closing);

    let mut past = Listed::all(&world.log);
    let later = quarterdeck_core::closing::later(&mut past, cycle()).unwrap();
    assert_eq!(later.len(), 1);
    assert_eq!(later[0].event.id, one.events[0].entry.event.id);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_recount_agrees(said in prop::collection::vec((0i32..100, 0i32..30, 0u8..3), 1..40), days in 0u32..12) {
        let mut world = World::with_quarter();
        world.online("ana", vec![Command::Record(Body::KeyResultAdded(key_result(
            201, "partners", increase("0", "10"),
        )))]);
        let mut said = said;
        said.sort_by_key(|(day, ..)| *day);
        for (day, late, who) in &said {
            let day = date("2026-07-10").plus_days(*day);
            world.now = noon(&day.to_string());
            let who = ["ana", "ben", "caro"][usize::from(*who)];
            let of = if late % 2 == 0 { leads() } else { kr(201) };
            let on = day.plus_days(-late).clamp(date("2026-07-01"), date("2026-09-30"));
            let on = on.to_string();
            let command = check_in_on(of, Measure::Absolute(dec("5")), &on);
            world.online(who, vec![command]);
        }
        let mut past = Listed::all(&world.log);
        let told = late::of_cycle(&mut past, &asked(days)).unwrap().unwrap();

        let (mut late_ones, mut bunches) = (Vec::new(), BTreeMap::<(Date, _), BTreeSet<Date>>::new());
        let mut counts = BTreeMap::<_, [usize; 3]>::new();
        for entry in &world.log {
            let Body::CheckedIn(made) = &entry.event.body else { continue };
            let day = world.state.workspace.as_ref().unwrap().date_of(entry.recorded);
            let gap = day.days_since(made.effective);
            if gap >= 1 && gap >= i32::try_from(days).unwrap() {
                late_ones.push((entry.event.id, u32::try_from(gap).unwrap()));
            }
            bunches.entry((day, entry.event.member)).or_default().insert(made.effective);
            let count = counts.entry(made.key_result).or_default();
            count[0] += 1;
            count[1] += usize::from(day >= date("2026-09-24") && day <= date("2026-09-30"));
            count[2] += usize::from(day > date("2026-09-30"));
        }
        prop_assert_eq!(told.check_ins.iter().map(|one| (one.act.event, one.days)).collect::<Vec<_>>(), late_ones);
        bunches.retain(|_, dates| dates.len() >= 3);
        prop_assert_eq!(
            told.bunches.iter().map(|one| ((one.day, one.member), one.dates.clone())).collect::<BTreeMap<_, _>>(),
            bunches
        );
        prop_assert_eq!(
            told.surges.iter().map(|one| (one.key_result, [one.of, one.last_days, one.after_end])).collect::<BTreeMap<_, _>>(),
            counts
        );
    }
}
