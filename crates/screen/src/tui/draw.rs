//! How the live screen looks.
//!
//! ```text
//! acme  2026-Q3, week 8 of 13            0.61 ████··   ⇡2  ≠1   head
//! 1 Goals  2 Due 3  3 Conflicts 1  4 Notes  5 Sync                tabs
//! ──────────────────────────────────────────────────────────────────
//! …                                                               body
//! ✓ recorded                                                   message
//! c check in  n note  ? help                                      keys
//! ```

mod over;

use quarterdeck_report::json::StatusCycle;
use quarterdeck_report::text::{Line, Style, figures};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::widgets::Clear;

use super::{Following, Popup, Syncing, Tab, Tui, WIDE, detail, panes};
use crate::look::Look;
use crate::part::{self, Row, beside, list, put, put_line, row_width, rule};

/// The row of the tabs.
pub(super) const TABS: u16 = 1;
/// Rows above the body.
const HEAD: u16 = 3;
/// The row of the keys.
const FOOT: u16 = 1;
/// A message may have so many lines.
const MESSAGE: usize = 4;

/// Draws the whole screen.
pub(super) fn screen(tui: &Tui, frame: &mut Frame<'_>, look: &Look) {
    if part::too_small(frame) {
        return;
    }
    let area = frame.area();
    let width = usize::from(area.width);
    put_line(frame, row(area, 0), &head(tui, width), look);
    put_line(frame, row(area, TABS), &tabs(tui), look);
    mark_tab(tui, frame, area);
    put_line(frame, row(area, TABS + 1), &rule(width), look);
    body(tui, frame, body_of(area, tui), look);
    let lines = messages(tui);
    if !lines.is_empty() {
        let place = Rect {
            y: area.height.saturating_sub(FOOT + message_rows(tui)),
            height: message_rows(tui),
            ..area
        };
        frame.render_widget(Clear, place);
        put(frame, place, &lines, look);
    }
    let keys = part::keys(keys_of(tui), width);
    put_line(frame, row(area, area.height.saturating_sub(1)), &keys, look);
    match &tui.popup {
        Some(Popup::Help) => over::help(frame, area, look),
        Some(Popup::Form(form)) => over::form(frame, area, form, look),
        None => {}
    }
}

const fn row(area: Rect, y: u16) -> Rect {
    Rect {
        y,
        height: 1,
        ..area
    }
}

fn messages(tui: &Tui) -> Vec<Line> {
    if let Syncing::Running(how) = &tui.syncing {
        let told = how.map_or_else(
            || "Syncing …".to_owned(),
            |(what, done, of)| format!("Syncing: {} …", detail::running(what, done, of)),
        );
        return vec![Line::new().with(Style::Warn, told)];
    }
    tui.message.iter().take(MESSAGE).cloned().collect()
}

fn message_rows(tui: &Tui) -> u16 {
    u16::try_from(messages(tui).len().max(1)).unwrap_or(1)
}

fn body_of(area: Rect, tui: &Tui) -> Rect {
    let taken = HEAD + FOOT + message_rows(tui);
    Rect {
        y: HEAD,
        height: area.height.saturating_sub(taken),
        ..area
    }
}

/// The whole terminal.
const fn whole(tui: &Tui) -> Rect {
    Rect {
        x: 0,
        y: 0,
        width: tui.size.0,
        height: tui.size.1,
    }
}

fn head(tui: &Tui, width: usize) -> Line {
    let Some(found) = &tui.goals else {
        return Line::new().strong("Quarterdeck");
    };
    let tree = &found.tree;
    let mut left = Line::new();
    if !tree.workspace.is_empty() {
        left = left.said(Style::Strong, &tree.workspace).plain("  ");
    }
    left = match &tree.cycle {
        Some(cycle) => told_cycle(left, cycle),
        None => left.muted("no cycle yet"),
    };
    if tui.mine {
        left = left.with(Style::Warn, "  only yours");
    }
    let mut right = Line::new();
    if let Some(cycle) = &tree.cycle
        && let Some(score) = cycle.score
    {
        let bar = figures::progress_bar(Some(score), None);
        right = right.join(figures::score(Some(score))).plain(" ").join(bar);
    }
    if tree.pending > 0 {
        let waiting = format!("  {}{}", figures::PENDING, tree.pending);
        right = right.with(Style::Warn, waiting);
    }
    if found.conflicts > 0 {
        let open = format!("  {}{}", figures::CONFLICT, found.conflicts);
        right = right.with(Style::Bad, open);
    }
    right = match &tui.following {
        Following::Yes => right.with(Style::Good, "  ● live"),
        Following::Lost(_) => right.with(Style::Warn, "  ▲ offline"),
        Following::Stopped(_) => right.with(Style::Bad, "  ■ not followed"),
        Following::No => right,
    };
    beside(left, right, width)
}

