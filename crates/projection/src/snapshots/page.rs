//! A state's large maps in pages, so that a snapshot writes only those that changed.
//!
//! A map is cut behind keys that end in certain bits. Where a cut lies depends on its key alone, so
//! something new changes one page and moves no other. Keys made in one quarter sort together, so the
//! pages of past quarters stay as they are.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::sync::Arc;

use quarterdeck_core::event::Source;
use quarterdeck_core::id::{
    InitiativeId, KeyResultId, KpiId, NoteId, ObjectiveId, TodoId, WeeklyId,
};
use quarterdeck_core::state::{
    Initiative, KeyResult, Kpi, Note, Objective, Place, Shelf, Todo, Weekly,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::pack::Pack;

/// One page in so many keys, on the average.
const KEYS: u8 = 32;

/// A key by which maps are cut into pages.
pub(super) trait Key: Copy + Ord + Serialize + DeserializeOwned {
    /// Random, or at least evenly spread.
    fn low_byte(&self) -> u8;

    fn ends_page(&self) -> bool {
        self.low_byte().is_multiple_of(KEYS)
    }
}

impl Key for u64 {
    fn low_byte(&self) -> u8 {
        self.to_le_bytes()[0]
    }
}

/// A value of a map in pages.
pub(super) trait Value: Clone + Serialize + DeserializeOwned {
    /// Puts parts that lie in records of their own into the pack.
    fn keep_parts(&self, _: &Pack) -> io::Result<()> {
        Ok(())
    }
    /// Says where these parts are to be fetched from.
    fn attach(&mut self, _: &Arc<dyn Shelf>) {}
}

macro_rules! ids {
    ($($id:ident => $value:ident),*) => {$(
        impl Key for $id {
            fn low_byte(&self) -> u8 {
                self.as_bytes()[15]
            }
        }
        impl Value for $value {}
    )*};
}

ids! {
    ObjectiveId => Objective, NoteId => Note, KpiId => Kpi, InitiativeId => Initiative,
    TodoId => Todo, WeeklyId => Weekly
}

impl Key for KeyResultId {
    fn low_byte(&self) -> u8 {
        self.as_bytes()[15]
    }
}

impl Value for Source {}

impl Value for KeyResult {
    fn keep_parts(&self, pack: &Pack) -> io::Result<()> {
        self.check_ins.keep(|bytes| pack.append(bytes))
    }
    fn attach(&mut self, shelf: &Arc<dyn Shelf>) {
        self.check_ins.attach(shelf);
    }
}

type Page<K, V> = Vec<(K, Arc<V>)>;

/// The pages of one map that are in memory.
#[derive(Debug)]
pub(super) struct Table<K, V> {
    pages: HashMap<u64, (Place, Page<K, V>)>,
    /// Where the page is that begins with a key.
    first: BTreeMap<K, u64>,
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self {
            pages: HashMap::new(),
            first: BTreeMap::new(),
        }
    }
}

impl<K: Key, V: Value> Table<K, V> {
    /// Keeps a map; pages that are there already are only named.
    pub(super) fn keep(
        &mut self,
        map: &BTreeMap<K, Arc<V>>,
        pack: &Pack,
    ) -> io::Result<Vec<Place>> {
        let mut kept = Self::default();
        let mut places = Vec::new();
        let mut page = Page::new();
        let mut left = map.len();
        for (key, value) in map {
            page.push((*key, Arc::clone(value)));
            left -= 1;
            if left == 0 || key.ends_page() {
                places.push(self.keep_page(std::mem::take(&mut page), pack, &mut kept)?);
            }
        }
        *self = kept;
        Ok(places)
    }

    fn keep_page(&self, page: Page<K, V>, pack: &Pack, kept: &mut Self) -> io::Result<Place> {
        let first = page.first().map(|(key, _)| *key);
        let same = |known: &&(Place, Page<K, V>)| {
            known.1.len() == page.len()
                && (known.1.iter().zip(&page))
                    .all(|(one, other)| one.0 == other.0 && Arc::ptr_eq(&one.1, &other.1))
        };
        let known = first
            .and_then(|first| self.first.get(&first))
            .and_then(|at| self.pages.get(at))
            .filter(same);
        let place = match known {
            Some((place, _)) => *place,
            None => {
                page.iter()
                    .try_for_each(|(_, value)| value.keep_parts(pack))?;
                let values: Vec<(K, &V)> =
                    page.iter().map(|(key, value)| (*key, &**value)).collect();
                pack.append(&postcard::to_stdvec(&values).map_err(io::Error::other)?)?
            }
        };
        kept.first.extend(first.map(|first| (first, place.at)));
        kept.pages.insert(place.at, (place, page));
        Ok(place)
    }

    /// The map of these pages. Those in memory are shared with it.
    pub(super) fn load(
        &self,
        places: &[Place],
        pack: &Pack,
        shelf: &Arc<dyn Shelf>,
    ) -> io::Result<BTreeMap<K, Arc<V>>> {
        let mut all = Vec::new();
        for place in places {
            match self
                .pages
                .get(&place.at)
                .filter(|(known, _)| known == place)
            {
                Some((_, page)) => all.extend(page.iter().cloned()),
                None => all.extend(read(*place, pack, shelf)?),
            }
        }
        Ok(all.into_iter().collect())
    }

    /// Takes note of which pages a loaded map lies in.
    pub(super) fn remember(&mut self, map: &BTreeMap<K, Arc<V>>, places: &[Place]) {
        *self = Self::default();
        let mut places = places.iter();
        let mut page = Page::new();
        let mut left = map.len();
        for (key, value) in map {
            page.push((*key, Arc::clone(value)));
            left -= 1;
            if left == 0 || key.ends_page() {
                let Some(place) = places.next() else { return };
                let page = std::mem::take(&mut page);
                (self.first).extend(page.first().map(|(first, _)| (*first, place.at)));
                self.pages.insert(place.at, (*place, page));
            }
        }
    }
}

fn read<K: Key, V: Value>(
    place: Place,
    pack: &Pack,
    shelf: &Arc<dyn Shelf>,
) -> io::Result<Page<K, V>> {
    let values: Vec<(K, V)> = postcard::from_bytes(&pack.get(place)?).map_err(io::Error::other)?;
    Ok((values.into_iter())
        .map(|(key, mut value)| {
            value.attach(shelf);
            (key, Arc::new(value))
        })
        .collect())
}
