//! The charts of a page, at every moment of its film.
//!
//! What a chart shows is noted whenever it may have changed; when the film is over, all of one key
//! result's are drawn on one scale, so that a curve grows and nothing jumps. A chart is drawn as if
//! its day were the cycle's last: what holds from the last measurement on, and the line of the day,
//! are the player's, which cuts the one off at the other.

use std::collections::BTreeMap;

use quarterdeck_core::aim::Aims;
use quarterdeck_core::calendar::Date;
use quarterdeck_core::id::{KeyResultId, NoteId};
use quarterdeck_core::state::{Note, State};
use quarterdeck_core::value::Subject;

use super::film::CELL;
use super::goals::{Field, Film, Layer, Thing};
use super::html::Html;
use crate::chart::{self, Pieces, Plot, Scale, Size};
use crate::json::CurvePoint;
use crate::number::{number as figure, percent};

/// The size of a chart, in units of its view box.
pub(super) const SIZE: Size = Size {
    width: 520,
    height: 180,
};

/// The classes of a chart's paths, from the back to the front.
const CLASSES: [&str; 18] = [
    "range",
    "pace",
    "target",
    "held",
    "curve",
    "points",
    "sure good",
    "sure warn",
    "sure bad",
    "mark conflict",
    "mark aim",
    "mark grade",
    "mark problem",
    "mark learning",
    "mark decision",
    "mark win",
    "mark thanks",
    "mark comment",
];

/// What is cut off at the line of the day.
const UNTIL_TODAY: [&str; 4] = ["held", "sure good", "sure warn", "sure bad"];

/// What has a piece for each value.
const OFTEN: [&str; 5] = ["held", "points", "sure good", "sure warn", "sure bad"];

/// The charts so far.
#[derive(Debug, Default)]
pub(super) struct Charts {
    aims: Aims,
    /// The notes on each, oldest first: found once, and then told.
    notes: Option<BTreeMap<KeyResultId, Vec<NoteId>>>,
    /// What each showed from which stop on.
    plots: BTreeMap<KeyResultId, Vec<(u32, Plot)>>,
    /// The scale that each is drawn on.
    scales: BTreeMap<KeyResultId, Scale>,
}

impl Charts {
    /// Somebody wrote something on a key result.
    pub(super) fn noted(&mut self, id: KeyResultId, note: NoteId) {
        if let Some(notes) = &mut self.notes {
            let of_it = notes.entry(id).or_default();
            if !of_it.contains(&note) {
                of_it.push(note);
            }
        }
    }

