//! KPIs: attainment, trend, and key results that read their value from one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod fed;
mod standing;
#[path = "../support/mod.rs"]
mod support;

use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{Body, Entry, KpiDefined, KpiRecorded};
use quarterdeck_core::id::{EventId, KeyResultId};
use quarterdeck_core::refusal::Refusal;
use quarterdeck_core::state::{Kpi, State};
use quarterdeck_core::token::Direction;
use quarterdeck_core::value::{Field, Subject, Value};
use support::*;

pub(crate) fn defined(direction: Direction, target: Option<&str>) -> KpiDefined {
    KpiDefined {
        kpi: kpi(),
        title: "calls picked up".into(),
        description: None,
        owner: None,
        team: None,
        direction,
        target: target.map(dec),
        unit: None,
        key: None,
    }
}

/// A quarter with a KPI that no key result has to do with.
pub(crate) fn with_kpi(direction: Direction, target: Option<&str>) -> World {
    let mut world = World::with_quarter();
    let new = defined(direction, target);
    world.online("ana", vec![Command::Record(Body::KpiDefined(new))]);
    world
}

/// A quarter with a KPI from which "qualified leads", 500 to 550, reads its value.
pub(crate) fn fed() -> World {
    let mut world = World::with_quarter();
    world.with_practice();
    world
}

pub(crate) fn reading(value: &str, on: &str) -> Command {
    Command::Record(Body::KpiRecorded(KpiRecorded {
        kpi: kpi(),
        value: dec(value),
        effective: date(on),
        note: None,
    }))
}

pub(crate) fn read(world: &mut World, value: &str, on: &str) -> Entry {
    world.now = world.now.max(noon(on));
    world.online("ana", vec![reading(value, on)]).remove(0)
}

pub(crate) fn checked(world: &mut World, command: Command, on: &str) {
    world.now = world.now.max(noon(on));
    world.online("ana", vec![command]);
}

pub(crate) fn found(state: &State) -> &Kpi {
    &state.kpis[&kpi()]
}

pub(crate) fn set(subject: Subject, field: Field, value: Value) -> Command {
    Command::Edit {
        subject,
        set: vec![(field, value)],
    }
}

pub(crate) fn retract(reading: EventId) -> Command {
    let withdrawn = Value::Text("withdrawn".into());
    set(Subject::Reading(kpi(), reading), Field::State, withdrawn)
}

pub(crate) fn link(key_result: KeyResultId) -> Command {
    Command::Record(Body::KpiLinked {
        kpi: kpi(),
        key_result,
    })
}

pub(crate) fn refused(world: &mut World, who: &'static str, command: Command) -> Refusal {
    world.try_online(who, vec![command]).unwrap_err()
}
