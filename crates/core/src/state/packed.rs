//! A leaf of check-ins in few bytes, as snapshots keep it ([`super::check_ins`]).
//!
//! A snapshot is derived data under a version and checksums of its own; whoever stores it sees to
//! both. Unpacking is therefore total rather than fallible: bytes that were not packed here come
//! out as some check-ins, never as a panic.
//!
//! Layout: the reading before the first check-in, how many check-ins, how many authors, each author
//! (member 16, device 16), then the check-ins. Integers are LEB128, signed ones in zigzag, positions
//! and times as differences to the check-in before.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::Stamp;
use super::check_in::{CheckIn, Reading};
use super::check_ins::{Content, Leaf, Order, Place, Shelf};
use crate::calendar::{Date, Timestamp};
use crate::clock::Hlc;
use crate::decimal::Decimal;
use crate::id::{DeviceId, EventId, MemberId};
use crate::value::{Field, Measure};

const RETRACTED: u8 = 1 << 3;
const CONFIDENCE: u8 = 1 << 4;
const PROJECTION: u8 = 1 << 5;
const NOTE: u8 = 1 << 6;
const CORRECTED: u8 = 1 << 7;
const MEASURE: u8 = 0b111;

/// Packs a leaf.
pub(super) fn pack(content: &Content) -> Vec<u8> {
    let check_ins = &content.list;
    let mut authors: Vec<(MemberId, DeviceId)> = Vec::new();
    let mut records = Vec::with_capacity(check_ins.len().saturating_mul(48));
    let mut last = Last::default();
    for check_in in check_ins {
        let who = (check_in.member, check_in.device);
        let author = authors
            .iter()
            .position(|known| *known == who)
            .unwrap_or_else(|| {
                authors.push(who);
                authors.len().saturating_sub(1)
            });
        records.extend(check_in.id.as_bytes());
        unsigned(&mut records, author as u128);
        signed(&mut records, last.step_seq(check_in.seq));
        signed(&mut records, last.step_recorded(check_in.recorded.ms()));
        signed(
            &mut records,
            i128::from(check_in.authored.wall) - i128::from(last.recorded),
        );
        unsigned(&mut records, u128::from(check_in.authored.counter));
        signed(
            &mut records,
            last.step_effective(check_in.effective.days_since_epoch()),
        );
        record(&mut records, check_in);
    }
    let mut out = Vec::with_capacity(records.len().saturating_add(64));
    reading(&mut out, &content.before);
    unsigned(&mut out, check_ins.len() as u128);
    unsigned(&mut out, authors.len() as u128);
    for (member, device) in authors {
        out.extend(member.as_bytes());
        out.extend(device.as_bytes());
    }
    out.extend(records);
    out
}

/// Flags of a reading.
const ABSOLUTE: u8 = 1;
const DELTAS: u8 = 1 << 1;
const OVERFLOWED: u8 = 1 << 2;
const SAID: u8 = 1 << 3;
const DONE: u8 = 1 << 4;
const LAST: u8 = 1 << 5;
const STATED: u8 = 1 << 6;
const PROJECTED: u8 = 1 << 7;

fn reading(out: &mut Vec<u8>, reading: &Reading) {
    let deltas = reading.deltas.flatten();
    out.push(
        [
            (reading.absolute.is_some(), ABSOLUTE),
            (deltas.is_some(), DELTAS),
            (reading.deltas == Some(None), OVERFLOWED),
            (reading.done.is_some(), SAID),
            (reading.done == Some(true), DONE),
            (reading.last.is_some(), LAST),
            (reading.confidence.is_some(), STATED),
            (reading.projection.is_some(), PROJECTED),
        ]
        .into_iter()
        .filter(|(set, _)| *set)
        .fold(0, |flags, (_, flag)| flags | flag),
    );
    let numbers = [
        reading.absolute,
        deltas,
        reading.confidence,
        reading.projection,
    ];
    numbers
        .into_iter()
        .flatten()
        .for_each(|value| number(out, value));
    if let Some(last) = reading.last {
        signed(out, last.days_since_epoch().into());
    }
    unsigned(out, reading.steps.len() as u128);
    for step in &reading.steps {
        bytes(out, step.as_bytes());
    }
}

