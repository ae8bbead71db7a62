//! An import: what it does as a tree, what is missing, and every line that was left out.

use super::View;
use super::document::{Document, Line, Style};
use crate::json::{Import, ImportStep, ImportVersion};
use crate::number::count;

/// What an import does, or would do.
#[must_use]
pub fn import(found: &Import, view: &View) -> Document {
    let mut document = Document::new();
    let alone = matches!(found.versions.as_slice(), [one] if one.commit.is_none());
    for version in &found.versions {
        if alone {
            steps(&mut document, version, view);
        } else {
            self::version(&mut document, version, view);
        }
    }
    document.blank();
    let would = if found.dry_run { "would be " } else { "" };
    let events = count(found.events as u64, "event");
    let mut line = Line::new().plain(match (found.events, alone) {
        (0, _) if found.dry_run => "Nothing would be recorded: it is all there.".to_owned(),
        (0, _) => "Nothing was recorded: it is all there.".to_owned(),
        (_, true) => format!("{events} {would}recorded from {}.", found.file),
        (_, false) => {
            let commits = count(found.versions.len() as u64, "commit");
            format!("{events} {would}recorded from {commits} of {}.", found.file)
        }
    });
    let unread: usize = found
        .versions
        .last()
        .map_or(0, |version| version.unread.len());
    if unread > 0 && alone {
        let lines = count(unread as u64, "line");
        line = line.with(Style::Warn, format!(" {lines} left out, listed above."));
    }
    document.push(line);
    document
}

fn version(document: &mut Document, version: &ImportVersion, view: &View) {
    if let Some(commit) = &version.commit {
        let short: String = commit.id.chars().take(7).collect();
        let line = Line::new()
            .strong(short)
            .muted(format!("  {}  ", view.zone.date_of(commit.at)))
            .said(Style::Plain, &commit.author)
            .plain("  ")
            .said(Style::Strong, &commit.subject);
        document.push(line);
    }
    if version.known {
        document.push(Line::new().muted("  imported before"));
        return;
    }
    steps(document, version, view);
    let nothing = version.steps.is_empty() && version.unread.iter().all(|one| one.before);
    if nothing && version.missing.is_empty() {
        document.push(Line::new().muted("  changes nothing"));
    }
}

fn steps(document: &mut Document, version: &ImportVersion, view: &View) {
    for one in &version.steps {
        step(document, one, view);
    }
    for one in &version.missing {
        let text = format!(
            "{} {}: not in the file any more; --drop-missing drops it",
            one.kind, one.title
        );
        document.hanging(Line::new().with(Style::Warn, "  ?"), &text, 4, view.width);
    }
    for one in version.unread.iter().filter(|one| !one.before) {
        let label = Line::new().with(Style::Warn, format!("  ! line {}", one.line));
        let text = format!("{}  {}", one.why, one.text);
        document.hanging(label, text.trim_end(), 4, view.width);
    }
}

fn step(document: &mut Document, one: &ImportStep, view: &View) {
    let deep = match one.kind {
        "key result" => 4,
        "check-in" => 6,
        _ => 2,
    };
    let (style, mark) = match one.act {
        "make" => (Style::Good, "+"),
        "drop" => (Style::Bad, "-"),
        "edit" => (Style::Plain, "~"),
        _ => (Style::Plain, "="),
    };
    let label = Line::new().plain(" ".repeat(deep)).with(style, mark);
    let mut text = match one.kind {
        "key result" | "check-in" => one.title.clone(),
        kind => format!("{kind} {}", one.title),
    };
    if !one.what.is_empty() {
        text = format!("{text}: {}", one.what);
    }
    if let Some(why) = &one.matched {
        text = format!("{text} ({why})");
    }
    document.hanging(label, &text, deep + 2, view.width);
}
