//! What the readings of a KPI say: how much of its target is attained, where it is heading, and
//! how it went beside the key results that are meant to improve it.
//!
//! A KPI is no key result. It has no baseline and no cycle, is never scored, and enters no mean;
//! a key result may read its value from one ([`crate::score`]), and is then scored by its own
//! baseline and target.
//!
//! | better is | attainment |
//! |---|---|
//! | higher | value ÷ target |
//! | lower | target ÷ value |
//!
//! Attainment is shown as it is: below 0, and above 1. It is a share of the target, so it needs a
//! target above 0, and, where lower is better, a value above 0. Elsewhere there is no share to
//! tell, and it is told alone whether the target is **reached**; a target that is met exactly is
//! reached. Shares are rounded half to even at [`PLACES`] digits, once; whether a target is
//! reached is decided by the exact numbers.

use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::Date;
use crate::decimal::{Decimal, ratio};
use crate::id::{KeyResultId, KpiId};
use crate::score::{self, PLACES};
use crate::state::{Cycle, KeyResult, Kpi, State};
use crate::token::{Course, Direction, KeyResultState};

/// The value of a KPI on a day that it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Point {
    /// The day.
    pub date: Date,
    /// The value at its end.
    pub value: Decimal,
}

/// Where a KPI stands at the end of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The last reading that counts.
    pub latest: Point,
    /// Share of the target that is attained; none where there is no share to tell.
    pub attainment: Option<Decimal>,
    /// Whether the target is reached; none without a target.
    pub reached: Option<bool>,
    /// Where it is heading; none after a single day.
    pub trend: Option<Trend>,
}

/// The latest value against that of the day before that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trend {
    /// That day.
    pub since: Date,
    /// The difference: latest value minus that one.
    pub change: Decimal,
    /// Whether the change is for the better.
    pub course: Course,
}

/// The readings that count up to the day `on`, one a day: the last of a day by log position holds.
#[must_use]
pub fn points(kpi: &Kpi, on: Date) -> Vec<Point> {
    let days: BTreeMap<Date, Decimal> = (kpi.curve().into_iter())
        .filter(|(_, reading)| reading.effective <= on)
        .map(|(_, reading)| (reading.effective, reading.value))
        .collect();
    (days.into_iter())
        .map(|(date, value)| Point { date, value })
        .collect()
}

/// Where a KPI stands at the end of the day `on`; none before its first reading.
#[must_use]
pub fn standing(kpi: &Kpi, on: Date) -> Option<Standing> {
    let points = points(kpi, on);
    let (latest, before) = points.split_last()?;
    let trend = before.last().and_then(|before| {
        let change = latest.value.checked_sub(before.value)?;
        Some(Trend {
            since: before.date,
            change,
            course: course(kpi.direction, change),
        })
    });
    Some(Standing {
        latest: *latest,
        attainment: attainment(kpi, latest.value),
        reached: reached(kpi, latest.value),
        trend,
    })
}

/// The share of a KPI's target that a value attains, not held to 0 to 1. None without a target,
/// or where there is no share to tell: a target that is not above 0, and, where lower is better, a
/// value that is not.
#[must_use]
pub fn attainment(kpi: &Kpi, value: Decimal) -> Option<Decimal> {
    let target = kpi.target.filter(|target| *target > Decimal::ZERO)?;
    match kpi.direction {
        Direction::Higher => ratio(value, target, PLACES),
        Direction::Lower if value > Decimal::ZERO => ratio(target, value, PLACES),
        Direction::Lower => None,
    }
}

/// Whether a value reaches a KPI's target. None without a target.
#[must_use]
pub fn reached(kpi: &Kpi, value: Decimal) -> Option<bool> {
    kpi.target.map(|target| match kpi.direction {
        Direction::Higher => value >= target,
        Direction::Lower => value <= target,
    })
}

/// Whether a key result can take numbers of a KPI as they are: the two count the same, capitals
/// aside. One that has no unit of its own takes the other's.
#[must_use]
pub fn units_agree(kpi: Option<&str>, key_result: Option<&str>) -> bool {
    match (kpi, key_result) {
        (Some(there), Some(here)) => there.to_lowercase() == here.to_lowercase(),
        _ => true,
    }
}

