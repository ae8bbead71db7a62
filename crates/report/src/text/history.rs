//! `okr history`.

use std::collections::{BTreeMap, BTreeSet};

use super::document::{Document, Line, Style};
use super::log::{pending_hint, position, what, when, who, why};
use super::table::{Column, Table};
use super::{View, plot, time};
use crate::chart::Plot;
use crate::json::HistoryLine;
use crate::number::{count, number, with_unit};

/// How goals changed, oldest first as given; `present` says that nothing is left out at the end.
#[must_use]
pub fn history(lines: &[HistoryLine], present: bool, view: &View) -> Document {
    history_with(lines, present, None, view)
}

/// The same with a chart of the one key result that it is of.
#[must_use]
pub fn history_with(
    lines: &[HistoryLine],
    present: bool,
    chart: Option<&Plot>,
    view: &View,
) -> Document {
    let mut document = Document::new();
    let Some(last) = lines.last() else {
        document.push(Line::new().plain("No changes."));
        return document;
    };
    let one = lines.iter().all(|line| line.goal == last.goal);
    document.push(head(lines, last, one).cut(view.width));
    document.blank();

    let columns = [
        Column::new("#").right(),
        Column::new("when"),
        Column::new("who").cut(10),
        Column::new("device").cut(8).spare(3),
        Column::new("goal"),
        Column::new("title").cut(12).spare(1),
        Column::new("what").cut(24),
        Column::new("value").right(),
        Column::new("target").right().spare(2),
        Column::new("weight").right().spare(6),
        Column::new("owner").cut(8).spare(7),
        Column::new("sure").right().spare(4),
        Column::new("score").right(),
    ];
    let mut table = Table::new(columns);
    // What is the same throughout is no news.
    let weighs = varies(lines, |line| &line.weight);
    let owned = varies(lines, |line| &line.owner);
    for line in lines {
        let told = |value: Option<_>| {
            value.map_or_else(Line::new, |value| Line::new().plain(number(value)))
        };
        let (goal, title) = match &line.goal {
            Some(goal) if !one => (
                Line::new().reference(goal),
                Line::new().said(Style::Muted, &line.goal_title),
            ),
            _ => (Line::new(), Line::new()),
        };
        table.row([
            position(&line.event),
            when(&line.event, view),
            who(&line.event),
            Line::new().said(Style::Muted, &line.event.device),
            goal,
            title,
            what(&line.event, view),
            told(line.value),
            told(line.target),
            told(line.weight.filter(|_| weighs)),
            match &line.owner {
                Some(owner) if owned => Line::new().said(Style::Plain, owner),
                _ => Line::new(),
            },
            super::figures::share(line.confidence),
            super::figures::score(line.score),
        ]);
        let aside = aside(line, view);
        if !aside.is_empty() {
            table.across(Line::new().plain("    ").join(aside));
        }
    }
    document.extend(table.lines(view.width));
    if let Some(chart) = chart {
        plot::among(&mut document, chart, view);
    }
    if let (true, Some(value), Some(score)) = (one, last.value, last.score) {
        document.blank();
        let stands = with_unit(value, last.unit.as_deref());
        document.push(
            Line::new()
                .plain(if present { "Now " } else { "After that " })
                .strong(stands)
                .plain(format!(", score {score:.2}.")),
        );
    }
    pending_hint(&mut document, lines.iter().map(|line| &line.event));
    document
}

/// Whether a figure of a goal is another in one of its lines than in one before.
fn varies<'a, F: PartialEq + 'a>(
    lines: &'a [HistoryLine],
    figure: impl Fn(&'a HistoryLine) -> &'a F,
) -> bool {
    let mut seen: BTreeMap<Option<&str>, &F> = BTreeMap::new();
    lines.iter().any(|line| {
        let goal = line.goal.as_ref().map(|goal| goal.text.as_str());
        *seen.entry(goal).or_insert(figure(line)) != figure(line)
    })
}

/// What it is the history of.
fn head(lines: &[HistoryLine], last: &HistoryLine, one: bool) -> Line {
    let changes = count(lines.len(), "change");
    if !one {
        let goals: BTreeSet<_> = (lines.iter())
            .filter_map(|line| Some(&line.goal.as_ref()?.text))
            .collect();
        let of = count(goals.len(), "goal");
        return Line::new().muted(format!("{changes} of {of}"));
    }
    let mut title = Line::new();
    if let Some(reference) = &last.goal {
        title = title.reference(reference).plain("  ");
    }
    title
        .said(Style::Strong, &last.goal_title)
        .muted(format!("  {changes}"))
}

/// Below a change: its reason, when it was recorded where that was on another day, and what became
/// of it.
fn aside(line: &HistoryLine, view: &View) -> Line {
    let event = &line.event;
    let mut told = why(event);
    let gap = |told: &Line| if told.is_empty() { "" } else { "; " };
    if let Some(known) = event.known.filter(|_| event.imported.is_none())
        && view.zone.date_of(known) != view.zone.date_of(event.authored)
    {
        let at = time::moment(known, &view.zone, view.today);
        let text = format!("{}recorded {at}", gap(&told));
        told = told.muted(text);
    }
    if line.retracted {
        let text = format!("{}taken back later", gap(&told));
        told = told.with(Style::Warn, text);
    } else if line.corrected {
        let by = line.corrected_by.map(|seq| format!(" by #{seq}"));
        let text = format!("{}corrected later{}", gap(&told), by.unwrap_or_default());
        told = told.with(Style::Warn, text);
    }
    if let Some(side) = line.conflict {
        let said = match side {
            "contends" => "conflict: not in effect, and not settled",
            "in_effect" => "conflict: in effect, and not settled",
            "lost" => "conflict: another value was chosen",
            _ => "conflict: this value was chosen",
        };
        let text = format!("{}{said}", gap(&told));
        told = told.with(Style::Warn, text);
    }
    told
}
