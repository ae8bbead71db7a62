//! Edits that did not know of each other.
//!
//! Guarantee: neither side is lost. An edit whose author saw the present value takes effect. One
//! that did not makes a conflict: the edit authored later takes effect (hybrid logical clock held
//! to the recorded time, then device id), the other is kept beside it until someone settles it.
//! Different fields never conflict, and neither does the same new value twice.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Lazy, Skipped, Stamp, State};
use crate::event::Entry;
use crate::id::EventId;
use crate::value::{Change, Field, Subject, Value};

/// A field that several people set without knowing of each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    /// The entity.
    pub subject: Subject,
    /// The field.
    pub field: Field,
    /// The sides, the one in effect included.
    pub contenders: Vec<Contender>,
}

/// One side of a conflict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contender {
    /// The edit.
    pub stamp: Stamp,
    /// What it set.
    pub value: Value,
    /// The author's reason.
    pub reason: Option<String>,
}

impl Conflict {
    /// The sides that are not in effect, given the one that is.
    pub fn others(&self, in_effect: EventId) -> impl Iterator<Item = &Contender> {
        self.contenders
            .iter()
            .filter(move |side| side.stamp.event != in_effect)
    }
}

/// What an edit of one field comes to.
enum Outcome {
    /// Its author knew the present value.
    TakesEffect,
    /// It says what already holds.
    Agrees,
    /// It did not know, and was authored later.
    Overrides,
    /// It did not know, and was authored earlier.
    StandsBy,
}

fn weigh(entry: &Entry, change: &Change, present: &Value, set_by: &Stamp) -> Outcome {
    let event = &entry.event;
    if *present == change.to {
        return Outcome::Agrees;
    }
    let knew = set_by.seq <= event.seen || set_by.device == event.device || *present == change.from;
    if knew {
        return Outcome::TakesEffect;
    }
    let mine = Stamp::of(entry);
    if (mine.authored, mine.device) > (set_by.authored, set_by.device) {
        Outcome::Overrides
    } else {
        Outcome::StandsBy
    }
}

impl State {
    /// The open conflict about a field.
    #[must_use]
    pub fn conflict(&self, subject: Subject, field: &Field) -> Option<&Conflict> {
        self.conflicts
            .iter()
            .find(|open| open.subject == subject && open.field == *field)
    }

    pub(super) fn apply_edit(&mut self, entry: &Entry, subject: Subject, changes: &[Change]) {
        for change in changes {
            self.apply_change(entry, subject, change);
        }
    }

    pub(super) fn apply_change(&mut self, entry: &Entry, subject: Subject, change: &Change) {
        let field = &change.field;
        let Some((present, set_by)) = self
            .editable(subject)
            .and_then(|entity| Some((entity.get(field)?, entity.stamp(field))))
        else {
            let noun = subject.noun();
            self.skip(
                entry,
                format!("the {noun} or its field '{field}' is not known"),
            );
            return;
        };
        let mine = || Contender {
            stamp: Stamp::of(entry),
            value: change.to.clone(),
            reason: entry.event.reason.clone(),
        };
        match weigh(entry, change, &present, &set_by) {
            Outcome::Agrees => {}
            Outcome::TakesEffect => {
                if self.put(entry, subject, change) {
                    self.supersede(subject, field, set_by.event, mine());
                }
            }
            Outcome::Overrides => {
                if self.put(entry, subject, change) {
                    let other = Contender {
                        stamp: set_by,
                        value: present,
                        reason: None,
                    };
                    self.contend(subject, field, other, mine());
                }
            }
            Outcome::StandsBy => {
                let other = Contender {
                    stamp: set_by,
                    value: present,
                    reason: None,
                };
                self.contend(subject, field, other, mine());
            }
        }
    }

    /// Sets a field, or notes why this version cannot.
    fn put(&mut self, entry: &Entry, subject: Subject, change: &Change) -> bool {
        let stamp = Stamp::of(entry);
        let result = self.edit_with(subject, |entity| {
            entity
                .set(&change.field, &change.to)
                .map(|()| entity.restamp(&change.field, stamp))
        });
        match result {
            Some(Ok(())) => {
                if change.field == Field::State {
                    self.keep_why(subject, entry.event.reason.as_deref());
                }
                true
            }
            Some(Err(misfit)) => {
                self.skip(entry, misfit.to_string());
                false
            }
            None => false,
        }
    }

    /// What was deferred or dropped says why for as long as it stays so.
    fn keep_why(&mut self, subject: Subject, why: Option<&str>) {
        let why = why.map(str::to_owned);
        match subject {
            Subject::Objective(id) => {
                if let Some(found) = self.objectives.get_mut(&id).map(Arc::make_mut) {
                    found.set_aside = why.filter(|_| !found.is_live());
                }
            }
            Subject::KeyResult(id) => {
                if let Some(found) = self.key_results.get_mut(&id).map(Lazy::make_mut) {
                    found.set_aside = why.filter(|_| !found.is_live());
                }
            }
            _ => {}
        }
    }

    /// Within an open conflict, `new` takes the place of the edit that it knowingly replaced.
    fn supersede(&mut self, subject: Subject, field: &Field, old: EventId, new: Contender) {
        if let Some(open) = self.conflict_mut(subject, field) {
            open.contenders.retain(|side| side.stamp.event != old);
            open.contenders.push(new);
        }
    }

    fn contend(&mut self, subject: Subject, field: &Field, present: Contender, new: Contender) {
        let open = match self.conflict_mut(subject, field) {
            Some(open) => open,
            None => {
                self.conflicts.push(Conflict {
                    subject,
                    field: field.clone(),
                    contenders: vec![present],
                });
                match self.conflicts.last_mut() {
                    Some(open) => open,
                    None => return,
                }
            }
        };
        // A device's later word takes the place of its earlier one.
        open.contenders
            .retain(|side| side.stamp.device != new.stamp.device);
        open.contenders.push(new);
    }

    /// The value in effect, as a side.
    fn present_side(&self, subject: Subject, field: &Field) -> Option<Contender> {
        let entity = self.editable(subject)?;
        Some(Contender {
            stamp: entity.stamp(field),
            value: entity.get(field)?,
            reason: None,
        })
    }

    fn conflict_mut(&mut self, subject: Subject, field: &Field) -> Option<&mut Conflict> {
        self.conflicts
            .iter_mut()
            .find(|open| open.subject == subject && open.field == *field)
    }

    pub(super) fn apply_resolution(
        &mut self,
        entry: &Entry,
        subject: Subject,
        change: &Change,
        settles: &[EventId],
    ) {
        if let Some(open) = self.conflict_mut(subject, &change.field) {
            open.contenders
                .retain(|side| !settles.contains(&side.stamp.event));
        }
        self.apply_change(entry, subject, change);
        // A side that whoever settled it had not seen goes on contending, now with their choice.
        if let Some(present) = self.present_side(subject, &change.field)
            && let Some(open) = self.conflict_mut(subject, &change.field)
            && open
                .contenders
                .iter()
                .all(|side| side.stamp.event != present.stamp.event)
            && !open.contenders.is_empty()
        {
            open.contenders.push(present);
        }
        self.conflicts.retain(|open| open.contenders.len() > 1);
    }

    pub(super) fn skip(&mut self, entry: &Entry, why: impl Into<String>) {
        self.skipped.push(Skipped {
            seq: entry.seq,
            why: why.into(),
        });
    }
}
