//! The tail: the newest entries, before they move into frames, and the commit of every append.
//!
//! An append writes full frames first (if it fills any) and one tail record last. That record says how
//! many entries the log has now and how many of them stand in frames; it holds the others that the
//! append added. So an append becomes visible at once or not at all: frames beyond the last record
//! belong to an append that never finished. A small append costs one small record, and its entries are
//! written a second time, into frames, together with many others: then whole segments of sled's file
//! hold nothing but records of the past and are used again, and others nothing but frames.
//!
//! The records go to numbered slots that are used again after each move, so they never grow in number.
//! Layout (integers big endian): size (8) | entries in frames (8) | values in frames (8) | frame (see
//! `frame.rs`) | SHA-256 of all before (32).

use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::frames::Around;
use crate::Entry;
use crate::frame::{self, Damage};

const CHECKSUM: usize = 32;
pub(super) const HEADER: usize = 24;

/// The slots that may be in use at once.
pub(super) const SLOTS: u16 = 1024;
/// How many bytes of entries gather before they move into frames.
pub(super) const GATHER: usize = 448 * 1024;

/// Where the log and its frames end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct End {
    /// The size of the log.
    pub(super) size: u64,
    /// How many entries stand in frames, counted from the first.
    pub(super) framed: u64,
    /// How many values those frames take.
    pub(super) values: u64,
}

/// What one append leaves in its slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// The ends after the append.
    pub(super) end: End,
    /// The entries of this append that do not stand in frames.
    pub(super) entries: Vec<Entry>,
}

impl Record {
    pub(super) fn encode(&self) -> Vec<u8> {
        let End {
            size,
            framed,
            values,
        } = self.end;
        let mut out: Vec<u8> = [size, framed, values]
            .iter()
            .flat_map(|number| number.to_be_bytes())
            .collect();
        let first = self.entries.first().map_or(size + 1, |entry| entry.seq);
        out.extend(frame::encode(first, self.entries.iter()));
        let checksum = Sha256::digest(&out);
        out.extend(checksum);
        out
    }
}

/// A record whose entries have not been looked at yet.
pub(super) struct Sound<'a> {
    pub(super) end: End,
    pub(super) frame: &'a [u8],
}

/// Whether bytes begin like a record: the entries in it are the last of the log that it speaks of.
pub(super) fn begins(bytes: &[u8]) -> Option<Around> {
    // Cheap first: this is asked at every byte of a damaged place.
    bytes.starts_with(&[0, 0]).then_some(())?;
    let (header, frame) = bytes.split_first_chunk::<HEADER>()?;
    let size = u64::from_be_bytes(*header.first_chunk()?);
    let (first, count) = (frame::first(frame)?, frame::count(frame)?);
    (first.checked_add(count) == size.checked_add(1)).then_some(Around {
        before: HEADER,
        after: CHECKSUM,
    })
}

impl<'a> Sound<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Option<Self> {
        let (content, checksum) = bytes.split_last_chunk::<CHECKSUM>()?;
        let (header, frame) = content.split_first_chunk::<HEADER>()?;
        let (numbers, []) = header.as_chunks::<8>() else {
            return None;
        };
        let [size, framed, values] = numbers else {
            return None;
        };
        let [size, framed, values] =
            [size, framed, values].map(|number| u64::from_be_bytes(*number));
        let sound = <[u8; CHECKSUM]>::from(Sha256::digest(content)) == *checksum;
        sound.then_some(Self {
            end: End {
                size,
                framed,
                values,
            },
            frame,
        })
    }
}

/// What the slots say together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tail {
    pub(super) end: End,
    /// The entries that do not stand in frames.
    pub(super) entries: Vec<Entry>,
    /// The slots that hold them: the next append uses the one after.
    pub(super) slots: u16,
}

impl Tail {
    /// Puts the slots together, passing over the records of entries that have moved into frames since.
    pub(super) fn assemble(slots: &[impl AsRef<[u8]>]) -> Result<Self, Damage> {
        let torn = Damage {
            seq: None,
            what: "a record of the newest entries does not match its checksum",
        };
        let records: Vec<Sound<'_>> = slots
            .iter()
            .map(|slot| Sound::of(slot.as_ref()))
            .collect::<Option<_>>()
            .ok_or(torn)?;
        let Some(end) = records.iter().map(|record| record.end).max() else {
            return Ok(Self::default());
        };
        let mut tail = Self {
            end,
            entries: Vec::new(),
            slots: 0,
        };
        let mut size = end.framed;
        for record in records
            .iter()
            .filter(|record| record.end.framed == end.framed)
        {
            let entries =
                frame::decode(&Bytes::copy_from_slice(record.frame), &frame::ALL)?.entries;
            let next = size.checked_add(1);
            let starts = entries.first().map_or(next, |entry| Some(entry.seq));
            let ends = size.checked_add(entries.len() as u64);
            if starts != next || ends != Some(record.end.size) {
                break;
            }
            size = record.end.size;
            tail.entries.extend(entries);
            tail.slots += 1;
        }
        if size == end.size {
            Ok(tail)
        } else {
            Err(Damage {
                seq: size.checked_add(1),
                what: "its record among the newest entries is missing",
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{entries, golden};

    fn record(framed: u64, first: u64, count: u64) -> Vec<u8> {
        let end = End {
            size: first + count - 1,
            framed,
            values: framed / 3,
        };
        Record {
            end,
            entries: entries(first, count),
        }
        .encode()
    }

    #[test]
    fn the_layout_is_frozen() {
        let bytes = record(38, 39, 2);
        golden("tail.bin", &bytes);
        let tail = Tail::assemble(&[bytes]).unwrap();
        assert_eq!(
            (tail.end, tail.slots),
            (
                End {
                    size: 40,
                    framed: 38,
                    values: 12
                },
                1
            )
        );
        assert_eq!(tail.entries, entries(39, 2));
    }

    #[test]
    fn records_of_entries_in_frames_are_passed_over() {
        let tail = Tail::assemble(&[
            record(7, 8, 1),
            record(7, 9, 3),
            record(3, 6, 1),
            record(3, 7, 1),
        ])
        .unwrap();
        assert_eq!(
            (tail.end, tail.slots),
            (
                End {
                    size: 11,
                    framed: 7,
                    values: 2
                },
                2
            )
        );
        assert_eq!(tail.entries, entries(8, 4));
    }

    #[test]
    fn an_append_that_filled_frames_exactly_leaves_no_entries() {
        let tail = Tail::assemble(&[record(7, 8, 0), record(3, 5, 3)]).unwrap();
        assert_eq!((tail.end.size, tail.entries.len(), tail.slots), (7, 0, 1));
        assert_eq!(Tail::assemble(&[[0_u8; 0]; 0]), Ok(Tail::default()));
    }

    #[test]
    fn a_record_missing_between_others_is_damage() {
        let damage = Tail::assemble(&[record(7, 8, 1), record(7, 10, 1)]).unwrap_err();
        assert_eq!(damage.seq, Some(9));
    }

    #[test]
    fn a_flipped_bit_is_found() {
        let bytes = record(0, 1, 2);
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x10;
            assert!(Tail::assemble(&[damaged]).is_err(), "byte {at}");
        }
    }
}
