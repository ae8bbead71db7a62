//! `okr incentive`.

use quarterdeck_core::incentive::Cover;

use super::View;
use super::document::{Document, Line, Style};
use super::table::{Column, Table};
use crate::json::IncentiveList;
use crate::number::count;

/// What the plan rewards, and what covers it.
#[must_use]
pub fn incentives(found: &IncentiveList, view: &View) -> Document {
    let mut document = Document::new();
    if found.incentives.is_empty() {
        document.push(Line::new().plain("The plan has no metrics yet."));
        document.hint("name one", "okr incentive add TITLE --kr REF");
        return document;
    }
    let mut table = Table::new([
        Column::new("ref"),
        Column::new("the plan rewards").cut(18),
        Column::new("whom").cut(10).spare(2),
        Column::new("key result").cut(22),
        Column::new("owner").cut(10).spare(1),
        Column::new(""),
    ]);
    for one in &found.incentives {
        let key_result = one.key_result.as_ref().map_or_else(Line::new, |related| {
            Line::new()
                .reference(&related.reference)
                .plain(" ")
                .said(Style::Plain, &related.title)
        });
        let (style, symbol) = match one.cover {
            Cover::Covered => (Style::Good, "✓"),
            _ => (Style::Warn, "▲"),
        };
        table.row([
            Line::new().reference(&one.reference),
            Line::new().said(Style::Strong, &one.title),
            Line::new().said(Style::Muted, one.member.as_deref().unwrap_or_default()),
            key_result,
            Line::new().said(Style::Muted, one.owner.as_deref().unwrap_or_default()),
            Line::new().with(style, format!("{symbol} {}", one.cover.words())),
        ]);
    }
    document.extend(table.lines(view.width));
    if found.uncovered > 0 {
        document.blank();
        let what = count(found.uncovered, "metric");
        let why = format!("{what} of the plan without a key result");
        document.hint(&why, "okr incentive edit REF --kr REF");
    }
    document
}
