//! What commands answer: what was written, what waits, what was exchanged, what was verified.

use quarterdeck_core::event::{Body, Entry};
use quarterdeck_core::id::{EventId, Uuid};
use quarterdeck_core::reference::Kind;
use quarterdeck_core::refusal::{Code, Refusal};
use quarterdeck_core::value::Subject;
use serde::Serialize;

use super::log::{LogLine, log_line};
use super::{Schema, TreeHead};
use crate::names::{Names, Ref};

/// The answer of a command that writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Written {
    /// Version of this object.
    pub schema: Schema,
    /// What was written to; none for the workspace itself.
    #[serde(rename = "ref")]
    pub reference: Option<Ref>,
    /// Its id.
    pub id: Uuid,
    /// Its title or name.
    pub title: Option<String>,
    /// The events, in order.
    pub events: Vec<WrittenEvent>,
    /// Whether they are not recorded yet.
    pub pending: bool,
}

/// An event that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WrittenEvent {
    /// Its id.
    pub id: EventId,
    /// Its kind.
    pub kind: &'static str,
    /// The check-in, reading or note that it made.
    pub made: Option<Ref>,
    /// What it did, in words.
    pub what: String,
}

/// What waits to be sent, and what the server refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outbox {
    /// Version of this object.
    pub schema: Schema,
    /// Events that wait to be sent, oldest first.
    pub pending: Vec<LogLine>,
    /// Commands that were refused, oldest first.
    pub shelved: Vec<Shelved>,
}

/// A command on the shelf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shelved {
    /// Reference of its first event: what `okr outbox retry` and `drop` take.
    #[serde(rename = "ref")]
    pub reference: Option<Ref>,
    /// Id of that event.
    pub id: Option<EventId>,
    /// Its events.
    pub events: Vec<LogLine>,
    /// Why it was refused.
    #[serde(flatten)]
    pub refusal: Refused,
}

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// Why, for programs.
    pub code: Code,
    /// Why, for people.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl From<&Refusal> for Refused {
    fn from(refusal: &Refusal) -> Self {
        Self {
            code: refusal.code,
            message: refusal.message.clone(),
            hint: refusal.hint.clone(),
        }
    }
}

/// What a sync exchanged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sync {
    /// Version of this object.
    pub schema: Schema,
    /// Events that were sent and recorded.
    pub pushed: u64,
    /// Events that the server had recorded already.
    pub already: u64,
    /// Events that came from others.
    pub pulled: u64,
    /// Commands that the server refused; they are on the shelf.
    pub refused: Vec<Refused>,
    /// Open conflicts.
    pub conflicts: usize,
    /// Position of the last recorded event.
    pub head: u64,
    /// Events that still wait to be sent.
    pub pending: u64,
    /// Whether the server's head was reached and verified.
    pub up_to_date: bool,
    /// Entries that the server had lost, as after a restored backup, and has back from this machine.
    pub given_back: u64,
    /// Why the server records nothing at present: `held` or `damaged`; null where it records.
    pub closed: Option<String>,
    /// The same in the server's words.
    pub closed_message: Option<String>,
}

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verify {
    /// Version of this object.
    pub schema: Schema,
    /// Whether everything holds.
    pub ok: bool,
    /// How many entries were verified.
    pub size: u64,
    /// Root hash over them, in hexadecimal.
    pub root: String,
    /// The signed checkpoint that the root was compared with; none where there is none yet.
    pub checkpoint: Option<String>,
    /// How many signed checkpoints are kept here, each of which the log was found to continue.
    pub checkpoints: usize,
    /// The key that signs them, as `okr verify --proof` takes it.
    pub key: Option<String>,
    /// The log in twenty digits, to be compared by voice.
    pub fingerprint: Option<String>,
    /// The log at the earlier size that was asked for.
    pub at: Option<TreeHead>,
    /// The server's log, where it was asked and continues this one.
    pub server: Option<TreeHead>,
    /// What does not hold, first of all.
    pub problem: Option<Problem>,
}

/// Something that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The entry at which it shows, where it is one.
    pub seq: Option<u64>,
    /// What does not hold.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// The answer to a command whose entries these are; `names` are of a state that has them applied.
/// It is about what the first of them is about.
#[must_use]
pub fn written(names: &Names<'_>, entries: &[Entry], pending: bool) -> Written {
    let subject = (entries.first())
        .and_then(|first| match first.event.body {
            Body::WeeklyWritten(_) => Some(Subject::Weekly(first.event.id.into())),
            _ => first.event.body.subject(),
        })
        .unwrap_or(Subject::Workspace);
    let workspace = (entries.first()).map_or(Uuid::nil(), |first| first.event.workspace.uuid());
    Written {
        schema: Schema,
        reference: names.subject(subject),
        id: id_of(subject).unwrap_or(workspace),
        title: names.title(subject),
        events: (entries.iter())
            .map(|entry| WrittenEvent {
                id: entry.event.id,
                kind: entry.event.body.kind(),
                made: made(names, entry),
                what: super::what::what(names, entry),
            })
            .collect(),
        pending,
    }
}

/// What waits and what was refused; `names` are of a state with the pending entries applied.
#[must_use]
pub fn outbox(names: &Names<'_>, pending: &[Entry], shelved: &[(Vec<Entry>, Refusal)]) -> Outbox {
    Outbox {
        schema: Schema,
        pending: (pending.iter())
            .map(|entry| log_line(names, entry, true))
            .collect(),
        shelved: (shelved.iter())
            .map(|(entries, refusal)| Shelved {
                reference: (entries.first()).map(|first| names.event(first.event.id)),
                id: entries.first().map(|first| first.event.id),
                events: (entries.iter())
                    .map(|entry| log_line(names, entry, true))
                    .collect(),
                refusal: refusal.into(),
            })
            .collect(),
    }
}

fn made(names: &Names<'_>, entry: &Entry) -> Option<Ref> {
    match &entry.event.body {
        Body::CheckedIn(made) => Some(names.check_in(made.key_result, entry.event.id)),
        Body::NoteAdded { .. } => Some(names.note(entry.event.id.into())),
        Body::KpiRecorded(made) => Some(names.reading(made.kpi, entry.event.id)),
        _ => None,
    }
}

fn id_of(subject: Subject) -> Option<Uuid> {
    Kind::of(subject).map(|(_, id)| id)
}
