//! Undo appends a compensating event, also for what has long been synced.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{Body, Entry};
use quarterdeck_core::refusal::Code;
use quarterdeck_core::value::Value;
use support::*;

fn undo(entry: &Entry) -> Command {
    Command::Undo(Box::new(entry.event.clone()))
}

#[test]
fn undoing_an_edit_sets_the_field_back_and_says_what_it_undoes() {
    let mut world = World::with_quarter();
    let edit = world.online("ana", vec![set_target("600")]).remove(0);
    world.pull_all();
    let undone = world.online("ben", vec![undo(&edit)]).remove(0);
    assert_eq!(world.target(), Value::Number(dec("550")));
    assert_eq!(undone.event.undoes, Some(edit.event.id));
    assert_eq!(undone.event.body.kind(), "KeyResultEdited");
}

#[test]
fn undoing_the_undo_brings_it_back() {
    let mut world = World::with_quarter();
    let edit = world.online("ana", vec![set_target("600")]).remove(0);
    let undone = world.online("ana", vec![undo(&edit)]).remove(0);
    world.online("ana", vec![undo(&undone)]);
    assert_eq!(world.target(), Value::Number(dec("600")));
}

#[test]
fn what_somebody_changed_since_is_not_undone_over_their_head() {
    let mut world = World::with_quarter();
    let edit = world.online("ana", vec![set_target("600")]).remove(0);
    world.online("ben", vec![set_target("620")]);
    let refusal = world.try_online("ana", vec![undo(&edit)]).unwrap_err();
    assert_eq!(refusal.code, Code::NotUndoable);
    assert!(
        refusal.message.contains("ben set it since"),
        "{}",
        refusal.message
    );
}

#[test]
fn a_check_in_is_retracted_and_reinstated() {
    let mut world = World::with_quarter();
    let made = world
        .online("caro", vec![check_in(absolute("520"), "2026-07-09")])
        .remove(0);
    let retracted = world.online("caro", vec![undo(&made)]).remove(0);
    assert_eq!(
        world.value("2026-07-10"),
        Some(dec("500")),
        "the baseline holds again"
    );
    assert_eq!(retracted.event.body.kind(), "CheckInRetracted");
    world.online("caro", vec![undo(&retracted)]);
    assert_eq!(world.value("2026-07-10"), Some(dec("520")));
}

#[test]
fn a_new_key_result_is_withdrawn_and_leaves_the_mean() {
    let mut world = World::with_quarter();
    let added = world
        .online(
            "ana",
            vec![Command::Record(Body::KeyResultAdded(key_result(
                NPS,
                "a typo",
                increase("1", "2"),
            )))],
        )
        .remove(0);
    world.online("ana", vec![undo(&added)]);
    assert!(!world.state.key_results[&quarterdeck_core::id::KeyResultId::new(id(NPS))].is_live());
}

#[test]
fn some_things_cannot_be_undone_and_the_refusal_says_what_to_do_instead() {
    let mut world = World::with_quarter();
    let joined = world.log[1].clone();
    let refusal = world.try_online("ana", vec![undo(&joined)]).unwrap_err();
    assert_eq!(refusal.code, Code::NotUndoable);
    assert!(refusal.hint.unwrap().contains("okr member remove"));
}
