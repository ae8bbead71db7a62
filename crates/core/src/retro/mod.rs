//! A cycle looked back on.

use crate::calendar::Date;
use crate::id::CycleId;
use crate::when::Moment;

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// Of which cycle.
    pub cycle: CycleId,
    /// Beside which other one; none for the one of its kind right before it.
    pub compare: Option<CycleId>,
    /// The day whose figures are told: of an open cycle, and of a closed one where it
    /// [was named](Self::day_was_named).
    pub on: Date,
    /// Whether somebody asked for that day: a closed cycle is then read with all that was learned
    /// since, and else as at its closing.
    pub day_was_named: bool,
    /// The moment that the past's horizon is of, where it is not the present; only told, not applied.
    pub as_of: Option<Moment>,
}