fn record(out: &mut Vec<u8>, check_in: &CheckIn) {
    let flag = |set: bool, flag: u8| if set { flag } else { 0 };
    let measure = match &check_in.measure {
        Measure::Absolute(_) => 0,
        Measure::Delta(_) => 1,
        Measure::Step { done: false, .. } => 2,
        Measure::Step { done: true, .. } => 3,
        Measure::Done(false) => 4,
        Measure::Done(true) => 5,
    };
    out.push(
        measure
            | flag(check_in.retracted, RETRACTED)
            | flag(check_in.confidence.is_some(), CONFIDENCE)
            | flag(check_in.projection.is_some(), PROJECTION)
            | flag(check_in.note.is_some(), NOTE)
            | flag(!check_in.corrected.is_empty(), CORRECTED),
    );
    match &check_in.measure {
        Measure::Absolute(value) | Measure::Delta(value) => number(out, *value),
        Measure::Step { name, .. } => bytes(out, name.as_bytes()),
        Measure::Done(_) => {}
    }
    for value in [check_in.confidence, check_in.projection]
        .into_iter()
        .flatten()
    {
        number(out, value);
    }
    if let Some(note) = &check_in.note {
        bytes(out, note.as_bytes());
    }
    if !check_in.corrected.is_empty() {
        unsigned(out, check_in.corrected.len() as u128);
        for (field, stamp) in &check_in.corrected {
            bytes(out, field.word().as_bytes());
            unsigned(out, u128::from(stamp.seq));
            out.extend(stamp.event.as_bytes());
            out.extend(stamp.member.as_bytes());
            out.extend(stamp.device.as_bytes());
            unsigned(out, u128::from(stamp.authored.wall));
            unsigned(out, u128::from(stamp.authored.counter));
            unsigned(out, u128::from(stamp.recorded.ms()));
        }
    }
}

/// Unpacks what [`pack`] packed.
pub(super) fn unpack(packed: &[u8]) -> Content {
    let mut read = Reader(packed);
    let before = read.reading();
    let count = read.unsigned();
    let authors: Vec<(MemberId, DeviceId)> = (0..read.unsigned())
        .map_while(|_| {
            Some((
                MemberId::from_bytes(read.id()?),
                DeviceId::from_bytes(read.id()?),
            ))
        })
        .collect();
    let mut last = Last::default();
    // Each check-in takes more than 16 bytes, so a wrong count ends with the bytes.
    let list = (0..count)
        .map_while(|_| read.check_in(&authors, &mut last))
        .collect();
    Content { before, list }
}

/// Packs a list of leaves: for each its first and last place, and where its content lies or, where
/// that is on no shelf, the content.
pub(super) fn table(leaves: &[Arc<Leaf>]) -> Vec<u8> {
    let mut out = Vec::new();
    unsigned(&mut out, leaves.len() as u128);
    for leaf in leaves {
        for (date, seq) in [leaf.first, leaf.last] {
            signed(&mut out, date.days_since_epoch().into());
            unsigned(&mut out, seq.into());
        }
        match leaf.kept.get() {
            Some(place) => {
                out.push(1);
                unsigned(&mut out, place.at.into());
                unsigned(&mut out, place.length.into());
                out.extend(place.checksum.to_be_bytes());
            }
            None => {
                out.push(0);
                bytes(&mut out, &pack(leaf.content()));
            }
        }
    }
    out
}

