//! Where a closed cycle stands among open ones, it stands with its grades.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{Body, KeyResultGraded};
use quarterdeck_core::{grading, score};
use support::*;

#[test]
fn a_late_check_in_moves_the_score_and_not_what_stands() {
    let mut world = World::with_quarter();
    world.online("ana", vec![check_in(absolute("525"), "2026-07-09")]);
    world.pull_all();
    let on = date("2026-07-10");
    let stands = |world: &World| grading::objective_stands(&world.state, objective(), on);
    assert_eq!(stands(&world), Some(dec("0.5")), "open: the score");

    // Ben knows nothing of the closing.
    world
        .offline("ben", vec![check_in(absolute("550"), "2026-07-10")])
        .unwrap();
    world.online(
        "ana",
        vec![Command::Record(Body::KeyResultGraded(KeyResultGraded {
            key_result: leads(),
            computed: Some(dec("0.5")),
            from: None,
            to: Some(dec("0.5")),
        }))],
    );
    let position = world.state.head;
    world.online(
        "ana",
        vec![Command::Record(Body::CycleClosed {
            cycle: cycle(),
            position,
            root: [7; 32],
        })],
    );
    world.sync("ben");

    let later = score::objective_score(&world.state, objective(), on);
    assert_eq!(later, Some(dec("1")), "what is known by now");
    assert_eq!(stands(&world), Some(dec("0.5")), "closed: the grade");
    assert_eq!(grading::stands(&world.state, leads(), on), Some(dec("0.5")));
    let all = grading::cycle_stands(&world.state, cycle(), on, |_| true).all;
    assert_eq!(all, Some(dec("0.5")));
}
