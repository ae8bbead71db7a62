//! A film as the player reads it: JSON, with runs of numbers packed into text; all of it deflated, as
//! base64.
//!
//! A number is written five bits a character, the least first; the sixth bit says that more follow.
//! Characters are those of base64url. Sorted numbers are written as the distances between them.

use std::collections::BTreeMap;
use std::io::Write as _;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use serde::Serialize;

use super::{Cell, Field, Film, Layer, Stop};

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Adds a number to a run.
pub(super) fn push(run: &mut String, mut number: u64) {
    loop {
        let more = number >= 32;
        let digit = (number & 31) | if more { 32 } else { 0 };
        let digit = usize::try_from(digit).unwrap_or_default();
        run.push(DIGITS.get(digit).copied().map_or('A', char::from));
        number >>= 5;
        if !more {
            return;
        }
    }
}

/// Sorted numbers as the distances between them.
fn sums(sorted: impl Iterator<Item = u64>) -> String {
    let mut run = String::new();
    let mut last = 0;
    for number in sorted {
        push(&mut run, number.saturating_sub(last));
        last = number.max(last);
    }
    run
}

/// What stands around a film, for the player.
#[derive(Debug, Serialize)]
pub(in crate::page) struct Around {
    /// The position of the log that the page was made at.
    pub(in crate::page) head: u64,
    /// Where to ask how far the log has come; none in a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::page) live: Option<AroundLive>,
}

/// Where a page that is served hears of news.
#[derive(Debug, Serialize)]
pub(in crate::page) struct AroundLive {
    /// Relative address.
    pub(in crate::page) head: String,
    /// Every so many seconds.
    pub(in crate::page) every: u32,
}

#[derive(Serialize)]
struct Packed<'a> {
    #[serde(flatten)]
    around: &'a Around,
    stops: PackedStops,
    days: Vec<(&'a str, &'a str, &'a str, u32, f64)>,
    who: &'a [String],
    what: &'a [String],
    fields: Vec<PackedField<'a>>,
    /// Which field, and from which stop on which of its values.
    cells: Vec<String>,
    layers: Vec<(String, Vec<&'a str>)>,
    jumps: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
struct PackedStops {
    seq: String,
    at: String,
    day: String,
    said: String,
}

#[derive(Serialize)]
struct PackedField<'a> {
    kind: &'static str,
    values: &'a [String],
}

impl<T: Ord + Copy, F: Field, L: Ord + Copy> Film<T, F, L> {
    /// The film as it stands in a page.
    pub(in crate::page) fn packed(&self, around: &Around) -> String {
        let mut deflated = DeflateEncoder::new(Vec::new(), Compression::best());
        // Writing to memory does not fail.
        let _ = deflated.write_all(self.json(around).as_bytes());
        BASE64_STANDARD.encode(deflated.finish().unwrap_or_default())
    }

    /// The film as JSON.
    pub(super) fn json(&self, around: &Around) -> String {
        let of = |figure: fn(&Stop) -> u64| sums(self.stops.iter().map(figure));
        let fields: BTreeMap<F, u64> = self.texts.keys().copied().zip(0..).collect();
        let packed = Packed {
            around,
            stops: PackedStops {
                seq: of(|stop| stop.seq),
                at: of(|stop| stop.at),
                day: of(|stop| u64::try_from(stop.day).unwrap_or_default()),
                said: self.said_packed(),
            },
            days: (self.days.iter())
                .map(|day| {
                    let (iso, name, short) = (&*day.iso, &*day.name, &*day.short);
                    (iso, name, short, day.week, day.share)
                })
                .collect(),
            who: &self.who.all,
            what: &self.what.all,
            fields: (self.texts.iter())
                .map(|(field, texts)| PackedField {
                    kind: field.kind().word(),
                    values: &texts.all,
                })
                .collect(),
            cells: (self.cells.iter())
                .map(|cell| {
                    let field = fields.get(&cell.field).copied().unwrap_or_default();
                    changes_packed(field, cell)
                })
                .collect(),
            layers: self.layers.iter().map(layer_packed).collect(),
            jumps: (self.jumps.iter())
                .map(|(name, stops)| (*name, sums(stops.iter().map(|stop| u64::from(*stop)))))
                .collect(),
        };
        // Strings and numbers alone: there is nothing that could not be written.
        serde_json::to_string(&packed).unwrap_or_default()
    }

    fn said_packed(&self) -> String {
        let mut run = String::new();
        let mut next = 0;
        for said in &self.said {
            let about = (said.about).map_or(0, |cell| u64::try_from(cell + 1).unwrap_or_default());
            push(&mut run, u64::from(said.stop).saturating_sub(next));
            push(&mut run, u64::from(said.who));
            push(&mut run, u64::from(said.what));
            push(&mut run, about);
            next = u64::from(said.stop) + 1;
        }
        run
    }
}

fn changes_packed<F>(field: u64, cell: &Cell<F>) -> String {
    let mut run = String::new();
    push(&mut run, field);
    let mut last = 0;
    for (stop, text) in &cell.changes {
        push(&mut run, u64::from(stop.saturating_sub(last)));
        push(&mut run, u64::from(*text));
        last = *stop;
    }
    run
}

/// From and until of each piece, the until as a distance and 0 for the end, and the pieces.
fn layer_packed(layer: &Layer) -> (String, Vec<&str>) {
    let mut run = String::new();
    let mut last = 0;
    // A piece that ends where it began was never there.
    let there = || (layer.pieces.iter()).filter(|piece| piece.until != Some(piece.from));
    for piece in there() {
        push(&mut run, u64::from(piece.from.saturating_sub(last)));
        let lasts = piece
            .until
            .map_or(0, |until| until.saturating_sub(piece.from));
        push(&mut run, u64::from(lasts));
        last = piece.from;
    }
    (run, there().map(|piece| piece.text.as_str()).collect())
}
