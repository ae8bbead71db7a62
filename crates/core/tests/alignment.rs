//! Levels, the cascade and its loose ends, ranks, and why something was set aside.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use quarterdeck_core::alignment::{self, Branch, Cascade};
use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{Body, KeyResultAdded, ObjectiveDrafted};
use quarterdeck_core::id::{CycleId, KeyResultId, MemberId, ObjectiveId, TeamId};
use quarterdeck_core::rank;
use quarterdeck_core::refusal::Code;
use quarterdeck_core::score;
use quarterdeck_core::token::{CycleKind, Level, MetricKind, ObjectiveKind, TeamLevel, Tier};
use quarterdeck_core::value::{Field, Measure, Subject, Value};
use support::*;

const YEAR: u64 = 300;
const COMPANY: u64 = 310;
const SALES: u64 = 311;
const SDRS: u64 = 312;
/// The company's objective of the year, and its key result.
const FIRST: u64 = 320;
const FIRST_KR: u64 = 321;
/// Sales' objective of the quarter, and the SDRs' below it.
const PIPELINE: u64 = 330;
const CALLS: u64 = 340;

fn o(n: u64) -> ObjectiveId {
    ObjectiveId::new(id(n))
}
fn kr(n: u64) -> KeyResultId {
    KeyResultId::new(id(n))
}
fn team(n: u64) -> TeamId {
    TeamId::new(id(n))
}

fn drafted(n: u64, cycle: CycleId, of: Option<u64>, supports: Option<Subject>) -> Command {
    Command::Record(Body::ObjectiveDrafted(ObjectiveDrafted {
        objective: o(n),
        title: format!("objective {n}"),
        cycle,
        team: of.map(team),
        supports,
        ..objective_drafted()
    }))
}

fn binary(n: u64, of: u64) -> Command {
    Command::Record(Body::KeyResultAdded(KeyResultAdded {
        objective: o(of),
        ..key_result(n, &format!("key result {n}"), metric(MetricKind::Binary))
    }))
}

fn done(n: u64) -> Command {
    check_in_on(kr(n), Measure::Done(true), "2026-07-09")
}

fn state_of(subject: Subject, word: &str) -> Command {
    Command::Edit {
        subject,
        set: vec![(Field::State, Value::Text(word.into()))],
    }
}

/// Acme with its sales department and SDRs, the year 2026 above 2026-Q3, and a cascade of three:
/// the company's objective of the year, sales' of the quarter on its key result, the SDRs' below.
fn acme() -> World {
    let mut world = World::with_quarter();
    let formed = |n: u64, name: &str, level, parent: Option<u64>| {
        Command::Record(Body::TeamCreated {
            team: team(n),
            name: name.into(),
            level,
            parent: parent.map(team),
        })
    };
    let year = CycleId::new(id(YEAR));
    world.online(
        "ana",
        vec![
            formed(COMPANY, "Acme", TeamLevel::Company, None),
            formed(SALES, "Sales", TeamLevel::Department, Some(COMPANY)),
            formed(SDRS, "SDRs", TeamLevel::Team, Some(SALES)),
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
            drafted(FIRST, year, Some(COMPANY), None),
            binary(FIRST_KR, FIRST),
            drafted(
                PIPELINE,
                cycle(),
                Some(SALES),
                Some(Subject::KeyResult(kr(FIRST_KR))),
            ),
            drafted(
                CALLS,
                cycle(),
                Some(SDRS),
                Some(Subject::Objective(o(PIPELINE))),
            ),
        ],
    );
    world
}

