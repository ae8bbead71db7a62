//! `okr status`: a cycle on one screen.

use quarterdeck_core::calendar::Date;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::token::{MetricKind, ObjectiveState, Status as Doing};

use super::agreement::awaits;
use super::document::{Document, Line, Style};
use super::figures::{
    CONFLICT, PENDING, first, key_result_status, marks, objective_status, progress_bar, recent,
    score, share, standing,
};
use super::table::{Column, Table};
use super::{View, closing, time};
use crate::json::{AsOf, Status, StatusCycle, StatusKeyResult, StatusObjective};
use crate::number::{count, number, percent};

/// How a cycle is going, with what to do next.
#[must_use]
pub fn status(found: &Status, view: &View) -> Document {
    let mut document = Document::new();
    match &found.cycle {
        Some(cycle) => header(&mut document, found, cycle, view),
        None => document.push(title(found, view)),
    }
    if !found.objectives.is_empty() {
        document.blank();
        document.extend(objectives_table(&found.objectives, view).lines(view.width));
    }
    document.blank();
    hints(&mut document, found);
    document.trimmed()
}

fn title(found: &Status, view: &View) -> Line {
    let mut line = Line::new().said(Style::Strong, &found.workspace);
    if let Some(cycle) = &found.cycle {
        line = line.plain("  ").said(Style::Strong, &cycle.name);
        if let Some(week) = cycle.week {
            line = line.muted(format!("  week {week} of {}", cycle.weeks));
        }
        line = line.muted(format!(
            "  {} to {}, {} elapsed",
            time::day(cycle.starts, view.today),
            time::day(cycle.ends, view.today),
            percent(cycle.elapsed)
        ));
        // Where the months weigh differently, what is over says little about what is due.
        if cycle.expected != cycle.elapsed {
            line = line.muted(format!(", {} expected", percent(cycle.expected)));
        }
    }
    line.cut(view.width)
}

fn header(document: &mut Document, found: &Status, cycle: &StatusCycle, view: &View) {
    document.push(title(found, view));
    if let Some(score) = cycle.score {
        let mut line = Line::new()
            .plain("score ")
            .strong(format!("{score:.2}"))
            .plain("  ")
            .join(progress_bar(cycle.score, None));
        if let (Some(committed), Some(aspirational)) = (cycle.committed, cycle.aspirational) {
            line = line.muted(format!(
                "  committed {committed:.2}, aspirational {aspirational:.2}"
            ));
        }
        document.push(line.cut(view.width));
    }
    if let Some(grades) = &cycle.grades {
        document.push(closing::grades(grades).cut(view.width));
        if let Some(advice) = grades.advice.filter(|_| cycle.closing.is_some()) {
            document.push(Line::new().with(Style::Warn, advice));
        }
    }
    if let Some(as_of) = as_of(found.as_of, view) {
        document.push(as_of);
    }
    if let Some(closed) = &cycle.closing {
        document.push(closing::closed(closed, found.head, found.on, view).cut(view.width));
    } else if found.on != view.today {
        document.push(Line::new().with(Style::Warn, format!("Figures of {}.", found.on)));
    }
}

/// That what follows is not the present.
pub(super) fn as_of(as_of: Option<AsOf>, view: &View) -> Option<Line> {
    let told = match as_of? {
        AsOf::Moment(moment) => time::moment(moment, &view.zone, view.today),
        AsOf::Position(position) => format!("#{position}"),
    };
    Some(Line::new().with(Style::Warn, format!("As it was known at {told}.")))
}

/// The columns of a key result.
pub(super) fn columns() -> Vec<Column> {
    vec![
        Column::new("ref"),
        Column::new("key result").cut(18),
        Column::new(""),
        Column::new("now / aim").cut(17),
        Column::new("").spare(1),
        Column::new("done").right(),
        Column::new("weeks").spare(3),
        Column::new("status"),
        Column::new("grade"),
        Column::new("checked in").spare(2),
        Column::new("").right().spare(4),
        Column::new("").right().spare(5),
        Column::new("").right().spare(6),
        Column::new("owner").cut(12).spare(7),
    ]
}

