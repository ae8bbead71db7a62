//! `okr retro` on a terminal: a calm summary; the whole document is a file.

mod goals;
mod rest;

use quarterdeck_core::decimal::Decimal;

pub(crate) use rest::{KINDS, funnel};

use super::View;
use super::clean::one_line;
use super::closing;
use super::document::{Document, Line, Style};
use super::figures::progress_bar;
use super::status::as_of;
use super::time;
use crate::json::{Retro, RetroScore, RetroWritten};
use crate::number::number;

/// So many positions stand behind a sentence; the rest are counted.
const POSITIONS: usize = 4;

/// A cycle, looked back on.
#[must_use]
pub fn retro(found: &Retro, view: &View) -> Document {
    let mut document = Document::new();
    head(&mut document, found, view);
    story(&mut document, found, view);
    goals::scores(&mut document, found, view);
    rest::ambition(&mut document, found, view);
    rest::truth(&mut document, found, view);
    rest::funnels(&mut document, found, view);
    rest::notes(&mut document, found, view);
    rest::compared(&mut document, found, view);
    rest::onward(&mut document, found, view);
    document.blank();
    document.trimmed()
}

/// That a retrospective was written to a file.
#[must_use]
pub fn retro_written(found: &RetroWritten) -> Document {
    let mut document = Document::new();
    let told = format!("The retrospective was written to {}.", found.file);
    document.push(Line::new().plain(told));
    document
}

fn head(document: &mut Document, found: &Retro, view: &View) {
    let cycle = &found.cycle;
    let title = Line::new()
        .said(Style::Strong, &found.workspace)
        .plain("  ")
        .said(Style::Strong, &cycle.name)
        .muted(format!(
            "  {} to {}, looked back on",
            time::day(cycle.starts, view.today),
            time::day(cycle.ends, view.today)
        ));
    let title = if found.so_far {
        title.with(Style::Warn, " so far")
    } else {
        title
    };
    document.push(title.cut(view.width));
    document.push(figures("score", &found.whole).cut(view.width));
    let told = |scores: &RetroScore| scores.score.is_some() || scores.grade.is_some();
    if told(&found.committed) && told(&found.aspirational) {
        document.push(figures("  committed", &found.committed).cut(view.width));
        document.push(figures("  aspirational", &found.aspirational).cut(view.width));
    }
    document.extend(as_of(found.as_of, view));
    match &cycle.closing {
        Some(closed) => {
            let line = closing::closed(closed, found.head, found.on, view);
            document.push(line.cut(view.width));
        }
        None if found.on != view.today => {
            document.push(Line::new().with(Style::Warn, format!("Figures of {}.", found.on)));
        }
        None => {}
    }
}

/// `score 0.31 → 0.58  ███···  grade 0.61 amber`
fn figures(label: &str, scores: &RetroScore) -> Line {
    let mut line = Line::new().plain(label).plain(" ").join(course(scores));
    line = line.plain("  ").join(progress_bar(scores.score, None));
    if let (Some(grade), Some(band)) = (scores.grade, scores.band) {
        line = line.plain("  grade ").join(closing::banded(grade, band));
    }
    line
}

/// The score of mid-quarter, and what came of it.
fn course(scores: &RetroScore) -> Line {
    let told = |score: Option<Decimal>| score.map_or_else(|| "–".to_owned(), |s| format!("{s:.2}"));
    let line = Line::new();
    match scores.mid {
        Some(mid) => line
            .muted(format!("{mid:.2} → "))
            .strong(told(scores.score)),
        None => line.strong(told(scores.score)),
    }
}

fn story(document: &mut Document, found: &Retro, view: &View) {
    if found.story.is_empty() {
        document.blank();
        document.push(Line::new().muted("There is nothing to tell of it yet."));
        return;
    }
    document.heading("What happened");
    for sentence in &found.story {
        point(document, &sentence.text(), &sentence.entries, view);
    }
}

/// A sentence of a list, with the positions of what is behind it.
fn point(document: &mut Document, text: &str, entries: &[u64], view: &View) {
    let text = one_line(&format!("{text}{}", positions(entries)));
    document.hanging(Line::new().muted("  ·"), &text, 4, view.width);
}

/// ` (#12, #31)`; nothing without positions.
fn positions(entries: &[u64]) -> String {
    let shown: Vec<String> = (entries.iter().take(POSITIONS))
        .map(|seq| format!("#{seq}"))
        .collect();
    match entries.len() {
        0 => String::new(),
        many if many > POSITIONS => format!(
            " ({} and {} more)",
            shown.join(", "),
            number((many - POSITIONS).into())
        ),
        _ => format!(" ({})", shown.join(", ")),
    }
}
