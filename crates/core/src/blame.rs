//! Who set what: for every field of a thing, the change to which it owes its present value.
//!
//! It is answered from the thing's own entries alone, so it costs what its changes cost. What is in
//! effect is the fold's business ([`crate::state::conflict`]): an edit that stands by in a conflict
//! set nothing, and is told beside the field.
//!
//! A key result also has what it was measured to be: its **value** owes itself to the latest
//! absolute check-in, or reading of the KPI that it reads from, and to the deltas since; without an
//! absolute one to its baseline. See [`crate::score`] for the rule.

mod measured;

use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::Date;
use crate::decimal::Decimal;
use crate::event::{Body, Entry};
use crate::history::{Contests, Side, edited};
use crate::id::EventId;
use crate::past::Past;
use crate::reference::Kind;
use crate::state::{Contender, Stamp, State};
use crate::value::{Field, Subject, Value};

/// A field and what set it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blamed {
    /// The field.
    pub field: Field,
    /// Its present value.
    pub value: Value,
    /// What set it; none where nothing did, such as the value of what was never measured.
    pub set: Option<Set>,
    /// Of the value of a key result: what was added to it since, oldest first.
    pub since: Vec<Set>,
    /// The other sides of an open conflict about it.
    pub others: Vec<Contender>,
    /// Of a grade: what was computed when it was given.
    pub computed: Option<Decimal>,
}

/// A change that set a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Set {
    /// Which event, by whom and when.
    pub stamp: Stamp,
    /// The event itself: its kind, its reason, where it was imported from.
    pub entry: Option<Entry>,
    /// The check-in or reading by which a key result was measured, if it was one.
    pub by: Option<Subject>,
    /// The day that it speaks of, as it stands now, and what it says.
    pub measured: Option<(Date, Value)>,
    /// The value before it; none where there was none, or where it was set when the thing was made.
    pub previous: Option<Value>,
    /// How it fared against an edit that did not know of it, if there was one.
    pub side: Option<Side>,
    /// Whether it is not recorded yet.
    pub pending: bool,
}

/// Every field of a thing that is set, or was, with what set it; the value of a key result is that
/// of the day `on`. None where there is no such thing at the horizon.
///
/// # Errors
/// The log cannot be read.
pub fn of<P: Past>(
    past: &mut P,
    subject: Subject,
    on: Date,
) -> Result<Option<Vec<Blamed>>, P::Error> {
    // Shared until changed: no deep copy.
    let horizon = past.state().clone();
    if horizon.editable(subject).is_none() {
        return Ok(None);
    }
    let entries = past.about(&things(&horizon, subject))?;
    let told = Told::new(&entries, subject);
    let mut found = told.fields(&horizon, subject);
    if let Subject::KeyResult(id) = subject
        && let Some(key_result) = horizon.key_results.get(&id)
    {
        found.extend(measured::of(&horizon, id, key_result, on, &told));
    }
    let sets = |one: &mut Blamed| {
        one.set
            .iter_mut()
            .chain(one.since.iter_mut())
            .for_each(|set| {
                set.pending = past.is_pending(set.stamp.seq);
            })
    };
    found.iter_mut().for_each(sets);
    Ok(Some(found))
}

/// The ids under which the entries of a thing are found: its own, and that of the KPI that a key
/// result reads from.
fn things(state: &State, subject: Subject) -> BTreeSet<uuid::Uuid> {
    let own = match subject {
        Subject::Workspace => state.workspace.as_ref().map(|found| found.id.uuid()),
        Subject::CheckIn(key_result, _) => Some(key_result.uuid()),
        Subject::Reading(kpi, _) => Some(kpi.uuid()),
        other => Kind::of(other).map(|(_, id)| id),
    };
    let read = match subject {
        Subject::KeyResult(id) => state.key_results.get(&id).and_then(|found| found.kpi),
        _ => None,
    };
    own.into_iter().chain(read.map(|kpi| kpi.uuid())).collect()
}

/// What the entries of a thing say about its fields.
struct Told<'e> {
    by_event: BTreeMap<EventId, &'e Entry>,
    /// The value before each change that set a field.
    previous: BTreeMap<(EventId, Field), Value>,
    contests: Contests,
}

