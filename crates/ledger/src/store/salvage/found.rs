//! What was found in the file, by what it says: frames by their first entry, tail records by where the
//! log ended with them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

use super::segments::{self, Rank};
use crate::frame;
use crate::store::frames::{self, Part};
use crate::store::tail::{self, End, Sound};

/// Where bytes stand in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    at: u64,
    length: usize,
}

/// The bytes at places that belong together.
pub(super) fn read(file: &File, places: &[Place]) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; places.iter().map(|place| place.length).sum()];
    let mut rest = bytes.as_mut_slice();
    for place in places {
        let (part, after) = rest.split_at_mut(place.length);
        file.read_exact_at(part, place.at)?;
        rest = after;
    }
    Ok(bytes)
}

#[derive(Debug)]
struct Piece {
    part: u8,
    parts: u8,
    rank: Rank,
    place: Place,
}

/// A tail record that passes its checksum.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record {
    pub(super) end: End,
    /// Its first entry; one more than the size where it holds none.
    pub(super) first: u64,
    rank: Rank,
    place: Place,
}

/// Everything found that may be part of the log, or of its past.
#[derive(Debug, Default)]
pub(super) struct Found {
    frames: BTreeMap<u64, Vec<Piece>>,
    records: BTreeMap<End, Record>,
}

/// How many versions of one frame are tried. There is one in a store that never crashed; a page that
/// moved leaves another, the same.
const VERSIONS: usize = 32;

impl Found {
    pub(super) fn of(file: &File) -> io::Result<Self> {
        let mut found = Self::default();
        let length = file.metadata()?.len();
        segments::values(file, length, &mut |rank, at, value| {
            if let Some(record) = Sound::of(value) {
                found.take_record(rank, at, &record);
            } else if let Some(part) = Part::of(value) {
                found.take_part(rank, at, &part);
            }
        })?;
        for pieces in found.frames.values_mut() {
            pieces.sort_unstable_by_key(|piece| std::cmp::Reverse(piece.rank));
        }
        Ok(found)
    }

    fn take_record(&mut self, rank: Rank, at: u64, record: &Sound<'_>) {
        let Some(first) = frame::first(record.frame) else {
            return;
        };
        let record = Record {
            end: record.end,
            first,
            rank,
            place: Place {
                at: at + tail::HEADER as u64,
                length: record.frame.len(),
            },
        };
        let known = self.records.entry(record.end).or_insert(record);
        if known.rank < rank {
            *known = record;
        }
    }

    fn take_part(&mut self, rank: Rank, at: u64, part: &Part<'_>) {
        self.frames.entry(part.first).or_default().push(Piece {
            part: part.part,
            parts: part.parts,
            rank,
            place: Place {
                at: at + frames::HEADER as u64,
                length: part.chunk.len(),
            },
        });
    }

    /// Where the log ended with the newest record.
    pub(super) fn end(&self) -> Option<End> {
        self.records.last_key_value().map(|(end, _)| *end)
    }

    /// Where the frames that begin with an entry stand, newest first.
    pub(super) fn frames(&self, first: u64) -> Vec<Vec<Place>> {
        let pieces = self.frames.get(&first).map_or(&[][..], Vec::as_slice);
        let mut out = Vec::new();
        for begins in pieces.iter().filter(|piece| piece.part == 0) {
            if out.len() == VERSIONS {
                break;
            }
            let others = (1..begins.parts).map(|part| {
                // Parts of one frame are written one after the other.
                let version = |piece: &&Piece| (piece.part, piece.parts) == (part, begins.parts);
                let after = pieces
                    .iter()
                    .filter(version)
                    .rev()
                    .find(|piece| piece.rank >= begins.rank);
                let place = after.or_else(|| pieces.iter().find(version))?.place;
                Some(place)
            });
            let places: Option<Vec<Place>> =
                [Some(begins.place)].into_iter().chain(others).collect();
            out.extend(places);
        }
        out
    }

    /// The frames that begin before an entry, and may hold it: the last ones before it.
    pub(super) fn frames_before(&self, seq: u64) -> impl Iterator<Item = Vec<Place>> + '_ {
        let firsts = self.frames.range(..seq).rev().take(VERSIONS);
        firsts.flat_map(|(first, _)| self.frames(*first))
    }

    /// Where the records stand that hold an entry: those that follow on `framed` entries in frames before
    /// others, then the newest first.
    pub(super) fn records(&self, seq: u64, framed: u64) -> Vec<&Record> {
        let mut records: Vec<&Record> = self
            .records
            .values()
            .filter(|record| record.first <= seq && seq <= record.end.size)
            .collect();
        records.sort_by_key(|record| {
            std::cmp::Reverse((record.end.framed == framed, record.rank, record.end))
        });
        records
    }
}

impl Record {
    pub(super) fn place(&self) -> Place {
        self.place
    }
}
