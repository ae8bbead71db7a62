//! Whether a cycle's goals were ambitious enough, told.

use quarterdeck_core::decimal::{Decimal, ratio};
use quarterdeck_core::id::KeyResultId;
use quarterdeck_core::retro::ambition::{Ambition, ENOUGH, Judged, Verdict};
use quarterdeck_core::retro::{Short, Why};
use quarterdeck_core::value::Subject;
use serde::Serialize;

use super::story::parts;
use super::{RetroPart, Told};
use crate::names::Ref;
use crate::number::{count, percent};

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

pub(super) fn ambition(told: &Told<'_>, found: &Ambition) -> RetroAmbition {
    let share = |many: usize| ratio(many.into(), found.key_results.into(), 2);
    RetroAmbition {
        key_results: found.key_results,
        near_one: found.near_one,
        green: found.green,
        amber: found.amber,
        red: found.red,
        aspirational: found.aspirational,
        at_aim: found.at_aim,
        near_one_share: share(found.near_one),
        red_share: share(found.red),
        verdict: match found.judged {
            Judged::Verdict(verdict) => Some(verdict.words()),
            Judged::Running | Judged::TooFew => None,
        },
        told: sentence(found),
        short: found.short.iter().map(|one| short(told, one)).collect(),
    }
}

/// The verdict in a sentence, or why there is none.
fn sentence(found: &Ambition) -> String {
    let of = count(found.key_results, "key result");
    let part = |many: usize| {
        let share = ratio(many.into(), found.key_results.into(), 2).unwrap_or_default();
        format!("{many} of {of} ({})", percent(share))
    };
    match found.judged {
        Judged::Running => "The cycle has not ended: it is too early to tell.".to_owned(),
        Judged::TooFew => format!("{of} with an outcome: a verdict takes {ENOUGH}."),
        Judged::Verdict(Verdict::TooMuch) => format!(
            "It asked for too much: {} ended below 0.4.",
            part(found.red)
        ),
        Judged::Verdict(Verdict::TooEasy) => format!(
            "It was too easy: {} ended at 0.95 or above.",
            part(found.near_one)
        ),
        Judged::Verdict(Verdict::AboutRight) => format!(
            "It was about right: {} ended at 0.95 or above, {} below 0.4.",
            part(found.near_one),
            found.red
        ),
    }
}

fn short(told: &Told<'_>, found: &Short) -> RetroShort {
    RetroShort {
        reference: told.names.key_result(found.key_result),
        id: found.key_result,
        title: (told.names.title(Subject::KeyResult(found.key_result))).unwrap_or_default(),
        outcome: found.outcome.round(2),
        why: found.why.iter().map(|one| why(told, one)).collect(),
    }
}

fn why(told: &Told<'_>, found: &Why) -> RetroWhy {
    RetroWhy {
        kind: found.kind,
        parts: parts(told, &found.parts),
        entries: told.recorded(&found.entries),
    }
}

impl RetroWhy {
    /// The reason as text.
    #[must_use]
    pub fn text(&self) -> String {
        self.parts.iter().map(|part| part.text.as_str()).collect()
    }
}