    fn notes_on<'s>(
        &mut self,
        state: &'s State,
        id: KeyResultId,
    ) -> impl Iterator<Item = &'s Note> {
        let all = self.notes.get_or_insert_with(|| {
            let mut found: BTreeMap<KeyResultId, Vec<(u64, NoteId)>> = BTreeMap::new();
            for (note, it) in &state.notes {
                if let Subject::KeyResult(about) = it.head().about {
                    let at = it.provenance.created.seq;
                    found.entry(about).or_default().push((at, *note));
                }
            }
            (found.into_iter())
                .map(|(about, mut notes)| {
                    notes.sort_unstable();
                    (about, notes.into_iter().map(|(_, note)| note).collect())
                })
                .collect()
        });
        let of_it = all.get(&id).cloned().unwrap_or_default();
        (of_it.into_iter())
            .filter_map(|note| state.notes.get(&note))
            .map(|note| &**note)
            .filter(|note| note.is_shown())
    }

    /// Notes what the chart of a key result shows from this stop on.
    pub(super) fn take(&mut self, stop: u32, state: &State, id: KeyResultId, day: Date) {
        self.aims.take(state, id, day);
        let Some(plot) = Plot::of(state, id, day) else {
            return;
        };
        let mut plot = plot.with_aims(self.aims.of(id));
        plot = plot.with_these_notes(state, self.notes_on(state, id));
        plot.on = plot.ends;
        let plots = self.plots.entry(id).or_default();
        match plots.last_mut() {
            Some((_, last)) if *last == plot => {}
            Some((at, last)) if *at == stop => *last = plot,
            _ => plots.push((stop, plot)),
        }
    }

    /// Draws them all into the film; answers how many rows their tables have at the end.
    pub(super) fn draw(&mut self, film: &mut Film) -> usize {
        let mut all_rows = 0;
        for (id, plots) in std::mem::take(&mut self.plots) {
            let mut all = plots.iter().map(|(_, plot)| plot);
            let Some(first) = all.next() else {
                continue;
            };
            let mut scale = Scale::of(first);
            all.for_each(|plot| scale.take(plot));
            let mut before: Option<&Plot> = None;
            let mut drawn = Drawn::default();
            for (stop, plot) in &plots {
                drawn.next(before, plot, &scale);
                for (at, class) in CLASSES.iter().enumerate() {
                    let (kept, pieces) = drawn.layer(class);
                    let place = (Thing::KeyResult(id), Layer::Chart(at));
                    film.pieces(*stop, place, kept, pieces);
                }
                let place = (Thing::KeyResult(id), Layer::Rows);
                film.pieces(*stop, place, drawn.rows_kept, rows(plot, drawn.rows_kept));
                before = Some(plot);
            }
            all_rows += plots.last().map_or(0, |(_, plot)| plot.course.len());
            self.scales.insert(id, scale);
        }
        all_rows
    }

    /// The picture as it is at the end, for the player to go on from.
    /// Of a quarter with very many values, the curve alone: the player adds the rest where it is seen.
    pub(super) fn put(
        &self,
        html: &mut Html,
        film: &Film,
        id: KeyResultId,
        (title, is_whole): (&str, bool),
    ) {
        let Some(scale) = self.scales.get(&id) else {
            return;
        };
        let field = chart::field(scale, SIZE);
        let view = format!("0 0 {} {}", SIZE.width, SIZE.height);
        let label = format!("Curve of {title}; its values follow.");
        let svg = [
            ("class", "okr-chart"),
            ("viewBox", view.as_str()),
            ("role", "img"),
            ("aria-label", label.as_str()),
            ("data-chart", if is_whole { "whole" } else { "part" }),
        ];
        html.put("svg", &svg, |html| {
            html.picture(&chart::frame(scale, SIZE));
            let place = film
                .number(Thing::KeyResult(id), Field::There)
                .unwrap_or_default();
            let cut = format!("cut-{place}");
            let (left, width) = (number(field.left), number(field.right - field.left));
            let height = SIZE.height.to_string();
            let share = film.last_day().map_or(1.0, |day| day.share);
            let gone = number((field.right - field.left) * share);
            html.put("clipPath", &[("id", cut.as_str())], |html| {
                let all = [
                    ("x", left.as_str()),
                    ("y", "0"),
                    ("width", gone.as_str()),
                    ("height", height.as_str()),
                    ("data-cut", ""),
                ];
                html.put("rect", &all, |_| {});
            });
            let cut = format!("url(#cut-{place})");
            for (at, class) in CLASSES.iter().enumerate() {
                let Some((number, pieces)) = film.layer(Thing::KeyResult(id), Layer::Chart(at))
                else {
                    continue;
                };
                let (number, drawn) = match (*class, is_whole) {
                    ("curve", false) => (number.to_string(), joined(&pieces)),
                    (class, false) if OFTEN.contains(&class) => (number.to_string(), String::new()),
                    _ => (number.to_string(), pieces.concat()),
                };
                let is_cut = UNTIL_TODAY.contains(class);
                let path = [
                    ("class", *class),
                    if is_cut {
                        ("clip-path", cut.as_str())
                    } else {
                        ("", "")
                    },
                    ("data-l", number.as_str()),
                    ("d", drawn.as_str()),
                ];
                html.put("path", &path, |_| {});
            }
            let line = format!("M0 {}V{}", number(field.top), number(field.bottom));
            let at = number(field.left + (field.right - field.left) * share);
            let place = format!("translate({at} 0)");
            let cursor = [
                (
                    "class",
                    if share < 1.0 {
                        "cursor"
                    } else {
                        "cursor at-end"
                    },
                ),
                ("transform", place.as_str()),
                ("data-cursor", ""),
                ("data-left", left.as_str()),
                ("data-width", width.as_str()),
                ("d", line.as_str()),
            ];
            html.put("path", &cursor, |_| {});
        });
    }

    /// The values of a chart as a table, for whoever reads rather than looks.
    pub(super) fn table(
        html: &mut Html,
        film: &Film,
        id: KeyResultId,
        (title, unit): (&str, Option<&str>),
        filled: bool,
    ) {
        let Some((number, rows)) = film.layer(Thing::KeyResult(id), Layer::Rows) else {
            return;
        };
        html.put("details", &[("class", "values")], |html| {
            html.leaf("summary", &[], "Values");
            html.put("table", &[], |html| {
                html.leaf("caption", &[("class", "unseen")], title);
                html.put("thead", &[], |html| {
                    html.put("tr", &[], |html| {
                        let value = unit
                            .map_or_else(|| "value".to_owned(), |unit| format!("value, {unit}"));
                        for name in ["day", &value, "confidence"] {
                            html.leaf("th", &[("scope", "col")], name);
                        }
                    });
                });
                let number = number.to_string();
                html.put("tbody", &[("data-rows", number.as_str())], |html| {
                    let mut rows: Vec<&str> = if filled { rows } else { Vec::new() };
                    rows.sort_unstable();
                    for row in rows {
                        html.put("tr", &[], |html| {
                            for (at, cell) in row.split(CELL).enumerate() {
                                match at {
                                    0 => html.leaf("th", &[("scope", "row")], cell),
                                    _ => html.leaf("td", &[], cell),
                                }
                            }
                        });
                    }
                });
            });
        });
    }
}

