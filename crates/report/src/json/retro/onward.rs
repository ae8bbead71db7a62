//! What goes on into another cycle, told.

use quarterdeck_core::decimal::Decimal;
use serde::Serialize;

use super::super::show::Related;

/// What goes on into another cycle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RetroOnward {
    /// The live objectives of which something goes on, oldest first.
    pub objectives: Vec<RetroGoesOn>,
    /// How many live objectives are finished and stay behind.
    pub finished: usize,
}

/// An objective that was carried over, or would be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RetroGoesOn {
    /// The objective.
    #[serde(flatten)]
    pub objective: Related,
    /// Whether it stands from cycle to cycle.
    pub standing: bool,
    /// The one that it was carried over into; none where it was not yet.
    pub carried: Option<Related>,
    /// Name of the cycle of that one.
    pub into: Option<String>,
    /// The key results that go on, by the rule of `okr carry`.
    pub key_results: Vec<RetroOnwardKeyResult>,
}

/// A key result that goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RetroOnwardKeyResult {
    /// Which.
    #[serde(flatten)]
    pub key_result: Related,
    /// What is left of it, in words: `531 → 550 leads`.
    pub aim: String,
    /// Its grade, else its score, 0 to 1.
    pub outcome: Option<Decimal>,
}
