//! A plot in lines of a terminal.
//!
//! ```text
//! 550 ┤⠒ ⠒ ⠒ ⠒ ⠒ ⠒ ⠒ ⠒ ⠒ ⠒ ⠒ 550   dashes: the target
//!     │      ⠠⠤⠤⠤⠤⠤⡖⠒⠒⠈⠈⠈⠈⠈⠈ 531    the curve, in steps; where it is not measured, in dots
//! 500 ┤⠤⠤⠤⠤⠤⠜ ⠐ ⠐               far dots: the line of pace
//!     └┬──────────┬─────────────
//!      Jul        Aug
//! sure ▅▅▅▅▅▅▃▃▃▃▃                confidence
//!          ◆      !               what happened
//! ```

use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::token::MetricKind;
use unicode_width::UnicodeWidthStr;

use super::mark::{Mark, MarkKind};
use super::plot::Plot;
use super::raster::{self, Layer, Raster, Runs};
use super::scale::Scale;
use crate::number::number;
use crate::text::{Line, Style, confidence_style};

/// Fewer columns than these for the curve itself, and there are no figures at its right.
const ROOMY: usize = 30;
/// Fewer than these, and there are none at its left.
const NARROW: usize = 12;
/// Between two figures of days, at least.
const DAYS_APART: usize = 9;
/// Lines of the curve itself, at least, where confidence and marks have lines of their own.
const LEAST: usize = 4;

/// Columns of a figure at the right, at most.
const LONGEST: usize = 14;

/// What stands before confidence.
const SURE: &str = "sure";
const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The plot on a scale, at most so many columns wide and lines high, its axes and rows of confidence
/// and marks included.
#[must_use]
pub fn lines(plot: &Plot, scale: &Scale, columns: usize, rows: usize) -> Vec<Line> {
    let frame = Frame::of(plot, scale, columns, rows);
    if frame.columns == 0 || frame.rows == 0 {
        return Vec::new();
    }
    let raster = drawn(plot, scale, &frame);
    let mut lines: Vec<Line> = (0..frame.rows)
        .map(|row| frame.framed(row, raster.line(row)))
        .collect();
    if frame.has_days {
        lines.extend(frame.days(scale));
    }
    if frame.has_sure {
        lines.push(frame.beside(SURE, sure(plot, scale, &frame)));
    }
    if frame.has_marks {
        lines.push(frame.beside("", marks(&plot.marks, scale, &frame)));
    }
    lines.into_iter().map(|line| line.cut(columns)).collect()
}

/// How the columns and lines are shared out.
struct Frame {
    /// Of the curve itself.
    columns: usize,
    rows: usize,
    /// Of the figures at the left; none where there is no room.
    left: Option<usize>,
    has_days: bool,
    has_sure: bool,
    has_marks: bool,
    /// Figures at the left, by line.
    figures: Vec<(usize, String)>,
    /// Figures at the right, by line.
    values: Vec<(usize, Style, String)>,
}

impl Frame {
    fn of(plot: &Plot, scale: &Scale, columns: usize, rows: usize) -> Self {
        let has_days = rows > LEAST;
        let mut left_over = rows.saturating_sub(2 * usize::from(has_days));
        let mut row = |wanted: bool| {
            let has = wanted && left_over > LEAST;
            left_over -= usize::from(has);
            has
        };
        let (has_sure, has_marks) = (row(scale.has_sure()), row(scale.has_marks()));
        let rows = left_over;
        let line = |up: f64| raster::down(up, rows) / raster::DOWN;
        // No two figures in neighbouring lines.
        let figures: Vec<(usize, String)> = (scale.figures((rows / 2).max(2)).into_iter())
            .map(|tick| (line(tick.at), tick.label))
            .collect();
        let mut widest = figures.iter().map(|(_, label)| label.width()).max();
        if has_sure {
            widest = widest.max(Some(SURE.len()));
        }
        let left = widest.filter(|left| left + 2 + NARROW <= columns);
        let columns = columns.saturating_sub(left.map_or(0, |left| left + 2));
        let values = values(plot, scale, &line);
        let right = (values.iter().map(|(_, _, value)| value.width() + 1)).max();
        let right = right.filter(|right| columns.saturating_sub(*right) >= ROOMY);
        Self {
            columns: columns.saturating_sub(right.unwrap_or(0)),
            rows,
            figures: if left.is_some() { figures } else { Vec::new() },
            left,
            has_days,
            has_sure,
            has_marks,
            values: if right.is_some() { values } else { Vec::new() },
        }
    }