fn told_cycle(line: Line, cycle: &StatusCycle) -> Line {
    let line = line.said(Style::Strong, &cycle.name);
    match (&cycle.closing, cycle.week) {
        (Some(_), _) => line.muted(", closed"),
        (None, Some(week)) => line.muted(format!(", week {week} of {}", cycle.weeks)),
        (None, None) => line.muted(format!(", {}", cycle.state)),
    }
}

/// The names of the tabs, each with what waits there.
fn tab_names(tui: &Tui) -> Vec<(Tab, String)> {
    let named = |(at, tab): (usize, &Tab)| {
        let waiting = match tab {
            Tab::Due => tui.due.as_ref().map_or(0, |found| found.overdue),
            Tab::Conflicts => tui.goals.as_ref().map_or(0, |found| found.conflicts),
            _ => 0,
        };
        let name = format!("{} {}", at + 1, tab.name());
        let told = if waiting > 0 {
            format!("{name} ({waiting})")
        } else {
            name
        };
        (*tab, told)
    };
    Tab::ALL.iter().enumerate().map(named).collect()
}

fn tabs(tui: &Tui) -> Line {
    let mut line = Line::new();
    for (tab, name) in tab_names(tui) {
        line = if tab == tui.tab {
            line.strong(format!("[{name}]"))
        } else {
            line.plain(format!(" {name} "))
        }
        .plain(" ");
    }
    line
}

/// The tab at a column, and the columns that each takes.
pub(super) fn tab_at(tui: &Tui, column: u16) -> Option<Tab> {
    places(tui)
        .find(|(_, from, wide)| (*from..from + wide).contains(&usize::from(column)))
        .map(|(tab, _, _)| tab)
}

fn places(tui: &Tui) -> impl Iterator<Item = (Tab, usize, usize)> {
    let mut from = 0;
    tab_names(tui).into_iter().map(move |(tab, name)| {
        let (at, wide) = (from, name.len() + 2);
        from += wide + 1;
        (tab, at, wide)
    })
}

fn mark_tab(tui: &Tui, frame: &mut Frame<'_>, area: Rect) {
    if let Some((_, from, wide)) = places(tui).find(|(tab, _, _)| *tab == tui.tab) {
        let place = Rect {
            x: u16::try_from(from).unwrap_or_default(),
            y: TABS,
            width: u16::try_from(wide).unwrap_or_default(),
            height: 1,
        };
        frame
            .buffer_mut()
            .set_style(place.intersection(area), crate::look::chosen());
    }
}

/// The body's halves where the detail stands beside the cascade.
const fn halves(body: Rect) -> (Rect, Rect) {
    let left = body.width / 2;
    let one = Rect {
        width: left.saturating_sub(1),
        ..body
    };
    let other = Rect {
        x: body.x + left + 1,
        width: body.width - left - 1,
        ..body
    };
    (one, other)
}

fn body(tui: &Tui, frame: &mut Frame<'_>, area: Rect, look: &Look) {
    match tui.tab {
        Tab::Goals if tui.size.0 >= WIDE => {
            let (left, right) = halves(area);
            goals(tui, frame, left, look);
            let bar = Rect {
                x: right.x.saturating_sub(2),
                width: 1,
                ..area
            };
            let lines = vec![Line::new().muted("│"); usize::from(area.height)];
            put(frame, bar, &lines, look);
            scrolled(
                frame,
                right,
                &detail::document(tui, usize::from(right.width)),
                tui.detail_scroll,
                look,
            );
        }
        Tab::Goals if tui.detail_open => {
            let lines = detail::document(tui, usize::from(area.width));
            scrolled(frame, area, &lines, tui.detail_scroll, look);
        }
        Tab::Goals => goals(tui, frame, area, look),
        Tab::Sync => {
            let lines = detail::exchange(tui, usize::from(area.width));
            scrolled(frame, area, &lines, tui.exchange_scroll, look);
        }
        tab => {
            let width = row_width(area);
            let Some(view) = tui.view(width) else {
                return;
            };
            let (rows, at) = match tab {
                Tab::Due => panes::due(tui, width, &view),
                Tab::Conflicts => panes::conflicts(tui, width, &view),
                _ => panes::notes(tui, width, &view),
            };
            list(frame, area, &rows, at, look);
        }
    }
}

fn goals(tui: &Tui, frame: &mut Frame<'_>, area: Rect, look: &Look) {
    let width = row_width(area);
    if tui.rows.is_empty() {
        put(frame, area, &nothing(tui, usize::from(area.width)), look);
        return;
    }
    let rows: Vec<Row> = (tui.rows.iter())
        .map(|row| Row::of(row.line(width)))
        .collect();
    list(frame, area, &rows, tui.at, look);
}

