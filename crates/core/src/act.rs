//! Who did something, on which device, when, and why: what every answer about changes says of each.

use std::collections::BTreeSet;

use crate::calendar::{Date, TimeZone, Timestamp};
use crate::event::{Entry, Source};
use crate::id::{DeviceId, EventId, MemberId};

/// An event, as the one who did it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// Position of the event.
    pub seq: u64,
    /// The event.
    pub event: EventId,
    /// On whose behalf.
    pub member: MemberId,
    /// On which device.
    pub device: DeviceId,
    /// When it was authored, by that device's clock.
    pub authored: Timestamp,
    /// When it was recorded.
    pub recorded: Timestamp,
    /// The day on which it became known: see [`Entry::known_at`].
    pub day: Date,
    /// Why, in the author's words.
    pub reason: Option<String>,
    /// Where it was imported from.
    pub source: Option<Source>,
    /// The event that it undoes.
    pub undoes: Option<EventId>,
    /// Whether it was undone later.
    pub undone: bool,
    /// Whether it is still waiting to be recorded.
    pub pending: bool,
}

impl Act {
    pub(crate) fn of(entry: &Entry, calendar: &Calendar<'_>, pending: bool) -> Self {
        let event = &entry.event;
        Self {
            seq: entry.seq,
            event: event.id,
            member: event.member,
            device: event.device,
            authored: Timestamp::from_ms(event.authored.wall),
            recorded: entry.recorded,
            day: calendar.day(entry),
            reason: event.reason.clone(),
            source: event.source.clone(),
            undoes: event.undoes,
            undone: false,
            pending,
        }
    }
}

/// How moments of entries become days.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Calendar<'a> {
    pub(crate) zone: &'a TimeZone,
    /// Up to where the log was kept without a server.
    pub(crate) alone_until: Option<u64>,
}

impl Calendar<'_> {
    /// The day on which an entry became known.
    pub(crate) fn day(&self, entry: &Entry) -> Date {
        self.zone.date_of(self.known_at(entry))
    }

    /// Since when an entry counts as known.
    pub(crate) fn known_at(&self, entry: &Entry) -> Timestamp {
        entry.known_at(self.alone_until)
    }
}

/// The events among these that were undone, and whose undoing was not undone itself.
pub(crate) fn undone(entries: &[Entry]) -> BTreeSet<EventId> {
    let mut found = BTreeSet::new();
    for entry in entries.iter().rev() {
        if let Some(what) = entry.event.undoes
            && !found.contains(&entry.event.id)
        {
            found.insert(what);
        }
    }
    found
}