/// A chart as it was drawn last. Curves grow at their ends: what a plot begins with like the one before
/// is not drawn again.
#[derive(Debug, Default)]
struct Drawn {
    /// So many measured days are as they were.
    kept: usize,
    /// So many rows of the table are.
    rows_kept: usize,
    /// The classes of the boxes of confidence.
    sure: Vec<&'static str>,
    /// So many of these are as they were.
    sure_kept: usize,
    /// Whether something was held before the first measurement.
    held: bool,
    layers: BTreeMap<&'static str, Vec<String>>,
}

impl Drawn {
    fn next(&mut self, before: Option<&Plot>, plot: &Plot, scale: &Scale) {
        let same = before.filter(|before| before.start == plot.start);
        let alike = |old: &[CurvePoint], new: &[CurvePoint]| {
            let both = old.iter().zip(new).take_while(|(old, new)| old == new);
            // What follows on the last one that is alike depends on it.
            both.count().saturating_sub(1)
        };
        self.kept = same.map_or(0, |before| alike(&before.course, &plot.course));
        self.sure_kept = same.map_or(0, |before| alike(&before.confidence, &plot.confidence));
        // A row says both: it stays where nothing was said from its day on, then or now.
        let first = (before.into_iter().chain([plot]))
            .filter_map(|one| one.confidence.get(self.sure_kept))
            .map(|point| point.date)
            .min();
        let rows = plot
            .course
            .partition_point(|point| first.is_none_or(|day| point.date < day));
        let part = Plot {
            course: plot.course.get(self.kept..).unwrap_or_default().to_vec(),
            confidence: plot
                .confidence
                .get(self.sure_kept..)
                .unwrap_or_default()
                .to_vec(),
            start: plot.start.filter(|_| self.kept == 0),
            ..plot.clone()
        };
        let mut pieces = chart::pieces(&part, scale, SIZE);
        if self.kept == 0 {
            self.held = plot.start.is_some() && !plot.course.is_empty();
        }
        self.sure.truncate(self.sure_kept);
        self.sure.extend(pieces.sure.iter().map(|sure| sure.class));
        for layer in [
            &mut pieces.range,
            &mut pieces.held,
            &mut pieces.curve,
            &mut pieces.points,
        ] {
            layer.iter_mut().for_each(|piece| *piece = whole(piece));
        }
        for sure in &mut pieces.sure {
            sure.path = whole(&sure.path);
        }
        self.layers = layers(pieces, plot);
        self.rows_kept = self.kept.min(rows);
    }

