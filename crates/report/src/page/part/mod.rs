//! The parts of a page, from its head to the events that it cites.
//!
//! Each part draws a struct of [`crate::json`] and nothing else; what the film drives takes its text
//! from the film's last stop, so that the page without its player is the page at its end.

mod amiss;
mod course;
mod entries;
mod goal;
mod goals;
mod kept;
mod odds;
mod story;
mod top;

use std::collections::BTreeSet;

use quarterdeck_core::calendar::Date;
use quarterdeck_core::decimal::Decimal;

use super::goals::{Field, Film, Thing, two};
use super::html::{Attribute, Html};
use super::shoot::Shot;
use crate::json::{ActTold, Retro, RetroPart};
use crate::names::Ref;

pub(super) use entries::{Cited, entries};
pub(super) use goals::goals;
pub(super) use story::{middle, story};
pub(super) use top::top;

/// So many rows a table has at most; who wants all of them asks the command line.
const ROWS: usize = 200;

/// What all parts draw from.
pub(super) struct Sheet<'a> {
    pub(super) retro: &'a Retro,
    pub(super) shot: &'a Shot,
    /// References of goals that are on the page.
    pub(super) there: BTreeSet<String>,
    /// Positions of the entries that are cited.
    pub(super) cited: BTreeSet<u64>,
}

/// All parts between the goals and the cited entries.
pub(super) fn rest(sheet: &mut Sheet<'_>, html: &mut Html) {
    amiss::goalposts(sheet, html);
    amiss::late(sheet, html);
    course::stalls(sheet, html);
    odds::calibration(sheet, html);
    odds::ambition(sheet, html);
    course::funnels(sheet, html);
    kept::notes(sheet, html);
    kept::compared(sheet, html);
    kept::onward(sheet, html);
}

impl Sheet<'_> {
    fn film(&self) -> &Film {
        &self.shot.film
    }

    /// A day, its year where that is not the cycle's.
    fn day(&self, day: Date) -> String {
        crate::text::day(day, self.retro.cycle.ends)
    }

    /// A place that the film drives; nothing where the film never says anything there.
    fn cell(&self, html: &mut Html, tag: &'static str, class: &str, thing: Thing, field: Field) {
        let Some(number) = self.film().number(thing, field) else {
            return;
        };
        let number = number.to_string();
        let text = self.film().last(thing, field);
        let is_word = matches!(field, Field::Status | Field::State | Field::Grade);
        let attributes = [
            if class.is_empty() {
                ("", "")
            } else {
                ("class", class)
            },
            ("data-s", number.as_str()),
            ("data-field", field.name()),
            if is_word { ("data-v", text) } else { ("", "") },
        ];
        html.leaf(tag, &attributes, text);
    }

    /// A bar that the film drives.
    fn bar(&self, html: &mut Html, thing: Thing) {
        let Some(number) = self.film().number(thing, Field::Bar) else {
            return;
        };
        let number = number.to_string();
        let full = match self.film().last(thing, Field::Bar) {
            "" => "0".to_owned(),
            width => format!("{width}%"),
        };
        html.put(
            "svg",
            &[("class", "bar"), ("aria-hidden", "true")],
            |html| {
                let rect = [("width", full.as_str()), ("data-s", number.as_str())];
                html.put("rect", &rect, |_| {});
            },
        );
    }

    /// What is there only while the film says so, such as a goal.
    fn there(&self, thing: Thing) -> (String, bool) {
        let number = self.film().number(thing, Field::There);
        let hidden = self.film().last(thing, Field::There).is_empty();
        (
            number.map_or_else(String::new, |number| number.to_string()),
            hidden,
        )
    }

    /// The stop from which an entry is known; empty where it always is.
    fn since(&self, seq: Option<u64>) -> String {
        (seq.and_then(|seq| self.film().stop_of(seq)))
            .map_or_else(String::new, |stop| stop.to_string())
    }

    /// Links to entries.
    fn cite(&mut self, html: &mut Html, entries: &[u64]) {
        const MOST: usize = 6;
        if entries.is_empty() {
            return;
        }
        html.put("span", &[("class", "cites")], |html| {
            for seq in entries.iter().take(MOST) {
                self.cited.insert(*seq);
                let (link, told) = (format!("#entry-{seq}"), format!("#{seq}"));
                html.text(" ");
                html.leaf("a", &[("href", link.as_str())], &told);
            }
            if entries.len() > MOST {
                html.text(&format!(" and {} more", entries.len() - MOST));
            }
        });
    }

    /// A goal by its title, linked where it is on the page.
    fn goal(&self, html: &mut Html, reference: &Ref, title: &str) {
        let link = format!("#{reference}");
        if self.there.contains(&reference.text) {
            html.leaf("a", &[("class", "said"), ("href", link.as_str())], title);
        } else {
            html.leaf("span", &[("class", "said")], title);
        }
    }

    /// A sentence by its parts.
    fn sentence(&self, html: &mut Html, parts: &[RetroPart]) {
        for part in parts {
            match (part.part, &part.reference) {
                ("goal", Some(reference)) => self.goal(html, reference, &part.text),
                ("goal" | "person", _) => html.leaf("span", &[("class", "said")], &part.text),
                ("number" | "share", _) => html.leaf("b", &[], &part.text),
                _ => html.text(&part.text),
            }
        }
    }

    /// Who did it and when.
    fn act(&self, html: &mut Html, act: &ActTold) {
        let who = (act.imported.as_ref()).map_or(&act.member, |from| &from.author);
        html.leaf("span", &[("class", "said")], who);
        html.text(&format!(", {}", self.day(act.day)));
    }
}

