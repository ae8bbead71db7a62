//! The state as it was: a fold of the log's beginning.

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::event::Entry;
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

/// The state at a moment. `adopted_at` is the last position that was kept before the workspace had
/// a server: those entries were known when they were authored, not when they were brought here.
pub(super) fn state_at(
    ledger: &dyn Ledger,
    moment: Moment,
    adopted_at: Option<u64>,
) -> Result<State, ServerError> {
    let mut state = State::default();
    let mut known = Timestamp::EPOCH;
    each(ledger, 1, |entry| {
        known = known_since(&entry, adopted_at, known);
        let reached = match moment {
            Moment::Position(last) => entry.seq <= last,
            Moment::Time(time) => known <= time,
        };
        if reached {
            state.apply(&entry);
        }
        reached
    })?;
    Ok(state)
}

/// Since when an entry has been known, given since when the one before it was.
fn known_since(entry: &Entry, adopted_at: Option<u64>, before: Timestamp) -> Timestamp {
    if adopted_at.is_some_and(|adopted| entry.seq <= adopted) {
        Timestamp::from_ms(entry.event.authored.wall)
            .min(entry.recorded)
            .max(before)
    } else {
        entry.recorded
    }
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
