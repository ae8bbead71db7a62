//! Initiatives and to-dos.

use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::token::WorkState;

use super::document::{Document, Line, Style};
use super::facts::Facts;
use super::figures::progress_bar;
use super::show::notes;
use super::status::as_of;
use super::table::{Column, Table};
use super::{View, time};
use crate::json::{
    InitiativeLine, InitiativeList, InitiativeShow, MeasuredRate, TodoLine, TodoList, TodoShow,
};
use crate::number::{number, percent, with_unit};

fn state(found: WorkState) -> Line {
    let (style, symbol) = match found {
        WorkState::Planned => (Style::Plain, "○"),
        WorkState::Active => (Style::Plain, "●"),
        WorkState::Done => (Style::Good, "✓"),
        WorkState::Dropped | WorkState::Withdrawn => (Style::Muted, "–"),
    };
    Line::new().with(style, format!("{symbol} {found}"))
}

fn due(found: &InitiativeLine, view: &View) -> Line {
    match found.due {
        None => Line::new(),
        Some(due) if found.overdue => {
            let late = view.today.days_since(due);
            let days = crate::number::count(late.unsigned_abs(), "day");
            Line::new().with(Style::Bad, format!("{due}, {days} late"))
        }
        Some(due) => Line::new().plain(due.to_string()),
    }
}

/// Initiatives, the next due first.
#[must_use]
pub fn initiatives(found: &InitiativeList, view: &View) -> Document {
    let mut document = Document::new();
    document.extend(as_of(found.as_of, view));
    if found.initiatives.is_empty() {
        document.hint(
            "no such initiatives",
            "okr initiative new \"TITLE\" --for REF --due DATE",
        );
        return document;
    }
    let mut table = Table::new([
        Column::new("ref"),
        Column::new("initiative").cut(24),
        Column::new("owner").cut(10),
        Column::new("due"),
        Column::new("state"),
        Column::new("moves").cut(16).spare(1),
    ]);
    for one in &found.initiatives {
        let moves = match (&one.supports, &one.supports_title) {
            (Some(reference), Some(title)) => {
                (Line::new().reference(reference).plain(" ")).said(Style::Muted, title)
            }
            _ => Line::new().with(Style::Warn, "nothing"),
        };
        table.row([
            Line::new().reference(&one.reference),
            Line::new().said(Style::Strong, &one.title),
            Line::new().said(Style::Plain, one.owner.as_deref().unwrap_or_default()),
            due(one, view),
            state(one.state),
            moves,
        ]);
    }
    document.extend(table.lines(view.width));
    document
}

/// An initiative with its to-dos and notes.
#[must_use]
pub fn initiative_show(found: &InitiativeShow, view: &View) -> Document {
    let mut document = Document::new();
    let one = &found.initiative;
    document
        .push((Line::new().reference(&one.reference).plain("  ")).said(Style::Strong, &one.title));
    if let Some(description) = &one.description {
        document.paragraph(Style::Plain, description, 2, view.width);
    }
    document.blank();
    let mut facts = Facts::new();
    facts.line("state", state(one.state));
    facts.text("owner", one.owner.as_deref());
    facts.line("due", due(one, view));
    if let (Some(reference), Some(title)) = (&one.supports, &one.supports_title) {
        let line = Line::new().reference(reference).plain("  ");
        facts.line("moves", line.said(Style::Plain, title));
    }
    document.extend(facts.lines(view.width));
    if !found.todos.is_empty() {
        document.heading("To-dos");
        document.extend(todo_table(&found.todos).lines(view.width));
    }
    notes(&mut document, &found.notes, view);
    document
}

/// To-dos, those that are behind first.
#[must_use]
pub fn todos(found: &TodoList, view: &View) -> Document {
    let mut document = Document::new();
    document.extend(as_of(found.as_of, view));
    if found.todos.is_empty() {
        document.hint(
            "no such to-dos",
            "okr todo new \"TITLE\" --quantity 5 --per day --for REF",
        );
        return document;
    }
    document.extend(todo_table(&found.todos).lines(view.width));
    document
}

