//! Goalposts, by the worked example of `docs/goalposts.md`, and against a log in which nothing was moved.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{Body, ObjectiveDrafted, Source};
use quarterdeck_core::goalposts::{self, Asked, Goalposts, Scope, What};
use quarterdeck_core::id::ObjectiveId;
use quarterdeck_core::token::CycleKind;
use quarterdeck_core::value::{Field, Subject, Value};
use quarterdeck_core::when::Moment;
use support::past::Listed;
use support::quarter::{NEXT, kr, next_cycle};
use support::*;

const PARTNERS: u64 = 201;

fn asked(scope: Scope, on: &str) -> Asked {
    Asked {
        cycle: cycle(),
        scope,
        on: date(on),
    }
}

fn found(world: &World, on: &str) -> Goalposts {
    let mut past = Listed::all(&world.log);
    goalposts::of(&mut past, &asked(Scope::Cycle, on))
        .unwrap()
        .unwrap()
}

fn edit(subject: Subject, field: Field, to: Value) -> Command {
    Command::Edit {
        subject,
        set: vec![(field, to)],
    }
}

fn text(word: &str) -> Value {
    Value::Text(word.into())
}

/// What was moved, in a few words each.
fn told(found: &Goalposts) -> Vec<(What, Option<&str>, i32)> {
    (found.moved.iter())
        .map(|one| {
            let field = one.field.as_ref().map(Field::word);
            (one.what, field, one.days_before_end)
        })
        .collect()
}

/// The quarter of the example: agreed in June, measured, and one target halved in August.
fn example() -> World {
    let mut world = World::with_quarter();
    world.now = noon("2026-06-28");
    let partners = key_result(PARTNERS, "partners signed", increase("0", "10"));
    world.online(
        "ana",
        vec![
            Command::Record(Body::KeyResultAdded(partners)),
            set_target("600"),
        ],
    );
    world.now = noon("2026-08-14");
    world.online_because("ben", vec![set_target("550")], "two reps left");
    world.now = noon("2026-09-30");
    world.online(
        "ana",
        vec![
            check_in(absolute("531"), "2026-09-30"),
            check_in_on(kr(PARTNERS), absolute("6"), "2026-09-30"),
        ],
    );
    world.now = noon("2026-10-02");
    let later = edit(
        Subject::Cycle(cycle()),
        Field::Ends,
        Value::Date(date("2026-10-07")),
    );
    world.online("ana", vec![later]);
    world.pull_all();
    world
}

#[test]
fn the_worked_example_is_that_of_the_document() {
    let world = example();
    let found = found(&world, "2026-10-02");
    assert_eq!(found.begins, date("2026-07-01"));
    assert_eq!(
        told(&found),
        [
            (What::Changed, Some("target"), 47),
            (What::Changed, Some("ends"), -2),
        ],
        "what was changed before the first day is as first agreed"
    );
    let moved = &found.moved[0];
    assert_eq!(moved.from, Value::Number(dec("600")));
    assert_eq!(moved.to, Value::Number(dec("550")));
    assert_eq!(moved.act.reason.as_deref(), Some("two reps left"));
    assert_eq!(moved.act.member, world.machines["ben"].member);
    assert!(!moved.after_end() && found.moved[1].after_end());

    let scores = |state| {
        (
            found.key_result(state, leads()),
            found.key_result(state, kr(PARTNERS)),
            found.objective(state, objective()),
            found.means(state, |_| true).all,
        )
    };
    assert_eq!(
        scores(&found.agreed),
        (
            Some(dec("0.31")),
            Some(dec("0.6")),
            Some(dec("0.455")),
            Some(dec("0.455"))
        )
    );
    assert_eq!(
        scores(&world.state),
        (
            Some(dec("0.62")),
            Some(dec("0.6")),
            Some(dec("0.61")),
            Some(dec("0.61"))
        )
    );
    let document = include_str!("../../../docs/goalposts.md");
    for said in [
        "| qualified leads | 500 → 600 | 500 → 550 | 531 | 0.31 | 0.62 |",
        "| partners signed | 0 → 10 | 0 → 10 | 6 | 0.6 | 0.6 |",
        "(0.31 + 0.6) ÷ 2 = 0.455",
        "(0.62 + 0.6) ÷ 2 = 0.61",
        "47 days before the end",
        "2 days after the end",
    ] {
        assert!(document.contains(said), "{said}");
    }
}

#[test]
fn the_state_alone_tells_that_goals_were_moved() {
    let world = example();
    assert_eq!(goalposts::tally(&world.state, cycle()), 2);
    let moved = |subject| goalposts::last_moved(&world.state, subject);
    assert!(moved(leads_subject()).is_some());
    assert!(moved(Subject::KeyResult(kr(PARTNERS))).is_none());
}

