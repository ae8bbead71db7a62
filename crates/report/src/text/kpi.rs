//! KPIs, apart from OKRs: where they stand, and their curves beside the key results' check-ins.

use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::token::{Course, Direction, KeyResultState, Life};

use super::beside::beside;
use super::chart::sparkline;
use super::document::{Document, Line, Style};
use super::facts::Facts;
use super::figures::{CONFLICT, PENDING, marks};
use super::show::notes;
use super::status::as_of;
use super::table::{Column, Table};
use super::{View, time};
use crate::json::{KpiLine, KpiList, KpiShow, LinkedLine, ReadingLine};
use crate::number::{number, percent, with_unit};

/// So many rows of a table of one KPI are shown, unless all are asked for.
const ROWS: usize = 12;
/// Columns of a curve in a list.
const COURSE: usize = 10;

/// The KPIs and where each stands.
#[must_use]
pub fn kpi_list(found: &KpiList, view: &View) -> Document {
    let mut document = Document::new();
    document.extend(as_of(found.as_of, view));
    if found.kpis.is_empty() {
        document.hint(
            "there are no KPIs yet",
            "okr kpi new \"TITLE\" --target 600",
        );
        return document;
    }
    let mut table = Table::new([
        Column::new("ref"),
        Column::new("KPI").cut(14),
        Column::new("now").right(),
        Column::new("target").right().spare(3),
        Column::new("attained").right(),
        Column::new(""),
        Column::new("course").spare(1),
        Column::new("trend").right(),
        Column::new("read").right().spare(4),
        Column::new("team").cut(8).spare(5),
        Column::new("owner").cut(8).spare(6),
    ]);
    for kpi in &found.kpis {
        let mut marks = marks(kpi.pending, kpi.conflicts);
        if kpi.state != Life::Active {
            marks = marks.muted(kpi.state.word());
        }
        let values: Vec<Decimal> = kpi.curve.iter().map(|point| point.value).collect();
        table.row([
            Line::new().reference(&kpi.reference),
            Line::new().said(Style::Strong, &kpi.title),
            kpi.current.map_or_else(Line::new, |now| {
                Line::new().plain(with_unit(now, kpi.unit.as_deref()))
            }),
            Line::new().plain(bound(kpi).unwrap_or_default()),
            attained(kpi),
            marks,
            Line::new().plain(sparkline(&values, COURSE)),
            trend(kpi),
            kpi.last_reading.map_or_else(Line::new, |read| {
                Line::new().muted(time::day(read, view.today))
            }),
            Line::new().said(Style::Muted, kpi.team.as_deref().unwrap_or_default()),
            Line::new().said(Style::Muted, kpi.owner.as_deref().unwrap_or_default()),
        ]);
    }
    document.extend(table.lines(view.width));
    if let Some(unread) = found.kpis.iter().find(|kpi| kpi.current.is_none()) {
        let command = format!("okr kpi record {} VALUE", unread.reference);
        document.hint("not read yet", &command);
    }
    document
}

/// A KPI with its curve beside the key results linked to it; the last rows, or all of them.
#[must_use]
pub fn kpi_show(found: &KpiShow, view: &View, all: bool) -> Document {
    let mut document = Document::new();
    let kpi = &found.kpi;
    document
        .push((Line::new().reference(&kpi.reference).plain("  ")).said(Style::Strong, &kpi.title));
    document.push(Line::new().muted("a KPI: read over time, and not scored"));
    document.extend(as_of(found.as_of, view));
    if let Some(description) = &found.description {
        document.paragraph(Style::Plain, description, 2, view.width);
    }
    document.blank();
    document.extend(facts(found, view).lines(view.width));
    let shown = if all { usize::MAX } else { ROWS };
    readings(&mut document, found, view, shown);
    beside(&mut document, found, view, shown);
    let longest = found.readings.len().max(match found.key_results.len() {
        0 => 0,
        _ => found.beside.len(),
    });
    if longest > shown {
        let command = format!("okr kpi show {} --all", kpi.reference);
        document.hint("there are earlier ones", &command);
    }
    notes(&mut document, &found.notes, view);
    if kpi.conflicts > 0 {
        document.blank();
        document.hint(&format!("{CONFLICT} it is in conflict"), "okr conflicts");
    }
    if found.as_of.is_none() && kpi.state == Life::Active {
        if kpi.current.is_none() {
            document.blank();
            let command = format!("okr kpi record {} VALUE", kpi.reference);
            document.hint("it was not read yet", &command);
        } else if found.key_results.is_empty() {
            document.blank();
            let command = format!("okr kpi link {} KR", kpi.reference);
            document.hint("say which key result is to improve it", &command);
        }
    }
    document
}

/// Before the key results that read their value from a KPI.
const READ_BY: &str = "read by";

