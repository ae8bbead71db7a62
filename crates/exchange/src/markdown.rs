//! Markdown: headings as objectives, lists or tables as key results.
//!
//! Headings that name a cycle (`OKRs 2019 Q1`) or a team (`Data team`, `Product:`) say to what the
//! objectives below them belong; an objective below an objective supports it. Items are key
//! results, items below them steps. See docs/exchange.md for all that is understood.

mod attributes;
mod heading;
mod item;
mod read;
mod tree;

use crate::draft::Options;
use crate::outline::Outline;

/// Reads a document.
#[must_use]
pub fn read(text: &str, options: &Options) -> Outline {
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = read::Reader::new(options);
    reader.blocks(&tree::parse(text));
    reader.draft.finish(text, "Not part of any objective.")
}
