//! Random stories, with imports among them.

use std::collections::BTreeSet;

use proptest::prelude::*;
use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::event::{Body, Entry, Source};
use quarterdeck_core::replay::{Step, Stop};
use quarterdeck_core::value::{Field, Subject};
use quarterdeck_core::when::Moment;

use crate::support::story::{self, story};
use crate::support::*;
use crate::{asked, held_to_the_log};

const STEPS: [Step; 3] = [Step::Event, Step::Day, Step::Week];

/// Says of some entries that they were imported, from sources of those days of June and July.
fn imported(log: &[Entry], picked: &[(u8, u8)]) -> Vec<Entry> {
    let mut log = log.to_vec();
    for (at, day) in picked {
        let place = usize::from(*at) % log.len();
        // Nobody imports a beginning or a closing.
        let is_own = matches!(
            log[place].event.body,
            Body::WorkspaceCreated(_) | Body::CycleClosed { .. } | Body::CycleReopened { .. }
        );
        if is_own {
            continue;
        }
        let entry = &mut log[place];
        let at = noon("2026-06-10").ms() + u64::from(*day) * 12 * 3_600_000;
        entry.event.source = Some(Source {
            author: "Dee".into(),
            at: Timestamp::from_ms(at),
            origin: format!("git:{place}:okrs.md"),
        });
    }
    log
}

/// No entry twice, and none about the goals left out once it has begun.
fn tell_everything(log: &[Entry], stops: &[Stop]) {
    let mut told = BTreeSet::new();
    for entry in stops.iter().flat_map(|stop| &stop.entries) {
        assert!(told.insert(entry.seq), "#{} is told twice", entry.seq);
    }
    let moves = |entry: &Entry| match &entry.event.body {
        Body::Edited { changes, .. } => changes.iter().any(|one| one.field == Field::Cycle),
        Body::CycleClosed { .. } | Body::CycleReopened { .. } => true,
        _ => false,
    };
    if log.iter().any(moves) || log.iter().any(|entry| entry.event.source.is_some()) {
        return;
    }
    let goals = [objective().uuid(), leads().uuid(), story::nps().uuid()];
    let begins = stops[0].entries[0].seq;
    for entry in log.iter().filter(|entry| entry.seq >= begins) {
        let is_about = entry.event.subjects().iter().any(|id| goals.contains(id));
        assert!(!is_about || told.contains(&entry.seq), "{entry:#?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_stop_is_what_was_known_at_its_moment(story in story()) {
        let world = story::play(&story);
        for step in STEPS {
            let stops = held_to_the_log(&world.log, &asked(step));
            tell_everything(&world.log, &stops);
            if step == Step::Event {
                for stop in stops.iter().filter(|stop| stop.entries.len() == 1) {
                    prop_assert_eq!(stop.moment, Moment::Position(stop.entries[0].seq));
                }
            }
        }
    }

    #[test]
    fn imports_come_in_when_their_sources_were_written(
        story in story(),
        picked in prop::collection::vec((any::<u8>(), any::<u8>()), 1..30),
    ) {
        let log = imported(&story::play(&story).log, &picked);
        for step in STEPS {
            let stops = held_to_the_log(&log, &asked(step));
            tell_everything(&log, &stops);
        }
    }

    #[test]
    fn a_part_is_a_part_of_the_whole(story in story(), from in 20u64..40, until in 30u64..60) {
        let world = story::play(&story);
        for step in [Step::Event, Step::Day] {
            let whole = held_to_the_log(&world.log, &asked(step));
            let part = held_to_the_log(&world.log, &crate::Asked {
                from: Some(Moment::Position(from)),
                until: Some(Moment::Position(until)),
                ..asked(step)
            });
            for stop in &part {
                prop_assert!(from <= stop.seq && stop.seq <= until);
                let same = whole.iter().find(|one| one.seq == stop.seq && one.at == stop.at);
                // The last one of a part may stand in the middle of a day.
                prop_assert!(same.is_some() || Some(stop) == part.last());
            }
            for stop in whole.iter().filter(|stop| from <= stop.seq && stop.seq <= until) {
                let is_there = part.iter().any(|one| one.seq == stop.seq && one.at == stop.at);
                // Left out is what comes later than the part's end and knows no more than that.
                let comes_later = part.last().is_none_or(|last| last.at <= stop.at);
                let is_told = part.last().is_some_and(|last| last.seq >= stop.seq);
                let knows_no_more = comes_later && (stop.entries.is_empty() || is_told);
                prop_assert!(is_there || knows_no_more, "{stop:#?}");
            }
        }
    }
}

#[test]
fn what_is_about_a_goal_is_told_with_its_subject() {
    let mut world = World::with_quarter();
    world.with_practice();
    let stops = held_to_the_log(&world.log, &asked(Step::Event));
    let about: Vec<Option<Subject>> = (stops.iter())
        .flat_map(|stop| &stop.entries)
        .map(|entry| entry.event.body.subject())
        .collect();
    assert_eq!(
        about,
        [
            Some(Subject::Objective(objective())),
            Some(leads_subject()),
            Some(leads_subject()),
            Some(Subject::Todo(todo())),
        ],
        "the KPI became one of the cycle's as a key result read from it"
    );
}
