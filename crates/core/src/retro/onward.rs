//! What goes on into another cycle: what was carried over already, and what would be by the rule of
//! [`crate::carry`].

use crate::calendar::Date;
use crate::carry::{self, GoesOn};
use crate::event::Metric;
use crate::id::{CycleId, KeyResultId, ObjectiveId};
use crate::state::State;

/// What goes on into another cycle.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Onward {
    /// The live objectives of which something goes on, oldest first.
    pub objectives: Vec<Goes>,
    /// Live ones that are finished.
    pub finished: Vec<ObjectiveId>,
}

/// An objective that goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goes {
    /// The objective.
    pub objective: ObjectiveId,
    /// What it was carried over into.
    pub carried: Option<ObjectiveId>,
    /// The key results that go on, each with what is left of it.
    pub key_results: Vec<(KeyResultId, Metric)>,
}

pub(super) fn of(state: &State, cycle: CycleId, on: Date) -> Onward {
    let mut live: Vec<(u64, ObjectiveId)> = (state.objectives.iter())
        .filter(|(_, one)| one.cycle == cycle && one.is_live())
        .map(|(id, one)| (one.provenance.created.seq, *id))
        .collect();
    live.sort_unstable();
    let mut onward = Onward::default();
    for (_, objective) in live {
        let carried = carry::successor(state, objective, None);
        match carry::goes_on(state, objective, on) {
            GoesOn::Finished if carried.is_none() => onward.finished.push(objective),
            GoesOn::Finished => onward.objectives.push(Goes {
                objective,
                carried,
                key_results: Vec::new(),
            }),
            GoesOn::With(key_results) => onward.objectives.push(Goes {
                objective,
                carried,
                key_results,
            }),
        }
    }
    onward
}