    /// A line of the curve between its figures.
    fn framed(&self, row: usize, curve: Line) -> Line {
        let mut line = Line::new();
        if let Some(left) = self.left {
            let figure = self.figures.iter().find(|(at, _)| *at == row);
            let (label, edge) = figure.map_or(("", "│"), |(_, label)| (label.as_str(), "┤"));
            line = line.muted(format!("{}{label} {edge}", pad(left, label)));
        }
        line = line.join(curve);
        match self.values.iter().find(|(at, _, _)| *at == row) {
            Some((_, style, value)) => line.plain(" ").with(*style, value),
            None => line,
        }
    }

    /// A line below the curve.
    fn beside(&self, label: &str, row: Line) -> Line {
        match self.left {
            Some(left) => Line::new()
                .muted(format!("{}{label}  ", pad(left, label)))
                .join(row),
            None => row,
        }
    }

    /// The lower edge, and the days below it.
    fn days(&self, scale: &Scale) -> [Line; 2] {
        let ticks = scale.days((self.columns / DAYS_APART).max(1));
        let mut edge = vec!['─'; self.columns];
        let mut names = String::new();
        for tick in &ticks {
            let at = self.column(tick.at);
            if names.width() > at || at + tick.label.width() > self.columns {
                continue;
            }
            if let Some(cell) = edge.get_mut(at) {
                *cell = '┬';
            }
            names.push_str(&" ".repeat(at.saturating_sub(names.width())));
            names.push_str(&tick.label);
            names.push(' ');
        }
        let edge: String = edge.into_iter().collect();
        let edge = match self.left {
            Some(left) => format!("{} └{edge}", " ".repeat(left)),
            None => edge,
        };
        let names = Line::new().muted(names.trim_end());
        [Line::new().muted(edge), self.beside("", names)]
    }

    /// The column of a share of the way across.
    fn column(&self, across: f64) -> usize {
        let last = self.columns.saturating_sub(1);
        ((across * last as f64).round().max(0.0) as usize).min(last)
    }
}

fn pad(width: usize, label: &str) -> String {
    " ".repeat(width.saturating_sub(label.width()))
}

/// What stands at the right: the value and the target, in full.
fn values(plot: &Plot, scale: &Scale, line: &impl Fn(f64) -> usize) -> Vec<(usize, Style, String)> {
    if plot.metric == MetricKind::Binary {
        return Vec::new();
    }
    let mut found: Vec<(usize, Style, String)> = Vec::new();
    let mut add = |value: Option<Decimal>, style: Style| {
        if let Some(value) = value {
            let row = line(scale.up(value));
            let value = number(value);
            // A longer one is told elsewhere: here it would cost the curve its room.
            if value.len() <= LONGEST && found.iter().all(|(other, _, _)| *other != row) {
                found.push((row, style, value));
            }
        }
    };
    add(plot.course.last().map(|last| last.value), Style::Strong);
    if let Some(aim) = plot.aims.last() {
        add(aim.target, Style::Good);
        add(aim.high, Style::Good);
        add(aim.low, Style::Good);
    }
    found
}

