//! A frame: consecutive entries in one value of the store.
//!
//! A frame is whole or it is nothing: it ends in a checksum over all before it. When that fails, the
//! short hash beside each entry names the one that is damaged. Decoding is total: any bytes yield
//! entries or a [`Damage`], never a panic.
//!
//! Layout (integers big endian), frozen by a golden file and specified in `docs/format.md`:
//! version (1) | first seq (8) | count (2) | entries | SHA-256 of all before (32), and an entry is
//! kind (1) | recorded (8) | event id (16) | first 8 bytes of the event's hash (8) | salt (16) |
//! signature (64, where signed) | length of the body (4) | body. Of an erased entry the hash (32) stands
//! in the salt's place, the remains in the body's, and the first 8 bytes are those of the remains' SHA-256.

use std::ops::Range;

use bytes::{Buf, Bytes};
use sha2::{Digest, Sha256};

use crate::{Entry, Hash, Seal, Sealed};

const VERSION: u8 = 1;
const UNSIGNED: u8 = 1;
const SIGNED: u8 = 2;
const ERASED_UNSIGNED: u8 = 3;
const ERASED_SIGNED: u8 = 4;
const SHORT_HASH: usize = 8;
const HEADER: usize = 1 + 8 + 2;
const CHECKSUM: usize = 32;

/// What a frame takes beside its entries.
pub(crate) const OVERHEAD: usize = HEADER + CHECKSUM;

/// What an entry takes in a frame.
pub(crate) fn entry_len(event: &Sealed) -> usize {
    1 + 8 + 16 + SHORT_HASH + 4 + event.size()
}

/// Why bytes are no frame, and which entry that concerns as far as it can be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Damage {
    pub(crate) seq: Option<u64>,
    pub(crate) what: &'static str,
}

/// Encodes entries, which follow one another without a gap; `first` is the seq of the first of them.
pub(crate) fn encode<'a>(first: u64, entries: impl ExactSizeIterator<Item = &'a Entry>) -> Vec<u8> {
    let mut out = Vec::with_capacity(8 * 1024);
    out.push(VERSION);
    out.extend(first.to_be_bytes());
    // The committer fills frames up to 7 KiB, far below 65,536 entries of at least 53 bytes.
    out.extend(
        u16::try_from(entries.len())
            .unwrap_or(u16::MAX)
            .to_be_bytes(),
    );
    for entry in entries {
        let is_signed = entry.event.signature.is_some();
        out.push(match (entry.event.seal, is_signed) {
            (Seal::Salted(_), false) => UNSIGNED,
            (Seal::Salted(_), true) => SIGNED,
            (Seal::Erased(_), false) => ERASED_UNSIGNED,
            (Seal::Erased(_), true) => ERASED_SIGNED,
        });
        out.extend(entry.recorded.to_be_bytes());
        out.extend(entry.event_id);
        match &entry.event.seal {
            Seal::Salted(salt) => {
                out.extend(short(&entry.hash));
                out.extend(salt);
            }
            Seal::Erased(hash) => {
                out.extend(short(&entry.event.body_hash()));
                out.extend(hash);
            }
        }
        out.extend(entry.event.signature.iter().flatten());
        out.extend(
            u32::try_from(entry.event.body.len())
                .unwrap_or(u32::MAX)
                .to_be_bytes(),
        );
        out.extend(&entry.event.body);
    }
    let checksum = Sha256::digest(&out);
    out.extend(checksum);
    out
}

/// How many entries a frame says that it holds, from how it begins.
pub(crate) fn count(begins: &[u8]) -> Option<u64> {
    let count = begins.get(HEADER - 2..)?.first_chunk::<2>()?;
    Some(u64::from(u16::from_be_bytes(*count)))
}

/// The first entry of the frame that bytes begin with, as it says.
pub(crate) fn first(begins: &[u8]) -> Option<u64> {
    let (version, rest) = begins.split_first()?;
    let first = u64::from_be_bytes(*rest.first_chunk()?);
    (*version == VERSION).then_some(first)
}

