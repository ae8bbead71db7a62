//! The fold over random histories: pure, resumable anywhere, never losing and never failing.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use proptest::prelude::*;
use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{Body, Entry, KeyResultGraded, KpiRecorded, WeeklyWritten};
use quarterdeck_core::history;
use quarterdeck_core::state::State;
use quarterdeck_core::token::NoteKind;
use quarterdeck_core::value::{Field, Subject, Value};
use quarterdeck_core::{canonical, clock::Hlc, score};
use support::*;

/// One thing that somebody does.
#[derive(Debug, Clone)]
enum Act {
    CheckIn(i64, u8),
    Add(i64, u8),
    Target(u16),
    Title(u8),
    Defer,
    Revive,
    Note,
    Retract(u8),
    Correct(u8, i64),
    Undo(u8),
    Resolve(bool),
    Sync,
    Wait(u32),
    Read(i64, u8),
    Reread(u8, i64),
    Count(i64, u8),
    Grade(u8),
    Weekly(u8),
    Agree,
    Close,
    Reopen,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (0i64..1000, 1u8..28).prop_map(|(value, day)| Act::CheckIn(value, day)),
        4 => (-9i64..9, 1u8..28).prop_map(|(value, day)| Act::Add(value, day)),
        3 => (500u16..700).prop_map(Act::Target),
        1 => any::<u8>().prop_map(Act::Title),
        1 => Just(Act::Defer),
        1 => Just(Act::Revive),
        1 => Just(Act::Note),
        1 => any::<u8>().prop_map(Act::Retract),
        2 => (any::<u8>(), 0i64..1000).prop_map(|(at, value)| Act::Correct(at, value)),
        2 => any::<u8>().prop_map(Act::Undo),
        2 => any::<bool>().prop_map(Act::Resolve),
        5 => Just(Act::Sync),
        2 => (1u32..5_000_000).prop_map(Act::Wait),
        2 => (0i64..1000, 1u8..28).prop_map(|(value, day)| Act::Read(value, day)),
        1 => (any::<u8>(), 0i64..1000).prop_map(|(at, value)| Act::Reread(at, value)),
        1 => (-9i64..9, 1u8..28).prop_map(|(value, day)| Act::Count(value, day)),
        2 => (0u8..11).prop_map(Act::Grade),
        1 => any::<u8>().prop_map(Act::Weekly),
        1 => Just(Act::Agree),
        1 => Just(Act::Close),
        1 => Just(Act::Reopen),
    ]
}

fn who() -> impl Strategy<Value = &'static str> {
    prop_oneof![Just("ana"), Just("ben"), Just("caro")]
}

fn story() -> impl Strategy<Value = Vec<(&'static str, Act)>> {
    proptest::collection::vec((who(), act()), 1..60)
}

