//! A line of the log.

use quarterdeck_core::calendar::{Date, Timestamp};
use quarterdeck_core::closing;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::erase::Erasure;
use quarterdeck_core::event::{Body, Entry, Event, Source};
use quarterdeck_core::id::{DeviceId, EventId, MemberId};
use quarterdeck_core::incentive;
use quarterdeck_core::state::State;
use quarterdeck_core::value::{Change, Subject};
use serde::Serialize;

use super::what::what;
use crate::names::{Names, Ref};

/// An event, as the log shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogLine {
    /// Its position, from 1; none while it is not recorded.
    pub seq: Option<u64>,
    /// Its id.
    pub id: EventId,
    /// Its kind, such as `KeyResultEdited`; `Unknown` for one of a newer version.
    pub kind: &'static str,
    /// What it is about; none for the workspace itself and for unknown kinds.
    #[serde(rename = "ref")]
    pub reference: Option<Ref>,
    /// Title or name of what it is about, as it is now.
    pub title: Option<String>,
    /// On whose behalf.
    pub member: String,
    /// Id of that member; nil for the server itself.
    pub member_id: MemberId,
    /// Name of the device that authored it.
    pub device: String,
    /// Id of that device.
    pub device_id: DeviceId,
    /// Whether the server authored it for a member without a device.
    pub on_behalf: bool,
    /// When it was authored, by its device's clock.
    pub authored: Timestamp,
    /// When it was recorded; none while it is not.
    pub recorded: Option<Timestamp>,
    /// Since when it counts as known, which no server that is given to the workspace later changes;
    /// none while it is not recorded.
    pub known: Option<Timestamp>,
    /// The date that it speaks of.
    pub effective: Option<Date>,
    /// Days from that date to the day on which it became known, where there are any.
    pub late_days: Option<u32>,
    /// What it did, in words.
    pub what: String,
    /// What it changed.
    pub changes: Vec<FieldChange>,
    /// What a check-in said.
    pub check_in: Option<CheckInSaid>,
    /// What a note or check-in said in words.
    pub text: Option<String>,
    /// Why, in the author's words.
    pub reason: Option<String>,
    /// The event that it compensates.
    pub undoes: Option<EventId>,
    /// Where it was imported from, if it was.
    pub imported: Option<Imported>,
    /// Why this version passed it over, if it did.
    pub skipped: Option<String>,
    /// That texts were erased from it, by whom, when and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub erased: Option<Erased>,
    /// Whether it is not recorded yet.
    pub pending: bool,
    /// Whether it is a check-in that came after its cycle was closed: it changes no closed figure.
    pub late: bool,
}

/// How texts were erased from an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Erased {
    /// How many texts.
    pub texts: usize,
    /// Who erased them.
    pub by: String,
    /// Id of that member.
    pub by_id: MemberId,
    /// When that was recorded.
    pub at: Timestamp,
    /// Where it stands in the log that they were.
    pub position: u64,
    /// Why.
    pub reason: Option<String>,
}

impl Erased {
    fn of(names: &Names<'_>, erasure: &Erasure) -> Self {
        Self {
            texts: erasure.places.len(),
            by: names.person(erasure.by.member),
            by_id: erasure.by.member,
            at: erasure.by.recorded,
            position: erasure.by.seq,
            reason: erasure.reason.clone(),
        }
    }
}

/// Where something was imported from. Its true times stand beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// Who wrote it there.
    pub author: String,
    /// When it was written there.
    pub at: Timestamp,
    /// Which document or commit it is from.
    pub origin: String,
}

impl From<&Source> for Imported {
    fn from(source: &Source) -> Self {
        Self {
            author: source.author.clone(),
            at: source.at,
            origin: source.origin.clone(),
        }
    }
}

/// A field before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldChange {
    /// Its name, such as `target`.
    pub field: String,
    /// The value that the author saw.
    pub from: Option<String>,
    /// The new value.
    pub to: Option<String>,
}

/// What a check-in said when it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckInSaid {
    /// Its short reference, for correcting it or taking it back.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// The measurement as it was written: `531`, `+3`, `done`, a step's name.
    pub value: String,
    /// Confidence, 0 to 1.
    pub confidence: Option<Decimal>,
    /// Projected value at the cycle's end.
    pub projection: Option<Decimal>,
}

/// What an entry about something that is switched off did.
const SWITCHED_OFF: &str = "about something that is switched off";

