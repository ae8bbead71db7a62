//! When a cycle began.

use crate::act::Calendar;
use crate::calendar::{Date, Timestamp};
use crate::event::{Body, Entry};
use crate::id::CycleId;
use crate::state::State;
use crate::value::Subject;

/// The day with which a cycle began: the first day that it had when that day came. One that was
/// planned when its first day was over begins with the day that it has now.
pub(super) fn day(own: &[Entry], id: CycleId, calendar: &Calendar<'_>, starts: Date) -> Date {
    let mut folded = State::default();
    let mut had: Vec<(Timestamp, Date)> = Vec::new();
    for entry in own {
        if !is_about_dates(&entry.event.body) {
            continue;
        }
        folded.apply(entry);
        let Some(cycle) = folded.cycles.get(&id) else {
            continue;
        };
        if had.last().map(|(_, day)| *day) != Some(cycle.starts) {
            had.push((calendar.known_at(entry), cycle.starts));
        }
    }
    let until = had.iter().skip(1).map(|(since, _)| Some(*since));
    (had.iter().zip(until.chain([None])))
        .find(|((since, day), until)| {
            let eve = calendar.zone.end_of(day.plus_days(-1));
            *since <= eve && until.is_none_or(|until| until > eve)
        })
        .map_or(starts, |((_, day), _)| *day)
}

const fn is_about_dates(body: &Body) -> bool {
    matches!(
        body,
        Body::CycleCreated { .. }
            | Body::Edited {
                subject: Subject::Cycle(_),
                ..
            }
            | Body::ConflictResolved {
                subject: Subject::Cycle(_),
                ..
            }
    )
}
