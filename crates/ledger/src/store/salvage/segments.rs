//! What still stands in sled's file, read without sled.
//!
//! sled takes the first thing that it cannot read for the end of its file, erases what follows, or ends
//! the process. Here nothing is believed and nothing is written: every value that can be found is handed
//! on with its place, and its own checksum, not sled's, decides about it.
//!
//! The file is a row of segments of half a mebibyte: a header (20), then messages. A message is CRC-32
//! (4, little endian) | kind (1) | length of the body, number of the segment, number of the page (each of
//! variable length) | body. A body is a whole page or one change to a page; both hold keys and values.
//! Where messages cannot be followed, the bytes up to the next one that is whole are looked through for
//! what begins like a value of this ledger, and passes its checksum.

use std::fs::File;
use std::io;
use std::ops::Range;

use bytes::Bytes;

use crate::frame;
use crate::store::guard::{HEADER, SEGMENT, SEGMENT_STEP, read_up_to_segment};
use crate::store::{frames, tail};

const CANCELED: u8 = 1;
const PAGE: u8 = 8;
const CHANGE: u8 = 10;
const LAST_KIND: u8 = 11;
/// The page is a leaf, or the change sets a value.
const LEAF: u8 = 0;
const SET: u8 = 0;
/// No message begins in so many bytes before the end of a segment.
const LONGEST_HEADER: usize = 32;

/// How much a value counts where there are several for one thing: what sled's own checksum vouches for
/// before what was found in damaged places, and then what was written later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    followed: bool,
    position: u64,
}

/// Tells every value that can be found in a file: its rank, where it stands, and its bytes.
pub(super) fn values(
    file: &File,
    length: u64,
    tell: &mut dyn FnMut(Rank, u64, &[u8]),
) -> io::Result<()> {
    for start in (0..length).step_by(SEGMENT_STEP) {
        let segment = read_up_to_segment(file, start)?;
        walk(&segment, &mut |rank, place| {
            if let Some(value) = segment.get(place.clone()) {
                tell(rank, start + place.start as u64, value);
            }
        });
    }
    Ok(())
}

fn walk(segment: &[u8], tell: &mut dyn FnMut(Rank, Range<usize>)) {
    let mut at = HEADER;
    // Each message says of which segment it is; what is left of an earlier use says another.
    let mut number = None;
    while at + LONGEST_HEADER <= segment.len() {
        let whole = |at| Message::at(segment, at, number).filter(|found| found.is_whole(segment));
        let (found, until) = match whole(at) {
            Some(message) => (Some(message), at),
            None => {
                let next = (at + 1..segment.len()).find_map(|at| Some((whole(at)?, at)));
                next.map_or((None, segment.len()), |(message, at)| (Some(message), at))
            }
        };
        let position = |at: usize| number.unwrap_or(0).saturating_mul(SEGMENT) + at as u64;
        if until > at {
            look_through(segment, at..until, &mut |place| {
                let rank = Rank {
                    followed: false,
                    position: position(place.start),
                };
                tell(rank, place);
            });
        }
        let Some(message) = found else {
            return;
        };
        number = Some(message.segment);
        let rank = Rank {
            followed: true,
            position: message.segment.saturating_mul(SEGMENT) + until as u64,
        };
        for place in message.values(segment).unwrap_or_default() {
            tell(rank, place);
        }
        at = message.body.end;
    }
}

struct Message {
    crc: u32,
    kind: u8,
    segment: u64,
    /// The header behind its checksum.
    header: Range<usize>,
    body: Range<usize>,
}

impl Message {
    /// What stands at a place, if it can be a message, and one of the segment if that is known.
    fn at(segment: &[u8], at: usize, number: Option<u64>) -> Option<Self> {
        let mut rest = Cursor::of(segment, at..segment.len())?;
        let crc = u32::from_le_bytes(*rest.take(4)?.first_chunk()?);
        let kind = rest.byte()?;
        if !(CANCELED..=LAST_KIND).contains(&kind) {
            return None;
        }
        let length = usize::try_from(rest.number()?).ok()?;
        let of = rest.number()?;
        let _page = rest.number()?;
        let begins = rest.at;
        let body = begins..begins.checked_add(length)?;
        (body.end <= segment.len() && number.is_none_or(|number| number == of)).then_some(Self {
            crc,
            kind,
            segment: of,
            header: at + 4..begins,
            body,
        })
    }

