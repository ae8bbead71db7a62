//! The fold over random histories: pure, resumable anywhere, never losing and never failing.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use proptest::prelude::*;
use quarterdeck_core::event::{Body, Entry};
use quarterdeck_core::state::State;
use quarterdeck_core::value::Value;
use quarterdeck_core::{canonical, clock::Hlc, score};
use support::story::*;
use support::*;

fn fold(entries: &[Entry]) -> State {
    let mut state = State::default();
    entries.iter().for_each(|entry| state.apply(entry));
    state
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_machine_that_holds_the_same_entries_shows_the_same_bytes(story in story()) {
        let world = play(&story);
        let whole = canonical::json(&world.state).unwrap();
        prop_assert_eq!(&canonical::json(&fold(&world.log)).unwrap(), &whole);
        for name in ["ana", "ben", "caro"] {
            prop_assert!(world.machines[name].outbox.is_empty());
            prop_assert_eq!(&canonical::json(&world.machines[name].view()).unwrap(), &whole);
        }
    }

    #[test]
    fn a_snapshot_at_any_entry_continues_to_the_same_bytes(story in story(), cut: u16) {
        let world = play(&story);
        let cut = usize::from(cut) % (world.log.len() + 1);
        let (before, after) = world.log.split_at(cut);
        let binary = postcard::to_stdvec(&fold(before)).unwrap();
        let mut state: State = postcard::from_bytes(&binary).unwrap();
        after.iter().for_each(|entry| state.apply(entry));
        prop_assert_eq!(canonical::json(&state).unwrap(), canonical::json(&world.state).unwrap());
        let text = canonical::json(&world.state).unwrap();
        let back: State = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(back, world.state);
    }

    /// The reading kept beside packed check-ins says what the check-ins themselves say.
    #[test]
    fn a_snapshot_scores_every_day_like_the_state_it_was_taken_of(story in story()) {
        let world = play(&story);
        let binary = postcard::to_stdvec(&world.state).unwrap();
        let cycle = &world.state.cycles[&cycle()];
        for day in 1..31 {
            let on = date(&format!("2026-07-{day:02}"));
            // Read back anew for each day, so that no earlier question has unpacked anything.
            let state: State = postcard::from_bytes(&binary).unwrap();
            prop_assert_eq!(
                score::progress(&state, &state.key_results[&leads()], cycle, on),
                score::progress(&world.state, &world.state.key_results[&leads()], cycle, on)
            );
        }
    }

    #[test]
    fn what_was_admitted_is_never_skipped_and_no_check_in_is_lost(story in story()) {
        let world = play(&story);
        prop_assert!(world.state.skipped.is_empty(), "{:?}", world.state.skipped);
        let made = world
            .log
            .iter()
            .filter(|entry| matches!(&entry.event.body, Body::CheckedIn(made) if made.key_result == leads()))
            .count();
        prop_assert_eq!(world.state.key_results[&leads()].check_ins.all().count(), made);
    }

    #[test]
    fn both_sides_of_an_open_conflict_are_in_the_log(story in story()) {
        let world = play(&story);
        for open in &world.state.conflicts {
            prop_assert!(open.contenders.len() > 1);
            let in_effect = world.state.stamp(open.subject, &open.field).unwrap();
            prop_assert!(open.contenders.iter().any(|side| side.stamp.event == in_effect.event));
            for side in &open.contenders {
                prop_assert!(world.log.iter().any(|entry| entry.event.id == side.stamp.event));
            }
        }
    }

    /// Entries in an order and with contents that no server would ever admit.
    #[test]
    fn the_fold_survives_nonsense(story in story(), order: Vec<u16>, kind: u32) {
        let world = play(&story);
        let mut state = State::default();
        for (at, n) in order.iter().enumerate() {
            let mut entry = world.log[usize::from(*n) % world.log.len()].clone();
            entry.seq = at as u64 + 1;
            entry.event.authored = Hlc { wall: u64::MAX, counter: u32::MAX };
            if n % 7 == 0 {
                entry.event.body = Body::Unknown { kind };
            }
            state.apply(&entry);
        }
        prop_assert_eq!(state.head, order.len() as u64);
        canonical::json(&state).unwrap();
    }
}

#[test]
fn an_unknown_kind_is_skipped_and_the_chain_goes_on() {
    let mut world = World::with_quarter();
    let mut newer = world.offline("ana", vec![set_target("600")]).unwrap();
    newer[0].event.body = Body::Unknown { kind: 990 };
    world.machines.get_mut("ana").unwrap().outbox = newer;
    world.sync("ana");
    assert_eq!(world.state.skipped[0].why, "kind 990 is of a newer version");
    world.online("ana", vec![set_target("610")]);
    assert_eq!(world.target(), Value::Number(dec("610")));
}
