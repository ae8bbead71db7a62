//! History against plain recomputations from the log, on random histories; what it and blame cost.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use std::collections::BTreeSet;

use proptest::prelude::*;
use quarterdeck_core::blame;
use quarterdeck_core::event::{Body, Entry};
use quarterdeck_core::history::{self, Scope, Side};
use quarterdeck_core::past::Past;
use quarterdeck_core::score;
use quarterdeck_core::state::State;
use quarterdeck_core::value::{Field, Subject, Value};
use quarterdeck_core::when::Moment;
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
                let edited = match &line.entry.event.body {
                    Body::Edited { subject, .. } | Body::ConflictResolved { subject, .. } => {
                        Some(*subject)
                    }
                    _ => None,
                };
                let cycle = matches!(edited, Some(Subject::Cycle(_)))
                    || matches!(scope, Scope::KeyResult(_))
                        && matches!(edited, Some(Subject::Objective(_)));
                // That one helps another is told once, as the helper's.
                let help = matches!(
                    line.entry.event.body,
                    Body::HelpLinked { .. } | Body::HelpUnlinked { .. }
                );
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

/// A past that counts what is read of it, and lets nobody read the whole log.
struct Indexed {
    log: Listed,
    read: usize,
}

impl Past for Indexed {
    type Error = std::convert::Infallible;

    fn state(&self) -> &State {
        self.log.state()
    }

    fn known_at(&mut self, _: Moment) -> Result<State, Self::Error> {
        panic!("it needs no earlier state");
    }

    fn about(&mut self, things: &BTreeSet<uuid::Uuid>) -> Result<Vec<Entry>, Self::Error> {
        let found = self.log.about(things)?;
        self.read += found.len();
        Ok(found)
    }

    fn each(&mut self, _: u64, _: &mut dyn FnMut(&Entry) -> bool) -> Result<(), Self::Error> {
        panic!("it reads the whole log");
    }

    fn is_pending(&self, seq: u64) -> bool {
        self.log.is_pending(seq)
    }
}

#[test]
fn history_and_blame_of_a_key_result_read_its_own_changes_alone() {
    let read = |others: u32| {
        let mut world = play(&[]);
        world.online("ana", vec![check_in(absolute("525"), "2026-07-09")]);
        for value in 0..others {
            let said = check_in_on(nps(), absolute(&value.to_string()), "2026-07-09");
            world.online("ben", vec![said]);
        }
        let mut past = Indexed {
            log: Listed::all(&world.log),
            read: 0,
        };
        let told = history::of(&mut past, Scope::KeyResult(leads()), None, &|_| true).unwrap();
        let history = std::mem::take(&mut past.read);
        blame::of(&mut past, leads_subject(), date("2026-07-31"))
            .unwrap()
            .unwrap();
        (told.len(), history, past.read, world.log.len())
    };
    let (few, many) = (read(1), read(500));
    assert_eq!(few.3 + 499, many.3);
    assert_eq!((few.0, few.1, few.2), (many.0, many.1, many.2));
}
