//! What may enter the log: roles, dates, values, and texts.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use quarterdeck_core::decide::Command;
use quarterdeck_core::event::Body;
use quarterdeck_core::refusal::{Code, Refusal};
use quarterdeck_core::token::{MetricKind, NoteKind};
use quarterdeck_core::value::{Field, Measure, Milestone, Subject, Value};
use support::*;

fn refused(world: &mut World, who: &str, command: Command) -> Refusal {
    world
        .try_online(who, vec![command])
        .expect_err("should have been refused")
}

#[test]
fn each_role_may_do_what_it_may_and_no_more() {
    let check = || check_in(delta("1"), "2026-07-09");
    let invite = || {
        Command::Record(Body::MemberAdded {
            member: quarterdeck_core::id::MemberId::new(id(77)),
            name: "eve".into(),
            email: None,
            role: quarterdeck_core::token::Role::Viewer,
        })
    };
    let mut world = World::with_quarter();
    for (who, may_check_in, may_edit, may_invite) in [
        ("dee", false, false, false),
        ("caro", true, false, false),
        ("ben", true, true, false),
        ("ana", true, true, true),
    ] {
        for (command, may) in [
            (check(), may_check_in),
            (set_target(&format!("6{}", who.len() * 10)), may_edit),
            (invite(), may_invite),
        ] {
            let result = world.try_online(who, vec![command]);
            match result {
                Ok(_) => assert!(may, "{who} was let through"),
                Err(refusal) if may => assert_eq!(refusal.code, Code::NothingToChange),
                Err(refusal) => assert_eq!(refusal.code, Code::Forbidden, "{who}: {refusal}"),
            }
        }
    }
}

#[test]
fn contributors_correct_their_own_check_ins_only() {
    let mut world = World::with_quarter();
    let bens = world
        .online("ben", vec![check_in(absolute("520"), "2026-07-09")])
        .remove(0);
    let carols = world
        .online("caro", vec![check_in(absolute("521"), "2026-07-09")])
        .remove(0);
    let correct = |event| Command::Edit {
        subject: Subject::CheckIn(leads(), event),
        set: vec![(Field::Value, Value::Measure(absolute("525")))],
    };
    world.online("caro", vec![correct(carols.event.id)]);
    let refusal = refused(&mut world, "caro", correct(bens.event.id));
    assert_eq!(refusal.code, Code::Forbidden);
    assert_eq!(world.value("2026-07-10"), Some(dec("525")));
}

#[test]
fn dates_outside_the_cycle_or_in_the_future_are_refused_with_the_cycles_dates() {
    let mut world = World::with_quarter();
    let early = refused(&mut world, "ana", check_in(absolute("1"), "2026-06-30"));
    assert!(
        early.message.contains("from 2026-07-01 to 2026-09-30"),
        "{early}"
    );
    let late = refused(&mut world, "ana", check_in(absolute("1"), "2026-08-01"));
    assert!(late.message.contains("has not come yet"), "{late}");
}

#[test]
fn today_is_todays_date_where_the_workspace_is() {
    let mut world = World::with_quarter();
    // 23:30 UTC on the 10th is the 11th in Lisbon.
    world.now = "2026-07-10T23:30:00Z".parse().unwrap();
    world.online("ana", vec![check_in(absolute("520"), "2026-07-11")]);
}

#[test]
fn a_check_in_on_something_dropped_is_refused() {
    let mut world = World::with_quarter();
    let drop = Command::Edit {
        subject: leads_subject(),
        set: vec![(Field::State, Value::Text("dropped".into()))],
    };
    world
        .offline("caro", vec![check_in(delta("3"), "2026-07-09")])
        .unwrap();
    world.online_because("ana", vec![drop], "nobody asks for it");
    let refusal = world.try_sync("caro").unwrap_err();
    assert_eq!(refusal.code, Code::NotLive);
    assert_eq!(refusal.message, "Key result 'qualified leads' is dropped.");
    assert_eq!(
        world.machines["caro"].outbox.len(),
        1,
        "the work is still there"
    );
}

#[test]
fn measurements_must_fit_the_metric() {
    let mut world = World::with_quarter();
    let refusal = refused(
        &mut world,
        "ana",
        check_in(Measure::Done(true), "2026-07-09"),
    );
    assert_eq!(refusal.code, Code::Invalid);
    assert_eq!(
        refusal.message,
        "Key result 'qualified leads' is measured by increase; 'done' does not fit."
    );
}

#[test]
fn metrics_must_make_sense() {
    let mut world = World::with_quarter();
    let mut add = |metric| {
        let new = Command::Record(Body::KeyResultAdded(key_result(900, "x", metric)));
        refused(&mut world, "ana", new)
    };
    let upside_down = add(increase("550", "500"));
    assert_eq!(
        upside_down.hint.as_deref(),
        Some("swap the numbers, or use --decrease")
    );
    add(metric(MetricKind::Increase));
    add(metric(MetricKind::Maintain));
    add(metric(MetricKind::Milestones));
    let step = |name: &str| Milestone {
        name: name.into(),
        weight: dec("1"),
    };
    let mut twice = metric(MetricKind::Milestones);
    twice.milestones = vec![step("live"), step("Live")];
    assert!(add(twice).message.contains("two milestones"));
}

