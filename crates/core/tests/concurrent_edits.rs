//! Several people, one key result, nobody knowing of the others.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use quarterdeck_core::decide::Command;
use quarterdeck_core::refusal::Code;
use quarterdeck_core::value::{Field, Value};
use support::*;

#[test]
fn deltas_from_two_machines_that_were_offline_both_count() {
    let mut world = World::with_quarter();
    world.online("ana", vec![check_in(absolute("510"), "2026-07-05")]);
    world.sync("ben");
    world
        .offline("ana", vec![check_in(delta("3"), "2026-07-09")])
        .unwrap();
    world
        .offline("ben", vec![check_in(delta("4"), "2026-07-08")])
        .unwrap();
    world.sync("ben");
    world.sync("ana");
    assert_eq!(world.value("2026-07-10"), Some(dec("517")));
    assert_eq!(
        world.value("2026-07-08"),
        Some(dec("514")),
        "Ana's holds from the 9th on"
    );
}

#[test]
fn an_edit_that_saw_the_present_value_takes_effect() {
    let mut world = World::with_quarter();
    world.online("ana", vec![set_target("600")]);
    world.online("ben", vec![set_target("575")]);
    assert_eq!(world.target(), Value::Number(dec("575")));
    assert!(world.state.conflicts.is_empty());
}

#[test]
fn of_two_that_did_not_know_of_each_other_the_later_authored_takes_effect() {
    let mut world = World::with_quarter();
    world.offline("ana", vec![set_target("600")]).unwrap();
    world.now = noon("2026-07-11");
    world.offline("ben", vec![set_target("575")]).unwrap();
    // Ben's, authored later, is recorded first, and stays in effect.
    world.sync("ben");
    world.sync("ana");
    assert_eq!(world.target(), Value::Number(dec("575")));
    let conflict = world
        .state
        .conflict(leads_subject(), &Field::Target)
        .unwrap();
    let values: Vec<_> = conflict
        .contenders
        .iter()
        .map(|side| side.value.clone())
        .collect();
    assert_eq!(
        values,
        [Value::Number(dec("575")), Value::Number(dec("600"))]
    );
}

#[test]
fn a_clock_that_runs_ahead_wins_nothing_over_what_is_recorded_later() {
    let mut world = World::with_quarter();
    // Ana's clock is hours ahead; her edit is recorded first.
    let true_time = world.now;
    world.now = quarterdeck_core::calendar::Timestamp::from_ms(true_time.ms() + 6 * 3_600_000);
    world.offline("ana", vec![set_target("600")]).unwrap();
    world.now = true_time;
    world.sync("ana");
    world.now = quarterdeck_core::calendar::Timestamp::from_ms(true_time.ms() + 3_600_000);
    world.offline("ben", vec![set_target("575")]).unwrap();
    world.sync("ben");
    assert_eq!(
        world.target(),
        Value::Number(dec("575")),
        "Ana is held to when it was recorded"
    );
    assert_eq!(world.state.conflicts.len(), 1);
}

#[test]
fn the_same_new_value_twice_is_no_conflict() {
    let mut world = World::with_quarter();
    world.offline("ana", vec![set_target("600")]).unwrap();
    world.offline("ben", vec![set_target("600")]).unwrap();
    world.sync("ana");
    world.sync("ben");
    assert!(world.state.conflicts.is_empty());
}

#[test]
fn different_fields_never_conflict() {
    let mut world = World::with_quarter();
    let title = Command::Edit {
        subject: leads_subject(),
        set: vec![(Field::Title, Value::Text("well qualified leads".into()))],
    };
    world.offline("ana", vec![set_target("600")]).unwrap();
    world.offline("ben", vec![title]).unwrap();
    world.sync("ana");
    world.sync("ben");
    assert!(world.state.conflicts.is_empty());
    assert_eq!(world.target(), Value::Number(dec("600")));
}

