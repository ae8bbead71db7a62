//! Tables without boxes, fitted to a width.
//!
//! Columns that are empty throughout are left out. What does not fit first costs the columns that
//! matter least, then the ends of long texts; never a line break.

use super::document::Line;

/// Between two columns.
const GAP: usize = 2;
/// A text column is never cut below this.
const LEAST: usize = 8;

/// A column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    title: &'static str,
    right: bool,
    /// Down to which width its texts may be cut before other columns are left out.
    cut: Option<usize>,
    /// Columns of the highest number are left out first; 0 is always shown.
    spare: u8,
}

impl Column {
    pub(crate) const fn new(title: &'static str) -> Self {
        Self {
            title,
            right: false,
            cut: None,
            spare: 0,
        }
    }

    pub(crate) const fn right(mut self) -> Self {
        self.right = true;
        self
    }

    pub(crate) const fn cut(mut self, width: usize) -> Self {
        self.cut = Some(width);
        self
    }

    pub(crate) const fn spare(mut self, order: u8) -> Self {
        self.spare = order;
        self
    }
}

enum Row {
    Cells(Vec<Line>),
    Across(Line),
}

/// A table under construction.
pub(crate) struct Table {
    columns: Vec<Column>,
    rows: Vec<Row>,
    indent: usize,
    titled: bool,
}

impl Table {
    pub(crate) fn new(columns: impl Into<Vec<Column>>) -> Self {
        Self {
            columns: columns.into(),
            rows: Vec::new(),
            indent: 0,
            titled: true,
        }
    }

    pub(crate) const fn untitled(mut self) -> Self {
        self.titled = false;
        self
    }

    pub(crate) const fn indent(mut self, columns: usize) -> Self {
        self.indent = columns;
        self
    }

    /// Adds a row; cells that are missing are empty.
    pub(crate) fn row(&mut self, cells: impl Into<Vec<Line>>) {
        self.rows.push(Row::Cells(cells.into()));
    }

    /// Adds a line across all columns, without indentation.
    pub(crate) fn across(&mut self, line: Line) {
        self.rows.push(Row::Across(line));
    }

    /// The table's lines, none of them wider than `width`.
    pub(crate) fn lines(self, width: usize) -> Vec<Line> {
        let widths = self.widths(width);
        let mut lines = Vec::new();
        if self.titled && self.rows.iter().any(|row| matches!(row, Row::Cells(_))) {
            let titles = self
                .columns
                .iter()
                .map(|column| Line::new().muted(column.title));
            lines.push(self.line(titles.collect(), &widths, width));
        }
        for row in &self.rows {
            lines.push(match row {
                Row::Cells(cells) => self.line(cells.clone(), &widths, width),
                Row::Across(line) => line.clone().cut(width),
            });
        }
        lines
    }

    fn line(&self, cells: Vec<Line>, widths: &[Option<usize>], width: usize) -> Line {
        let mut line = Line::new().plain(" ".repeat(self.indent));
        let mut first = true;
        for ((cell, column), wide) in cells.into_iter().zip(&self.columns).zip(widths) {
            let Some(wide) = *wide else { continue };
            if !first {
                line = line.plain(" ".repeat(GAP));
            }
            first = false;
            let cell = cell.cut(wide);
            let pad = " ".repeat(wide.saturating_sub(cell.width()));
            line = if column.right {
                line.plain(pad).join(cell)
            } else {
                line.join(cell).plain(pad)
            };
        }
        line.cut(width)
    }

    /// The width of each column; none for one that is left out.
    fn widths(&self, width: usize) -> Vec<Option<usize>> {
        let mut widths: Vec<Option<usize>> =
            (0..self.columns.len()).map(|at| self.natural(at)).collect();
        let room = width.saturating_sub(self.indent);
        while self.least(&widths) > room {
            let Some(spared) = self.most_spare(&widths) else {
                break;
            };
            if let Some(column) = widths.get_mut(spared) {
                *column = None;
            }
        }
        for floor in [None, Some(LEAST)] {
            while total(&widths) > room {
                let Some(widest) = self.widest_to_cut(&widths, floor) else {
                    break;
                };
                if let Some(Some(wide)) = widths.get_mut(widest) {
                    *wide -= 1;
                }
            }
        }
        widths
    }

