//! Where a key result ends if it goes on like this, and how good such forecasts were.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod examples;
mod past;
mod properties;
#[path = "../support/mod.rs"]
mod support;

use quarterdeck_core::decide::Command;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::{Body, CheckedIn, KpiRecorded, Metric};
use quarterdeck_core::forecast::{self, Forecast, Lies, Outlook, Why};
use quarterdeck_core::id::KeyResultId;
use quarterdeck_core::score;
use quarterdeck_core::state::State;
use quarterdeck_core::token::MetricKind;
use quarterdeck_core::value::{Field, Measure, Subject, Value};
use support::*;

pub(crate) fn day(n: i32) -> String {
    date("2026-07-01").plus_days(n - 1).to_string()
}

/// A quarter in which `leads` was measured so on these days of the cycle, counted from 1.
pub(crate) fn measured(metric: Metric, values: &[(i32, Decimal)]) -> World {
    let mut world = World::with_quarter();
    let added = key_result(NPS, "the one looked at", metric);
    world.online("ana", vec![Command::Record(Body::KeyResultAdded(added))]);
    world.now = noon("2026-09-30");
    let said = (values.iter())
        .map(|(at, value)| check_in_on(looked_at(), Measure::Absolute(*value), &day(*at)))
        .collect::<Vec<_>>();
    for command in said {
        world.online("ana", vec![command]);
    }
    world
}

pub(crate) fn looked_at() -> KeyResultId {
    KeyResultId::new(id(NPS))
}

pub(crate) fn outlook(state: &State, on: &str) -> Outlook {
    forecast::of(
        state,
        &state.key_results[&looked_at()],
        &state.cycles[&cycle()],
        date(on),
    )
}

pub(crate) fn ends(world: &World, on: &str) -> Forecast {
    match outlook(&world.state, on) {
        Outlook::Ends(forecast) => forecast,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn whole(values: &[(i32, i64)]) -> Vec<(i32, Decimal)> {
    (values.iter())
        .map(|(at, value)| (*at, Decimal::from(*value)))
        .collect()
}

pub(crate) fn told(forecast: &Forecast) -> [Decimal; 3] {
    [forecast.low, forecast.value, forecast.high].map(|value| value.round(forecast.places))
}
