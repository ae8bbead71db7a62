//! `okr regrade`: a cycle by other rules, beside what was graded.

use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::token::KeyResultState;

use super::View;
use super::closing::{banded, closed};
use super::document::{Document, Line, Style};
use super::goalposts::title;
use super::status::as_of;
use super::table::{Column, Table};
use crate::json::{BothGrades, KeyResultRegraded, Regrade};
use crate::number::{change, number};

/// A cycle graded again, beside what was graded.
#[must_use]
pub fn regrade(found: &Regrade, view: &View) -> Document {
    let mut document = Document::new();
    let title = title(&found.workspace, &found.cycle, None);
    document.push(
        title
            .muted("  graded again; nothing is recorded")
            .cut(view.width),
    );
    document.extend(as_of(found.as_of, view));
    if let Some(bound) = &found.closing {
        document.push(closed(bound, found.head, found.on, view).cut(view.width));
    }
    for rule in &found.rules {
        document.hanging(Line::new().muted("rule"), rule, 6, view.width);
    }
    document.push(labelled("grade", found.grades));
    if told(found.committed) && told(found.aspirational) {
        document.push(labelled("  committed", found.committed));
        document.push(labelled("  aspirational", found.aspirational));
    }
    document.blank();
    for team in &found.teams {
        let named = Line::new().plain("  ").said(Style::Plain, &team.name);
        document.push(named.plain("  ").join(both(team.grades)).cut(view.width));
    }
    document.blank();
    let mut table = Table::new([
        Column::new("ref"),
        Column::new("key result").cut(16),
        Column::new("was"),
        Column::new("would be"),
        Column::new("").right(),
        Column::new("weight").spare(1),
        Column::new("").spare(2),
    ])
    .indent(2);
    for objective in &found.objectives {
        let figures = both(objective.grades);
        let named = Line::new()
            .reference(&objective.reference)
            .plain("  ")
            .said(Style::Strong, &objective.title)
            .cut(view.width.saturating_sub(figures.width() + 2));
        table.across(named.plain("  ").join(figures));
        for one in &objective.key_results {
            table.row(cells(one));
        }
    }
    document.extend(table.lines(view.width));
    document
}

fn told(grades: BothGrades) -> bool {
    grades.was.is_some() || grades.would_be.is_some()
}

fn labelled(label: &str, grades: BothGrades) -> Line {
    Line::new().plain(label).plain(" ").join(both(grades))
}

/// `0.61 amber → 0.70 green (+0.09)`
fn both(grades: BothGrades) -> Line {
    if !told(grades) {
        return Line::new().muted("no grade");
    }
    let line = was(grades).plain(" → ").join(would(grades));
    match difference(grades.difference) {
        difference if difference.is_empty() => line,
        difference => line.muted(" (").join(difference).muted(")"),
    }
}

fn was(grades: BothGrades) -> Line {
    match (grades.was, grades.was_band) {
        (Some(grade), Some(band)) => banded(grade, band),
        _ => Line::new().muted("none"),
    }
}

fn would(grades: BothGrades) -> Line {
    match (grades.would_be, grades.would_be_band) {
        (Some(grade), Some(band)) => banded(grade, band),
        _ => Line::new().muted("none"),
    }
}

fn difference(by: Option<Decimal>) -> Line {
    match by {
        Some(by) if by != Decimal::ZERO => Line::new().muted(change(by)),
        _ => Line::new(),
    }
}

fn cells(found: &KeyResultRegraded) -> Vec<Line> {
    let weight = if found.weight == found.weight_would_be {
        number(found.weight)
    } else {
        format!(
            "{} → {}",
            number(found.weight),
            number(found.weight_would_be)
        )
    };
    let aside = match found.state {
        KeyResultState::Active if found.graded => String::new(),
        KeyResultState::Active => "not graded yet".to_owned(),
        state => state.word().to_owned(),
    };
    vec![
        Line::new().reference(&found.reference),
        Line::new().said(Style::Plain, &found.title),
        was(found.grades),
        would(found.grades),
        difference(found.grades.difference),
        Line::new().plain(weight),
        Line::new().muted(aside),
    ]
}
