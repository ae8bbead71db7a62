//! Pages whose entities are decoded when somebody looks into them: key results and notes, of which
//! a log of years holds tens of thousands and a question needs a few.
//!
//! ```text
//! keys          postcard, a list
//! ends          postcard, a list: where each entity ends, counted from the first one's beginning
//! entities      postcard, one behind the other
//! ```

use std::io;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use quarterdeck_core::state::{
    Headed, KeyResult, KeyResultHead, Lazy, Note, NoteHead, Page, Place, Shelf,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::page::{Entity, Key};
use crate::pack::Pack;

/// An entity of such a page.
pub(super) trait Kept:
    Headed + Serialize + DeserializeOwned + Send + Sync + std::fmt::Debug
{
    /// Reads the head alone.
    fn read_head(bytes: &[u8]) -> Option<Self::Head<'_>>;
    /// Puts parts that lie in records of their own into the pack.
    fn keep_parts(&self, _: &Pack) -> io::Result<()> {
        Ok(())
    }
    /// Says where these parts are to be fetched from.
    fn attach(&mut self, _: &Arc<dyn Shelf>) {}
}

fn first<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Option<T> {
    postcard::take_from_bytes(bytes).ok().map(|(head, _)| head)
}

impl Kept for KeyResult {
    fn read_head(bytes: &[u8]) -> Option<KeyResultHead<'_>> {
        first(bytes)
    }
    fn keep_parts(&self, pack: &Pack) -> io::Result<()> {
        self.check_ins.keep(|bytes| pack.append(bytes))
    }
    fn attach(&mut self, shelf: &Arc<dyn Shelf>) {
        self.check_ins.attach(shelf);
    }
}

impl Kept for Note {
    fn read_head(bytes: &[u8]) -> Option<NoteHead> {
        first(bytes)
    }
}

/// A page in memory.
#[derive(Debug)]
struct Leaf<V> {
    place: Place,
    pack: Arc<Pack>,
    bytes: Vec<u8>,
    /// Where in the bytes each entity lies, and the entity once somebody looked.
    slots: Vec<(Range<usize>, OnceLock<Arc<V>>)>,
    /// What stands for what cannot be read.
    lost: OnceLock<Arc<V>>,
}

impl<V: Kept> Leaf<V> {
    fn bytes(&self, at: u32) -> &[u8] {
        (self.slots.get(at as usize))
            .and_then(|(range, _)| self.bytes.get(range.clone()))
            .unwrap_or_default()
    }

    fn lost(&self) -> &Arc<V> {
        self.lost.get_or_init(|| {
            self.pack.fail(&io::Error::new(
                io::ErrorKind::InvalidData,
                format!("the page at byte {} holds something else", self.place.at),
            ));
            Arc::new(V::lost())
        })
    }

    fn read(&self, at: u32) -> Arc<V> {
        match postcard::from_bytes::<V>(self.bytes(at)) {
            Ok(mut value) => {
                let shelf: Arc<dyn Shelf> = Arc::<Pack>::clone(&self.pack);
                value.attach(&shelf);
                Arc::new(value)
            }
            Err(_) => Arc::clone(self.lost()),
        }
    }
}

impl<V: Kept> Page<V> for Leaf<V> {
    fn value(&self, at: u32) -> &Arc<V> {
        match self.slots.get(at as usize) {
            Some((_, slot)) => slot.get_or_init(|| self.read(at)),
            None => self.lost(),
        }
    }

    fn head(&self, at: u32) -> V::Head<'_> {
        V::read_head(self.bytes(at)).unwrap_or_else(|| self.value(at).head())
    }
}

impl<K: Key, V: Kept> Entity<K> for Lazy<V> {
    fn is_same(&self, other: &Self) -> bool {
        Self::is_same(self, other)
    }

    fn record(page: &[(K, Self)], pack: &Pack) -> io::Result<Vec<u8>> {
        let keys: Vec<K> = page.iter().map(|(key, _)| *key).collect();
        let mut ends: Vec<u32> = Vec::with_capacity(page.len());
        let mut entities = Vec::new();
        for (_, value) in page {
            value.keep_parts(pack)?;
            entities = postcard::to_extend(&**value, entities).map_err(io::Error::other)?;
            ends.push(u32::try_from(entities.len()).map_err(io::Error::other)?);
        }
        let mut record = postcard::to_stdvec(&(keys, ends)).map_err(io::Error::other)?;
        record.append(&mut entities);
        Ok(record)
    }

