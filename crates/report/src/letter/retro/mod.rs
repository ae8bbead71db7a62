//! A retrospective in Markdown, as GitHub and most wikis understand it: tables, readable raw.
//!
//! Guarantee: whatever teammates wrote arrives as text, as in every [letter](super). Positions of the log
//! stand as `#123` between marks of code, so that nobody takes them for the number of an issue.

mod goals;
mod rest;
mod table;

use std::fmt::Write as _;

use quarterdeck_core::calendar::Date;
use quarterdeck_core::decimal::Decimal;

use super::markdown::{inline, line};
use crate::json::{Retro, RetroPart};

/// So many positions stand behind a sentence; the rest are counted.
const POSITIONS: usize = 6;

/// A cycle looked back on, in Markdown.
#[must_use]
pub fn retro(found: &Retro) -> String {
    let mut text = String::new();
    head(&mut text, found);
    story(&mut text, found);
    goals::scores(&mut text, found);
    rest::ambition(&mut text, found);
    rest::goalposts(&mut text, found);
    rest::late(&mut text, found);
    rest::calibration(&mut text, found);
    rest::funnels(&mut text, found);
    rest::notes(&mut text, found);
    rest::compared(&mut text, found);
    rest::onward(&mut text, found);
    while text.ends_with("\n\n") {
        text.pop();
    }
    text
}

fn head(text: &mut String, found: &Retro) {
    let cycle = &found.cycle;
    let so_far = if found.so_far { " so far" } else { "" };
    // Writing to a string cannot fail; so in all that follows.
    let _ = write!(
        text,
        "# {}: {}, looked back on{so_far}\n\n",
        inline(&found.workspace),
        inline(&cycle.name)
    );
    let _ = write!(text, "{} to {}.", cycle.starts, cycle.ends);
    match &cycle.closing {
        Some(closed) => {
            let _ = write!(
                text,
                " Closed by {} on {} at {}; figures of {}.",
                inline(&closed.by),
                closed.day,
                position(closed.position),
                found.on
            );
        }
        None => {
            let _ = write!(text, " Figures of {}.", found.on);
        }
    }
    if let Some(as_of) = found.as_of {
        let _ = write!(text, " As it was known at `{as_of}`.");
    }
    text.push_str("\n\n");
}

fn story(text: &mut String, found: &Retro) {
    if found.story.is_empty() {
        return;
    }
    heading(text, "What happened");
    for sentence in &found.story {
        let _ = writeln!(
            text,
            "- {}{}",
            told(&sentence.parts),
            positions(&sentence.entries)
        );
    }
    text.push('\n');
}

fn heading(text: &mut String, title: &str) {
    let _ = write!(text, "## {title}\n\n");
}

/// A sentence: what people wrote in it is escaped, and what it is about stands out.
fn told(parts: &[RetroPart]) -> String {
    let mut sentence = String::new();
    for part in parts {
        let safe = inline(&part.text);
        // A space at its edge would be lost with the marks.
        match part.part {
            "text" => sentence.push_str(&spaced(&part.text)),
            "goal" if !safe.trim().is_empty() => {
                let _ = write!(sentence, "**{}**", safe.trim());
            }
            _ => sentence.push_str(&safe),
        }
    }
    sentence
}

/// Words of ours, with the spaces at their edges.
fn spaced(text: &str) -> String {
    let inner = inline(text);
    let before = if text.starts_with(' ') { " " } else { "" };
    let behind = if text.ends_with(' ') && !inner.is_empty() {
        " "
    } else {
        ""
    };
    format!("{before}{inner}{behind}")
}

fn position(seq: u64) -> String {
    format!("`#{seq}`")
}

/// Positions behind a sentence: " (`#12`, `#31`)".
fn positions(entries: &[u64]) -> String {
    let shown: Vec<String> = (entries.iter().take(POSITIONS))
        .map(|seq| position(*seq))
        .collect();
    match entries.len() {
        0 => String::new(),
        many if many > POSITIONS => {
            format!(" ({} and {} more)", shown.join(", "), many - POSITIONS)
        }
        _ => format!(" ({})", shown.join(", ")),
    }
}

/// A figure of 0 to 1 with two places; nothing where there is none.
fn share(figure: Option<Decimal>) -> String {
    figure.map_or_else(String::new, |figure| format!("{figure:.2}"))
}

/// A number as it is.
fn plain(figure: Option<Decimal>) -> String {
    figure.map_or_else(String::new, crate::number::number)
}

fn day(day: Option<Date>) -> String {
    day.map_or_else(String::new, |day| day.to_string())
}

/// What somebody wrote, in a cell; nothing where there is nothing.
fn cell(text: Option<&str>) -> String {
    text.map_or_else(String::new, inline)
}

/// What somebody wrote, as a quotation.
fn quoted(text: &mut String, said: &str, indent: &str) {
    for part in super::markdown::parts(said) {
        let _ = writeln!(text, "{indent}> {}  ", line(part));
    }
}