/// A cascade in words: `320(321(330(340)))`.
fn drawn(branches: &[Branch]) -> String {
    let number = |uuid: uuid::Uuid| u64::from_be_bytes(uuid.as_bytes()[8..].try_into().unwrap());
    let clean = |n: u64| n & 0xffff;
    let parts: Vec<String> = branches
        .iter()
        .map(|one| {
            let mut inside: Vec<String> = one
                .key_results
                .iter()
                .filter(|(_, below)| !below.is_empty())
                .map(|(id, below)| format!("{}({})", clean(number(id.uuid())), drawn(below)))
                .collect();
            if !one.below.is_empty() {
                inside.push(drawn(&one.below));
            }
            let own = clean(number(one.objective.uuid()));
            if inside.is_empty() {
                own.to_string()
            } else {
                format!("{own}({})", inside.join(" "))
            }
        })
        .collect();
    parts.join(" ")
}

fn cascade(world: &World) -> String {
    drawn(&Cascade::of(&world.state).branches(cycle(), |_, _| true))
}

#[test]
fn the_level_is_the_teams_or_one_persons() {
    let mut world = acme();
    let level = |world: &World, n| alignment::level(&world.state, &world.state.objectives[&o(n)]);
    assert_eq!(level(&world, FIRST), Some(Level::Company));
    assert_eq!(level(&world, PIPELINE), Some(Level::Department));
    assert_eq!(level(&world, CALLS), Some(Level::Team));
    assert_eq!(level(&world, OBJECTIVE), None, "nobody's");
    let ana = Value::Ref(Subject::Member(MemberId::new(id(10))));
    world.online(
        "ana",
        vec![Command::Edit {
            subject: Subject::Objective(objective()),
            set: vec![(Field::Owner, ana)],
        }],
    );
    assert_eq!(level(&world, OBJECTIVE), Some(Level::Individual));
}

#[test]
fn the_cascade_goes_from_the_year_through_the_quarter_to_the_teams() {
    let mut world = acme();
    // The old objective of the quarter supports nothing, and stands beside the cascade.
    assert_eq!(cascade(&world), "320(321(330(340))) 101");
    world.online(
        "ana",
        vec![Command::Edit {
            subject: Subject::Objective(objective()),
            set: vec![(Field::Supports, Value::Ref(Subject::Objective(o(FIRST))))],
        }],
    );
    assert_eq!(cascade(&world), "320(321(330(340)) 101)");
}

#[test]
fn a_filtered_cascade_keeps_what_is_above_and_what_is_below() {
    let world = acme();
    let of_sales =
        Cascade::of(&world.state).branches(cycle(), |_, one| one.team == Some(team(SALES)));
    assert_eq!(drawn(&of_sales), "320(321(330(340)))");
    let of_the_year = Cascade::of(&world.state).branches(CycleId::new(id(YEAR)), |_, one| {
        one.team == Some(team(SDRS))
    });
    assert_eq!(drawn(&of_the_year), "320(321(330(340)))");
    let nobodys = Cascade::of(&world.state).branches(cycle(), |_, _| false);
    assert_eq!(drawn(&nobodys), "");
}

#[test]
fn what_supports_a_goal_is_rolled_up_beside_its_own_score() {
    let mut world = acme();
    let committed = Value::Text(ObjectiveKind::Committed.word().into());
    let mut commands = vec![
        drafted(
            350,
            cycle(),
            Some(SALES),
            Some(Subject::Objective(o(FIRST))),
        ),
        Command::Edit {
            subject: Subject::Objective(o(350)),
            set: vec![(Field::Kind, committed)],
        },
        binary(351, 350),
        binary(352, 350),
        binary(341, CALLS),
        binary(342, CALLS),
        binary(343, CALLS),
        binary(344, CALLS),
    ];
    commands.extend([done(351), done(352), done(341)]);
    world.online("ana", commands);
    let on = date("2026-07-10");
    let found = Cascade::of(&world.state);
    // Sales' objective has no key result, so the SDRs' score, 0.25, stands for it.
    assert_eq!(score::objective_score(&world.state, o(PIPELINE), on), None);
    let (count, means) = found.rolled_up(Subject::Objective(o(FIRST)), on);
    assert_eq!(count, 2);
    assert_eq!(means.committed, Some(dec("1")));
    assert_eq!(means.aspirational, Some(dec("0.25")));
    assert_eq!(means.all, Some(dec("0.625")));
    let (count, means) = found.rolled_up(Subject::KeyResult(kr(FIRST_KR)), on);
    assert_eq!((count, means.all), (1, Some(dec("0.25"))));
    // Its own score is its own: nobody has done its key result yet.
    assert_eq!(
        score::objective_score(&world.state, o(FIRST), on),
        Some(dec("0"))
    );
    world.online_because(
        "ana",
        vec![state_of(Subject::Objective(o(350)), "deferred")],
        "next quarter",
    );
    let found = Cascade::of(&world.state);
    let (count, means) = found.rolled_up(Subject::Objective(o(FIRST)), on);
    assert_eq!((count, means.all), (1, Some(dec("0.25"))));
}

