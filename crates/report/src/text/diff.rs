//! `okr diff`.

use super::document::{Document, Line, Style};
use super::log::{pending_hint, when, who, why};
use super::{View, time};
use crate::json::{Diff, DiffChange, DiffCycle, DiffKeyResult, DiffObjective, LogLine};
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::token::CycleState;

/// So many events that made one change are told one by one.
const TOLD: usize = 5;

/// What changed, cycle by cycle and objective by objective.
#[must_use]
pub fn diff(found: &Diff, view: &View) -> Document {
    let mut document = Document::new();
    let mut title = Line::new();
    if let Some(reference) = &found.reference {
        title = title.reference(reference).plain("  ");
    }
    let name = found.title.as_deref().unwrap_or(&found.workspace);
    let from = time::day(found.from_on, view.today);
    let to = time::day(found.on, view.today);
    let moment = |moment: Option<&dyn std::fmt::Display>, day: String| match moment {
        Some(moment) if moment.to_string().starts_with('#') => format!("{moment} ({day})"),
        _ => day,
    };
    let span = format!(
        "  {} to {}",
        moment(Some(&found.from), from),
        moment(found.to.as_ref().map(|to| to as &dyn std::fmt::Display), to),
    );
    document.push(title.said(Style::Strong, name).muted(span).cut(view.width));
    for one in &found.cycles {
        cycle(&mut document, one, view);
    }
    if found.cycles.is_empty() && found.objectives.is_empty() {
        document.push(Line::new().plain("Nothing changed."));
    }
    for one in &found.objectives {
        objective(&mut document, one, view);
    }
    let mut seen = std::collections::BTreeSet::new();
    let events = events(found).filter(|event| seen.insert(event.id));
    pending_hint(&mut document, events);
    document
}

fn events(found: &Diff) -> impl Iterator<Item = &LogLine> {
    let cycles = (found.cycles.iter()).flat_map(|one| one.added_by.iter().chain(by(&one.changes)));
    let objectives =
        (found.objectives.iter()).flat_map(|one| one.added_by.iter().chain(by(&one.changes)));
    let key_results = (found.objectives.iter()).flat_map(|one| &one.key_results);
    cycles.chain(objectives).chain(key_results.flat_map(|one| {
        let made = one.added_by.iter().chain(by(&one.changes));
        made.chain(&one.measured)
    }))
}

fn by(changes: &[DiffChange]) -> impl Iterator<Item = &LogLine> {
    changes.iter().flat_map(|one| &one.by)
}

fn cycle(document: &mut Document, one: &DiffCycle, view: &View) {
    let mut line = Line::new().said(Style::Plain, &one.name).plain(": ");
    line = match (one.became, one.state, one.score) {
        (_, CycleState::Closed, Some(grade)) => {
            line.plain("closed, grade ").strong(format!("{grade:.2}"))
        }
        (Some(_), _, None) => line.plain("added"),
        _ => match step(one.from_score, one.score) {
            Some(step) => line.plain("score ").strong(step),
            None => line.plain("no score"),
        },
    };
    document.push(line.plain(".").cut(view.width));
    changes(document, &one.changes, 2, view);
}

fn objective(document: &mut Document, one: &DiffObjective, view: &View) {
    document.blank();
    let mut line = Line::new()
        .reference(&one.reference)
        .plain("  ")
        .said(Style::Strong, &one.title);
    if let Some(became) = one.became {
        line = line.with(style(became), format!("  {became}"));
    }
    document.push(scored(line, one.from_score, one.score, view.width));
    who_did(document, one.added_by.as_slice(), 2, view, false);
    changes(document, &one.changes, 2, view);
    for one in &one.key_results {
        key_result(document, one, view);
    }
}

fn key_result(document: &mut Document, one: &DiffKeyResult, view: &View) {
    let mut line = Line::new()
        .plain("  ")
        .reference(&one.reference)
        .plain("  ")
        .said(Style::Plain, &one.title);
    if let Some(became) = one.became {
        line = line.with(style(became), format!("  {became}"));
    }
    document.push(scored(line, one.from_score, one.score, view.width));
    who_did(document, one.added_by.as_slice(), 4, view, false);
    changes(document, &one.changes, 4, view);
    for (at, moved) in one.moved.iter().enumerate() {
        document.push(indented(4).said(Style::Plain, moved).cut(view.width));
        // The first tells of the value, where there is anything that was measured.
        if at == 0 {
            who_did(document, &one.measured, 6, view, true);
        }
    }
}

/// The score at the end of a line: `0.20 → 0.62`.
fn scored(line: Line, from: Option<Decimal>, to: Option<Decimal>, width: usize) -> Line {
    let Some(step) = step(from, to) else {
        return line.cut(width);
    };
    let room = width.saturating_sub(step.chars().count() + 2);
    let line = line.cut(room);
    let pad = room.min(64).saturating_sub(line.width());
    line.plain(" ".repeat(pad + 2)).strong(step)
}

/// `0.20 → 0.62`; what it is alone where that is the same or nothing before.
fn step(from: Option<Decimal>, to: Option<Decimal>) -> Option<String> {
    match (from, to) {
        (Some(from), Some(to)) if from != to => Some(format!("{from:.2} → {to:.2}")),
        (Some(from), None) => Some(format!("{from:.2} → none")),
        (None, to) | (Some(_), to) => to.map(|to| format!("{to:.2}")),
    }
}

fn style(became: &str) -> Style {
    match became {
        "added" | "resumed" => Style::Good,
        _ => Style::Warn,
    }
}

fn changes(document: &mut Document, changes: &[DiffChange], indent: usize, view: &View) {
    for one in changes {
        document.push(
            indented(indent)
                .said(Style::Plain, &one.what)
                .cut(view.width),
        );
        who_did(document, &one.by, indent + 2, view, false);
    }
}

/// Who did it, when, and why; of many events the last ones.
fn who_did(document: &mut Document, by: &[LogLine], indent: usize, view: &View, said: bool) {
    let left_out = by.len().saturating_sub(TOLD);
    if left_out > 0 {
        let more = crate::number::count(left_out, "earlier event");
        document.push(indented(indent).muted(more));
    }
    for event in by.iter().skip(left_out) {
        let mut line = indented(indent)
            .join(who(event))
            .muted(", ")
            .join(when(event, view));
        if let Some(seq) = event.seq {
            line = line.muted(format!(", #{seq}"));
        }
        if said {
            line = line.muted(": ").join(super::log::what(event, view));
        }
        let why = why(event);
        if !why.is_empty() {
            line = line.muted(if said { "; " } else { ": " }).join(why);
        }
        document.push(line.cut(view.width));
    }
}

fn indented(by: usize) -> Line {
    Line::new().plain(" ".repeat(by))
}
