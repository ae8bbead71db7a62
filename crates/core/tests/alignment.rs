//! Levels, the cascade, what is rolled up, and loose ends.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use quarterdeck_core::alignment::{self, Branch, Cascade, LooseEnds};
use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{Body, KeyResultAdded, ObjectiveDrafted};
use quarterdeck_core::id::{CycleId, KeyResultId, MemberId, ObjectiveId, TeamId};
use quarterdeck_core::refusal::Code;
use quarterdeck_core::score;
use quarterdeck_core::token::{CycleKind, Level, MetricKind, ObjectiveKind, TeamLevel};
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
    let unaligned = |world: &World, n| LooseEnds::of(&world.state).unaligned.contains(&o(n));
    let unsupported = |world: &World, n| LooseEnds::of(&world.state).unsupported.contains(&o(n));
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
    assert_eq!(LooseEnds::of(&world.state), LooseEnds::default());
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
