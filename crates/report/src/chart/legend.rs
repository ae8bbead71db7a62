//! What the lines and marks of a plot mean.

use std::collections::BTreeSet;

use quarterdeck_core::token::MetricKind;

use super::mark::MarkKind;
use super::plot::Plot;
use crate::text::{Line, Style};

/// What is to be seen in a plot drawn in lines, on as many lines as so many columns need.
#[must_use]
pub fn legend(plot: &Plot, columns: usize) -> Vec<Line> {
    let mut entries: Vec<Line> = Vec::new();
    let mut add = |style: Style, sample: &str, word: &str| {
        entries.push(Line::new().with(style, sample).muted(format!(" {word}")));
    };
    if !plot.course.is_empty() {
        add(Style::Strong, "⠒⠒⠒", "measured");
        add(Style::Plain, "⠂⠂⠂", "holds");
    }
    if !plot.pace.is_empty() {
        add(Style::Muted, "⠂ ⠂", "pace");
    }
    match plot.metric {
        MetricKind::Maintain => add(Style::Good, "⠒ ⠒", "range"),
        MetricKind::Binary => {}
        _ => add(Style::Good, "⠒ ⠒", "target"),
    }
    let kinds: BTreeSet<MarkKind> = plot.marks.iter().map(|mark| mark.kind).collect();
    for kind in kinds {
        add(kind.style(), &kind.symbol().to_string(), kind.word());
    }
    let mut lines: Vec<Line> = Vec::new();
    for entry in entries {
        match lines.last_mut() {
            Some(line) if line.width() + 3 + entry.width() <= columns => {
                *line = std::mem::take(line).plain("   ").join(entry);
            }
            _ => lines.push(entry.cut(columns)),
        }
    }
    lines
}
