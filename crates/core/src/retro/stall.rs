//! Stalls: times in which the value of a key result did not move.
//!
//! The value **moves** on a day at whose end it is another than before. A stall is the time from the day on
//! which it had moved last, or from which it counted, to the day on which it moved again, or to the last day
//! that is looked at, where
//!
//! - that is [`DAYS`] days or more, of a monthly key result [`DAYS_OF_MONTHLY`]: it is looked at once a month;
//! - the key result counted throughout, and so did its objective: what was deferred in between begins anew;
//! - the target was not reached at its beginning.
//!
//! It is told by what is known now: a check-in that came late counts on the day of which it speaks. A range to
//! maintain and a binary key result have no way to move along, and no stalls.

use super::measured;
use crate::asked::zone;
use crate::calendar::{Date, Span};
use crate::decimal::Decimal;
use crate::goalposts::{Goalposts, What};
use crate::id::KeyResultId;
use crate::known;
use crate::score;
use crate::state::{Cycle, KeyResult, State};
use crate::token::{Cadence, MetricKind};
use crate::value::Subject;

/// From so many days on a value has stalled: three weeks.
pub const DAYS: i32 = 21;
/// The same for what is measured once a month: five weeks, the longest month and some days.
pub const DAYS_OF_MONTHLY: i32 = 35;

/// A time in which a value did not move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stall {
    /// The day on which it had moved last, or from which it counted.
    pub from: Date,
    /// The day on which it moved again, or the last that was looked at.
    pub to: Date,
    /// Whether it moved again.
    pub moved_again: bool,
    /// The progress at its beginning, not held to 0 to 1; none where nothing could be said.
    pub progress: Option<Decimal>,
    /// Positions of what moved it last, and of what moved it again.
    pub entries: Vec<u64>,
}

impl Stall {
    /// The whole weeks that it lasted.
    #[must_use]
    pub fn weeks(&self) -> u32 {
        u32::try_from(self.to.days_since(self.from) / 7).unwrap_or(0)
    }
}

/// Whether a metric has a way that its value moves along.
pub(super) const fn has_way(kind: MetricKind) -> bool {
    match kind {
        MetricKind::Increase | MetricKind::Decrease | MetricKind::Milestones => true,
        MetricKind::Maintain | MetricKind::Binary => false,
    }
}

const fn least(cadence: Cadence) -> i32 {
    match cadence {
        Cadence::Weekly | Cadence::Fortnightly => DAYS,
        Cadence::Monthly => DAYS_OF_MONTHLY,
    }
}

/// The stretches of its cycle up to `until` in which a key result counted, and its objective did.
pub(super) fn counted(
    state: &State,
    goalposts: &Goalposts,
    (id, found): (KeyResultId, &KeyResult),
    until: Date,
) -> Vec<Span> {
    let Some(above) = state.objectives.get(&found.objective) else {
        return Vec::new();
    };
    let Some(cycle) = state.cycles.get(&above.cycle) else {
        return Vec::new();
    };
    let zone = zone(state);
    let made = |stamp| zone.date_of(known::since(state, stamp));
    let since = made(&found.provenance.created)
        .max(made(&above.provenance.created))
        .max(cycle.starts);
    // What it was as first agreed, then each change of it.
    let agreed = &goalposts.agreed;
    let mut own = (agreed.key_results.get(&id)).is_none_or(|one| one.is_live());
    let mut objective = (agreed.objectives.get(&found.objective))
        .is_none_or(|one| one.is_live() && one.cycle == goalposts.cycle);
    let mut spans = Vec::new();
    let mut open = (own && objective).then_some(since);
    for moved in &goalposts.moved {
        let counts = match moved.what {
            What::Deferred | What::Dropped | What::Withdrawn | What::MovedOut => false,
            What::TakenUp | What::MovedIn => true,
            What::Added | What::Reworded | What::Changed => continue,
        };
        match moved.subject {
            Subject::KeyResult(one) if one == id => own = counts,
            Subject::Objective(one) if one == found.objective => objective = counts,
            _ => continue,
        }
        let day = moved.act.day.max(since);
        match (open, own && objective) {
            (None, true) => open = Some(day),
            (Some(from), false) => {
                spans.extend(Span::new(from, day.min(until)));
                open = None;
            }
            _ => {}
        }
    }
    spans.extend(open.and_then(|from| Span::new(from, until)));
    spans
}

/// The stalls of a key result within these stretches, the first one first.
pub(super) fn of(state: &State, found: &KeyResult, cycle: &Cycle, spans: &[Span]) -> Vec<Stall> {
    let Some(until) = spans.last().map(|last| last.ends) else {
        return Vec::new();
    };
    if !has_way(found.metric.kind) {
        return Vec::new();
    }
    let moved = moves(state, found, cycle, until);
    let mut stalls = Vec::new();
    for span in spans {
        let within = moved.iter().filter(|day| span.contains(**day));
        let points: Vec<(Date, bool)> = std::iter::once((span.starts, false))
            .chain(within.map(|day| (*day, true)))
            .chain([(span.ends, false)])
            .collect();
        for ((from, _), (to, moved_again)) in points.iter().zip(points.iter().skip(1)) {
            if to.days_since(*from) < least(found.cadence) {
                continue;
            }
            let stood = score::progress(state, found, cycle, *from);
            if stood.score == Some(Decimal::ONE) {
                continue;
            }
            let mut entries = measured(state, found, *from, *from);
            if *moved_again {
                entries.extend(measured(state, found, *to, *to));
            }
            stalls.push(Stall {
                from: *from,
                to: *to,
                moved_again: *moved_again,
                progress: stood.progress,
                entries,
            });
        }
    }
    stalls
}

/// The days of its cycle up to `until` on which the value of a key result moved.
pub(super) fn moves(state: &State, found: &KeyResult, cycle: &Cycle, until: Date) -> Vec<Date> {
    let eve = cycle.starts.plus_days(-1);
    let mut held = (score::progress(state, found, cycle, eve).current).or(found.metric.baseline);
    let mut moved = Vec::new();
    for (day, value) in score::course(state, found, cycle, until) {
        if held.replace(value) != Some(value) {
            moved.push(day);
        }
    }
    moved
}
