//! A plot in pieces of paths, layer by layer.
//!
//! Each piece is a path that stands by itself: a page which replays a quarter shows a moment by joining
//! the pieces that were known then, and keeps each piece once. Most stay the same from moment to moment;
//! what was measured, corrected or moved changes those on its two sides, and a mark those of its
//! neighbours for which it makes room.

use quarterdeck_core::calendar::Date;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::status::of_confidence;
use quarterdeck_core::token::Status;

use super::layout::{Layout, Size, tenth};
use super::mark::MarkKind;
use super::plot::Plot;
use super::scale::Scale;

/// From the middle of a mark to that of its neighbour, at least.
const APART: f64 = 10.0;

/// The pieces of a plot: values of the attribute `d` of an SVG path, to be joined within a layer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pieces {
    /// The range to maintain, to be filled: a box for each time that it stood.
    pub range: Vec<String>,
    /// What pace asks for: a straight line a month.
    pub pace: Vec<String>,
    /// What is aimed at: a level for each time that it stood, the step to the next included.
    pub target: Vec<String>,
    /// What was measured: from each measurement to the next.
    pub curve: Vec<String>,
    /// What holds without having been measured: before the first measurement, and after the last up
    /// to the day that the plot is of.
    pub held: Vec<String>,
    /// The measurements: dots, to be drawn as round caps of a wide line.
    pub points: Vec<String>,
    /// The day that the plot is of: an upright line; empty at the cycle's end and before its begin.
    pub today: Vec<String>,
    /// Confidence, to be filled: a box for each time that it was stated, in the class of what it says:
    /// `good`, `warn` or `bad`.
    pub sure: Vec<Stroke>,
    /// What happened, to be filled: a shape for each of the plot's marks, in the class of its kind.
    pub marks: Vec<Stroke>,
}

/// A piece with a class of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stroke {
    /// The day from which it is there.
    pub since: Date,
    /// Its class.
    pub class: &'static str,
    /// The path.
    pub path: String,
}

/// The pieces of a plot on a scale, in a picture of a size.
#[must_use]
pub fn pieces(plot: &Plot, scale: &Scale, size: Size) -> Pieces {
    of(plot, &Layout::of(scale, size))
}

pub(super) fn of(plot: &Plot, layout: &Layout<'_>) -> Pieces {
    let place = |day: Date, value: Decimal| (layout.x(day), layout.y(value));
    let end = layout.x(plot.ends);
    let mut pieces = Pieces {
        pace: (plot.pace.iter().zip(plot.pace.iter().skip(1)))
            .map(|(from, to)| {
                let (from, to) = (place(from.date, from.value), place(to.date, to.value));
                format!("{}L{}", moved(from), pair(to))
            })
            .collect(),
        ..Pieces::default()
    };

    let mut ranges = plot.ranges().peekable();
    while let Some((since, low, high)) = ranges.next() {
        let until = ranges.peek().map_or(end, |(next, _, _)| layout.x(*next));
        let (x, upper) = place(since, high);
        pieces.range.push(framed(x, until, upper, layout.y(low)));
    }
    let mut targets = plot.targets().peekable();
    while let Some((since, value)) = targets.next() {
        let from = place(since, value);
        pieces.target.push(match targets.peek() {
            Some((next, value)) => step(from, place(*next, *value)),
            None => level(from, end),
        });
    }
    curve(plot, layout, &mut pieces);
    if let Some((upper, lower)) = layout.sure {
        let mut stated = plot.confidence.iter().peekable();
        while let Some(point) = stated.next() {
            let until = stated.peek().map_or(plot.on, |next| next.date);
            let height = point.value.to_f64().clamp(0.0, 1.0) * (lower - upper);
            let (x, until) = (layout.x(point.date), layout.x(until));
            pieces.sure.push(Stroke {
                since: point.date,
                class: class(of_confidence(point.value)),
                path: framed(x, until.max(x + 1.0), lower - height.max(1.0), lower),
            });
        }
    }
    if let Some(y) = layout.marks {
        // Side by side where several are of one day, or of days that lie close.
        let mut free = f64::NEG_INFINITY;
        for mark in &plot.marks {
            let x = layout.x(mark.date).max(free).min(layout.right);
            free = x + APART;
            pieces.marks.push(Stroke {
                since: mark.date,
                class: mark.kind.class(),
                path: shape(mark.kind, (x, y)),
            });
        }
    }
    pieces
}

