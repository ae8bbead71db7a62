//! `okr conflicts`, in plain words and with the commands that settle them.

use super::document::{Document, Line, Style};
use super::table::{Column, Table};
use super::{View, time};
use crate::json::{Conflict, Conflicts, Side};

/// The open conflicts, and how each is settled.
#[must_use]
pub fn conflicts(found: &Conflicts, view: &View) -> Document {
    let mut document = Document::new();
    if found.conflicts.is_empty() {
        document.push(
            Line::new()
                .with(Style::Good, "✓")
                .plain(" No open conflicts."),
        );
    }
    for conflict in &found.conflicts {
        document.blank();
        document.extend(conflict_lines(conflict, view));
    }
    document
}

/// One conflict: what happened, both sides, what to type.
pub(super) fn conflict_lines(found: &Conflict, view: &View) -> Vec<Line> {
    let mut title = Line::new();
    if let Some(reference) = &found.reference {
        title = title.reference(reference).plain("  ");
    }
    title = title.said(Style::Strong, found.title.as_deref().unwrap_or(found.noun));
    let others = if found.others.is_empty() {
        std::slice::from_ref(&found.other)
    } else {
        found.others.as_slice()
    };
    let mut lines = vec![
        title.cut(view.width),
        Line::new()
            .plain("  ")
            .said(Style::Plain, &happened(found, others))
            .cut(view.width),
    ];
    let mut sides = Table::new([
        Column::new(""),
        Column::new("").cut(16),
        Column::new("").cut(10),
        Column::new("").cut(10).spare(2),
        Column::new(""),
        Column::new("").cut(16).spare(1),
    ])
    .untitled()
    .indent(4);
    sides.row(side("in effect", Style::Good, &found.in_effect, view));
    for other in others {
        sides.row(side("set aside", Style::Warn, other, view));
    }
    lines.extend(sides.lines(view.width));
    lines.push(Line::new().plain("  Settle it with one of:"));
    let mut commands = Table::new([Column::new(""), Column::new("").cut(16).spare(1)])
        .untitled()
        .indent(4);
    for side in std::iter::once(&found.in_effect).chain(others) {
        let told = if side.event == found.in_effect.event {
            format!("keep {}'s", side.member)
        } else {
            format!("take {}'s", side.member)
        };
        commands.row([
            Line::new().command(resolve_command(found, side)),
            Line::new().said(Style::Muted, &told),
        ]);
    }
    lines.extend(commands.lines(view.width));
    lines
}

/// The command that settles a conflict for one of its sides.
#[must_use]
pub fn resolve_command(found: &Conflict, side: &Side) -> String {
    let reference = (found.reference.as_ref()).map_or("workspace", |found| &found.text);
    let value = side.value.as_deref().unwrap_or("none");
    format!(
        "okr resolve {reference} {} --take {}",
        found.field,
        quoted(value)
    )
}

/// A word as a shell takes it.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "+-_.,:/%@".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// What happened, in a sentence.
fn happened(found: &Conflict, others: &[Side]) -> String {
    let mut names = vec![found.in_effect.member.as_str()];
    for other in others {
        if !names.contains(&other.member.as_str()) {
            names.push(&other.member);
        }
    }
    match names.as_slice() {
        [all @ .., last] if !all.is_empty() => format!(
            "{} and {last} set the {} without knowing of each other.",
            all.join(", "),
            found.field
        ),
        _ => format!(
            "{} set the {} on two devices that did not know of each other.",
            names.join(""),
            found.field
        ),
    }
}

fn side(label: &str, style: Style, side: &Side, view: &View) -> Vec<Line> {
    let reason = (side.reason.as_ref()).map_or_else(String::new, |why| format!("“{why}”"));
    vec![
        Line::new().with(style, label),
        Line::new().said(Style::Strong, &side.shown),
        Line::new().said(Style::Plain, &side.member),
        Line::new().said(Style::Muted, &side.device),
        Line::new().muted(time::moment(side.authored, &view.zone, view.today)),
        Line::new().said(Style::Plain, &reason),
    ]
}
