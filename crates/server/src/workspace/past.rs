//! The state as it was: a fold of the log's beginning.

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::event::Entry;
use quarterdeck_core::known::Known;
use quarterdeck_core::state::State;
use quarterdeck_ledger::Ledger;

use super::projection::read_entry;
use crate::error::ServerError;

/// A moment of the past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// After this log position.
    Position(u64),
    /// At this time: everything that was known then.
    Time(Timestamp),
}

const READ_ENTRIES: usize = 4_096;
const READ_BYTES: usize = 4 << 20;

/// The state at a moment; `present` tells what counts as known when.
pub(super) fn state_at(
    ledger: &dyn Ledger,
    moment: Moment,
    present: &State,
) -> Result<State, ServerError> {
    let known = Known::of(present);
    let mut state = State::default();
    each(ledger, 1, |entry| match moment {
        Moment::Position(last) => {
            let reached = entry.seq <= last;
            if reached {
                state.apply(&entry);
            }
            reached
        }
        // What was imported counts as known before its position, so all is looked at.
        Moment::Time(time) => {
            if known.by(&entry, time) {
                state.apply(&entry);
            }
            true
        }
    })?;
    Ok(state)
}

/// Reads entries in order for as long as `more` says so.
pub(super) fn each(
    ledger: &dyn Ledger,
    from: u64,
    mut more: impl FnMut(Entry) -> bool,
) -> Result<(), ServerError> {
    let mut next = from.max(1);
    loop {
        let entries = ledger.read(next, READ_ENTRIES, READ_BYTES)?;
        if entries.is_empty() {
            return Ok(());
        }
        for entry in entries {
            next = entry.seq.saturating_add(1);
            if !more(read_entry(ledger, &entry)?) {
                return Ok(());
            }
        }
    }
}
