//! Which edits did not know of each other, followed through a fold.

use std::collections::BTreeMap;

use crate::event::{Body, Entry};
use crate::id::EventId;
use crate::state::State;
use crate::value::{Field, Subject, Value};

use super::touch::edited;

/// How an edit fared that did not know of another, or that another did not know of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// Its value was chosen when the conflict was settled.
    Kept,
    /// It is in effect, and the conflict is open.
    InEffect,
    /// Another value was chosen, or a later edit took its place.
    Lost,
    /// It is not in effect, and the conflict is open.
    Contends,
}

impl Side {
    /// The word for it in JSON and tables.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::InEffect => "in_effect",
            Self::Lost => "lost",
            Self::Contends => "contends",
        }
    }
}

/// The sides of all conflicts that a fold has met.
#[derive(Debug, Default)]
pub(crate) struct Contests {
    sides: BTreeMap<(EventId, Field), Side>,
    about: Vec<About>,
}

/// A field that an entry is about to set, with the sides of the conflict that is open about it.
#[derive(Debug)]
struct About {
    subject: Subject,
    field: Field,
    sides: Vec<(EventId, Value)>,
}

impl Contests {
    /// Looks at what the entry is about to change.
    pub(crate) fn before(&mut self, state: &State, entry: &Entry) {
        self.about.clear();
        let Some((subject, fields)) = edited(&entry.event.body) else {
            return;
        };
        for field in fields {
            let sides = state.conflict(subject, field).map(|open| {
                (open.contenders.iter())
                    .map(|side| (side.stamp.event, side.value.clone()))
                    .collect()
            });
            self.about.push(About {
                subject,
                field: field.clone(),
                sides: sides.unwrap_or_default(),
            });
        }
    }

    /// Looks at what it changed.
    pub(crate) fn after(&mut self, state: &State, entry: &Entry) {
        for about in std::mem::take(&mut self.about) {
            let About {
                subject,
                field,
                sides,
            } = about;
            let now = state.conflict(subject, &field);
            let in_effect = state.stamp(subject, &field).map(|stamp| stamp.event);
            let chosen = match &entry.event.body {
                Body::ConflictResolved { to, .. } => Some(to),
                _ => None,
            };
            for (event, value) in sides {
                let side = match chosen {
                    Some(chosen) if *chosen == value => Side::Kept,
                    _ => Side::Lost,
                };
                self.sides.insert((event, field.clone()), side);
            }
            for side in now.iter().flat_map(|open| &open.contenders) {
                let event = side.stamp.event;
                let fares = if Some(event) == in_effect {
                    Side::InEffect
                } else {
                    Side::Contends
                };
                self.sides.insert((event, field.clone()), fares);
            }
        }
    }

    /// How an edit fared; the worst of its fields.
    pub(crate) fn side(&self, event: EventId) -> Option<Side> {
        let first = (event, Field::Name);
        (self.sides.range(first..))
            .take_while(|((found, _), _)| *found == event)
            .map(|(_, side)| *side)
            .max()
    }

    /// How it fared in one field.
    pub(crate) fn side_of(&self, event: EventId, field: &Field) -> Option<Side> {
        self.sides.get(&(event, field.clone())).copied()
    }
}
