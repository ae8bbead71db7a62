//! Blame and diff against plain recomputations from the log, on random histories.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use std::collections::BTreeMap;

use proptest::prelude::*;
use quarterdeck_core::blame;
use quarterdeck_core::diff;
use quarterdeck_core::event::Body;
use quarterdeck_core::id::ObjectiveId;
use quarterdeck_core::score;
use quarterdeck_core::state::State;
use quarterdeck_core::token::KeyResultState;
use quarterdeck_core::value::{Field, Measure, Subject, Value};
use quarterdeck_core::when::Moment;
use quarterdeck_core::whose::Whose;
use support::past::{Listed, fold};
use support::story::*;
use support::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Each field owes its value to the event that a fold of the whole log says set it, and what it
    /// was before is what the log up to there says.
    #[test]
    fn blame_says_what_the_whole_log_says(story in story()) {
        let world = play(&story);
        let subjects = [
            leads_subject(),
            Subject::Objective(objective()),
            Subject::Cycle(cycle()),
            Subject::Kpi(kpi()),
            Subject::Todo(todo()),
            Subject::Workspace,
        ];
        for subject in subjects {
            let told = blame::of(&mut Listed::all(&world.log), subject, date("2026-07-31"))
                .unwrap()
                .unwrap();
            for one in &told {
                if [Field::Value, Field::Confidence, Field::Projection].contains(&one.field) {
                    continue;
                }
                let set = one.set.as_ref().unwrap();
                prop_assert_eq!(Some(one.value.clone()), world.state.get(subject, &one.field));
                prop_assert_eq!(Some(set.stamp), world.state.stamp(subject, &one.field));
                prop_assert_eq!(set.entry.as_ref().unwrap().event.id, set.stamp.event);
                let before = fold(&world.log[..set.stamp.seq as usize - 1]);
                prop_assert_eq!(set.previous.clone(), before.get(subject, &one.field));
            }
            // And nothing that is set is left out.
            for field in Field::ALL {
                let value = world.state.get(subject, field);
                if value.is_some_and(|value| !value.is_none()) {
                    prop_assert!(told.iter().any(|one| one.field == *field), "{field}");
                }
            }
        }
    }

    /// What the value is blamed on comes to the value.
    #[test]
    fn what_a_value_is_owed_to_adds_up_to_it(story in story(), day in 1u32..31) {
        let world = play(&story);
        let on = date(&format!("2026-07-{day:02}"));
        let told = blame::of(&mut Listed::all(&world.log), leads_subject(), on).unwrap().unwrap();
        let value = told.iter().find(|one| one.field == Field::Value).unwrap();
        let start = value.set.as_ref().unwrap();
        let number = |set: &blame::Set| match &set.measured.as_ref().unwrap().1 {
            Value::Number(value) => *value,
            Value::Measure(Measure::Absolute(value)
                | Measure::Delta(value)) => *value,
            other => panic!("{other:?}"),
        };
        let from = match &start.by {
            Some(_) => number(start),
            None => world.state.key_results[&leads()].metric.baseline.unwrap(),
        };
        let sum = value.since.iter().fold(from, |sum, set| sum.checked_add(number(set)).unwrap());
        prop_assert_eq!(Value::Number(sum), value.value.clone());
        // Beyond the end of its cycle a key result stands as it stood there.
        let cycle = &world.state.cycles[&world.state.objectives[&objective()].cycle];
        let found = &world.state.key_results[&leads()];
        prop_assert_eq!(score::progress(&world.state, found, cycle, on).current, Some(sum));
    }

    /// A diff tells exactly the fields in which the two states differ, and the events of each.
    #[test]
    fn a_diff_is_the_difference_of_two_folds(story in story(), cut: u16) {
        let world = play(&story);
        let cut = u64::from(cut) % (world.log.len() as u64 + 1);
        let then = fold(&world.log[..cut as usize]);
        let day = date("2026-07-31");
        let scope = diff::Scope::Whose(Whose::All);
        let found = diff::of(
            &mut Listed::all(&world.log), Moment::Position(cut), (day, day), &scope
        ).unwrap();

        let told: BTreeMap<Field, (Value, Value)> = (found.objectives.iter())
            .flat_map(|one| &one.key_results)
            .filter(|one| one.key_result == leads())
            .flat_map(|one| &one.changes)
            .map(|one| (one.field.clone(), (one.from.clone(), one.to.clone())))
            .collect();
        let expected: BTreeMap<Field, (Value, Value)> = (Field::ALL.iter())
            .filter_map(|field| {
                let from = then.get(leads_subject(), field)?;
                let to = world.state.get(leads_subject(), field)?;
                (from != to).then(|| (field.clone(), (from, to)))
            })
            .collect();
        prop_assert_eq!(told, expected);

        for one in found.objectives.iter().flat_map(|one| &one.key_results) {
            for change in &one.changes {
                prop_assert!(change.by.iter().any(|by| by.event.id == change.stamp.event));
                prop_assert!(change.by.iter().all(|by| by.seq > cut));
            }
            let standing = |state: &State| {
                let found = state.key_results.get(&one.key_result)?;
                let cycle = &state.cycles[&state.objectives[&found.objective].cycle];
                Some(score::progress(state, found, cycle, day))
            };
            let (from, to) = (standing(&then), standing(&world.state));
            prop_assert_eq!(one.from.as_ref().and_then(|at| at.value), from.and_then(|at| at.current));
            prop_assert_eq!(one.to.as_ref().and_then(|at| at.score), to.and_then(|at| at.score));
            let measured = (world.log.iter())
                .filter(|entry| entry.seq > cut)
                .filter(|entry| matches!(
                    &entry.event.body, Body::CheckedIn(made) if made.key_result == one.key_result
                ))
                .count();
            let by = one.measured.iter()
                .filter(|entry| matches!(entry.event.body, Body::CheckedIn(_)));
            prop_assert_eq!(by.count(), measured);
        }
    }

    #[test]
    fn between_a_moment_and_itself_nothing_changed(story in story(), cut: u16) {
        let world = play(&story);
        let cut = u64::from(cut) % (world.log.len() as u64 + 1);
        let mut past = Listed::as_of(&world.log, Moment::Position(cut));
        let day = date("2026-07-31");
        let scope = diff::Scope::Whose(Whose::All);
        let found = diff::of(&mut past, Moment::Position(cut), (day, day), &scope).unwrap();
        prop_assert_eq!(found, diff::Diff::default());
    }
}

