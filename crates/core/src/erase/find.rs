//! What an erasure takes with it: the texts that are meant, wherever they are quoted.
//!
//! An edit carries the value that its author saw, a choice between two edits carries both, what is
//! carried over or imported again repeats titles. So a text is looked for in the whole log, by equality.
//! Reasons are an exception: a reason such as "typo" says the same in many places and quotes none of
//! them, so one is erased with its own command alone, unless it is named itself.

use std::collections::{BTreeMap, BTreeSet};

use super::texts::{Text, each_text};
use super::{ErasedText, is_marker};
use crate::event::{Body, Event};
use crate::id::{DeviceId, EventId, MemberId};
use crate::value::Subject;

/// What shall be erased.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Texts of these events: all of them, or those that hold `words`.
    pub events: BTreeSet<EventId>,
    /// What this member wrote, and what they and their devices are called.
    pub member: Option<MemberId>,
    /// Only texts that hold these words. Without events and a member: all in the log that do.
    pub words: Option<String>,
}

/// The texts of one event that are to be erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The event.
    pub event: EventId,
    /// Where it stands.
    pub position: u64,
    /// Its texts.
    pub texts: Vec<Quoted>,
}

/// One text that is to be erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quoted {
    /// Where it stands in its event.
    pub place: String,
    /// The text.
    pub text: String,
    /// Whether it was meant itself, or quotes one that was.
    pub meant: bool,
}

/// All free texts of an event, each with its place.
#[must_use]
pub fn texts_of(event: &Event) -> Vec<(String, String, Text)> {
    let mut found = Vec::new();
    each_text(&mut event.clone(), &mut |place, text, whose| {
        found.push((place.to_owned(), text.clone(), whose));
    });
    found
}

/// Finds the texts that are wanted and all that quote them; `each` goes through the log once each time it
/// is called, position by position. Texts that are erased already are passed over.
///
/// # Errors
/// The log cannot be read.
pub fn find<E>(
    wanted: &Wanted,
    mut each: impl FnMut(&mut dyn FnMut(u64, &Event)) -> Result<(), E>,
) -> Result<Vec<Found>, E> {
    let mut texts: BTreeSet<String> = BTreeSet::new();
    let mut reasons: BTreeSet<(DeviceId, u64)> = BTreeSet::new();
    each(&mut |_, event| {
        for (place, text, whose) in texts_of(event) {
            if !wanted.means(event, &place, &text, whose) {
                continue;
            }
            if place == "reason" {
                reasons.insert(command(event));
            } else {
                texts.insert(text);
            }
        }
    })?;
    let mut found = Vec::new();
    each(&mut |position, event| {
        let quoted: Vec<Quoted> = texts_of(event)
            .into_iter()
            .filter(|(_, text, _)| !is_marker(text))
            .filter_map(|(place, text, whose)| {
                let meant = wanted.means(event, &place, &text, whose);
                let quotes = if place == "reason" {
                    reasons.contains(&command(event))
                } else {
                    texts.contains(&text)
                };
                (meant || quotes).then_some(Quoted { place, text, meant })
            })
            .collect();
        if !quoted.is_empty() {
            found.push(Found {
                event: event.id,
                position,
                texts: quoted,
            });
        }
    })?;
    Ok(found)
}

/// Names the command that an event belongs to: its device, and the number of its last event.
fn command(event: &Event) -> (DeviceId, u64) {
    let last = event.number.saturating_add(u64::from(event.remaining));
    (event.device, last)
}

impl Wanted {
    fn means(&self, event: &Event, place: &str, text: &str, whose: Text) -> bool {
        if text.is_empty() || is_marker(text) {
            return false;
        }
        if let Some(words) = &self.words
            && !text.contains(words.as_str())
        {
            return false;
        }
        if self.events.is_empty() && self.member.is_none() {
            return self.words.is_some();
        }
        // What an erased event saw before stays, unless it was the person's: somebody else wrote it.
        let named = self.events.contains(&event.id) && whose != Text::Seen;
        named
            || self
                .member
                .is_some_and(|member| is_of(event, place, whose, member))
    }
}

/// Whether a text is a member's: written by them, or what they and their devices are called.
fn is_of(event: &Event, place: &str, whose: Text, member: MemberId) -> bool {
    match whose {
        Text::Written => event.member == member,
        Text::Seen => false,
        Text::Name => match &event.body {
            Body::MemberAdded { member: id, .. } => *id == member && place != "source.author",
            Body::DeviceJoined(joined) => joined.member == member && place == "name",
            Body::Edited {
                subject: Subject::Member(id),
                ..
            }
            | Body::ConflictResolved {
                subject: Subject::Member(id),
                ..
            } => *id == member,
            Body::WorkspaceCreated(_) => event.member == member,
            _ => false,
        },
    }
}

/// Makes a tag for each different text, `tag` being asked for a new one until it differs from those given.
pub fn tagged(found: &[Found], mut tag: impl FnMut() -> String) -> Vec<(Found, Vec<ErasedText>)> {
    let mut tags: BTreeMap<&str, String> = BTreeMap::new();
    let mut taken: BTreeSet<String> = BTreeSet::new();
    for text in found.iter().flat_map(|one| &one.texts) {
        if !tags.contains_key(text.text.as_str()) {
            let mut new = tag();
            while !taken.insert(new.clone()) {
                new = tag();
            }
            tags.insert(&text.text, new);
        }
    }
    found
        .iter()
        .map(|one| {
            let texts = one
                .texts
                .iter()
                .map(|text| ErasedText {
                    place: text.place.clone(),
                    tag: tags.get(text.text.as_str()).cloned().unwrap_or_default(),
                })
                .collect();
            (one.clone(), texts)
        })
        .collect()
}
