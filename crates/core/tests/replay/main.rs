//! A cycle played again: every stop is held to the plain answer about its moment.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[path = "../support/mod.rs"]
mod support;

mod examples;
mod imported;
mod played;

use std::collections::BTreeMap;

use quarterdeck_core::calendar::Date;
use quarterdeck_core::closing;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::Entry;
use quarterdeck_core::past::Past as _;
use quarterdeck_core::replay::{self, Asked, Changed, Scores, Step, Stop};
use quarterdeck_core::score::{self, Progress};
use quarterdeck_core::state::State;
use quarterdeck_core::status::{self, Explained};
use quarterdeck_core::value::Subject;
use support::past::Listed;
use support::*;

pub fn asked(step: Step) -> Asked {
    Asked {
        cycle: cycle(),
        step,
        from: None,
        until: None,
    }
}

/// What a goal reads like.
#[derive(Debug, PartialEq)]
struct Reads {
    title: String,
    owner: Option<String>,
    state: &'static str,
    progress: Option<Progress>,
    score: Option<Decimal>,
    pace: Option<Decimal>,
    status: Option<Explained>,
    grade: Option<Decimal>,
    conflicts: usize,
}

/// All goals of the cycle, computed plainly.
fn reads(state: &State, on: Date) -> BTreeMap<Subject, Reads> {
    let mut found = BTreeMap::new();
    let Some(own) = state.cycles.get(&cycle()) else {
        return found;
    };
    let named = |owner| Option::map(owner, |owner| state.member_name(owner).to_owned());
    let conflicts = |goal| {
        (state.conflicts.iter())
            .filter(|open| open.subject == goal)
            .count()
    };
    for (id, one) in &state.objectives {
        if one.cycle != cycle() {
            continue;
        }
        let goal = Subject::Objective(*id);
        found.insert(
            goal,
            Reads {
                title: one.title.clone(),
                owner: named(one.owner),
                state: one.state.word(),
                progress: None,
                score: score::objective_score(state, *id, on),
                pace: None,
                status: status::of_objective(state, *id, on),
                grade: None,
                conflicts: conflicts(goal),
            },
        );
        for (id, one) in state.key_results_of(*id) {
            let progress = score::progress(state, one, own, on);
            let goal = Subject::KeyResult(id);
            found.insert(
                goal,
                Reads {
                    title: one.title.clone(),
                    owner: named(one.owner),
                    state: one.state.word(),
                    score: progress.score,
                    progress: Some(progress),
                    pace: score::pace(state, one, own, on),
                    status: Some(status::of_key_result(state, one, own, on)),
                    grade: one.grade.as_ref().map(|grade| grade.grade),
                    conflicts: conflicts(goal),
                },
            );
        }
    }
    found
}

fn is_among(changed: &Changed, goal: Subject) -> bool {
    match goal {
        Subject::Objective(id) => changed.objective(id),
        Subject::KeyResult(id) => changed.key_result(id),
        _ => unreachable!("only goals are read"),
    }
}

/// Plays a log and holds each stop to what is answered about its moment, to what reads otherwise, and
/// to the cycle's means; answers the stops.
#[track_caller]
pub fn held_to_the_log(log: &[Entry], asked: &Asked) -> Vec<Stop> {
    let mut past = Listed::all(log);
    let mut plain = Listed::all(log);
    let seen = closing::seen(&mut plain, Subject::Cycle(asked.cycle)).unwrap();
    let mut stops: Vec<Stop> = Vec::new();
    let mut before: BTreeMap<Subject, Reads> = BTreeMap::new();
    let mut scores = Scores::new(asked.cycle);
    replay::play(&mut past, asked, &mut |state, stop, changed| {
        let is_closing = stop.entries.iter().any(|entry| {
            (seen.as_ref()).is_some_and(|seen| {
                let closing = seen.state.cycles[&seen.cycle].closing.as_ref().unwrap();
                closing.stamp.seq == entry.seq
            })
        });
        if is_closing {
            let seen = seen.as_ref().unwrap();
            assert!(*state == seen.state, "another state at {stop:#?}");
            assert_eq!(Some(stop.day), seen.on);
        } else {
            let known = plain.known_at(stop.moment).unwrap();
            assert!(*state == known, "another state at {stop:#?}");
            assert_eq!(stop.seq, state.head);
        }
        if let Some(last) = stops.last() {
            assert!(last.at <= stop.at, "{last:#?} {stop:#?}");
        }
        let now = reads(state, stop.day);
        for goal in before.keys().chain(now.keys()) {
            assert!(
                is_among(changed, *goal) || before.get(goal) == now.get(goal),
                "{goal:?} reads otherwise at {stop:#?}: {:#?} {:#?}",
                before.get(goal),
                now.get(goal),
            );
        }
        before = now;
        scores.update(state, stop.day, changed);
        let means = score::cycle_means(state, asked.cycle, stop.day, |_| true);
        assert_eq!(scores.means(), means, "{stop:#?}");
        stops.push(stop.clone());
        true
    })
    .unwrap();
    assert_eq!(
        replay::stops(&mut Listed::all(log), asked).unwrap(),
        stops,
        "the same without a look at them"
    );
    stops
}

/// The days of stops.
pub fn days(stops: &[Stop]) -> Vec<String> {
    stops.iter().map(|stop| stop.day.to_string()).collect()
}
