//! A film: what stood in each place of a page from which stop on.
//!
//! The page's player knows nothing of OKRs. It is given **stops**; **cells**, each a text that
//! stands in a place until it changes; and **layers**, each a bag of pieces (of a curve, of a table)
//! that are there from one stop until another. Whoever makes a film tells it at each stop what
//! stands there, and the film keeps what differs from the stop before:
//!
//! - a cell at a stop is its last change at or before it;
//! - a piece is there at a stop when `from <= stop < until`.
//!
//! Guarantee: everything in a film passed [`clean`](crate::text::clean) on its way in.

mod encode;

use std::collections::{BTreeMap, BTreeSet};

use crate::text::{clean, one_line};

pub(super) use encode::{Around, AroundLive};

/// What the player does with a cell's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It is the element's text.
    Text,
    /// It is the element's text, and told to the style sheet: a word with a meaning.
    Word,
    /// It is the width of a bar.
    Width,
    /// The element is there while it is not empty.
    Hidden,
}

impl Kind {
    const fn word(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Word => "word",
            Self::Width => "width",
            Self::Hidden => "hidden",
        }
    }
}

/// A field that the cells of one kind share.
pub(super) trait Field: Copy + Ord {
    /// What the player does with it.
    fn kind(self) -> Kind;
}

/// When the film stops, in words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Stop {
    /// The highest position of the log that is known.
    pub(super) seq: u64,
    /// When, in seconds.
    pub(super) at: u64,
    /// Which of the film's days.
    pub(super) day: usize,
}

/// A day of the film.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Day {
    /// As addresses name it: `2026-08-14`.
    pub(super) iso: String,
    /// `Fri 14 Aug, week 7`.
    pub(super) name: String,
    /// `14 Aug`.
    pub(super) short: String,
    /// The week that it lies in; 0 for none.
    pub(super) week: u32,
    /// Where it lies between the first and the last day of the charts, 0 to 1.
    pub(super) share: f64,
}

/// What happened at a stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Said {
    stop: u32,
    who: u32,
    what: u32,
    /// The cell that names what it was about.
    about: Option<usize>,
}

/// Between the cells of a row, which is a piece of a table: the one control character in a film.
pub(super) const CELL: char = '\t';

/// A piece, made safe to show cell by cell.
fn shown(piece: &str) -> String {
    let cells: Vec<_> = piece.split(CELL).map(clean).collect();
    cells.join(&CELL.to_string())
}

/// Texts, each once.
#[derive(Debug, Default)]
struct Texts {
    all: Vec<String>,
    places: BTreeMap<String, u32>,
}

impl Texts {
    fn place(&mut self, text: &str) -> u32 {
        if let Some(place) = self.places.get(text) {
            return *place;
        }
        let place = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        self.all.push(text.to_owned());
        self.places.insert(text.to_owned(), place);
        place
    }

    fn get(&self, place: u32) -> &str {
        (usize::try_from(place).ok())
            .and_then(|place| self.all.get(place))
            .map_or("", String::as_str)
    }
}

#[derive(Debug)]
struct Cell<F> {
    field: F,
    /// From which stop on which text of its field.
    changes: Vec<(u32, u32)>,
}

#[derive(Debug, Default)]
struct Layer {
    pieces: Vec<Piece>,
    /// Those that are there now, with their places, in the order in which they were told.
    open: Vec<(String, usize)>,
}

