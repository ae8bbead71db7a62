//! A cycle graded again as a table: the cycle, its teams, objectives and key results.

use quarterdeck_exchange::tables::{Cell, Table};
use quarterdeck_report::json::{BothGrades, Regrade};

use super::{number, text, texts, yes};

const COLUMNS: &[&str] = &[
    "cycle",
    "kind",
    "ref",
    "title",
    "state",
    "graded",
    "was",
    "was_band",
    "would_be",
    "would_be_band",
    "difference",
    "weight",
    "weight_would_be",
];

/// Both gradings, as `okr regrade` shows them.
pub(in crate::commands) fn regrade(told: &Regrade) -> Table {
    let row = |head: [Cell; 4], graded: Cell, of: BothGrades, weights: [Cell; 2]| {
        let mut row = vec![text(&told.cycle)];
        row.extend(head);
        row.extend([
            graded,
            number(of.was),
            texts(of.was_band.map(|band| band.word())),
            number(of.would_be),
            texts(of.would_be_band.map(|band| band.word())),
            number(of.difference),
        ]);
        row.extend(weights);
        row
    };
    let none = || [Cell::Empty, Cell::Empty];
    let mut rows = Vec::new();
    for (kind, of) in [
        ("cycle", told.grades),
        ("committed", told.committed),
        ("aspirational", told.aspirational),
    ] {
        let head = [text(kind), Cell::Empty, Cell::Empty, Cell::Empty];
        rows.push(row(head, Cell::Empty, of, none()));
    }
    for team in &told.teams {
        let head = [
            text("team"),
            text(&team.reference),
            text(&team.name),
            Cell::Empty,
        ];
        rows.push(row(head, Cell::Empty, team.grades, none()));
    }
    for objective in &told.objectives {
        let head = [
            text("objective"),
            text(&objective.reference),
            text(&objective.title),
            text(objective.state.word()),
        ];
        rows.push(row(head, Cell::Empty, objective.grades, none()));
        for one in &objective.key_results {
            let head = [
                text("key result"),
                text(&one.reference),
                text(&one.title),
                text(one.state.word()),
            ];
            let weights = [Cell::Number(one.weight), Cell::Number(one.weight_would_be)];
            rows.push(row(head, yes(one.graded), one.grades, weights));
        }
    }
    Table {
        name: "Regrade",
        columns: COLUMNS,
        rows,
    }
}