#[test]
fn what_was_known_by_then_is_told_and_nothing_else() {
    let world = example();
    let end = Moment::At(noon("2026-08-20"));
    let mut past = Listed::as_of(&world.log, end);
    let asked = asked(Scope::Cycle, "2026-08-20");
    let then = goalposts::of(&mut past, &asked).unwrap().unwrap();
    assert_eq!(told(&then), [(What::Changed, Some("target"), 47)]);
    let before = Moment::At(noon("2026-06-29"));
    let mut past = Listed::as_of(&world.log, before);
    let then = goalposts::of(&mut past, &asked).unwrap().unwrap();
    assert_eq!(told(&then), [], "it had not begun");
}

#[test]
fn what_joins_late_is_agreed_as_it_was_added() {
    let mut world = World::with_quarter();
    world.now = noon("2026-08-01");
    let pilot = key_result(202, "pilots", increase("0", "4"));
    let subject = Subject::KeyResult(kr(202));
    world.online(
        "ana",
        vec![
            Command::Record(Body::KeyResultAdded(pilot)),
            // One command makes and sets it: that is how it was added.
            edit(subject, Field::Target, Value::Number(dec("8"))),
        ],
    );
    world.now = noon("2026-08-02");
    world.online(
        "ana",
        vec![edit(subject, Field::Target, Value::Number(dec("2")))],
    );
    world.online(
        "ana",
        vec![check_in_on(kr(202), absolute("2"), "2026-08-02")],
    );
    let found = found(&world, "2026-08-03");
    assert_eq!(
        told(&found),
        [(What::Added, None, 60), (What::Changed, Some("target"), 59)]
    );
    assert_eq!(found.key_result(&found.agreed, kr(202)), Some(dec("0.25")));
    assert_eq!(found.key_result(&world.state, kr(202)), Some(dec("1")));
}

#[test]
fn what_is_dropped_counts_as_agreed_and_what_was_a_slip_does_not() {
    let mut world = World::with_quarter();
    world.now = noon("2026-08-01");
    world.online("ana", vec![check_in(absolute("510"), "2026-08-01")]);
    let drop = edit(leads_subject(), Field::State, text("dropped"));
    world.online_because("ana", vec![drop], "no market");
    let slip = key_result(202, "slip", increase("0", "1"));
    let slip = world.online("ana", vec![Command::Record(Body::KeyResultAdded(slip))]);
    world.online("ana", vec![Command::Undo(Box::new(slip[0].event.clone()))]);
    let found = found(&world, "2026-08-03");
    let whats: Vec<What> = found.moved.iter().map(|one| one.what).collect();
    assert_eq!(whats, [What::Dropped, What::Added, What::Withdrawn]);
    assert_eq!(found.moved[0].act.reason.as_deref(), Some("no market"));
    assert_eq!(found.key_result(&found.agreed, leads()), Some(dec("0.2")));
    assert_eq!(found.key_result(&world.state, leads()), None);
    assert_eq!(
        found.objective(&found.agreed, objective()),
        Some(dec("0.2")),
        "the slip never counted"
    );
}

#[test]
fn an_objective_that_leaves_counts_where_it_was_agreed() {
    let mut world = World::with_quarter();
    world.online(
        "ana",
        vec![Command::Record(Body::CycleCreated {
            cycle: next_cycle(),
            name: "2026-Q4".into(),
            kind: CycleKind::Quarterly,
            starts: date("2026-10-01"),
            ends: date("2026-12-31"),
            parent: None,
        })],
    );
    assert_eq!(next_cycle().uuid(), id(NEXT));
    world.now = noon("2026-08-01");
    world.online("ana", vec![check_in(absolute("510"), "2026-08-01")]);
    let away = edit(
        Subject::Objective(objective()),
        Field::Cycle,
        Value::Ref(Subject::Cycle(next_cycle())),
    );
    world.online("ana", vec![away]);
    let left = found(&world, "2026-08-03");
    assert_eq!(told(&left), [(What::MovedOut, Some("cycle"), 60)]);
    assert_eq!(left.means(&left.agreed, |_| true).all, Some(dec("0.2")));
    assert_eq!(left.means(&world.state, |_| true).all, None);

    let mut past = Listed::all(&world.log);
    let next = Asked {
        cycle: next_cycle(),
        ..asked(Scope::Cycle, "2026-08-03")
    };
    let came = goalposts::of(&mut past, &next).unwrap().unwrap();
    assert_eq!(told(&came), [], "it came before that one began");

    // Back again, late.
    world.now = noon("2026-09-01");
    let back = edit(
        Subject::Objective(objective()),
        Field::Cycle,
        Value::Ref(Subject::Cycle(cycle())),
    );
    world.online("ana", vec![back]);
    let back = found(&world, "2026-09-01");
    assert_eq!(
        told(&back),
        [
            (What::MovedOut, Some("cycle"), 60),
            (What::MovedIn, Some("cycle"), 29)
        ]
    );
    assert_eq!(back.means(&back.agreed, |_| true).all, Some(dec("0.2")));
}

