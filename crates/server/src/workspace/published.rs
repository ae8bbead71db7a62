//! What readers see: the state and the index after the last durable append. Neither is ever
//! ahead of the disk.

use std::sync::{Arc, PoisonError, RwLock};

use quarterdeck_core::event::{Entry, Event};
use quarterdeck_core::id::{DeviceId, EventId};
use quarterdeck_core::state::State;
use quarterdeck_ledger::{Head, Index, SubjectId};
use tokio::sync::watch;

#[derive(Debug)]
pub(crate) struct Published {
    /// The end of the log that is seen, with the state there.
    at: RwLock<(Head, Arc<State>)>,
    index: RwLock<Index>,
    /// Up to where it is.
    size: watch::Sender<u64>,
}

impl Published {
    pub(crate) fn new(head: Head, state: State, index: Index) -> Self {
        Self {
            size: watch::Sender::new(head.size),
            at: RwLock::new((head, Arc::new(state))),
            index: RwLock::new(index),
        }
    }

    /// The end of the log that is seen, with the state there. What the log says up to there about erasing
    /// has been carried out.
    pub(crate) fn at(&self) -> (Head, Arc<State>) {
        self.at
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The present state. Later entries do not change it.
    pub(crate) fn state(&self) -> Arc<State> {
        self.at().1
    }

    /// Asks the index.
    pub(crate) fn index<R>(&self, ask: impl FnOnce(&Index) -> R) -> R {
        ask(&self.index.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes in entries that are on disk, up to `head`.
    pub(crate) fn extend(&self, head: Head, entries: &[Entry]) {
        self.take_in(head, entries, |state| {
            // Copied only while a reader still holds the state before.
            let state = Arc::make_mut(state);
            entries.iter().for_each(|entry| state.apply(entry));
        });
    }

    /// The same, with the state that the whole log was folded to anew.
    pub(crate) fn renew(&self, head: Head, folded: State, entries: &[Entry]) {
        self.take_in(head, entries, |state| *state = Arc::new(folded));
    }

    fn take_in(&self, head: Head, entries: &[Entry], fold: impl FnOnce(&mut Arc<State>)) {
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        let mut at = self.at.write().unwrap_or_else(PoisonError::into_inner);
        at.0 = head;
        fold(&mut at.1);
        entries
            .iter()
            .for_each(|entry| push(&mut index, &entry.event));
        self.size.send_replace(head.size);
    }

    /// Tells whenever there is more to see.
    pub(crate) fn follow(&self) -> watch::Receiver<u64> {
        self.size.subscribe()
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
