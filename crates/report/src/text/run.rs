//! What commands answer: what was written, what waits, what was exchanged, what was verified.

use super::View;
use super::document::{Document, Line, Style};
use super::figures::{CONFLICT, PENDING};
use super::log::log;
use crate::json::{Outbox, Sync, Verify, Written};
use crate::number::{count, number};

/// So many events of one command are told one by one.
const TOLD: usize = 10;

/// What was recorded, one line an event.
#[must_use]
pub fn written(found: &Written, view: &View) -> Document {
    let mut document = Document::new();
    for event in found.events.iter().take(TOLD) {
        let mut line = Line::new();
        if let Some(reference) = &found.reference {
            line = line.reference(reference).plain("  ");
        }
        if let Some(title) = &found.title {
            line = line.said(Style::Strong, title).plain("  ");
        }
        line = line.said(Style::Plain, &event.what);
        if let Some(made) = &event.made {
            line = line.plain("  ").reference(made);
        }
        if found.pending {
            line = line.plain(" ").with(Style::Warn, PENDING);
        }
        document.push(line.cut(view.width));
    }
    let untold = found.events.len().saturating_sub(TOLD);
    if untold > 0 {
        document.push(Line::new().muted(format!("and {} more", count(untold, "event"))));
    }
    document
}

/// What waits to be sent, and what the server refused.
#[must_use]
pub fn outbox(found: &Outbox, view: &View) -> Document {
    let mut document = Document::new();
    if found.pending.is_empty() && found.shelved.is_empty() {
        document.push(
            (Line::new().with(Style::Good, "✓")).plain(" Nothing waits, nothing was refused."),
        );
        return document;
    }
    if !found.pending.is_empty() {
        let waiting = count(found.pending.len(), "event");
        document.heading(&format!("{waiting} to send"));
        // The log of pending events ends with the hint to send them.
        let table = log(&found.pending, view);
        document.append(table);
    }
    for shelved in &found.shelved {
        document.blank();
        let mut line = Line::new().with(Style::Bad, "Refused");
        if let Some(reference) = &shelved.reference {
            line = line.plain("  ").reference(reference);
        }
        for event in &shelved.events {
            line = line.plain("  ").said(Style::Plain, &event.what);
        }
        document.push(line.cut(view.width));
        document.paragraph(Style::Plain, &shelved.refusal.message, 2, view.width);
        if let Some(hint) = &shelved.refusal.hint {
            document.paragraph(Style::Muted, hint, 2, view.width);
        }
        if let Some(reference) = &shelved.reference {
            let retry = format!("okr outbox retry {reference}");
            document.hint("try it again", &retry);
            document.hint("or give it up", &format!("okr outbox drop {reference}"));
        }
    }
    document
}

/// Why a sync is not through.
fn unfinished(found: &Sync) -> String {
    match found.closed {
        Some(_) => format!("{} not sent", count(found.pending, "event")),
        None => "the server has more".to_owned(),
    }
}

/// What a sync exchanged, in plain words.
#[must_use]
pub fn sync(found: &Sync, view: &View) -> Document {
    let mut document = Document::new();
    let mut told = Vec::new();
    if found.pushed > 0 {
        told.push(format!("sent {}", count(found.pushed, "event")));
    }
    if found.already > 0 {
        let there = count(found.already, "event");
        told.push(format!("{there} had arrived before"));
    }
    if found.pulled > 0 {
        told.push(format!("received {}", count(found.pulled, "event")));
    }
    if found.given_back > 0 {
        let lost = count(found.given_back, "event");
        told.push(format!("gave the server back {lost} that it had lost"));
    }
    let summary = if told.is_empty() {
        "Nothing to send, nothing new.".to_owned()
    } else {
        format!("{}.", capital(&told.join(", ")))
    };
    document.push(Line::new().plain(summary));
    let head = number(found.head.into());
    document.push(if found.up_to_date {
        (Line::new().with(Style::Good, "✓")).plain(format!(" Up to date at #{head}, verified."))
    } else {
        (Line::new().with(Style::Warn, "▲"))
            .plain(format!(" Verified up to #{head}; {}.", unfinished(found)))
    });
    for refused in &found.refused {
        let message = format!("Refused: {}", refused.message);
        document.paragraph(Style::Bad, &message, 0, view.width);
    }
    if !found.refused.is_empty() {
        let refused = count(found.refused.len(), "command");
        document.hint(&format!("{refused} on the shelf"), "okr outbox");
    }
    if found.conflicts > 0 {
        let open = count(found.conflicts, "conflict");
        document.hint(&format!("{open} to settle ({CONFLICT})"), "okr conflicts");
    }
    if !found.up_to_date || found.pending > 0 {
        let why = if found.pending > 0 {
            format!("{} not sent yet ({PENDING})", count(found.pending, "event"))
        } else {
            "get the rest".to_owned()
        };
        document.hint(&why, "okr sync");
    }
    document
}

/// What a verification found.
#[must_use]
pub fn verify(found: &Verify, view: &View) -> Document {
    let mut document = Document::new();
    match &found.problem {
        None if found.ok => {
            let size = count(found.size, "event");
            document.push((Line::new().with(Style::Good, "✓")).plain(format!(
                " {size} verified: hashes, device chains, signatures."
            )));
        }
        None => document
            .push((Line::new().with(Style::Bad, "■")).plain(" The history does not verify.")),
        Some(problem) => {
            let place = problem
                .seq
                .map_or_else(String::new, |seq| format!(" at #{seq}"));
            document.push(
                (Line::new().with(Style::Bad, "■"))
                    .plain(format!(" The history does not verify{place}.")),
            );
            document.paragraph(Style::Plain, &problem.message, 2, view.width);
            if let Some(hint) = &problem.hint {
                document.paragraph(Style::Muted, hint, 2, view.width);
            }
        }
    }
    // A log that could not even be opened has no root to show.
    if !found.root.is_empty() {
        document.push(
            Line::new()
                .muted(format!("  root         {}", found.root))
                .cut(view.width),
        );
    }
    if let Some(checkpoint) = &found.checkpoint {
        let earlier = found.checkpoints.saturating_sub(1) as u64;
        let told = match earlier {
            0 => "agrees with the signed checkpoint".to_owned(),
            more => format!(
                "agrees with the signed checkpoint and {}",
                count(more, "earlier one")
            ),
        };
        let first = checkpoint.lines().next().unwrap_or_default();
        let line = if found.ok { &told } else { first };
        document.push(
            Line::new()
                .muted("  checkpoint   ")
                .said(Style::Muted, line),
        );
    }
    if let Some(said) = &found.fingerprint {
        fingerprint(&mut document, found.size, said);
    }
    if let Some(at) = &found.at {
        document.push(
            Line::new()
                .muted(format!("  root then    {}", at.root))
                .cut(view.width),
        );
        fingerprint(&mut document, at.size, &at.fingerprint);
    }
    if let Some(server) = &found.server {
        let told = match server.size.saturating_sub(found.size) {
            0 => "holds the same history".to_owned(),
            more => format!("continues this history by {}", count(more, "event")),
        };
        document.push(Line::new().muted("  server       ").muted(told));
    }
    document
}

/// A log in digits to be said, and at which size.
fn fingerprint(document: &mut Document, size: u64, said: &str) {
    document.push(
        Line::new()
            .muted("  fingerprint  ")
            .strong(said)
            .muted(format!(" at #{}", number(size.into()))),
    );
}

fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(rest).collect()
    })
}
