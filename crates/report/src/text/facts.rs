//! What is known of one thing: a label, and beside it what it says.

use quarterdeck_core::calendar::Timestamp;

use super::document::{Line, Style, wrapped};
use super::table::{Column, Table};
use super::{View, time};
use crate::json::Related;

/// Labels with what they say, in two columns.
pub(super) struct Facts(Vec<(String, Fact)>);

enum Fact {
    Line(Line),
    /// On as many lines as there is room for.
    Sentence(String),
}

impl Facts {
    pub(super) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(super) fn line(&mut self, label: &str, told: Line) {
        if !told.is_empty() {
            self.0.push((label.to_owned(), Fact::Line(told)));
        }
    }

    pub(super) fn sentences(&mut self, label: &str, told: &[String]) {
        for (at, sentence) in told.iter().enumerate() {
            let label = if at == 0 { label } else { "" };
            (self.0).push((label.to_owned(), Fact::Sentence(sentence.clone())));
        }
    }

    pub(super) fn text(&mut self, label: &str, told: Option<&str>) {
        if let Some(told) = told {
            self.line(label, Line::new().said(Style::Plain, told));
        }
    }

    pub(super) fn related(&mut self, label: &str, others: &[Related]) {
        for (at, other) in others.iter().enumerate() {
            let label = if at == 0 { label } else { "" };
            let line = Line::new().reference(&other.reference).plain("  ");
            self.line(label, line.said(Style::Plain, &other.title));
        }
    }

    pub(super) fn drafted(&mut self, label: &str, who: &str, when: Timestamp, view: &View) {
        let when = time::moment(when, &view.zone, view.today);
        let line = Line::new()
            .said(Style::Plain, who)
            .muted(format!(", {when}"));
        self.line(label, line);
    }

    pub(super) fn lines(self, width: usize) -> Vec<Line> {
        let labels = self.0.iter().map(|(label, _)| label.chars().count());
        let room = width.saturating_sub(labels.max().unwrap_or(0) + 4).max(20);
        let columns = [Column::new(""), Column::new("").cut(20)];
        let mut table = Table::new(columns).untitled().indent(2);
        for (label, fact) in self.0 {
            let lines = match fact {
                Fact::Line(line) => vec![line],
                Fact::Sentence(told) => (wrapped(&told, room).iter())
                    .map(|line| Line::new().said(Style::Plain, line))
                    .collect(),
            };
            let mut label = Some(label);
            for line in lines {
                let label = label.take().unwrap_or_default();
                table.row([Line::new().muted(label), line]);
            }
        }
        table.lines(width)
    }
}
