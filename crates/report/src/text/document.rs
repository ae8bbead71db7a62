//! Lines of styled text, to be shown with or without colour.
//!
//! Guarantee: whatever goes into a [`Document`] passes [`clean`] on its way, so that no document
//! can contain a control character or a terminal escape but those that [`Document::render`] puts
//! there itself. Colour never carries a meaning alone: what it says is said in words or symbols.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style as Look};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::clean::{clean, one_line};
use crate::names::Ref;

/// Columns that a sentence behind a label wants at least.
const NARROW: usize = 20;

/// Whether to write colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ansi {
    /// Text alone.
    Off,
    /// With the escape sequences of ANSI terminals.
    On,
}

/// What a piece of text is, not how it looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Style {
    /// Nothing special.
    #[default]
    Plain,
    /// What the line is about.
    Strong,
    /// What matters less.
    Muted,
    /// On track, done, agreed.
    Good,
    /// At risk, stale, pending.
    Warn,
    /// Off track, refused, in conflict.
    Bad,
    /// Something to type.
    Command,
    /// A short reference; its first bytes tell it apart.
    Ref {
        /// How many bytes.
        unique: usize,
    },
}

/// A piece of text in one style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    text: String,
    style: Style,
}

impl Span {
    /// A piece of text, made safe to show.
    pub fn new(style: Style, text: impl AsRef<str>) -> Self {
        Self {
            text: clean(text.as_ref()).into_owned(),
            style,
        }
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it is.
    #[must_use]
    pub const fn style(&self) -> Style {
        self.style
    }
}

/// A line, or a cell of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line {
    spans: Vec<Span>,
}

impl Line {
    /// An empty line.
    #[must_use]
    pub const fn new() -> Self {
        Self { spans: Vec::new() }
    }

    /// The line with a piece behind it.
    #[must_use]
    pub fn with(mut self, style: Style, text: impl AsRef<str>) -> Self {
        if !text.as_ref().is_empty() {
            self.spans.push(Span::new(style, text));
        }
        self
    }

    /// The line with plain text behind it.
    #[must_use]
    pub fn plain(self, text: impl AsRef<str>) -> Self {
        self.with(Style::Plain, text)
    }

    /// The line with muted text behind it.
    #[must_use]
    pub fn muted(self, text: impl AsRef<str>) -> Self {
        self.with(Style::Muted, text)
    }

    /// The line with strong text behind it.
    #[must_use]
    pub fn strong(self, text: impl AsRef<str>) -> Self {
        self.with(Style::Strong, text)
    }

    /// The line with what somebody wrote behind it, on one line.
    #[must_use]
    pub fn said(self, style: Style, text: &str) -> Self {
        self.with(style, one_line(text))
    }

    /// The line with something to type behind it.
    #[must_use]
    pub fn command(self, text: impl AsRef<str>) -> Self {
        self.with(Style::Command, text)
    }

    /// The line with a reference behind it.
    #[must_use]
    pub fn reference(self, reference: &Ref) -> Self {
        let unique = reference.unique;
        self.with(Style::Ref { unique }, &reference.text)
    }

    /// The line with another one behind it.
    #[must_use]
    pub fn join(mut self, other: Self) -> Self {
        self.spans.extend(other.spans);
        self
    }

    /// The pieces that it is made of.
    #[must_use]
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// How many columns it takes.
    #[must_use]
    pub fn width(&self) -> usize {
        self.spans.iter().map(|span| span.text.width()).sum()
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// The line cut to a width, with `…` where something is missing.
    #[must_use]
    pub fn cut(self, width: usize) -> Self {
        if self.width() <= width {
            return self;
        }
        let mut left = width.saturating_sub(1);
        let mut spans = Vec::new();
        for span in self.spans {
            let wide = span.text.width();
            if wide <= left {
                left -= wide;
                spans.push(span);
                continue;
            }
            let mut text = beginning(&span.text, left).trim_end().to_owned();
            if width > 0 {
                text.push('…');
            }
            spans.push(Span {
                text,
                style: span.style,
            });
            break;
        }
        Self { spans }
    }
}

/// As many whole characters as fit into a width.
fn beginning(text: &str, width: usize) -> &str {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += c.width().unwrap_or(0);
        if used > width {
            return text.get(..at).unwrap_or_default();
        }
    }
    text
}

/// Lines to show.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    lines: Vec<Line>,
}

