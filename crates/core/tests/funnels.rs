//! What went through a funnel's stages in a cycle, and the parts of a cycle.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use quarterdeck_core::decide::Command;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::{Body, KpiRecorded, ObjectiveDrafted, Stage};
use quarterdeck_core::id::{CycleId, KeyResultId, ObjectiveId};
use quarterdeck_core::plan::parts;
use quarterdeck_core::plan::volumes::{Missing, Readings, in_cycle, volume};
use quarterdeck_core::token::CycleKind;
use quarterdeck_core::value::{Field, Subject, Value};
use support::*;

const LAST: u64 = 200;
const LAST_OBJECTIVE: u64 = 201;
const LAST_LEADS: u64 = 202;

fn last_quarter() -> CycleId {
    CycleId::new(id(LAST))
}

fn last_leads() -> KeyResultId {
    KeyResultId::new(id(LAST_LEADS))
}

/// The world's quarter, and the one before it with a key result of its own; `title` names that.
fn two_quarters(title: &str) -> World {
    let mut world = World::with_quarter();
    let objective = ObjectiveId::new(id(LAST_OBJECTIVE));
    let mut added = key_result(LAST_LEADS, title, increase("450", "500"));
    added.objective = objective;
    world.online(
        "ana",
        vec![
            Command::Record(Body::CycleCreated {
                cycle: last_quarter(),
                name: "2026-Q2".into(),
                kind: CycleKind::Quarterly,
                starts: date("2026-04-01"),
                ends: date("2026-06-30"),
                parent: None,
            }),
            Command::Record(Body::ObjectiveDrafted(ObjectiveDrafted {
                objective,
                cycle: last_quarter(),
                ..objective_drafted()
            })),
            Command::Record(Body::KeyResultAdded(added)),
        ],
    );
    world
}

fn stage(source: Option<Subject>) -> Stage {
    Stage {
        name: "qualified leads".into(),
        source,
        rate: None,
    }
}

fn measured(world: &mut World, key_result: KeyResultId, value: &str, on: &str) {
    world.now = world.now.max(noon(on));
    world.online("ana", vec![check_in_on(key_result, absolute(value), on)]);
}

fn of(world: &World, stage: &Stage, cycle: CycleId, on: &str) -> Result<Decimal, Missing> {
    volume(&world.state, stage, cycle, date(on), Readings::Sum)
}

#[test]
fn a_key_results_volume_is_where_it_stands_at_the_end_of_its_cycle() {
    let mut world = two_quarters("qualified leads");
    let by_leads = stage(Some(leads_subject()));
    assert_eq!(
        of(&world, &by_leads, cycle(), "2026-07-10"),
        Err(Missing::Measurement)
    );
    measured(&mut world, leads(), "510", "2026-07-20");
    measured(&mut world, leads(), "520", "2026-08-20");
    let volume_on = |day| of(&world, &by_leads, cycle(), day);
    assert_eq!(volume_on("2026-07-31"), Ok(dec("510")));
    assert_eq!(volume_on("2026-12-31"), Ok(dec("520")));
}

#[test]
fn another_cycle_has_its_own_key_result_by_title() {
    let mut world = two_quarters("Qualified Leads");
    measured(&mut world, last_leads(), "498", "2026-06-30");
    let by_leads = stage(Some(leads_subject()));
    assert_eq!(
        of(&world, &by_leads, last_quarter(), "2026-07-10"),
        Ok(dec("498"))
    );
}

#[test]
fn another_title_is_no_counterpart_unless_it_was_carried_over() {
    let mut world = two_quarters("leads that buy");
    assert_eq!(in_cycle(&world.state, leads(), last_quarter()), None);
    let by_leads = stage(Some(leads_subject()));
    assert_eq!(
        of(&world, &by_leads, last_quarter(), "2026-07-10"),
        Err(Missing::Counterpart)
    );

    let carried = KeyResultId::new(id(203));
    let mut added = key_result(203, "leads of today", increase("500", "550"));
    added.carried_from = Some(last_leads());
    world.online("ana", vec![Command::Record(Body::KeyResultAdded(added))]);
    assert_eq!(
        in_cycle(&world.state, carried, last_quarter()),
        Some(last_leads())
    );
    assert_eq!(in_cycle(&world.state, last_leads(), cycle()), Some(carried));
}

#[test]
fn a_kpis_readings_are_added_up_or_the_last_one_holds() {
    let mut world = World::with_quarter();
    world.with_practice();
    world.now = noon("2026-08-31");
    for (value, on) in [
        ("40", "2026-06-30"),
        ("30", "2026-07-31"),
        ("35", "2026-08-31"),
    ] {
        let reading = Body::KpiRecorded(KpiRecorded {
            kpi: kpi(),
            value: dec(value),
            effective: date(on),
            note: None,
        });
        world.online("ana", vec![Command::Record(reading)]);
    }
    let by_kpi = stage(Some(Subject::Kpi(kpi())));
    let of = |readings, on| volume(&world.state, &by_kpi, cycle(), date(on), readings);
    assert_eq!(of(Readings::Sum, "2026-09-30"), Ok(dec("65")));
    assert_eq!(of(Readings::Last, "2026-09-30"), Ok(dec("35")));
    assert_eq!(of(Readings::Sum, "2026-08-01"), Ok(dec("30")));
    assert_eq!(of(Readings::Sum, "2026-07-05"), Err(Missing::Measurement));
    assert_eq!(
        volume(
            &world.state,
            &stage(None),
            cycle(),
            date("2026-09-30"),
            Readings::Sum
        ),
        Err(Missing::Source)
    );
}

#[test]
fn a_year_has_quarters_and_a_quarter_has_months() {
    let mut world = World::with_quarter();
    let year = CycleId::new(id(300));
    world.online(
        "ana",
        vec![Command::Record(Body::CycleCreated {
            cycle: year,
            name: "2026".into(),
            kind: CycleKind::Annual,
            starts: date("2026-01-01"),
            ends: date("2026-12-31"),
            parent: None,
        })],
    );
    let quarters = parts::of_cycle(&world.state, &world.state.cycles[&year]);
    let names: Vec<&str> = quarters.iter().map(|part| part.name.as_str()).collect();
    assert_eq!(names, ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"]);
    assert_eq!(quarters[2].cycle, Some(cycle()));
    assert_eq!(quarters[3].cycle, None);
    assert_eq!(quarters[3].span.starts, date("2026-10-01"));

    let months = parts::of_cycle(&world.state, &world.state.cycles[&cycle()]);
    let names: Vec<&str> = months.iter().map(|part| part.name.as_str()).collect();
    assert_eq!(names, ["2026-07", "2026-08", "2026-09"]);

    assert_eq!(parts::seasonal(&world.state.cycles[&year], &quarters), None);
    let weights = "1,1,1,2,2,2,1,1,1,3,3,3".split(',').map(dec).collect();
    world.online(
        "ana",
        vec![Command::Edit {
            subject: Subject::Cycle(year),
            set: vec![(Field::MonthWeights, Value::Numbers(weights))],
        }],
    );
    let seasonal = parts::seasonal(&world.state.cycles[&year], &quarters).unwrap();
    assert_eq!(seasonal, ["3", "6", "3", "9"].map(dec));
}
