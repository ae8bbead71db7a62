//! Objectives and key results as a document has them: names where the workspace has ids, and what the
//! document does not say is absent rather than guessed.

use quarterdeck_core::calendar::Date;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::Metric;
use quarterdeck_core::token::{Cadence, Indicator, KeyResultState, ObjectiveKind, ObjectiveState};
use serde::{Deserialize, Serialize};

/// What a document says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Outline {
    /// Names of the cycles that the document speaks of as a whole, in its words, such as `2019-Q3`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cycles: Vec<String>,
    /// Its objectives, in its order.
    pub objectives: Vec<Objective>,
    /// What was not understood, by line.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<Unread>,
}

/// An objective of a document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Objective {
    /// Title in words.
    pub title: String,
    /// Longer description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Name of the owning member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Name of the owning team.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// Name of its cycle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cycle: Option<String>,
    /// Committed or aspirational.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<ObjectiveKind>,
    /// Title or key of the objective or key result that it supports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub supports: Option<String>,
    /// A name of one's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Where it stands in its life.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<ObjectiveState>,
    /// Whether it is carried from cycle to cycle.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub standing: bool,
    /// Its key results, in the document's order.
    pub key_results: Vec<KeyResult>,
    /// The line that it stands on, from 1; 0 where there are no lines.
    #[serde(skip_serializing_if = "is_zero")]
    pub line: usize,
}

/// A key result of a document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KeyResult {
    /// Title in words.
    pub title: String,
    /// How it is measured; none where the document only measures it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric: Option<Metric>,
    /// Name of the owning member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Name of the answerable team, where it is another than the objective's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// Weight in the objective's mean.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<Decimal>,
    /// Which matters most, 1 first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rank: Option<u32>,
    /// Certainty at the start, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certainty: Option<Decimal>,
    /// How often it is to be measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cadence: Option<Cadence>,
    /// Leading or lagging.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub indicator: Option<Indicator>,
    /// A name of one's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Where it stands in its life; a struck-through item is dropped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<KeyResultState>,
    /// Where it stands now, as the document has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub now: Option<Now>,
    /// Steps of a milestone key result that the document ticks as done.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub steps_done: Vec<String>,
    /// Confidence now, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Decimal>,
    /// A word on where it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Score in the middle of the cycle, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mid_score: Option<Decimal>,
    /// Score expected at the end of the cycle, 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub projected_score: Option<Decimal>,
    /// Score at the end of the cycle, 0 to 1: its grade.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub final_score: Option<Decimal>,
    /// Dated measurements, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub check_ins: Vec<CheckIn>,
    /// The line that it stands on, from 1; 0 where there are no lines.
    #[serde(skip_serializing_if = "is_zero")]
    pub line: usize,
}

/// Where a key result stands, without a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Now {
    /// Ticked or not.
    Done(bool),
    /// Its value.
    Value(Decimal),
    /// How much of the way is done, 0 to 1 and beyond.
    Progress(Decimal),
}

/// A dated measurement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckIn {
    /// The date that it speaks of.
    pub date: Date,
    /// The value; for a binary key result 0 or 1.
    pub value: Decimal,
    /// The step of a milestone key result that the value, 0 or 1, is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// Confidence, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Decimal>,
    /// Projected value at the cycle's end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub projection: Option<Decimal>,
    /// A word on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The line that it stands on, from 1; 0 where there are no lines.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub line: usize,
}

/// A line, or a part of it, that was not understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unread {
    /// Its number, from 1.
    pub line: usize,
    /// What stands there.
    pub text: String,
    /// Why it was left out, as a sentence.
    pub why: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
const fn is_zero(line: &usize) -> bool {
    *line == 0
}
