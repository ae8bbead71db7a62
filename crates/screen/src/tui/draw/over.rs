//! What stands over the screen: help, and forms.

use quarterdeck_report::text::{Line, Style, clean};
use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use unicode_width::UnicodeWidthStr;

use crate::look::Look;
use crate::part::{self, keys, middle, popup};
use crate::tui::form::{Form, Input};
use crate::tui::keys::HELP;

/// Columns of a form.
const WIDTH: u16 = 68;
/// Columns of the labels of its fields.
const LABEL: usize = 14;

/// What each key does.
pub(super) fn help(frame: &mut Frame<'_>, area: Rect, look: &Look) {
    let mut lines = Vec::new();
    for (key, what) in HELP {
        let wide = key.width();
        let gap = " ".repeat(14usize.saturating_sub(wide));
        lines.push(Line::new().command(*key).plain(gap).plain(*what));
    }
    lines.push(Line::new());
    lines.push(Line::new().muted("● on track  ▲ at risk  ■ off track  ○ stale  ✓ done"));
    lines.push(Line::new().muted("⇡ not sent yet  ≠ in conflict"));
    let rows = u16::try_from(lines.len())
        .unwrap_or(u16::MAX)
        .saturating_add(2);
    let place = middle(area, WIDTH, rows);
    popup(frame, place, &Line::new().strong("Keys"), &lines, look);
}

/// A form, with the cursor where one types.
pub(super) fn form(frame: &mut Frame<'_>, area: Rect, form: &Form, look: &Look) {
    let width = usize::from(WIDTH.min(area.width)).saturating_sub(4);
    let mut lines: Vec<Line> = form
        .about
        .iter()
        .map(|line| line.clone().cut(width))
        .collect();
    if !lines.is_empty() {
        lines.push(Line::new());
    }
    let mut cursor = None;
    for (at, entry) in form.entries.iter().enumerate() {
        let is_here = at == form.at && !form.is_waiting;
        let mark = if is_here { "› " } else { "  " };
        let gap = " ".repeat(LABEL.saturating_sub(entry.label.width() + 2));
        let label = Line::new().plain(mark).strong(entry.label).plain(gap);
        let room = width.saturating_sub(LABEL);
        let line = match &entry.input {
            Input::Text(field) => {
                let (text, column) = field.shown(room);
                if is_here {
                    cursor = Some((LABEL + column, lines.len()));
                }
                if text.is_empty() {
                    label.muted(entry.hint)
                } else {
                    label.plain(text)
                }
            }
            Input::Kind(kind) => label.plain(format!("‹ {kind} ›")),
        };
        lines.push(line);
    }
    lines.push(Line::new());
    if form.is_waiting {
        lines.push(Line::new().with(Style::Warn, "…"));
    }
    if let Some(trouble) = &form.trouble {
        lines.extend(part::trouble(trouble, width));
        lines.push(Line::new());
    }
    lines.push(keys(form.keys(), width));
    let rows = u16::try_from(lines.len())
        .unwrap_or(u16::MAX)
        .saturating_add(2);
    let place = middle(area, WIDTH, rows);
    let title = Line::new().strong(clean(form.title()));
    let inner = popup(frame, place, &title, &lines, look);
    if let Some((column, line)) = cursor {
        let at = Position {
            x: inner.x + u16::try_from(column).unwrap_or_default(),
            y: inner.y + u16::try_from(line).unwrap_or_default(),
        };
        if inner.contains(at) {
            frame.set_cursor_position(at);
        }
    }
}
