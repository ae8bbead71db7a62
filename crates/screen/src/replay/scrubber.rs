//! The days of the cycle from left to right: what is past, what is marked, where one is.

use quarterdeck_core::calendar::Date;
use quarterdeck_report::number::number;
use quarterdeck_report::text::{self, Line, Style};

use super::{Film, Replay, SPEEDS, Sign};
use crate::part::beside;

/// Rows that it takes.
pub(super) const ROWS: u16 = 3;

/// It in so many columns.
pub(super) fn lines(replay: &Replay, film: &Film, width: usize) -> Vec<Line> {
    vec![
        marks(film, width),
        bar(replay, film, width),
        labels(replay, film, width),
    ]
}

/// The column of a day; days outside of the cycle stand at its edges.
fn column(film: &Film, day: Date, width: usize) -> usize {
    let all = film.ends.days_since(film.starts).max(1);
    let past = day.days_since(film.starts).clamp(0, all);
    let (past, all) = (past.unsigned_abs() as usize, all.unsigned_abs() as usize);
    past * width.saturating_sub(1) / all
}

/// The day at a column.
pub(super) fn day_at(film: &Film, at: u16, width: usize) -> Date {
    let all = film.ends.days_since(film.starts).max(1);
    let last = i64::try_from(width.saturating_sub(1)).unwrap_or(1).max(1);
    // Rounded up: the first day that stands there.
    let past = (i64::from(at) * i64::from(all) + last - 1) / last;
    film.starts
        .plus_days(i32::try_from(past).unwrap_or(all).min(all))
}

fn marks(film: &Film, width: usize) -> Line {
    let mut found: Vec<Option<Sign>> = vec![None; width];
    for stop in &film.stops {
        let place = found.get_mut(column(film, stop.day, width));
        if let (Some(place), Some(sign)) = (place, stop.signs.iter().min()) {
            *place = Some(place.map_or(*sign, |there| there.min(*sign)));
        }
    }
    found
        .into_iter()
        .fold(Line::new(), |line, sign| match sign {
            Some(sign) => line.with(sign.style(), sign.symbol()),
            None => line.plain(" "),
        })
}

fn bar(replay: &Replay, film: &Film, width: usize) -> Line {
    let here = replay
        .stops()
        .get(replay.at)
        .map_or(film.starts, |stop| stop.day);
    let at = column(film, here, width);
    (Line::new().with(Style::Strong, "━".repeat(at)))
        .with(Style::Command, "●")
        .muted("─".repeat(width.saturating_sub(at + 1)))
}

fn labels(replay: &Replay, film: &Film, width: usize) -> Line {
    let day = |day| text::day(day, film.view.today);
    let tenths = SPEEDS.get(replay.speed).copied().unwrap_or_default();
    let playing = if replay.is_playing {
        "▶ playing"
    } else {
        "❙❙ paused"
    };
    let speed = if tenths % 10 == 0 {
        format!("{}", tenths / 10)
    } else {
        format!("{}.{}", tenths / 10, tenths % 10)
    };
    let told = format!(
        "   {playing}, {speed} a second   stop {} of {}, by {}",
        replay.at + 1,
        number(film.stops.len().into()),
        replay.pace.word()
    );
    let left = Line::new().muted(day(film.starts)).plain(told);
    beside(left, Line::new().muted(day(film.ends)), width)
}
