//! `okr conflicts`: fields that several people set without knowing of each other.

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::id::EventId;
use quarterdeck_core::state::{Conflict as Open, Contender};
use quarterdeck_core::value::Subject;
use serde::Serialize;

use super::Schema;
use super::what::value;
use crate::names::{Names, Ref};

/// The conflicts that nobody has settled yet, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Conflicts {
    /// Version of this object.
    pub schema: Schema,
    /// The conflicts.
    pub conflicts: Vec<Conflict>,
}

/// A field that several people set without knowing of each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Conflict {
    /// What was edited; none for the workspace itself.
    #[serde(rename = "ref")]
    pub reference: Option<Ref>,
    /// Its title or name.
    pub title: Option<String>,
    /// What kind of thing it is, such as `key result`.
    pub noun: &'static str,
    /// The field.
    pub field: String,
    /// The side in effect: the one authored later.
    pub in_effect: Side,
    /// The latest of the sides set aside.
    pub other: Side,
    /// All sides set aside, where there are more than one; latest first.
    pub others: Vec<Side>,
}

/// One side of a conflict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Side {
    /// The value that it set; none where it cleared the field.
    pub value: Option<String>,
    /// The same for people, with its unit.
    pub shown: String,
    /// Who set it.
    pub member: String,
    /// On which device.
    pub device: String,
    /// The edit.
    pub event: EventId,
    /// Its position.
    pub seq: u64,
    /// When it was authored, by its device's clock.
    pub authored: Timestamp,
    /// When it was recorded.
    pub recorded: Timestamp,
    /// Why, in the author's words.
    pub reason: Option<String>,
}

/// The open conflicts. `reason_of` looks up an event's reason in the log, for sides whose reason
/// the state does not keep; answer none where the log is not at hand.
#[must_use]
pub fn conflicts(names: &Names<'_>, reason_of: &dyn Fn(EventId) -> Option<String>) -> Conflicts {
    Conflicts {
        schema: Schema,
        conflicts: conflicts_where(names, reason_of, |_| true),
    }
}

/// The open conflicts about some things only.
pub(crate) fn conflicts_where(
    names: &Names<'_>,
    reason_of: &dyn Fn(EventId) -> Option<String>,
    counts: impl Fn(Subject) -> bool,
) -> Vec<Conflict> {
    (names.state().conflicts.iter())
        .filter(|open| counts(open.subject))
        .filter_map(|open| conflict(names, open, reason_of))
        .collect()
}

fn conflict(
    names: &Names<'_>,
    open: &Open,
    reason_of: &dyn Fn(EventId) -> Option<String>,
) -> Option<Conflict> {
    let state = names.state();
    let holder = state.stamp(open.subject, &open.field)?;
    let side = |contender: &Contender| Side {
        value: names.value(&contender.value),
        shown: value(names, open.subject, &open.field, &contender.value),
        member: names.person(contender.stamp.member),
        device: names.machine(contender.stamp.device),
        event: contender.stamp.event,
        seq: contender.stamp.seq,
        authored: Timestamp::from_ms(contender.stamp.authored.wall),
        recorded: contender.stamp.recorded,
        reason: (contender.reason.clone()).or_else(|| reason_of(contender.stamp.event)),
    };
    let in_effect = match (open.contenders.iter()).find(|side| side.stamp.event == holder.event) {
        Some(side) => side.clone(),
        None => Contender {
            stamp: holder,
            value: state.get(open.subject, &open.field)?,
            reason: None,
        },
    };
    let mut others: Vec<&Contender> = open.others(holder.event).collect();
    others.sort_by_key(|other| std::cmp::Reverse((other.stamp.authored, other.stamp.device)));
    let other = side(others.first()?);
    Some(Conflict {
        reference: names.subject(open.subject),
        title: names.title(open.subject),
        noun: open.subject.noun(),
        field: open.field.word().to_owned(),
        in_effect: side(&in_effect),
        other,
        others: if others.len() > 1 {
            others.into_iter().map(side).collect()
        } else {
            Vec::new()
        },
    })
}
