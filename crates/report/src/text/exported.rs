//! What was exported, and what an exported log became.

use super::View;
use super::document::{Document, Line, Style};
use crate::json::{ExportedLog, ExportedTables, ImportedLog, LogOutcome};
use crate::number::count;

/// A log was written to a file.
#[must_use]
pub fn exported_log(found: &ExportedLog) -> Document {
    let mut document = Document::new();
    document.push(
        Line::new()
            .plain("Wrote ")
            .plain(count(found.entries, "event"))
            .plain(" to ")
            .said(Style::Strong, &found.file)
            .plain("."),
    );
    document.push(Line::new().muted(format!("root {}", found.root)));
    document
}

/// Tables of a workspace were written to a file.
#[must_use]
pub fn exported_tables(found: &ExportedTables) -> Document {
    let mut document = Document::new();
    let file = found.file.as_deref().unwrap_or("standard output");
    let counted = [
        (found.key_results, "key result"),
        (found.check_ins, "check-in"),
        (found.notes, "note"),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, noun)| count(number, noun))
    .collect::<Vec<_>>();
    let line = Line::new().plain("Wrote ");
    let line = if counted.is_empty() {
        line.plain("headings alone")
    } else {
        line.plain(counted.join(", "))
    };
    document.push(line.plain(" to ").said(Style::Strong, file).plain("."));
    document
}

/// What became of an exported log.
#[must_use]
pub fn imported_log(found: &ImportedLog, view: &View) -> Document {
    let mut document = Document::new();
    document.paragraph(Style::Plain, &imported_told(found), 0, view.width);
    document.push(Line::new().muted(format!("root {}", found.root)));
    document
}

/// The same in one or two sentences.
#[must_use]
pub fn imported_told(found: &ImportedLog) -> String {
    let name = &found.workspace;
    let events = count(found.entries, "event");
    let at = found.at.unwrap_or_default();
    match found.outcome {
        LogOutcome::Imported => format!(
            "Imported workspace {name}: {events}, each of them verified. It is a copy to read in."
        ),
        LogOutcome::Checked => format!(
            "The log of workspace {name} holds: {events}, each of them verified. Nothing was made."
        ),
        LogOutcome::Same => format!(
            "Workspace {name} is here already, with the same {events}. Nothing was changed."
        ),
        LogOutcome::Older => format!(
            "Workspace {name} is here already, and goes on by {} where the file ends. Nothing was changed.",
            count(at, "event")
        ),
        LogOutcome::Newer => format!(
            "Workspace {name} is here already, and the file goes on by {} where it ends. Nothing was changed.",
            count(at, "event")
        ),
        LogOutcome::Differs => format!(
            "Workspace {name} is here with another history: the two part at event {at}. Nothing was changed."
        ),
        LogOutcome::RecordedAnew => format!(
            "Workspace {name} is here with the same events, recorded at other times from event {at} on: between the two it was given to a server. Nothing was changed."
        ),
    }
}
