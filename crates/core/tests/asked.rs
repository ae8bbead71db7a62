//! What a question is about: the same words mean the same thing, moment and goals, whoever answers.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use proptest::prelude::*;
use quarterdeck_core::asked::{self, Events, Goals};
use quarterdeck_core::event::{Body, Entry};
use quarterdeck_core::history;
use quarterdeck_core::past::Past as _;
use quarterdeck_core::reference::Things;
use quarterdeck_core::state::State;
use quarterdeck_core::value::Subject;
use quarterdeck_core::when::{Moment, When};
use quarterdeck_core::{closing, diff, goalposts};
use support::past::{Listed, fold};
use support::quarter::*;
use support::story::{play, story};
use support::*;

fn told(past: &mut Listed, events: &Events, from: u64) -> Vec<u64> {
    let mut found = Vec::new();
    let mut take = |entry: &Entry| {
        found.push(entry.seq);
        true
    };
    events.each_from(past, from, &mut take).unwrap();
    found
}

#[test]
fn a_day_is_that_of_the_moment_and_at_the_latest_today() {
    let world = quarter();
    let now = noon("2026-11-02");
    let day = |moment| asked::day(&world.state, moment, world.log.last(), now).to_string();
    assert_eq!(day(None), "2026-11-02");
    assert_eq!(day(Some(Moment::At(noon("2026-10-05")))), "2026-10-05");
    assert_eq!(day(Some(Moment::At(noon("2027-10-05")))), "2026-11-02");
    let last = world.log.last().unwrap();
    let known = asked::zone(&world.state).date_of(last.known_at(world.state.alone_until()));
    assert_eq!(
        day(Some(Moment::Position(world.state.head))),
        known.to_string()
    );
}

#[test]
fn words_for_a_moment_are_read_by_the_workspace() {
    let world = quarter();
    let cycle =
        &world.state.cycles[&asked::default_cycle(&world.state, date("2026-11-02")).unwrap()];
    let moment = |words: &str, start| {
        let when: When = words.parse().unwrap();
        asked::moment(&world.state, &when, start, noon("2026-11-02")).unwrap()
    };
    let zone = asked::zone(&world.state);
    assert_eq!(
        moment("week 1", true),
        Moment::At(zone.start_of(cycle.starts))
    );
    assert_eq!(
        moment(&cycle.name, false),
        Moment::At(zone.end_of(cycle.ends))
    );
    assert_eq!(moment("#7", false), Moment::Position(7));
}

#[test]
fn what_begins_after_it_ends_is_told_apart() {
    let world = quarter();
    let (early, late) = (
        Moment::At(noon("2026-10-05")),
        Moment::At(noon("2026-10-06")),
    );
    let now = noon("2026-11-02");
    let backwards = |from, until| asked::is_backwards(&world.state, from, until, now);
    assert!(backwards(late, Some(early)) && !backwards(early, Some(late)));
    assert!(backwards(Moment::Position(9), Some(Moment::Position(8))));
    assert!(backwards(Moment::Position(world.state.head + 1), None));
    assert!(backwards(Moment::At(noon("2027-01-01")), None) && !backwards(early, None));
}

#[test]
fn goals_are_of_the_cycle_that_is_named_or_of_their_own() {
    let world = quarter();
    let subject = Subject::KeyResult(leads());
    let own = closing::cycle_of(&world.state, subject).unwrap();
    let on = date("2026-11-02");
    let of_goal = Goals {
        goal: Some(subject),
        ..Goals::default()
    };
    assert_eq!(of_goal.cycle(&world.state, on), Some(own));
    assert_eq!(
        of_goal.scope(&world.state),
        goalposts::Scope::KeyResult(leads())
    );
    assert_eq!(of_goal.seen_with(own), subject);
    let named = Goals {
        cycle: Some(own),
        ..of_goal
    };
    assert_eq!(named.seen_with(own), Subject::Cycle(own));
    let all = Goals::default();
    assert_eq!(
        all.cycle(&world.state, on),
        asked::default_cycle(&world.state, on)
    );
    assert_eq!(all.scope(&world.state), goalposts::Scope::Cycle);
    assert_eq!(all.cycle(&State::default(), on), None);
    // What has no figures has neither a history of them nor a difference.
    let member = Subject::Member(*world.state.members.keys().next().unwrap());
    assert_eq!(history::Scope::of(member), None);
    assert_eq!(diff::Scope::of(&world.state, member), None);
    assert_eq!(
        history::Scope::of(Subject::Workspace),
        Some(history::Scope::All)
    );
}

