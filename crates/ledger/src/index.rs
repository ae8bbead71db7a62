//! Where to find entries: by event, by what they are about, and by time.
//!
//! An index is derived: built from the entries, extended as they come, kept as a blob, deleted without
//! loss. What an entry is about is told by whoever can read its body; this crate cannot.
//!
//! Layout of the blob (integers big endian): version (1) | number of entries (8) | that many event ids
//! (16 each, in order) | number of subjects (8) | for each: subject (16) | number of entries (4) | that
//! many seqs (8 each, ascending).

use std::collections::HashMap;

use bytes::{Buf, Bytes};

use crate::{Derived, EventId, Hash, Ledger, LedgerError};

const VERSION: u8 = 1;
const NAME: &str = "index";

/// The bytes of the UUID of whatever an event is about.
pub type SubjectId = [u8; 16];

/// From event ids and subjects to sequence numbers, over the first entries of a log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Index {
    /// The event id of each entry, in order.
    events: Vec<EventId>,
    by_event: HashMap<EventId, u64>,
    by_subject: HashMap<SubjectId, Vec<u64>>,
}

impl Index {
    /// How many entries it covers.
    pub fn size(&self) -> u64 {
        self.events.len() as u64
    }

    /// Adds the next entry, with everything that it is about, and returns its sequence number.
    pub fn push(&mut self, event_id: EventId, subjects: &[SubjectId]) -> u64 {
        self.events.push(event_id);
        let seq = self.size();
        self.by_event.entry(event_id).or_insert(seq);
        for subject in subjects {
            let seqs = self.by_subject.entry(*subject).or_default();
            if seqs.last() != Some(&seq) {
                seqs.push(seq);
            }
        }
        seq
    }

    /// Where an event stands.
    pub fn seq_of(&self, event_id: &EventId) -> Option<u64> {
        self.by_event.get(event_id).copied()
    }

    /// The entries about a subject, in order.
    pub fn seqs_about(&self, subject: &SubjectId) -> &[u64] {
        self.by_subject.get(subject).map_or(&[], Vec::as_slice)
    }

    /// Keeps the index; `root` is that of the entries that it covers.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self, derived: &Derived, root: &Hash) -> std::io::Result<()> {
        derived.put(NAME, self.size(), root, &self.encode())
    }

    /// The index kept last, if it is of this log's first entries as `root_at` tells them: the root of
    /// the tree of so many entries, where that is known.
    pub fn load(derived: &Derived, root_at: impl FnOnce(u64) -> Option<Hash>) -> Option<Self> {
        let blob = derived.get(NAME)?;
        let index = Self::decode(blob.bytes).filter(|index| index.size() == blob.position)?;
        (root_at(blob.position) == Some(blob.root)).then_some(index)
    }

    fn encode(&self) -> Vec<u8> {
        let mut out = vec![VERSION];
        out.extend(self.size().to_be_bytes());
        out.extend(self.events.iter().flatten());
        out.extend((self.by_subject.len() as u64).to_be_bytes());
        for (subject, seqs) in &self.by_subject {
            out.extend(subject);
            out.extend(u32::try_from(seqs.len()).unwrap_or(u32::MAX).to_be_bytes());
            out.extend(seqs.iter().flat_map(|seq| seq.to_be_bytes()));
        }
        out
    }

    fn decode(mut rest: Bytes) -> Option<Self> {
        if rest.try_get_u8().ok()? != VERSION {
            return None;
        }
        let mut index = Self::default();
        for _ in 0..rest.try_get_u64().ok()? {
            index.push(rest.try_get_u128().ok()?.to_be_bytes(), &[]);
        }
        for _ in 0..rest.try_get_u64().ok()? {
            let subject = rest.try_get_u128().ok()?.to_be_bytes();
            let count = rest.try_get_u32().ok()?;
            let seqs = (0..count)
                .map(|_| rest.try_get_u64().ok())
                .collect::<Option<_>>()?;
            index.by_subject.insert(subject, seqs);
        }
        rest.is_empty().then_some(index)
    }
}

/// How many entries had been recorded by a moment, in milliseconds since the Unix epoch: the position
/// of the log as it was known then. Takes a read for each halving of the log.
///
/// # Errors
/// When an entry on the way cannot be read.
pub fn position_at(ledger: &dyn Ledger, recorded_by: u64) -> Result<u64, LedgerError> {
    let (mut low, mut high) = (0, ledger.head().size);
    while low < high {
        let middle = low + (high - low) / 2;
        let entry = ledger.read(middle + 1, 1, 1)?;
        if entry
            .first()
            .is_some_and(|entry| entry.recorded <= recorded_by)
        {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::new_entry;
    use crate::{MemoryLedger, NewEntry};

    fn index() -> Index {
        let mut index = Index::default();
        assert_eq!(index.push([1; 16], &[[7; 16], [8; 16]]), 1);
        assert_eq!(index.push([2; 16], &[]), 2);
        assert_eq!(index.push([3; 16], &[[7; 16], [7; 16]]), 3);
        index
    }

    #[test]
    fn events_and_subjects_are_found() {
        let index = index();
        assert_eq!(index.seq_of(&[3; 16]), Some(3));
        assert_eq!(index.seq_of(&[4; 16]), None);
        assert_eq!(index.seqs_about(&[7; 16]), [1, 3]);
        assert_eq!(index.seqs_about(&[9; 16]), [0_u64; 0]);
    }

    #[test]
    fn it_is_kept_for_the_entries_that_it_was_built_from() {
        let dir = tempfile::tempdir().unwrap();
        let derived = Derived::new(dir.path());
        let root = |size| (size == 3).then_some([5; 32]);
        assert_eq!(Index::load(&derived, root), None);
        index().save(&derived, &[5; 32]).unwrap();
        assert_eq!(Index::load(&derived, root), Some(index()));
        assert_eq!(Index::load(&derived, |_| Some([6; 32])), None);
    }

    #[test]
    fn a_moment_has_a_position() {
        let ledger = MemoryLedger::new([1; 16]);
        assert_eq!(position_at(&ledger, 100).unwrap(), 0);
        let times = [10, 20, 20, 20, 30];
        let batch = (1..)
            .zip(times)
            .map(|(seq, recorded)| NewEntry {
                recorded,
                ..new_entry(seq)
            })
            .collect();
        ledger.append(0, batch).unwrap();
        let positions =
            [9, 10, 19, 20, 29, 30, u64::MAX].map(|time| position_at(&ledger, time).unwrap());
        assert_eq!(positions, [0, 1, 1, 4, 4, 5, 5]);
    }

    proptest! {
        #[test]
        fn any_bytes_get_a_verdict(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Index::decode(bytes.into());
        }
    }
}