fn pick<'a>(entries: &'a [&'a Entry], at: u8) -> Option<&'a Entry> {
    entries.get(usize::from(at) % entries.len().max(1)).copied()
}

/// Does what somebody wants on their machine, offline; a refusal is an answer, too.
fn perform(world: &mut World, who: &'static str, act: &Act) {
    let day = |day: &u8| format!("2026-07-{day:02}");
    let known: Vec<Entry> = world
        .log
        .iter()
        .take(world.machines[who].confirmed.head as usize)
        .chain(&world.machines[who].outbox)
        .cloned()
        .collect();
    let check_ins: Vec<&Entry> = known
        .iter()
        .filter(|entry| matches!(entry.event.body, Body::CheckedIn(_)))
        .collect();
    let set = |field, value| Command::Edit {
        subject: leads_subject(),
        set: vec![(field, value)],
    };
    let command = match act {
        Act::CheckIn(value, on) => check_in(absolute(&value.to_string()), &day(on)),
        Act::Add(value, on) => check_in(delta(&value.to_string()), &day(on)),
        Act::Target(to) => set_target(&to.to_string()),
        Act::Title(n) => set(Field::Title, Value::Text(format!("leads {n}"))),
        Act::Defer => set(Field::State, Value::Text("deferred".into())),
        Act::Revive => set(Field::State, Value::Text("active".into())),
        Act::Note => Command::Record(Body::NoteAdded {
            about: leads_subject(),
            kind: NoteKind::Learning,
            text: "they answer before noon".into(),
        }),
        Act::Retract(at) => match pick(&check_ins, *at) {
            Some(made) => Command::Record(Body::CheckInRetracted {
                key_result: leads(),
                check_in: made.event.id,
            }),
            None => return,
        },
        Act::Correct(at, value) => match pick(&check_ins, *at) {
            Some(made) => Command::Edit {
                subject: Subject::CheckIn(leads(), made.event.id),
                set: vec![(Field::Value, Value::Measure(absolute(&value.to_string())))],
            },
            None => return,
        },
        Act::Undo(at) => match pick(&known.iter().collect::<Vec<_>>(), *at) {
            Some(entry) => Command::Undo(Box::new(entry.event.clone())),
            None => return,
        },
        Act::Resolve(first) => {
            let view = world.machines[who].view();
            match view.conflicts.first() {
                Some(open) => {
                    let side = if *first {
                        open.contenders.first()
                    } else {
                        open.contenders.last()
                    };
                    Command::Resolve {
                        subject: open.subject,
                        field: open.field.clone(),
                        to: side.expect("a conflict has sides").value.clone(),
                    }
                }
                None => return,
            }
        }
        Act::Read(value, on) => Command::Record(Body::KpiRecorded(KpiRecorded {
            kpi: kpi(),
            value: dec(&value.to_string()),
            effective: date(&day(on)),
            note: None,
        })),
        Act::Reread(at, value) => {
            let view = world.machines[who].view();
            let readings: Vec<_> = view.kpis[&kpi()].readings.keys().collect();
            let Some(reading) = readings.get(usize::from(*at) % readings.len().max(1)) else {
                return;
            };
            Command::Edit {
                subject: Subject::Reading(kpi(), **reading),
                set: vec![(Field::Value, Value::Number(dec(&value.to_string())))],
            }
        }
        Act::Count(quantity, on) => Command::Record(Body::TodoCounted {
            todo: todo(),
            quantity: dec(&quantity.to_string()),
            effective: date(&day(on)),
        }),
        Act::Grade(tenths) => {
            let view = world.machines[who].view();
            let before = view.key_results[&leads()].grade.as_ref();
            let to =
                Some(quarterdeck_core::decimal::Decimal::from_parts((*tenths).into(), 1).unwrap());
            Command::Record(Body::KeyResultGraded(KeyResultGraded {
                key_result: leads(),
                computed: to,
                from: before.map(|grade| grade.grade),
                to,
            }))
        }
        Act::Weekly(week) => Command::Record(Body::WeeklyWritten(WeeklyWritten {
            week: date("2026-07-01").plus_days(i32::from(*week)),
            team: None,
            plans: Some("call".into()),
            progress: None,
            problems: None,
        })),
        Act::Agree => Command::Record(Body::ObjectiveSigned {
            objective: objective(),
        }),
        Act::Close => Command::Record(Body::CycleClosed {
            cycle: cycle(),
            position: world.machines[who].confirmed.head,
            root: [7; 32],
        }),
        Act::Reopen => Command::Record(Body::CycleReopened { cycle: cycle() }),
        Act::Wait(seconds) => {
            world.now = quarterdeck_core::calendar::Timestamp::from_ms(
                world.now.ms() + u64::from(*seconds) * 100,
            );
            return;
        }
        Act::Sync => {
            sync_and_shelve(world, who);
            return;
        }
    };
    let _ = world.offline_because(who, vec![command], Some("so it is"));
}

/// Sends what can be sent. Refused work, and what is chained to it, is set aside.
fn sync_and_shelve(world: &mut World, who: &'static str) {
    if world.try_sync(who).is_err() {
        world.machines.get_mut(who).unwrap().outbox.clear();
    }
}

fn play(story: &[(&'static str, Act)]) -> World {
    let mut world = World::with_quarter();
    world.with_practice();
    world.now = noon("2026-07-28");
    for (who, act) in story {
        perform(&mut world, who, act);
    }
    for name in ["ana", "ben", "caro", "ana", "ben", "caro"] {
        sync_and_shelve(&mut world, name);
    }
    world
}

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
            .filter(|entry| matches!(entry.event.body, Body::CheckedIn(_)))
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

#[test]
fn the_history_of_a_key_result_tells_where_it_stood_after_each_event() {
    let mut world = World::with_quarter();
    world.online("ana", vec![check_in(absolute("525"), "2026-07-09")]);
    world.online("ben", vec![set_target("600")]);
    let mut state = State::default();
    let told: Vec<_> = history::of(&mut state, leads(), world.log.clone().into_iter())
        .map(|(entry, after)| {
            (
                entry.event.body.kind(),
                after.value,
                after.target,
                after.score,
            )
        })
        .collect();
    let some = |text| Some(dec(text));
    assert_eq!(
        told,
        [
            ("KeyResultAdded", some("500"), some("550"), some("0")),
            ("CheckedIn", some("525"), some("550"), some("0.5")),
            ("KeyResultEdited", some("525"), some("600"), some("0.25")),
        ]
    );
}
