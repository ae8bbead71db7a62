//! Whether an owner vouches for what remains of each erased entry.
//!
//! The hash of an erased entry proves that something was authored there, and nothing of what remains of
//! it. That an owner signed for: the last [`TextErased`] about the entry names the SHA-256 of the remains.
//! An event that erases can be erased itself; since each speaks of an earlier one, the last is whole.

use std::collections::BTreeMap;

use super::by_owner;
use crate::event::{Body, Entry, Hash};
use crate::id::EventId;
use crate::state::State;

/// Follows a log, or a part of it, and tells what nobody vouches for.
#[derive(Debug, Clone, Default)]
pub struct Vouching {
    /// Erased entries: where each stands, and the SHA-256 of its remains.
    left: BTreeMap<EventId, (u64, Hash)>,
    /// What owners said: about which position, which remains, and where they said so.
    said: BTreeMap<EventId, (u64, Hash, u64)>,
}

impl Vouching {
    /// Takes the next entry in. `state` is the fold of those before it, `remains` the SHA-256 of what is
    /// left of its body, where that is not as it was authored.
    ///
    /// # Errors
    /// What does not hold, where the entry erases and may not.
    pub fn follow(
        &mut self,
        state: &State,
        entry: &Entry,
        remains: Option<Hash>,
    ) -> Result<(), String> {
        if matches!(entry.event.body, Body::TextErased(_)) {
            by_owner(state, &entry.event)
                .map_err(|refusal| format!("it erases texts, and may not: {}", refusal.message))?;
        }
        self.note(entry, remains)
    }

    /// Takes in an entry that was followed before.
    ///
    /// # Errors
    /// It speaks of an entry that does not come before it.
    pub fn note(&mut self, entry: &Entry, remains: Option<Hash>) -> Result<(), String> {
        if let Some(remains) = remains {
            self.left.insert(entry.event.id, (entry.seq, remains));
        }
        if let Body::TextErased(erased) = &entry.event.body {
            if erased.position == 0 || erased.position >= entry.seq {
                return Err("it erases texts of an entry that does not come before it".to_owned());
            }
            self.said
                .insert(erased.event, (erased.position, erased.remains, entry.seq));
        }
        Ok(())
    }

    /// Whether it has met neither an erased entry nor one that erases.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.left.is_empty() && self.said.is_empty()
    }

    /// The first erased entry for whose remains no owner's event vouches.
    #[must_use]
    pub fn first_unvouched(&self) -> Option<(u64, String)> {
        let unvouched = self.left.iter().filter_map(|(id, (seq, remains))| {
            let what = match self.said.get(id) {
                None => {
                    "its text is said to have been erased, and no owner's event says so".to_owned()
                }
                Some((position, said, by)) if position != seq || said != remains => format!(
                    "what is said to remain of it is not what the owner signed for in entry {by}"
                ),
                Some(_) => return None,
            };
            Some((*seq, what))
        });
        unvouched.min_by_key(|(seq, _)| *seq)
    }

    /// The first entry that still holds a text which was erased. To be asked of a whole log alone.
    #[must_use]
    pub fn first_kept(&self) -> Option<(u64, String)> {
        let kept = self
            .said
            .iter()
            .filter(|(id, _)| !self.left.contains_key(id))
            .map(|(_, (position, _, by))| {
                (
                    *position,
                    format!("it still holds a text that was erased by entry {by}"),
                )
            });
        kept.min_by_key(|(seq, _)| *seq)
    }
}
