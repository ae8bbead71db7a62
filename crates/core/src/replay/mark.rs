//! What one would want to find again in a replay.

use std::collections::BTreeMap;

use super::about::About;
use crate::act::Calendar;
use crate::event::{Body, Entry};
use crate::goalposts::{Moved, What};
use crate::history::edited;
use crate::late;
use crate::state::State;
use crate::token::NoteKind;
use crate::value::{Field, Subject};

/// What one would want to find again, with what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mark {
    /// A goal was moved after the cycle began: see [`crate::goalposts`].
    Goalpost {
        /// The cycle, objective or key result.
        about: Subject,
        /// What became of it.
        what: What,
    },
    /// Two edits met that did not know of each other.
    Conflict {
        /// What they are about.
        about: Subject,
        /// Which field of it.
        field: Field,
    },
    /// A conflict was settled, or went away with an edit that knew of both sides.
    Settled {
        /// What it was about.
        about: Subject,
        /// Which field of it.
        field: Field,
    },
    /// A key result was graded, or its grade taken back.
    Grade {
        /// The key result.
        about: Subject,
    },
    /// Somebody wrote something down.
    Note {
        /// What it was written on.
        about: Subject,
        /// What kind of note.
        kind: NoteKind,
    },
    /// A check-in came [`late::DAYS`] days after the day that it speaks of, or later still.
    Late {
        /// The key result.
        about: Subject,
        /// How many days.
        days: u32,
    },
    /// A check-in or a reading was corrected, taken back, or counts again.
    Corrected {
        /// The key result or KPI.
        about: Subject,
    },
    /// The cycle was closed.
    Closed {
        /// The cycle.
        about: Subject,
    },
    /// The cycle was opened again.
    Reopened {
        /// The cycle.
        about: Subject,
    },
}

impl Mark {
    /// What it is about.
    #[must_use]
    pub const fn about(&self) -> Subject {
        match self {
            Self::Goalpost { about, .. }
            | Self::Conflict { about, .. }
            | Self::Settled { about, .. }
            | Self::Grade { about }
            | Self::Note { about, .. }
            | Self::Late { about, .. }
            | Self::Corrected { about }
            | Self::Closed { about }
            | Self::Reopened { about } => *about,
        }
    }

    /// Its kind, in a word; of a note, the note's.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Goalpost { .. } => "goalpost",
            Self::Conflict { .. } => "conflict",
            Self::Settled { .. } => "settled",
            Self::Grade { .. } => "grade",
            Self::Note { kind, .. } => kind.word(),
            Self::Late { .. } => "late",
            Self::Corrected { .. } => "corrected",
            Self::Closed { .. } => "closed",
            Self::Reopened { .. } => "reopened",
        }
    }
}

/// Finds marks.
pub(super) struct Marker<'a> {
    calendar: Calendar<'a>,
    /// What was moved, by the position of the entry that moved it.
    moved: BTreeMap<u64, Vec<(Subject, What)>>,
}

/// The conflicts that an entry can open or settle, with whether they were open before it.
pub(super) type Contests = Vec<(Subject, Field, bool)>;

impl<'a> Marker<'a> {
    pub(super) fn new(calendar: Calendar<'a>, moved: &[Moved]) -> Self {
        let mut by_entry: BTreeMap<u64, Vec<(Subject, What)>> = BTreeMap::new();
        for one in moved {
            let of_entry = by_entry.entry(one.act.seq).or_default();
            // One mark for what one event did to a thing, however many fields it set.
            if !of_entry.contains(&(one.subject, one.what)) {
                of_entry.push((one.subject, one.what));
            }
        }
        Self {
            calendar,
            moved: by_entry,
        }
    }

    /// What has to be looked at before an entry is applied.
    pub(super) fn before(state: &State, entry: &Entry) -> Contests {
        let Some((subject, fields)) = edited(&entry.event.body) else {
            return Vec::new();
        };
        let open = |field: &Field| state.conflict(subject, field).is_some();
        (fields.into_iter())
            .map(|field| (subject, field.clone(), open(field)))
            .collect()
    }

    /// What an entry about the cycle marks; `state` has it applied.
    pub(super) fn after(
        &self,
        state: &State,
        about: About,
        entry: &Entry,
        before: &Contests,
    ) -> Vec<Mark> {
        let mut marks: Vec<Mark> = (self.moved.get(&entry.seq).into_iter().flatten())
            .map(|(about, what)| Mark::Goalpost {
                about: *about,
                what: *what,
            })
            .collect();
        for (subject, field, was_open) in before {
            let (about, field) = (*subject, field.clone());
            match (*was_open, state.conflict(about, &field).is_some()) {
                (false, true) => marks.push(Mark::Conflict { about, field }),
                (true, false) => marks.push(Mark::Settled { about, field }),
                _ => {}
            }
        }
        marks.extend(self.of_body(about, entry));
        marks
    }

    fn of_body(&self, about: About, entry: &Entry) -> Option<Mark> {
        Some(match &entry.event.body {
            Body::KeyResultGraded(graded) => Mark::Grade {
                about: Subject::KeyResult(graded.key_result),
            },
            Body::NoteAdded { about, kind, .. } => Mark::Note {
                about: *about,
                kind: *kind,
            },
            Body::CheckedIn(made) => {
                let days = self.calendar.day(entry).days_since(made.effective);
                Mark::Late {
                    about: Subject::KeyResult(made.key_result),
                    days: (u32::try_from(days).ok()).filter(|days| *days >= late::DAYS)?,
                }
            }
            Body::CheckInRetracted { key_result, .. }
            | Body::CheckInReinstated { key_result, .. }
            | Body::Edited {
                subject: Subject::CheckIn(key_result, _),
                ..
            } => Mark::Corrected {
                about: Subject::KeyResult(*key_result),
            },
            Body::Edited {
                subject: Subject::Reading(kpi, _),
                ..
            } => Mark::Corrected {
                about: Subject::Kpi(*kpi),
            },
            Body::CycleClosed { cycle, .. } if *cycle == about.cycle => Mark::Closed {
                about: Subject::Cycle(*cycle),
            },
            Body::CycleReopened { cycle } if *cycle == about.cycle => Mark::Reopened {
                about: Subject::Cycle(*cycle),
            },
            _ => return None,
        })
    }
}
