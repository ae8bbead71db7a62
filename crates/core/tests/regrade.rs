//! Grading again, by the worked examples of `docs/goalposts.md`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use quarterdeck_core::decide::Command;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::goalposts::{self, Asked, Scope};
use quarterdeck_core::grading::{Band, Bands};
use quarterdeck_core::id::KeyResultId;
use quarterdeck_core::regrade::{Regraded, Rules, regrade};
use quarterdeck_core::token::ObjectiveKind;
use quarterdeck_core::value::{Field, Subject, Value};
use support::past::Listed;
use support::quarter::*;
use support::*;

const DAY: &str = "2026-09-30";

fn graded_again(world: &World, rules: &Rules) -> Regraded {
    regrade(&world.state, None, cycle(), date(DAY), rules)
}

fn whole(found: &Regraded) -> (Option<Decimal>, Option<Decimal>) {
    let all = |state| found.means(state, |_| true).all;
    (all(&found.was), all(&found.would))
}

fn weights(of: &[(KeyResultId, &str)]) -> Rules {
    Rules {
        weights: of.iter().map(|(id, weight)| (*id, dec(weight))).collect(),
        ..Rules::default()
    }
}

#[test]
fn the_worked_examples_are_those_of_the_document() {
    let world = closed();
    let left_out = [Subject::KeyResult(kr(PILOT))].into_iter().collect();
    for (rules, grade, said) in [
        (
            Rules {
                equal_weights: true,
                ..Rules::default()
            },
            "0.6067",
            "(0.62 + 0.7 + 0.5) ÷ 3 = 0.6067",
        ),
        (
            Rules {
                computed: true,
                ..Rules::default()
            },
            "0.635",
            "(0.62 × 2 + 0.8 + 0.5) ÷ 4 = 0.635",
        ),
        (
            weights(&[(leads(), "1"), (kr(PARTNERS), "3")]),
            "0.644",
            "(0.62 + 0.7 × 3 + 0.5) ÷ 5 = 0.644",
        ),
        (
            Rules {
                left_out,
                ..Rules::default()
            },
            "0.6467",
            "(0.62 × 2 + 0.7) ÷ 3 = 0.6467",
        ),
    ] {
        let found = graded_again(&world, &rules);
        assert_eq!(
            whole(&found),
            (Some(dec("0.61")), Some(dec(grade))),
            "{said}"
        );
        assert!(include_str!("../../../docs/goalposts.md").contains(said));
    }
}

#[test]
fn bands_are_cut_where_they_are_said_to_be() {
    let bands = Bands {
        green: dec("0.6"),
        ..Bands::default()
    };
    assert_eq!(bands.of(dec("0.61")), Band::Green);
    assert_eq!(Band::of(dec("0.61")), Band::Amber);
}

#[test]
fn committed_ones_are_all_or_nothing() {
    let mut world = graded();
    let rules = Rules {
        all_or_nothing: true,
        ..Rules::default()
    };
    assert_eq!(
        whole(&graded_again(&world, &rules)).1,
        Some(dec("0.61")),
        "an aspiration is not"
    );
    world.online(
        "ana",
        vec![Command::Edit {
            subject: Subject::Objective(objective()),
            set: vec![(
                Field::Kind,
                Value::Text(ObjectiveKind::Committed.word().into()),
            )],
        }],
    );
    let whole_one = grade(&world, leads(), "1");
    world.online_because("ana", vec![whole_one], "so it was");
    let found = graded_again(&world, &rules);
    assert_eq!(
        whole(&found).1,
        Some(dec("0.5")),
        "the leads, of weight 2 of 4, are there; the others are nothing"
    );
}

#[test]
fn what_was_set_aside_counts_with_zero() {
    let mut world = graded();
    let drop = Command::Edit {
        subject: Subject::KeyResult(kr(PILOT)),
        set: vec![(Field::State, Value::Text("dropped".into()))],
    };
    world.online_because("ana", vec![drop], "no time");
    let rules = Rules {
        set_aside_is_zero: true,
        ..Rules::default()
    };
    let found = graded_again(&world, &rules);
    // (0.62 × 2 + 0.7) ÷ 3 and ÷ 4.
    assert_eq!(whole(&found), (Some(dec("0.6467")), Some(dec("0.485"))));
    assert_eq!(found.key_result(&found.was, kr(PILOT)), None);
    assert_eq!(
        found.key_result(&found.would, kr(PILOT)),
        Some(Decimal::ZERO)
    );
    let drop = Command::Edit {
        subject: Subject::Objective(objective()),
        set: vec![(Field::State, Value::Text("deferred".into()))],
    };
    world.online_because("ana", vec![drop], "next year");
    assert_eq!(
        whole(&graded_again(&world, &rules)),
        (None, Some(Decimal::ZERO))
    );
}

#[test]
fn what_has_no_grade_stands_with_the_computed_one() {
    let world = quarter();
    let found = graded_again(&world, &Rules::default());
    // (0.62 × 2 + 0.8 + 0.5) ÷ 4 on both sides.
    assert_eq!(whole(&found), (Some(dec("0.635")), Some(dec("0.635"))));
}

#[test]
fn by_the_goals_as_first_agreed_all_grades_are_computed() {
    let mut world = World::with_quarter();
    world.now = noon("2026-08-14");
    world.online("ana", vec![set_target("540")]);
    world.now = noon("2026-10-01");
    world.online("ana", vec![check_in(absolute("531"), DAY)]);
    world.pull_all();
    let overruled = grade(&world, leads(), "0.9");
    world.online_because("ana", vec![overruled], "they were hard ones");
    let asked = Asked {
        cycle: cycle(),
        scope: Scope::Cycle,
        on: date(DAY),
    };
    let mut past = Listed::all(&world.log);
    let agreed = goalposts::of(&mut past, &asked).unwrap().unwrap().agreed;
    let found = regrade(
        &world.state,
        Some(&agreed),
        cycle(),
        date(DAY),
        &Rules::default(),
    );
    // 31 ÷ 50 of the way to 550.
    assert_eq!(whole(&found), (Some(dec("0.9")), Some(dec("0.62"))));
}

#[test]
fn nothing_is_changed_by_asking() {
    let world = closed();
    let before = world.state.clone();
    let _ = graded_again(
        &world,
        &Rules {
            equal_weights: true,
            computed: true,
            set_aside_is_zero: true,
            ..Rules::default()
        },
    );
    assert_eq!(world.state, before);
}