/// When a key result was last measured. What is graded is over: how long ago says nothing there.
pub(super) fn checked_in(found: &StatusKeyResult, day: Date, view: &View) -> String {
    match found.grade {
        Some(_) => time::day(day, view.today),
        None => time::relative(day, view.today),
    }
}

/// The cells of a key result, for [`columns`].
pub(super) fn cells(found: &StatusKeyResult, view: &View) -> Vec<Line> {
    let style = if found.status.is_some() {
        Style::Plain
    } else {
        Style::Muted
    };
    // Named in the cell: this table often stands without titles.
    let pace = |pace: Decimal| Line::new().muted(format!("pace {pace:.2}"));
    let sure = |sure: Decimal| Line::new().muted(format!("{} sure", percent(sure)));
    let checked = |day| Line::new().muted(checked_in(found, day, view));
    vec![
        Line::new().reference(&found.reference),
        Line::new().said(style, &found.title),
        first(found).join(marks(found.pending, found.conflicts)),
        Line::new().with(style, standing(found)),
        progress_bar(found.progress, found.status),
        share(found.progress),
        recent(found),
        key_result_status(found),
        found.grade.as_ref().map_or_else(Line::new, closing::graded),
        found.last_check_in.map_or_else(Line::new, checked),
        found.confidence.map_or_else(Line::new, sure),
        ends(found),
        found.pace.map_or_else(Line::new, pace),
        (found.owner.as_deref())
            .map_or_else(Line::new, |owner| Line::new().said(Style::Muted, owner)),
    ]
}

/// Where a key result ends if it goes on like this; named in the cell, for the same reason.
fn ends(found: &StatusKeyResult) -> Line {
    found.forecast.as_ref().map_or_else(Line::new, |forecast| {
        let value = match found.metric {
            MetricKind::Increase | MetricKind::Decrease => number(forecast.value),
            _ => forecast.score.map_or_else(String::new, percent),
        };
        Line::new().muted(format!("ends {value}"))
    })
}

/// Objectives, each with its key results below it.
pub(super) fn objectives_table(objectives: &[StatusObjective], view: &View) -> Table {
    let mut table = Table::new(columns()).untitled().indent(2);
    for (at, objective) in objectives.iter().enumerate() {
        if at > 0 {
            table.across(Line::new());
        }
        table.across(objective_line(objective, view.width));
        if objective.state == ObjectiveState::Draft
            && let Some(awaits) = awaits(&objective.awaits, view)
        {
            table.across(Line::new().plain(" ".repeat(ASIDE)).join(awaits));
        }
        if let Some(why) = &objective.set_aside {
            table.across(Line::new().plain("  ").said(Style::Muted, why));
        }
        for key_result in &objective.key_results {
            table.row(cells(key_result, view));
            for aside in asides(key_result, objective.visits) {
                table.across(aside);
            }
        }
        if objective.key_results.is_empty() {
            table.across(Line::new().muted("  no key results yet"));
        }
    }
    table
}

/// What is to be known of a key result beside its figures, each on a line below it: why it waits,
/// and whom else it concerns.
pub(super) fn asides(found: &StatusKeyResult, with_helped: bool) -> Vec<Line> {
    let aside = |label: &str, told: &str| {
        let line = Line::new().plain(" ".repeat(ASIDE)).muted(label);
        line.said(Style::Muted, told)
    };
    let mut lines = Vec::new();
    if let Some(why) = &found.set_aside {
        lines.push(aside("", why));
    }
    if let Some(team) = &found.team {
        lines.push(aside("answers to ", team));
    }
    if with_helped {
        for helped in &found.helps {
            let line = aside("helps ", "").reference(&helped.reference);
            lines.push(line.plain("  ").said(Style::Muted, &helped.title));
        }
    }
    lines
}

