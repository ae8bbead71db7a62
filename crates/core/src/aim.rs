//! What a key result aimed at, day by day: targets as they moved.
//!
//! A state knows one aim, the present one. The earlier ones are in the log: [`of`] reads them for
//! one key result, and [`Aims`] keeps them while a fold goes on, for whoever plays a whole cycle.
//!
//! An aim counts from the day on which it became known ([`crate::known`]); what stood at the end of
//! a day stands for it, so that a slip that was put right at once leaves no trace here. The entries
//! themselves are told by [`crate::history`] and [`crate::goalposts`].

use std::collections::{BTreeMap, BTreeSet};

use crate::act::Calendar;
use crate::calendar::{Date, TimeZone};
use crate::decimal::Decimal;
use crate::event::{Body, Entry, Metric};
use crate::id::KeyResultId;
use crate::past::Past;
use crate::score;
use crate::state::State;
use crate::token::MetricKind;
use crate::value::Subject;

/// What a metric aims at, in the units of its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Aim {
    /// The kind of metric: aims of different kinds do not compare.
    pub metric: MetricKind,
    /// Where it starts: 0 for milestones and binary ones.
    pub baseline: Option<Decimal>,
    /// Where it shall arrive: the weight of all milestones, 1 for a binary one.
    pub target: Option<Decimal>,
    /// Lower bound of a range, itself included.
    pub low: Option<Decimal>,
    /// Upper bound of a range, itself included.
    pub high: Option<Decimal>,
}

impl Aim {
    /// The aim of a metric.
    #[must_use]
    pub fn of(metric: &Metric) -> Self {
        let mut aim = Self {
            metric: metric.kind,
            baseline: None,
            target: None,
            low: None,
            high: None,
        };
        match metric.kind {
            MetricKind::Increase | MetricKind::Decrease => {
                (aim.baseline, aim.target) = (metric.baseline, metric.target);
            }
            MetricKind::Maintain => (aim.low, aim.high) = (metric.low, metric.high),
            MetricKind::Milestones => {
                aim.baseline = Some(Decimal::ZERO);
                aim.target = Some(score::weight(metric, |_| true));
            }
            MetricKind::Binary => {
                (aim.baseline, aim.target) = (Some(Decimal::ZERO), Some(Decimal::ONE));
            }
        }
        aim
    }

    /// The value on the line of pace where a share of the way is expected, 0 to 1:
    /// baseline + share × (target − baseline). None for what has no pace (a range, a binary one),
    /// as in [`score::pace`].
    #[must_use]
    pub fn at(&self, expected: Decimal) -> Option<Decimal> {
        match self.metric {
            MetricKind::Increase | MetricKind::Decrease | MetricKind::Milestones => {
                let (baseline, target) = (self.baseline?, self.target?);
                let way = target.checked_sub(baseline)?.checked_mul(expected)?;
                baseline.checked_add(way)
            }
            MetricKind::Maintain | MetricKind::Binary => None,
        }
    }
}

/// An aim and the day from whose end on it stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Aimed {
    /// The day on which it became known.
    pub since: Date,
    /// The aim.
    pub aim: Aim,
}

/// What a key result aimed at, earliest first; no aim is followed by its like. Empty where there is
/// no such key result.
///
/// # Errors
/// The log cannot be read.
pub fn of<P: Past>(past: &mut P, id: KeyResultId) -> Result<Vec<Aimed>, P::Error> {
    let zone = (past.state().workspace.as_ref()).map_or_else(TimeZone::utc, |found| found.zone());
    let calendar = Calendar {
        zone: &zone,
        alone_until: past.state().alone_until(),
    };
    let mut entries = past.about(&BTreeSet::from([id.uuid()]))?;
    entries.retain(|entry| may_move(entry, id));
    let days: Vec<Date> = entries.iter().map(|entry| calendar.day(entry)).collect();
    let mut found = Vec::new();
    if days.is_sorted() {
        let mut state = State::default();
        for (entry, day) in entries.iter().zip(days) {
            state.apply(entry);
            take(&mut found, &state, id, day);
        }
        return Ok(found);
    }
    // Imported history lies further on in the log than what it was known before: each day has the
    // fold of what was known by then.
    for day in days.iter().copied().collect::<BTreeSet<Date>>() {
        let mut state = State::default();
        for (entry, known) in entries.iter().zip(&days) {
            if *known <= day {
                state.apply(entry);
            }
        }
        take(&mut found, &state, id, day);
    }
    Ok(found)
}

/// Whether an entry can change what a key result aims at.
fn may_move(entry: &Entry, id: KeyResultId) -> bool {
    match &entry.event.body {
        Body::KeyResultAdded(added) => added.key_result == id,
        Body::Edited { subject, .. } | Body::ConflictResolved { subject, .. } => {
            *subject == Subject::KeyResult(id)
        }
        _ => false,
    }
}

/// Takes note of what a key result aims at on a day, in the order of days.
fn take(found: &mut Vec<Aimed>, state: &State, id: KeyResultId, since: Date) {
    let Some(metric) = state.key_results.get(&id).map(|one| &one.metric) else {
        return;
    };
    let aim = Aim::of(metric);
    if found.last().is_some_and(|last| last.aim == aim) {
        return;
    }
    // What stands at the end of the day stands for it.
    while found.last().is_some_and(|last| last.since >= since) {
        found.pop();
    }
    if found.last().is_none_or(|last| last.aim != aim) {
        found.push(Aimed { since, aim });
    }
}

/// What key results aimed at, kept while a fold goes on.
#[derive(Debug, Clone, Default)]
pub struct Aims(BTreeMap<KeyResultId, Vec<Aimed>>);

impl Aims {
    /// Takes note of what a key result aims at by what is known on a day. To be asked whenever its
    /// metric may have changed, in the order of days; it costs little where nothing has.
    pub fn take(&mut self, state: &State, id: KeyResultId, day: Date) {
        take(self.0.entry(id).or_default(), state, id, day);
    }

    /// What a key result aimed at by what was taken note of, earliest first.
    #[must_use]
    pub fn of(&self, id: KeyResultId) -> &[Aimed] {
        self.0.get(&id).map_or(&[], Vec::as_slice)
    }
}
