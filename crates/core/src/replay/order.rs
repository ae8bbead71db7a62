//! What there is to play, and in which order it became known.

use std::collections::BTreeSet;

use super::Asked;
use crate::asked;
use crate::calendar::{Span, TimeZone, Timestamp};
use crate::closing::{self, Seen};
use crate::event::Entry;
use crate::goalposts::{self, Moved, Scope};
use crate::id::CycleId;
use crate::known::{self, Known};
use crate::past::Past;
use crate::state::State;
use crate::value::{Field, Subject};
use crate::when::Moment;

/// All that is read for a replay.
pub(super) struct Order {
    /// What was known before any goal of the cycle: the fold of everything before `entries`.
    pub(super) base: State,
    /// What came after it, in the order of the log.
    pub(super) entries: Vec<Entry>,
    /// What becomes known when.
    pub(super) turns: Vec<Turn>,
    /// With what it ends, where the cycle is closed.
    pub(super) closing: Option<Closed>,
    pub(super) zone: TimeZone,
    pub(super) alone_until: Option<u64>,
    /// The days of the cycle, as they are in the end.
    pub(super) cycle: Span,
    /// Which goals were moved after its first day.
    pub(super) moved: Vec<Moved>,
}

/// The end of a closed cycle.
pub(super) struct Closed {
    /// The entry that closed it.
    pub(super) entry: Entry,
    /// When that became known.
    pub(super) at: Timestamp,
    /// What is seen of it from then on.
    pub(super) seen: Seen,
}

/// Something becomes known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Turn {
    pub(super) at: Timestamp,
    pub(super) what: What,
}

/// What becomes known. What waits to be recorded comes last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    /// People and teams set the scene of imported history.
    Scene,
    /// The workspace began: who came later is not there yet.
    Began,
    /// The entry at this place.
    Entry(usize),
    /// The entry at this place, which is not recorded yet.
    Pending(usize),
}

/// Reads it. None where there is no such cycle.
pub(super) fn read<P: Past>(past: &mut P, asked: &Asked) -> Result<Option<Order>, P::Error> {
    // Shared until changed: no deep copy.
    let horizon = past.state().clone();
    let own = horizon.cycles.get(&asked.cycle);
    let Some(cycle) = own.and_then(|own| Span::new(own.starts, own.ends)) else {
        return Ok(None);
    };
    let known = Known::of_past(&horizon);
    let closing = closed(past, asked.cycle, &known)?;
    let floor = floor(&horizon, asked.cycle);
    let imports = horizon.sources.keys().next_back();
    let mut entries = Vec::new();
    past.each(floor, &mut |entry| {
        let Some(closed) = &closing else {
            entries.push(entry.clone());
            return true;
        };
        // What came later than the closing is no part of it, unless its source was older.
        let is_later = entry.seq > closed.entry.seq && entry.event.source.is_none();
        let is_part = entry.seq != closed.entry.seq && !is_later;
        if is_part && known.since(entry) <= closed.at {
            entries.push(entry.clone());
        }
        entry.seq < closed.entry.seq || imports.is_some_and(|last| entry.seq < *last)
    })?;
    let base = match floor {
        0 | 1 => State::default(),
        _ => past.known_at(Moment::Position(floor - 1))?,
    };
    let pending: BTreeSet<u64> = (entries.iter().map(|entry| entry.seq))
        .filter(|seq| past.is_pending(*seq))
        .collect();
    let moved = goalposts::of(
        past,
        &goalposts::Asked {
            cycle: asked.cycle,
            scope: Scope::Cycle,
            on: cycle.ends,
        },
    )?;
    Ok(Some(Order {
        turns: turns(&entries, &known, &pending, asked.until),
        base,
        entries,
        closing,
        zone: asked::zone(&horizon),
        alone_until: horizon.alone_until(),
        cycle,
        moved: moved.map_or_else(Vec::new, |found| found.moved),
    }))
}

/// The end of a cycle that is closed.
fn closed<P: Past>(past: &mut P, id: CycleId, known: &Known) -> Result<Option<Closed>, P::Error> {
    let closing = closing::of(past.state(), Subject::Cycle(id)).map(|(_, closing)| closing.stamp);
    let Some(stamp) = closing else {
        return Ok(None);
    };
    let entry = asked::entry_at(past, stamp.seq)?;
    let seen = closing::seen(past, Subject::Cycle(id))?;
    Ok((entry.zip(seen)).map(|(entry, seen)| Closed {
        at: known.since(&entry),
        entry,
        seen,
    }))
}

/// The first position at which something about the cycle's goals may stand that was not known to all
/// that stands behind it. Where nothing was imported, that is where the first of its goals was made.
fn floor(horizon: &State, cycle: CycleId) -> u64 {
    if !horizon.sources.is_empty() {
        return 1;
    }
    (horizon.objectives.values())
        .filter(|one| one.cycle == cycle || one.provenance.edited.contains_key(&Field::Cycle))
        .map(|one| one.provenance.created.seq)
        .min()
        .unwrap_or(1)
}

/// When what becomes known, in that order. What waits to be recorded is known to the present alone,
/// which comes last.
fn turns(
    entries: &[Entry],
    known: &Known,
    pending: &BTreeSet<u64>,
    until: Option<Moment>,
) -> Vec<Turn> {
    let last = (entries.iter())
        .map(|entry| known.since(entry))
        .max()
        .unwrap_or_default();
    let last = match until {
        Some(Moment::At(until)) => last.max(until),
        _ => last,
    };
    let mut turns: Vec<Turn> = (entries.iter().enumerate())
        .map(|(place, entry)| match pending.contains(&entry.seq) {
            true => Turn {
                at: last,
                what: What::Pending(place),
            },
            false => Turn {
                at: known.since(entry),
                what: What::Entry(place),
            },
        })
        .collect();
    if let Some((from, until)) = known.scene() {
        turns.push(Turn {
            at: from,
            what: What::Scene,
        });
        turns.push(Turn {
            at: until,
            what: What::Began,
        });
    }
    turns.sort_unstable();
    turns
}

impl Order {
    /// The places of what sets the scene of imported history; of that alone which counts as known
    /// only after a moment, where one is given.
    pub(super) fn scene(&self, after: Option<Timestamp>) -> Vec<usize> {
        (self.turns.iter())
            .filter(|turn| after.is_none_or(|after| turn.at > after))
            .filter_map(|turn| match turn.what {
                What::Entry(place) => Some(place),
                _ => None,
            })
            .filter(|place| {
                (self.entries.get(*place)).is_some_and(|entry| known::sets_scene(&entry.event.body))
            })
            .collect()
    }
}
