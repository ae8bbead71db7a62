//! From the entries about a cycle's goals to what was moved, and to the goals as first agreed.

use std::collections::{BTreeMap, BTreeSet};

use super::fields::{asks, counts, form, matters};
use super::moved::{Moved, What};
use super::{Asked, Form};
use crate::act::{self, Act, Calendar};
use crate::calendar::Timestamp;
use crate::event::{Body, Entry};
use crate::id::ObjectiveId;
use crate::state::State;
use crate::value::{Field, Subject, Value};

/// What the walk comes to.
pub(super) struct Walked {
    pub(super) moved: Vec<Moved>,
    /// The goals as first agreed, of what changed since.
    pub(super) forms: BTreeMap<Subject, Form>,
}

struct Walk<'a> {
    /// Everything known, for what the entries walked through do not tell.
    known: &'a State,
    asked: &'a Asked,
    things: &'a BTreeSet<Subject>,
    calendar: Calendar<'a>,
    /// What the entries so far come to.
    so_far: State,
    /// With which command a thing joined.
    joined: BTreeMap<Subject, u64>,
    forms: BTreeMap<Subject, Form>,
    moved: Vec<Moved>,
}

/// Walks through the entries about `things` and their cycle, in the order of the log.
pub(super) fn through(
    known: &State,
    entries: &[Entry],
    asked: &Asked,
    things: &BTreeSet<Subject>,
    (eve, calendar): (Timestamp, Calendar<'_>),
    pending: &dyn Fn(u64) -> bool,
) -> Walked {
    let goals = || {
        entries
            .iter()
            .filter(|entry| is_about_goals(&entry.event.body))
    };
    let after = |entry: &Entry| calendar.known_at(entry) > eve;
    let mut walk = Walk {
        known,
        asked,
        things,
        calendar,
        so_far: State::default(),
        joined: BTreeMap::new(),
        forms: BTreeMap::new(),
        moved: Vec::new(),
    };
    // As first agreed: what was known then, whatever its place in the log.
    for entry in goals().filter(|entry| !after(entry)) {
        walk.so_far.apply(entry);
    }
    walk.agree();
    walk.so_far = State::default();
    for entry in goals() {
        if after(entry) {
            walk.take(entry, pending(entry.seq));
        } else {
            walk.so_far.apply(entry);
        }
    }
    walk.forget_what_was_taken_back();
    let undone = act::undone(entries);
    for one in &mut walk.moved {
        one.act.undone = undone.contains(&one.act.event);
    }
    let Walk {
        moved, mut forms, ..
    } = walk;
    let moved = (moved.into_iter())
        .filter(|one| asks(known, asked, one.subject))
        .collect();
    forms.retain(|subject, _| asks(known, asked, *subject));
    Walked { moved, forms }
}

/// Whether an entry says something about goals, or about the life of what has them.
const fn is_about_goals(body: &Body) -> bool {
    match body {
        Body::CycleCreated { .. }
        | Body::ObjectiveDrafted(_)
        | Body::KeyResultAdded(_)
        | Body::SignOffAsked { .. }
        | Body::ObjectiveSigned { .. }
        | Body::ObjectiveUnsigned { .. } => true,
        Body::Edited { subject, .. } | Body::ConflictResolved { subject, .. } => matches!(
            subject,
            Subject::Cycle(_) | Subject::Objective(_) | Subject::KeyResult(_)
        ),
        _ => false,
    }
}

/// The position at which the command ends that an entry belongs to.
const fn command(entry: &Entry) -> u64 {
    entry.seq.saturating_add(entry.event.remaining as u64)
}

impl Walk<'_> {
    /// Takes the goals as they stand for agreed.
    fn agree(&mut self) {
        let everything = (self.things.iter().copied()).chain([Subject::Cycle(self.asked.cycle)]);
        for subject in everything.collect::<Vec<_>>() {
            if self.is_in(subject)
                && let Some(form) = form(&self.so_far, subject)
            {
                self.forms.insert(subject, form);
            }
        }
    }

    /// Whether a thing stands in the cycle by what was walked through.
    fn is_in(&self, subject: Subject) -> bool {
        match subject {
            Subject::Cycle(id) => id == self.asked.cycle && self.so_far.cycles.contains_key(&id),
            Subject::Objective(id) => self.holds(id),
            Subject::KeyResult(id) => {
                (self.so_far.key_results.get(&id)).is_some_and(|found| self.holds(found.objective))
            }
            _ => false,
        }
    }

    fn holds(&self, id: ObjectiveId) -> bool {
        let found = if self.things.contains(&Subject::Objective(id)) {
            self.so_far.objectives.get(&id)
        } else {
            // Nothing about it changed: it is as it always was.
            self.known.objectives.get(&id)
        };
        found.is_some_and(|objective| objective.cycle == self.asked.cycle)
    }

    /// Takes the next entry after the beginning.
    fn take(&mut self, entry: &Entry, pending: bool) {
        let subject = entry.event.body.subject();
        let Some(subject) = subject
            .filter(|one| self.things.contains(one) || *one == Subject::Cycle(self.asked.cycle))
        else {
            self.so_far.apply(entry);
            return;
        };
        let before = form(&self.so_far, subject);
        let was_in = self.is_in(subject);
        let end = (self.so_far.cycles.get(&self.asked.cycle))
            .or_else(|| self.known.cycles.get(&self.asked.cycle))
            .map(|cycle| cycle.ends);
        self.so_far.apply(entry);
        let (Some(now), Some(end)) = (form(&self.so_far, subject), end) else {
            return;
        };
        let is_in = self.is_in(subject);
        let act = Act::of(entry, &self.calendar, pending);
        let told = |what, field: Option<Field>, from, to, conflict| Moved {
            act: act.clone(),
            subject,
            what,
            field,
            from,
            to,
            days_before_end: end.days_since(act.day),
            conflict,
        };
        let Some(before) = before else {
            // A cycle is no goal of itself: what it began with is agreed.
            if is_in {
                self.join(subject, now, entry);
                if !matches!(subject, Subject::Cycle(_)) {
                    self.moved
                        .push(told(What::Added, None, Value::None, Value::None, false));
                }
            }
            return;
        };
        // What one command makes and sets is made so.
        if self.joined.get(&subject) == Some(&command(entry)) && is_in {
            self.forms.insert(subject, now);
            return;
        }
        if !was_in && !is_in {
            return;
        }
        let settles = matches!(entry.event.body, Body::ConflictResolved { .. });
        for ((field, from), (_, to)) in before.iter().zip(&now) {
            let what = match (field, subject) {
                _ if !matters(&self.so_far, subject, field, from, to) => continue,
                (Field::Cycle, _) if is_in => What::MovedIn,
                (Field::Cycle, _) => What::MovedOut,
                _ if !was_in => continue,
                (Field::Title, _) => What::Reworded,
                (Field::State, _) => became(to),
                _ => What::Changed,
            };
            let contends = settles || self.so_far.conflict(subject, field).is_some();
            self.moved.push(told(
                what,
                Some(field.clone()),
                from.clone(),
                to.clone(),
                contends,
            ));
        }
        if !was_in && is_in && !self.forms.contains_key(&subject) {
            self.join(subject, now, entry);
        }
    }

    /// A thing is agreed as it joins; an objective brings its key results along.
    fn join(&mut self, subject: Subject, form_of: Form, entry: &Entry) {
        self.joined.insert(subject, command(entry));
        self.forms.insert(subject, form_of);
        let Subject::Objective(id) = subject else {
            return;
        };
        let along: Vec<Subject> = (self.so_far.key_results.iter())
            .filter(|(_, one)| one.objective == id)
            .map(|(id, _)| Subject::KeyResult(*id))
            .filter(|one| self.things.contains(one) && !self.forms.contains_key(one))
            .collect();
        for one in along {
            if let Some(form) = form(&self.so_far, one) {
                self.forms.insert(one, form);
            }
        }
    }

    /// What joined late and was taken back by undoing that never counted.
    fn forget_what_was_taken_back(&mut self) {
        let gone = |subject: &Subject| {
            self.known.get(*subject, &Field::State) == Some(Value::Text("withdrawn".to_owned()))
        };
        let joined = &self.joined;
        self.forms
            .retain(|subject, _| !(joined.contains_key(subject) && gone(subject)));
    }
}

/// What the new word for its life says about a goal.
fn became(to: &Value) -> What {
    if counts(to) {
        return What::TakenUp;
    }
    match to {
        Value::Text(word) if word == "deferred" => What::Deferred,
        Value::Text(word) if word == "withdrawn" => What::Withdrawn,
        _ => What::Dropped,
    }
}
