//! What a proof proves, and that one was written.

use super::document::{Document, Line, Style};
use super::{View, time};
use crate::json::{ExportedTiles, LogLine, ProofWritten, Proven, TreeHead};
use crate::number::{count, number};

/// A proof was written to a file.
#[must_use]
pub fn proof_written(found: &ProofWritten) -> Document {
    let mut document = Document::new();
    let what = match found.kind {
        "consistency" => format!(
            "that the log continues its first {}",
            count(found.seq, "event")
        ),
        _ => format!("that #{} is in the log", found.seq),
    };
    let file = found.file.as_deref().unwrap_or("standard output");
    document.push(
        Line::new()
            .plain(format!("Wrote the proof {what} to "))
            .said(Style::Strong, file)
            .plain("."),
    );
    document.push(Line::new().muted("key ").said(Style::Muted, &found.key));
    document
}

/// What a proof was found to prove.
#[must_use]
pub fn proven(found: &Proven, view: &View) -> Document {
    let mut document = Document::new();
    if let Some(problem) = &found.problem {
        document.push((Line::new().with(Style::Bad, "■")).plain(" The proof does not hold."));
        document.paragraph(Style::Plain, &sentence(&problem.message), 2, view.width);
        if let Some(hint) = &problem.hint {
            document.paragraph(Style::Muted, hint, 2, view.width);
        }
        return document;
    }
    let holds = Line::new().with(Style::Good, "✓");
    if let Some(event) = &found.event {
        let at = event.seq.unwrap_or_default();
        let line = holds.plain(format!(" #{at} is in the log"));
        document.push(match &found.name {
            Some(name) => line.plain(" of ").said(Style::Plain, name).plain("."),
            None => line.plain("."),
        });
        told(&mut document, event, view);
    } else if let Some(earlier) = &found.earlier {
        document.push(holds.plain(" The log only grew between the two."));
        head(&mut document, "earlier", earlier, view);
    }
    if let Some(signed) = &found.head {
        head(&mut document, "signed", signed, view);
    }
    for (heading, sentences) in [("Proven", &found.proven), ("Not proven", &found.not_proven)] {
        document.heading(heading);
        for sentence in sentences {
            document.hanging(Line::new().muted("·"), sentence, 2, view.width);
        }
    }
    document
}

fn told(document: &mut Document, event: &LogLine, view: &View) {
    let mut row = |label: &str, line: Line| {
        let label = Line::new().muted(format!("  {label:<13}"));
        document.push(label.join(line).cut(view.width));
    };
    let who = Line::new().said(Style::Strong, &event.member);
    row("who", who.muted(" on ").said(Style::Muted, &event.device));
    if let Some(title) = &event.title {
        let about = match &event.reference {
            Some(reference) => Line::new().reference(reference).plain("  "),
            None => Line::new(),
        };
        row("about", about.said(Style::Plain, title));
    }
    row("what", Line::new().said(Style::Plain, &event.what));
    for (label, text) in [("text", &event.text), ("why", &event.reason)] {
        if let Some(text) = text {
            row(label, Line::new().said(Style::Plain, text));
        }
    }
    if let Some(effective) = event.effective {
        row("effective", Line::new().plain(effective.to_string()));
    }
    let moment = |at| Line::new().plain(time::moment(at, &view.zone, view.today));
    row("authored", moment(event.authored));
    if let Some(recorded) = event.recorded {
        row("recorded", moment(recorded));
    }
    row("event", Line::new().muted(event.id.to_string()));
}

fn head(document: &mut Document, label: &str, head: &TreeHead, view: &View) {
    let size = count(head.size, "event");
    let root = format!("  {label:<13}{size}, root {}", head.root);
    document.push(Line::new().muted(root).cut(view.width));
    document.push(
        Line::new()
            .muted("  fingerprint  ")
            .strong(&head.fingerprint)
            .muted(format!(" at #{}", number(head.size.into()))),
    );
}

fn sentence(text: &str) -> String {
    let mut rest = text.chars();
    let first = rest.next().map(char::to_uppercase);
    let mut sentence: String = first.into_iter().flatten().chain(rest).collect();
    if !sentence.ends_with('.') {
        sentence.push('.');
    }
    sentence
}

/// A log was written as static files.
#[must_use]
pub fn exported_tiles(found: &ExportedTiles) -> Document {
    let mut document = Document::new();
    let folder = Line::new();
    let line = match found.added {
        0 => (folder.said(Style::Strong, &found.folder)).plain(format!(
            " holds all {} already.",
            count(found.head.size, "event")
        )),
        added if added == found.head.size => (folder
            .plain(format!("Wrote {} to ", count(added, "event"))))
        .said(Style::Strong, &found.folder)
        .plain("."),
        added => (folder.plain(format!("Added {} to ", count(added, "event"))))
            .said(Style::Strong, &found.folder)
            .plain(format!(
                ", which holds {} now.",
                count(found.head.size, "event")
            )),
    };
    document.push(line);
    document.push(Line::new().muted(format!("root {}", found.head.root)));
    document.push(Line::new().muted("key  ").said(Style::Muted, &found.key));
    document
}