    fn read(place: Place, pack: &Arc<Pack>) -> io::Result<super::page::Page<K, Self>> {
        let record = pack.get(place)?;
        let ((keys, ends), rest) =
            postcard::take_from_bytes::<(Vec<K>, Vec<u32>)>(&record).map_err(io::Error::other)?;
        if keys.len() != ends.len() {
            return Err(io::Error::other(
                "a page has more keys or fewer than entities",
            ));
        }
        let begin = record.len() - rest.len();
        let slots = (ends.into_iter())
            .scan(begin, |from, end| {
                let range = *from..begin.saturating_add(end as usize);
                *from = range.end;
                Some((range, OnceLock::new()))
            })
            .collect();
        let page: Arc<dyn Page<V>> = Arc::new(Leaf {
            place,
            pack: Arc::clone(pack),
            bytes: record,
            slots,
            lost: OnceLock::new(),
        });
        Ok((keys.into_iter())
            .zip(0u32..)
            .map(|(key, at)| (key, Self::kept(Arc::clone(&page), at)))
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use quarterdeck_core::token::{NoteKind, NoteState};
    use quarterdeck_core::value::Subject;

    use super::super::page::Table;
    use super::*;
    use crate::pack::Health;

    fn note(text: &str) -> Note {
        Note {
            kind: NoteKind::Win,
            text: text.to_owned(),
            state: NoteState::Shown,
            ..Note::lost()
        }
    }

    fn id(n: u8) -> quarterdeck_core::id::NoteId {
        quarterdeck_core::id::NoteId::from_bytes([n; 16])
    }

    #[test]
    fn heads_and_values_come_back_and_a_changed_one_moves_its_page_alone() {
        let dir = tempfile::tempdir().unwrap();
        let pack = Arc::new(Pack::open(&dir.path().join("pack"), &Health::default()).unwrap());
        let map: BTreeMap<_, _> = (0..200)
            .map(|n| (id(n), Lazy::new(note(&format!("{n}")))))
            .collect();
        let mut table = Table::default();
        let places = table.keep(&map, &pack).unwrap();
        assert!(places.len() > 3);

        let mut fresh: Table<_, Lazy<Note>> = Table::default();
        let mut loaded = fresh.load(&places, &pack).unwrap();
        fresh.remember(&loaded, &places);
        assert!(
            loaded
                .values()
                .all(|one| one.head().about == Subject::Workspace)
        );
        assert_eq!(loaded, map);

        loaded.get_mut(&id(70)).unwrap().make_mut().text = "another".to_owned();
        assert_eq!(loaded[&id(70)].text, "another");
        assert_eq!(map[&id(70)].text, "70", "copies are not touched");
        let later = fresh.keep(&loaded, &pack).unwrap();
        let moved = later
            .iter()
            .zip(&places)
            .filter(|(one, other)| one != other);
        assert_eq!(moved.count(), 1);
        assert_eq!(fresh.load(&later, &pack).unwrap(), loaded);
    }

    #[test]
    fn what_is_no_page_is_an_error_and_what_is_no_entity_is_remembered() {
        let dir = tempfile::tempdir().unwrap();
        let health = Health::default();
        let pack = Arc::new(Pack::open(&dir.path().join("pack"), &health).unwrap());
        let read = |bytes: &[u8]| {
            let place = pack.append(bytes).unwrap();
            <Lazy<Note> as Entity<quarterdeck_core::id::NoteId>>::read(place, &pack)
        };
        assert!(read(&[9, 9, 9]).is_err());
        let uneven = postcard::to_stdvec(&(vec![id(1)], Vec::<u32>::new())).unwrap();
        assert!(read(&uneven).is_err());
        assert_eq!(health.broken(), None);

        let beyond = postcard::to_stdvec(&(vec![id(1)], vec![40u32])).unwrap();
        let page = read(&beyond).unwrap();
        assert_eq!(page[0].1.text, "", "it reads as nothing");
        assert!(health.broken().is_some(), "and no answer is let out");
    }
}