    /// How many pieces of a layer are as they were, and those behind them.
    fn layer(&mut self, class: &'static str) -> (usize, Vec<String>) {
        let kept = match class {
            "curve" | "points" => self.kept,
            "held" => usize::from(self.held && self.kept > 0),
            _ => match class.split_once(' ') {
                Some(("sure", class)) => (self.sure.iter())
                    .take(self.sure_kept)
                    .filter(|one| **one == class)
                    .count(),
                _ => 0,
            },
        };
        (kept, self.layers.remove(class).unwrap_or_default())
    }
}

/// A path with whole numbers: a unit of the view box is less than a pixel of most screens.
fn whole(path: &str) -> String {
    let mut short = String::with_capacity(path.len());
    let mut behind = false;
    for c in path.chars() {
        behind = match c {
            '.' => true,
            c => behind && c.is_ascii_digit(),
        };
        if !behind {
            short.push(c);
        }
    }
    short
}

/// A curve's pieces as one line, from each place to the next: short, for a curve of many.
fn joined(pieces: &[&str]) -> String {
    let mut line = String::new();
    let mut end = None;
    for piece in pieces {
        let (place, across) = piece.split_once('H').unwrap_or((piece, ""));
        let (across, up) = across.split_once('V').unwrap_or((across, ""));
        let place = place.trim_start_matches('M').split_once(' ');
        let place = place.and_then(|(x, y)| Some((x.parse::<i32>().ok()?, y.parse::<i32>().ok()?)));
        let Some((x, y)) = place else {
            line.push_str(piece);
            end = None;
            continue;
        };
        if end != Some((x, y)) {
            line.push_str(&format!("M{x} {y}"));
        }
        let (right, high) = (across.parse().unwrap_or(x), up.parse().unwrap_or(y));
        for (step, by) in [('h', right - x), ('v', high - y)] {
            if by != 0 {
                line.push_str(&format!("{step}{by}"));
            }
        }
        end = Some((right, high));
    }
    line
}

fn layers(pieces: Pieces, plot: &Plot) -> BTreeMap<&'static str, Vec<String>> {
    let mut layers = BTreeMap::from([
        ("range", pieces.range),
        ("pace", pieces.pace),
        ("target", pieces.target),
        ("held", pieces.held),
        ("curve", pieces.curve),
        ("points", pieces.points),
    ]);
    let mut add = |kind: &str, class: &str, path: String| {
        let class = CLASSES
            .iter()
            .find(|one| one.split_once(' ') == Some((kind, class)));
        if let Some(class) = class {
            layers.entry(class).or_default().push(path);
        }
    };
    for sure in pieces.sure {
        add("sure", sure.class, sure.path);
    }
    for (mark, piece) in plot.marks.iter().zip(pieces.marks) {
        add("mark", mark.kind.class(), piece.path);
    }
    layers
}

/// A row a day: the day, the value, and how sure somebody was.
fn rows(plot: &Plot, kept: usize) -> Vec<String> {
    let rows = plot.course.get(kept..).unwrap_or_default();
    let sure = |day: Date| {
        let at = plot
            .confidence
            .binary_search_by_key(&day, |point| point.date)
            .ok()?;
        plot.confidence.get(at).map(|point| percent(point.value))
    };
    (rows.iter())
        .map(|point| {
            let (day, value) = (point.date, figure(point.value));
            format!("{day}{CELL}{value}{CELL}{}", sure(day).unwrap_or_default())
        })
        .collect()
}

fn number(value: f64) -> String {
    format!("{value:.1}").trim_end_matches(".0").to_owned()
}

#[cfg(test)]
mod tests;
