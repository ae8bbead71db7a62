//! The parts that screens are put together from: lines, lists, boxes, one line of text to type in.

mod boxed;
mod field;

use quarterdeck_report::text::{Line, Style};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::widgets::Paragraph;

pub(crate) use boxed::{middle, popup};
pub(crate) use field::Field;

use crate::look::{Look, chosen};

/// Smaller terminals are told so.
pub(crate) const LEAST: (u16, u16) = (60, 16);

/// Before what is chosen in a list.
const MARK: &str = "› ";

/// Lines from the top of an area, those that don't fit left out.
pub(crate) fn put(frame: &mut Frame<'_>, area: Rect, lines: &[Line], look: &Look) {
    let painted: Vec<_> = (lines.iter())
        .take(usize::from(area.height))
        .map(|line| look.line(&line.clone().cut(usize::from(area.width))))
        .collect();
    frame.render_widget(Paragraph::new(painted), area);
}

/// One line of a screen.
pub(crate) fn put_line(frame: &mut Frame<'_>, area: Rect, line: &Line, look: &Look) {
    put(frame, area, std::slice::from_ref(line), look);
}

/// Rows with one of them chosen, and that one always in sight.
pub(crate) fn list(frame: &mut Frame<'_>, area: Rect, rows: &[Row], at: usize, look: &Look) {
    let (width, height) = (usize::from(area.width), usize::from(area.height));
    let from = first_seen(at, rows.len(), height);
    for (line, (index, row)) in (rows.iter().enumerate())
        .skip(from)
        .take(height)
        .enumerate()
    {
        let y = area
            .y
            .saturating_add(u16::try_from(line).unwrap_or(u16::MAX));
        let place = Rect {
            y,
            height: 1,
            ..area
        };
        let is_chosen = index == at && row.can_be_chosen;
        let mark = if is_chosen { MARK } else { "  " };
        let line = Line::new().plain(mark).join(row.line.clone());
        put_line(frame, place, &line.cut(width), look);
        if is_chosen {
            frame.buffer_mut().set_style(place, chosen());
        }
    }
}

/// How many columns a list leaves to its rows.
pub(crate) const fn row_width(area: Rect) -> usize {
    (area.width as usize).saturating_sub(2)
}

/// The first of `all` rows that is in sight, so that the one at `at` is.
pub(crate) const fn first_seen(at: usize, all: usize, height: usize) -> usize {
    let most = all.saturating_sub(height);
    let wanted = at.saturating_sub(height / 2);
    if wanted < most { wanted } else { most }
}

/// A row of a list.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// What it says.
    pub(crate) line: Line,
    /// Whether one can stand on it.
    pub(crate) can_be_chosen: bool,
}

impl Row {
    pub(crate) const fn of(line: Line) -> Self {
        Self {
            line,
            can_be_chosen: true,
        }
    }

    pub(crate) const fn heading(line: Line) -> Self {
        Self {
            line,
            can_be_chosen: false,
        }
    }
}

/// A line with one part at the left, cut where it meets the other at the right.
pub(crate) fn beside(left: Line, right: Line, width: usize) -> Line {
    let wide = right.width();
    if wide == 0 {
        return left.cut(width);
    }
    let room = width.saturating_sub(wide + 1);
    let left = left.cut(room);
    let gap = width.saturating_sub(left.width() + wide);
    left.plain(" ".repeat(gap)).join(right)
}

/// A line filled with spaces to a width, or cut to it.
pub(crate) fn filled(line: Line, width: usize) -> Line {
    let line = line.cut(width);
    let gap = width.saturating_sub(line.width());
    line.plain(" ".repeat(gap))
}

/// A line from side to side.
pub(crate) fn rule(width: usize) -> Line {
    Line::new().muted("─".repeat(width))
}

/// What keys do, as the last line of a screen: as many as fit.
pub(crate) fn keys(pairs: &[(&str, &str)], width: usize) -> Line {
    let mut line = Line::new();
    for (key, what) in pairs {
        let gap = if line.is_empty() { "" } else { "  " };
        let more = Line::new().plain(gap).command(*key).plain(" ").muted(*what);
        if line.width() + more.width() > width {
            break;
        }
        line = line.join(more);
    }
    line
}

/// That the terminal is too small, in place of everything else.
pub(crate) fn too_small(frame: &mut Frame<'_>) -> bool {
    let area = frame.area();
    let (columns, rows) = LEAST;
    if area.width >= columns && area.height >= rows {
        return false;
    }
    let told = format!(
        "This needs {columns} × {rows}; the terminal has {} × {}.\nMake it larger, or press q.",
        area.width, area.height
    );
    frame.render_widget(
        Paragraph::new(told).wrap(ratatui::widgets::Wrap { trim: true }),
        area,
    );
    true
}

/// A message about something that did not work, and what to do about it.
pub(crate) fn trouble(found: &crate::Trouble, width: usize) -> Vec<Line> {
    let mut document = quarterdeck_report::text::Document::new();
    document.paragraph(Style::Bad, &format!("✗ {}", found.message), 0, width);
    for detail in &found.details {
        document.paragraph(Style::Plain, detail, 2, width);
    }
    if let Some(hint) = &found.hint {
        document.paragraph(Style::Muted, &format!("hint: {hint}"), 0, width);
    }
    document.lines().to_vec()
}
