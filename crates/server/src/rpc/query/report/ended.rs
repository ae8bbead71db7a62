//! Which cycles that have ended are asked about.

use quarterdeck_core::id::CycleId;
use quarterdeck_core::outcome;
use quarterdeck_core::refusal::{Code as Why, Refusal};
use tonic::Status;

use crate::rpc::query::view::View;
use crate::status::refused;

/// The cycle, if it has ended.
pub(super) fn has_ended(view: &View, id: CycleId) -> Result<CycleId, Status> {
    let on = view.looked_at_from();
    match view.state().cycles.get(&id) {
        Some(cycle) if !outcome::has_ended(view.state(), cycle, on) => {
            let name = &cycle.name;
            Err(refused(&Refusal::new(
                Why::NotFound,
                format!(
                    "Cycle {name} has not ended on {on}, so there is no outcome to compare with."
                ),
            )))
        }
        _ => Ok(id),
    }
}

/// All cycles that have ended.
pub(super) fn all(view: &View) -> Result<Vec<CycleId>, Status> {
    let on = view.looked_at_from();
    let cycles = outcome::ended_cycles(view.state(), on);
    if cycles.is_empty() {
        return Err(refused(&Refusal::new(
            Why::NotFound,
            format!("No cycle has ended by {on}, so there is no outcome to compare with."),
        )));
    }
    Ok(cycles)
}

/// The cycle that ended last.
pub(super) fn last(view: &View) -> Result<Vec<CycleId>, Status> {
    let mut cycles = all(view)?;
    let others = cycles.len().saturating_sub(1);
    Ok(cycles.split_off(others))
}