/// What is said where there are no goals.
fn nothing(tui: &Tui, width: usize) -> Vec<Line> {
    if let Some(trouble) = &tui.goals_trouble {
        return part::trouble(trouble, width);
    }
    let Some(found) = &tui.goals else {
        return vec![Line::new().muted("Reading the goals …")];
    };
    let command = |why: &str, command: String| Line::new().muted(why).command(command);
    match &found.tree.cycle {
        None => vec![
            Line::new().plain("There is no cycle yet."),
            command("plan one: ", "okr cycle new --help".to_owned()),
        ],
        Some(_) if tui.mine => vec![
            Line::new().plain("None of the goals here is yours."),
            Line::new().muted("m shows everything again"),
        ],
        Some(cycle) => vec![
            (Line::new().plain("There are no goals in "))
                .said(Style::Strong, &cycle.name)
                .plain(" yet."),
            command(
                "draft one: ",
                "okr objective new \"TITLE\" --key NAME".to_owned(),
            ),
            command("or begin with a template: ", "okr template list".to_owned()),
        ],
    }
}

/// Lines from one on; below them, how many more there are.
fn scrolled(frame: &mut Frame<'_>, area: Rect, lines: &[Line], from: usize, look: &Look) {
    let height = usize::from(area.height);
    let from = from.min(lines.len().saturating_sub(height));
    put(frame, area, lines.get(from..).unwrap_or_default(), look);
    let left = lines.len().saturating_sub(from + height);
    if left > 0 {
        let told = Line::new().muted(format!("↓ {left} more"));
        let wide = u16::try_from(told.width()).unwrap_or_default();
        let wide = wide.min(area.width);
        // In the row of messages, which may be said over it.
        let place = Rect {
            x: area.right() - wide,
            y: area.bottom(),
            width: wide,
            height: 1,
        };
        put_line(frame, place.intersection(frame.area()), &told, look);
    }
}

/// How far the document in sight can be scrolled.
pub(super) fn most_scroll(tui: &Tui) -> usize {
    let area = body_of(whole(tui), tui);
    let lines = match tui.tab {
        Tab::Sync => detail::exchange(tui, usize::from(area.width)),
        _ if tui.is_wide() => detail::document(tui, usize::from(halves(area).1.width)),
        _ => detail::document(tui, usize::from(area.width)),
    };
    lines.len().saturating_sub(usize::from(area.height))
}

/// The row of the cascade at a place of the terminal.
pub(super) fn goal_at(tui: &Tui, column: u16, row: u16) -> Option<usize> {
    let area = body_of(whole(tui), tui);
    let place = match (tui.tab, tui.is_wide(), tui.detail_open) {
        (Tab::Goals, true, _) => halves(area).0,
        (Tab::Goals, false, false) => area,
        _ => return None,
    };
    if !place.contains(ratatui::layout::Position { x: column, y: row }) {
        return None;
    }
    let from = part::first_seen(tui.at, tui.rows.len(), usize::from(place.height));
    let at = from + usize::from(row - place.y);
    (at < tui.rows.len()).then_some(at)
}

/// What keys do here, the most useful first.
const fn keys_of(tui: &Tui) -> &'static [(&'static str, &'static str)] {
    match tui.tab {
        Tab::Goals if tui.detail_open => &[
            ("Esc", "back"),
            ("↑↓", "scroll"),
            ("c", "check in"),
            ("n", "note"),
            ("u", "undo"),
            ("s", "sync"),
            ("?", "help"),
            ("q", "quit"),
        ],
        Tab::Goals => &[
            ("?", "help"),
            ("q", "quit"),
            ("Enter", "closer"),
            ("c", "check in"),
            ("n", "note"),
            ("u", "undo"),
            ("s", "sync"),
            ("←→", "fold"),
            ("[ ]", "cycle"),
            ("m", "mine"),
        ],
        Tab::Due => &[
            ("?", "help"),
            ("q", "quit"),
            ("c", "check in"),
            ("Enter", "closer"),
            ("a", "all or yours"),
            ("u", "undo"),
            ("Esc", "goals"),
        ],
        Tab::Conflicts => &[
            ("?", "help"),
            ("q", "quit"),
            ("↑↓", "choose a side"),
            ("Enter", "settle for it"),
            ("u", "undo"),
            ("Esc", "goals"),
        ],
        Tab::Notes => &[
            ("?", "help"),
            ("q", "quit"),
            ("n", "note on the same"),
            ("f", "kind"),
            ("Enter", "closer"),
            ("[ ]", "cycle"),
            ("Esc", "goals"),
        ],
        Tab::Sync => &[
            ("?", "help"),
            ("q", "quit"),
            ("s", "sync"),
            ("↑↓", "scroll"),
            ("Esc", "goals"),
        ],
    }
}
