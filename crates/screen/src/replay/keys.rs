//! What keys and clicks do.

use quarterdeck_core::calendar::Date;

use super::{Question, Replay, SPEEDS, Sign, Stop, draw, rows, scrubber};
use crate::event::{Effect, Key, Press};

type Effects = Vec<Effect<Question>>;

/// What each key does, as `?` shows it.
pub(super) const HELP: &[(&str, &str)] = &[
    ("space", "play, pause"),
    ("← →, h l", "the stop before, the next one"),
    ("[ ]", "a day back, a day on"),
    ("Shift-← →, { }", "a week back, a week on"),
    ("g G", "the next goalpost, the one before"),
    ("n N", "the next mark of any kind, the one before"),
    ("Home End", "the beginning, the end"),
    ("+ -", "faster, slower"),
    ("s", "stop at each event, day or week"),
    ("↑ ↓, k j", "choose a key result"),
    ("Enter", "fold and unfold an objective"),
    ("q, Ctrl-C", "end"),
];

impl Replay {
    pub(super) fn press(&mut self, press: Press) -> Effects {
        if self.shows_help {
            self.shows_help = false;
            return Vec::new();
        }
        if press.ctrl {
            return Vec::new();
        }
        match (press.key, press.shift) {
            (Key::Char('q'), _) => vec![Effect::Quit],
            (Key::Char('?'), _) => {
                self.shows_help = true;
                Vec::new()
            }
            (Key::Char(' '), _) => self.play_or_pause(),
            (Key::Right, true) | (Key::Char('}'), _) => self.leap(is_other_week, true),
            (Key::Left, true) | (Key::Char('{'), _) => self.leap(is_other_week, false),
            (Key::Char(']'), _) => self.leap(is_other_day, true),
            (Key::Char('['), _) => self.leap(is_other_day, false),
            (Key::Right | Key::Char('l'), _) => self.jump(self.at.saturating_add(1)),
            (Key::Left | Key::Char('h'), _) => self.jump(self.at.saturating_sub(1)),
            (Key::Home, _) => self.jump(0),
            (Key::End, _) => self.jump(usize::MAX),
            (Key::Char('g'), _) => self.find(true, |sign| sign == Sign::Goalpost),
            (Key::Char('G'), _) => self.find(false, |sign| sign == Sign::Goalpost),
            (Key::Char('n'), _) => self.find(true, |_| true),
            (Key::Char('N'), _) => self.find(false, |_| true),
            (Key::Char('+' | '='), _) => {
                self.speed = (self.speed + 1).min(SPEEDS.len() - 1);
                Vec::new()
            }
            (Key::Char('-'), _) => {
                self.speed = self.speed.saturating_sub(1);
                Vec::new()
            }
            (Key::Char('s'), _) => self.change_pace(),
            (Key::Up | Key::Char('k'), _) => self.choose(-1),
            (Key::Down | Key::Char('j'), _) => self.choose(1),
            (Key::PageUp, _) => self.choose(-10),
            (Key::PageDown, _) => self.choose(10),
            (Key::Enter, _) => self.fold(),
            _ => Vec::new(),
        }
    }

    fn play_or_pause(&mut self) -> Effects {
        let last = self.stops().len().saturating_sub(1);
        if !self.is_playing && self.at >= last {
            // At the end, once more from the beginning.
            self.at = 0;
        }
        self.is_playing = !self.is_playing && last > 0;
        self.follow()
    }

    /// Goes somewhere by hand, which ends playing.
    fn jump(&mut self, stop: usize) -> Effects {
        self.is_playing = false;
        self.go(stop)
    }

    /// To the nearest stop of another day or week; back, to the last stop of it.
    fn leap(&mut self, is_other: fn(&Stop, &Stop) -> bool, is_on: bool) -> Effects {
        let Some(here) = self.stops().get(self.at) else {
            return Vec::new();
        };
        let found = if is_on {
            let mut later = self.stops().iter().enumerate().skip(self.at);
            later
                .find(|(_, stop)| is_other(stop, here))
                .map(|(at, _)| at)
        } else {
            (self.stops().iter().take(self.at)).rposition(|stop| is_other(stop, here))
        };
        let edge = if is_on { usize::MAX } else { 0 };
        self.jump(found.unwrap_or(edge))
    }

    /// To the nearest stop with such a mark; stays where there is none.
    fn find(&mut self, is_on: bool, wanted: fn(Sign) -> bool) -> Effects {
        let has = |stop: &Stop| stop.signs.iter().any(|sign| wanted(*sign));
        let found = if is_on {
            let mut later = self.stops().iter().enumerate().skip(self.at + 1);
            later.find(|(_, stop)| has(stop)).map(|(at, _)| at)
        } else {
            self.stops().iter().take(self.at).rposition(has)
        };
        self.jump(found.unwrap_or(self.at))
    }

    pub(super) fn choose(&mut self, by: isize) -> Effects {
        let Some((_, _, frame)) = self.seen() else {
            return Vec::new();
        };
        let rows = rows::rows(&frame.status, &self.folded);
        let last = rows.len().saturating_sub(1);
        let at = self.row(&rows).saturating_add_signed(by).min(last);
        let chosen = rows.get(at).map(rows::Goal::id);
        self.chosen = chosen.or(self.chosen);
        self.follow()
    }

    fn fold(&mut self) -> Effects {
        let Some((_, _, frame)) = self.seen() else {
            return Vec::new();
        };
        let rows = rows::rows(&frame.status, &self.folded);
        let at = self.row(&rows);
        // Of a key result, the objective that it belongs to.
        let above = (rows.iter().take(at + 1).rev())
            .find(|row| matches!(row, rows::Goal::Objective(..)))
            .map(rows::Goal::id);
        if let Some(id) = above {
            if !self.folded.remove(&id) {
                self.folded.insert(id);
            }
            self.chosen = Some(id);
        }
        self.follow()
    }

    pub(super) fn click(&mut self, column: u16, row: u16) -> Effects {
        if self.shows_help {
            return Vec::new();
        }
        let places = draw::places(self.size);
        if (places.scrubber.y..places.scrubber.y + places.scrubber.height).contains(&row) {
            let day = (self.film.as_ref())
                .map(|film| scrubber::day_at(film, column, usize::from(self.size.0)));
            return match day {
                Some(day) => self.jump(first_of(self.stops(), day)),
                None => Vec::new(),
            };
        }
        let Some((_, _, frame)) = self.seen() else {
            return Vec::new();
        };
        if !(places.tree.y..places.tree.y + places.tree.height).contains(&row)
            || column >= places.tree.width
        {
            return Vec::new();
        }
        let rows = rows::rows(&frame.status, &self.folded);
        let height = usize::from(places.tree.height);
        let from = crate::part::first_seen(self.row(&rows), rows.len(), height);
        let clicked = rows.get(from + usize::from(row - places.tree.y));
        self.chosen = clicked.map(rows::Goal::id).or(self.chosen);
        self.follow()
    }
}

/// The first stop on a day or after it.
fn first_of(stops: &[Stop], day: Date) -> usize {
    let found = stops.iter().position(|stop| stop.day >= day);
    found.unwrap_or(stops.len().saturating_sub(1))
}

fn is_other_day(stop: &Stop, here: &Stop) -> bool {
    stop.day != here.day
}

fn is_other_week(stop: &Stop, here: &Stop) -> bool {
    stop.week != here.week
}
