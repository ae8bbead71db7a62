//! Which of a state's events are not recorded yet.

use std::collections::BTreeSet;

use quarterdeck_core::event::Entry;
use quarterdeck_core::id::Uuid;

/// The events that a state has on top of the confirmed log, and what they touch.
///
/// Where there is nothing pending, as on a server, use [`Pending::default`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pending {
    events: u64,
    touched: BTreeSet<Uuid>,
}

impl Pending {
    /// From the entries that are folded in, but not recorded.
    pub fn of<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Self {
        let mut pending = Self::default();
        for entry in entries {
            pending.events = pending.events.saturating_add(1);
            pending.touched.extend(entry.event.subjects());
        }
        pending
    }

    /// How many there are.
    #[must_use]
    pub const fn events(&self) -> u64 {
        self.events
    }

    /// Whether one of them touches this.
    #[must_use]
    pub fn touches(&self, id: Uuid) -> bool {
        self.touched.contains(&id)
    }

    /// The position of the last recorded event below a state whose last one is at `head`.
    #[must_use]
    pub const fn confirmed(&self, head: u64) -> u64 {
        head.saturating_sub(self.events)
    }
}
