//! Carrying out what the log says about erasing.
//!
//! The event that erases is the intent, and is durable before anything is erased. Whoever has folded a
//! log asks [`carry_out`]; what was interrupted is carried out then. Guarantees:
//! - **Texts alone.** An entry is replaced only by what core's rule makes of it, and only if that is what
//!   the owner signed for.
//! - **Once.** What has been carried out is noted in the ledger, and looked at again only where the note
//!   was lost.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use bytes::Bytes;
use quarterdeck_core::erase::{self, ErasedText, Erasure, TextErased};
use quarterdeck_core::event::{Body, Event, Hash};
use quarterdeck_core::id::EventId;
use quarterdeck_core::state::State;
use quarterdeck_ledger::{Entry, Ledger, LedgerError, MAX_BODY, NewEntry, Remains, Sealed};
use quarterdeck_proto::{decode_event, encode_event};

/// What an event that erases says of the log before it, to be held against that.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Where the event stands, or would stand.
    pub seq: u64,
    event: EventId,
    position: u64,
    remains: Hash,
    /// All texts of the entry that are erased by then.
    texts: Vec<ErasedText>,
    /// What remained before, where texts of it were erased before.
    before: Option<Hash>,
}

/// What an event claims that stands, or would stand, at `seq`; `state` is the fold of what comes before.
#[must_use]
pub fn claim(state: &State, seq: u64, event: &Event) -> Option<Claim> {
    let Body::TextErased(erased) = &event.body else {
        return None;
    };
    let before = state.erasures.get(&erased.event);
    Some(Claim {
        seq,
        event: erased.event,
        position: erased.position,
        remains: erased.remains,
        texts: together(before.map(|before| &before.places), &erased.texts),
        before: before.map(|before| before.remains),
    })
}

/// The first of the claims that the log does not bear out, and why. `coming` follows the log's last entry.
///
/// # Errors
/// The log cannot be read.
pub fn first_false(
    claims: &[Claim],
    ledger: &dyn Ledger,
    coming: &[NewEntry],
) -> Result<Option<(u64, String)>, LedgerError> {
    for claim in claims {
        if let Some(what) = claim.fault(ledger, coming)? {
            return Ok(Some((claim.seq, what)));
        }
    }
    Ok(None)
}

impl Claim {
    fn fault(
        &self,
        ledger: &dyn Ledger,
        coming: &[NewEntry],
    ) -> Result<Option<String>, LedgerError> {
        let position = self.position;
        let Some((id, target)) = entry_at(ledger, coming, position)? else {
            return Ok(Some(format!("entry {position} is not in the log")));
        };
        if id != *self.event.as_bytes() {
            return Ok(Some(format!("entry {position} is another event")));
        }
        let is = target.body_hash();
        // What later erasures left is vouched for by the last of them.
        if target.is_erased() && self.before != Some(is) {
            return Ok(None);
        }
        Ok(match remains_of(&target.body, &self.texts) {
            Ok(body) if target.erased(body.clone()).body_hash() == self.remains => None,
            Ok(_) => Some(format!(
                "what is said to remain of entry {position} is not that entry without its texts"
            )),
            Err(what) => Some(format!("entry {position} {what}")),
        })
    }
}

/// The id and the bytes of an entry that is in the log, or about to be.
fn entry_at(
    ledger: &dyn Ledger,
    coming: &[NewEntry],
    position: u64,
) -> Result<Option<([u8; 16], Sealed)>, LedgerError> {
    let size = ledger.head().size;
    if position == 0 {
        return Ok(None);
    }
    if position <= size {
        let entry = ledger.read(position, 1, 1)?.into_iter().next();
        return Ok(entry.map(|entry| (entry.event_id, entry.event)));
    }
    let at = usize::try_from(position - size - 1).unwrap_or(usize::MAX);
    Ok(coming
        .get(at)
        .map(|entry| (entry.event_id, entry.event.clone())))
}

/// The encoding of what remains of an event.
///
/// # Errors
/// Why nothing can be erased from it, to be read after "entry 12".
fn remains_of(body: &Bytes, texts: &[ErasedText]) -> Result<Bytes, String> {
    let event = decode_event(body).map_err(|error| format!("cannot be read: {error}"))?;
    // Encoding anew loses what this version does not know.
    if encode_event(&event).len() != body.len() {
        return Err(
            "holds something that this version does not know and that erasing would lose; update first"
                .to_owned(),
        );
    }
    let remains = erase::remains(&event, texts)
        .map_err(|place| format!("has no text at '{place}' that could be erased"))?;
    let body = encode_event(&remains);
    if body.len() > MAX_BODY {
        return Err(format!(
            "would have more than {MAX_BODY} bytes with markers in the place of its texts"
        ));
    }
    Ok(body.into())
}

/// The texts of a first erasure and of a further one: of one place, the later counts.
fn together(before: Option<&BTreeMap<String, String>>, texts: &[ErasedText]) -> Vec<ErasedText> {
    let mut all = before.cloned().unwrap_or_default();
    all.extend(
        texts
            .iter()
            .map(|text| (text.place.clone(), text.tag.clone())),
    );
    all.into_iter()
        .map(|(place, tag)| ErasedText { place, tag })
        .collect()
}

