//! Frames in the store: how entries become values of bounded size, and back.
//!
//! A value stays below 7 KiB: sled gathers up to 17 of them in a page, and a page over 128 KiB goes to
//! files that sled never syncs. Values are numbered from 0. A value is part (1) | number of parts (1) |
//! first seq (8, big endian) | the frame's bytes, or its part of them: an entry too large for one value
//! has a frame of its own, cut up.
//!
//! Why numbers and not the first seq as the key: sled divides a page of 17 values and writes both halves
//! anew, several times the bytes that came in. The keys of values to come are known, so they are
//! inserted empty some way ahead; pages divide while there is next to nothing in them, and a frame is
//! written once. The same numbers are used again after an append that never finished.

use std::ops::Range;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use bytes::{Bytes, BytesMut};

use super::Limits;
use super::disk::Disk;
use crate::frame::{self, Damage, Decoded};
use crate::{Entry, LedgerError};

/// The largest value.
const MAX_VALUE: usize = 7 * 1024;
pub(super) const HEADER: usize = 1 + 1 + 8;
const MAX_CHUNK: usize = MAX_VALUE - HEADER;
/// What the entries of one frame may take together.
const CAPACITY: usize = MAX_CHUNK - frame::OVERHEAD;
/// A frame that holds this much is as good as full.
const NEARLY_FULL: usize = CAPACITY / 8 * 7;
/// How many values one look into the store brings, at most.
const VALUES_AT_ONCE: u64 = 64;
/// How far ahead keys are inserted: more than a page of sled's takes.
const AHEAD: u64 = 32;

/// Whether events of so many bytes in a frame fill one.
pub(super) fn is_full(frame_bytes: usize) -> bool {
    frame_bytes > NEARLY_FULL
}

/// What entries take in frames.
pub(super) fn bytes_of<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> usize {
    entries
        .into_iter()
        .map(|entry| frame::entry_len(&entry.event))
        .sum()
}

/// Divides entries into full frames and the rest that doesn't fill one.
pub(super) fn pack(entries: Vec<Entry>) -> (Vec<Vec<Entry>>, Vec<Entry>) {
    let mut frames = Vec::new();
    let mut open: Vec<Entry> = Vec::new();
    let mut length = 0;
    for entry in entries {
        let more = frame::entry_len(&entry.event);
        if length + more > CAPACITY && !open.is_empty() {
            frames.push(std::mem::take(&mut open));
            length = 0;
        }
        length += more;
        open.push(entry);
    }
    if is_full(length) {
        frames.push(std::mem::take(&mut open));
    }
    (frames, open)
}

/// Writes a frame of entries that follow one another, from value `number` on, and returns the number
/// after it.
pub(super) fn write(disk: &Disk, mut number: u64, entries: &[Entry]) -> Result<u64, LedgerError> {
    let first = entries.first().map_or(0, |entry| entry.seq);
    if number == 0 {
        (0..AHEAD).try_for_each(|number| disk.insert_frame(number, &[]))?;
    }
    let frame = frame::encode(first, entries.iter());
    let chunks = frame.chunks(MAX_CHUNK);
    // The largest body makes ten.
    let parts = u8::try_from(chunks.len()).unwrap_or(u8::MAX);
    for (part, chunk) in (0..parts).zip(chunks) {
        let value = [&[part, parts], &first.to_be_bytes()[..], chunk].concat();
        disk.insert_frame(number + AHEAD, &[])?;
        disk.insert_frame(number, &value)?;
        number += 1;
    }
    Ok(number)
}

/// A value, taken apart.
pub(super) struct Part<'a> {
    pub(super) part: u8,
    pub(super) parts: u8,
    pub(super) first: u64,
    pub(super) chunk: &'a [u8],
}

/// What stands around a frame in a value.
pub(super) struct Around {
    pub(super) before: usize,
    pub(super) after: usize,
}

/// Whether bytes begin like the value of a frame that is not cut up.
pub(super) fn begins(bytes: &[u8]) -> Option<Around> {
    // Cheap first: this is asked at every byte of a damaged place.
    bytes.starts_with(&[0, 1]).then_some(())?;
    let part = Part::of(bytes)?;
    (frame::first(part.chunk) == Some(part.first)).then_some(Around {
        before: HEADER,
        after: 0,
    })
}

impl<'a> Part<'a> {
    pub(super) fn of(value: &'a [u8]) -> Option<Self> {
        let ([part, parts], rest) = value.split_first_chunk()?;
        let (first, chunk) = rest.split_first_chunk()?;
        (part < parts).then_some(Self {
            part: *part,
            parts: *parts,
            first: u64::from_be_bytes(*first),
            chunk,
        })
    }

    /// How many entries begin here; 1 where it does not say.
    fn count(&self) -> u64 {
        let says = (self.part == 0).then(|| frame::count(self.chunk)).flatten();
        says.unwrap_or(1).max(1)
    }
}

/// Where a frame was found: the number of its value, its first entry, and how many it holds.
pub(super) type Found = Mutex<Option<(u64, u64, u64)>>;

/// So many looks go by how many entries the values hold that were looked at; the rest by halves.
const LOOKS: u32 = 4;

/// Reads entries that stand in frames.
pub(super) struct Reader<'a> {
    pub(super) disk: &'a Disk,
    /// Where the log is, for errors.
    pub(super) path: &'a Path,
    /// How many values there are.
    pub(super) values: u64,
    /// How many entries stand in them.
    pub(super) framed: u64,
    /// What was found last: whoever asks for entries one by one asks for others nearby.
    pub(super) last: &'a Found,
}

