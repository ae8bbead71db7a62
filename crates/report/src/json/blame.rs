//! `okr blame`: for each field, the change that set it.

use quarterdeck_core::blame::{Blamed, Set};
use quarterdeck_core::calendar::{Date, Timestamp};
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::history::Side;
use quarterdeck_core::state::Contender;
use quarterdeck_core::value::{Field, Subject, Value};
use serde::Serialize;

use super::log::{LogLine, log_line};
use super::what::value as shown_value;
use super::{AsOf, Schema, share};
use crate::names::{Names, Ref};

/// Who set what of a thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Blame {
    /// Version of this object.
    pub schema: Schema,
    /// Short reference; none for the workspace itself.
    #[serde(rename = "ref")]
    pub reference: Option<Ref>,
    /// What kind of thing it is, such as `key result`.
    pub noun: &'static str,
    /// Its title or name.
    pub title: Option<String>,
    /// As of which moment; none for the present.
    pub as_of: Option<AsOf>,
    /// The day whose measured value is told.
    pub on: Date,
    /// Its fields.
    pub fields: Vec<BlameField>,
}

/// A field and the change that set it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BlameField {
    /// Its name, such as `target`.
    pub field: String,
    /// Its present value; none where it is cleared.
    pub value: Option<String>,
    /// The same for people, with its unit.
    pub shown: String,
    /// The change that set it; none where nothing did.
    pub set_by: Option<BlameSet>,
    /// Of a measured value: the check-ins that changed it since, oldest first; for milestones those
    /// by which the steps are done.
    pub since: Vec<BlameSet>,
    /// Of a grade: what was computed when it was given, 0 to 1.
    pub computed: Option<Decimal>,
    /// The other sides of a conflict that nobody has settled.
    pub contending: Vec<BlameSide>,
}

/// A change that set a field: the log's line, and what it did to the field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BlameSet {
    /// The event.
    #[serde(flatten)]
    pub event: LogLine,
    /// The value before it; none where it was set when the thing was made, or was not set.
    pub previous: Option<String>,
    /// The same for people.
    pub previous_shown: Option<String>,
    /// The check-in or reading that the value was measured by.
    pub measurement: Option<Ref>,
    /// What that says, as it stands now: `531`, `+3`, a step's name.
    pub measured: Option<String>,
    /// The same for people.
    pub measured_shown: Option<String>,
    /// The day that it speaks of, as it stands now.
    pub measured_on: Option<Date>,
    /// How it fared against an edit that did not know of it: see `okr history`.
    pub conflict: Option<&'static str>,
}

/// A side of a conflict that is not in effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BlameSide {
    /// What it would set.
    pub value: Option<String>,
    /// The same for people.
    pub shown: String,
    /// Who.
    pub member: String,
    /// On which device.
    pub device: String,
    /// The edit's position.
    pub seq: u64,
    /// When it was authored, by that device's clock.
    pub authored: Timestamp,
    /// Why, in their words.
    pub reason: Option<String>,
}

/// Who set what of `subject`, as [`quarterdeck_core::blame::of`] says it; `names` are of the horizon.
#[must_use]
pub fn blame(
    names: &Names<'_>,
    subject: Subject,
    found: &[Blamed],
    (on, as_of): (Date, Option<AsOf>),
) -> Blame {
    Blame {
        schema: Schema,
        reference: names.subject(subject),
        noun: subject.noun(),
        title: names.title(subject),
        as_of,
        on,
        fields: (found.iter())
            .map(|one| field(names, subject, one))
            .collect(),
    }
}

fn field(names: &Names<'_>, subject: Subject, one: &Blamed) -> BlameField {
    let name = &one.field;
    BlameField {
        field: name.word().to_owned(),
        value: names.value(&one.value),
        shown: shown_value(names, subject, name, &one.value),
        set_by: (one.set.as_ref()).and_then(|set| set_by(names, subject, name, set)),
        since: (one.since.iter())
            .filter_map(|set| set_by(names, subject, name, set))
            .collect(),
        computed: share(one.computed),
        contending: (one.others.iter())
            .map(|side| contending(names, subject, name, side))
            .collect(),
    }
}

fn set_by(names: &Names<'_>, subject: Subject, field: &Field, set: &Set) -> Option<BlameSet> {
    let entry = set.entry.as_ref()?;
    let shown = |value: &Value| shown_value(names, subject, field, value);
    Some(BlameSet {
        event: log_line(names, entry, set.pending),
        previous: set.previous.as_ref().and_then(|was| names.value(was)),
        previous_shown: set.previous.as_ref().map(shown),
        measurement: set.by.and_then(|by| names.subject(by)),
        measured: (set.measured.as_ref()).and_then(|(_, said)| names.value(said)),
        measured_shown: (set.measured.as_ref())
            .map(|(_, said)| shown_value(names, subject, &Field::Value, said)),
        measured_on: set.measured.as_ref().map(|(on, _)| *on),
        conflict: set.side.map(Side::word),
    })
}

fn contending(names: &Names<'_>, subject: Subject, field: &Field, side: &Contender) -> BlameSide {
    BlameSide {
        value: names.value(&side.value),
        shown: shown_value(names, subject, field, &side.value),
        member: names.person(side.stamp.member),
        device: names.machine(side.stamp.device),
        seq: side.stamp.seq,
        authored: Timestamp::from_ms(side.stamp.authored.wall),
        reason: side.reason.clone(),
    }
}