#[test]
fn names_mean_things_that_are_there() {
    let world = quarter();
    let things = Things::new(&world.state);
    let me = *world.state.members.keys().next().unwrap();
    assert_eq!(things.member("ME", me), Ok(me));
    assert_eq!(things.subject("workspace"), Ok(Subject::Workspace));
    let title = &world.state.key_results[&leads()].title;
    assert_eq!(things.key_result(title), Ok(leads()));
    assert_eq!(things.goal(title), Ok(Subject::KeyResult(leads())));
    let none = things.cycle("1999-Q1").unwrap_err();
    assert_eq!((none.what, none.found.len()), ("cycle", 0));
    let check_in = world.state.key_results[&leads()]
        .check_ins
        .all()
        .next()
        .unwrap()
        .id;
    let query = format!("ci-{}", check_in.uuid());
    let found = things.check_in(&check_in.to_string()).unwrap();
    assert_eq!(found, (leads(), check_in));
    assert!(things.subject(&query).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Whatever happened: the events about a thing are those of the whole log that touch it, from any
    /// position on, and filters leave out what they say.
    #[test]
    fn the_events_asked_for_are_those_that_a_look_at_each_finds(acts in story(), from in 1u64..40) {
        let world = play(&acts);
        let log = world.log.clone();
        let mut past = Listed::all(&log);
        let about = Events {
            about: Some(Subject::KeyResult(leads())),
            kind: "checked".to_owned(),
            since: Some(Moment::Position(5)),
            member: log.last().map(|entry| entry.event.member),
            ..Events::default()
        };
        let expected: Vec<u64> = (log.iter())
            .filter(|entry| entry.seq >= from.max(5))
            .filter(|entry| Some(entry.event.member) == about.member)
            .filter(|entry| matches!(&entry.event.body, Body::CheckedIn(said) if said.key_result == leads()))
            .map(|entry| entry.seq)
            .collect();
        prop_assert_eq!(told(&mut past, &about, from), expected);
        let all: Vec<u64> = (from..=log.len() as u64).collect();
        prop_assert_eq!(told(&mut past, &Events::default(), from), all);
        for entry in &log {
            let found = asked::entry_at(&mut past, entry.seq).unwrap();
            prop_assert_eq!(found.map(|found| found.event.id), Some(entry.event.id));
        }
        prop_assert!(asked::entry_at(&mut past, log.len() as u64 + 1).unwrap().is_none());
    }

    /// A closed cycle is seen as the log stood where it was closed, whatever came later.
    #[test]
    fn a_closed_cycle_is_seen_as_at_its_closing(acts in story()) {
        let world = play(&acts);
        let mut past = Listed::all(&world.log);
        let present = past.state().clone();
        for (id, cycle) in &present.cycles {
            let seen = closing::seen(&mut past, Subject::Cycle(*id)).unwrap();
            let Some(closing) = cycle.closing.as_ref().filter(|_| cycle.is_closed()) else {
                prop_assert!(seen.is_none());
                continue;
            };
            let seen = seen.unwrap();
            let until = usize::try_from(closing.position).unwrap();
            let mut expected = fold(&world.log[..until]);
            closing::mark(&mut expected, *id, closing);
            prop_assert_eq!(&seen.state, &expected);
            prop_assert_eq!(seen.on, Some(closing::day(&expected, &expected.cycles[id], closing)));
        }
    }
}
