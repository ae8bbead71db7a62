//! `okr goalposts`: what was moved, and both scores.

use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::token::KeyResultState;

use super::document::{Document, Line, Style};
use super::figures::{CONFLICT, PENDING};
use super::status::as_of;
use super::table::{Column, Table};
use super::{View, closing, time};
use crate::json::{ActTold, Beside, GoalMoved, Goalposts, KeyResultBeside, Related};
use crate::number::{change, count};

/// What was moved after a cycle began, and the scores had nothing been moved.
#[must_use]
pub fn goalposts(found: &Goalposts, view: &View) -> Document {
    let mut document = Document::new();
    let title = title(&found.workspace, &found.cycle, found.about.as_ref());
    document.push(title.cut(view.width));
    let whole = Beside {
        score_as_agreed: found.score_as_agreed,
        score_as_amended: found.score_as_amended,
    };
    document.push(scores_line("score ", whole));
    if found.committed.is_told() && found.aspirational.is_told() {
        document.push(scores_line("  committed ", found.committed));
        document.push(scores_line("  aspirational ", found.aspirational));
    }
    document.extend(as_of(found.as_of, view));
    if let Some(closed) = &found.closing {
        let line = closing::closed(closed, found.head, found.on, view);
        document.push(line.cut(view.width));
    }
    if found.ends != found.ends_as_agreed {
        let day = |day| time::day(day, view.today);
        document.push(Line::new().with(
            Style::Warn,
            format!(
                "Its last day is {}; as first agreed it was {}.",
                day(found.ends),
                day(found.ends_as_agreed)
            ),
        ));
    }
    document.blank();
    changes(&mut document, found, view);
    besides(&mut document, found, view);
    if let Some(moved) = found.changes.iter().rev().find_map(|one| {
        let reference = one.reference.as_ref()?;
        reference.text.starts_with("kr-").then_some(reference)
    }) {
        document.blank();
        document.hint("all that happened to one", &format!("okr history {moved}"));
    }
    document
}

/// Which cycle an answer is about, and what of it.
pub(super) fn title(workspace: &str, cycle: &str, about: Option<&Related>) -> Line {
    let line = Line::new()
        .said(Style::Strong, workspace)
        .plain("  ")
        .said(Style::Strong, cycle);
    match about {
        Some(about) => line
            .plain("  ")
            .reference(&about.reference)
            .plain(" ")
            .said(Style::Plain, &about.title),
        None => line,
    }
}

impl Beside {
    const fn is_told(&self) -> bool {
        self.score_as_agreed.is_some() || self.score_as_amended.is_some()
    }
}

/// `score as agreed 0.46, as amended 0.61 (+0.15)`
fn scores_line(label: &str, scores: Beside) -> Line {
    let told =
        |score: Option<Decimal>| score.map_or_else(|| "none".to_owned(), |s| format!("{s:.2}"));
    let line = Line::new()
        .plain(label)
        .plain("as agreed ")
        .strong(told(scores.score_as_agreed))
        .plain(", as amended ")
        .strong(told(scores.score_as_amended));
    line.join(difference(scores))
}

fn difference(scores: Beside) -> Line {
    let both = scores.score_as_amended.zip(scores.score_as_agreed);
    match both.and_then(|(amended, agreed)| amended.checked_sub(agreed)) {
        Some(by) if by != Decimal::ZERO => Line::new().muted(format!(" ({})", change(by))),
        _ => Line::new(),
    }
}

fn changes(document: &mut Document, found: &Goalposts, view: &View) {
    let began = time::day(found.begins, view.today);
    if found.on < found.begins && found.changes.is_empty() {
        let planned = format!(
            "{} begins on {began}: nothing is moved before.",
            found.cycle
        );
        document.push(Line::new().plain(planned));
        return;
    }
    if found.changes.is_empty() {
        let nothing = format!("Nothing was moved after {} began on {began}.", found.cycle);
        document.push(Line::new().plain(nothing));
        return;
    }
    let moved = count(found.changes.len(), "change");
    document.push(Line::new().plain(format!("{moved} after it began on {began}:")));
    let after = found.changes.iter().filter(|one| one.after_end).count();
    if after > 0 {
        let came = format!(
            "{} came after the end of the cycle.",
            count(after, "change")
        );
        document.push(Line::new().with(Style::Bad, came));
    }
    document.blank();
    let mut table = Table::new([
        Column::new("when"),
        Column::new("before the end"),
        Column::new("who").cut(10),
        Column::new("device").cut(8).spare(3),
        Column::new("about"),
        Column::new("title").cut(12).spare(2),
        Column::new("what").cut(22),
        Column::new(""),
    ])
    .indent(2);
    for one in &found.changes {
        table.row([
            Line::new().plain(time::day(one.act.day, view.today)),
            left(one),
            who(&one.act),
            Line::new().said(Style::Muted, &one.act.device),
            (one.reference.as_ref()).map_or_else(Line::new, |found| Line::new().reference(found)),
            Line::new().said(Style::Muted, one.title.as_deref().unwrap_or_default()),
            Line::new().said(Style::Plain, &one.what),
            marks(one),
        ]);
        let aside = aside(&one.act, view);
        if !aside.is_empty() {
            table.across(Line::new().plain("      ").join(aside));
        }
    }
    document.extend(table.lines(view.width));
}

