//! The rows of the panes that are lists: what is due, sides of conflicts, notes.

use quarterdeck_core::token::{DueKind, NoteKind};
use quarterdeck_report::json::{Conflict, DueLine, NoteAbout, Side};
use quarterdeck_report::number::{count, with_unit};
use quarterdeck_report::text::{self, Document, Line, Style, View};

use super::Tui;
use crate::part::{Row, beside};

impl Tui {
    /// Says something in the line for messages.
    pub(super) fn say(&mut self, told: &str) {
        self.message = vec![Line::new().plain(told)];
    }

    /// The sides of the open conflicts, those in effect before those set aside.
    pub(super) fn sides(&self) -> Vec<(&Conflict, &Side)> {
        let all = self
            .conflicts
            .as_ref()
            .map_or(&[][..], |found| &found.conflicts);
        (all.iter())
            .flat_map(|conflict| {
                sides_of(conflict)
                    .into_iter()
                    .map(move |side| (conflict, side))
            })
            .collect()
    }

    /// The notes of the kind that is asked for.
    pub(super) fn shown_notes(&self) -> Vec<&NoteAbout> {
        let all = self.notes.as_ref().map_or(&[][..], |found| &found.notes);
        (all.iter())
            .filter(|about| self.note_kind.is_none_or(|kind| about.note.kind == kind))
            .collect()
    }

    /// Shows notes of the next kind; after the last, all.
    pub(super) fn next_kind(&mut self) {
        let all = NoteKind::ALL;
        self.note_kind = match self.note_kind {
            None => all.first().copied(),
            Some(kind) => {
                let at = all.iter().position(|one| *one == kind);
                at.and_then(|at| all.get(at + 1)).copied()
            }
        };
        self.note_at = 0;
    }

    /// The reference and title of what is chosen, wherever that is.
    pub(super) fn told_about_any(&self, reference: &str) -> Vec<Line> {
        let told = self.told_about(reference);
        if !told.is_empty() {
            return told;
        }
        let due = (self.due.iter())
            .flat_map(|found| &found.due)
            .find_map(|one| {
                let found = one.reference.as_ref()?;
                (found.text == reference).then_some((found, one.title.as_str()))
            });
        let noted = (self.notes.iter())
            .flat_map(|found| &found.notes)
            .find_map(|one| {
                let found = one.about.as_ref()?;
                (found.text == reference)
                    .then_some((found, one.title.as_deref().unwrap_or_default()))
            });
        let line = due.or(noted).map_or_else(
            || Line::new().plain(reference),
            |(found, title)| {
                let line = Line::new().reference(found).plain("  ");
                line.said(Style::Strong, title)
            },
        );
        vec![line]
    }

    /// What settling a conflict for a side means.
    pub(super) fn told_of_side(&self, conflict: &Conflict, side: &Side) -> Vec<Line> {
        let is_kept = side.event == conflict.in_effect.event;
        let verb = if is_kept { "Keep " } else { "Take " };
        vec![
            title(conflict),
            (Line::new().plain(verb))
                .said(Style::Strong, &side.shown)
                .plain(" for the ")
                .said(Style::Plain, &conflict.field)
                .plain(", as ")
                .said(Style::Plain, &side.member)
                .plain(" set it."),
        ]
    }
}

fn sides_of(conflict: &Conflict) -> Vec<&Side> {
    let others = if conflict.others.is_empty() {
        std::slice::from_ref(&conflict.other)
    } else {
        conflict.others.as_slice()
    };
    std::iter::once(&conflict.in_effect).chain(others).collect()
}

fn title(conflict: &Conflict) -> Line {
    let mut line = Line::new();
    if let Some(reference) = &conflict.reference {
        line = line.reference(reference).plain("  ");
    }
    line.said(
        Style::Strong,
        conflict.title.as_deref().unwrap_or(conflict.noun),
    )
}

/// Rows, and which of them is chosen.
pub(super) type Listed = (Vec<Row>, usize);

/// What is due.
pub(super) fn due(tui: &Tui, width: usize, view: &View) -> Listed {
    let Some(found) = &tui.due else {
        return (vec![waiting()], 0);
    };
    let whose = if tui.due_of_all {
        "everybody's"
    } else {
        "yours"
    };
    let until = text::day(found.until, view.today);
    let told = match found.overdue {
        0 => Line::new()
            .with(Style::Good, "✓")
            .plain(" Nothing is overdue"),
        overdue => Line::new().with(Style::Bad, format!("{} overdue", count(overdue, "thing"))),
    };
    let mut rows = vec![
        Row::heading(told.muted(format!("  {whose}, up to {until}"))),
        Row::heading(Line::new()),
    ];
    let above = rows.len();
    rows.extend(found.due.iter().map(|one| Row::of(due_row(one, width))));
    for cycle in &found.not_started {
        rows.push(Row::heading(Line::new()));
        let why = format!("{cycle} asks for nothing before it is active: ");
        let command = format!("okr cycle activate {cycle}");
        rows.push(Row::heading(Line::new().muted(why).command(command)));
    }
    (rows, above + tui.due_at)
}

