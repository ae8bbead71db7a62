//! The quarter of the worked examples in `docs/closing.md`: measured, graded, closed, carried over.

use quarterdeck_core::carry;
use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{Body, KeyResultGraded, Metric};
use quarterdeck_core::grading;
use quarterdeck_core::id::{CycleId, KeyResultId};
use quarterdeck_core::refusal::Code;
use quarterdeck_core::token::{CycleKind, MetricKind};
use quarterdeck_core::value::{Field, Measure, Milestone, Value};

use super::*;

pub const PARTNERS: u64 = 201;
pub const PILOT: u64 = 202;
pub const NEXT: u64 = 300;

pub fn kr(n: u64) -> KeyResultId {
    KeyResultId::new(id(n))
}
pub fn next_cycle() -> CycleId {
    CycleId::new(id(NEXT))
}

pub fn milestone(name: &str, weight: &str) -> Milestone {
    Milestone {
        name: name.into(),
        weight: dec(weight),
    }
}

/// The third quarter of the examples, measured and over.
pub fn quarter() -> World {
    let mut world = World::with_quarter();
    let step = |name: &str| Measure::Step {
        name: name.into(),
        done: true,
    };
    world.now = noon("2026-10-01");
    world.online(
        "ana",
        vec![
            Command::Edit {
                subject: leads_subject(),
                set: vec![(Field::Weight, Value::Number(dec("2")))],
            },
            Command::Record(Body::KeyResultAdded(key_result(
                PARTNERS,
                "partners signed",
                increase("0", "10"),
            ))),
            Command::Record(Body::KeyResultAdded(key_result(
                PILOT,
                "pilot",
                Metric {
                    milestones: vec![
                        milestone("draft", "1"),
                        milestone("trial", "2"),
                        milestone("live", "3"),
                    ],
                    ..metric(MetricKind::Milestones)
                },
            ))),
            Command::Record(Body::CycleCreated {
                cycle: next_cycle(),
                name: "2026-Q4".into(),
                kind: CycleKind::Quarterly,
                starts: date("2026-10-01"),
                ends: date("2026-12-31"),
                parent: None,
            }),
            check_in(absolute("531"), "2026-09-30"),
            check_in_on(kr(PARTNERS), absolute("8"), "2026-09-30"),
            check_in_on(kr(PILOT), step("draft"), "2026-09-29"),
            check_in_on(kr(PILOT), step("trial"), "2026-09-30"),
        ],
    );
    world.pull_all();
    world
}

pub fn grade(world: &World, id: KeyResultId, to: &str) -> Command {
    let found = &world.state.key_results[&id];
    Command::Record(Body::KeyResultGraded(KeyResultGraded {
        key_result: id,
        computed: grading::computed(&world.state, id, date("2026-09-30")),
        from: found.grade.as_ref().map(|grade| grade.grade),
        to: Some(dec(to)),
    }))
}

pub fn graded() -> World {
    let mut world = quarter();
    let as_computed = vec![
        grade(&world, leads(), "0.62"),
        grade(&world, kr(PILOT), "0.5"),
    ];
    world.online("ana", as_computed);
    let overruled = grade(&world, kr(PARTNERS), "0.7");
    let refused = world.offline("ana", vec![overruled.clone()]).unwrap_err();
    assert_eq!(refused.code, Code::Invalid, "overruling takes a reason");
    world
        .offline_because(
            "ana",
            vec![overruled],
            Some("the last one signed after the quarter"),
        )
        .unwrap();
    world.pull_all();
    world
}

pub fn close(world: &World, position: u64) -> Command {
    let _ = world;
    Command::Record(Body::CycleClosed {
        cycle: cycle(),
        position,
        root: [7; 32],
    })
}

pub fn closed() -> World {
    let mut world = graded();
    let close = close(&world, world.state.head);
    world.online("ana", vec![close]);
    world
}

pub fn carried(world: &mut World) -> carry::Plan {
    let mut ids = Ids(9_000);
    carry::plan(
        &world.state,
        &[objective()],
        next_cycle(),
        date("2026-10-01"),
        &mut ids,
    )
    .unwrap()
}
