//! Loose ends: what supports nothing, and what nothing supports.
//!
//! The year's objectives and the company's are the top: nothing is expected above them. Elsewhere
//! something is missing only where there is something to be supported: a live objective of a
//! higher level, or of the year above a quarter and no lower. In a workspace that sets goals on
//! one level only, nothing is ever loose.

use std::collections::BTreeSet;

use super::{above, height};
use crate::id::{CycleId, ObjectiveId};
use crate::state::{Objective, State};
use crate::token::{CycleKind, Level};

/// The live objectives of a state that hang in the air.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LooseEnds {
    /// Those that support nothing although there is something that they could support.
    pub unaligned: BTreeSet<ObjectiveId>,
    /// Those at the top that no live objective supports, themselves or one of their key results,
    /// although there are some below that could.
    pub unsupported: BTreeSet<ObjectiveId>,
}

/// Where an objective stands. All of one standing could support and be supported by the same.
type Standing = (CycleId, Level);

impl LooseEnds {
    /// The loose ends of a state.
    #[must_use]
    pub fn of(state: &State) -> Self {
        let live = || {
            let all = state.objectives.iter();
            all.filter(|(_, one)| one.is_live())
        };
        let standing = |one: &Objective| -> Standing { (one.cycle, height(state, one)) };
        let standings: BTreeSet<Standing> = live().map(|(_, one)| standing(one)).collect();
        let supported: BTreeSet<ObjectiveId> =
            live().filter_map(|(_, one)| above(state, one)).collect();
        let mut found = Self::default();
        for (id, one) in live() {
            let own = standing(one);
            if is_top(state, one) {
                let could = || standings.iter().any(|low| stands_above(state, own, *low));
                if !supported.contains(id) && could() {
                    found.unsupported.insert(*id);
                }
            } else if one.supports.is_none()
                && standings.iter().any(|high| stands_above(state, *high, own))
            {
                found.unaligned.insert(*id);
            }
        }
        found
    }
}

/// Whether nothing is expected above: it is the year's, or the company's.
fn is_top(state: &State, objective: &Objective) -> bool {
    is_annual(state, objective.cycle) || height(state, objective) == Level::Company
}

fn is_annual(state: &State, cycle: CycleId) -> bool {
    let found = state.cycles.get(&cycle);
    found.is_some_and(|cycle| cycle.kind == CycleKind::Annual)
}

/// Whether one could be what the other supports: of a higher level, or of the year above its
/// quarter and no lower.
fn stands_above(state: &State, (one, high): Standing, (other, low): Standing) -> bool {
    let (Some(above), Some(below)) = (state.cycles.get(&one), state.cycles.get(&other)) else {
        return false;
    };
    let overlap = above.starts <= below.ends && below.starts <= above.ends;
    let longer = is_annual(state, one) && !is_annual(state, other);
    let shorter = is_annual(state, other) && !is_annual(state, one);
    overlap && !shorter && (high < low || (longer && high == low))
}
