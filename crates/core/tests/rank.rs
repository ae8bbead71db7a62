//! Ranks, tiers, why something was set aside, and months that weigh differently.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use quarterdeck_core::decide::Command;
use quarterdeck_core::event::Body;
use quarterdeck_core::id::{CycleId, KeyResultId};
use quarterdeck_core::rank;
use quarterdeck_core::refusal::Code;
use quarterdeck_core::score;
use quarterdeck_core::token::{CycleKind, MetricKind, Tier};
use quarterdeck_core::value::{Field, Subject, Value};
use support::*;

const YEAR: u64 = 300;

fn kr(n: u64) -> KeyResultId {
    KeyResultId::new(id(n))
}

fn state_of(subject: Subject, word: &str) -> Command {
    Command::Edit {
        subject,
        set: vec![(Field::State, Value::Text(word.into()))],
    }
}

/// The quarter with its year above it.
fn with_year() -> World {
    let mut world = World::with_quarter();
    let year = CycleId::new(id(YEAR));
    world.online(
        "ana",
        vec![
            Command::Record(Body::CycleCreated {
                cycle: year,
                name: "2026".into(),
                kind: CycleKind::Annual,
                starts: date("2026-01-01"),
                ends: date("2026-12-31"),
                parent: None,
            }),
            Command::Edit {
                subject: Subject::Cycle(cycle()),
                set: vec![(Field::Parent, Value::Ref(Subject::Cycle(year)))],
            },
        ],
    );
    world
}

fn ranks(world: &World) -> Vec<(u64, Option<u32>)> {
    world
        .state
        .key_results_of(objective())
        .map(|(id, found)| {
            let n = (LEADS..LEADS + 9).find(|n| kr(*n) == id).unwrap();
            (n, found.rank)
        })
        .collect()
}

#[test]
fn ranking_one_moves_its_siblings_and_leaves_no_gap() {
    let mut world = World::with_quarter();
    for n in [103, 104, 105] {
        world.online(
            "ana",
            vec![Command::Record(Body::KeyResultAdded(key_result(
                n,
                &format!("key result {n}"),
                metric(MetricKind::Binary),
            )))],
        );
    }
    let to = |world: &mut World, n: u64, rank: u32| {
        let commands = rank::rank(&world.state, kr(n), rank).unwrap();
        world.online("ana", commands)
    };
    to(&mut world, 104, 1);
    let first = vec![(104, 1), (102, 2), (103, 3), (105, 4)];
    let first: Vec<_> = first.into_iter().map(|(n, r)| (n, Some(r))).collect();
    assert_eq!(ranks(&world), first);
    let made = to(&mut world, 103, 2);
    assert_eq!(made.len(), 2, "the others stay as they are");
    assert_eq!(
        ranks(&world).iter().map(|(n, _)| *n).collect::<Vec<_>>(),
        [104, 103, 102, 105]
    );
    let refused = |n, rank| rank::rank(&world.state, kr(n), rank).unwrap_err();
    assert_eq!(refused(103, 2).code, Code::NothingToChange);
    assert_eq!(
        refused(103, 5).message,
        "There is no rank 5 among the live key results of the objective; its ranks go from 1 to 4."
    );
    assert_eq!(refused(103, 0).code, Code::Invalid);
    assert_eq!(refused(999, 1).code, Code::NotFound);
}

#[test]
fn what_waits_says_why_and_is_not_ranked() {
    let mut world = World::with_quarter();
    let defer = || state_of(leads_subject(), "deferred");
    let refused = world.try_online("ana", vec![defer()]).unwrap_err();
    assert_eq!(refused.code, Code::Invalid);
    assert_eq!(
        refused.message,
        "It was not said why 'qualified leads' is to be deferred; it stays visible, with the reason."
    );
    world.online_because("ana", vec![defer()], "the form is broken");
    let why = |world: &World| world.state.key_results[&leads()].set_aside.clone();
    assert_eq!(why(&world).as_deref(), Some("the form is broken"));
    assert_eq!(
        rank::rank(&world.state, leads(), 1).unwrap_err().code,
        Code::NotLive
    );
    let back = world.online_because(
        "ana",
        vec![state_of(leads_subject(), "active")],
        "it works again",
    );
    assert_eq!(why(&world), None);
    // An undo puts back what was; it needs no reason of its own.
    let event = Box::new(back[0].event.clone());
    world.online("ana", vec![Command::Undo(event)]);
    assert!(!world.state.key_results[&leads()].is_live());
}

