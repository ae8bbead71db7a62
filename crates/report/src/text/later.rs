//! `okr cycle show NAME --later`.

use super::document::{Document, Line, Style};
use super::goalposts::title;
use super::late::{event_row, events_table};
use super::status::as_of;
use super::{View, closing};
use crate::json::Later;
use crate::number::count;

/// What came after the closing of a cycle.
#[must_use]
pub fn later(found: &Later, view: &View) -> Document {
    let mut document = Document::new();
    document.push(title(&found.workspace, &found.cycle, None).cut(view.width));
    document.extend(as_of(found.as_of, view));
    if let Some(bound) = &found.closing {
        let line = closing::closed(bound, bound.position, bound.day, view);
        document.push(line.cut(view.width));
    }
    document.blank();
    if found.events.is_empty() {
        document.push(Line::new().plain("Nothing came after the closing."));
        return document;
    }
    let came = count(found.events.len(), "event");
    document.push(Line::new().plain(format!(
        "{came} came after the closing and changed none of its figures:"
    )));
    document.blank();
    let mut table = events_table();
    for event in &found.events {
        event_row(&mut table, event, "", view);
    }
    document.extend(table.lines(view.width));
    if !found.key_results.is_empty() {
        document.heading("With them it would be computed");
        for one in &found.key_results {
            let told = |grade: Option<_>| {
                grade.map_or_else(|| "none".to_owned(), |grade| format!("{grade:.2}"))
            };
            document.push(
                Line::new()
                    .plain("  ")
                    .reference(&one.reference)
                    .plain("  ")
                    .said(Style::Plain, &one.title)
                    .plain("  grade ")
                    .strong(told(one.grade))
                    .plain(", computed ")
                    .strong(told(one.computed_now))
                    .cut(view.width),
            );
        }
    }
    document
}
