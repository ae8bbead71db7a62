//! Values, progress and scores.
//!
//! | metric | progress |
//! |---|---|
//! | increase, decrease | (current − baseline) ÷ (target − baseline) |
//! | maintain | share of the elapsed check-in periods at whose end the value lay in the range |
//! | milestones | weight of the steps done ÷ weight of all steps |
//! | binary | 0 or 1 |
//!
//! Progress may leave 0 to 1 and is shown as it is; the score is progress held to 0 to 1. Where
//! baseline equals target there is no distance to divide by: progress is 1 once the value has
//! reached the target in its direction, and 0 before. A bound that is reached exactly is met.
//!
//! An objective scores the weighted mean of its live key results, a cycle the plain mean of its
//! live objectives; what is deferred, dropped or withdrawn is left out of both. Figures are
//! rounded half to even at [`PLACES`] digits, once, where they are made.

use std::collections::BTreeSet;

use crate::calendar::{Date, Span};
use crate::decimal::{Decimal, ratio};
use crate::event::Metric;
use crate::id::{CycleId, ObjectiveId};
use crate::plan::season;
use crate::state::{Cycle, KeyResult, Kpi, Reading, State};
use crate::token::{Life, MetricKind, ObjectiveKind};

/// Digits after the point that computed shares keep.
pub const PLACES: u32 = 4;

/// Where a key result stands on a date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The value that holds: the latest absolute one and the deltas after it, from the baseline
    /// where there is none; for milestones the weight done, for binary 0 or 1.
    pub current: Option<Decimal>,
    /// The metric's progress, not held to 0 to 1. None where nothing can be said yet.
    pub progress: Option<Decimal>,
    /// Progress held to 0 to 1.
    pub score: Option<Decimal>,
    /// The milestones that are done.
    pub done: BTreeSet<String>,
    /// Effective date of the last check-in that counts.
    pub last_check_in: Option<Date>,
    /// The last confidence stated.
    pub confidence: Option<Decimal>,
    /// The last projection stated.
    pub projection: Option<Decimal>,
}

/// Where a key result of this cycle stands at the end of the day `on`, given what the state knows.
#[must_use]
pub fn progress(state: &State, key_result: &KeyResult, cycle: &Cycle, on: Date) -> Progress {
    let on = on.min(cycle.ends);
    let metric = &key_result.metric;
    let reading = reading(state, key_result, on);
    let current = current(metric, &reading);
    let progress = match metric.kind {
        MetricKind::Increase | MetricKind::Decrease => {
            current.and_then(|current| toward(metric, current))
        }
        MetricKind::Maintain => kept(state, key_result, cycle, on),
        MetricKind::Milestones => {
            current.and_then(|done| ratio(done, weight(metric, |_| true), PLACES))
        }
        MetricKind::Binary => current,
    };
    Progress {
        current,
        progress,
        score: progress.map(held),
        done: reading.steps,
        last_check_in: reading.last,
        confidence: reading.confidence,
        projection: reading.projection,
    }
}

/// What a reading comes to: a value, for milestones the weight done, for binary 0 or 1.
fn current(metric: &Metric, reading: &Reading) -> Option<Decimal> {
    match metric.kind {
        MetricKind::Milestones => Some(weight(metric, |name| reading.steps.contains(name))),
        MetricKind::Binary if reading.done == Some(true) => Some(Decimal::ONE),
        MetricKind::Binary => Some(Decimal::ZERO),
        _ => reading.value(metric.baseline),
    }
}

/// The value that holds at the end of the day `on`: the latest absolute check-in, or reading of
/// the KPI that the key result reads from, and the deltas after it. Without an absolute one the
/// deltas start from the baseline; None where there is neither.
#[must_use]
pub fn value_on(state: &State, key_result: &KeyResult, on: Date) -> Option<Decimal> {
    reading(state, key_result, on).value(key_result.metric.baseline)
}

/// The days of its cycle up to `on` on which a key result was measured, by a check-in or by a
/// reading of the KPI that it reads from, each with the value at its end as [`Progress::current`];
/// earliest first.
#[must_use]
pub fn course(
    state: &State,
    key_result: &KeyResult,
    cycle: &Cycle,
    on: Date,
) -> Vec<(Date, Decimal)> {
    let on = on.min(cycle.ends);
    // One pass over both, by date and log position: the course of a year is asked for often.
    let mut check_ins = key_result.check_ins.until(on).peekable();
    let fed = fed_by(state, key_result).map_or_else(Vec::new, Kpi::curve);
    let mut fed = (fed.into_iter().map(|(_, reading)| reading))
        .filter(|reading| reading.effective <= on)
        .peekable();
    let mut reading = Reading::default();
    let mut days: Vec<(Date, Option<Decimal>)> = Vec::new();
    loop {
        let said = check_ins.peek().map(|said| (said.effective, said.seq));
        let read = fed.peek().map(|read| read.place());
        let day = match (said, read) {
            (None, None) => break,
            (said, Some(place)) if said.is_none_or(|said| place < said) => {
                if let Some(read) = fed.next() {
                    reading.take_value(read.effective, read.value);
                }
                place.0
            }
            (Some((day, _)), _) | (None, Some((day, _))) => {
                if let Some(said) = check_ins.next() {
                    reading.take(said);
                }
                day
            }
        };
        if cycle.contains(day) {
            let current = current(&key_result.metric, &reading);
            match days.last_mut().filter(|(last, _)| *last == day) {
                Some((_, held)) => *held = current,
                None => days.push((day, current)),
            }
        }
    }
    (days.into_iter())
        .filter_map(|(day, current)| Some((day, current?)))
        .collect()
}

