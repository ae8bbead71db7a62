//! Which entries touch which thing, found without a look at the log.
//!
//! Postings are kept in **runs**: each covers a stretch of the log and lists, for every thing touched
//! there, the positions. A run is written with each snapshot; sixteen neighbours of one size become
//! one of the next, so that a log of any length has a few dozen, and looking something up costs a few
//! reads whatever that length is.
//!
//! A run lies in the pack as blocks of things in order, each a record: thing (16) | count | positions
//! as differences, in LEB128. What leads to them is a record of its own: the first thing of each block,
//! and its place.

use std::collections::BTreeMap;
use std::io;

use quarterdeck_core::event::Event;
use quarterdeck_core::state::Place;
use serde::{Deserialize, Serialize};

use crate::pack::Pack;

/// So many neighbours of one size become one of the next.
const FAN: usize = 16;
/// Things in a block.
const BLOCK: usize = 64;

/// The bytes of the UUID of whatever an event touches.
type Thing = [u8; 16];

/// The postings of entries that no run covers yet.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fresh {
    /// The last entry that the runs cover.
    after: u64,
    /// The last entry covered here.
    until: u64,
    by_thing: BTreeMap<Thing, Vec<u64>>,
}

impl Fresh {
    /// None yet, behind the entry at `posted`.
    pub(crate) fn after(posted: u64) -> Self {
        Self {
            after: posted,
            until: posted,
            by_thing: BTreeMap::new(),
        }
    }

    /// The last entry that the runs cover.
    pub(crate) fn begins_after(&self) -> u64 {
        self.after
    }

    /// The last entry covered.
    pub(crate) fn until(&self) -> u64 {
        self.until
    }

    /// Adds the next entry.
    pub(crate) fn push(&mut self, seq: u64, event: &Event) {
        self.until = seq;
        for thing in event.subjects() {
            let seqs = self.by_thing.entry(thing.into_bytes()).or_default();
            if seqs.last() != Some(&seq) {
                seqs.push(seq);
            }
        }
    }

    /// The entries that touch a thing.
    pub(crate) fn of(&self, thing: &Thing) -> &[u64] {
        self.by_thing.get(thing).map_or(&[], Vec::as_slice)
    }
}

/// A stretch of the log with its postings.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Run {
    /// The last entry that it covers; the first is the one after the run before.
    pub(crate) until: u64,
    /// How often runs were merged into it.
    level: u8,
    index: Place,
}

/// The blocks of a run, by the first thing in each.
type Index = Vec<(Thing, Place)>;

/// The runs of a log in their pack.
pub(crate) struct Runs<'a> {
    list: &'a mut Vec<Run>,
    pack: &'a Pack,
}

impl<'a> Runs<'a> {
    pub(crate) fn new(list: &'a mut Vec<Run>, pack: &'a Pack) -> Self {
        Self { list, pack }
    }

    /// Makes a run of what is fresh, and merges what has become many.
    pub(crate) fn add(&mut self, fresh: &mut Fresh) -> io::Result<()> {
        if fresh.until <= self.list.last().map_or(0, |run| run.until) {
            return Ok(());
        }
        let index = self.write(fresh.by_thing.iter())?;
        self.list.push(Run {
            until: fresh.until,
            level: 0,
            index,
        });
        *fresh = Fresh::after(fresh.until);
        while let Some(first) = self.mergeable() {
            let mut all: BTreeMap<Thing, Vec<u64>> = BTreeMap::new();
            let runs = self.list.split_off(first);
            for run in &runs {
                for (_, place) in self.index(run)? {
                    for (thing, mut seqs) in read_block(&self.pack.get(place)?)? {
                        all.entry(thing).or_default().append(&mut seqs);
                    }
                }
            }
            let index = self.write(all.iter())?;
            self.list.extend(runs.last().map(|last| Run {
                until: last.until,
                level: last.level.saturating_add(1),
                index,
            }));
        }
        Ok(())
    }

    /// Where the last runs begin that are to become one.
    fn mergeable(&self) -> Option<usize> {
        let first = self.list.len().checked_sub(FAN)?;
        let last = self.list.get(first..)?;
        let level = last.first()?.level;
        (last.iter().all(|run| run.level == level)).then_some(first)
    }

    /// The entries that touch a thing.
    pub(crate) fn of(&self, thing: &Thing) -> io::Result<Vec<u64>> {
        let mut found = Vec::new();
        for run in self.list.iter() {
            let index = self.index(run)?;
            let after = index.partition_point(|(first, _)| first <= thing);
            let Some((_, place)) = after.checked_sub(1).and_then(|at| index.get(at)) else {
                continue;
            };
            for (other, mut seqs) in read_block(&self.pack.get(*place)?)? {
                if other == *thing {
                    found.append(&mut seqs);
                }
            }
        }
        Ok(found)
    }