impl Document {
    /// Nothing to show yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { lines: Vec::new() }
    }

    /// The lines.
    #[must_use]
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Adds a line.
    pub fn push(&mut self, line: Line) {
        self.lines.push(line);
    }

    /// Adds lines.
    pub fn extend(&mut self, lines: impl IntoIterator<Item = Line>) {
        self.lines.extend(lines);
    }

    /// Adds another document's lines.
    pub fn append(&mut self, other: Self) {
        self.lines.extend(other.lines);
    }

    /// Adds an empty line, unless there is one already or nothing above it.
    pub fn blank(&mut self) {
        if self.lines.last().is_some_and(|last| !last.is_empty()) {
            self.lines.push(Line::new());
        }
    }

    /// The document without empty lines at its end.
    #[must_use]
    pub fn trimmed(mut self) -> Self {
        while self.lines.last().is_some_and(Line::is_empty) {
            self.lines.pop();
        }
        self
    }

    /// Adds a title above what follows.
    pub fn heading(&mut self, text: &str) {
        self.blank();
        self.push(Line::new().strong(text));
    }

    /// Adds a hint: why, and the command that helps.
    pub fn hint(&mut self, why: &str, command: &str) {
        self.push(
            Line::new()
                .muted("hint: ")
                .muted(why)
                .muted(": ")
                .command(command),
        );
    }

    /// Adds text that somebody wrote, its line breaks kept and its lines wrapped.
    pub fn paragraph(&mut self, style: Style, text: &str, indent: usize, width: usize) {
        let room = width.saturating_sub(indent).max(20);
        for paragraph in text.lines() {
            for line in wrapped(paragraph, room) {
                self.push(Line::new().plain(" ".repeat(indent)).with(style, line));
            }
        }
    }

    /// Adds a sentence behind a label, its further lines below its first word; below the label where
    /// there is no room beside it.
    pub fn hanging(&mut self, label: Line, text: &str, indent: usize, width: usize) {
        let room = width.saturating_sub(indent);
        if room < NARROW {
            self.push(label);
            return self.paragraph(Style::Plain, text, 4, width);
        }
        let mut label = Some(label);
        for line in wrapped(text, room) {
            let head = label.take().unwrap_or_default();
            // A label that is too long keeps a space behind it.
            let least = usize::from(!head.is_empty());
            let pad = indent.saturating_sub(head.width()).max(least);
            self.push(head.plain(" ".repeat(pad)).plain(line));
        }
    }

    /// The document as text, each line ended by a line feed, without spaces at line ends.
    #[must_use]
    pub fn render(&self, ansi: Ansi) -> String {
        let mut text = String::new();
        for line in &self.lines {
            let mut shown = String::new();
            for span in &line.spans {
                match ansi {
                    Ansi::Off => shown.push_str(&span.text),
                    Ansi::On => paint(&mut shown, span),
                }
            }
            text.push_str(shown.trim_end_matches(' '));
            text.push('\n');
        }
        text
    }
}

/// Words put on lines of at most `width` columns; a longer word has a line of its own.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let fits = |line: &String| line.width() + 1 + word.width() <= width;
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if fits(line) => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn paint(out: &mut String, span: &Span) {
    let (style, text) = match span.style {
        Style::Ref { unique } => {
            let (head, rest) = span
                .text
                .split_at_checked(unique)
                .unwrap_or((&span.text, ""));
            put(out, AnsiColor::Cyan.on_default().bold(), head);
            (Look::new().dimmed(), rest)
        }
        Style::Plain => (Look::new(), span.text.as_str()),
        Style::Strong => (Look::new().bold(), span.text.as_str()),
        Style::Muted => (Look::new().dimmed(), span.text.as_str()),
        Style::Good => (AnsiColor::Green.on_default(), span.text.as_str()),
        Style::Warn => (AnsiColor::Yellow.on_default(), span.text.as_str()),
        Style::Bad => (AnsiColor::Red.on_default(), span.text.as_str()),
        Style::Command => (AnsiColor::Cyan.on_default(), span.text.as_str()),
    };
    put(out, style, text);
}

fn put(out: &mut String, look: Look, text: &str) {
    if text.is_empty() {
        return;
    }
    // Writing to a String does not fail.
    let _ = write!(out, "{}{text}{}", look.render(), look.render_reset());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: Line, ansi: Ansi) -> String {
        let mut document = Document::new();
        document.push(line);
        document.render(ansi)
    }

    #[test]
    fn people_cannot_put_escapes_into_a_document() {
        let line = Line::new().said(Style::Strong, "red\u{1b}[31m alert\nnow");
        assert_eq!(shown(line.clone(), Ansi::Off), "red␛[31m alert now\n");
        assert_eq!(
            shown(line, Ansi::On),
            "\u{1b}[1mred␛[31m alert now\u{1b}[0m\n"
        );
    }

    #[test]
    fn the_part_that_tells_a_reference_apart_is_highlighted() {
        let reference = Ref {
            text: "kr-3mz9".to_owned(),
            unique: 4,
        };
        assert_eq!(
            shown(Line::new().reference(&reference), Ansi::On),
            "\u{1b}[1m\u{1b}[36mkr-3\u{1b}[0m\u{1b}[2mmz9\u{1b}[0m\n"
        );
    }

    #[test]
    fn lines_are_cut_by_columns_and_not_by_bytes() {
        for (text, width, cut) in [
            ("qualified leads", 15, "qualified leads"),
            ("qualified leads", 12, "qualified l…"),
            ("qualified leads", 11, "qualified…"),
            ("人事評価", 5, "人事…"),
            ("人事評価", 4, "人…"),
            ("abc", 1, "…"),
            ("abc", 0, ""),
        ] {
            let line = Line::new().plain(text).cut(width);
            assert_eq!(shown(line, Ansi::Off).trim_end(), cut, "{text} {width}");
        }
    }

    #[test]
    fn a_sentence_hangs_behind_its_label() {
        let mut document = Document::new();
        document.hanging(Line::new().strong("one"), "two three four five six", 6, 26);
        document.hanging(Line::new().plain("seven eight"), "nine", 6, 26);
        assert_eq!(
            document.render(Ansi::Off),
            "one   two three four five\n      six\nseven eight nine\n"
        );
        let mut narrow = Document::new();
        narrow.hanging(Line::new().strong("one"), "two three four five six", 6, 25);
        assert_eq!(
            narrow.render(Ansi::Off),
            "one\n    two three four five\n    six\n"
        );
    }

    #[test]
    fn paragraphs_are_wrapped_and_keep_their_lines() {
        let mut document = Document::new();
        document.paragraph(Style::Plain, "one two three four five six\n\nseven", 2, 22);
        assert_eq!(
            document.render(Ansi::Off),
            "  one two three four\n  five six\n\n  seven\n"
        );
    }
}
