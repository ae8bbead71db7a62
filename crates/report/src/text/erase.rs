//! `okr erase`: what is to be erased, and what was.

use super::View;
use super::document::{Document, Line, Style};
use super::table::{Column, Table};
use crate::json::Erasing;
use crate::number::count;

/// What is to be erased.
#[must_use]
pub fn erasing(found: &Erasing, view: &View) -> Document {
    let mut document = Document::new();
    let mut table = Table::new([
        Column::new("#").right(),
        Column::new("who").cut(10),
        Column::new("what"),
        Column::new("where"),
        Column::new("text").cut(16).spare(1),
    ]);
    for entry in &found.entries {
        for text in &entry.texts {
            let place = Line::new().muted(&text.place);
            table.row([
                Line::new().muted(entry.seq.to_string()),
                Line::new().said(Style::Plain, &entry.member),
                Line::new().plain(entry.kind),
                if text.quoted {
                    place.with(Style::Warn, " (quoted)")
                } else {
                    place
                },
                Line::new().said(Style::Plain, text.text.as_deref().unwrap_or_default()),
            ]);
        }
    }
    document.extend(table.lines(view.width));
    document.blank();
    document.push(Line::new().plain(format!(
        "{} in {} to be erased for good.",
        count(found.texts, "text"),
        count(found.entries.len(), "event")
    )));
    document
}

/// What was erased; `pending` where it waits to be sent.
#[must_use]
pub fn erased(found: &Erasing, pending: bool, view: &View) -> Document {
    let mut document = Document::new();
    let what = format!(
        "{} in {}",
        count(found.texts, "text"),
        count(found.entries.len(), "event")
    );
    if pending {
        document.push(Line::new().plain(format!(
            "Recorded here that {what} shall be erased; the next sync carries it out."
        )));
        document.hint("erase them here and at the server", "okr sync");
    } else {
        document.push(Line::new().plain(format!("Erased {what}.")));
    }
    document.paragraph(
        Style::Muted,
        "Other devices follow when they sync. Backups, exports, printouts and screens that were made \
         before keep what they hold.",
        0,
        view.width,
    );
    document
}
