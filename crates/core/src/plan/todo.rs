//! How far a to-do is: what was done beside what was planned by a day, and whether the work
//! turns into results at the rate that was planned for it.
//!
//! What is planned by a day counts that day; **behind** is judged by the day before, so that
//! nobody is behind in the morning for what the day is there for. Working days leave out
//! weekends, but know no holidays: a to-do spreads evenly over what is left.

use std::collections::BTreeSet;

use super::funnel::{self, Feedback};
use super::{volumes, workdays};
use crate::calendar::{Date, Span};
use crate::decimal::Decimal;
use crate::score::{self, PLACES};
use crate::state::{KeyResult, State, Todo};
use crate::token::MetricKind;

/// How far a to-do is on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// What was done up to the day, whenever it was.
    pub done: Decimal,
    /// What was done on the day itself.
    pub done_that_day: Decimal,
    /// What should have been done by the end of the day, at [`PLACES`].
    pub planned: Decimal,
    /// What should have been done by the end of the day before, and was not.
    pub behind: Decimal,
    /// What is to be done in all: the total, or the quantity times the periods.
    pub whole: Decimal,
    /// What is left of it.
    pub left: Decimal,
    /// Working days from the day after to the end.
    pub days_left: u32,
    /// What the rest asks of each of those days; none where none is left.
    pub needed_per_day: Option<Decimal>,
    /// The measured rate beside the planned one; none unless there is a key result with a planned
    /// rate, and both work and a measurement since the to-do began.
    pub feedback: Option<Feedback>,
}

/// How far a to-do is at the end of the day `on`; None where its numbers don't fit.
#[must_use]
pub fn standing(state: &State, todo: &Todo, on: Date) -> Option<Standing> {
    let span = Span::new(todo.starts, todo.ends)?;
    let whole = whole(todo, span)?;
    let done = todo.done(Date::MIN, on)?;
    let left = whole.checked_sub(done)?.max(Decimal::ZERO);
    let behind = planned(todo, span, whole, on.plus_days(-1))?
        .checked_sub(done)?
        .max(Decimal::ZERO);
    let days_left = Span::new(on.plus_days(1).max(todo.starts), todo.ends)
        .map_or(0, |rest| workdays::working_days(rest, &BTreeSet::new()));
    Some(Standing {
        done,
        done_that_day: todo.done(on, on)?,
        planned: planned(todo, span, whole, on)?,
        behind,
        whole,
        left,
        days_left,
        needed_per_day: funnel::per_period(left, days_left.into()),
        feedback: feedback(state, todo, span, done, on),
    })
}

/// All that is to be done.
fn whole(todo: &Todo, span: Span) -> Option<Decimal> {
    match todo.total {
        Some(total) => Some(total),
        None => so_far(todo, span),
    }
}

/// The quantity times the periods of a span.
fn so_far(todo: &Todo, span: Span) -> Option<Decimal> {
    let periods = workdays::periods(span, todo.per, &BTreeSet::new());
    Some(todo.quantity.checked_mul(periods)?.round(PLACES))
}

/// What should have been done by the end of a day: never more than all, and all at the end.
fn planned(todo: &Todo, span: Span, whole: Decimal, on: Date) -> Option<Decimal> {
    if on >= span.ends {
        return Some(whole);
    }
    match Span::new(span.starts, on) {
        None => Some(Decimal::ZERO),
        Some(part) => Some(so_far(todo, part)?.min(whole)),
    }
}

fn feedback(state: &State, todo: &Todo, span: Span, done: Decimal, on: Date) -> Option<Feedback> {
    let planned = todo.rate.filter(|rate| *rate > Decimal::ZERO)?;
    let key_result = state.key_results.get(&todo.key_result?)?;
    let through = came_through(state, key_result, span.starts, on)?;
    let outcome = outcome(whole(todo, span)?, planned)?;
    funnel::feedback(outcome, planned, done, through)
        .ok()
        .flatten()
}

/// How far a key result moved in its direction from the day before `since`; None for those that
/// don't count, and where nothing was measured since.
fn came_through(state: &State, key_result: &KeyResult, since: Date, on: Date) -> Option<Decimal> {
    if volumes::last_measured(state, key_result, on).is_none_or(|day| day < since) {
        return None;
    }
    let value = |day| score::value_on(state, key_result, day);
    let before = value(since.plus_days(-1)).or(key_result.metric.baseline)?;
    let moved = value(on)?.checked_sub(before)?;
    match key_result.metric.kind {
        MetricKind::Increase => Some(moved),
        MetricKind::Decrease => Some(-moved),
        MetricKind::Maintain | MetricKind::Milestones | MetricKind::Binary => None,
    }
}

/// The outcome that so much work was planned for: the whole number that needs just this much
/// (44 at 30 % were planned for 13, not for 13.2), or the plain product where there is none.
fn outcome(whole: Decimal, rate: Decimal) -> Option<Decimal> {
    let product = whole.checked_mul(rate)?;
    let below = product.floor();
    let needs_this = below > Decimal::ZERO && funnel::rounded_up(below, rate) == Some(whole);
    Some(if needs_this { below } else { product })
}