    fn natural(&self, at: usize) -> Option<usize> {
        let cells = self.rows.iter().filter_map(|row| match row {
            Row::Cells(cells) => cells.get(at),
            Row::Across(_) => None,
        });
        let widest = cells.map(Line::width).max().filter(|widest| *widest > 0)?;
        let title = (self.columns.get(at))
            .filter(|_| self.titled)
            .map_or(0, |column| Line::new().plain(column.title).width());
        Some(widest.max(title))
    }

    /// The width when all texts are cut as far as they comfortably may be.
    fn least(&self, widths: &[Option<usize>]) -> usize {
        let cut: Vec<_> = (widths.iter().zip(&self.columns))
            .map(|(wide, column)| wide.map(|wide| column.cut.map_or(wide, |cut| wide.min(cut))))
            .collect();
        total(&cut)
    }

    fn most_spare(&self, widths: &[Option<usize>]) -> Option<usize> {
        (self.columns.iter().zip(widths).enumerate())
            .filter(|(_, (column, wide))| column.spare > 0 && wide.is_some())
            .max_by_key(|(_, (column, _))| column.spare)
            .map(|(at, _)| at)
    }

    /// The column with the most to spare above its least width.
    fn widest_to_cut(&self, widths: &[Option<usize>], floor: Option<usize>) -> Option<usize> {
        (self.columns.iter().zip(widths).enumerate())
            .filter_map(|(at, (column, wide))| {
                let least = floor.unwrap_or(column.cut?);
                column.cut?;
                (*wide)
                    .filter(|wide| *wide > least)
                    .map(|wide| (wide - least, at))
            })
            .max()
            .map(|(_, at)| at)
    }
}

fn total(widths: &[Option<usize>]) -> usize {
    let shown: Vec<usize> = widths.iter().copied().flatten().collect();
    shown.iter().sum::<usize>() + GAP * shown.len().saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::super::document::{Ansi, Document};
    use super::*;

    fn shown(width: usize) -> String {
        let mut table = Table::new([
            Column::new("ref"),
            Column::new("title").cut(10),
            Column::new("nothing"),
            Column::new("score").right(),
            Column::new("owner").spare(1),
        ]);
        let cell = |text: &str| Line::new().plain(text);
        table.across(cell("A line across all of it"));
        table.row([
            cell("kr-1"),
            cell("Qualified leads"),
            cell(""),
            cell("62 %"),
            cell("ana"),
        ]);
        table.row([
            cell("kr-2"),
            cell("Calls"),
            cell(""),
            cell("5 %"),
            cell("benedita"),
        ]);
        let mut document = Document::new();
        document.extend(table.lines(width));
        document.render(Ansi::Off)
    }

    #[test]
    fn columns_are_aligned_and_empty_ones_left_out() {
        assert_eq!(
            shown(80),
            "ref   title            score  owner\n\
             A line across all of it\n\
             kr-1  Qualified leads   62 %  ana\n\
             kr-2  Calls              5 %  benedita\n"
        );
    }

    #[test]
    fn texts_are_cut_then_columns_left_out_then_texts_cut_further() {
        assert_eq!(
            shown(36),
            "ref   title          score  owner\n\
             A line across all of it\n\
             kr-1  Qualified le…   62 %  ana\n\
             kr-2  Calls            5 %  benedita\n"
        );
        assert_eq!(
            shown(24),
            "ref   title        score\n\
             A line across all of it\n\
             kr-1  Qualified…    62 %\n\
             kr-2  Calls          5 %\n"
        );
        assert!(
            shown(21).contains("kr-1  Qualifi…   62 %\n"),
            "{}",
            shown(21)
        );
    }
}
