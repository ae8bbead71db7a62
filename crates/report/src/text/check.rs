//! What was looked at, a line each, under the workspace that it is about; what to do stands below.

use super::document::{Document, Line, Style};
use crate::json::Check;

/// All that was looked at.
#[must_use]
pub fn checks(found: &[Check]) -> Document {
    let mut document = Document::new();
    let mut of: Option<&str> = None;
    let width = (found.iter().map(|check| check.check.chars().count()))
        .max()
        .unwrap_or(0)
        .max(10);
    for check in found {
        if check.workspace.as_deref() != of {
            of = check.workspace.as_deref();
            document.heading(of.unwrap_or_default());
        }
        let mark = if check.ok {
            Line::new().with(Style::Good, "✓")
        } else {
            Line::new().with(Style::Bad, "■")
        };
        document.push(
            mark.plain(" ")
                .plain(format!("{:<width$} ", check.check))
                .said(Style::Plain, &check.message),
        );
        if let Some(hint) = &check.hint {
            document.push(Line::new().muted(format!("  {:<width$} {hint}", "")));
        }
    }
    document
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Ansi;

    #[test]
    fn what_is_wrong_is_marked_and_what_to_do_stands_below_it() {
        let found = [
            Check::good("folder", "It can be written to."),
            Check::bad("clock", "It is\u{1b}[2J late.", "set it right").of("acme"),
        ];
        let text = checks(&found).render(Ansi::Off);
        assert!(
            text.contains("✓ folder     It can be written to.\n"),
            "{text}"
        );
        assert!(text.contains("acme\n"), "{text}");
        assert!(text.contains("■ clock      It is"), "{text}");
        assert!(text.contains("             set it right\n"), "{text}");
        assert!(!text.contains('\u{1b}'), "{text}");
    }
}