/// A part with its heading.
fn part(html: &mut Html, id: &'static str, title: &str, within: impl FnOnce(&mut Html)) {
    section(html, id, "part", title, within);
}

/// A part that tells the whole cycle from its end: from an earlier moment it is not to be seen.
fn verdict(html: &mut Html, id: &'static str, title: &str, within: impl FnOnce(&mut Html)) {
    section(html, id, "part verdict", title, within);
}

fn section(
    html: &mut Html,
    id: &'static str,
    class: &'static str,
    title: &str,
    within: impl FnOnce(&mut Html),
) {
    let heading = format!("{id}-h");
    let attributes = [
        ("id", id),
        ("class", class),
        ("aria-labelledby", heading.as_str()),
    ];
    html.line();
    html.put("section", &attributes, |html| {
        html.leaf("h2", &[("id", heading.as_str())], title);
        within(html);
    });
}

/// A table with its caption and the names of its columns; `>` stands before that of numbers.
fn table(html: &mut Html, caption: &str, columns: &[&str], rows: impl FnOnce(&mut Html)) {
    html.put(
        "div",
        &[
            ("class", "wide"),
            ("tabindex", "0"),
            ("role", "region"),
            ("aria-label", caption),
        ],
        |html| {
            html.put("table", &[], |html| {
                html.leaf("caption", &[], caption);
                html.put("thead", &[], |html| {
                    html.put("tr", &[], |html| {
                        for name in columns {
                            let class = name.strip_prefix('>').map_or(("", ""), |_| ("class", "n"));
                            let name = name.trim_start_matches('>');
                            html.leaf("th", &[("scope", "col"), class], name);
                        }
                    });
                });
                html.put("tbody", &[], rows);
            });
        },
    );
}

/// A row that is there from a stop on.
fn row(html: &mut Html, class: &str, since: &str, within: impl FnOnce(&mut Html)) {
    let attributes: [Attribute<'_>; 2] = [
        if class.is_empty() {
            ("", "")
        } else {
            ("class", class)
        },
        if since.is_empty() {
            ("", "")
        } else {
            ("data-from", since)
        },
    ];
    html.put("tr", &attributes, within);
}

fn number(html: &mut Html, share: Option<Decimal>) {
    html.leaf("td", &[("class", "n")], &two(share));
}

/// That a table ends before its rows do.
fn more(html: &mut Html, all: usize, command: &str) {
    if all > ROWS {
        let told = format!("The first {ROWS} of {all}; `{command}` has all of them.");
        html.leaf("p", &[("class", "muted")], &told);
    }
}

/// That there is nothing to tell, which is something to tell.
fn nothing(html: &mut Html, told: &str) {
    html.leaf("p", &[("class", "muted")], told);
}

/// A goal's row header.
fn head(html: &mut Html, within: impl FnOnce(&mut Html)) {
    html.put("th", &[("scope", "row")], within);
}
