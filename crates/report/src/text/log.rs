//! `okr log` and `okr history`.

use quarterdeck_core::late;

use super::document::{Document, Line, Style};
use super::figures::PENDING;
use super::table::{Column, Table};
use super::{View, time};
use crate::json::{HistoryLine, LogLine};
use crate::number::{count, number, with_unit};

/// Events in the order given.
#[must_use]
pub fn log(lines: &[LogLine], view: &View) -> Document {
    let mut table = Table::new([
        Column::new("#").right(),
        Column::new("when"),
        Column::new("who").cut(10),
        Column::new("device").cut(8).spare(3),
        Column::new("about"),
        Column::new("title").cut(14).spare(2),
        Column::new("what").cut(26),
        Column::new("why").cut(14).spare(1),
    ]);
    for line in lines {
        table.row([
            position(line),
            when(line, view),
            who(line),
            Line::new().said(Style::Muted, &line.device),
            (line.reference.as_ref()).map_or_else(Line::new, |found| Line::new().reference(found)),
            Line::new().said(Style::Muted, line.title.as_deref().unwrap_or_default()),
            what(line, view),
            why(line),
        ]);
    }
    let mut document = Document::new();
    if lines.is_empty() {
        document.push(Line::new().plain("No events."));
    }
    document.extend(table.lines(view.width));
    pending_hint(&mut document, lines.iter());
    document
}

/// How a key result changed, oldest first as given.
#[must_use]
pub fn history(lines: &[HistoryLine], view: &View) -> Document {
    let mut document = Document::new();
    let (Some(first), Some(last)) = (lines.first(), lines.last()) else {
        document.push(Line::new().plain("Nothing has happened to it yet."));
        return document;
    };
    // The first one is about the key result itself; others may be about a KPI that it reads, or a
    // key result that helps it.
    let mut title = Line::new();
    if let Some(reference) = &first.event.reference {
        title = title.reference(reference).plain("  ");
    }
    title = title.said(
        Style::Strong,
        first.event.title.as_deref().unwrap_or_default(),
    );
    let changes = count(lines.len(), "change");
    document.push(title.muted(format!("  {changes}")).cut(view.width));
    document.blank();

    let mut table = Table::new([
        Column::new("#").right(),
        Column::new("when"),
        Column::new("who").cut(10),
        Column::new("device").cut(8).spare(3),
        Column::new("what").cut(24),
        Column::new("value").right(),
        Column::new("target").right().spare(2),
        Column::new("sure").right().spare(4),
        Column::new("score").right(),
    ]);
    for line in lines {
        let told = |value: Option<_>| {
            value.map_or_else(Line::new, |value| Line::new().plain(number(value)))
        };
        table.row([
            position(&line.event),
            when(&line.event, view),
            who(&line.event),
            Line::new().said(Style::Muted, &line.event.device),
            what(&line.event, view),
            told(line.value),
            told(line.target),
            super::figures::share(line.confidence),
            super::figures::score(line.score),
        ]);
        let aside = aside(&line.event, view);
        if !aside.is_empty() {
            table.across(Line::new().plain("    ").join(aside));
        }
    }
    document.extend(table.lines(view.width));
    if let (Some(value), Some(score)) = (last.value, last.score) {
        document.blank();
        let now = with_unit(value, last.unit.as_deref());
        document.push(
            Line::new()
                .plain("Now ")
                .strong(now)
                .plain(format!(", score {score:.2}.")),
        );
    }
    pending_hint(&mut document, lines.iter().map(|line| &line.event));
    document
}

/// Below a change: its reason, and when it was recorded where that was on another day.
fn aside(line: &LogLine, view: &View) -> Line {
    let mut told = why(line);
    if let Some(recorded) = line.recorded
        && view.zone.date_of(recorded) != view.zone.date_of(line.authored)
    {
        let gap = if told.is_empty() { "" } else { "; " };
        let at = time::moment(recorded, &view.zone, view.today);
        told = told.muted(format!("{gap}recorded {at}"));
    }
    told
}

fn position(line: &LogLine) -> Line {
    match line.seq {
        Some(seq) => Line::new().muted(seq.to_string()),
        None => Line::new().with(Style::Warn, PENDING),
    }
}

fn when(line: &LogLine, view: &View) -> Line {
    let at = line.imported.as_ref().map_or(line.authored, |from| from.at);
    Line::new().plain(time::moment(at, &view.zone, view.today))
}

fn who(line: &LogLine) -> Line {
    let author = line.imported.as_ref().map(|from| &from.author);
    Line::new().said(Style::Plain, author.unwrap_or(&line.member))
}

fn what(line: &LogLine, view: &View) -> Line {
    let mut told = Line::new();
    if line.undoes.is_some() {
        told = told.with(Style::Warn, "undo: ");
    }
    told = told.said(Style::Plain, &line.what);
    if let Some(effective) = line.effective
        && effective != view.zone.date_of(line.authored)
    {
        told = told.muted(format!(" for {}", time::day(effective, view.today)));
    }
    if line.late {
        told = told.with(Style::Warn, " (late: after the closing)");
    }
    if line.skipped.is_some() {
        told = told.with(Style::Warn, " (passed over)");
    }
    told
}

/// That a check-in came late, the author's reason, the text of a note or check-in.
fn why(line: &LogLine) -> Line {
    let mut told = Line::new();
    let late_days = line.late_days.filter(|_| line.imported.is_none());
    if let Some(days) = late_days.filter(|days| *days >= late::DAYS) {
        told = told.with(Style::Warn, format!("{} late", count(days, "day")));
    }
    if let Some(from) = &line.imported {
        let gap = if told.is_empty() { "" } else { "; " };
        let by = format!("{gap}imported by {} from {}", line.member, from.origin);
        told = told.said(Style::Muted, &by);
    }
    for said in [&line.reason, &line.text].into_iter().flatten() {
        let gap = if told.is_empty() { "" } else { "; " };
        told = told.muted(gap).said(Style::Muted, said);
    }
    told
}

fn pending_hint<'a>(document: &mut Document, lines: impl Iterator<Item = &'a LogLine>) {
    let waiting = lines.filter(|line| line.pending).count();
    if waiting > 0 {
        document.blank();
        let waiting = count(waiting, "event");
        document.hint(&format!("{waiting} not sent yet ({PENDING})"), "okr sync");
    }
}
