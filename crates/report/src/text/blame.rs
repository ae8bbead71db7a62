//! `okr blame`.

use super::document::{Document, Line, Style};
use super::log::{pending_hint, position, when, who, why};
use super::table::{Column, Table};
use super::{View, time};
use crate::json::{Blame, BlameField, BlameSet};

/// Each field with the change that set it, and below it why.
#[must_use]
pub fn blame(found: &Blame, view: &View) -> Document {
    let mut document = Document::new();
    let mut title = Line::new();
    if let Some(reference) = &found.reference {
        title = title.reference(reference).plain("  ");
    }
    title = title.said(Style::Strong, found.title.as_deref().unwrap_or(found.noun));
    document.push(title.cut(view.width));
    document.blank();
    let mut table = Table::new([
        Column::new("field"),
        Column::new("value").cut(16),
        Column::new("was").cut(8).spare(1),
        Column::new("who").cut(10),
        Column::new("when"),
        Column::new("device").cut(8).spare(2),
        Column::new("#").right(),
    ]);
    for field in &found.fields {
        let value = Line::new().said(Style::Strong, &field.shown);
        let name = Line::new().plain(&field.field);
        match field.set_by.as_ref().or_else(|| field.since.last()) {
            None => table.row([name, value]),
            Some(set) => table.row([
                name,
                value,
                (set.previous_shown.as_ref())
                    .map_or_else(Line::new, |was| Line::new().said(Style::Muted, was)),
                who(&set.event),
                when(&set.event, view),
                Line::new().said(Style::Muted, &set.event.device),
                position(&set.event),
            ]),
        }
        for line in below(field, view) {
            table.across(Line::new().plain("    ").join(line));
        }
    }
    document.extend(table.lines(view.width));
    let mut seen = std::collections::BTreeSet::new();
    let sets = (found.fields.iter()).flat_map(|field| field.set_by.iter().chain(&field.since));
    let events = sets
        .map(|set| &set.event)
        .filter(|event| seen.insert(event.id));
    pending_hint(&mut document, events);
    document
}

/// Below a field: the measurement, the reason, what was added since, and what contends.
fn below(field: &BlameField, view: &View) -> Vec<Line> {
    let mut lines = Vec::new();
    if let Some(set) = &field.set_by {
        let mut told = measured(set, view);
        if let Some(computed) = field.computed {
            told = and(told, Line::new().muted(format!("computed {computed:.2}")));
        }
        told = and(told, why(&set.event));
        if let Some(side) = set.conflict {
            let said = match side {
                "in_effect" | "contends" => "in conflict: not settled",
                _ => "was in conflict: settled",
            };
            told = and(told, Line::new().with(Style::Warn, said));
        }
        lines.push(told);
    }
    for set in &field.since {
        let head = measured(set, view);
        let by = Line::new()
            .muted("by ")
            .join(who(&set.event))
            .muted(", ")
            .join(when(&set.event, view));
        lines.push(and(and(head, by), why(&set.event)));
    }
    for side in &field.contending {
        let at = time::moment(side.authored, &view.zone, view.today);
        let said = format!("contends: {} by {}, {at}", side.shown, side.member);
        let mut told = Line::new().said(Style::Warn, &said);
        if let Some(reason) = &side.reason {
            told = and(told, Line::new().said(Style::Muted, reason));
        }
        lines.push(told);
    }
    lines.retain(|line| !line.is_empty());
    lines
}

fn measured(set: &BlameSet, view: &View) -> Line {
    match (&set.measured_shown, set.measured_on) {
        (Some(said), Some(on)) => {
            let mut told = Line::new()
                .said(Style::Plain, said)
                .muted(format!(" for {}", time::day(on, view.today)));
            if let Some(reference) = &set.measurement {
                told = told.plain(" ").reference(reference);
            }
            told
        }
        _ => Line::new(),
    }
}

fn and(told: Line, more: Line) -> Line {
    if told.is_empty() || more.is_empty() {
        return told.join(more);
    }
    told.muted("; ").join(more)
}
