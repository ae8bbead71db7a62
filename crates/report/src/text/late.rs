//! `okr late`: what came late, all at once, was corrected, or changed after its grade.

use quarterdeck_core::calendar::Date;

use super::document::{Document, Line, Style};
use super::goalposts::{acts_marks, aside, title, who};
use super::status::as_of;
use super::table::{Column, Table};
use super::{View, closing, time};
use crate::json::{ActTold, AfterGradeLine, AfterLine, BunchLine, Late, LogLine, OfKeyResult};
use crate::names::Ref;
use crate::number::{count, percent};

/// What came late or was corrected.
#[must_use]
pub fn late(found: &Late, view: &View) -> Document {
    let mut document = Document::new();
    let title = title(&found.workspace, &found.cycle, found.about.as_ref());
    document.push(title.cut(view.width));
    document.extend(as_of(found.as_of, view));
    if let Some(closed) = &found.closing {
        document.push(closing::closed(closed, found.head, found.on, view).cut(view.width));
    }
    check_ins(&mut document, found, view);
    bunches(&mut document, found, view);
    surges(&mut document, found, view);
    corrections(&mut document, found, view);
    retractions(&mut document, found, view);
    if !found.after_grades.is_empty() {
        document.heading("Changed after the grade");
    }
    for one in &found.after_grades {
        after_grade(&mut document, one, view);
    }
    let told = found.check_ins.len()
        + found.bunches.len()
        + found.corrections.len()
        + found.retractions.len()
        + found.after_grades.len()
        + found.surges.iter().filter(|one| one.end_surge).count();
    if told == 0 {
        document.blank();
        let days = count(found.days, "day");
        document.push(Line::new().plain(format!(
            "No check-in came {days} late or later, and none was corrected."
        )));
    }
    document
}

fn check_ins(document: &mut Document, found: &Late, view: &View) {
    if found.check_ins.is_empty() {
        return;
    }
    let days = count(found.days, "day");
    document.heading(&format!("Check-ins that came {days} late or later"));
    let mut table = Table::new([
        Column::new("late").right(),
        Column::new("came"),
        Column::new("for"),
        Column::new("key result"),
        Column::new("").cut(12).spare(2),
        Column::new("said").cut(12),
        Column::new("who").cut(10),
        Column::new("device").cut(8).spare(3),
        Column::new("check-in").spare(1),
        Column::new(""),
    ])
    .indent(2);
    for one in &found.check_ins {
        let mut marks = acts_marks(&one.act);
        for (applies, word) in [
            (one.retracted, "taken back"),
            (one.after_closing, "after the closing"),
        ] {
            if applies {
                let gap = if marks.is_empty() { "" } else { ", " };
                marks = marks.muted(gap).with(Style::Warn, word);
            }
        }
        table.row([
            Line::new().with(Style::Warn, count(one.days, "day")),
            Line::new().plain(time::day(one.act.day, view.today)),
            Line::new().plain(time::day(one.effective, view.today)),
            Line::new().reference(&one.of.reference),
            Line::new().said(Style::Muted, &one.of.title),
            Line::new().said(Style::Plain, &one.value),
            who(&one.act),
            Line::new().said(Style::Muted, &one.act.device),
            Line::new().reference(&one.check_in),
            marks,
        ]);
        below(&mut table, &one.act, view);
    }
    document.extend(table.lines(view.width));
}

fn below(table: &mut Table, act: &ActTold, view: &View) {
    let aside = aside(act, view);
    if !aside.is_empty() {
        table.across(Line::new().plain("      ").join(aside));
    }
}

fn bunches(document: &mut Document, found: &Late, view: &View) {
    if found.bunches.is_empty() {
        return;
    }
    document.heading("Many dates on one day");
    for one in &found.bunches {
        let who = one.author.as_ref().unwrap_or(&one.member);
        let line = Line::new()
            .plain("  ")
            .strong(time::day(one.day, view.today))
            .plain("  ")
            .said(Style::Plain, who)
            .plain(format!(
                ": {} of {}",
                count(one.check_ins, "check-in"),
                count(one.dates, "date")
            ))
            .muted(format!("{}{}", span(one, view), before_end(one)));
        document.push(line.cut(view.width));
        let mut about = Line::new().plain("      ");
        for reference in &one.key_results {
            about = about.reference(reference).plain(" ");
        }
        document.push(about.cut(view.width));
    }
}

fn span(found: &BunchLine, view: &View) -> String {
    match (found.from, found.to) {
        (Some(from), Some(to)) => format!(
            ", {} to {}",
            time::day(from, view.today),
            time::day(to, view.today)
        ),
        _ => String::new(),
    }
}

fn before_end(found: &BunchLine) -> String {
    let days = count(found.days_before_end.unsigned_abs(), "day");
    if found.days_before_end < 0 {
        format!("; {days} after the end")
    } else {
        format!("; {days} before the end")
    }
}

fn surges(document: &mut Document, found: &Late, view: &View) {
    let mut told = found.surges.iter().filter(|one| one.end_surge).peekable();
    if told.peek().is_none() {
        return;
    }
    document.heading("Mostly at the end of the cycle");
    let mut table = Table::new([
        Column::new("key result"),
        Column::new("").cut(16),
        Column::new("check-ins").right(),
        Column::new("in the last 7 days").right(),
        Column::new("after the end").right(),
        Column::new("share").right(),
    ])
    .indent(2);
    for one in told {
        table.row([
            Line::new().reference(&one.of.reference),
            Line::new().said(Style::Plain, &one.of.title),
            Line::new().plain(one.check_ins.to_string()),
            Line::new().plain(one.last_days.to_string()),
            Line::new().plain(one.after_end.to_string()),
            (one.share).map_or_else(Line::new, |share| Line::new().plain(percent(share))),
        ]);
    }
    document.extend(table.lines(view.width));
}