    fn index(&self, run: &Run) -> io::Result<Index> {
        postcard::from_bytes(&self.pack.get(run.index)?).map_err(io::Error::other)
    }

    fn write<'p>(&self, all: impl Iterator<Item = (&'p Thing, &'p Vec<u64>)>) -> io::Result<Place> {
        let all: Vec<_> = all.collect();
        let mut index = Index::new();
        for block in all.chunks(BLOCK) {
            let mut bytes = Vec::new();
            for (thing, seqs) in block {
                bytes.extend(*thing);
                number(&mut bytes, seqs.len() as u64);
                let mut last = 0;
                for seq in *seqs {
                    number(&mut bytes, seq - last);
                    last = *seq;
                }
            }
            let place = self.pack.append(&bytes)?;
            index.extend(block.first().map(|(first, _)| (**first, place)));
        }
        let bytes = postcard::to_stdvec(&index).map_err(io::Error::other)?;
        self.pack.append(&bytes)
    }
}

fn read_block(mut bytes: &[u8]) -> io::Result<Vec<(Thing, Vec<u64>)>> {
    let mut all = Vec::new();
    while let Some((thing, rest)) = bytes.split_first_chunk::<16>() {
        bytes = rest;
        let count = take(&mut bytes)?;
        let mut last = 0u64;
        let mut seqs = Vec::new();
        for _ in 0..count {
            last = last.saturating_add(take(&mut bytes)?);
            seqs.push(last);
        }
        all.push((*thing, seqs));
    }
    Ok(all)
}

fn number(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn take(bytes: &mut &[u8]) -> io::Result<u64> {
    let mut value = 0u64;
    for shift in (0..64).step_by(7) {
        let Some((first, rest)) = bytes.split_first() else {
            return Err(io::ErrorKind::UnexpectedEof.into());
        };
        *bytes = rest;
        value |= u64::from(first & 0x7f) << shift;
        if *first < 0x80 {
            break;
        }
    }
    Ok(value)
}

/// Reads a record as a block of postings, and as the index of a run.
#[cfg(feature = "fuzzing")]
pub(crate) fn read_anything(bytes: &[u8], pack: &Pack) {
    if let Ok(all) = read_block(bytes) {
        let read: usize = all.iter().map(|(_, seqs)| seqs.len()).sum();
        assert!(read <= bytes.len(), "a position takes a byte at least");
    }
    let mut list: Vec<Run> = postcard::from_bytes(bytes).unwrap_or_default();
    list.truncate(4);
    let _ = Runs::new(&mut list, pack).of(&[7; 16]);
    if let Ok(index) = postcard::from_bytes::<Index>(bytes) {
        for (_, place) in index {
            let _ = pack.get(place);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::pack::Health;

    fn thing(n: u8) -> Thing {
        [n; 16]
    }

    proptest! {
        /// However the log is cut into runs, what is found is what was posted.
        #[test]
        fn what_was_posted_is_found(stretches in prop::collection::vec(
            prop::collection::vec((0u8..40, 0u8..200), 0..20), 0..40,
        )) {
            let dir = tempfile::tempdir().unwrap();
            let pack = Pack::open(&dir.path().join("pack"), &Health::default()).unwrap();
            let mut list = Vec::new();
            let mut posted: Vec<(u64, Thing)> = Vec::new();
            let mut fresh = Fresh::default();
            let mut seq = 0;
            for stretch in &stretches {
                for (one, other) in stretch {
                    seq += 1;
                    fresh.until = seq;
                    for at in [thing(*one), thing(*other)] {
                        let seqs = fresh.by_thing.entry(at).or_default();
                        if seqs.last() != Some(&seq) {
                            seqs.push(seq);
                            posted.push((seq, at));
                        }
                    }
                }
                Runs::new(&mut list, &pack).add(&mut fresh).unwrap();
                prop_assert_eq!(list.last().map_or(0, |run: &Run| run.until), seq);
            }
            prop_assert!(list.len() < 2 * FAN);
            let runs = Runs::new(&mut list, &pack);
            for n in (0..=255).step_by(17) {
                let wanted: Vec<u64> = posted.iter().filter(|(_, at)| *at == thing(n)).map(|(seq, _)| *seq).collect();
                prop_assert_eq!(runs.of(&thing(n)).unwrap(), wanted);
            }
        }

        #[test]
        fn any_bytes_are_read_without_a_panic(bytes: Vec<u8>) {
            let _ = read_block(&bytes);
        }
    }
}