/// What was measured, and what holds beside it.
fn curve(plot: &Plot, layout: &Layout<'_>, pieces: &mut Pieces) {
    let begin = plot.starts.plus_days(-1);
    let mut last: Option<(f64, f64)> = None;
    for point in &plot.course {
        let to = (layout.x(point.date), layout.y(point.value));
        match (last, plot.start) {
            (Some(from), _) => pieces.curve.push(step(from, to)),
            (None, Some(start)) => {
                let from = (layout.x(begin), layout.y(start));
                pieces.held.push(step(from, to));
            }
            (None, None) => {}
        }
        pieces.points.push(format!("{}h0", moved(to)));
        last = Some(to);
    }
    if plot.on < plot.starts {
        return;
    }
    let holds = last.or_else(|| plot.start.map(|start| (layout.x(begin), layout.y(start))));
    let today = layout.x(plot.on);
    if let Some(from) = holds.filter(|(x, _)| *x < today) {
        pieces.held.push(level(from, today));
    }
    if plot.on < plot.ends {
        let down = tenth(layout.bottom);
        (pieces.today).push(format!("{}V{down}", moved((today, layout.top))));
    }
}

const fn class(status: Status) -> &'static str {
    match status {
        Status::Done | Status::OnTrack => "good",
        Status::AtRisk | Status::Stale => "warn",
        Status::OffTrack => "bad",
    }
}

fn pair((x, y): (f64, f64)) -> String {
    format!("{} {}", tenth(x), tenth(y))
}

fn moved(to: (f64, f64)) -> String {
    format!("M{}", pair(to))
}

fn level(from: (f64, f64), until: f64) -> String {
    format!("{}H{}", moved(from), tenth(until))
}

/// Level until the next, then up or down to it.
fn step(from: (f64, f64), to: (f64, f64)) -> String {
    if tenth(from.1) == tenth(to.1) {
        return level(from, to.0);
    }
    format!("{}V{}", level(from, to.0), tenth(to.1))
}

fn framed(left: f64, right: f64, upper: f64, lower: f64) -> String {
    let level = level((left, upper), right);
    format!("{level}V{}H{}Z", tenth(lower), tenth(left))
}

/// The shape of a mark around its place: kinds can be told apart without colour.
pub(super) fn shape(kind: MarkKind, (x, y): (f64, f64)) -> String {
    match kind {
        // A diamond.
        MarkKind::Aim => format!("{}l4.5 4.5l-4.5 4.5l-4.5 -4.5Z", moved((x, y - 4.5))),
        // A cross.
        MarkKind::Conflict => format!(
            "{}l3 3l3 -3l1.5 1.5l-3 3l3 3l-1.5 1.5l-3 -3l-3 3l-1.5 -1.5l3 -3l-3 -3Z",
            moved((x - 3.0, y - 4.5))
        ),
        // A square.
        MarkKind::Grade => format!("{}h7v7h-7Z", moved((x - 3.5, y - 3.5))),
        // Triangles, down and up.
        MarkKind::Problem => format!("{}h9l-4.5 8Z", moved((x - 4.5, y - 4.0))),
        MarkKind::Win | MarkKind::Thanks => format!("{}h-9l4.5 -8Z", moved((x + 4.5, y + 4.0))),
        // Discs, the lesser the smaller.
        MarkKind::Learning | MarkKind::Decision => disc((x, y), "3.5", "7"),
        MarkKind::Comment => disc((x, y), "2", "4"),
    }
}

fn disc((x, y): (f64, f64), radius: &str, across: &str) -> String {
    let left = x - across.parse::<f64>().unwrap_or_default() / 2.0;
    format!(
        "{}a{radius} {radius} 0 1 0 {across} 0a{radius} {radius} 0 1 0 -{across} 0Z",
        moved((left, y))
    )
}