fn changes_table() -> Table {
    Table::new([
        Column::new("when"),
        Column::new("after").right(),
        Column::new("key result"),
        Column::new("").cut(12).spare(2),
        Column::new("for"),
        Column::new("what").cut(20),
        Column::new("who").cut(10),
        Column::new("device").cut(8).spare(3),
        Column::new("check-in").spare(1),
        Column::new(""),
    ])
    .indent(2)
}

fn cells(act: &ActTold, of: &OfKeyResult, days: i32, view: &View) -> [Line; 4] {
    [
        Line::new().plain(time::day(act.day, view.today)),
        Line::new().plain(count(days.unsigned_abs(), "day")),
        Line::new().reference(&of.reference),
        Line::new().said(Style::Muted, &of.title),
    ]
}

fn effective(day: Option<Date>, view: &View) -> Line {
    day.map_or_else(Line::new, |day| {
        Line::new().plain(time::day(day, view.today))
    })
}

/// Ends a row of that table with who did it, and puts why below.
fn changed(table: &mut Table, mut row: Vec<Line>, (act, check_in): (&ActTold, &Ref), view: &View) {
    row.extend([
        who(act),
        Line::new().said(Style::Muted, &act.device),
        Line::new().reference(check_in),
        acts_marks(act),
    ]);
    table.row(row);
    below(table, act, view);
}

fn corrections(document: &mut Document, found: &Late, view: &View) {
    if found.corrections.is_empty() {
        return;
    }
    document.heading("Corrected");
    let mut table = changes_table();
    for one in &found.corrections {
        let mut row = cells(&one.act, &one.of, one.days, view).to_vec();
        row.push(effective(one.effective, view));
        row.push(Line::new().said(Style::Plain, &one.what));
        changed(&mut table, row, (&one.act, &one.check_in), view);
    }
    document.extend(table.lines(view.width));
}

fn retractions(document: &mut Document, found: &Late, view: &View) {
    if found.retractions.is_empty() {
        return;
    }
    document.heading("Taken back");
    let mut table = changes_table();
    for one in &found.retractions {
        let mut row = cells(&one.act, &one.of, one.days, view).to_vec();
        let what = if one.reinstated {
            "counts again"
        } else {
            "taken back"
        };
        let value = one.value.as_deref().unwrap_or_default();
        row.push(effective(one.effective, view));
        row.push((Line::new().plain(what).plain(": ")).said(Style::Plain, value));
        changed(&mut table, row, (&one.act, &one.check_in), view);
    }
    document.extend(table.lines(view.width));
}

fn after_grade(document: &mut Document, found: &AfterGradeLine, view: &View) {
    let now = (found.computed_now).map_or_else(|| "nothing".to_owned(), |now| format!("{now:.2}"));
    let line = Line::new()
        .plain("  ")
        .reference(&found.of.reference)
        .plain("  ")
        .said(Style::Plain, &found.of.title)
        .plain("  grade ")
        .strong(format!("{:.2}", found.grade))
        .plain(", now computed ")
        .strong(now)
        .muted(format!(
            "; graded {} by ",
            time::moment(found.graded, &view.zone, view.today)
        ))
        .said(Style::Muted, &found.graded_by);
    document.push(line.cut(view.width));
    document.extend(events(&found.events, view).lines(view.width));
}

fn events(lines: &[AfterLine], view: &View) -> Table {
    let mut table = events_table();
    for line in lines {
        let mark = if line.after_closing {
            "after the closing"
        } else {
            ""
        };
        event_row(&mut table, &line.event, mark, view);
    }
    table
}

/// A table of events, without titles.
pub(super) fn events_table() -> Table {
    Table::new([
        Column::new("#").right(),
        Column::new("when"),
        Column::new("who").cut(10),
        Column::new("device").cut(8).spare(3),
        Column::new("about"),
        Column::new("title").cut(14).spare(2),
        Column::new("what").cut(24),
        Column::new(""),
    ])
    .indent(4)
}

/// An event in such a table, with its reason below it.
pub(super) fn event_row(table: &mut Table, event: &LogLine, mark: &str, view: &View) {
    let at = event
        .imported
        .as_ref()
        .map_or(event.authored, |from| from.at);
    let author = event.imported.as_ref().map(|from| &from.author);
    let pending = super::figures::PENDING.to_owned();
    table.row([
        Line::new().muted(event.seq.map_or(pending, |seq| seq.to_string())),
        Line::new().plain(time::moment(at, &view.zone, view.today)),
        Line::new().said(Style::Plain, author.unwrap_or(&event.member)),
        Line::new().said(Style::Muted, &event.device),
        (event.reference.as_ref()).map_or_else(Line::new, |found| Line::new().reference(found)),
        Line::new().said(Style::Muted, event.title.as_deref().unwrap_or_default()),
        Line::new().said(Style::Plain, &event.what),
        Line::new().with(Style::Warn, mark),
    ]);
    if let Some(reason) = &event.reason {
        table.across(Line::new().plain("        ").said(Style::Muted, reason));
    }
}
