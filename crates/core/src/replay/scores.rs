//! Scores kept from stop to stop: what did not change is not computed again.

use std::collections::BTreeMap;

use super::Changed;
use crate::calendar::Date;
use crate::decimal::Decimal;
use crate::id::{CycleId, ObjectiveId};
use crate::score::{self, Means};
use crate::state::State;
use crate::token::ObjectiveKind;

/// The scores of a cycle's live objectives at a stop. The formula is that of [`crate::score`]; this
/// says only when it is asked.
#[derive(Debug, Clone)]
pub struct Scores {
    cycle: CycleId,
    objectives: BTreeMap<ObjectiveId, (ObjectiveKind, Option<Decimal>)>,
}

impl Scores {
    /// Of a cycle of which nothing is known yet.
    #[must_use]
    pub const fn new(cycle: CycleId) -> Self {
        Self {
            cycle,
            objectives: BTreeMap::new(),
        }
    }

    /// Goes on to the next stop: its state, its day, and what can read otherwise there.
    pub fn update(&mut self, state: &State, on: Date, changed: &Changed) {
        if changed.all {
            self.objectives.clear();
            for id in state.objectives.keys() {
                self.compute(state, *id, on);
            }
        } else {
            for id in &changed.objectives {
                self.compute(state, *id, on);
            }
        }
    }

    fn compute(&mut self, state: &State, id: ObjectiveId, on: Date) {
        let found = state.objectives.get(&id);
        match found.filter(|one| one.cycle == self.cycle && one.is_live()) {
            Some(one) => {
                let score = score::objective_score(state, id, on);
                self.objectives.insert(id, (one.kind, score));
            }
            None => {
                self.objectives.remove(&id);
            }
        }
    }

    /// The score of a live objective of the cycle.
    #[must_use]
    pub fn objective(&self, id: ObjectiveId) -> Option<Decimal> {
        self.objectives.get(&id).and_then(|(_, score)| *score)
    }

    /// The means over the live objectives of the cycle: [`score::cycle_means`].
    #[must_use]
    pub fn means(&self) -> Means {
        let figures: Vec<(ObjectiveKind, Decimal)> = (self.objectives.values())
            .filter_map(|(kind, score)| Some((*kind, (*score)?)))
            .collect();
        score::means_of(&figures)
    }
}