/// The value that holds at the end of the day `on`, as [`Progress::current`]: unlike
/// [`value_on`] also of milestones and of a binary key result.
#[must_use]
pub fn current_on(state: &State, key_result: &KeyResult, on: Date) -> Option<Decimal> {
    current(&key_result.metric, &reading(state, key_result, on))
}

/// The values that held a week apart, up to the day `on`, within the cycle, each as
/// [`Progress::current`]: at most `weeks` of them, earliest first. Empty where nothing was measured
/// by then.
#[must_use]
pub fn weekly(
    state: &State,
    key_result: &KeyResult,
    cycle: &Cycle,
    on: Date,
    weeks: u16,
) -> Vec<Option<Decimal>> {
    let on = on.min(cycle.ends);
    if reading(state, key_result, on).last.is_none() {
        return Vec::new();
    }
    let mut values: Vec<_> = (0..i32::from(weeks))
        .map(|back| on.plus_days(-7 * back))
        .take_while(|day| cycle.contains(*day))
        .map(|day| current_on(state, key_result, day))
        .collect();
    values.reverse();
    values
}

/// The KPI from which a key result reads its value. A dropped KPI's readings stay true; one that
/// was withdrawn was never meant.
pub(crate) fn fed_by<'a>(state: &'a State, key_result: &KeyResult) -> Option<&'a Kpi> {
    (key_result.kpi)
        .and_then(|kpi| state.kpis.get(&kpi))
        .map(|kpi| &**kpi)
        .filter(|kpi| kpi.state != Life::Withdrawn)
}

/// What the check-ins come to, with the KPI's reading among them where one feeds the key result.
fn reading(state: &State, key_result: &KeyResult, on: Date) -> Reading {
    match fed_by(state, key_result).and_then(|kpi| kpi.latest(on)) {
        Some(kpi) => key_result.check_ins.reading_beside(on, kpi),
        None => key_result.check_ins.reading(on),
    }
}

/// How far a value has come from the baseline to the target.
pub(crate) fn toward(metric: &Metric, current: Decimal) -> Option<Decimal> {
    let (baseline, target) = (metric.baseline?, metric.target?);
    let distance = target.checked_sub(baseline)?;
    if distance == Decimal::ZERO {
        let reached = match metric.kind {
            MetricKind::Decrease => current <= target,
            _ => current >= target,
        };
        return Some(if reached { Decimal::ONE } else { Decimal::ZERO });
    }
    ratio(current.checked_sub(baseline)?, distance, PLACES)
}

/// The share of elapsed periods that ended within the range; None before the first has elapsed.
fn kept(state: &State, key_result: &KeyResult, cycle: &Cycle, on: Date) -> Option<Decimal> {
    let span = Span::new(cycle.starts, cycle.ends)?;
    let mut elapsed = 0u32;
    let mut within = 0u32;
    for period in key_result.cadence.elapsed_periods(span, on) {
        elapsed = elapsed.saturating_add(1);
        if value_on(state, key_result, period.ends)
            .is_some_and(|value| in_range(&key_result.metric, value))
        {
            within = within.saturating_add(1);
        }
    }
    ratio(Decimal::from(within), Decimal::from(elapsed), PLACES)
}

/// Whether a value lies in the range to maintain, its bounds included.
#[must_use]
pub fn in_range(metric: &Metric, value: Decimal) -> bool {
    metric.low.is_some_and(|low| low <= value) && metric.high.is_some_and(|high| value <= high)
}

/// The weight of those steps that `counts` lets in.
pub(crate) fn weight(metric: &Metric, counts: impl Fn(&str) -> bool) -> Decimal {
    metric
        .milestones
        .iter()
        .filter(|step| counts(&step.name))
        .try_fold(Decimal::ZERO, |sum, step| sum.checked_add(step.weight))
        .unwrap_or(Decimal::ZERO)
}

/// Progress held to 0 to 1.
pub(crate) fn held(progress: Decimal) -> Decimal {
    progress.max(Decimal::ZERO).min(Decimal::ONE)
}

/// The weighted mean of an objective's live key results; None where none has a score.
#[must_use]
pub fn objective_score(state: &State, objective: ObjectiveId, on: Date) -> Option<Decimal> {
    let cycle = state.cycles.get(&state.objectives.get(&objective)?.cycle)?;
    weighted_mean(state, objective, |key_result| {
        progress(state, key_result, cycle, on).score
    })
}