#[test]
fn a_device_does_not_conflict_with_itself() {
    let mut world = World::with_quarter();
    world.offline("ana", vec![set_target("600")]).unwrap();
    world.offline("ana", vec![set_target("650")]).unwrap();
    world.sync("ana");
    assert_eq!(world.target(), Value::Number(dec("650")));
    assert!(world.state.conflicts.is_empty());
}

#[test]
fn a_devices_later_word_takes_the_place_of_its_earlier_one_in_a_conflict() {
    let mut world = World::with_quarter();
    world.offline("ana", vec![set_target("600")]).unwrap();
    world.offline("ana", vec![set_target("650")]).unwrap();
    world.now = noon("2026-07-11");
    world.offline("ben", vec![set_target("575")]).unwrap();
    world.sync("ben");
    world.sync("ana");
    let conflict = world
        .state
        .conflict(leads_subject(), &Field::Target)
        .unwrap();
    let values: Vec<_> = conflict
        .contenders
        .iter()
        .map(|side| side.value.clone())
        .collect();
    assert_eq!(
        values,
        [Value::Number(dec("575")), Value::Number(dec("650"))]
    );
}

#[test]
fn resolving_settles_the_conflict_for_everybody() {
    let mut world = conflicting();
    let take = Command::Resolve {
        subject: leads_subject(),
        field: Field::Target,
        to: Value::Number(dec("600")),
    };
    world.online("ben", vec![take]);
    world.pull_all();
    assert_eq!(world.target(), Value::Number(dec("600")));
    for machine in world.machines.values() {
        assert!(machine.view().conflicts.is_empty());
    }
}

#[test]
fn keeping_what_is_in_effect_settles_it_too() {
    let mut world = conflicting();
    let keep = Command::Resolve {
        subject: leads_subject(),
        field: Field::Target,
        to: world.target(),
    };
    world.online("ana", vec![keep]);
    assert!(world.state.conflicts.is_empty());
    assert_eq!(world.target(), Value::Number(dec("575")));
}

#[test]
fn a_side_that_the_resolver_had_not_seen_goes_on_contending() {
    let mut world = World::with_quarter();
    world.offline("ana", vec![set_target("600")]).unwrap();
    world.online("ben", vec![set_target("575")]);
    world.now = noon("2026-07-11");
    let third = world.machines["server"].device;
    assert_ne!(third, world.machines["ana"].device);
    world.sync("ana");
    // Ben settles it offline, while Ana says something new that he has not seen.
    world.sync("ben");
    let keep = Command::Resolve {
        subject: leads_subject(),
        field: Field::Target,
        to: Value::Number(dec("575")),
    };
    world.offline("ben", vec![keep]).unwrap();
    world.now = noon("2026-07-12");
    world.online("ana", vec![set_target("620")]);
    world.sync("ben");
    let conflict = world
        .state
        .conflict(leads_subject(), &Field::Target)
        .unwrap();
    let mut values: Vec<_> = conflict
        .contenders
        .iter()
        .map(|side| side.value.clone())
        .collect();
    values.sort();
    assert_eq!(
        values,
        [Value::Number(dec("575")), Value::Number(dec("620"))]
    );
}

#[test]
fn there_is_nothing_to_resolve_without_a_conflict() {
    let mut world = World::with_quarter();
    let take = Command::Resolve {
        subject: leads_subject(),
        field: Field::Target,
        to: Value::Number(dec("600")),
    };
    let refusal = world.try_online("ana", vec![take]).unwrap_err();
    assert_eq!(refusal.code, Code::NotFound);
    assert_eq!(refusal.hint.as_deref(), Some("see `okr conflicts`"));
}

/// Ana wanted 600, Ben 575, which is in effect.
fn conflicting() -> World {
    let mut world = World::with_quarter();
    world.offline("ana", vec![set_target("600")]).unwrap();
    world.now = noon("2026-07-11");
    world.offline("ben", vec![set_target("575")]).unwrap();
    world.sync("ana");
    world.sync("ben");
    world.sync("ana");
    assert_eq!(world.state.conflicts.len(), 1);
    world
}
