//! Where a KPI stands, and its curve beside the key results that are to improve it.

use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{Body, Entry};
use quarterdeck_core::id::KeyResultId;
use quarterdeck_core::kpi::{self as rule, Held};
use quarterdeck_core::refusal::Code;
use quarterdeck_core::score;
use quarterdeck_core::token::{Course, Direction};
use quarterdeck_core::value::{Field, Subject, Value};

use crate::support::*;
use crate::*;

#[test]
fn attainment_is_the_share_of_the_target_in_the_direction_that_is_better() {
    for (direction, target, value, attainment, reached) in [
        (Direction::Higher, "600", "531", Some("0.885"), false),
        (Direction::Higher, "600", "600", Some("1"), true),
        (Direction::Higher, "600", "750", Some("1.25"), true),
        (Direction::Higher, "600", "-60", Some("-0.1"), false),
        (Direction::Lower, "30", "40", Some("0.75"), false),
        (Direction::Lower, "30", "24", Some("1.25"), true),
        // Rounded for people, exact for whether it is reached.
        (Direction::Higher, "600", "599.99", Some("1"), false),
        // No share can be told of these.
        (Direction::Lower, "30", "0", None, true),
        (Direction::Lower, "0", "0", None, true),
        (Direction::Lower, "0", "3", None, false),
        (Direction::Higher, "0", "3", None, true),
        (Direction::Higher, "-5", "-6", None, false),
        (Direction::Higher, "-5", "-4", None, true),
    ] {
        let world = with_kpi(direction, Some(target));
        let kpi = found(&world.state);
        let told = (
            rule::attainment(kpi, dec(value)),
            rule::reached(kpi, dec(value)),
        );
        let expected = (attainment.map(dec), Some(reached));
        assert_eq!(told, expected, "{direction} {target}: {value}");
    }
    let world = with_kpi(Direction::Higher, None);
    let kpi = found(&world.state);
    assert_eq!(rule::attainment(kpi, dec("5")), None);
    assert_eq!(rule::reached(kpi, dec("5")), None);
}

#[test]
fn the_trend_compares_the_last_two_days_that_were_read() {
    let mut world = with_kpi(Direction::Lower, Some("30"));
    assert_eq!(
        rule::standing(found(&world.state), date("2026-07-10")),
        None
    );
    read(&mut world, "40", "2026-07-03");
    let first = rule::standing(found(&world.state), date("2026-07-10")).unwrap();
    assert_eq!((first.latest.value, first.trend), (dec("40"), None));
    // Twice on one day: the later one corrects the earlier, and is no trend.
    read(&mut world, "55", "2026-07-10");
    read(&mut world, "37.5", "2026-07-10");
    let then = rule::standing(found(&world.state), date("2026-07-11")).unwrap();
    let trend = then.trend.unwrap();
    assert_eq!(then.attainment, Some(dec("0.8")));
    assert_eq!(trend.since, date("2026-07-03"));
    assert_eq!((trend.change, trend.course), (dec("-2.5"), Course::Better));
    read(&mut world, "41", "2026-07-17");
    let course = |world: &World, on: &str| {
        let standing = rule::standing(found(&world.state), date(on)).unwrap();
        standing.trend.unwrap().course
    };
    assert_eq!(course(&world, "2026-07-17"), Course::Worse);
    assert_eq!(
        course(&world, "2026-07-16"),
        Course::Better,
        "as on that day"
    );
    read(&mut world, "41", "2026-07-20");
    assert_eq!(course(&world, "2026-07-20"), Course::Steady);
}

#[test]
fn a_kpi_is_never_scored_as_a_key_result() {
    let mut world = with_kpi(Direction::Higher, Some("600"));
    world.online("ana", vec![link(leads())]);
    let mean =
        |world: &World| score::cycle_means(&world.state, cycle(), date("2026-07-10"), |_| true);
    let before = mean(&world);
    read(&mut world, "600", "2026-07-10");
    assert_eq!(mean(&world), before);
    assert_eq!(world.value("2026-07-10"), Some(dec("500")));
}

