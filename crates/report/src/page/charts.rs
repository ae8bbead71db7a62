//! The charts of a page, at every moment of its film.
//!
//! What a chart shows is noted whenever it may have changed; when the film is over, all of one key
//! result's are drawn on one scale, so that a curve grows and nothing jumps. A chart is drawn as if
//! its day were the cycle's last: what holds from the last measurement on, and the line of the day,
//! are the player's, which cuts the one off at the other.

use std::collections::BTreeMap;

use quarterdeck_core::aim::Aims;
use quarterdeck_core::calendar::Date;
use quarterdeck_core::id::KeyResultId;
use quarterdeck_core::state::State;

use super::film::CELL;
use super::goals::{Film, Layer, Thing};
use super::html::Html;
use crate::chart::{self, Pieces, Plot, Scale, Size};
use crate::number::{percent, with_unit};

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

/// The charts so far.
#[derive(Debug, Default)]
pub(super) struct Charts {
    aims: Aims,
    /// What each showed from which stop on.
    plots: BTreeMap<KeyResultId, Vec<(u32, Plot)>>,
    /// The scale that each is drawn on.
    scales: BTreeMap<KeyResultId, Scale>,
}

impl Charts {
    /// Notes what the chart of a key result shows from this stop on.
    pub(super) fn take(&mut self, stop: u32, state: &State, id: KeyResultId, day: Date) {
        self.aims.take(state, id, day);
        let Some(plot) = Plot::of(state, id, day) else {
            return;
        };
        let mut plot = plot.with_aims(self.aims.of(id)).with_notes(state, id);
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
            for (stop, plot) in &plots {
                let mut layers = layers(chart::pieces(plot, &scale, SIZE), plot);
                for (at, class) in CLASSES.iter().enumerate() {
                    let pieces = layers.remove(class).unwrap_or_default();
                    film.pieces(*stop, Thing::KeyResult(id), Layer::Chart(at), pieces);
                }
                film.pieces(*stop, Thing::KeyResult(id), Layer::Rows, rows(plot));
            }
            all_rows += plots.last().map_or(0, |(_, plot)| plot.course.len());
            self.scales.insert(id, scale);
        }
        all_rows
    }

    /// The picture as it is at the end, for the player to go on from.
    pub(super) fn put(&self, html: &mut Html, film: &Film, id: KeyResultId, title: &str) {
        let Some(scale) = self.scales.get(&id) else {
            return;
        };
        let field = chart::field(scale, SIZE);
        let view = format!("0 0 {} {}", SIZE.width, SIZE.height);
        let label =
            format!("Curve of “{title}” against its pace; the table of its values follows.");
        let svg = [
            ("class", "okr-chart"),
            ("viewBox", view.as_str()),
            ("role", "img"),
            ("aria-label", label.as_str()),
            ("data-chart", ""),
        ];
        html.put("svg", &svg, |html| {
            html.picture(&chart::frame(scale, SIZE));
            let cut = format!("cut-{id}");
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
            let cut = format!("url(#cut-{id})");
            for (at, class) in CLASSES.iter().enumerate() {
                let Some((number, pieces)) = film.layer(Thing::KeyResult(id), Layer::Chart(at))
                else {
                    continue;
                };
                let (number, drawn) = (number.to_string(), pieces.concat());
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
    pub(super) fn table(html: &mut Html, film: &Film, id: KeyResultId, title: &str, filled: bool) {
        let Some((number, rows)) = film.layer(Thing::KeyResult(id), Layer::Rows) else {
            return;
        };
        html.put("details", &[("class", "values")], |html| {
            html.leaf("summary", &[], "Values");
            html.put("table", &[], |html| {
                html.leaf("caption", &[], &format!("Values of {title}"));
                html.put("thead", &[], |html| {
                    html.put("tr", &[], |html| {
                        for name in ["day", "value", "confidence"] {
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
fn rows(plot: &Plot) -> Vec<String> {
    let sure: BTreeMap<_, _> = (plot.confidence.iter())
        .map(|point| (point.date, point.value))
        .collect();
    (plot.course.iter())
        .map(|point| {
            let value = with_unit(point.value, plot.unit.as_deref()).replace(CELL, " ");
            let sure = sure
                .get(&point.date)
                .copied()
                .map_or_else(String::new, percent);
            format!("{}{CELL}{value}{CELL}{sure}", point.date)
        })
        .collect()
}

fn number(value: f64) -> String {
    format!("{value:.1}").trim_end_matches(".0").to_owned()
}