fn todo_table(found: &[TodoLine]) -> Table {
    let mut table = Table::new([
        Column::new("ref"),
        Column::new("to-do").cut(20),
        Column::new("owner").cut(10).spare(2),
        Column::new("each"),
        Column::new("done").right(),
        Column::new("").spare(1),
        Column::new("behind").right(),
        Column::new("until").spare(3),
    ]);
    for one in found {
        let share = match (one.done, one.whole) {
            (Some(done), Some(whole)) => quarterdeck_core::decimal::ratio(done, whole, 4),
            _ => None,
        };
        let amount = |value: Option<Decimal>| value.map_or_else(|| "?".to_owned(), number);
        let behind = match one.behind {
            Some(behind) if behind > Decimal::ZERO => Line::new().with(Style::Warn, number(behind)),
            _ => Line::new(),
        };
        table.row([
            Line::new().reference(&one.reference),
            Line::new().said(Style::Strong, &one.title),
            Line::new().said(Style::Plain, one.owner.as_deref().unwrap_or_default()),
            Line::new().plain(format!("{} a {}", number(one.quantity), one.per)),
            Line::new().plain(format!("{} / {}", amount(one.done), amount(one.whole))),
            progress_bar(share, None),
            behind,
            match one.state {
                WorkState::Planned | WorkState::Active => Line::new().plain(one.ends.to_string()),
                other => state(other),
            },
        ]);
    }
    table
}

/// A to-do with what was counted and what it says about the plan.
#[must_use]
pub fn todo_show(found: &TodoShow, view: &View) -> Document {
    let mut document = Document::new();
    let one = &found.todo;
    let unit = one.unit.as_deref();
    document
        .push((Line::new().reference(&one.reference).plain("  ")).said(Style::Strong, &one.title));
    document.blank();
    let mut facts = Facts::new();
    facts.line("state", state(one.state));
    facts.text("owner", one.owner.as_deref());
    facts.line(
        "plan",
        Line::new().plain(format!(
            "{} a {}, {} to {}",
            with_unit(one.quantity, unit),
            one.per,
            one.starts,
            one.ends
        )),
    );
    if let (Some(done), Some(whole)) = (one.done, one.whole) {
        let told = format!("{} of {}", number(done), with_unit(whole, unit));
        facts.line("done", Line::new().plain(told));
    }
    if let Some(behind) = one.behind.filter(|behind| *behind > Decimal::ZERO) {
        facts.line(
            "behind",
            Line::new().with(Style::Warn, with_unit(behind, unit)),
        );
    }
    if let Some(needed) = one.needed_per_day.filter(|needed| *needed > Decimal::ZERO) {
        let told = format!(
            "{} on each working day that is left",
            with_unit(needed, unit)
        );
        facts.line("needed", Line::new().plain(told));
    }
    if let Some(reference) = &one.initiative {
        facts.line("initiative", Line::new().reference(reference));
    }
    if let Some(reference) = &one.key_result {
        facts.line("moves", Line::new().reference(reference));
    }
    document.extend(facts.lines(view.width));
    if let Some(measured) = &one.measured {
        document.blank();
        let style = match measured.needed {
            Some(needed) if needed <= measured.needed_as_planned => Style::Good,
            _ => Style::Warn,
        };
        document.paragraph(style, &said(measured, unit), 2, view.width);
    }
    if !found.counts.is_empty() {
        document.heading("Counted");
        let mut table = Table::new([
            Column::new(""),
            Column::new("").right(),
            Column::new("").cut(12),
            Column::new(""),
        ])
        .untitled()
        .indent(2);
        for count in &found.counts {
            table.row([
                Line::new().plain(time::day(count.effective, view.today)),
                Line::new().strong(number(count.quantity)),
                Line::new().said(Style::Muted, &count.member),
                Line::new().reference(&count.reference),
            ]);
        }
        document.extend(table.lines(view.width));
    }
    notes(&mut document, &found.notes, view);
    document
}

/// `Planned 30 %, measured 24 % (12 of 50): 55 contacts are needed, not 44.`
fn said(found: &MeasuredRate, unit: Option<&str>) -> String {
    let mut text = format!(
        "Planned {}, measured {} ({} of {})",
        percent(found.planned),
        percent(found.measured),
        number(found.through),
        number(found.entered)
    );
    match found.needed {
        None => text.push_str(": nothing has come through yet."),
        Some(needed) if needed == found.needed_as_planned => {
            text.push_str(&format!(
                ": {} are needed, as planned.",
                with_unit(needed, unit)
            ));
        }
        Some(needed) => text.push_str(&format!(
            ": {} are needed, not {}.",
            with_unit(needed, unit),
            number(found.needed_as_planned)
        )),
    }
    if found.small_sample
        && let Some([low, high]) = found.range
    {
        text.push_str(&format!(
            " So few say little: the true rate may be anything from {} to {}.",
            percent(low),
            percent(high)
        ));
    }
    text
}
