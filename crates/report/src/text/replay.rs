//! `okr replay`: a frame as plain lines.

use std::collections::BTreeMap;

use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::replay::Step;
use quarterdeck_core::token::{CycleState, KeyResultState, ObjectiveState, Status};

use super::document::{Document, Line, Style};
use super::figures::{CONFLICT, Stands, progress_bar, stands, status};
use super::log::{position, what, who, why};
use super::table::{Column, Table};
use super::{View, time};
use crate::json::{
    Frame, FrameBefore, FrameCycle, FrameKeyResult, FrameMark, FrameObjective, LogLine,
};
use crate::number::{change, count, number, percent};

/// So many events of a frame are told one by one.
const TOLD: usize = 20;
/// Columns of the longest word for where in the cycle a frame lies: `week 13 of 14`.
const WEEK: usize = 13;
/// Columns of the longest moment: `21 Aug 14:30`.
const MOMENT: usize = 12;

/// A frame: where it lies and how the cycle stood, what became known, which goals moved.
#[must_use]
pub fn replay(frame: &Frame, step: Step, view: &View) -> Document {
    let mut document = Document::new();
    document.push(heading(frame, step, view).cut(view.width));
    if !frame.marks.is_empty() {
        document.push(marks(&frame.marks).cut(view.width));
    }
    events(&mut document, &frame.events, view);
    for gone in &frame.gone {
        let line = Line::new()
            .muted("  no more in it: ")
            .said(Style::Plain, &gone.title);
        document.push(line.cut(view.width));
    }
    goals(&mut document, &frame.objectives, view);
    document
}

fn heading(frame: &Frame, step: Step, view: &View) -> Line {
    let cycle = &frame.cycle;
    let at = match step {
        // Of a day without events there is nothing but its end.
        Step::Event if !frame.events.is_empty() => time::moment(frame.at, &view.zone, view.today),
        _ => time::day(frame.day, view.today),
    };
    let wide = match step {
        Step::Event => MOMENT,
        Step::Day | Step::Week => "21 Aug".len(),
    };
    let mut line = Line::new()
        .said(Style::Strong, &cycle.name)
        .plain("  ")
        .strong(format!("{:<WEEK$}", place(frame)))
        .muted(format!("  {at:<wide$}"));
    if let Some(score) = cycle.score {
        line = line
            .plain("  score ")
            .strong(format!("{score:.2}"))
            .plain("  ")
            .join(progress_bar(cycle.score, None));
        line = line.plain(format!("  {:<5}", moved(cycle)));
    }
    line.muted(format!("  {} elapsed", percent(cycle.elapsed)))
}

/// Where in the cycle a frame lies.
fn place(frame: &Frame) -> String {
    let cycle = &frame.cycle;
    match cycle.week {
        _ if cycle.state == CycleState::Closed => "closed".to_owned(),
        Some(week) => format!("week {week} of {}", cycle.weeks),
        None if frame.day < cycle.starts => "planning".to_owned(),
        None => "over".to_owned(),
    }
}

/// By how much the score changed since the frame before.
fn moved(cycle: &FrameCycle) -> String {
    (cycle.score.zip(cycle.score_before))
        .and_then(|(now, before)| now.checked_sub(before))
        .filter(|by| *by != Decimal::ZERO)
        .map_or_else(String::new, change)
}

/// What one would want to find again, each kind with how often.
fn marks(all: &[FrameMark]) -> Line {
    let mut counted: BTreeMap<usize, u64> = BTreeMap::new();
    for mark in all {
        let at = LOOKS.iter().position(|look| look.0 == mark.mark);
        *counted.entry(at.unwrap_or(LOOKS.len())).or_default() += 1;
    }
    let mut line = Line::new();
    for (at, times) in counted {
        let (word, style, symbol, one, several) = LOOKS.get(at).copied().unwrap_or(ANOTHER);
        line = line.plain("  ").with(style, symbol).plain(" ");
        line = match (word, times) {
            ("closed" | "reopened", _) => line.plain(one),
            (_, 1) => line.plain(format!("1 {one}")),
            _ => line.plain(format!("{} {several}", number(times.into()))),
        };
    }
    line
}

/// How marks look and what they are called, one and several, in the order in which they are told.
/// The words say all; symbols and colours are for whoever looks for them.
const LOOKS: &[(&str, Style, &str, &str, &str)] = &[
    ("closed", Style::Strong, "■", "closed", ""),
    ("reopened", Style::Warn, "□", "opened again", ""),
    ("goalpost", Style::Warn, "⚑", "goal moved", "goals moved"),
    ("conflict", Style::Bad, CONFLICT, "conflict", "conflicts"),
    ("settled", Style::Good, "=", "settled", "settled"),
    ("grade", Style::Strong, "◆", "grade", "grades"),
    ("late", Style::Warn, "◷", "late", "late"),
    ("corrected", Style::Warn, "↺", "corrected", "corrected"),
    ("problem", Style::Warn, "!", "problem", "problems"),
    ("learning", Style::Strong, "✎", "learning", "learnings"),
    ("win", Style::Good, "★", "win", "wins"),
    ("decision", Style::Strong, "→", "decision", "decisions"),
    ("thanks", Style::Good, "♥", "thanks", "thanks"),
    ("comment", Style::Muted, "✎", "comment", "comments"),
];