/// The log's line of an entry; `names` are of a state that has it applied.
#[must_use]
pub fn log_line(names: &Names<'_>, entry: &Entry, pending: bool) -> LogLine {
    let line = whole_line(names, entry, pending);
    if incentive::is_on(names.state()) || !incentive::is_about(&entry.event.body) {
        return line;
    }
    LogLine {
        kind: "SwitchedOff",
        reference: None,
        title: None,
        what: SWITCHED_OFF.to_owned(),
        changes: Vec::new(),
        text: None,
        reason: None,
        ..line
    }
}

/// What an entry did, in words, and what its author wrote beside it, as [`log_line`] tells both.
pub(crate) fn said(names: &Names<'_>, entry: &Entry) -> (String, Option<String>) {
    let body = &entry.event.body;
    if !incentive::is_on(names.state()) && incentive::is_about(body) {
        return (SWITCHED_OFF.to_owned(), None);
    }
    (what(names, entry), text(body).map(str::to_owned))
}

/// What a note or check-in said in words.
fn text(body: &Body) -> Option<&str> {
    match body {
        Body::CheckedIn(made) => made.note.as_deref(),
        Body::KpiRecorded(made) => made.note.as_deref(),
        Body::NoteAdded { text, .. } => Some(text),
        _ => None,
    }
}

fn whole_line(names: &Names<'_>, entry: &Entry, pending: bool) -> LogLine {
    let state = names.state();
    let event = &entry.event;
    // An update is its author's, and goes by a reference of its own.
    let subject = match &event.body {
        Body::WeeklyWritten(_) => Some(Subject::Weekly(event.id.into())),
        body => body.subject(),
    };
    LogLine {
        seq: (!pending).then_some(entry.seq),
        id: event.id,
        kind: event.body.kind(),
        reference: subject.and_then(|subject| names.subject(subject)),
        title: subject.and_then(|subject| names.title(subject)),
        member: names.person(event.member),
        member_id: event.member,
        device: names.machine(event.device),
        device_id: event.device,
        on_behalf: on_behalf(state, event),
        authored: Timestamp::from_ms(event.authored.wall),
        recorded: (!pending).then_some(entry.recorded),
        known: (!pending).then_some(entry.known_at(state.alone_until())),
        effective: event.body.effective(),
        late_days: late_days(state, entry),
        what: what(names, entry),
        changes: changes(names, &event.body),
        check_in: match &event.body {
            Body::CheckedIn(made) => Some(CheckInSaid {
                reference: names.check_in(made.key_result, event.id),
                value: made.measure.to_string(),
                confidence: made.confidence,
                projection: made.projection,
            }),
            _ => None,
        },
        text: text(&event.body).map(str::to_owned),
        reason: event.reason.clone(),
        undoes: event.undoes,
        imported: event.source.as_ref().map(Imported::from),
        skipped: (state.skipped)
            .binary_search_by_key(&entry.seq, |skipped| skipped.seq)
            .ok()
            .and_then(|at| state.skipped.get(at))
            .map(|skipped| skipped.why.clone()),
        erased: (state.erasures.get(&event.id)).map(|erasure| Erased::of(names, erasure)),
        pending,
        late: match &event.body {
            Body::CheckedIn(made) => closing::is_late(state, made.key_result, entry.seq),
            _ => false,
        },
    }
}

fn on_behalf(state: &State, event: &Event) -> bool {
    event.member != MemberId::nil()
        && (state.devices.get(&event.device)).is_some_and(|device| device.server)
}

fn late_days(state: &State, entry: &Entry) -> Option<u32> {
    let effective = entry.event.body.effective()?;
    let known = entry.known_at(state.alone_until());
    let known = state.workspace.as_ref()?.date_of(known);
    u32::try_from(known.days_since(effective))
        .ok()
        .filter(|days| *days > 0)
}

fn changes(names: &Names<'_>, body: &Body) -> Vec<FieldChange> {
    let told = |change: &Change| FieldChange {
        field: change.field.word().to_owned(),
        from: names.value(&change.from),
        to: names.value(&change.to),
    };
    match body {
        Body::Edited { changes, .. } => changes.iter().map(told).collect(),
        Body::ConflictResolved {
            field, from, to, ..
        } => vec![told(&Change {
            field: field.clone(),
            from: from.clone(),
            to: to.clone(),
        })],
        _ => Vec::new(),
    }
}