/// Columns that stand before a key result's title.
const ASIDE: usize = 11;

/// An objective on one line: its title is cut before its figures are.
pub(super) fn objective_line(found: &StatusObjective, width: usize) -> Line {
    let mut figures = Line::new();
    let parts = [
        marks(found.pending, found.conflicts),
        score(found.score),
        objective_status(found),
        found.grade.map_or_else(Line::new, |grade| {
            Line::new().muted(format!("graded {grade:.2}"))
        }),
    ];
    for part in parts.into_iter().filter(|part| !part.is_empty()) {
        figures = figures.plain("  ").join(part);
    }
    let draft = (found.state == ObjectiveState::Draft).then_some(ObjectiveState::Draft.word());
    let aside: Vec<&str> = [found.owner.as_deref(), found.team.as_deref(), draft]
        .into_iter()
        .flatten()
        .collect();
    let aside = Line::new().said(Style::Muted, &aside.join(", "));
    let style = if found.status.is_some() || found.key_results.is_empty() {
        Style::Strong
    } else {
        Style::Muted
    };
    let named = Line::new()
        .reference(&found.reference)
        .plain("  ")
        .said(style, &found.title);
    let line = named
        .cut(width.saturating_sub(figures.width()))
        .join(figures);
    if aside.is_empty() {
        line
    } else {
        line.plain("  ").join(aside)
    }
}

fn hints(document: &mut Document, found: &Status) {
    let closed = found
        .cycle
        .as_ref()
        .is_some_and(|cycle| cycle.closing.is_some());
    if found.as_of.is_some() || closed {
        return;
    }
    let Some(cycle) = &found.cycle else {
        hint_of_no_cycle(document, found.on);
        return;
    };
    if found.objectives.is_empty() {
        let why = format!("{} has no objectives to show", cycle.name);
        document.hint(&why, "okr objective new \"TITLE\"");
    }
    if found.conflicts > 0 {
        let open = count(found.conflicts, "conflict");
        document.hint(&format!("{open} to settle ({CONFLICT})"), "okr conflicts");
    }
    if found.pending > 0 {
        let waiting = count(found.pending, "event");
        document.hint(&format!("{waiting} not sent yet ({PENDING})"), "okr sync");
    }
    if cycle.goals_moved > 0 {
        let goals = count(cycle.goals_moved, "goal");
        let command = format!("okr goalposts --cycle {}", cycle.name);
        document.hint(&format!("{goals} moved since the cycle began"), &command);
    }
    loose_ends(document, found);
    let stale = (found.objectives.iter())
        .flat_map(|objective| &objective.key_results)
        .find(|key_result| key_result.status == Some(Doing::Stale));
    if let Some(stale) = stale {
        let (what, command) = match &stale.kpi {
            Some(kpi) => ("reading", format!("okr kpi record {kpi} VALUE")),
            None => ("check-in", format!("okr checkin {} VALUE", stale.reference)),
        };
        document.hint(&format!("{} waits for a {what}", stale.reference), &command);
    }
}

/// That a cycle is to be made first.
pub(super) fn hint_of_no_cycle(document: &mut Document, on: Date) {
    let quarter = (on.month().saturating_sub(1)) / 3 + 1;
    let command = format!("okr cycle new {}-Q{quarter}", on.year());
    document.hint("there is no cycle yet", &command);
}

/// What is aligned to nothing.
fn loose_ends(document: &mut Document, found: &Status) {
    let unaligned: Vec<_> = (found.objectives.iter())
        .filter(|objective| objective.unaligned && !objective.visits)
        .collect();
    match unaligned.as_slice() {
        [] => {}
        [only] => document.hint(
            &format!("{} supports nothing above it", only.reference),
            &format!("okr objective align {} REF", only.reference),
        ),
        several => document.hint(
            &format!(
                "{} support nothing above them",
                count(several.len(), "objective")
            ),
            "okr status --tree",
        ),
    }
}
