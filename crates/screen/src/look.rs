//! How the styles of a report's lines look on a terminal: the only place that turns one into the other.

use quarterdeck_report::text::{Line, Style};
use ratatui::style::{Color, Modifier, Style as Painted};
use ratatui::text::{Line as PaintedLine, Span};

/// How screens look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Whether there are colours; without them, words and symbols say the same.
    pub colour: bool,
}

impl Look {
    /// A line as the terminal gets it.
    #[must_use]
    pub fn line(&self, line: &Line) -> PaintedLine<'static> {
        let mut painted = Vec::new();
        for span in line.spans() {
            let text = span.text();
            match span.style() {
                Style::Ref { unique } => {
                    let (head, rest) = text.split_at_checked(unique).unwrap_or((text, ""));
                    let bold = self.coloured(Color::Cyan).add_modifier(Modifier::BOLD);
                    painted.push(Span::styled(head.to_owned(), bold));
                    painted.push(Span::styled(rest.to_owned(), self.style(Style::Muted)));
                }
                style => painted.push(Span::styled(text.to_owned(), self.style(style))),
            }
        }
        PaintedLine::from(painted)
    }

    /// How a style looks.
    #[must_use]
    pub fn style(&self, style: Style) -> Painted {
        match style {
            Style::Plain => Painted::new(),
            Style::Strong => Painted::new().add_modifier(Modifier::BOLD),
            Style::Muted => Painted::new().add_modifier(Modifier::DIM),
            Style::Good => self.coloured(Color::Green),
            Style::Warn => self.coloured(Color::Yellow),
            Style::Bad => self.coloured(Color::Red),
            Style::Command | Style::Ref { .. } => self.coloured(Color::Cyan),
        }
    }

    const fn coloured(self, colour: Color) -> Painted {
        if self.colour {
            Painted::new().fg(colour)
        } else {
            Painted::new()
        }
    }
}

/// How what is chosen looks, beside the mark before it.
pub(crate) const fn chosen() -> Painted {
    Painted::new().add_modifier(Modifier::REVERSED)
}