#[test]
fn an_objective_is_not_dropped_without_a_word() {
    let mut world = World::with_quarter();
    let subject = Subject::Objective(objective());
    for word in ["deferred", "dropped"] {
        let refused = world
            .try_online("ana", vec![state_of(subject, word)])
            .unwrap_err();
        assert_eq!(refused.hint.as_deref(), Some("say why with -m WHY"));
    }
    world.online_because("ana", vec![state_of(subject, "dropped")], "we go direct");
    let found = &world.state.objectives[&objective()];
    assert_eq!(found.set_aside.as_deref(), Some("we go direct"));
}

#[test]
fn the_losing_side_of_a_conflict_leaves_no_reason() {
    let mut world = World::with_quarter();
    world
        .offline_because(
            "ben",
            vec![state_of(leads_subject(), "deferred")],
            Some("ben's"),
        )
        .unwrap();
    world.now = noon("2026-07-11");
    world.online_because("ana", vec![state_of(leads_subject(), "dropped")], "ana's");
    world.sync("ben");
    let found = &world.state.key_results[&leads()];
    assert_eq!(found.set_aside.as_deref(), Some("ana's"), "the later one");
}

#[test]
fn tiers_are_words_for_certainties() {
    for (tier, certainty) in [
        (Tier::Likely, "0.8"),
        (Tier::Possible, "0.5"),
        (Tier::Moonshot, "0.2"),
    ] {
        assert_eq!(tier.certainty(), dec(certainty));
        assert_eq!(Tier::of(dec(certainty)), tier);
    }
    // The nearest one, the surer between two.
    for (certainty, tier) in [
        ("0.65", Tier::Likely),
        ("0.64", Tier::Possible),
        ("0.35", Tier::Possible),
        ("0.34", Tier::Moonshot),
    ] {
        assert_eq!(Tier::of(dec(certainty)), tier, "{certainty}");
    }
}

fn weigh(subject: CycleId, weights: &str) -> Command {
    let weights = weights.split(',').map(dec).collect();
    Command::Edit {
        subject: Subject::Cycle(subject),
        set: vec![(Field::MonthWeights, Value::Numbers(weights))],
    }
}

#[test]
fn pace_follows_the_weights_of_the_months() {
    let mut world = with_year();
    world.now = noon("2026-07-31");
    world.online("ana", vec![check_in(absolute("520"), "2026-07-31")]);
    let on = date("2026-07-31");
    let pace = |world: &World| {
        let state = &world.state;
        let (found, quarter) = (&state.key_results[&leads()], &state.cycles[&cycle()]);
        let expected = score::expected(state, quarter, on);
        (expected, score::pace(state, found, quarter, on).unwrap())
    };
    // 31 of 92 days; 20 of 50 leads.
    assert_eq!(pace(&world), (dec("0.337"), dec("1.1869")));
    world.online("ana", vec![weigh(cycle(), "5,3,2")]);
    assert_eq!(pace(&world), (dec("0.5"), dec("0.8")));
    let status = quarterdeck_core::status::of_key_result(
        &world.state,
        &world.state.key_results[&leads()],
        &world.state.cycles[&cycle()],
        on,
    );
    assert_eq!(
        status.because,
        ["40 % is done when 50 % is expected by the months' weights: pace 0.8."]
    );
    // Without weights of its own a quarter takes its part of the year's.
    world.online(
        "ana",
        vec![
            Command::Edit {
                subject: Subject::Cycle(cycle()),
                set: vec![(Field::MonthWeights, Value::None)],
            },
            weigh(CycleId::new(id(YEAR)), "1,1,1,1,1,1,8,1,1,1,1,1"),
        ],
    );
    assert_eq!(pace(&world), (dec("0.8"), dec("0.5")));
}

#[test]
fn month_weights_are_one_a_month_and_not_all_nothing() {
    let mut world = with_year();
    let mut refused = |weights: &str| {
        let refused = world
            .try_online("ana", vec![weigh(cycle(), weights)])
            .unwrap_err();
        refused.message
    };
    assert_eq!(
        refused("1,2"),
        "2026-Q3 has 3 months, and 2 weights are given."
    );
    assert_eq!(
        refused("0,0,0"),
        "The months of 2026-Q3 cannot all weigh nothing."
    );
    assert_eq!(
        refused("1,-1,1"),
        "The weights of the months of 2026-Q3 must be 0 or more."
    );
}
