//! What is to be erased, and what was.

use quarterdeck_core::erase::Found;
use quarterdeck_core::event::Entry;
use quarterdeck_core::id::EventId;
use serde::Serialize;

use super::{Schema, Written};
use crate::names::Names;

/// Texts that are to be erased, or were.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Erasing {
    /// Names the version.
    pub schema: Schema,
    /// Whether it was only asked what would be erased.
    pub dry_run: bool,
    /// How many texts.
    pub texts: usize,
    /// The events that hold them, in the order of the log.
    pub entries: Vec<ErasedEntry>,
    /// What was recorded; none on a dry run.
    pub recorded: Option<Written>,
}

/// An event with texts that are to be erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ErasedEntry {
    /// Its position.
    pub seq: u64,
    /// Its id.
    pub id: EventId,
    /// Its kind.
    pub kind: &'static str,
    /// Whose it is.
    pub member: String,
    /// Its texts.
    pub texts: Vec<ErasedText>,
}

/// One text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ErasedText {
    /// Where it stands in its event, such as `text` or `changes.0.before`.
    pub place: String,
    /// Whether it only quotes a text that is meant.
    pub quoted: bool,
    /// The text; none once it is erased.
    pub text: Option<String>,
}

/// What was found; `entry` gives the entry at a position. The texts themselves are told as long as they
/// are there.
#[must_use]
pub fn erasing<'a>(
    names: &Names<'_>,
    found: &[Found],
    entry: impl Fn(u64) -> Option<&'a Entry>,
    recorded: Option<Written>,
) -> Erasing {
    let done = recorded.is_some();
    let told = |one: &Found| {
        let entry = entry(one.position);
        ErasedEntry {
            seq: one.position,
            id: one.event,
            kind: entry.map_or("Unknown", |entry| entry.event.body.kind()),
            member: entry.map_or_else(String::new, |entry| names.person(entry.event.member)),
            texts: one
                .texts
                .iter()
                .map(|text| ErasedText {
                    place: text.place.clone(),
                    quoted: !text.meant,
                    text: (!done).then(|| text.text.clone()),
                })
                .collect(),
        }
    };
    Erasing {
        schema: Schema,
        dry_run: !done,
        texts: found.iter().map(|one| one.texts.len()).sum(),
        entries: found.iter().map(told).collect(),
        recorded,
    }
}