/// How long before the end, or in red how long after it.
fn left(moved: &GoalMoved) -> Line {
    let days = count(moved.days_before_end.unsigned_abs(), "day");
    if moved.after_end {
        Line::new().with(Style::Bad, format!("{days} after the end"))
    } else {
        Line::new().plain(days)
    }
}

/// Whoever did it; where it was imported from, whoever wrote it there.
pub(super) fn who(act: &ActTold) -> Line {
    let author = act.imported.as_ref().map(|from| &from.author);
    Line::new().said(Style::Plain, author.unwrap_or(&act.member))
}

fn marks(moved: &GoalMoved) -> Line {
    let mut line = acts_marks(&moved.act);
    if moved.conflict {
        let gap = if line.is_empty() { "" } else { " " };
        line = line.plain(gap).with(Style::Bad, CONFLICT);
    }
    line
}

/// That something is an undo, was undone, is imported, or waits to be sent.
pub(super) fn acts_marks(act: &ActTold) -> Line {
    let mut line = Line::new();
    for (applies, word) in [
        (act.undoes.is_some(), "undo"),
        (act.undone, "undone"),
        (act.imported.is_some(), "imported"),
        (act.pending, PENDING),
    ] {
        if applies {
            let gap = if line.is_empty() { "" } else { ", " };
            line = line.muted(gap).with(Style::Warn, word);
        }
    }
    line
}

/// Below a change: its reason, when it was authored where that was on another day, where from.
pub(super) fn aside(act: &ActTold, view: &View) -> Line {
    let mut told = Line::new();
    if let Some(reason) = &act.reason {
        told = told.said(Style::Muted, reason);
    }
    let gap = |line: &Line| if line.is_empty() { "" } else { "; " };
    if let Some(from) = &act.imported {
        let by = format!(
            "{}imported by {} from {}",
            gap(&told),
            act.member,
            from.origin
        );
        return told.said(Style::Muted, &by);
    }
    if view.zone.date_of(act.authored) != act.day {
        let at = time::moment(act.authored, &view.zone, view.today);
        let authored = format!("{}authored {at}", gap(&told));
        told = told.muted(authored);
    }
    told
}

fn besides(document: &mut Document, found: &Goalposts, view: &View) {
    if found.objectives.is_empty() {
        return;
    }
    document.heading("As agreed and as amended");
    for team in &found.teams {
        let named = Line::new()
            .plain("  ")
            .said(Style::Plain, &team.name)
            .plain("  ");
        document.push(named.join(arrow(team.scores)).cut(view.width));
    }
    if !found.teams.is_empty() {
        document.blank();
    }
    let mut table = Table::new([
        Column::new("ref"),
        Column::new("key result").cut(18),
        Column::new("as agreed").cut(16),
        Column::new("as amended").cut(16),
        Column::new("score"),
    ])
    .indent(2);
    for objective in &found.objectives {
        let scores = arrow(objective.scores);
        let named = Line::new()
            .reference(&objective.reference)
            .plain("  ")
            .said(Style::Strong, &objective.title)
            .cut(view.width.saturating_sub(scores.width() + 2));
        table.across(named.plain("  ").join(scores));
        for key_result in &objective.key_results {
            let (agreed, amended) = aims(key_result);
            table.row([
                Line::new().reference(&key_result.reference),
                Line::new().said(Style::Plain, &key_result.title),
                Line::new().said(Style::Plain, &agreed),
                Line::new().said(Style::Plain, &amended),
                arrow(key_result.scores),
            ]);
        }
    }
    document.extend(table.lines(view.width));
}

/// The aim as agreed, and as it stands where that is another.
fn aims(found: &KeyResultBeside) -> (String, String) {
    let weighs = found.weight_as_agreed != found.weight_as_amended;
    let told = |aim: &str, weight: Decimal| {
        if weighs {
            format!("{aim}, weight {weight}")
        } else {
            aim.to_owned()
        }
    };
    let agreed = told(&found.aim_as_agreed, found.weight_as_agreed);
    let amended = told(&found.aim_as_amended, found.weight_as_amended);
    let gone = found.state != KeyResultState::Active;
    match (gone, agreed == amended) {
        (true, _) => (agreed, found.state.word().to_owned()),
        (false, true) => (agreed, String::new()),
        (false, false) => (agreed, amended),
    }
}

/// `0.46 → 0.61`, or the one score where both are the same.
fn arrow(scores: Beside) -> Line {
    let told =
        |score: Option<Decimal>| score.map_or_else(|| "none".to_owned(), |s| format!("{s:.2}"));
    match (scores.score_as_agreed, scores.score_as_amended) {
        (None, None) => Line::new(),
        (agreed, amended) if agreed == amended => Line::new().strong(told(agreed)),
        (agreed, amended) => Line::new()
            .strong(told(agreed))
            .plain(" → ")
            .strong(told(amended))
            .join(difference(scores)),
    }
}
