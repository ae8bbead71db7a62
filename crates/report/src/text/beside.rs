//! A KPI's curve beside the check-ins of its key results, aligned by date.
//!
//! A value stands where one was measured on that day; the curves above go through what held in
//! between. Values are never cut: a key result that does not fit is left out whole, and said to be.

use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::token::MetricKind;

use super::View;
use super::chart::curve;
use super::document::{Document, Line};
use super::kpi::last;
use super::table::{Column, Table};
use super::time;
use crate::json::{BesideLine, HeldValue, KpiShow, LinkedLine};
use crate::number::{count, number, percent};

/// Columns of a date with its indentation, and of what stands between two columns.
const DATE: usize = 15;
const GAP: usize = 2;
/// A column of values is never narrower.
const NARROWEST: usize = 8;
/// Nor is a curve wider.
const WIDEST: usize = 24;

/// The last rows of the table, or all of them.
pub(super) fn beside(document: &mut Document, found: &KpiShow, view: &View, shown: usize) {
    if found.key_results.is_empty() || found.beside.is_empty() {
        return;
    }
    document.heading("Beside its key results");
    let days = last(&found.beside, shown);
    let narrowest = (days.iter())
        .flat_map(|day| widths(found, day))
        .max()
        .unwrap_or(NARROWEST)
        .max(NARROWEST);
    let room = view.width.saturating_sub(DATE);
    let fits = (room / (narrowest + GAP)).max(2) - 1;
    let those: Vec<(usize, &LinkedLine)> =
        (found.key_results.iter().enumerate()).take(fits).collect();
    let wide = (room / (those.len() + 1))
        .saturating_sub(GAP)
        .clamp(narrowest, WIDEST.max(narrowest));

    let course = |of: &dyn Fn(&BesideLine) -> Option<HeldValue>| {
        let values: Vec<Option<Decimal>> = (found.beside.iter())
            .map(|day| of(day).map(|held| held.value))
            .collect();
        Line::new().plain(curve(&values, wide))
    };
    let mut titles = vec![Line::new(), Line::new().muted("KPI")];
    titles.extend((those.iter()).map(|(_, one)| Line::new().reference(&one.reference)));
    let mut courses = vec![Line::new(), course(&|day| day.kpi)];
    courses.extend((those.iter()).map(|(at, _)| course(&|day| held_at(day, *at))));
    let columns = vec![Column::new("").right(); titles.len()];
    let mut table = Table::new(columns).untitled().indent(2);
    table.row(titles);
    table.row(courses);
    for day in days {
        let mut cells = vec![
            Line::new().muted(time::day(day.date, view.today)),
            measured(day.kpi, MetricKind::Increase),
        ];
        cells.extend((those.iter()).map(|(at, one)| measured(held_at(day, *at), one.metric)));
        table.row(cells);
    }
    document.extend(table.lines(view.width));
    let untold = found.key_results.len().saturating_sub(those.len());
    if untold > 0 {
        let more = count(untold, "more key result");
        document.push(Line::new().muted(format!("  and {more}: see --json")));
    }
}

/// How wide the values of a day are.
fn widths(found: &KpiShow, day: &BesideLine) -> Vec<usize> {
    let of = |held: Option<HeldValue>, metric| measured(held, metric).width();
    let key_results = found.key_results.iter().enumerate();
    let mut widths: Vec<usize> = key_results
        .map(|(at, one)| of(held_at(day, at), one.metric))
        .collect();
    widths.push(of(day.kpi, MetricKind::Increase));
    widths
}

fn held_at(day: &BesideLine, at: usize) -> Option<HeldValue> {
    day.key_results.get(at).copied().flatten()
}

/// What was measured on the day itself: a value, or the progress of what has no number of its own.
fn measured(held: Option<HeldValue>, metric: MetricKind) -> Line {
    let Some(held) = held.filter(|held| held.measured) else {
        return Line::new();
    };
    Line::new().plain(match (metric, held.share) {
        (MetricKind::Milestones | MetricKind::Binary, Some(share)) => percent(share),
        _ => number(held.value),
    })
}