#[test]
fn loose_ends_are_what_supports_nothing_and_what_nothing_supports() {
    let mut world = acme();
    let unaligned = |world: &World, n| alignment::unaligned(&world.state, o(n));
    let unsupported = |world: &World, n| alignment::unsupported(&world.state, o(n));
    assert!(unaligned(&world, OBJECTIVE));
    assert!(!unaligned(&world, FIRST), "the year's stands at the top");
    assert!(!unaligned(&world, PIPELINE));
    assert!(!unsupported(&world, FIRST));
    let year = CycleId::new(id(YEAR));
    world.online("ana", vec![drafted(360, year, Some(COMPANY), None)]);
    assert!(unsupported(&world, 360));
    assert!(!unsupported(&world, PIPELINE), "a quarter's need not be");
    world.online_because(
        "ana",
        vec![state_of(Subject::Objective(o(PIPELINE)), "dropped")],
        "we go direct",
    );
    assert!(unsupported(&world, FIRST), "a dropped one carries nothing");
    assert!(!unaligned(&world, PIPELINE), "nor does it want anything");
}

#[test]
fn where_there_is_nothing_above_nothing_is_unaligned() {
    let world = World::with_quarter();
    assert!(!alignment::unaligned(&world.state, objective()));
    assert!(!alignment::unsupported(&world.state, objective()));
}

#[test]
fn a_link_is_broken_by_whatever_is_set_aside_above() {
    let broken_by = |subject: Subject| {
        let mut world = acme();
        world.online_because("ana", vec![state_of(subject, "deferred")], "later");
        alignment::broken(&world.state, o(PIPELINE))
    };
    let key_result = Subject::KeyResult(kr(FIRST_KR));
    assert_eq!(broken_by(key_result), Some(key_result));
    let above = Subject::Objective(o(FIRST));
    assert_eq!(broken_by(above), Some(above));
    assert_eq!(alignment::broken(&acme().state, o(PIPELINE)), None);
}

#[test]
fn objectives_that_support_each_other_are_shown_all_the_same() {
    // Two people align two objectives to each other, neither knowing of the other; the second is
    // refused at the server, and seen on the device until then.
    let mut world = acme();
    world.online(
        "ana",
        vec![
            drafted(370, cycle(), None, None),
            drafted(371, cycle(), None, None),
        ],
    );
    world.pull_all();
    let align = |own: u64, above: u64| Command::Edit {
        subject: Subject::Objective(o(own)),
        set: vec![(Field::Supports, Value::Ref(Subject::Objective(o(above))))],
    };
    world.online("ana", vec![align(370, 371)]);
    let made = world.offline("ben", vec![align(371, 370)]).unwrap();
    let mut state = world.state.clone();
    state.apply(&made[0]);
    let branches = Cascade::of(&state).branches(cycle(), |_, _| true);
    assert_eq!(drawn(&branches), "320(321(330(340))) 101 370(371)");
    assert_eq!(world.try_sync("ben").unwrap_err().code, Code::Invalid);
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
    let mut world = acme();
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
    let mut world = acme();
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
