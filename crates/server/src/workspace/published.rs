//! What readers see: the state and the index after the last durable append. Neither is ever
//! ahead of the disk.

use std::sync::{Arc, PoisonError, RwLock};

use quarterdeck_core::event::{Entry, Event};
use quarterdeck_core::id::{DeviceId, EventId};
use quarterdeck_core::state::State;
use quarterdeck_ledger::{Index, SubjectId};
use tokio::sync::watch;

#[derive(Debug, Default)]
pub(crate) struct Published {
    state: RwLock<Arc<State>>,
    index: RwLock<Index>,
    /// Up to where it is.
    head: watch::Sender<u64>,
}

impl Published {
    pub(crate) fn new(state: State, index: Index) -> Self {
        Self {
            head: watch::Sender::new(state.head),
            state: RwLock::new(Arc::new(state)),
            index: RwLock::new(index),
        }
    }

    /// The present state. Later entries do not change it.
    pub(crate) fn state(&self) -> Arc<State> {
        Arc::clone(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Asks the index.
    pub(crate) fn index<R>(&self, ask: impl FnOnce(&Index) -> R) -> R {
        ask(&self.index.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes in entries that are on disk, with the state that the whole log was folded to anew.
    pub(crate) fn renew(&self, folded: State, entries: &[Entry]) {
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        *state = Arc::new(folded);
        for entry in entries {
            push(&mut index, &entry.event);
        }
    }

    /// Takes in entries that are on disk.
    pub(crate) fn extend(&self, entries: &[Entry]) {
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        // Copied only while a reader still holds the state before.
        let state = Arc::make_mut(&mut state);
        for entry in entries {
            state.apply(entry);
            push(&mut index, &entry.event);
        }
        self.head.send_replace(state.head);
    }

    /// Tells whenever there is more to see.
    pub(crate) fn follow(&self) -> watch::Receiver<u64> {
        self.head.subscribe()
    }
}

/// Adds an event to the index: under what it touches, and under its device's chain.
pub(crate) fn push(index: &mut Index, event: &Event) {
    let mut subjects: Vec<SubjectId> = event
        .subjects()
        .into_iter()
        .map(quarterdeck_core::id::Uuid::into_bytes)
        .collect();
    subjects.push(chain(event.device));
    index.push(*event.id.as_bytes(), &subjects);
}

/// Where a device's event of this number stands.
pub(crate) fn seq_of_number(index: &Index, device: DeviceId, number: u64) -> Option<u64> {
    let at = usize::try_from(number.checked_sub(1)?).ok()?;
    index.seqs_about(&chain(device)).get(at).copied()
}

/// Where an event stands.
pub(crate) fn seq_of(index: &Index, event: EventId) -> Option<u64> {
    index.seq_of(event.as_bytes())
}

/// A device's own events are kept under the complement of its id, which is nobody's UUID; under
/// the id itself stand the events about the device.
fn chain(device: DeviceId) -> SubjectId {
    device.as_bytes().map(|byte| !byte)
}