impl<'e> Told<'e> {
    fn new(entries: &'e [Entry], subject: Subject) -> Self {
        let mut told = Self {
            by_event: BTreeMap::new(),
            previous: BTreeMap::new(),
            contests: Contests::default(),
        };
        let mut state = State::default();
        for entry in entries {
            told.by_event.insert(entry.event.id, entry);
            let before: Vec<(Field, Value)> = (set_by(&entry.event.body, subject).into_iter())
                .filter_map(|field| Some((field.clone(), state.get(subject, field)?)))
                .collect();
            told.contests.before(&state, entry);
            state.apply(entry);
            told.contests.after(&state, entry);
            for (field, value) in before {
                let set = state.stamp(subject, &field);
                if set.is_some_and(|stamp| stamp.event == entry.event.id) {
                    told.previous.insert((entry.event.id, field), value);
                }
            }
        }
        told
    }

    fn fields(&self, state: &State, subject: Subject) -> Vec<Blamed> {
        (Field::ALL.iter())
            .filter_map(|field| {
                let value = state.get(subject, field)?;
                let stamp = state.stamp(subject, field)?;
                let set = self.set(stamp, field);
                let others: Vec<Contender> = (state.conflict(subject, field).iter())
                    .flat_map(|open| open.others(stamp.event))
                    .map(|side| self.with_reason(side))
                    .collect();
                // What was never set has nobody to name.
                if value.is_none() && set.previous.is_none() && others.is_empty() {
                    return None;
                }
                let computed = match (subject, field) {
                    (Subject::KeyResult(id), Field::Grade) => (state.key_results.get(&id))
                        .and_then(|found| found.grade.as_ref()?.computed),
                    _ => None,
                };
                Some(Blamed {
                    field: field.clone(),
                    value,
                    set: Some(set),
                    since: Vec::new(),
                    others,
                    computed,
                })
            })
            .collect()
    }

    fn with_reason(&self, side: &Contender) -> Contender {
        let entry = self.by_event.get(&side.stamp.event);
        let said = || entry.and_then(|entry| entry.event.reason.clone());
        Contender {
            reason: side.reason.clone().or_else(said),
            ..side.clone()
        }
    }

    fn set(&self, stamp: Stamp, field: &Field) -> Set {
        let key = (stamp.event, field.clone());
        let entry = self.by_event.get(&stamp.event);
        // Of a measurement that was corrected: what the author of the correction saw.
        let seen = || match &entry?.event.body {
            Body::Edited {
                subject: Subject::CheckIn(..) | Subject::Reading(..),
                changes,
            } => (changes.iter())
                .find(|change| change.field == *field)
                .map(|change| change.from.clone()),
            _ => None,
        };
        Set {
            stamp,
            entry: entry.map(|entry| (*entry).clone()),
            by: None,
            measured: None,
            previous: self.previous.get(&key).cloned().or_else(seen),
            side: self.contests.side_of(stamp.event, field),
            pending: false,
        }
    }
}

/// The fields of a thing that an event may set.
fn set_by(body: &Body, subject: Subject) -> Vec<&Field> {
    match (body, subject) {
        (Body::ObjectiveSigned { .. }, Subject::Objective(_))
        | (Body::CycleClosed { .. } | Body::CycleReopened { .. }, Subject::Cycle(_)) => {
            vec![const { &Field::State }]
        }
        _ => match edited(body) {
            Some((of, fields)) if of == subject => fields,
            _ => Vec::new(),
        },
    }
}

/// Why there is nothing to say of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unset {
    /// The thing has no such field; it has these.
    NoField(Vec<&'static str>),
    /// Nobody has ever set it.
    Never(Field),
}

/// What was said of the one field that `word` names.
///
/// # Errors
/// There is no such field, or nobody has ever set it.
pub fn only(
    state: &State,
    subject: Subject,
    found: Vec<Blamed>,
    word: &str,
) -> Result<Vec<Blamed>, Unset> {
    let field = Field::from_word(&word.trim().to_lowercase().replace(['-', ' '], "_"));
    let of_key_result = matches!(subject, Subject::KeyResult(_));
    let measured =
        of_key_result && matches!(field, Field::Value | Field::Confidence | Field::Projection);
    if !measured && state.get(subject, &field).is_none() {
        let mut known: Vec<&str> = (Field::ALL.iter())
            .filter(|field| state.get(subject, field).is_some())
            .map(Field::word)
            .collect();
        if of_key_result {
            known.extend(["value", "confidence", "projection"]);
        }
        return Err(Unset::NoField(known));
    }
    let found: Vec<Blamed> = (found.into_iter())
        .filter(|one| one.field == field)
        .collect();
    if found.is_empty() {
        return Err(Unset::Never(field));
    }
    Ok(found)
}
