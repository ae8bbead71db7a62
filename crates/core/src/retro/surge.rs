//! Late surges: most of what a key result reached was gained at the very end.
//!
//! The **last days** of a cycle are the last sixth of its days, rounded up: of 92 the last 16. A key result
//! surges in them where its score gains [`LEAST`] or more, and at least half of the score that it then has.
//! Days are those of which measurements speak, by what is known now; what came in late is [`crate::late`]'s.
//! It is said once the last days have begun, of what counted before them and has a way to move along.

use super::{measured, stall};
use crate::calendar::{Date, Span};
use crate::decimal::{Decimal, ratio};
use crate::score::{self, PLACES};
use crate::state::{Cycle, KeyResult, State};

/// The last days are this part of a cycle.
pub const PART: u32 = 6;
/// A surge gains this much of the whole way at least: 0.2.
pub const LEAST: (i128, u32) = (2, 1);

/// What was gained in the last days of a cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Surge {
    /// The first of the last days.
    pub from: Date,
    /// How many there are.
    pub days: u32,
    /// The score on the day before them.
    pub before: Decimal,
    /// What it gained in them.
    pub gained: Decimal,
    /// The share of the score that this is.
    pub share: Decimal,
    /// Positions of the measurements in them.
    pub entries: Vec<u64>,
}

/// The last days of a cycle: the first of them, and how many.
#[must_use]
pub fn last_days(cycle: &Cycle) -> Option<(Date, u32)> {
    let days = Span::new(cycle.starts, cycle.ends)?.days().div_ceil(PART);
    let back = i32::try_from(days).ok()?;
    Some((cycle.ends.plus_days(1 - back), days))
}

/// The surge of a key result that counted in these stretches, if it had one.
pub(super) fn of(
    state: &State,
    found: &KeyResult,
    cycle: &Cycle,
    counted: &[Span],
    until: Date,
) -> Option<Surge> {
    let (from, days) = last_days(cycle)?;
    let counted_before = counted.first().is_some_and(|first| first.starts < from);
    if !stall::has_way(found.metric.kind) || until < from || !counted_before {
        return None;
    }
    let at = |day| score::progress(state, found, cycle, day).score;
    let before = at(from.plus_days(-1)).unwrap_or_default();
    let reached = at(until)?;
    let gained = reached.checked_sub(before)?;
    let least = Decimal::from_parts(LEAST.0, LEAST.1)?;
    let is_half = gained.checked_add(gained)? >= reached;
    (gained >= least && is_half).then(|| Surge {
        from,
        days,
        before,
        gained,
        share: ratio(gained, reached, PLACES).unwrap_or_default(),
        entries: measured(state, found, from, until),
    })
}