fn drawn(plot: &Plot, scale: &Scale, frame: &Frame) -> Raster {
    let mut raster = Raster::new(frame.columns, frame.rows);
    let place =
        |raster: &Raster, day, value: Decimal| raster.place(scale.across(day), scale.up(value));
    for (from, to) in plot.pace.iter().zip(plot.pace.iter().skip(1)) {
        let from = place(&raster, from.date, from.value);
        let to = place(&raster, to.date, to.value);
        raster.slope(Layer::Pace, from, to, 4);
    }
    let end = |raster: &Raster| raster.place(1.0, 0.0).0;
    let dashed = |x: usize| x % 6 < 3;
    let lows: Vec<_> = plot.ranges().map(|(since, low, _)| (since, low)).collect();
    let highs: Vec<_> = plot
        .ranges()
        .map(|(since, _, high)| (since, high))
        .collect();
    for levels in [plot.targets().collect(), lows, highs] {
        for (at, (since, value)) in levels.iter().enumerate() {
            let (x, y) = place(&raster, *since, *value);
            let next = (levels.get(at + 1)).map(|(since, value)| place(&raster, *since, *value));
            let until = next.map_or_else(|| end(&raster), |(next, _)| next);
            raster.level(Layer::Target, (x, until), y, dashed);
        }
    }
    let mut last = plot
        .start
        .map(|value| place(&raster, plot.starts.plus_days(-1), value));
    for (at, point) in plot.course.iter().enumerate() {
        let (x, y) = place(&raster, point.date, point.value);
        match last {
            Some((from, level)) if at == 0 => {
                raster.level(Layer::Held, (from, x), level, |x| x % 2 == 0);
                raster.upright(Layer::Curve, x, (level, y));
            }
            Some((from, level)) => {
                raster.level(Layer::Curve, (from, x), level, |_| true);
                raster.upright(Layer::Curve, x, (level, y));
            }
            None => raster.set(Layer::Curve, x, y),
        }
        last = Some((x, y));
    }
    if let Some((from, level)) = last.filter(|_| plot.on >= plot.starts) {
        let (until, _) = raster.place(scale.across(plot.on), 0.0);
        raster.level(Layer::Held, (from, until), level, |x| x % 2 == 0);
    }
    raster
}

/// Confidence as it was stated, each until the next, up to the day that the plot is of.
fn sure(plot: &Plot, scale: &Scale, frame: &Frame) -> Line {
    let stated = &plot.confidence;
    let until = frame.column(scale.across(plot.on));
    let mut runs = Runs::default();
    for column in 0..=until {
        let holds = (stated.iter())
            .rev()
            .find(|point| frame.column(scale.across(point.date)) <= column);
        match holds {
            Some(point) => {
                let height = (point.value.to_f64() * 7.0).round().clamp(0.0, 7.0) as usize;
                let block = BLOCKS.get(height).copied().unwrap_or('█');
                runs.push(confidence_style(point.value), block);
            }
            None => runs.push(Style::Plain, ' '),
        }
    }
    runs.line()
}

/// What happened, each in the column of its day, or in the next one that is free; what has no room
/// there gives way to what matters more.
fn marks(marks: &[Mark], scale: &Scale, frame: &Frame) -> Line {
    let mut cells: Vec<Option<MarkKind>> = vec![None; frame.columns];
    let mut by_weight: Vec<&Mark> = marks.iter().collect();
    by_weight.sort_by_key(|mark| (mark.kind, mark.date));
    for mark in by_weight {
        let at = frame.column(scale.across(mark.date));
        let free = (at..at + 3).find(|at| cells.get(*at).is_some_and(Option::is_none));
        if let Some(cell) = free.and_then(|at| cells.get_mut(at)) {
            *cell = Some(mark.kind);
        }
    }
    let mut runs = Runs::default();
    for cell in cells {
        match cell {
            Some(kind) => runs.push(kind.style(), kind.symbol()),
            None => runs.push(Style::Plain, ' '),
        }
    }
    runs.line()
}
