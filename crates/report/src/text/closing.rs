//! Grades and closings in words.

use quarterdeck_core::calendar::Date;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::grading::Band;

use super::View;
use super::document::{Document, Line, Style};
use super::run::written;
use super::table::{Column, Table};
use crate::json::{Closing, CycleClosed, GradeList, GradeTold, Grades};
use crate::number::count;

/// So many digits of a root are shown: enough to compare two by eye.
const ROOT_DIGITS: usize = 12;

/// A grade with the word for its band, which tells it apart without colour.
pub(super) fn banded(grade: Decimal, band: Band) -> Line {
    let style = match band {
        Band::Green => Style::Good,
        Band::Amber => Style::Warn,
        Band::Red => Style::Bad,
    };
    Line::new()
        .strong(format!("{grade:.2}"))
        .plain(" ")
        .with(style, band.word())
}

/// A grade, and the computed one where another counts.
pub(super) fn grade(found: &GradeTold) -> Line {
    let line = banded(found.grade, found.band);
    match found.computed {
        Some(computed) if found.overruled => line.muted(format!(", computed {computed:.2}")),
        _ => line,
    }
}

/// A grade in a table, with the computed one in brackets where another counts.
pub(super) fn graded(found: &GradeTold) -> Line {
    let line = banded(found.grade, found.band);
    match found.computed {
        Some(computed) if found.overruled => line.muted(format!(" ({computed:.2})")),
        _ => line,
    }
}

/// That a cycle is closed, by whom, and what its grades are bound to; `head` is the position of
/// the log that the figures beside it are of, `on` their day.
pub(super) fn closed(found: &Closing, head: u64, on: Date, view: &View) -> Line {
    let root = found.root.get(..ROOT_DIGITS).unwrap_or(&found.root);
    let line = Line::new()
        .strong("closed")
        .muted(" by ")
        .said(Style::Plain, &found.by)
        .muted(format!(" on {}", view.zone.date_of(found.at)))
        .muted(format!(" at #{}, root {root}; ", found.position));
    if head == found.position {
        line.muted(format!("figures of {}", found.day))
    } else {
        line.with(
            Style::Warn,
            format!("figures of {on}, with all learned since"),
        )
    }
}

/// The grades of a cycle on a line; empty where there are none.
pub(super) fn grades(found: &Grades) -> Line {
    let (Some(all), Some(band)) = (found.all, found.band) else {
        return Line::new();
    };
    let line = Line::new().plain("grade ").join(banded(all, band));
    match (found.committed, found.aspirational) {
        (Some(committed), Some(aspirational)) => line.muted(format!(
            "  committed {committed:.2}, aspirational {aspirational:.2}"
        )),
        _ => line,
    }
}

/// What is to be graded in a cycle.
#[must_use]
pub fn grade_list(found: &GradeList, view: &View) -> Document {
    let mut document = Document::new();
    let graded = format!("  {} of {} graded", found.tally.graded, found.tally.of);
    document.push(Line::new().said(Style::Strong, &found.cycle).muted(graded));
    let so_far = grades(&found.grades);
    if !so_far.is_empty() {
        document.push(so_far);
    }
    if found.ungraded.is_empty() {
        document.blank();
        let command = format!("okr cycle close {}", found.cycle);
        document.hint("every key result has its grade", &command);
        return document;
    }
    document.blank();
    let mut table = Table::new([
        Column::new("ref"),
        Column::new("key result").cut(20),
        Column::new("computed"),
        Column::new("objective").cut(16).spare(2),
        Column::new("").spare(1),
    ])
    .indent(2);
    for one in &found.ungraded {
        let computed = match (one.computed, one.band) {
            (Some(computed), Some(band)) => banded(computed, band),
            _ => Line::new().muted("nothing"),
        };
        table.row([
            Line::new().reference(&one.reference),
            Line::new().said(Style::Plain, &one.title),
            computed,
            Line::new().said(Style::Muted, &one.objective),
            Line::new().muted(one.kind.word()),
        ]);
    }
    document.extend(table.lines(view.width));
    document.blank();
    document.hint("take or overrule one", "okr grade REF [SCORE -m WHY]");
    let all = format!("okr grade --cycle {} --as-computed", found.cycle);
    document.hint("take all as computed", &all);
    document
}

/// A cycle was closed.
#[must_use]
pub fn cycle_closed(found: &CycleClosed, view: &View) -> Document {
    let mut document = written(&found.written, view);
    let line = grades(&found.grades);
    if !line.is_empty() {
        let overruled = match found.tally.overruled {
            0 => String::new(),
            some => format!(", {some} of them overruled"),
        };
        let of = count(found.tally.graded, "grade");
        document.push(line.muted(format!("  from {of}{overruled}")));
    }
    let bound = &found.closing;
    document.push(closed(bound, bound.position, bound.day, view).cut(view.width));
    if let Some(advice) = found.grades.advice {
        document.push(Line::new().with(Style::Warn, advice));
    }
    document
}
