//! What a question is about, from what was said: which cycle, which moment, which day, which goals,
//! which events.
//!
//! A device answers from its replica and a server from its log. That both mean the same thing by the
//! same words is decided here, once.

mod events;
mod goals;

use std::cmp::Reverse;

use crate::calendar::{Date, FiscalStart, Span, TimeZone, Timestamp};
use crate::event::Entry;
use crate::id::CycleId;
use crate::past::Past;
use crate::state::State;
use crate::token::CycleState;
use crate::when::{Context, Moment, When, WhenError};

pub use events::{Events, entry_at, reasons, reasons_of};
pub use goals::Goals;

/// The cycle that is meant where none is named: an active one before a planned one, one that the
/// date lies in before one that it does not, then the shorter one (a quarter before its year),
/// then the later one.
#[must_use]
pub fn default_cycle(state: &State, on: Date) -> Option<CycleId> {
    (state.cycles.iter())
        .min_by_key(|(_, cycle)| {
            let days = Span::new(cycle.starts, cycle.ends).map_or(0, Span::days);
            (
                cycle.state != CycleState::Active,
                !cycle.contains(on),
                days,
                Reverse(cycle.starts),
            )
        })
        .map(|(id, _)| *id)
}

/// The moment of the log that is meant, by the workspace as it is now; `start` where something begins
/// there.
///
/// # Errors
/// The words name a moment that cannot be.
pub fn moment(
    present: &State,
    when: &When,
    start: bool,
    now: Timestamp,
) -> Result<Moment, WhenError> {
    let zone = zone(present);
    let span = |id| {
        let cycle = present.cycles.get(&id)?;
        Span::new(cycle.starts, cycle.ends)
    };
    let cycles: Vec<(&str, Span)> = (present.cycles.iter())
        .filter_map(|(id, cycle)| Some((cycle.name.as_str(), span(*id)?)))
        .collect();
    let context = Context {
        now,
        zone: &zone,
        fiscal: (present.workspace.as_ref())
            .and_then(|workspace| FiscalStart::new(workspace.fiscal_year_start).ok())
            .unwrap_or_default(),
        cycle: default_cycle(present, zone.date_of(now)).and_then(span),
        cycles: &cycles,
    };
    if start {
        when.resolve_start(&context)
    } else {
        when.resolve(&context)
    }
}

/// The day whose figures are shown of a state where none is named: that of the moment which was asked
/// for, at the latest today. A position's moment is the one since which its entry, the `last` one, is
/// known.
#[must_use]
pub fn day(seen: &State, moment: Option<Moment>, last: Option<&Entry>, now: Timestamp) -> Date {
    zone(seen).date_of(match moment {
        None => now,
        Some(Moment::At(moment)) => moment.min(now),
        Some(Moment::Position(_)) => {
            last.map_or(seen.recorded, |last| last.known_at(seen.alone_until()))
        }
    })
}

/// The day on which something is measured as it was known at an earlier moment.
///
/// # Errors
/// The log cannot be read.
pub fn day_of<P: Past>(past: &mut P, moment: Moment) -> Result<Date, P::Error> {
    let at = match moment {
        Moment::At(moment) => moment,
        Moment::Position(position) => {
            let (recorded, alone) = (past.state().recorded, past.state().alone_until());
            entry_at(past, position)?.map_or(recorded, |entry| entry.known_at(alone))
        }
    };
    Ok(zone(past.state()).date_of(at))
}

/// Whether something that begins at `from` would begin after it ends, `until` being its end and the
/// present where there is none.
#[must_use]
pub fn is_backwards(seen: &State, from: Moment, until: Option<Moment>, now: Timestamp) -> bool {
    match (from, until) {
        (Moment::At(from), Some(Moment::At(to))) => from > to,
        (Moment::Position(from), Some(Moment::Position(to))) => from > to,
        (Moment::At(from), None) => from > now,
        (Moment::Position(from), None) => from > seen.head,
        _ => false,
    }
}

/// The workspace's time zone; UTC before there is a workspace.
#[must_use]
pub fn zone(state: &State) -> TimeZone {
    (state.workspace.as_ref()).map_or_else(TimeZone::utc, |workspace| workspace.zone())
}