impl Layer {
    /// What is there from a stop on. Curves grow at their ends: what the old and the new list begin and
    /// end with alike is the same, and only what lies between is looked at.
    ///
    /// The first `kept` are there as they were, and are not told again.
    fn take(&mut self, now: u32, kept: usize, pieces: Vec<String>) {
        let kept = kept.min(self.open.len());
        let alike = |(old, new): &(&(String, usize), &String)| old.0 == **new;
        let old = self.open.get(kept..).unwrap_or_default();
        let begin = old.iter().zip(&pieces).take_while(alike).count();
        let rest = old.len().min(pieces.len()) - begin;
        let end = (old.iter().rev().zip(pieces.iter().rev()))
            .take(rest)
            .take_while(alike)
            .count();
        let (gone, new) = (self.open.len() - end, pieces.len() - end);
        let mut between: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        let tail = self.open.split_off(gone);
        for (text, at) in self.open.drain(kept + begin..) {
            between.entry(text).or_default().push(at);
        }
        for text in pieces.into_iter().take(new).skip(begin) {
            let at = (between.get_mut(&text).and_then(Vec::pop)).unwrap_or_else(|| {
                self.pieces.push(Piece {
                    from: now,
                    until: None,
                    text: shown(&text),
                });
                self.pieces.len() - 1
            });
            self.open.push((text, at));
        }
        self.open.extend(tail);
        for at in between.into_values().flatten() {
            if let Some(piece) = self.pieces.get_mut(at) {
                piece.until = Some(now);
            }
        }
    }
}

#[derive(Debug)]
struct Piece {
    from: u32,
    until: Option<u32>,
    text: String,
}

/// A film of things with fields `F` and layers `L`, each thing named by a `T`.
#[derive(Debug)]
pub(super) struct Film<T, F, L> {
    stops: Vec<Stop>,
    days: Vec<Day>,
    said: Vec<Said>,
    who: Texts,
    what: Texts,
    texts: BTreeMap<F, Texts>,
    cells: Vec<Cell<F>>,
    places: BTreeMap<(T, F), usize>,
    layers: Vec<Layer>,
    layer_places: BTreeMap<(T, L), usize>,
    jumps: BTreeMap<&'static str, BTreeSet<u32>>,
}

impl<T: Ord + Copy, F: Field, L: Ord + Copy> Film<T, F, L> {
    pub(super) fn new() -> Self {
        Self {
            stops: Vec::new(),
            days: Vec::new(),
            said: Vec::new(),
            who: Texts::default(),
            what: Texts::default(),
            texts: BTreeMap::new(),
            cells: Vec::new(),
            places: BTreeMap::new(),
            layers: Vec::new(),
            layer_places: BTreeMap::new(),
            jumps: BTreeMap::new(),
        }
    }

    /// The film stops here: what is told next stands from here on.
    pub(super) fn stop(&mut self, stop: Stop) {
        self.stops.push(stop);
    }

    /// Another day; answers which one it is.
    pub(super) fn day(&mut self, day: Day) -> usize {
        self.days.push(day);
        self.days.len() - 1
    }

    /// How many days there are so far.
    pub(super) fn days(&self) -> usize {
        self.days.len()
    }

    /// The last of the days so far.
    pub(super) fn last_day(&self) -> Option<&Day> {
        self.days.last()
    }

    /// Which stop it is now, from 0.
    pub(super) fn now(&self) -> u32 {
        u32::try_from(self.stops.len().saturating_sub(1)).unwrap_or(u32::MAX)
    }

    /// What happened here, and the field that names what it was about.
    pub(super) fn say(&mut self, who: &str, what: &str, about: Option<(T, F)>) {
        let said = Said {
            stop: self.now(),
            who: self.who.place(&clean(&one_line(who))),
            what: self.what.place(&clean(&one_line(what))),
            about: about.and_then(|key| self.places.get(&key).copied()),
        };
        self.said.push(said);
    }

    /// Something to jump to.
    pub(super) fn mark(&mut self, name: &'static str) {
        let now = self.now();
        self.jumps.entry(name).or_default().insert(now);
    }

