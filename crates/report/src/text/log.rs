//! `okr log`, and what its lines share with `okr history`, `okr blame` and `okr diff`.

use quarterdeck_core::late;

use super::document::{Document, Line, Style};
use super::figures::PENDING;
use super::table::{Column, Table};
use super::{View, time};
use crate::json::LogLine;
use crate::number::count;

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

pub(super) fn position(line: &LogLine) -> Line {
    match line.seq {
        Some(seq) => Line::new().muted(seq.to_string()),
        None => Line::new().with(Style::Warn, PENDING),
    }
}

pub(super) fn when(line: &LogLine, view: &View) -> Line {
    let at = line.imported.as_ref().map_or(line.authored, |from| from.at);
    Line::new().plain(time::moment(at, &view.zone, view.today))
}

pub(super) fn who(line: &LogLine) -> Line {
    let author = line.imported.as_ref().map(|from| &from.author);
    Line::new().said(Style::Plain, author.unwrap_or(&line.member))
}

pub(super) fn what(line: &LogLine, view: &View) -> Line {
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
pub(super) fn why(line: &LogLine) -> Line {
    let mut told = Line::new();
    if let Some(days) = line.late_days.filter(|days| *days >= late::DAYS) {
        told = told.with(Style::Warn, format!("{} late", count(days, "day")));
    }
    if let Some(from) = &line.imported {
        let gap = if told.is_empty() { "" } else { "; " };
        let by = format!("{gap}imported by {} from {}", line.member, from.origin);
        told = told.said(Style::Muted, &by);
    }
    if let Some(erased) = &line.erased {
        let gap = if told.is_empty() { "" } else { "; " };
        let why = (erased.reason.as_ref()).map_or_else(String::new, |why| format!(": {why}"));
        let by = format!("{gap}erased by {} in #{}{why}", erased.by, erased.position);
        told = told.said(Style::Warn, &by);
    }
    for said in [&line.reason, &line.text].into_iter().flatten() {
        let gap = if told.is_empty() { "" } else { "; " };
        told = told.muted(gap).said(Style::Muted, said);
    }
    told
}

pub(super) fn pending_hint<'a>(document: &mut Document, lines: impl Iterator<Item = &'a LogLine>) {
    let waiting = lines.filter(|line| line.pending).count();
    if waiting > 0 {
        document.blank();
        let waiting = count(waiting, "event");
        document.hint(&format!("{waiting} not sent yet ({PENDING})"), "okr sync");
    }
}
