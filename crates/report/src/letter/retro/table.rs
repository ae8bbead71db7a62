//! Tables in Markdown that can be read without being rendered: columns are padded to one width.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;

/// A column is padded up to this width; what is longer stands as it is.
const WIDEST: usize = 48;

/// A table under construction. Its cells are Markdown already.
pub(super) struct Table {
    titles: Vec<&'static str>,
    /// Whether a column's numbers stand at its right.
    right: Vec<bool>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these columns; the titles of those with numbers begin with `>`.
    pub(super) fn new(titles: &[&'static str]) -> Self {
        Self {
            titles: (titles.iter())
                .map(|title| title.trim_start_matches('>'))
                .collect(),
            right: titles.iter().map(|title| title.starts_with('>')).collect(),
            rows: Vec::new(),
        }
    }

    pub(super) fn row(&mut self, cells: impl Into<Vec<String>>) {
        self.rows.push(cells.into());
    }

    /// The table, with an empty line behind it; nothing without rows.
    pub(super) fn write(self, text: &mut String) {
        if self.rows.is_empty() {
            return;
        }
        let widths: Vec<usize> = (self.titles.iter().enumerate())
            .map(|(at, title)| {
                let cells = self.rows.iter().filter_map(|row| row.get(at));
                let widest = cells
                    .map(|cell| cell.width())
                    .filter(|wide| *wide <= WIDEST);
                widest.max().unwrap_or(0).max(title.width()).max(3)
            })
            .collect();
        let titles = self.titles.iter().map(|title| (*title).to_owned());
        self.line(text, &titles.collect::<Vec<_>>(), &widths);
        for (wide, right) in widths.iter().zip(&self.right) {
            let rule = "-".repeat(wide.saturating_sub(1));
            let rule = if *right {
                format!("{rule}:")
            } else {
                format!("{rule}-")
            };
            // Writing to a string cannot fail; so below.
            let _ = write!(text, "| {rule} ");
        }
        text.push_str("|\n");
        for row in &self.rows {
            self.line(text, row, &widths);
        }
        text.push('\n');
    }

    fn line(&self, text: &mut String, cells: &[String], widths: &[usize]) {
        for ((at, wide), right) in widths.iter().enumerate().zip(&self.right) {
            let cell = cells.get(at).map_or("", String::as_str);
            let pad = " ".repeat(wide.saturating_sub(cell.width()));
            let _ = if *right {
                write!(text, "| {pad}{cell} ")
            } else {
                write!(text, "| {cell}{pad} ")
            };
        }
        text.push_str("|\n");
    }
}