    /// What a cell says from here on.
    pub(super) fn tell(&mut self, thing: T, field: F, text: &str) {
        let now = self.now();
        let told = clean(text);
        let known = self.places.get(&(thing, field)).copied();
        // Most cells say at most stops what they said before.
        let last = (known.and_then(|cell| self.cells.get(cell)?.changes.last()))
            .zip(self.texts.get(&field))
            .map(|((_, place), texts)| texts.get(*place));
        if last == Some(&*told) {
            return;
        }
        let place = self.texts_of(field).place(&told);
        let cell = match known {
            Some(cell) => cell,
            None if told.is_empty() => return,
            None => {
                self.cells.push(Cell {
                    field,
                    changes: Vec::new(),
                });
                let cell = self.cells.len() - 1;
                self.places.insert((thing, field), cell);
                cell
            }
        };
        let Some(cell) = self.cells.get_mut(cell) else {
            return;
        };
        match cell.changes.last_mut() {
            Some((_, last)) if *last == place => {}
            Some((stop, last)) if *stop == now => *last = place,
            _ => cell.changes.push((now, place)),
        }
    }

    fn texts_of(&mut self, field: F) -> &mut Texts {
        self.texts.entry(field).or_default()
    }

    /// Which pieces a layer has from a stop on, behind the first `kept` of those that it had; a layer's
    /// stops are told in their order.
    pub(super) fn pieces(
        &mut self,
        now: u32,
        (thing, layer): (T, L),
        kept: usize,
        pieces: Vec<String>,
    ) {
        let place = match self.layer_places.get(&(thing, layer)) {
            Some(place) => *place,
            // A layer that never had anything is none.
            None if pieces.is_empty() => return,
            None => {
                self.layers.push(Layer::default());
                let place = self.layers.len() - 1;
                self.layer_places.insert((thing, layer), place);
                place
            }
        };
        if let Some(layer) = self.layers.get_mut(place) {
            layer.take(now, kept, pieces);
        }
    }

    /// The number by which the player knows a cell; none for one that never said anything.
    pub(super) fn number(&self, thing: T, field: F) -> Option<usize> {
        self.places.get(&(thing, field)).copied()
    }

    /// What a cell says at the end; empty where it says nothing.
    pub(super) fn last(&self, thing: T, field: F) -> &str {
        self.at(thing, field, u32::MAX)
    }

    /// What a cell says at a stop; empty where it says nothing yet.
    pub(super) fn at(&self, thing: T, field: F, stop: u32) -> &str {
        let found = (self.places.get(&(thing, field))).and_then(|cell| self.cells.get(*cell));
        let change = found.and_then(|cell| {
            let until = cell.changes.partition_point(|(from, _)| *from <= stop);
            cell.changes.get(until.checked_sub(1)?)
        });
        change.map_or("", |(_, place)| {
            self.texts.get(&field).map_or("", |texts| texts.get(*place))
        })
    }

    /// The number by which the player knows a layer, and its pieces at the end.
    pub(super) fn layer(&self, thing: T, layer: L) -> Option<(usize, Vec<&str>)> {
        let place = *self.layer_places.get(&(thing, layer))?;
        let found = self.layers.get(place)?;
        let there = found.pieces.iter().filter(|piece| piece.until.is_none());
        Some((place, there.map(|piece| piece.text.as_str()).collect()))
    }

    /// The pieces of a layer at a stop.
    #[cfg(test)]
    pub(super) fn there(&self, place: (T, L), stop: u32) -> Vec<String> {
        let layer = self
            .layer_places
            .get(&place)
            .and_then(|at| self.layers.get(*at));
        (layer.into_iter().flat_map(|layer| &layer.pieces))
            .filter(|piece| piece.from <= stop && piece.until.is_none_or(|until| stop < until))
            .map(|piece| piece.text.clone())
            .collect()
    }

    /// All stops that can be jumped to, by name.
    pub(super) const fn jumps(&self) -> &BTreeMap<&'static str, BTreeSet<u32>> {
        &self.jumps
    }

    /// When a stop is, in seconds.
    pub(super) fn when(&self, stop: u32) -> Option<u64> {
        let stop = usize::try_from(stop).ok()?;
        self.stops.get(stop).map(|stop| stop.at)
    }

    /// The first stop at which a position is known; none where it is not in the film.
    pub(super) fn stop_of(&self, seq: u64) -> Option<u32> {
        let at = self.stops.partition_point(|stop| stop.seq < seq);
        (at < self.stops.len()).then(|| u32::try_from(at).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests;
