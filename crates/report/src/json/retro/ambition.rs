//! Whether a cycle's goals were ambitious enough, told.

use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::id::KeyResultId;
use serde::Serialize;

use super::RetroPart;
use crate::names::Ref;

/// Whether the goals were ambitious enough.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RetroAmbition {
    /// Live key results with a grade or score.
    pub key_results: usize,
    /// Those at 0.95 or above.
    pub near_one: usize,
    /// Those from 0.7 up to below 0.95.
    pub green: usize,
    /// Those from 0.4 up to below 0.7.
    pub amber: usize,
    /// Those below 0.4.
    pub red: usize,
    /// Aspirational ones.
    pub aspirational: usize,
    /// Aspirational ones at the 0.6 to 0.7 that they aim at.
    pub at_aim: usize,
    /// The share at 0.95 or above, 0 to 1.
    pub near_one_share: Option<Decimal>,
    /// The share below 0.4.
    pub red_share: Option<Decimal>,
    /// `too easy`, `about right`, `too much`; none where there are too few, or it has not ended.
    pub verdict: Option<&'static str>,
    /// The verdict in a sentence, or why there is none.
    pub told: String,
    /// Those below 0.4, the lowest first, each with why as far as the events tell.
    pub short: Vec<RetroShort>,
}

/// A key result below 0.4.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RetroShort {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Id.
    pub id: KeyResultId,
    /// Title.
    pub title: String,
    /// Its grade, else its score, 0 to 1.
    pub outcome: Decimal,
    /// Why, as far as the events tell; empty where they tell nothing.
    pub why: Vec<RetroWhy>,
}

/// A reason that the events tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RetroWhy {
    /// `unmeasured`, `silent`, `stalled`, `raised`, `problem`, `low confidence`.
    pub kind: &'static str,
    /// It in a sentence.
    pub parts: Vec<RetroPart>,
    /// Positions of the entries behind it.
    pub entries: Vec<u64>,
}
