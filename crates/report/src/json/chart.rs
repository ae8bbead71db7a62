//! `okr kr chart`: what a chart of a key result shows.

use quarterdeck_core::id::KeyResultId;
use quarterdeck_core::value::Subject;
use serde::Serialize;

use super::{AsOf, Schema};
use crate::chart::Plot;
use crate::names::{Names, Ref};
use crate::pending::Pending;

/// What a chart of a key result shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Chart {
    /// Version of this object.
    pub schema: Schema,
    /// Position of the last recorded event.
    pub head: u64,
    /// The moment that the state is of; none for the present.
    pub as_of: Option<AsOf>,
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Id.
    pub id: KeyResultId,
    /// Name of its cycle.
    pub cycle: String,
    /// Its curve, and what that is held against.
    #[serde(flatten)]
    pub plot: Plot,
}

/// The chart of a key result, with all that its plot says; none if there is no such.
#[must_use]
pub fn chart(
    names: &Names<'_>,
    pending: &Pending,
    (id, plot): (KeyResultId, Plot),
    as_of: Option<AsOf>,
) -> Option<Chart> {
    let state = names.state();
    let found = state.key_results.get(&id)?;
    let objective = state.objectives.get(&found.objective)?;
    Some(Chart {
        schema: Schema,
        head: pending.confirmed(state.head),
        as_of,
        reference: names.key_result(id),
        id,
        cycle: names
            .title(Subject::Cycle(objective.cycle))
            .unwrap_or_default(),
        plot,
    })
}
