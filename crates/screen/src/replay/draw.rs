//! How the replay looks.
//!
//! ```text
//! acme  2026-Q3, 21 Aug, week 8 of 13            known by 21 Aug 14:02
//! ──────────────────────────────┬─────────────────────────────────────
//! ▾ Be the first choice  ███··· │ kr-3mz9  Qualified leads
//!     Qualified leads    ████·· │ 550 ┤⠒ ⠒ ⠒ ⠒ ⠒ ⠒ ⠒
//! ──────────────────────────────┴─────────────────────────────────────
//! 14:02  ana  Qualified leads  checked in 531
//!    ◆       •     ≠                                         marks
//! ━━━━━━━━━━━━━━━●───────────────────────────────────────    scrubber
//! ```

use quarterdeck_report::chart;
use quarterdeck_report::json::LogLine;
use quarterdeck_report::text::{self, Line, Style, figures};
use ratatui::Frame as Canvas;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr;

use super::keys::HELP;
use super::{Film, Frame, Replay, Sign, Stop, rows, scrubber};
use crate::look::Look;
use crate::part::{self, Row, beside, list, middle, popup, put, put_line, row_width, rule};

/// Where things are.
pub(super) struct Places {
    head: Rect,
    pub(super) tree: Rect,
    bar: Rect,
    chart: Rect,
    between: Rect,
    events: Rect,
    pub(super) scrubber: Rect,
    keys: Rect,
}

/// Where things are in a terminal of so many columns and rows.
pub(super) fn places((width, height): (u16, u16)) -> Places {
    let at = |y: u16, height: u16| Rect {
        x: 0,
        y,
        width,
        height,
    };
    let events = (height / 5).clamp(3, 14);
    let body = height.saturating_sub(2 + 1 + events + scrubber::ROWS + 1);
    let left = if width < 100 {
        width * 11 / 20
    } else {
        width / 2
    };
    let chart = left + 2;
    let mut y = 2 + body;
    let mut next = |rows: u16| {
        let place = at(y, rows);
        y += rows;
        place
    };
    Places {
        head: at(0, 1),
        tree: Rect {
            width: left.saturating_sub(1),
            ..at(2, body)
        },
        bar: Rect {
            x: left,
            width: 1,
            ..at(2, body)
        },
        chart: Rect {
            x: chart,
            width: width.saturating_sub(chart),
            ..at(2, body)
        },
        between: next(1),
        events: next(events),
        scrubber: next(scrubber::ROWS),
        keys: at(height.saturating_sub(1), 1),
    }
}

/// Draws the whole screen.
pub(super) fn screen(replay: &Replay, canvas: &mut Canvas<'_>, look: &Look) {
    if part::too_small(canvas) {
        return;
    }
    let area = canvas.area();
    let width = usize::from(area.width);
    let places = places((area.width, area.height));
    match (&replay.film, &replay.trouble) {
        (None, None) => {
            let line = Line::new().muted("Reading the log …");
            put_line(canvas, places.head, &line, look);
        }
        (_, Some(trouble)) => put(canvas, area, &part::trouble(trouble, width), look),
        (Some(film), None) if film.stops.is_empty() => nothing(film, canvas, area, look),
        (Some(film), None) => {
            put_line(canvas, places.head, &head(replay, film, width), look);
            let line = Rect {
                y: 1,
                ..places.head
            };
            put_line(canvas, line, &rule(width), look);
            if let Some((at, stop, frame)) = replay.seen() {
                body(replay, (at, frame), &places, canvas, look);
                put_line(canvas, places.between, &rule(width), look);
                let lines = events(film, stop, frame, &places);
                put(canvas, places.events, &lines, look);
            }
            put(
                canvas,
                places.scrubber,
                &scrubber::lines(replay, film, width),
                look,
            );
        }
    }
    let keys: &[(&str, &str)] = &[
        ("?", "help"),
        ("q", "quit"),
        ("space", "play"),
        ("←→", "step"),
        ("g", "goalpost"),
        ("↑↓", "choose"),
        ("s", "steps"),
        ("+-", "speed"),
        ("[ ]", "day"),
        ("{ }", "week"),
    ];
    put_line(canvas, places.keys, &part::keys(keys, width), look);
    if replay.shows_help {
        help(canvas, area, look);
    }
}

fn nothing(film: &Film, canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
    let lines = [
        (Line::new().plain("Nothing happened in "))
            .said(Style::Strong, &film.cycle)
            .plain(" then."),
        Line::new().muted("Another cycle, or another --from and --until, may have more."),
    ];
    put(canvas, area, &lines, look);
}

fn head(replay: &Replay, film: &Film, width: usize) -> Line {
    let left = (Line::new().said(Style::Strong, &film.workspace).plain("  "))
        .said(Style::Strong, &film.cycle);
    let Some((_, stop, frame)) = replay.seen() else {
        return left;
    };
    let mut left = left
        .plain("  ")
        .strong(text::day(stop.day, film.view.today));
    if let (Some(week), Some(cycle)) = (stop.week, &frame.status.cycle) {
        left = left.muted(format!(", week {week} of {}", cycle.weeks));
    }
    let mut right = Line::new();
    if let Some(score) = frame.status.cycle.as_ref().and_then(|cycle| cycle.score) {
        let bar = figures::progress_bar(Some(score), None);
        right = right.join(figures::score(Some(score))).plain(" ").join(bar);
    }
    let known = text::moment(stop.at, &film.view.zone, film.view.today);
    right = right.muted(format!("  known by {known}, #{}", stop.seq));
    beside(left, right, width)
}