/// How long the frame is that bytes begin with, if it is one and they hold it.
pub(crate) fn length(begins: &[u8]) -> Option<usize> {
    let first = first(begins)?;
    let mut rest = Bytes::copy_from_slice(begins);
    rest.advance(HEADER.min(rest.len()));
    for seq in (first..).take(usize::try_from(count(begins)?).ok()?) {
        read_entry(seq, &mut rest).ok()??;
    }
    let length = begins.len() - rest.len() + CHECKSUM;
    (length <= begins.len()).then_some(length)
}

/// Every entry.
pub(crate) const ALL: Range<u64> = 0..u64::MAX;

/// What a frame holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decoded {
    /// The seq of its first entry.
    pub(crate) first: u64,
    /// How many entries it holds.
    pub(crate) count: u64,
    /// Those that were wanted. Their bodies share the frame's memory.
    pub(crate) entries: Vec<Entry>,
}

/// Decodes a frame, checks it, and hands out those entries that `wanted` has. What the frame's
/// checksum vouches for is not hashed once more to be left out; where it fails, every entry is.
pub(crate) fn decode(frame: &Bytes, wanted: &Range<u64>) -> Result<Decoded, Damage> {
    let Some((content, checksum)) = frame.split_last_chunk::<CHECKSUM>() else {
        return Err(Damage {
            seq: None,
            what: "a frame is shorter than its checksum",
        });
    };
    let whole = <[u8; CHECKSUM]>::from(Sha256::digest(content)) == *checksum;
    let wanted = if whole { wanted } else { &ALL };
    let decoded = decode_content(frame.slice(..content.len()), wanted)?;
    if whole {
        Ok(decoded)
    } else {
        Err(Damage {
            seq: Some(decoded.first),
            what: "its frame does not match the frame's checksum",
        })
    }
}

fn decode_content(mut rest: Bytes, wanted: &Range<u64>) -> Result<Decoded, Damage> {
    let cut = |seq| Damage {
        seq,
        what: "its frame is cut short",
    };
    let version = take::<1>(&mut rest).ok_or(cut(None))?;
    if version != [VERSION] {
        return Err(Damage {
            seq: None,
            what: "a frame is of an unknown version; a newer program may read it",
        });
    }
    let first = u64::from_be_bytes(take(&mut rest).ok_or(cut(None))?);
    let count = u16::from_be_bytes(take(&mut rest).ok_or(cut(Some(first)))?);
    let mut entries = Vec::new();
    let mut passed = 0u16;
    for seq in (first..=u64::MAX).take(usize::from(count)) {
        let read = read_entry(seq, &mut rest)?.ok_or(cut(Some(seq)))?;
        passed = passed.saturating_add(1);
        if wanted.contains(&seq) {
            entries.push(checked(read)?);
        }
    }
    // They end early only where the numbers themselves end.
    if passed != count || rest.has_remaining() {
        return Err(Damage {
            seq: Some(first),
            what: "its frame holds more than it says",
        });
    }
    Ok(Decoded {
        first,
        count: u64::from(count),
        entries,
    })
}

/// The next entry, with no hash yet, and how that begins; `None` when the bytes end within it.
fn read_entry(seq: u64, rest: &mut Bytes) -> Result<Option<(Entry, [u8; SHORT_HASH])>, Damage> {
    let mut fields = || {
        let [kind] = take::<1>(rest)?;
        let recorded = u64::from_be_bytes(take(rest)?);
        let event_id = take(rest)?;
        let expected = take::<SHORT_HASH>(rest)?;
        let seal = match kind {
            ERASED_UNSIGNED | ERASED_SIGNED => Seal::Erased(take(rest)?),
            _ => Seal::Salted(take(rest)?),
        };
        let signature = match kind {
            SIGNED | ERASED_SIGNED => Some(take(rest)?),
            _ => None,
        };
        let length = u32::from_be_bytes(take(rest)?);
        let length = usize::try_from(length)
            .ok()
            .filter(|length| *length <= rest.len())?;
        let event = Sealed {
            body: rest.split_to(length),
            seal,
            signature,
        };
        Some((kind, recorded, event_id, expected, event))
    };
    let Some((kind, recorded, event_id, expected, event)) = fields() else {
        return Ok(None);
    };
    if !(UNSIGNED..=ERASED_SIGNED).contains(&kind) {
        return Err(Damage {
            seq: Some(seq),
            what: "it is of an unknown kind; a newer program may read it",
        });
    }
    let entry = Entry {
        seq,
        recorded,
        event_id,
        event,
        hash: Hash::default(),
    };
    Ok(Some((entry, expected)))
}