#[test]
fn the_curve_stands_beside_the_check_ins_by_date() {
    let mut world = with_kpi(Direction::Higher, Some("600"));
    world.online("ana", vec![link(leads())]);
    read(&mut world, "480", "2026-06-28");
    read(&mut world, "540", "2026-07-10");
    checked(
        &mut world,
        check_in(absolute("510"), "2026-07-03"),
        "2026-07-10",
    );
    checked(&mut world, check_in(delta("5"), "2026-07-12"), "2026-07-12");
    let days = rule::beside(&world.state, kpi(), date("2026-07-31"));
    let held = |value: &str, share: &str, measured| {
        Some(Held {
            value: dec(value),
            share: Some(dec(share)),
            measured,
        })
    };
    let told: Vec<_> = days
        .iter()
        .map(|day| (day.date.to_string(), day.kpi, day.key_results[0]))
        .collect();
    assert_eq!(
        told,
        [
            // Before the cycle there is nothing to say of its key result.
            ("2026-06-28".to_owned(), held("480", "0.8", true), None),
            (
                "2026-07-03".to_owned(),
                held("480", "0.8", false),
                held("510", "0.2", true)
            ),
            (
                "2026-07-10".to_owned(),
                held("540", "0.9", true),
                held("510", "0.2", false)
            ),
            (
                "2026-07-12".to_owned(),
                held("540", "0.9", false),
                held("515", "0.3", true)
            ),
        ]
    );
    let until = rule::beside(&world.state, kpi(), date("2026-07-05"));
    assert_eq!(until.len(), 2, "only up to the day asked for");
}

/// The table in docs/rules.md, made from what the domain says.
#[test]
fn linked_are_those_that_improve_it_and_those_that_read_it() {
    let mut world = fed();
    let other = key_result(NPS, "calls made", increase("0", "90"));
    world.online("ana", vec![Command::Record(Body::KeyResultAdded(other))]);
    let calls = KeyResultId::new(id(NPS));
    world.online("ana", vec![link(calls)]);
    let told: Vec<_> = rule::linked(&world.state, kpi())
        .iter()
        .map(|one| (one.id, one.improves, one.reads))
        .collect();
    assert_eq!(told, [(leads(), false, true), (calls, true, false)]);
    let refusal = refused(&mut world, "ana", link(calls));
    assert_eq!(refusal.code, Code::NothingToChange);
}

#[test]
fn undo_takes_back_each_thing_about_a_kpi() {
    let mut world = World::with_quarter();
    let undo = |entry: &Entry| Command::Undo(Box::new(entry.event.clone()));
    let new = Body::KpiDefined(defined(Direction::Higher, Some("600")));
    let made = world.online("ana", vec![Command::Record(new)]).remove(0);
    let one = read(&mut world, "510", "2026-07-10");
    world.online("ana", vec![undo(&one)]);
    assert_eq!(rule::points(found(&world.state), date("2026-07-10")), []);
    let linked = world.online("ana", vec![link(leads())]).remove(0);
    let unlinked = world.online("ana", vec![undo(&linked)]).remove(0);
    assert!(found(&world.state).improved_by.is_empty());
    world.online("ana", vec![undo(&unlinked)]);
    assert!(found(&world.state).improved_by.contains(&leads()));
    world.online("ana", vec![undo(&made)]);
    assert!(!found(&world.state).is_live());
}

#[test]
fn contributors_read_kpis_and_editors_define_them() {
    let mut world = with_kpi(Direction::Higher, Some("600"));
    let by_ana = read(&mut world, "510", "2026-07-10").event.id;
    let by_caro = world
        .online("caro", vec![reading("512", "2026-07-10")])
        .remove(0)
        .event
        .id;
    world.online("caro", vec![retract(by_caro)]);
    let refusal = refused(&mut world, "caro", retract(by_ana));
    assert_eq!(refusal.code, Code::Forbidden);
    let refusal = refused(&mut world, "dee", reading("513", "2026-07-10"));
    assert_eq!(refusal.code, Code::Forbidden);
    let target = set(Subject::Kpi(kpi()), Field::Target, Value::Number(dec("5")));
    assert_eq!(refused(&mut world, "caro", target).code, Code::Forbidden);
    let refusal = refused(&mut world, "ana", reading("513", "2026-07-11"));
    assert!(refusal.message.contains("has not come yet"), "{refusal}");
}

#[test]
fn two_who_change_a_target_apart_make_a_conflict() {
    let mut world = with_kpi(Direction::Higher, Some("600"));
    world.pull_all();
    let target = |to: &str| set(Subject::Kpi(kpi()), Field::Target, Value::Number(dec(to)));
    world.offline("ana", vec![target("650")]).unwrap();
    world.offline("ben", vec![target("700")]).unwrap();
    world.sync("ana");
    world.sync("ben");
    assert!(
        world
            .state
            .conflict(Subject::Kpi(kpi()), &Field::Target)
            .is_some()
    );
}