fn body(
    replay: &Replay,
    (at, frame): (usize, &Frame),
    places: &Places,
    canvas: &mut Canvas<'_>,
    look: &Look,
) {
    let found = rows::rows(&frame.status, &replay.folded);
    let chosen = replay.row(&found);
    let width = row_width(places.tree);
    let drawn: Vec<Row> = found.iter().map(|row| Row::of(row.line(width))).collect();
    if drawn.is_empty() {
        let line = Line::new().muted("There were no goals yet.");
        put_line(canvas, places.tree, &line, look);
    }
    list(canvas, places.tree, &drawn, chosen, look);
    let bars = vec![Line::new().muted("│"); usize::from(places.bar.height)];
    put(canvas, places.bar, &bars, look);
    let Some(id) = found.get(chosen).and_then(rows::Goal::measured) else {
        return;
    };
    let all = frame
        .status
        .objectives
        .iter()
        .flat_map(|one| &one.key_results);
    let Some(one) = all.into_iter().find(|one| one.id == id) else {
        return;
    };
    let (columns, rows) = (
        usize::from(places.chart.width),
        usize::from(places.chart.height),
    );
    let mut lines = vec![
        (Line::new().reference(&one.reference).plain("  "))
            .said(Style::Strong, &one.title)
            .cut(columns),
        (Line::new()
            .said(Style::Plain, &figures::standing(one))
            .plain("  "))
        .join(figures::key_result_status(one))
        .cut(columns),
    ];
    // The curve of the stop that is shown; until it comes, the last one that was.
    let latest = || (replay.charts.iter().rev()).find(|(_, of, _)| *of == id);
    let drawn = replay
        .chart_of(at, id)
        .or_else(|| latest().map(|(_, _, chart)| chart.as_ref()));
    if let Some(Some(found)) = drawn {
        let left = rows.saturating_sub(lines.len());
        lines.extend(chart::lines(&found.plot, &found.scale, columns, left));
    }
    put(canvas, places.chart, &lines, look);
}

/// What became known with the stop.
fn events(film: &Film, stop: &Stop, frame: &Frame, places: &Places) -> Vec<Line> {
    let (width, height) = (
        usize::from(places.events.width),
        usize::from(places.events.height),
    );
    if frame.events.is_empty() {
        return vec![Line::new().muted("Nothing was recorded; pace and staleness moved on.")];
    }
    let mut signs = stop.signs.clone();
    signs.sort_unstable();
    signs.dedup();
    let all = frame.events.len();
    let room = if all > height {
        height.saturating_sub(1)
    } else {
        height
    };
    // The last ones: what a day ended with.
    let from = all.saturating_sub(room);
    let mut lines = Vec::new();
    if from > 0 {
        lines.push(Line::new().muted(format!("… {from} before these")));
    }
    for event in frame.events.iter().skip(from) {
        lines.push(event_line(film, event).cut(width));
    }
    if let Some(first) = lines.first_mut() {
        let told = (signs.iter()).fold(Line::new(), |line, sign| {
            let word = format!(" {} {}", sign.symbol(), sign.word());
            line.with(sign.style(), word)
        });
        *first = beside(std::mem::take(first), told, width);
    }
    lines
}

fn event_line(film: &Film, event: &LogLine) -> Line {
    let (who, at) = match &event.imported {
        Some(from) => (&from.author, from.at),
        None => (&event.member, event.authored),
    };
    let when = text::moment(at, &film.view.zone, film.view.today);
    let mut line = (Line::new().muted(when).plain("  ")).said(Style::Strong, who);
    if let Some(title) = &event.title {
        line = line.plain("  ").said(Style::Muted, title);
    }
    line = line.plain("  ").said(Style::Plain, &event.what);
    for said in [&event.text, &event.reason].into_iter().flatten() {
        line = line.plain("  ").said(Style::Muted, &format!("“{said}”"));
    }
    line
}

fn help(canvas: &mut Canvas<'_>, area: Rect, look: &Look) {
    let mut lines: Vec<Line> = (HELP.iter())
        .map(|(key, what)| {
            let gap = " ".repeat(17usize.saturating_sub(key.width()));
            Line::new().command(*key).plain(gap).plain(*what)
        })
        .collect();
    lines.push(Line::new());
    for signs in Sign::ALL.chunks(3) {
        lines.push(signs.iter().fold(Line::new(), |line, sign| {
            let word = format!(" {:<19}", sign.word());
            line.with(sign.style(), sign.symbol()).muted(word)
        }));
    }
    let rows = u16::try_from(lines.len())
        .unwrap_or(u16::MAX)
        .saturating_add(2);
    popup(
        canvas,
        middle(area, 72, rows),
        &Line::new().strong("Keys"),
        &lines,
        look,
    );
}