/// The event that erases these texts from the entry at a position of the log.
///
/// # Errors
/// Why they cannot be erased, or that the log cannot be read.
pub fn author(
    ledger: &dyn Ledger,
    state: &State,
    position: u64,
    texts: Vec<ErasedText>,
) -> Result<Result<TextErased, String>, LedgerError> {
    let Some((id, target)) = entry_at(ledger, &[], position)? else {
        return Ok(Err(format!("entry {position} is not in the log")));
    };
    let event = EventId::from_bytes(id);
    let before = state.erasures.get(&event).map(|before| &before.places);
    let remains = match remains_of(&target.body, &together(before, &texts)) {
        Ok(body) => target.erased(body).body_hash(),
        Err(what) => return Ok(Err(format!("entry {position} {what}"))),
    };
    Ok(Ok(TextErased {
        event,
        position,
        remains,
        texts,
    }))
}

/// What was carried out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CarriedOut {
    /// The entries that hold less than before: what was made of them must be forgotten.
    pub erased: Vec<Remains>,
    /// Entries that could not be erased, and why.
    pub left: Vec<(u64, String)>,
}

/// Whether a log's fold says that something is to be erased which was not, as far as is known.
#[must_use]
pub fn is_due(ledger: &dyn Ledger, state: &State) -> bool {
    let through = ledger.erased_through();
    state
        .erasures
        .values()
        .any(|erasure| erasure.by.seq > through)
}

/// Whether an entry of a log is as the erasures in a beginning of it tell: as it was authored, or with the
/// remains that the last of them vouches for. What was erased by an event behind that beginning is not.
#[must_use]
pub fn is_told_by(erasures: &BTreeMap<EventId, Erasure>, entry: &Entry) -> bool {
    let told = erasures.get(&EventId::from_bytes(entry.event_id));
    !entry.event.is_erased()
        || told.is_some_and(|erasure| erasure.remains == entry.event.body_hash())
}

/// The texts that [`carry_out`] is about to erase, each with its marker.
///
/// # Errors
/// The log cannot be read.
pub fn markers(
    ledger: &dyn Ledger,
    state: &State,
) -> Result<BTreeMap<String, String>, LedgerError> {
    let through = ledger.erased_through();
    let mut markers = BTreeMap::new();
    for erasure in state.erasures.values() {
        if erasure.by.seq <= through {
            continue;
        }
        let Some((_, target)) = entry_at(ledger, &[], erasure.position)? else {
            continue;
        };
        let Ok(event) = decode_event(&target.body) else {
            continue;
        };
        for (place, text, _) in erase::texts_of(&event) {
            if let Some(tag) = erasure.places.get(&place)
                && place != "reason"
            {
                markers.insert(text, erase::marker(tag));
            }
        }
    }
    Ok(markers)
}

/// Erases what is to be erased by the fold of the whole log.
///
/// # Errors
/// The log cannot be read or written; it is carried out the next time then.
pub fn carry_out(ledger: &dyn Ledger, state: &State) -> Result<CarriedOut, LedgerError> {
    let mut done = CarriedOut::default();
    if !is_due(ledger, state) {
        return Ok(done);
    }
    let through = ledger.erased_through();
    for (id, erasure) in &state.erasures {
        if erasure.by.seq <= through {
            continue;
        }
        let seq = erasure.position;
        let found = entry_at(ledger, &[], seq)?.filter(|(found, _)| found == id.as_bytes());
        let Some((_, target)) = found else {
            done.left.push((seq, "it is another event".to_owned()));
            continue;
        };
        if target.is_erased() && target.body_hash() == erasure.remains {
            continue;
        }
        match remains_of(&target.body, &together(Some(&erasure.places), &[])) {
            Ok(body) if target.erased(body.clone()).body_hash() == erasure.remains => {
                done.erased.push(Remains { seq, body });
            }
            Ok(_) => done.left.push((
                seq,
                "what was signed for is not what remains of it".to_owned(),
            )),
            Err(what) => done.left.push((seq, what)),
        }
    }
    ledger.erase(done.erased.clone(), state.head)?;
    Ok(done)
}

/// The first erased entry for whose remains the fold of the log knows no owner's word. Reads every entry.
///
/// # Errors
/// The log cannot be read.
pub fn first_unvouched(
    ledger: &dyn Ledger,
    coming: &[NewEntry],
    state: &State,
) -> Result<Option<u64>, LedgerError> {
    let vouched = |seq: u64, id: [u8; 16], event: &Sealed| {
        !event.is_erased()
            || state
                .erasures
                .get(&EventId::from_bytes(id))
                .is_some_and(|erasure| {
                    erasure.position == seq && erasure.remains == event.body_hash()
                })
    };
    let size = ledger.head().size;
    let mut at = 0;
    while at < size {
        let block = ledger.read(at + 1, crate::READ_ENTRIES, crate::READ_BYTES)?;
        if block.is_empty() {
            break;
        }
        for entry in block {
            at = entry.seq;
            if !vouched(at, entry.event_id, &entry.event) {
                return Ok(Some(at));
            }
        }
    }
    Ok((size + 1..)
        .zip(coming)
        .find(|(seq, entry)| !vouched(*seq, entry.event_id, &entry.event))
        .map(|(seq, _)| seq))
}

/// Removes whatever is kept in a folder of derived data: it may quote what was erased.
///
/// # Errors
/// A file cannot be removed.
pub fn forget(dir: &Path) -> io::Result<()> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