/// The mean, by weight, of what `figure` says of an objective's live key results; those of which
/// it says nothing are left out. Scores and grades are both averaged so.
pub(crate) fn weighted_mean(
    state: &State,
    objective: ObjectiveId,
    figure: impl Fn(&KeyResult) -> Option<Decimal>,
) -> Option<Decimal> {
    let mut sum = Decimal::ZERO;
    let mut weights = Decimal::ZERO;
    for (_, key_result) in state.key_results_of(objective) {
        if !key_result.is_live() {
            continue;
        }
        if let Some(figure) = figure(key_result) {
            sum = sum.checked_add(figure.checked_mul(key_result.weight)?)?;
            weights = weights.checked_add(key_result.weight)?;
        }
    }
    ratio(sum, weights, PLACES)
}

/// The means of a set of objectives: all, and the two kinds apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Means {
    /// Over all.
    pub all: Option<Decimal>,
    /// Over committed ones.
    pub committed: Option<Decimal>,
    /// Over aspirational ones.
    pub aspirational: Option<Decimal>,
}

/// The means over the live objectives of a cycle that `counts` lets in.
#[must_use]
pub fn cycle_means(
    state: &State,
    cycle: CycleId,
    on: Date,
    counts: impl Fn(ObjectiveId) -> bool,
) -> Means {
    means(state, cycle, counts, |id| objective_score(state, id, on))
}

/// The plain means of what `figure` says of a cycle's live objectives that `counts` lets in.
pub(crate) fn means(
    state: &State,
    cycle: CycleId,
    counts: impl Fn(ObjectiveId) -> bool,
    figure: impl Fn(ObjectiveId) -> Option<Decimal>,
) -> Means {
    let figures: Vec<(ObjectiveKind, Decimal)> = state
        .objectives
        .iter()
        .filter(|(id, objective)| objective.cycle == cycle && objective.is_live() && counts(**id))
        .filter_map(|(id, objective)| Some((objective.kind, figure(*id)?)))
        .collect();
    means_of(&figures)
}

/// The plain means of figures of objectives of these kinds.
#[must_use]
pub fn means_of(figures: &[(ObjectiveKind, Decimal)]) -> Means {
    let mean = |wanted: Option<ObjectiveKind>| {
        let chosen = figures
            .iter()
            .filter(|(kind, _)| wanted.is_none_or(|wanted| wanted == *kind));
        let (sum, count) = chosen.fold((Some(Decimal::ZERO), 0u32), |(sum, count), (_, figure)| {
            (
                sum.and_then(|sum| sum.checked_add(*figure)),
                count.saturating_add(1),
            )
        });
        ratio(sum?, Decimal::from(count), PLACES)
    };
    Means {
        all: mean(None),
        committed: mean(Some(ObjectiveKind::Committed)),
        aspirational: mean(Some(ObjectiveKind::Aspirational)),
    }
}

/// The share of a cycle that is over at the end of the day `on`, 0 to 1.
#[must_use]
pub fn elapsed(cycle: &Cycle, on: Date) -> Decimal {
    Span::new(cycle.starts, cycle.ends).map_or(Decimal::ZERO, |span| {
        let days = span.elapsed(on);
        ratio(Decimal::from(days.days), Decimal::from(days.of), PLACES).unwrap_or(Decimal::ZERO)
    })
}

/// The share of its way that a key result of this cycle should have gone at the end of the day
/// `on`, 0 to 1: the elapsed share, or, where the months weigh differently, theirs.
#[must_use]
pub fn expected(state: &State, cycle: &Cycle, on: Date) -> Decimal {
    Span::new(cycle.starts, cycle.ends).map_or(Decimal::ZERO, |span| {
        season::share(span, &month_weights(state, cycle, span), on)
    })
}

/// Whether the days of a cycle all count alike, so that [`expected`] is what has [`elapsed`].
#[must_use]
pub fn is_even(state: &State, cycle: &Cycle) -> bool {
    Span::new(cycle.starts, cycle.ends)
        .is_none_or(|span| month_weights(state, cycle, span).is_empty())
}

/// The weights of a cycle's months: its own, else its part of those of the cycle above it. Empty
/// where neither says anything.
pub(crate) fn month_weights(state: &State, cycle: &Cycle, span: Span) -> Vec<Decimal> {
    if !cycle.month_weights.is_empty() {
        return cycle.month_weights.clone();
    }
    let above = cycle.parent.and_then(|id| state.cycles.get(&id));
    above
        .and_then(|above| {
            let whole = Span::new(above.starts, above.ends)?;
            Some(season::within(whole, &above.month_weights, span))
        })
        .unwrap_or_default()
}

/// Progress divided by what is expected by then: 1 is exactly on the line. None while nothing is
/// expected yet, and for kinds of metric that a line says nothing about.
#[must_use]
pub fn pace(state: &State, key_result: &KeyResult, cycle: &Cycle, on: Date) -> Option<Decimal> {
    match key_result.metric.kind {
        MetricKind::Increase | MetricKind::Decrease | MetricKind::Milestones => {
            let done = progress(state, key_result, cycle, on).progress?;
            ratio(done, expected(state, cycle, on), PLACES)
        }
        MetricKind::Maintain | MetricKind::Binary => None,
    }
}