/// The KPI that a key result made after another's pattern goes on reading from: the other's, if
/// that one still counts, and counts the same.
#[must_use]
pub fn read_on(state: &State, kpi: Option<KpiId>, unit: Option<&str>) -> Option<KpiId> {
    kpi.filter(|id| {
        (state.kpis.get(id))
            .is_some_and(|kpi| kpi.is_live() && units_agree(kpi.unit.as_deref(), unit))
    })
}

/// Whether a change is for the better.
#[must_use]
pub fn course(direction: Direction, change: Decimal) -> Course {
    let rises = change > Decimal::ZERO;
    if change.is_zero() {
        Course::Steady
    } else if rises == (direction == Direction::Higher) {
        Course::Better
    } else {
        Course::Worse
    }
}

/// A key result that has to do with a KPI.
#[derive(Debug, Clone, Copy)]
pub struct Linked<'a> {
    /// Its id.
    pub id: KeyResultId,
    /// The key result.
    pub key_result: &'a KeyResult,
    /// Its cycle.
    pub cycle: &'a Cycle,
    /// Whether it is meant to improve the KPI.
    pub improves: bool,
    /// Whether it reads its value from the KPI.
    pub reads: bool,
}

/// The key results that are meant to improve a KPI, or read their value from it, by the start of
/// their cycles, then oldest first. Withdrawn ones are left out, dropped and deferred ones not.
#[must_use]
pub fn linked(state: &State, id: KpiId) -> Vec<Linked<'_>> {
    let Some(kpi) = state.kpis.get(&id) else {
        return Vec::new();
    };
    let mut found: Vec<Linked<'_>> = (state.key_results.iter())
        .filter(|(_, key_result)| key_result.state != KeyResultState::Withdrawn)
        .filter_map(|(key_result_id, key_result)| {
            let cycle = (state.objectives.get(&key_result.objective))
                .and_then(|objective| state.cycles.get(&objective.cycle))?;
            let one = Linked {
                id: *key_result_id,
                key_result,
                cycle,
                improves: kpi.improved_by.contains(key_result_id),
                reads: key_result.kpi == Some(id),
            };
            (one.improves || one.reads).then_some(one)
        })
        .collect();
    found.sort_by_key(|one| (one.cycle.starts, one.key_result.provenance.created.seq));
    found
}

/// A day on which a KPI was read, or a key result linked to it was measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// The day.
    pub date: Date,
    /// The KPI's value at its end; none before the first reading.
    pub kpi: Option<Held>,
    /// The key results' in the order of [`linked`]; none outside of their cycles, and before
    /// anything can be said.
    pub key_results: Vec<Option<Held>>,
}

/// What held at the end of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// The value; for milestones the weight done, for a binary key result 0 or 1.
    pub value: Decimal,
    /// Share of the KPI's target, or the key result's progress.
    pub share: Option<Decimal>,
    /// Whether it was measured on that very day, and does not only hold from an earlier one.
    pub measured: bool,
}

/// A KPI's curve beside the check-ins of the key results linked to it, aligned by date: a row for
/// each day up to `on` on which one of them was measured, earliest first.
#[must_use]
pub fn beside(state: &State, id: KpiId, on: Date) -> Vec<Day> {
    let Some(kpi) = state.kpis.get(&id) else {
        return Vec::new();
    };
    let points: BTreeMap<Date, Decimal> = (points(kpi, on).into_iter())
        .map(|point| (point.date, point.value))
        .collect();
    let linked = linked(state, id);
    let courses: Vec<BTreeMap<Date, Decimal>> = (linked.iter())
        .map(|one| score::course(state, one.key_result, one.cycle, on))
        .map(|course| course.into_iter().collect())
        .collect();
    let mut dates: BTreeSet<Date> = points.keys().copied().collect();
    dates.extend(courses.iter().flat_map(BTreeMap::keys));
    (dates.into_iter())
        .map(|date| Day {
            date,
            kpi: points.range(..=date).next_back().map(|(read, value)| Held {
                value: *value,
                share: attainment(kpi, *value),
                measured: *read == date,
            }),
            key_results: (linked.iter().zip(&courses))
                .map(|(one, course)| held(state, one, date, course.contains_key(&date)))
                .collect(),
        })
        .collect()
}

fn held(state: &State, one: &Linked<'_>, date: Date, measured: bool) -> Option<Held> {
    if !one.cycle.contains(date) {
        return None;
    }
    let progress = score::progress(state, one.key_result, one.cycle, date);
    Some(Held {
        value: progress.current?,
        share: progress.progress,
        measured,
    })
}