/// The entry with its hash, if that begins as it should.
fn checked((entry, expected): (Entry, [u8; SHORT_HASH])) -> Result<Entry, Damage> {
    let hash = entry.event.hash();
    let named = match entry.event.seal {
        Seal::Salted(_) => hash,
        Seal::Erased(_) => entry.event.body_hash(),
    };
    if short(&named) != expected {
        return Err(Damage {
            seq: Some(entry.seq),
            what: "its bytes do not match its hash",
        });
    }
    Ok(Entry { hash, ..entry })
}

fn short(hash: &Hash) -> [u8; SHORT_HASH] {
    let [a, b, c, d, e, f, g, h, ..] = *hash;
    [a, b, c, d, e, f, g, h]
}

fn take<const N: usize>(rest: &mut Bytes) -> Option<[u8; N]> {
    let found = *rest.first_chunk::<N>()?;
    rest.advance(N);
    Some(found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::{entries, golden};

    #[test]
    fn the_layout_is_frozen() {
        let entries = entries(41, 3);
        let frame = encode(41, entries.iter());
        golden("frame.bin", &frame);
        assert_eq!(
            decode(&frame.into(), &ALL).map(|all| all.entries),
            Ok(entries)
        );
    }

    #[test]
    fn the_layout_of_erased_entries_is_frozen() {
        let mut entries = entries(41, 4);
        for (at, remains) in [(1, &b"what is left"[..]), (2, b"")] {
            entries[at].event = entries[at].event.erased(Bytes::from_static(remains));
        }
        let frame = encode(41, entries.iter());
        golden("erased.bin", &frame);
        assert_eq!(
            decode(&frame.into(), &ALL).map(|all| all.entries),
            Ok(entries)
        );
    }

    #[test]
    fn damage_to_remains_names_their_entry() {
        let mut entries = entries(7, 3);
        entries[2].event = entries[2].event.erased(Bytes::from_static(b"remains"));
        let mut frame = encode(7, entries.iter());
        let at = frame.len() - CHECKSUM - 1;
        frame[at] ^= 1;
        assert_eq!(decode(&frame.into(), &ALL).unwrap_err().seq, Some(9));
    }

    #[test]
    fn its_length_is_known_beforehand() {
        let mut entries = entries(1, 5);
        entries[3].event = entries[3].event.erased(Bytes::from_static(b"remains"));
        let expected = OVERHEAD
            + entries
                .iter()
                .map(|entry| entry_len(&entry.event))
                .sum::<usize>();
        assert_eq!(encode(1, entries.iter()).len(), expected);
    }

    #[test]
    fn only_what_is_wanted_is_handed_out() {
        let entries = entries(41, 5);
        let frame = encode(41, entries.iter()).into();
        for (from, until) in [(0, 42), (42, 44), (45, 99), (46, 99)] {
            let decoded = decode(&frame, &(from..until)).unwrap();
            assert_eq!((decoded.first, decoded.count), (41, 5));
            let wanted = entries
                .iter()
                .filter(|entry| (from..until).contains(&entry.seq));
            assert_eq!(decoded.entries, wanted.cloned().collect::<Vec<_>>());
        }
    }

    #[test]
    fn damage_to_a_body_names_its_entry() {
        let entries = entries(7, 3);
        let mut frame = encode(7, entries.iter());
        let at = frame.len() - CHECKSUM - 1;
        frame[at] ^= 1;
        assert_eq!(decode(&frame.into(), &ALL).unwrap_err().seq, Some(9));
    }

    proptest! {
        #[test]
        fn a_flipped_bit_is_always_found(bit in any::<prop::sample::Index>()) {
            let mut frame = encode(7, entries(7, 4).iter());
            let bit = bit.index(frame.len() * 8);
            frame[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(decode(&frame.into(), &(0..0)).is_err());
        }

        #[test]
        fn any_bytes_get_a_verdict(mut bytes in prop::collection::vec(any::<u8>(), 0..400), version in any::<bool>()) {
            if version && let Some(first) = bytes.first_mut() { *first = VERSION; }
            prop_assert!(decode(&bytes.into(), &ALL).is_err());
        }
    }
}
