//! Erasing texts from the log that this server keeps.
//!
//! Guarantee: an event that erases is recorded only where what it says remains is the entry without those
//! texts, and nothing else; and when its author is answered, the texts are in no file of the workspace.
//! The event is durable before anything is erased: what was interrupted is carried out at the next start.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use quarterdeck_core::event::{Body, Event};
use quarterdeck_core::refusal::{Code, Refusal};
use quarterdeck_core::state::State;
use quarterdeck_ledger::{Ledger, NewEntry};
use quarterdeck_projection::{Folded, Health, Kept, erasures};

use super::draft::Obstacle;
use super::projection::{READ_BYTES, READ_ENTRIES, unreadable};
use crate::error::ServerError;

/// Refuses an erasure that changes more than texts, and a history that was brought here with remains for
/// which nobody vouches.
pub(super) fn check(
    state: &State,
    ledger: &dyn Ledger,
    coming: &[NewEntry],
    event: &Event,
) -> Result<(), Obstacle> {
    if let Body::ServerAdopted { .. } = event.body {
        return match erasures::first_unvouched(ledger, coming, state)? {
            None => Ok(()),
            Some(seq) => Err(Refusal::new(
                Code::Malformed,
                format!("Entry {seq} comes without its text, and no owner's event says that it was erased."),
            )
            .into()),
        };
    }
    let claim = erasures::claim(state, state.head.saturating_add(1), event);
    let Some(claim) = claim else { return Ok(()) };
    match erasures::first_false(&[claim], ledger, coming)? {
        None => Ok(()),
        Some((_, what)) => Err(
            Refusal::invalid(format!("The texts cannot be erased: {what}."))
                .hint("sync, then look at the entry with `okr log`")
                .into(),
        ),
    }
}

/// Erases what the state of the whole log says shall be erased, and removes what was made of it. Whether
/// anything was.
pub(super) fn carry_out(
    ledger: &dyn Ledger,
    state: &State,
    derived: Option<&Path>,
) -> Result<bool, ServerError> {
    if !erasures::is_due(ledger, state) {
        return Ok(false);
    }
    let workspace = state.workspace.as_ref().map(|found| found.id.to_string());
    let done = erasures::carry_out(ledger, state)?;
    for (seq, what) in &done.left {
        tracing::error!(
            workspace,
            seq,
            what,
            "texts that were to be erased are still there"
        );
    }
    if let Some(dir) = derived {
        erasures::forget(dir).map_err(|source| ServerError::io("clear", dir, source))?;
    }
    tracing::info!(workspace, entries = done.erased.len(), "erased texts");
    Ok(true)
}

/// Folds the whole log anew, and begins anew what is kept beside it.
pub(super) fn fold_anew(
    ledger: &dyn Ledger,
    kept: &Mutex<(Kept, Health)>,
    derived: Option<&Path>,
) -> Result<Folded, ServerError> {
    let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
    let health = Health::default();
    *kept = (Kept::open(derived, health.clone()), health);
    let mut folded = Folded::default();
    loop {
        let block = ledger.read(folded.size() + 1, READ_ENTRIES, READ_BYTES)?;
        if block.is_empty() {
            return Ok(folded);
        }
        for entry in &block {
            let entry = folded
                .take(ledger.workspace(), entry)
                .map_err(|error| unreadable(ledger, error))?;
            kept.0.post(entry.seq, &entry.event);
        }
    }
}
