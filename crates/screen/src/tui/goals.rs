//! The cascade as rows: what is folded is left out, each row with its figures at the right.

use std::collections::BTreeSet;

use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::id::Uuid;
use quarterdeck_core::token::{KeyResultState, ObjectiveState, Status};
use quarterdeck_report::json::{Tree, TreeKeyResult, TreeObjective};
use quarterdeck_report::names::Ref;
use quarterdeck_report::text::{Line, Style, figures};

use crate::part::beside;

/// Columns of the figures of a row.
const FIGURES: usize = 25;
/// Rows as wide as this have room for who answers.
const WIDE: usize = 76;

/// A row of the cascade.
#[derive(Debug, Clone)]
pub(crate) struct GoalRow {
    /// Its id.
    pub(crate) id: Uuid,
    /// Its reference.
    pub(crate) reference: Ref,
    /// Its title.
    pub(crate) title: String,
    /// Whether it is measured: a key result.
    pub(crate) is_key_result: bool,
    /// How deep it stands.
    pub(crate) depth: usize,
    /// Whether there is something below it.
    pub(crate) has_below: bool,
    is_folded: bool,
    is_live: bool,
    is_pending: bool,
    score: Option<Decimal>,
    status: Option<Status>,
    word: &'static str,
    who: Option<String>,
    warning: Option<&'static str>,
    /// Its cycle, where that is another than the one that is shown.
    cycle: Option<String>,
}

impl GoalRow {
    /// The row in so many columns.
    pub(crate) fn line(&self, width: usize) -> Line {
        let fold = match (self.has_below, self.is_folded) {
            (true, true) => "▸ ",
            (true, false) => "▾ ",
            (false, _) => "  ",
        };
        let style = match (self.is_live, self.is_key_result) {
            (false, _) => Style::Muted,
            (true, true) => Style::Plain,
            (true, false) => Style::Strong,
        };
        let mut left = (Line::new())
            .plain("  ".repeat(self.depth))
            .muted(fold)
            .said(style, &self.title);
        if let Some(cycle) = &self.cycle {
            left = left.plain("  ").said(Style::Muted, cycle);
        }
        if self.is_pending {
            left = left.with(Style::Warn, format!(" {}", figures::PENDING));
        }
        if let Some(warning) = self.warning {
            left = left.with(Style::Warn, format!("  {warning}"));
        }
        let mut right = Line::new();
        if width >= WIDE
            && let Some(who) = &self.who
        {
            right = right.said(Style::Muted, who).plain("  ").cut(16);
        }
        right = right.join(self.figures());
        beside(left, right, width)
    }

    /// Score, bar and status, in [`FIGURES`] columns.
    fn figures(&self) -> Line {
        let score = figures::score(self.score);
        let bar = figures::progress_bar(self.score, self.status);
        let line = padded(score, 4).plain(" ").join(padded(bar, 6)).plain(" ");
        let word = match self.status {
            Some(status) => figures::status(status),
            None => Line::new().muted(self.word),
        };
        padded(line.join(word), FIGURES)
    }
}

fn padded(line: Line, width: usize) -> Line {
    crate::part::filled(line, width)
}

/// The rows of a cascade, without what stands below what is folded.
pub(crate) fn rows(tree: &Tree, folded: &BTreeSet<Uuid>) -> Vec<GoalRow> {
    let shown = tree.cycle.as_ref().map(|cycle| cycle.name.as_str());
    let mut builder = Builder {
        rows: Vec::new(),
        folded,
        shown,
    };
    for top in &tree.tree {
        builder.objective(top, 0);
    }
    builder.rows
}

/// Puts rows below each other.
struct Builder<'f> {
    rows: Vec<GoalRow>,
    folded: &'f BTreeSet<Uuid>,
    /// Name of the cycle that is shown.
    shown: Option<&'f str>,
}

impl Builder<'_> {
    fn objective(&mut self, found: &TreeObjective, depth: usize) {
        let id = found.id.uuid();
        let has_below = !found.key_results.is_empty() || !found.supported_by.is_empty();
        let is_live = !matches!(
            found.state,
            ObjectiveState::Deferred | ObjectiveState::Dropped | ObjectiveState::Withdrawn
        );
        let level = found.level.map(|level| level.word().to_owned());
        self.rows.push(GoalRow {
            id,
            reference: found.reference.clone(),
            title: found.title.clone(),
            is_key_result: false,
            depth,
            has_below,
            is_folded: self.folded.contains(&id),
            is_live,
            is_pending: found.is_pending,
            score: found.score,
            status: found.status,
            word: standing(found.closed, is_live, found.state.word()),
            who: (found.team.clone())
                .or_else(|| found.owner.clone())
                .or(level),
            warning: match (&found.broken, found.unaligned) {
                (Some(_), _) => Some("supports what does not count any more"),
                (None, true) => Some("supports nothing"),
                (None, false) => None,
            },
            cycle: (found.cycle.clone()).filter(|cycle| Some(cycle.as_str()) != self.shown),
        });
        if self.folded.contains(&id) {
            return;
        }
        for one in &found.key_results {
            self.key_result(one, depth + 1);
        }
        for one in &found.supported_by {
            self.objective(one, depth + 1);
        }
    }

    fn key_result(&mut self, found: &TreeKeyResult, depth: usize) {
        let id = found.id.uuid();
        let is_live = found.state == KeyResultState::Active;
        self.rows.push(GoalRow {
            id,
            reference: found.reference.clone(),
            title: found.title.clone(),
            is_key_result: true,
            depth,
            has_below: !found.supported_by.is_empty(),
            is_folded: self.folded.contains(&id),
            is_live,
            is_pending: false,
            score: found.score,
            status: found.status,
            word: standing(found.closed, is_live, found.state.word()),
            who: found.team.clone(),
            warning: None,
            cycle: None,
        });
        if self.folded.contains(&id) {
            return;
        }
        for one in &found.supported_by {
            self.objective(one, depth + 1);
        }
    }
}

/// What is said where there is no status.
const fn standing(is_closed: bool, is_live: bool, state: &'static str) -> &'static str {
    match (is_live, is_closed) {
        (false, _) => state,
        (true, true) => "closed",
        (true, false) => "",
    }
}
