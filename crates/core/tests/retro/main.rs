//! A cycle looked back on, against a plain look at every day of it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[path = "../support/mod.rs"]
mod support;

mod beside;
mod course;
mod judged;
mod told;

use quarterdeck_core::decide::Command;
use quarterdeck_core::event::Body;
use quarterdeck_core::id::KeyResultId;
use quarterdeck_core::retro::{self, Asked, Part, Retro, Sentence};
use quarterdeck_core::state::State;
use quarterdeck_core::token::NoteKind;
use quarterdeck_core::value::Subject;
use support::past::Listed;
use support::*;

pub(crate) fn asked(on: &str) -> Asked {
    Asked {
        cycle: cycle(),
        compare: None,
        on: date(on),
        day_was_named: false,
        as_of: None,
    }
}

pub(crate) fn found(world: &World, on: &str) -> Retro {
    ask(world, &asked(on))
}

pub(crate) fn ask(world: &World, asked: &Asked) -> Retro {
    retro::of(&mut Listed::all(&world.log), asked)
        .unwrap()
        .unwrap()
}

/// Checks in on a day.
pub(crate) fn measured(world: &mut World, key_result: KeyResultId, value: &str, on: &str) {
    world.now = world.now.max(noon(on));
    world.online("ana", vec![check_in_on(key_result, absolute(value), on)]);
}

/// A sentence as somebody would read it.
pub(crate) fn read(state: &State, parts: &[Part]) -> String {
    (parts.iter())
        .map(|part| match part {
            Part::Text(text) | Part::Said(text) => text.clone(),
            Part::Person(member) => state.member_name(*member).to_owned(),
            Part::Goal(Subject::KeyResult(id)) => state.key_results[id].title.clone(),
            Part::Goal(Subject::Objective(id)) => state.objectives[id].title.clone(),
            Part::Goal(Subject::Cycle(id)) => state.cycles[id].name.clone(),
            Part::Goal(_) => "?".to_owned(),
            Part::Number(number, unit) => match unit {
                Some(unit) => format!("{number} {unit}"),
                None => number.to_string(),
            },
            Part::Share(share) => share.round(2).to_string(),
            Part::Date(date) => date.to_string(),
        })
        .collect()
}

pub(crate) fn story(found: &Retro) -> Vec<String> {
    let text = |one: &Sentence| read(&found.state, &one.parts);
    found.story.iter().map(text).collect()
}

/// The quarter that most tests look at: slow until September, a target that was moved, a problem, a surge.
pub(crate) fn slow_quarter() -> World {
    let mut world = World::with_quarter();
    for (value, on) in [
        ("505", "2026-07-14"),
        ("510", "2026-07-28"),
        ("510", "2026-08-11"),
    ] {
        measured(&mut world, leads(), value, on);
    }
    world.now = noon("2026-08-20");
    world.online(
        "ben",
        vec![Command::Record(Body::NoteAdded {
            about: leads_subject(),
            kind: NoteKind::Problem,
            text: "The fair was cancelled.\nNobody told us.".into(),
        })],
    );
    measured(&mut world, leads(), "510", "2026-09-01");
    measured(&mut world, leads(), "512", "2026-09-08");
    world.now = noon("2026-09-21");
    world.online_because("ben", vec![set_target("540")], "two reps left");
    // Two weeks late: nobody knew of it in mid-quarter.
    world.online("ana", vec![check_in(absolute("515"), "2026-08-12")]);
    measured(&mut world, leads(), "534", "2026-09-29");
    world.pull_all();
    world
}
