//! How far an answer may look.

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::event::Entry;
use quarterdeck_core::known::Known;
use quarterdeck_core::state::State;
use quarterdeck_core::when::Moment;

/// A position of the log, a moment, or both: what lies beyond either is out of sight.
#[derive(Debug, Clone)]
pub struct Horizon {
    pub(crate) until: u64,
    pub(crate) moment: Option<Timestamp>,
    pub(crate) known: Known,
}

impl Horizon {
    /// All that `present`, the fold of the whole log, knows; or that was known at a moment.
    #[must_use]
    pub fn of(present: &State, moment: Option<Moment>) -> Self {
        let all = Self {
            until: present.head,
            moment: None,
            known: Known::of(present),
        };
        match moment {
            None => all,
            Some(moment) => all.earlier(moment),
        }
    }

    /// What of it was known at a moment already.
    #[must_use]
    pub fn earlier(&self, moment: Moment) -> Self {
        let mut earlier = self.clone();
        match moment {
            Moment::Position(position) => earlier.until = earlier.until.min(position),
            Moment::At(moment) => {
                earlier.moment = Some(earlier.moment.map_or(moment, |held| held.min(moment)));
            }
        }
        earlier
    }

    /// Whether an entry is in sight.
    #[must_use]
    pub fn lets_in(&self, entry: &Entry) -> bool {
        entry.seq <= self.until && (self.moment).is_none_or(|moment| self.known.by(entry, moment))
    }

    /// The last position that is in sight.
    #[must_use]
    pub const fn until(&self) -> u64 {
        self.until
    }
}