    fn is_whole(&self, segment: &[u8]) -> bool {
        let part = |range: &Range<usize>| segment.get(range.clone()).unwrap_or_default();
        let mut crc = crc32fast::Hasher::new();
        crc.update(part(&self.body));
        crc.update(part(&self.header));
        crc.finalize() ^ u32::MAX == self.crc
    }

    /// Where the values in the body stand.
    fn values(&self, segment: &[u8]) -> Option<Vec<Range<usize>>> {
        let mut rest = Cursor::of(segment, self.body.clone())?;
        match self.kind {
            PAGE => {
                let (_next, _merging_child) = (rest.number()?, rest.number()?);
                rest.take(2)?;
                let (_low, _high) = (rest.bytes()?, rest.bytes()?);
                if rest.byte()? != LEAF {
                    return None;
                }
                let count = rest.number()?;
                (0..count).try_for_each(|_| rest.bytes().map(drop))?;
                (0..count).map(|_| rest.bytes()).collect()
            }
            CHANGE if rest.byte()? == SET => {
                rest.bytes()?;
                Some(vec![rest.bytes()?])
            }
            _ => None,
        }
    }
}

/// Reads sled's way of writing numbers and bytes.
struct Cursor<'a> {
    segment: &'a [u8],
    at: usize,
    end: usize,
}

impl<'a> Cursor<'a> {
    fn of(segment: &'a [u8], range: Range<usize>) -> Option<Self> {
        (range.start <= range.end && range.end <= segment.len()).then_some(Self {
            segment,
            at: range.start,
            end: range.end,
        })
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(count).filter(|end| *end <= self.end)?;
        let taken = self.segment.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn number(&mut self) -> Option<u64> {
        let first = self.byte()?;
        match first {
            0..=240 => Some(u64::from(first)),
            241..=248 => {
                let low = u64::from(self.byte()?);
                Some(240 + 256 * (u64::from(first) - 241) + low)
            }
            249 => {
                let (high, low) = (u64::from(self.byte()?), u64::from(self.byte()?));
                Some(2288 + 256 * high + low)
            }
            _ => {
                let mut number = [0; 8];
                let bytes = self.take(usize::from(first) - 247)?;
                number.get_mut(..bytes.len())?.copy_from_slice(bytes);
                Some(u64::from_le_bytes(number))
            }
        }
    }

    /// A length and so many bytes: where those stand.
    fn bytes(&mut self) -> Option<Range<usize>> {
        let length = usize::try_from(self.number()?).ok()?;
        let start = self.at;
        self.take(length)?;
        Some(start..self.at)
    }
}

/// Looks for values in bytes that nothing vouches for, and tells those that pass their own checksum. An
/// entry so large that its frame is cut up is not found this way.
fn look_through(segment: &[u8], range: Range<usize>, tell: &mut dyn FnMut(Range<usize>)) {
    let mut at = range.start;
    while at < range.end {
        let rest = segment.get(at..range.end).unwrap_or_default();
        let sound = frames::begins(rest)
            .or_else(|| tail::begins(rest))
            .and_then(|prefix| {
                let frame = rest.get(prefix.before..)?;
                let length = frame::length(frame)?;
                let whole = Bytes::copy_from_slice(frame.get(..length)?);
                frame::decode(&whole, &(0..0)).ok()?;
                Some(prefix.before + length + prefix.after)
            })
            .filter(|length| *length <= rest.len());
        match sound {
            Some(length) => {
                tell(at..at + length);
                at += length;
            }
            None => at += 1,
        }
    }
}
