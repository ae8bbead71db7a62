//! Mid-quarter, the story, and that a closed cycle is told as at its closing.

use quarterdeck_core::decide::Command;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::{Body, KeyResultGraded};
use quarterdeck_core::goalposts;
use quarterdeck_core::grading;
use quarterdeck_core::retro::{self, Asked, Kind, Sentence};
use quarterdeck_core::score;
use quarterdeck_core::value::{Field, Value};
use quarterdeck_core::when::Moment;

use crate::support::past::{Listed, fold};
use crate::support::*;
use crate::{ask, asked, found, slow_quarter, story};

#[test]
fn mid_quarter_is_what_was_known_at_the_end_of_the_middle_day() {
    let world = slow_quarter();
    let found = found(&world, "2026-10-01");
    let middle = found.middle.as_ref().unwrap();
    // Of 92 days the 46th.
    assert_eq!(middle.day, date("2026-08-15"));
    let known: Vec<_> = (world.log.iter())
        .filter(|entry| entry.recorded < noon("2026-08-16"))
        .collect();
    let plain = fold(known);
    assert_eq!(middle.state, plain);
    assert_eq!(
        found.mid_scores(|_, _| true).all,
        score::objective_score(&plain, objective(), middle.day)
    );
    // (510 − 500) ÷ 50; the 515 of 12 August came in September.
    assert_eq!(found.mid_objective(objective()), Some(dec("0.2")));
    // Before that day there is no such picture, and none at a horizon before it.
    assert!(self::found(&world, "2026-08-15").middle.is_none());
    let early = Asked {
        as_of: Some(Moment::At(noon("2026-08-01"))),
        ..asked("2026-09-30")
    };
    let mut past = Listed::as_of(&world.log, Moment::At(noon("2026-08-01")));
    let then = retro::of(&mut past, &early).unwrap().unwrap();
    assert!(then.middle.is_none());
}

#[test]
fn the_story_tells_what_happened_and_where_it_stands_in_the_log() {
    let world = slow_quarter();
    let found = found(&world, "2026-10-01");
    let told = story(&found);
    for sentence in [
        "The score stood at 0.2 in mid-quarter and ended at 0.85.",
        "‘Grow a pipeline worth having’ went on in the second half, from 0.2 to 0.85.",
        "The target of ‘qualified leads’ was lowered from 550 to 540 nine days before the end by ben.",
    ] {
        assert!(told.iter().any(|one| one == sentence), "{told:#?}");
    }
    let moved = found
        .story
        .iter()
        .find(|one| one.kind == Kind::Moved)
        .unwrap();
    let entry = &world.log[moved.entries[0] as usize - 1];
    assert_eq!(entry.event.body.kind(), "KeyResultEdited");
    assert!(found.story.len() <= retro::story::MOST);
    let of_one = |one: &&Sentence| one.objective == Some(objective());
    assert!(found.story.iter().filter(of_one).count() <= retro::story::OF_ONE);
    for one in &found.story {
        assert!(!one.entries.is_empty(), "{one:?}");
        assert!(one.entries.iter().all(|seq| *seq <= world.state.head));
    }
    let weights: Vec<i64> = found.story.iter().map(|one| one.weight).collect();
    assert!(weights.is_sorted_by(|a, b| a >= b), "{weights:?}");
}

#[test]
fn a_target_that_was_moved_and_moved_back_is_told_once() {
    let mut world = World::with_quarter();
    for target in ["540", "560", "550"] {
        world.online("ana", vec![set_target(target)]);
    }
    let found = found(&world, "2026-10-01");
    let told = story(&found);
    let moved: Vec<_> = told.iter().filter(|one| one.contains("target")).collect();
    assert_eq!(
        moved,
        ["The target of ‘qualified leads’ was changed three times, and is 550 as it was."]
    );
}

#[test]
fn a_closed_cycle_is_told_as_at_its_closing_for_ever() {
    let mut world = slow_quarter();
    let computed = grading::computed(&world.state, leads(), date("2026-09-30"));
    world.now = noon("2026-10-01");
    let graded = Body::KeyResultGraded(KeyResultGraded {
        key_result: leads(),
        computed,
        from: None,
        to: computed,
    });
    world.online("ana", vec![Command::Record(graded)]);
    let position = world.state.head;
    world.pull_all();
    let late = check_in(absolute("600"), "2026-09-30");
    world.offline("caro", vec![late]).unwrap();
    let renamed = Command::Edit {
        subject: leads_subject(),
        set: vec![(Field::Title, Value::Text("renamed".into()))],
    };
    world.offline("ben", vec![renamed]).unwrap();
    let close = quarter::close(&world, position);
    world.online("ana", vec![close]);
    let before = found(&world, "2026-10-01");
    assert!(before.ended && before.state.cycles[&cycle()].is_closed());
    assert_eq!(
        (before.on, before.state.head),
        (date("2026-09-30"), position)
    );

    world.now = noon("2026-11-01");
    world.sync("caro");
    // Of the past nothing is renamed either; whether that is let in is not this test's matter.
    let _ = world.try_sync("ben");
    let after = found(&world, "2026-11-01");
    assert_eq!(story(&after), story(&before));
    assert_eq!(after.ambition, before.ambition);
    assert_eq!(
        (&after.stalls, &after.surges),
        (&before.stalls, &before.surges)
    );
    assert_eq!(
        (&after.late, &after.gathered),
        (&before.late, &before.gathered)
    );
    assert_eq!(after.state, before.state);
    // A day that was asked for looks past the closing.
    let named = Asked {
        day_was_named: true,
        ..asked("2026-11-01")
    };
    let learned = ask(&world, &named);
    assert_eq!(learned.scores(|_| true).all, Some(Decimal::ONE));
}

#[test]
fn figures_are_those_that_other_questions_give() {
    let world = slow_quarter();
    let found = found(&world, "2026-10-01");
    let on = date("2026-10-01");
    assert_eq!(
        found.scores(|_| true),
        score::cycle_means(&world.state, cycle(), on, |_| true)
    );
    let asked = goalposts::Asked {
        cycle: cycle(),
        scope: goalposts::Scope::Cycle,
        on,
    };
    let moved = goalposts::of(&mut Listed::all(&world.log), &asked)
        .unwrap()
        .unwrap();
    assert_eq!(found.goalposts.moved, moved.moved);
    assert_eq!(found.goalposts.agreed, moved.agreed);
    assert_eq!(found.late.check_ins.len(), 1);
    assert_eq!(found.gathered.cases.len(), 1);
}