/// What a newer version would mark.
const ANOTHER: (&str, Style, &str, &str, &str) = ("", Style::Muted, "·", "more", "more");

fn events(document: &mut Document, lines: &[LogLine], view: &View) {
    let mut table = Table::new([
        Column::new("").right(),
        Column::new(""),
        Column::new("").cut(10),
        Column::new(""),
        Column::new("").cut(14).spare(2),
        Column::new("").cut(24),
        Column::new("").cut(14).spare(1),
    ])
    .untitled()
    .indent(2);
    for line in lines.iter().take(TOLD) {
        table.row([
            position(line),
            Line::new().muted(known(line, view)),
            who(line),
            (line.reference.as_ref()).map_or_else(Line::new, |found| Line::new().reference(found)),
            Line::new().said(Style::Muted, line.title.as_deref().unwrap_or_default()),
            what(line, view),
            why(line),
        ]);
    }
    document.extend(table.lines(view.width));
    let untold = lines.len().saturating_sub(TOLD);
    if untold > 0 {
        document.push(Line::new().muted(format!("  and {} more", count(untold, "event"))));
    }
}

/// When an event became known: that is what a replay goes by.
fn known(line: &LogLine, view: &View) -> String {
    let at = line.known.unwrap_or(line.authored);
    time::moment(at, &view.zone, view.today)
}

fn goals(document: &mut Document, objectives: &[FrameObjective], view: &View) {
    if objectives.is_empty() {
        return;
    }
    let mut table = Table::new([
        Column::new(""),
        Column::new("").cut(12),
        Column::new("").cut(12),
        Column::new("").right(),
        Column::new(""),
        Column::new(""),
        Column::new("").cut(14).spare(1),
    ])
    .untitled()
    .indent(4);
    for objective in objectives {
        table.across(objective_line(objective, view));
        for found in &objective.key_results {
            table.row(cells(found));
        }
    }
    document.extend(table.lines(view.width));
}

fn objective_line(found: &FrameObjective, view: &View) -> Line {
    let said = &found.said;
    let mut figures = Line::new();
    let doing = match (said.status, said.state) {
        (Some(doing), _) => status(doing),
        (None, ObjectiveState::Deferred | ObjectiveState::Dropped) => {
            Line::new().muted(format!("– {}", said.state))
        }
        (None, _) => Line::new(),
    };
    let parts = [
        score(said.score, found.before.as_ref()),
        doing,
        was(said.status, None, found.before.as_ref()),
    ];
    for part in parts.into_iter().filter(|part| !part.is_empty()) {
        figures = figures.plain("  ").join(part);
    }
    // As far to the left as the table lets it.
    (Line::new().plain("  ").reference(&found.reference))
        .plain("  ")
        .said(Style::Strong, &said.title)
        .cut(view.width.saturating_sub(figures.width() + 2))
        .join(figures)
}

fn cells(found: &FrameKeyResult) -> Vec<Line> {
    let said = &found.said;
    let style = match said.state {
        KeyResultState::Active => Style::Plain,
        _ => Style::Muted,
    };
    let stands = stands(&Stands {
        metric: said.metric,
        current: said.current,
        target: said.target,
        range: (said.low, said.high),
        unit: said.unit.as_deref(),
        milestones: &said.milestones,
    });
    let doing = match said.status {
        Some(doing) => status(doing),
        None => Line::new().muted(format!("– {}", said.state)),
    };
    let doing = match said.graded {
        Some(grade) => doing.muted(format!("  graded {grade:.2}")),
        None => doing,
    };
    vec![
        Line::new().reference(&found.reference),
        Line::new().said(style, &said.title),
        Line::new().said(style, &stands),
        score(said.score, found.before.as_ref()),
        progress_bar(said.progress, said.status),
        doing,
        was(said.status, Some(said.target), found.before.as_ref()),
    ]
}

/// A score, behind the one before where it moved.
fn score(now: Option<Decimal>, before: Option<&FrameBefore>) -> Line {
    let told =
        |score: Option<Decimal>| score.map_or_else(|| "–".to_owned(), |one| format!("{one:.2}"));
    match before.map(|before| before.score) {
        Some(before) if before != now => Line::new()
            .muted(format!("{} → ", told(before)))
            .strong(told(now)),
        _ => now.map_or_else(Line::new, |now| Line::new().strong(format!("{now:.2}"))),
    }
}

/// What else was otherwise in the frame before: how it was doing, and where it was to arrive.
fn was(now: Option<Status>, target: Option<Option<Decimal>>, before: Option<&FrameBefore>) -> Line {
    let Some(before) = before else {
        return Line::new();
    };
    let mut told = Vec::new();
    if let Some(doing) = before.status.filter(|doing| Some(*doing) != now) {
        told.push(doing.to_string());
    }
    if let (Some(target), Some(was)) = (target, before.target)
        && target != Some(was)
    {
        told.push(format!("aim {}", number(was)));
    }
    if told.is_empty() {
        return Line::new();
    }
    Line::new().muted(format!("was {}", told.join(", ")))
}
