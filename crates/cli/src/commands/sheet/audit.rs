//! Histories, blame and diffs as tables: lines of the log with what each meant to a goal.

use quarterdeck_exchange::tables::{Cell, Table};
use quarterdeck_report::json::{Blame, Diff, DiffChange, HistoryLine, LogLine};

use super::{LOG, date, event, number, text, texts, whole, with, yes};

/// Changes with the figures after each, as `okr history` shows them.
pub(in crate::commands) fn history(lines: &[HistoryLine]) -> Table {
    Table {
        name: "History",
        columns: &HISTORY,
        rows: (lines.iter())
            .map(|line| {
                let mut cells = vec![
                    texts(line.goal.as_ref()),
                    text(line.goal_kind),
                    text(&line.goal_title),
                    number(line.value),
                    texts(line.unit.as_ref()),
                    number(line.baseline),
                    number(line.target),
                    number(line.weight),
                    texts(line.owner.as_ref()),
                    number(line.confidence),
                    number(line.score),
                    text(line.state),
                    date(line.ends),
                    yes(line.corrected),
                    whole(line.corrected_by),
                    yes(line.retracted),
                    texts(line.corrects.as_ref()),
                    texts(line.conflict),
                ];
                cells.extend(event(&line.event));
                cells
            })
            .collect(),
    }
}

const HISTORY: [&str; 39] = with(
    [
        "goal",
        "goal_kind",
        "goal_title",
        "value",
        "unit",
        "baseline",
        "target",
        "weight",
        "owner",
        "confidence",
        "score",
        "state",
        "ends",
        "corrected",
        "corrected_by",
        "retracted",
        "corrects",
        "conflict",
    ],
    LOG,
);

/// Fields with the change that set each, as `okr blame` shows them; what was added to a measured
/// value since follows as lines of its own.
pub(in crate::commands) fn blame(found: &Blame) -> Table {
    let rows = found.fields.iter().flat_map(|field| {
        let first = [(field.set_by.as_ref(), "set")];
        let since = field.since.iter().map(|set| (Some(set), "since"));
        first.into_iter().chain(since).filter_map(|(set, role)| {
            if set.is_none() && !field.since.is_empty() {
                return None;
            }
            let mut cells = vec![
                texts(found.reference.as_ref()),
                text(&field.field),
                text(role),
                texts(field.value.as_ref()),
                texts(set.and_then(|set| set.previous.as_ref())),
                texts(set.and_then(|set| set.measured.as_ref())),
                date(set.and_then(|set| set.measured_on)),
                number(field.computed),
                texts(set.and_then(|set| set.conflict)),
                texts(field.contending.first().map(|side| side.shown.as_str())),
            ];
            cells.extend(set.map_or_else(
                || LOG.map(|_| Cell::Empty).to_vec(),
                |set| event(&set.event),
            ));
            Some(cells)
        })
    });
    Table {
        name: "Blame",
        columns: &BLAME,
        rows: rows.collect(),
    }
}

const BLAME: [&str; 31] = with(
    [
        "of",
        "field",
        "role",
        "value",
        "previous",
        "measured",
        "measured_on",
        "computed",
        "conflict",
        "contending",
    ],
    LOG,
);

/// Differences, a line for each field and each event that made it, as `okr diff` shows them.
pub(in crate::commands) fn diff(found: &Diff) -> Table {
    let mut rows = Vec::new();
    for one in &found.cycles {
        let goal = Goal {
            objective: Cell::Empty,
            goal: text(&one.reference),
            title: text(&one.name),
            score: [number(one.from_score), number(one.score)],
        };
        goal.rows(&mut rows, one.became, one.added_by.as_ref(), &one.changes);
    }
    for above in &found.objectives {
        let goal = Goal {
            objective: text(&above.reference),
            goal: text(&above.reference),
            title: text(&above.title),
            score: [number(above.from_score), number(above.score)],
        };
        goal.rows(
            &mut rows,
            above.became,
            above.added_by.as_ref(),
            &above.changes,
        );
        for one in &above.key_results {
            let goal = Goal {
                objective: text(&above.reference),
                goal: text(&one.reference),
                title: text(&one.title),
                score: [number(one.from_score), number(one.score)],
            };
            goal.rows(&mut rows, one.became, one.added_by.as_ref(), &one.changes);
            let status = |status: Option<quarterdeck_core::token::Status>| {
                texts(status.map(quarterdeck_core::token::Status::word))
            };
            for (field, from, to) in [
                ("value", number(one.from_value), number(one.value)),
                (
                    "confidence",
                    number(one.from_confidence),
                    number(one.confidence),
                ),
                ("status", status(one.from_status), status(one.status)),
            ] {
                let by: &[LogLine] = if field == "value" { &one.measured } else { &[] };
                if from != to || !by.is_empty() {
                    goal.row(&mut rows, field, (from, to), Cell::Empty, by);
                }
            }
        }
    }
    Table {
        name: "Diff",
        columns: &DIFF,
        rows,
    }
}

/// What a line of a diff is about.
struct Goal {
    objective: Cell,
    goal: Cell,
    title: Cell,
    score: [Cell; 2],
}

impl Goal {
    fn rows(
        &self,
        rows: &mut Vec<Vec<Cell>>,
        became: Option<&'static str>,
        made: Option<&LogLine>,
        changes: &[DiffChange],
    ) {
        if became == Some("added") {
            let made = made.map(std::slice::from_ref).unwrap_or_default();
            let nothing = (Cell::Empty, Cell::Empty);
            self.row(rows, "added", nothing, text("added"), made);
        }
        for one in changes {
            let values = (texts(one.from.as_ref()), texts(one.to.as_ref()));
            self.row(rows, &one.field, values, text(&one.what), &one.by);
        }
        if became.is_none() && changes.is_empty() && self.score[0] != self.score[1] {
            let [from, to] = self.score.clone();
            self.row(rows, "score", (from, to), Cell::Empty, &[]);
        }
    }

    fn row(
        &self,
        rows: &mut Vec<Vec<Cell>>,
        field: &str,
        (from, to): (Cell, Cell),
        change: Cell,
        by: &[LogLine],
    ) {
        let [from_score, score] = self.score.clone();
        let head = vec![
            self.objective.clone(),
            self.goal.clone(),
            self.title.clone(),
            text(field),
            from,
            to,
            change,
            from_score,
            score,
        ];
        if by.is_empty() {
            let mut cells = head;
            cells.extend(LOG.map(|_| Cell::Empty));
            rows.push(cells);
            return;
        }
        for line in by {
            let mut cells = head.clone();
            cells.extend(event(line));
            rows.push(cells);
        }
    }
}

const DIFF: [&str; 30] = with(
    [
        "objective",
        "goal",
        "goal_title",
        "field",
        "from",
        "to",
        "change",
        "from_score",
        "score",
    ],
    LOG,
);
