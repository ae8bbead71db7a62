//! Which key results stand below which objective, found once and asked often.
//!
//! A key result never changes its objective, so this follows from the ids alone. It is no part of
//! what a state says: it is neither kept nor compared, and made again when there are more of them.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::State;
use crate::id::{KeyResultId, ObjectiveId};

/// The key results of each objective.
#[derive(Debug, Clone, Default)]
pub struct Below(OnceLock<BTreeMap<ObjectiveId, Vec<KeyResultId>>>);

impl Below {
    /// The ids of an objective's key results.
    pub(super) fn of<'a>(&'a self, state: &State, objective: ObjectiveId) -> &'a [KeyResultId] {
        let all = self.0.get_or_init(|| {
            let mut all: BTreeMap<ObjectiveId, Vec<KeyResultId>> = BTreeMap::new();
            for (id, found) in &state.key_results {
                all.entry(found.head().objective).or_default().push(*id);
            }
            all
        });
        all.get(&objective).map_or(&[], Vec::as_slice)
    }

    /// Forgets it: key results came or went.
    pub(crate) fn forget(&mut self) {
        self.0 = OnceLock::new();
    }
}

impl PartialEq for Below {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Below {}