#[test]
fn a_diff_says_what_was_dropped_and_what_that_did_to_the_scores() {
    let mut world = World::with_quarter();
    world.online(
        "ana",
        vec![quarterdeck_core::decide::Command::Record(
            Body::KeyResultAdded(key_result(NPS, "promoters", increase("0", "100"))),
        )],
    );
    world.online("ana", vec![check_in(absolute("525"), "2026-07-09")]);
    let then = world.state.head;
    let drop = quarterdeck_core::decide::Command::Edit {
        subject: Subject::KeyResult(quarterdeck_core::id::KeyResultId::new(id(NPS))),
        set: vec![(Field::State, Value::Text("dropped".into()))],
    };
    world.online_because("ben", vec![drop], "nobody asks them");
    let day = date("2026-07-10");
    let scope = diff::Scope::Objective(ObjectiveId::new(id(OBJECTIVE)));
    let found = diff::of(
        &mut Listed::all(&world.log),
        Moment::Position(then),
        (day, day),
        &scope,
    )
    .unwrap();
    let [one] = &found.objectives[..] else {
        panic!("{found:?}");
    };
    assert_eq!((one.from, one.to), (Some(dec("0.25")), Some(dec("0.5"))));
    let [dropped] = &one.key_results[..] else {
        panic!("{one:?}");
    };
    assert_eq!(dropped.changes.len(), 1);
    assert_eq!(
        dropped.changes[0].to,
        Value::Text(KeyResultState::Dropped.word().into())
    );
    assert_eq!(
        dropped.changes[0].by[0].event.reason.as_deref(),
        Some("nobody asks them")
    );
    assert_eq!(
        (found.cycles[0].from, found.cycles[0].to),
        (one.from, one.to)
    );
}