impl Reader<'_> {
    /// Reads from `from`, which stands in a frame, to the end of the frames, within the limits.
    pub(super) fn read(&self, from: u64, limits: &mut Limits) -> Result<Vec<Entry>, LedgerError> {
        let mut out = Vec::new();
        let (mut number, mut next) = self.find(from)?;
        let mut frame = BytesMut::new();
        while number < self.values && !limits.is_used_up() {
            let wanted = 1 + (limits.bytes / MAX_VALUE).min(limits.entries / 8) as u64;
            let until = self.values.min(number + wanted.min(VALUES_AT_ONCE));
            let values = self
                .disk
                .frames(number, until)
                .map_err(|error| self.read_failed(next, error))?;
            if values.len() as u64 != until - number {
                return Err(self.damaged(next, "its frame is missing"));
            }
            number = until;
            for value in values {
                let part = self.part(next, &value)?;
                if part.first != next || (part.part == 0) != frame.is_empty() {
                    return Err(self.damaged(next, "its frame is not in its place"));
                }
                frame.extend_from_slice(part.chunk);
                if part.part + 1 < part.parts {
                    continue;
                }
                let wanted = from..from.max(next).saturating_add(limits.entries as u64);
                let decoded = self.decode(next, frame.split().freeze(), &wanted)?;
                next += decoded.count;
                for entry in decoded.entries {
                    if !limits.take(&entry) {
                        return Ok(out);
                    }
                    out.push(entry);
                }
            }
        }
        Ok(out)
    }

    /// The number of the value with which the frame of `seq` begins, and the first entry of that frame.
    pub(super) fn find(&self, seq: u64) -> Result<(u64, u64), LedgerError> {
        // The last value that begins at or before `seq` lies in `low..high`. Neighbours hold about as
        // many entries, so from a value at hand it is told how far away that is: one or two looks,
        // however long the log is.
        let (mut low, mut high) = (0, self.values);
        let last = || self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let each = (self.framed / self.values.max(1)).max(1);
        // Read and let go of: others look for theirs meanwhile.
        let (mut at, mut first, mut count) = last()
            .filter(|(number, ..)| *number < self.values)
            .unwrap_or((0, 1, each));
        let mut looks = 0;
        while high - low > 1 {
            at = match looks {
                LOOKS.. => low + (high - low) / 2,
                _ if first <= seq => at.saturating_add((seq - first) / count),
                _ => at.saturating_sub((first - seq).div_ceil(count)),
            }
            .clamp(low, high - 1);
            let value = self.value(seq, at)?;
            let part = self.part(seq, &value)?;
            (first, count) = (part.first, part.count());
            if part.part == 0 && first <= seq && seq - first < count {
                *last() = Some((at, first, count));
                return Ok((at, first));
            }
            if first <= seq {
                low = at;
                at += 1;
                first = first.saturating_add(count);
            } else {
                high = at;
            }
            looks += 1;
        }
        let value = self.value(seq, low)?;
        let part = self.part(seq, &value)?;
        let begins = low
            .checked_sub(u64::from(part.part))
            .filter(|_| part.first <= seq);
        begins
            .map(|number| (number, part.first))
            .ok_or_else(|| self.damaged(seq, "its frame is missing"))
    }

    fn value(&self, seq: u64, number: u64) -> Result<sled::IVec, LedgerError> {
        let value = self
            .disk
            .frame(number)
            .map_err(|error| self.read_failed(seq, error))?;
        value.ok_or_else(|| self.damaged(seq, "its frame is missing"))
    }

    fn part<'a>(&self, seq: u64, value: &'a [u8]) -> Result<Part<'a>, LedgerError> {
        Part::of(value).ok_or_else(|| self.damaged(seq, "its frame is no frame"))
    }

    fn decode(
        &self,
        first: u64,
        frame: Bytes,
        wanted: &Range<u64>,
    ) -> Result<Decoded, LedgerError> {
        let decoded = frame::decode(&frame, wanted)
            .map_err(|Damage { seq, what }| self.damaged(seq.unwrap_or(first), what))?;
        if decoded.first == first && decoded.count > 0 {
            Ok(decoded)
        } else {
            Err(self.damaged(first, "its frame holds other entries"))
        }
    }

    /// What sled itself finds wrong while reading is damage to the entry that was looked for.
    fn read_failed(&self, seq: u64, error: LedgerError) -> LedgerError {
        match error {
            LedgerError::Store { what, .. } => self.damaged(seq, &what),
            other => other,
        }
    }

    fn damaged(&self, seq: u64, what: &str) -> LedgerError {
        LedgerError::Damaged {
            path: self.path.to_path_buf(),
            seq,
            what: what.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::entries;

    #[test]
    fn packing_keeps_every_entry_in_order_and_every_frame_in_bounds() {
        let all = entries(1, 1000);
        let (frames, rest) = pack(all.clone());
        assert!(frames.len() > 5);
        for frame in &frames {
            assert!(frame::encode(frame[0].seq, frame.iter()).len() <= MAX_CHUNK);
            assert!(is_full(bytes_of(frame)));
        }
        assert!(!is_full(bytes_of(&rest)));
        let again: Vec<_> = frames.into_iter().flatten().chain(rest).collect();
        assert_eq!(again, all);
    }

    #[test]
    fn packing_nothing_yields_nothing() {
        assert_eq!(pack(Vec::new()), (Vec::new(), Vec::new()));
    }
}
