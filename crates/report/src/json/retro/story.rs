//! What happened, in sentences whose parts say what they name.

use quarterdeck_core::calendar::Date;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::id::ObjectiveId;
use serde::Serialize;

use crate::names::Ref;

/// A sentence of the story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RetroSentence {
    /// What it tells, such as `stall`; for whoever marks kinds apart.
    pub kind: &'static str,
    /// Its parts, to be put behind one another as they are.
    pub parts: Vec<RetroPart>,
    /// The objective of which it tells; none for the whole cycle.
    pub objective: Option<ObjectiveId>,
    /// Positions of the entries behind it.
    pub entries: Vec<u64>,
}

/// A part of a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RetroPart {
    /// `text`, `person`, `goal`, `number`, `share` or `date`.
    pub part: &'static str,
    /// What it says; that of a person, a goal, and a number's unit, is what people wrote.
    pub text: String,
    /// Reference of the person or goal.
    #[serde(rename = "ref")]
    pub reference: Option<Ref>,
    /// The number or share.
    pub number: Option<Decimal>,
    /// The date.
    pub date: Option<Date>,
}

impl RetroSentence {
    /// The sentence as text.
    #[must_use]
    pub fn text(&self) -> String {
        self.parts.iter().map(|part| part.text.as_str()).collect()
    }
}