/// Unpacks what [`table`] packed.
pub(super) fn leaves(packed: &[u8], shelf: Option<&Arc<dyn Shelf>>) -> Vec<Arc<Leaf>> {
    let mut read = Reader(packed);
    let count = read.unsigned();
    // Each leaf takes some bytes, so a wrong count ends with them.
    (0..count)
        .map_while(|_| (!read.0.is_empty()).then(|| Arc::new(read.leaf(shelf))))
        .collect()
}

/// What the next record's differences count from.
#[derive(Default)]
struct Last {
    seq: u64,
    recorded: u64,
    effective: i32,
}

impl Last {
    fn step_seq(&mut self, to: u64) -> i128 {
        i128::from(to) - i128::from(std::mem::replace(&mut self.seq, to))
    }
    fn step_recorded(&mut self, to: u64) -> i128 {
        i128::from(to) - i128::from(std::mem::replace(&mut self.recorded, to))
    }
    fn step_effective(&mut self, to: i32) -> i128 {
        i128::from(to) - i128::from(std::mem::replace(&mut self.effective, to))
    }
}

fn unsigned(out: &mut Vec<u8>, mut value: u128) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn signed(out: &mut Vec<u8>, value: i128) {
    unsigned(out, ((value << 1) ^ (value >> 127)).cast_unsigned());
}

fn number(out: &mut Vec<u8>, value: Decimal) {
    unsigned(out, u128::from(value.scale()));
    signed(out, value.mantissa());
}

fn bytes(out: &mut Vec<u8>, value: &[u8]) {
    unsigned(out, value.len() as u128);
    out.extend(value);
}