fn facts(found: &KpiShow, view: &View) -> Facts {
    let kpi = &found.kpi;
    let unit = kpi.unit.as_deref();
    let mut facts = Facts::new();
    if let (Some(now), Some(read)) = (kpi.current, kpi.last_reading) {
        let line = Line::new().strong(with_unit(now, unit));
        let day = time::day(read, view.today);
        let relative = time::relative(read, view.today);
        facts.line("now", line.muted(format!(", {day} ({relative})")));
    }
    let better = match kpi.direction {
        Direction::Higher => "higher is better",
        Direction::Lower => "lower is better",
    };
    match kpi.target {
        Some(target) => {
            let line = Line::new().plain(with_unit(target, unit));
            facts.line("target", line.muted(format!(", {better}")));
        }
        None => facts.line("target", Line::new().muted(format!("none, {better}"))),
    }
    facts.line("attained", attained(kpi));
    if let Some(since) = kpi.since {
        let since = time::day(since, view.today);
        facts.line("trend", trend(kpi).muted(format!(" since {since}")));
    }
    let values: Vec<Decimal> = kpi.curve.iter().map(|point| point.value).collect();
    if values.len() > 1 {
        facts.text("course", Some(&sparkline(&values, 40)));
    }
    facts.text("owner", kpi.owner.as_deref());
    facts.text("team", kpi.team.as_deref());
    facts.text("key", kpi.key.as_deref());
    if kpi.state != Life::Active {
        facts.text("state", Some(kpi.state.word()));
    }
    let linked =
        |wanted: fn(&LinkedLine) -> bool| found.key_results.iter().filter(move |one| wanted(one));
    for (label, those) in [
        (
            "improved by",
            linked(|one| one.improves).collect::<Vec<_>>(),
        ),
        (READ_BY, linked(|one| one.reads).collect()),
    ] {
        for (at, one) in those.into_iter().enumerate() {
            let line = Line::new().reference(&one.reference).plain("  ");
            let mut line = line
                .said(Style::Plain, &one.title)
                .said(Style::Muted, &format!(", {}", one.cycle));
            if one.state != KeyResultState::Active {
                line = line.muted(format!(", {}", one.state));
            }
            if label == READ_BY && one.unit_differs {
                let unit = one.unit.as_deref().unwrap_or_default();
                line = line.said(Style::Warn, &format!(", but counts {unit}"));
            }
            facts.line(if at == 0 { label } else { "" }, line);
        }
    }
    facts.drafted("defined by", &found.created_by, found.created, view);
    facts
}

/// Where a KPI stands, in a line: `now 520 leads, 87 % of 600 attained, +9 better`; none before
/// its first reading.
#[must_use]
pub fn kpi_standing(kpi: &KpiLine) -> Option<String> {
    let unit = kpi.unit.as_deref();
    let mut told = vec![format!("now {}", with_unit(kpi.current?, unit))];
    match (kpi.target, kpi.attainment) {
        (Some(target), Some(share)) => {
            told.push(format!("{} of {} attained", percent(share), number(target)));
        }
        (Some(target), None) if kpi.reached == Some(true) => {
            told.push(format!("the target of {} is reached", number(target)));
        }
        (Some(target), None) => {
            told.push(format!("the target of {} is not reached", number(target)));
        }
        (None, _) => {}
    }
    if let (Some(course), Some(change)) = (kpi.trend, kpi.change) {
        told.push(changed(course, change));
    }
    Some(told.join(", "))
}

/// What a value has to reach: `≥ 600`, `≤ 30`.
fn bound(kpi: &KpiLine) -> Option<String> {
    let sign = match kpi.direction {
        Direction::Higher => "≥",
        Direction::Lower => "≤",
    };
    kpi.target
        .map(|target| format!("{sign} {}", number(target)))
}

/// Which share of the target is attained, or, where there is none to tell, whether it is reached.
fn attained(kpi: &KpiLine) -> Line {
    let style = match kpi.reached {
        Some(true) => Style::Good,
        _ => Style::Plain,
    };
    match (kpi.attainment, kpi.reached) {
        (Some(share), reached) => {
            let mark = if reached == Some(true) { "✓ " } else { "" };
            Line::new().with(style, format!("{mark}{}", percent(share)))
        }
        (None, Some(true)) => Line::new().with(style, "✓ reached"),
        (None, Some(false)) => Line::new().with(style, "not reached"),
        (None, None) => Line::new(),
    }
}

/// The last change and whether it is for the better: `+9 better`.
fn trend(kpi: &KpiLine) -> Line {
    let (Some(course), Some(change)) = (kpi.trend, kpi.change) else {
        return Line::new();
    };
    let style = match course {
        Course::Better => Style::Good,
        Course::Worse => Style::Bad,
        Course::Steady => Style::Plain,
    };
    Line::new().with(style, changed(course, change))
}

fn changed(course: Course, change: Decimal) -> String {
    let sign = if change.is_negative() { "" } else { "+" };
    match course {
        Course::Steady => course.word().to_owned(),
        Course::Better | Course::Worse => format!("{sign}{} {course}", number(change)),
    }
}

fn readings(document: &mut Document, found: &KpiShow, view: &View, shown: usize) {
    if found.readings.is_empty() {
        return;
    }
    document.heading("Readings");
    let mut table = Table::new([
        Column::new("ref").spare(2),
        Column::new("date"),
        Column::new("value").right(),
        Column::new("attained").right().spare(3),
        Column::new("by").cut(10),
        Column::new("").spare(1),
        Column::new("note").cut(16).spare(4),
    ])
    .indent(2);
    for said in last(&found.readings, shown) {
        let style = if said.retracted {
            Style::Muted
        } else {
            Style::Plain
        };
        table.row([
            Line::new().reference(&said.reference),
            Line::new().with(style, time::day(said.effective, view.today)),
            Line::new().with(style, number(said.value)),
            (said.attainment)
                .map_or_else(Line::new, |share| Line::new().with(style, percent(share))),
            Line::new().said(Style::Muted, &said.member),
            mark(said),
            Line::new().said(style, said.note.as_deref().unwrap_or_default()),
        ]);
    }
    document.extend(table.lines(view.width));
}

fn mark(said: &ReadingLine) -> Line {
    let mut line = Line::new();
    for (applies, word) in [
        (said.retracted, "taken back"),
        (said.corrected, "corrected"),
        (said.pending, PENDING),
    ] {
        if applies {
            let gap = if line.is_empty() { "" } else { ", " };
            line = line.muted(gap).with(Style::Warn, word);
        }
    }
    line
}

/// The last rows of a table.
pub(super) fn last<T>(of: &[T], shown: usize) -> &[T] {
    of.get(of.len().saturating_sub(shown)..).unwrap_or_default()
}