#[test]
fn agreeing_and_starting_are_no_moved_goals() {
    let mut world = World::with_quarter();
    let agree = edit(
        Subject::Objective(objective()),
        Field::State,
        text("active"),
    );
    world.online("ana", vec![agree]);
    let owner = Value::Ref(Subject::Member(world.machines["ben"].member));
    world.online("ana", vec![edit(leads_subject(), Field::Owner, owner)]);
    assert_eq!(told(&found(&world, "2026-07-12")), []);
    assert_eq!(goalposts::tally(&world.state, cycle()), 0);
}

#[test]
fn undoing_is_told_with_what_it_undoes() {
    let mut world = World::with_quarter();
    let made = world.online("ana", vec![set_target("520")]);
    world.online("ana", vec![Command::Undo(Box::new(made[0].event.clone()))]);
    let found = found(&world, "2026-07-12");
    assert_eq!(found.moved.len(), 2);
    assert!(found.moved[0].act.undone && !found.moved[1].act.undone);
    assert_eq!(found.moved[1].act.undoes, Some(made[0].event.id));
    assert_eq!(
        found.means(&found.agreed, |_| true),
        found.means(&world.state, |_| true)
    );
}

#[test]
fn a_side_of_a_conflict_that_took_effect_is_marked() {
    let mut world = World::with_quarter();
    world.offline("ben", vec![set_target("540")]).unwrap();
    world.now = noon("2026-07-11");
    world.online("ana", vec![set_target("560")]);
    world.now = noon("2026-07-12");
    world.sync("ben");
    let found = found(&world, "2026-07-13");
    assert_eq!(told(&found), [(What::Changed, Some("target"), 81)]);
    let mut log = world.log.clone();
    // Had Ben's clock been ahead of Ana's, his would have taken effect.
    log.last_mut().unwrap().event.authored.wall = noon("2026-07-12").ms();
    let mut past = Listed::all(&log);
    let other = goalposts::of(&mut past, &asked(Scope::Cycle, "2026-07-13"));
    let other = other.unwrap().unwrap();
    assert_eq!(other.moved.len(), 2);
    assert!(!other.moved[0].conflict && other.moved[1].conflict);
}

#[test]
fn imported_history_counts_from_its_source() {
    let world = example();
    let mut log = world.log.clone();
    let at = log
        .iter()
        .position(|entry| entry.event.reason.is_some())
        .unwrap();
    log[at].event.source = Some(Source {
        author: "Dee".into(),
        at: noon("2026-06-29"),
        origin: "okrs.md".into(),
    });
    let mut past = Listed::all(&log);
    let found = goalposts::of(&mut past, &asked(Scope::Cycle, "2026-10-02"));
    let found = found.unwrap().unwrap();
    assert_eq!(told(&found), [(What::Changed, Some("ends"), -2)]);
    assert_eq!(found.key_result(&found.agreed, leads()), Some(dec("0.62")));
}

#[test]
fn a_cycle_begins_with_the_first_day_that_it_had_when_that_came() {
    let mut world = example();
    let starts = |day: &str| {
        edit(
            Subject::Cycle(cycle()),
            Field::Starts,
            Value::Date(date(day)),
        )
    };
    // To begin later hides nothing.
    world.online("ana", vec![starts("2026-09-01")]);
    let found = found(&world, "2026-10-02");
    assert_eq!(found.begins, date("2026-07-01"));
    assert_eq!(found.moved.len(), 3);
    assert_eq!(found.agreed.cycles[&cycle()].starts, date("2026-07-01"));
}

#[test]
fn one_thing_can_be_asked_about_alone() {
    let world = example();
    let mut past = Listed::all(&world.log);
    let one = asked(Scope::KeyResult(kr(PARTNERS)), "2026-10-02");
    let found = goalposts::of(&mut past, &one).unwrap().unwrap();
    assert_eq!(told(&found), [(What::Changed, Some("ends"), -2)]);
    let one = asked(Scope::KeyResult(leads()), "2026-10-02");
    let found = goalposts::of(&mut past, &one).unwrap().unwrap();
    assert_eq!(found.moved.len(), 2);
    assert_eq!(found.key_result(&found.agreed, leads()), Some(dec("0.31")));
}

#[test]
fn an_objective_drafted_late_is_told_with_its_key_results() {
    let mut world = World::with_quarter();
    let second = ObjectiveId::new(id(400));
    let drafted = ObjectiveDrafted {
        objective: second,
        ..objective_drafted()
    };
    world.online(
        "ana",
        vec![Command::Record(Body::ObjectiveDrafted(drafted))],
    );
    let found = found(&world, "2026-07-12");
    assert_eq!(told(&found), [(What::Added, None, 82)]);
    assert_eq!(found.moved[0].subject, Subject::Objective(second));
}