fn due_row(one: &DueLine, width: usize) -> Line {
    let mut left = Line::new();
    if let Some(reference) = &one.reference {
        left = left.reference(reference).plain("  ");
    }
    left = left.said(Style::Strong, &one.title);
    if one.kind != DueKind::CheckIn {
        left = left.muted(format!("  {}", one.kind.word()));
    }
    let style = if one.overdue { Style::Bad } else { Style::Warn };
    let when = match (one.behind, one.days_late) {
        (Some(behind), _) => {
            let behind = with_unit(behind, one.unit.as_deref());
            Line::new().with(style, format!("{behind} behind"))
        }
        (None, 0) => Line::new().with(Style::Warn, "today"),
        (None, late) if late > 0 => {
            Line::new().with(style, format!("{} late", count(late.unsigned_abs(), "day")))
        }
        (None, ahead) => Line::new().plain(format!("in {}", count(ahead.unsigned_abs(), "day"))),
    };
    let owner = one.owner.as_deref().unwrap_or("nobody");
    beside(
        left,
        Line::new().said(Style::Muted, owner).plain("  ").join(when),
        width,
    )
}

/// The open conflicts, side by side.
pub(super) fn conflicts(tui: &Tui, width: usize, view: &View) -> Listed {
    let Some(found) = &tui.conflicts else {
        return (vec![waiting()], 0);
    };
    if found.conflicts.is_empty() {
        let line = Line::new()
            .with(Style::Good, "✓")
            .plain(" No open conflicts.");
        return (vec![Row::heading(line)], 0);
    }
    let (mut rows, mut chosen, mut passed) = (Vec::new(), 0, 0);
    for conflict in &found.conflicts {
        if !rows.is_empty() {
            rows.push(Row::heading(Line::new()));
        }
        rows.push(Row::heading(
            title(conflict)
                .muted("  its ")
                .said(Style::Plain, &conflict.field)
                .muted(" was set by several"),
        ));
        for side in sides_of(conflict) {
            if passed == tui.side_at {
                chosen = rows.len();
            }
            passed += 1;
            let is_kept = side.event == conflict.in_effect.event;
            rows.push(Row::of(side_row(side, is_kept, width, view)));
        }
    }
    (rows, chosen)
}

fn side_row(side: &Side, is_in_effect: bool, width: usize, view: &View) -> Line {
    let (style, word) = if is_in_effect {
        (Style::Good, "in effect  ")
    } else {
        (Style::Warn, "set aside  ")
    };
    let mut left = (Line::new().plain("  ").with(style, word)).said(Style::Strong, &side.shown);
    left = left.plain("  ").said(Style::Plain, &side.member);
    if let Some(reason) = &side.reason {
        left = left.plain("  ").said(Style::Muted, &format!("“{reason}”"));
    }
    let when = text::moment(side.authored, &view.zone, view.today);
    beside(left, Line::new().muted(when), width)
}

/// The notes, the chosen one in full.
pub(super) fn notes(tui: &Tui, width: usize, view: &View) -> Listed {
    let Some(found) = &tui.notes else {
        return (vec![waiting()], 0);
    };
    let kind = tui.note_kind.map_or("all kinds", |kind| kind.word());
    let of = found.cycle.as_deref().unwrap_or("no cycle");
    let shown = tui.shown_notes();
    let many = count(shown.len(), "note");
    let head = Line::new().strong(many).muted(format!("  of {of}, {kind}"));
    let mut rows = vec![Row::heading(head), Row::heading(Line::new())];
    let mut chosen = 0;
    for (at, one) in shown.iter().enumerate() {
        if at == tui.note_at {
            chosen = rows.len();
        }
        let note = &one.note;
        let (who, when) = match &note.imported {
            Some(from) => (&from.author, from.at),
            None => (&note.member, note.authored),
        };
        let when = text::moment(when, &view.zone, view.today);
        let about = one.title.as_deref().unwrap_or(one.noun);
        let left = (Line::new().strong(note.kind.word()).plain("  "))
            .said(Style::Plain, about)
            .plain("  ")
            .said(Style::Muted, who);
        rows.push(Row::of(beside(left, Line::new().muted(when), width)));
        let mut document = Document::new();
        document.paragraph(Style::Plain, &note.text, 2, width);
        let all = document.lines();
        // The chosen one in full, of the others the beginning.
        let most = if at == tui.note_at { 12 } else { 1 };
        let cut = all.len() > most;
        for (index, line) in all.iter().take(most).enumerate() {
            let line = if cut && index + 1 == most {
                line.clone().plain(" …")
            } else {
                line.clone()
            };
            rows.push(Row::heading(line));
        }
    }
    (rows, chosen)
}

fn waiting() -> Row {
    Row::heading(Line::new().muted("…"))
}
