//! The controls of the replay, which a script brings to life: without one they stay hidden.

use std::fmt::Write as _;

use super::goals::Film;
use super::html::{Html, flag};

/// What is marked on the slider: its name in the film, its class, its shape.
const MARKS: [(&str, &str, &str); 5] = [
    ("note", "note", "M{x} 7v3"),
    ("grade", "grade", "M{x} 5v5"),
    ("conflict", "conflict", "M{x} 3v7"),
    ("goalpost", "goalpost", "M{x} 0v10"),
    (AFTER, "after", "M{x} 0v10"),
];

/// Goalposts that were moved after the end.
pub(super) const AFTER: &str = "goalpost after the end";

/// What the keys do.
const KEYS: [(&str, &str); 8] = [
    ("Space", "play and pause"),
    ("← →", "a step back, a step on"),
    ("Shift ← →", "a day or a week"),
    ("G", "to the next goalpost that was moved"),
    ("Home", "to the beginning"),
    ("End", "to the end"),
    ("Tab", "through the controls"),
    ("?", "this help"),
];

/// The controls.
pub(super) fn bar(film: &Film, html: &mut Html, is_live: bool) {
    let section = [
        ("class", "player"),
        ("id", "player"),
        ("aria-label", "Replay"),
        ("hidden", ""),
    ];
    html.put("section", &section, |html| {
        html.put("div", &[("class", "track")], |html| {
            marks(film, html);
            let slider = [
                ("type", "range"),
                ("id", "slider"),
                ("min", "0"),
                ("max", "1"),
                ("value", "1"),
                ("step", "1"),
                ("aria-label", "Moment of the quarter"),
            ];
            html.open("input", &slider);
        });
        html.put("div", &[("class", "buttons")], |html| {
            button(html, "first", "To the beginning", "M4 3v10M13 3L6 8l7 5z");
            button(html, "previous", "A step back", "M11 3L4 8l7 5z");
            let play = [
                ("type", "button"),
                ("id", "play"),
                ("class", "play"),
                ("data-act", "play"),
                ("data-v", "play"),
                ("aria-label", "Play"),
            ];
            html.put("button", &play, |_| {});
            button(html, "next", "A step on", "M5 3l7 5-7 5z");
            button(html, "last", "To the end", "M12 3v10M3 3l7 5-7 5z");
            if film.jumps().contains_key("goalpost") {
                button(html, "goalpost", "To the next moved goalpost", "M8 2l6 6-6 6-6-6z");
            }
            choice(html, "step", "Step", &[("event", "event"), ("day", "day"), ("week", "week")]);
            let speeds = [("0.5", "½×"), ("1", "1×"), ("2", "2×"), ("4", "4×"), ("8", "8×")];
            choice(html, "speed", "Speed", &speeds);
            button(html, "copy", "Copy a link to this moment", "M6.5 9.5l3-3M7 4.5L8.5 3a3 3 0 0 1 4.5 4.5L11.5 9M9 11.5L7.5 13A3 3 0 0 1 3 8.5L4.5 7");
            let keys = [
                ("type", "button"),
                ("data-act", "help"),
                ("aria-label", "Keys"),
                ("title", "Keys"),
            ];
            html.leaf("button", &keys, "?");
            html.leaf("span", &[("id", "copied"), ("class", "muted")], "");
        });
        html.leaf("p", &[("class", "moment said"), ("id", "moment")], "");
        let away = "What is told from the end is put away.";
        html.leaf("p", &[("class", "away")], away);
        let live = [("id", "live"), ("class", "unseen"), ("aria-live", "polite")];
        html.leaf("p", &live, "");
        html.put("details", &[("class", "lately")], |html| {
            html.leaf("summary", &[], "What happened up to here");
            html.put("ol", &[("id", "log-now")], |_| {});
        });
        if is_live {
            html.put("p", &[("id", "news"), ("class", "news"), ("role", "status"), flag("hidden", true)], |html| {
                html.leaf("span", &[("id", "news-text")], "");
                html.text(" ");
                let reload = [("type", "button"), ("data-act", "reload")];
                html.leaf("button", &reload, "Reload");
            });
        }
    });
    help(html);
}

fn help(html: &mut Html) {
    html.put("dialog", &[("id", "help"), ("aria-labelledby", "help-h")], |html| {
        html.leaf("h2", &[("id", "help-h")], "Keys");
        html.put("dl", &[], |html| {
            for (key, told) in KEYS {
                html.put("div", &[], |html| {
                    html.put("dt", &[], |html| html.leaf("kbd", &[], key));
                    html.leaf("dd", &[], told);
                });
            }
        });
        html.put("p", &[("class", "muted")], |html| {
            html.text("Above the slider stand, from tall to short: moved goalposts (red after the end), conflicts, grades, notes.");
        });
        html.put("form", &[("method", "dialog")], |html| {
            html.leaf("button", &[("autofocus", "")], "Close");
        });
    });
}

fn button(html: &mut Html, act: &'static str, label: &'static str, sign: &'static str) {
    let attributes = [
        ("type", "button"),
        ("data-act", act),
        ("aria-label", label),
        ("title", label),
    ];
    html.put("button", &attributes, |html| {
        let class = if act == "copy" { "sign open" } else { "sign" };
        let svg = [
            ("class", class),
            ("viewBox", "0 0 16 16"),
            ("aria-hidden", "true"),
        ];
        html.put("svg", &svg, |html| html.put("path", &[("d", sign)], |_| {}));
    });
}

fn choice(html: &mut Html, id: &'static str, name: &str, options: &[(&str, &str)]) {
    html.put("label", &[], |html| {
        html.leaf("span", &[], name);
        html.text(" ");
        html.put("select", &[("id", id)], |html| {
            for (value, told) in options {
                let chosen = flag("selected", *value == "1");
                html.leaf("option", &[("value", value), chosen], told);
            }
        });
    });
}

/// Ticks where there is something to find, by the clock like the slider.
fn marks(film: &Film, html: &mut Html) {
    let (Some(begin), Some(end)) = (film.when(0), film.when(film.now())) else {
        return;
    };
    let long = end.saturating_sub(begin).max(1) as f64;
    let svg = [
        ("class", "marks"),
        ("viewBox", "0 0 1000 10"),
        ("preserveAspectRatio", "none"),
        ("aria-hidden", "true"),
    ];
    html.put("svg", &svg, |html| {
        for (name, class, shape) in MARKS {
            let Some(stops) = film.jumps().get(name) else {
                continue;
            };
            let mut drawn = String::new();
            let mut last = None;
            for at in stops.iter().filter_map(|stop| film.when(*stop)) {
                let x = (at.saturating_sub(begin) as f64 / long * 1_000.0).round();
                if last != Some(x) {
                    // Writing to a String does not fail.
                    let _ = write!(drawn, "{}", shape.replace("{x}", &x.to_string()));
                }
                last = Some(x);
            }
            html.put("path", &[("class", class), ("d", drawn.as_str())], |_| {});
        }
    });
}
