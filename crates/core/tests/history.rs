//! History, blame and diff against plain recomputations from the log, on random histories.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use quarterdeck_core::blame;
use quarterdeck_core::diff;
use quarterdeck_core::event::{Body, Entry};
use quarterdeck_core::history::{self, Scope, Side};
use quarterdeck_core::id::ObjectiveId;
use quarterdeck_core::past::Past;
use quarterdeck_core::score;
use quarterdeck_core::state::State;
use quarterdeck_core::token::KeyResultState;
use quarterdeck_core::value::{Field, Subject, Value};
use quarterdeck_core::when::Moment;
use quarterdeck_core::whose::Whose;
use support::past::{Listed, fold};
use support::story::*;
use support::*;

fn of(log: &[Entry], scope: Scope) -> Vec<history::Line> {
    history::of(&mut Listed::all(log), scope, None, &|_| true).unwrap()
}

/// The figures of "qualified leads" as a person would work them out from a state: nothing of the
/// history's own is used.
fn figures(state: &State, day: &str) -> Option<String> {
    let found = state.key_results.get(&leads())?;
    let cycle = &state.cycles[&state.objectives[&found.objective].cycle];
    let progress = score::progress(state, found, cycle, date(day));
    Some(format!(
        "{} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {}",
        found.title,
        found.owner,
        found.weight,
        found.metric,
        progress.current,
        progress.score,
        progress.confidence,
        found.state,
        cycle.ends,
    ))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn folding_what_the_figures_depend_on_is_folding_everything(story in story()) {
        let world = play(&story);
        let key_result = Scope::KeyResult(leads());
        prop_assert_eq!(
            of(&world.log, key_result),
            history::fold(&world.state, key_result, None, &world.log)
        );
        let objective = Scope::Objective(objective());
        prop_assert_eq!(
            of(&world.log, objective),
            history::fold(&world.state, objective, None, &world.log)
        );
    }

    /// At any horizon, and with the figures of any day.
    #[test]
    fn so_it_is_at_any_moment_of_the_past(story in story(), cut: u16, day in 1u32..28) {
        let world = play(&story);
        let cut = u64::from(cut) % (world.log.len() as u64 + 1);
        let mut past = Listed::as_of(&world.log, Moment::Position(cut));
        let known: Vec<Entry> = world.log.iter().filter(|one| one.seq <= cut).cloned().collect();
        let on = Some(date(&format!("2026-07-{day:02}")));
        for scope in [Scope::KeyResult(leads()), Scope::Objective(objective())] {
            let told = history::of(&mut past, scope, on, &|_| true).unwrap();
            prop_assert_eq!(told, history::fold(past.state(), scope, on, &known));
        }
    }

    #[test]
    fn no_figure_changes_without_a_line(story in story()) {
        let world = play(&story);
        let told: BTreeSet<u64> =
            of(&world.log, Scope::KeyResult(leads())).iter().map(|line| line.entry.seq).collect();
        let mut state = State::default();
        for entry in &world.log {
            let before = figures(&state, "2026-07-31");
            state.apply(entry);
            if figures(&state, "2026-07-31") != before {
                prop_assert!(told.contains(&entry.seq), "{entry:?}");
            }
        }
    }

    /// The value, score and confidence of each line are those of the whole log up to it.
    #[test]
    fn each_line_stands_as_the_log_stood_there(story in story()) {
        let world = play(&story);
        for line in of(&world.log, Scope::KeyResult(leads())) {
            let until = line.entry.seq as usize;
            let state = fold(&world.log[..until]);
            let found = &state.key_results[&leads()];
            let cycle = &state.cycles[&state.objectives[&objective()].cycle];
            // Late enough for all that was said by then.
            let progress = score::progress(&state, found, cycle, date("2026-07-31"));
            prop_assert_eq!(line.after.value, progress.current);
            prop_assert_eq!(line.after.score, progress.score);
            prop_assert_eq!(&line.after.title, &found.title);
            prop_assert_eq!(line.after.target, found.metric.target);
        }
    }

    #[test]
    fn everything_has_the_lines_of_each(story in story()) {
        let world = play(&story);
        let all = of(&world.log, Scope::All);
        for scope in [Scope::Objective(objective()), Scope::KeyResult(leads())] {
            for line in of(&world.log, scope) {
                // The dates of its cycle are told once, as that cycle's.
                let cycle = matches!(
                    line.entry.event.body,
                    Body::Edited { subject: Subject::Cycle(_), .. }
                ) || matches!(scope, Scope::KeyResult(_)) && matches!(
                    line.entry.event.body,
                    Body::Edited { subject: Subject::Objective(_), .. }
                );
                // That one helps another is told once, as the helper's.
                let help = matches!(line.entry.event.body, Body::HelpLinked { .. });
                prop_assert!(
                    cycle || help || all.contains(&line),
                    "{line:?} is missing among {}", all.len()
                );
            }
        }
    }

    #[test]
    fn corrections_and_conflicts_are_marked_on_both_sides(story in story()) {
        let world = play(&story);
        let lines = of(&world.log, Scope::KeyResult(leads()));
        for line in &lines {
            let id = line.entry.event.id;
            // Plainly: does any entry in the whole log correct this check-in?
            let corrections = world.log.iter().filter(|entry| matches!(
                &entry.event.body,
                Body::Edited { subject: Subject::CheckIn(_, of), .. } if *of == id
            ));
            if matches!(line.entry.event.body, Body::CheckedIn(_)) {
                let check_in = world.state.key_results[&leads()].check_ins.get(id).unwrap();
                prop_assert_eq!(line.marks.retracted, check_in.retracted);
                if line.marks.corrected.is_some() {
                    prop_assert!(corrections.count() > 0);
                }
            }
            let open = world.state.conflicts.iter().find(|open| {
                open.contenders.iter().any(|side| side.stamp.event == id)
            });
            if let Some(open) = open {
                let in_effect = world.state.stamp(open.subject, &open.field).unwrap();
                let expected = if in_effect.event == id { Side::InEffect } else { Side::Contends };
                prop_assert!(line.marks.side >= Some(expected), "{:?}", line.marks);
            } else if let Some(side) = line.marks.side {
                prop_assert!(matches!(side, Side::Kept | Side::Lost), "{side:?}");
            }
        }
    }

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
            Value::Measure(quarterdeck_core::value::Measure::Absolute(value)
                | quarterdeck_core::value::Measure::Delta(value)) => *value,
            other => panic!("{other:?}"),
        };
        let from = match &start.by {
            Some(_) => number(start),
            None => world.state.key_results[&leads()].metric.baseline.unwrap(),
        };
        let sum = value.since.iter().fold(from, |sum, set| sum.checked_add(number(set)).unwrap());
        prop_assert_eq!(Value::Number(sum), value.value.clone());
        prop_assert_eq!(
            score::value_on(&world.state, &world.state.key_results[&leads()], on),
            Some(sum)
        );
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
fn a_history_tells_where_it_stood_after_each_event() {
    let mut world = World::with_quarter();
    world.online("ana", vec![check_in(absolute("525"), "2026-07-09")]);
    world.online("ben", vec![set_target("600")]);
    let told: Vec<_> = of(&world.log, Scope::KeyResult(leads()))
        .into_iter()
        .map(|line| {
            (
                line.entry.event.body.kind(),
                line.after.value,
                line.after.target,
                line.after.score,
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

#[test]
fn a_team_keeps_the_history_of_what_it_gave_away() {
    let mut world = World::with_quarter();
    let (sales, service) = (team(300), team(301));
    for (team, name) in [(sales, "Sales"), (service, "Service")] {
        world.online("ana", vec![form(team, name)]);
    }
    let give = |team| quarterdeck_core::decide::Command::Edit {
        subject: Subject::Objective(objective()),
        set: vec![(Field::Team, Value::Ref(Subject::Team(team)))],
    };
    world.online("ana", vec![give(sales)]);
    world.online("ana", vec![check_in(absolute("510"), "2026-07-08")]);
    world.online("ana", vec![give(service)]);
    world.online("ana", vec![check_in(absolute("520"), "2026-07-09")]);
    let kinds = |scope| -> Vec<_> {
        (of(&world.log, scope).iter())
            .map(|line| (line.entry.event.body.kind(), line.after.value))
            .collect()
    };
    assert_eq!(
        kinds(Scope::Team(sales)),
        [
            ("ObjectiveEdited", None),
            ("CheckedIn", Some(dec("510"))),
            ("ObjectiveEdited", None),
        ]
    );
    assert_eq!(
        kinds(Scope::Team(service)),
        [("ObjectiveEdited", None), ("CheckedIn", Some(dec("520")))]
    );
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
