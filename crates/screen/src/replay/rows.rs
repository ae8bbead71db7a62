//! Objectives and their key results as rows, as they stood at a stop.

use std::collections::BTreeSet;

use quarterdeck_core::id::{KeyResultId, Uuid};
use quarterdeck_report::json::{Status, StatusKeyResult, StatusObjective};
use quarterdeck_report::text::{Line, Style, figures};

use crate::part::{beside, filled};

/// Rows as wide as this have room for the score as a number.
const ROOMY: usize = 50;

/// What a row is of.
#[derive(Debug, Clone, Copy)]
pub(super) enum Goal<'s> {
    Objective(&'s StatusObjective, bool),
    KeyResult(&'s StatusKeyResult),
}

impl Goal<'_> {
    pub(super) const fn id(&self) -> Uuid {
        match self {
            Self::Objective(found, _) => found.id.uuid(),
            Self::KeyResult(found) => found.id.uuid(),
        }
    }

    /// The key result whose curve is drawn: itself, or the objective's first.
    pub(super) fn measured(&self) -> Option<KeyResultId> {
        match self {
            Self::Objective(found, _) => found.key_results.first().map(|one| one.id),
            Self::KeyResult(found) => Some(found.id),
        }
    }

    pub(super) fn line(&self, width: usize) -> Line {
        let (left, score, status, word) = match self {
            Self::Objective(found, is_folded) => {
                let fold = match (found.key_results.is_empty(), is_folded) {
                    (true, _) => "  ",
                    (false, true) => "▸ ",
                    (false, false) => "▾ ",
                };
                let counts = found.status.is_some() || found.score.is_some();
                let style = if counts { Style::Strong } else { Style::Muted };
                let left = Line::new().muted(fold).said(style, &found.title);
                let score = found.grade.or(found.score);
                (left, score, found.status, figures::objective_status(found))
            }
            Self::KeyResult(found) => {
                let counts = found.status.is_some();
                let style = if counts { Style::Plain } else { Style::Muted };
                let left = Line::new().plain("    ").said(style, &found.title);
                let grade = found.grade.as_ref().map(|grade| grade.grade);
                let score = grade.or(found.score);
                (left, score, found.status, figures::key_result_status(found))
            }
        };
        let mut right = Line::new();
        if width >= ROOMY {
            right = filled(figures::score(score), 4).plain(" ");
        }
        let bar = filled(figures::progress_bar(score, status), 6);
        beside(
            left,
            right.join(bar).plain(" ").join(filled(word, 11)),
            width,
        )
    }
}

/// The rows at a stop.
pub(super) fn rows<'s>(status: &'s Status, folded: &BTreeSet<Uuid>) -> Vec<Goal<'s>> {
    let mut rows = Vec::new();
    for objective in &status.objectives {
        let is_folded = folded.contains(&objective.id.uuid());
        rows.push(Goal::Objective(objective, is_folded));
        if !is_folded {
            rows.extend(objective.key_results.iter().map(Goal::KeyResult));
        }
    }
    rows
}
