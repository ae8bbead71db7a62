//! What stands in a frame over the rest of a screen.

use quarterdeck_report::text::{Line, Style};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::widgets::{Block, BorderType, Clear};

use super::put;
use crate::look::Look;

/// The place in the middle of an area for so many columns and rows, or as many as there are.
pub(crate) fn middle(area: Rect, columns: u16, rows: u16) -> Rect {
    let (width, height) = (columns.min(area.width), rows.min(area.height));
    Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + (area.height - height) / 2,
        width,
        height,
    }
}

/// Draws lines in a frame with a title over what is there; answers the place within the frame.
pub(crate) fn popup(
    frame: &mut Frame<'_>,
    place: Rect,
    title: &Line,
    lines: &[Line],
    look: &Look,
) -> Rect {
    frame.render_widget(Clear, place);
    let room = usize::from(place.width).saturating_sub(4);
    let title = Line::new()
        .plain(" ")
        .join(title.clone().cut(room))
        .plain(" ");
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(look.style(Style::Muted))
        .title(look.line(&title));
    let inner = block.inner(place);
    frame.render_widget(block, place);
    let inner = Rect {
        x: inner.x + 1.min(inner.width),
        width: inner.width.saturating_sub(2),
        ..inner
    };
    put(frame, inner, lines, look);
    inner
}