/// Reads on past the end as zeros and nothing.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn byte(&mut self) -> u8 {
        match self.0.split_first() {
            Some((first, rest)) => {
                self.0 = rest;
                *first
            }
            None => 0,
        }
    }

    fn id(&mut self) -> Option<[u8; 16]> {
        let (id, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*id)
    }

    fn unsigned(&mut self) -> u128 {
        let mut value = 0;
        for shift in (0..128).step_by(7) {
            let byte = self.byte();
            value |= u128::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                break;
            }
        }
        value
    }

    /// A number of at most 64 bits.
    fn short(&mut self) -> u64 {
        self.unsigned() as u64
    }

    fn signed(&mut self) -> i128 {
        let value = self.unsigned();
        (value >> 1).cast_signed() ^ -((value & 1).cast_signed())
    }

    fn number(&mut self) -> Decimal {
        let scale = self.short() as u32;
        Decimal::from_parts(self.signed(), scale.min(Decimal::MAX_PLACES)).unwrap_or_default()
    }

    fn bytes(&mut self) -> &'a [u8] {
        let length = usize::try_from(self.unsigned())
            .unwrap_or(usize::MAX)
            .min(self.0.len());
        let (bytes, rest) = self.0.split_at_checked(length).unwrap_or_default();
        self.0 = rest;
        bytes
    }

    fn text(&mut self) -> String {
        String::from_utf8_lossy(self.bytes()).into_owned()
    }

    fn order(&mut self) -> Order {
        let date = Date::from_days_since_epoch(self.signed() as i32);
        (date, self.short())
    }

    fn leaf(&mut self, shelf: Option<&Arc<dyn Shelf>>) -> Leaf {
        let (first, last) = (self.order(), self.order());
        let (kept, content) = match self.byte() {
            1 => {
                let place = Place {
                    at: self.short(),
                    length: self.short() as u32,
                    checksum: u32::from_be_bytes(self.four()),
                };
                (OnceLock::from(place), OnceLock::new())
            }
            _ => {
                let content = unpack(self.bytes());
                (OnceLock::new(), OnceLock::from(Box::new(content)))
            }
        };
        Leaf {
            first,
            last,
            kept,
            shelf: shelf.cloned(),
            content,
        }
    }

    fn four(&mut self) -> [u8; 4] {
        let (four, rest) = self.0.split_first_chunk().unwrap_or((&[0; 4], &[]));
        self.0 = rest;
        *four
    }

    fn reading(&mut self) -> Reading {
        let flags = self.byte();
        let has = |flag: u8| flags & flag != 0;
        let absolute = has(ABSOLUTE).then(|| self.number());
        let deltas = has(DELTAS).then(|| Some(self.number()));
        let confidence = has(STATED).then(|| self.number());
        let projection = has(PROJECTED).then(|| self.number());
        let last = has(LAST).then(|| Date::from_days_since_epoch(self.signed() as i32));
        let count = self.unsigned();
        let steps = (0..count)
            .map_while(|_| (!self.0.is_empty()).then(|| self.text()))
            .collect();
        Reading {
            absolute,
            deltas: deltas.or_else(|| has(OVERFLOWED).then_some(None)),
            steps,
            done: has(SAID).then(|| has(DONE)),
            last,
            confidence,
            projection,
        }
    }

    fn check_in(&mut self, authors: &[(MemberId, DeviceId)], last: &mut Last) -> Option<CheckIn> {
        let id = EventId::from_bytes(self.id()?);
        let author = usize::try_from(self.unsigned())
            .ok()
            .and_then(|at| authors.get(at));
        let (member, device) = author
            .copied()
            .unwrap_or((MemberId::nil(), DeviceId::nil()));
        last.seq = last.seq.wrapping_add_signed(self.signed() as i64);
        last.recorded = last.recorded.wrapping_add_signed(self.signed() as i64);
        let wall = last.recorded.wrapping_add_signed(self.signed() as i64);
        let authored = Hlc {
            wall,
            counter: self.short() as u32,
        };
        last.effective = last.effective.wrapping_add(self.signed() as i32);
        let flags = self.byte();
        let measure = match flags & MEASURE {
            0 => Measure::Absolute(self.number()),
            1 => Measure::Delta(self.number()),
            kind @ (2 | 3) => Measure::Step {
                name: self.text(),
                done: kind == 3,
            },
            kind => Measure::Done(kind == 5),
        };
        Some(CheckIn {
            id,
            seq: last.seq,
            effective: Date::from_days_since_epoch(last.effective),
            measure,
            confidence: (flags & CONFIDENCE != 0).then(|| self.number()),
            projection: (flags & PROJECTION != 0).then(|| self.number()),
            note: (flags & NOTE != 0).then(|| self.text()),
            retracted: flags & RETRACTED != 0,
            member,
            device,
            authored,
            recorded: Timestamp::from_ms(last.recorded),
            corrected: if flags & CORRECTED != 0 {
                self.corrections()
            } else {
                BTreeMap::new()
            },
        })
    }

    fn corrections(&mut self) -> BTreeMap<Field, Stamp> {
        (0..self.unsigned())
            .map_while(|_| {
                let field = Field::from_word(&self.text());
                let seq = self.short();
                let event = EventId::from_bytes(self.id()?);
                let member = MemberId::from_bytes(self.id()?);
                let device = DeviceId::from_bytes(self.id()?);
                let authored = Hlc {
                    wall: self.short(),
                    counter: self.short() as u32,
                };
                let recorded = Timestamp::from_ms(self.short());
                Some((
                    field,
                    Stamp {
                        seq,
                        event,
                        member,
                        device,
                        authored,
                        recorded,
                    },
                ))
            })
            .collect()
    }
}

/// Bytes in one piece: serde would otherwise take them one by one.
pub(super) mod as_bytes {
    use serde::de::{Deserializer, Error, Visitor};
    use serde::ser::Serializer;

    pub(in crate::state) fn serialize<S: Serializer>(
        bytes: &[u8],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(bytes)
    }

    pub(in crate::state) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Box<[u8]>, D::Error> {
        struct Whole;
        impl Visitor<'_> for Whole {
            type Value = Box<[u8]>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("bytes")
            }
            fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Self::Value, E> {
                Ok(bytes.into())
            }
        }
        deserializer.deserialize_bytes(Whole)
    }
}

#[cfg(test)]
mod tests;
