//! `okr due`.

use quarterdeck_core::calendar::Date;
use quarterdeck_core::token::DueKind;

use super::document::{Document, Line, Style};
use super::status::as_of;
use super::table::{Column, Table};
use super::{View, time};
use crate::json::{DueLine, DueList};
use crate::number::{count, with_unit};

/// What is overdue, and what comes next.
#[must_use]
pub fn due_list(found: &DueList, view: &View) -> Document {
    let mut document = Document::new();
    document.extend(as_of(found.as_of, view));
    let (overdue, next): (Vec<_>, Vec<_>) = found.due.iter().partition(|one| one.overdue);
    if overdue.is_empty() {
        document.push(
            Line::new()
                .with(Style::Good, "✓")
                .plain(" Nothing is overdue."),
        );
    } else {
        document.push(Line::new().strong("Overdue"));
        document.extend(table(&overdue, found.on).lines(view.width));
    }
    if !next.is_empty() {
        document.heading("Next");
        document.extend(table(&next, found.on).lines(view.width));
    }
    if found.as_of.is_some() {
        return document;
    }
    document.blank();
    let asked = overdue.first().or_else(|| next.first());
    if let Some((one, reference)) = asked.and_then(|one| Some((one, one.reference.as_ref()?))) {
        let command = match (one.kind, &one.kpi) {
            (DueKind::CheckIn, Some(kpi)) => format!("okr kpi record {kpi} VALUE"),
            (DueKind::CheckIn, None) => format!("okr checkin {reference} VALUE"),
            (DueKind::Initiative, _) => format!("okr initiative done {reference}"),
            (DueKind::Todo, _) => format!("okr todo count {reference} QUANTITY"),
        };
        document.hint("say how it stands", &command);
    }
    for cycle in &found.not_started {
        let why = format!("{cycle} asks for nothing before it is active");
        document.hint(&why, &format!("okr cycle activate {cycle}"));
    }
    document
}

fn table(lines: &[&DueLine], on: Date) -> Table {
    let mut table = Table::new([
        Column::new("ref"),
        Column::new("what").cut(20),
        Column::new("kind").spare(2),
        Column::new("due"),
        Column::new("last").spare(1),
        Column::new("owner").cut(10),
        Column::new("objective").cut(16).spare(3),
    ])
    .untitled()
    .indent(2);
    for one in lines {
        let reference = one.reference.as_ref();
        table.row([
            reference.map_or_else(Line::new, |reference| Line::new().reference(reference)),
            Line::new().said(Style::Strong, &one.title),
            Line::new().muted(one.kind.word()),
            when(one),
            (one.last).map_or_else(
                || {
                    Line::new().muted(if one.kind == DueKind::CheckIn {
                        "never"
                    } else {
                        ""
                    })
                },
                |last| Line::new().muted(format!("last {}", time::relative(last, on))),
            ),
            Line::new().said(Style::Plain, one.owner.as_deref().unwrap_or_default()),
            (one.objective.as_ref()).map_or_else(Line::new, |found| {
                Line::new().said(Style::Muted, &found.title)
            }),
        ]);
    }
    table
}

fn when(one: &DueLine) -> Line {
    if let Some(behind) = one.behind {
        let behind = with_unit(behind, one.unit.as_deref());
        let style = if one.overdue { Style::Bad } else { Style::Warn };
        return Line::new().with(style, format!("{behind} behind"));
    }
    match one.days_late {
        0 => Line::new().with(Style::Warn, "today"),
        late if late > 0 => {
            let style = if one.overdue { Style::Bad } else { Style::Warn };
            Line::new().with(style, format!("{} late", count(late.unsigned_abs(), "day")))
        }
        ahead => Line::new().plain(format!("in {}", count(ahead.unsigned_abs(), "day"))),
    }
}
