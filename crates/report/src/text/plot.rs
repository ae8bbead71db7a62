//! `okr kr chart`, and the chart within what else is told of a key result.

use quarterdeck_core::token::MetricKind;

use super::document::{Document, Line, Style, wrapped};
use super::status::as_of;
use super::{View, time};
use crate::chart::{Plot, Scale, legend, lines};
use crate::json::Chart;

/// A chart is not stretched over more columns than these.
const WIDEST: usize = 160;
/// Before a chart that stands among other things.
const INDENT: usize = 2;
/// Lines of such a chart, its axes and rows included.
const LOW: usize = 13;
/// Lines of a chart of its own, at most.
const HIGH: usize = 22;
/// Lines of a chart of a binary key result.
const FLAT: usize = 8;
/// Days with something to tell; more are left to `okr history`.
const TOLD: usize = 12;

/// A chart of its own, of at most so many columns and lines where they are named.
#[must_use]
pub fn chart(
    found: &Chart,
    (columns, rows): (Option<usize>, Option<usize>),
    view: &View,
) -> Document {
    let mut document = Document::new();
    let plot = &found.plot;
    document.push(
        (Line::new().reference(&found.reference).plain("  "))
            .said(Style::Strong, &plot.title)
            .plain("  ")
            .said(Style::Muted, &found.cycle)
            .cut(view.width),
    );
    document.push(
        Line::new()
            .said(Style::Muted, &plot.aimed())
            .cut(view.width),
    );
    document.extend(as_of(found.as_of, view));
    document.blank();
    let columns = columns.unwrap_or(view.width.min(WIDEST));
    let rows = rows.unwrap_or(match plot.metric {
        // Two levels need no height.
        MetricKind::Binary => FLAT,
        _ => (columns / 5).clamp(LOW, HIGH),
    });
    document.extend(lines(plot, &Scale::of(plot), columns, rows));
    document.blank();
    document.extend(legend(plot, view.width));
    told(&mut document, plot, view);
    if plot.course.is_empty() && found.as_of.is_none() {
        document.blank();
        let command = format!("okr kr show {}", found.reference);
        document.hint("nothing was measured in its cycle yet", &command);
    }
    document
}

/// What happened, and when.
fn told(document: &mut Document, plot: &Plot, view: &View) {
    let left_out = plot.marks.len().saturating_sub(TOLD);
    document.blank();
    for step in &plot.steps {
        document.push(
            Line::new()
                .with(Style::Good, "✓")
                .muted(format!(" {:>6}  ", time::day(step.date, view.today)))
                .said(Style::Plain, &step.name)
                .cut(view.width),
        );
    }
    for mark in plot.marks.iter().skip(left_out) {
        let head = Line::new()
            .with(mark.kind.style(), mark.kind.symbol().to_string())
            .muted(format!(" {:>6}  ", time::day(mark.date, view.today)))
            .plain(format!("{}: ", mark.kind.word()));
        let room = view.width.saturating_sub(head.width());
        let told = wrapped(&mark.told, room.max(1)).into_iter().next();
        let all = told.as_deref() == Some(super::one_line(&mark.told).as_str());
        let told = told.unwrap_or_default() + if all { "" } else { " …" };
        document.push(head.said(Style::Plain, &told).cut(view.width));
    }
}

/// The chart among what else is told of a key result, where there is a course to see.
pub(super) fn among(document: &mut Document, plot: &Plot, view: &View) {
    if !is_worth_it(plot) {
        return;
    }
    document.blank();
    let columns = view.width.min(WIDEST).saturating_sub(INDENT);
    let indented = |line: Line| Line::new().plain(" ".repeat(INDENT)).join(line);
    let rows = match plot.metric {
        MetricKind::Binary => FLAT,
        _ => LOW,
    };
    document.extend(
        (lines(plot, &Scale::of(plot), columns, rows).into_iter())
            .chain([Line::new()])
            .chain(legend(plot, columns))
            .map(indented),
    );
}

/// Whether there is a course to see.
pub(super) fn is_worth_it(plot: &Plot) -> bool {
    plot.course.len() > 1
}