#[test]
fn an_event_of_another_workspace_is_refused() {
    let mut world = World::with_quarter();
    let mut entry = world
        .offline("ana", vec![set_target("600")])
        .unwrap()
        .remove(0);
    entry.event.workspace = quarterdeck_core::id::WorkspaceId::new(id(999));
    let refusal = world.state.admit(&entry.event, world.now).unwrap_err();
    assert_eq!(refusal.code, Code::WrongWorkspace);
}

#[test]
fn an_event_from_the_far_future_is_refused_and_a_small_lead_is_not() {
    let mut world = World::with_quarter();
    let mut event = world
        .offline("ana", vec![set_target("600")])
        .unwrap()
        .remove(0)
        .event;
    event.authored.wall = world.now.ms() + 3_600_000;
    world.state.admit(&event, world.now).unwrap();
    event.authored.wall = world.now.ms() + 40 * 24 * 3_600_000;
    assert_eq!(
        world.state.admit(&event, world.now).unwrap_err().code,
        Code::FarFuture
    );
}

#[test]
fn chains_have_no_gaps_repeats_or_second_tellings() {
    use quarterdeck_core::admit::{Link, Repeat};
    let mut world = World::with_quarter();
    let first = world
        .offline("ana", vec![set_target("600")])
        .unwrap()
        .remove(0);
    let second = world
        .offline("ana", vec![set_target("610")])
        .unwrap()
        .remove(0);
    let gap = world.state.link(&second.event).unwrap_err();
    assert_eq!(
        (gap.code, gap.wanted),
        (Code::Gap, Some(first.event.number))
    );
    world.sync("ana");
    assert_eq!(
        world.state.link(&first.event).unwrap(),
        Link::Taken(Repeat {
            last: second.event.number
        })
    );
    let mut retold = second.event.clone();
    retold.number += 1;
    retold.previous = Some([7; 32]);
    let fork = world.state.link(&retold).unwrap_err();
    assert_eq!(fork.code, Code::Forked);
    assert!(fork.hint.unwrap().contains("okr device new"));
}

#[test]
fn the_last_owner_stays_an_owner() {
    let mut world = World::with_quarter();
    let ana = world.machines["ana"].member;
    let step_down = Command::Edit {
        subject: Subject::Member(ana),
        set: vec![(Field::Role, Value::Text("viewer".into()))],
    };
    assert!(
        refused(&mut world, "ana", step_down)
            .message
            .contains("last owner")
    );
}

#[test]
fn objectives_cannot_support_themselves_by_a_detour() {
    let mut world = World::with_quarter();
    let mut child = objective_drafted();
    child.objective = quarterdeck_core::id::ObjectiveId::new(id(555));
    child.supports = Some(leads_subject());
    world.online(
        "ana",
        vec![Command::Record(Body::ObjectiveDrafted(child.clone()))],
    );
    let circle = Command::Edit {
        subject: Subject::Objective(objective()),
        set: vec![(
            Field::Supports,
            Value::Ref(Subject::Objective(child.objective)),
        )],
    };
    assert!(
        refused(&mut world, "ana", circle)
            .message
            .contains("cannot support itself")
    );
}

#[test]
fn texts_are_present_and_bounded() {
    let mut world = World::with_quarter();
    let note = |text: &str| {
        Command::Record(Body::NoteAdded {
            about: leads_subject(),
            kind: NoteKind::Comment,
            text: text.into(),
        })
    };
    assert_eq!(refused(&mut world, "ana", note("  ")).code, Code::Invalid);
    assert_eq!(
        refused(&mut world, "ana", note(&"x".repeat(10_001))).code,
        Code::TooLarge
    );
    world.online("ana", vec![note(&"é".repeat(10_000))]);
    let title = Command::Edit {
        subject: leads_subject(),
        set: vec![(Field::Title, Value::Text("a\u{1b}[31mred".into()))],
    };
    assert!(
        refused(&mut world, "ana", title)
            .message
            .contains("control character")
    );
}

#[test]
fn an_edit_that_changes_nothing_says_so() {
    let mut world = World::with_quarter();
    assert_eq!(
        refused(&mut world, "ana", set_target("550")).code,
        Code::NothingToChange
    );
}

#[test]
fn an_objective_is_agreed_when_all_who_were_asked_have_signed() {
    let mut world = World::with_quarter();
    let members = vec![world.machines["ben"].member, world.machines["caro"].member];
    world.online(
        "ana",
        vec![Command::Record(Body::SignOffAsked {
            objective: objective(),
            members,
        })],
    );
    let sign = || {
        Command::Record(Body::ObjectiveSigned {
            objective: objective(),
        })
    };
    world.online("ben", vec![sign()]);
    assert_eq!(world.state.objectives[&objective()].state.word(), "draft");
    world.online("caro", vec![sign()]);
    assert_eq!(world.state.objectives[&objective()].state.word(), "agreed");
}
