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
use quarterdeck_core::state::{Initiative, Kpi, Objective, Place, Todo, Weekly};
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

macro_rules! ids {
    ($($id:ident),*) => {$(
        impl Key for $id {
            fn low_byte(&self) -> u8 {
                self.as_bytes()[15]
            }
        }
    )*};
}

ids!(
    KeyResultId,
    ObjectiveId,
    NoteId,
    KpiId,
    InitiativeId,
    TodoId,
    WeeklyId
);

/// What a map holds, in memory and in a page.
pub(super) trait Entity<K>: Clone {
    /// Whether nothing was changed between the two.
    fn is_same(&self, other: &Self) -> bool;
    /// A page's record. Parts that lie in records of their own are put into the pack before.
    fn record(page: &[(K, Self)], pack: &Pack) -> io::Result<Vec<u8>>;
    /// Reads it back.
    fn read(place: Place, pack: &Arc<Pack>) -> io::Result<Page<K, Self>>;
}

/// Entities that are decoded with their page.
pub(super) trait Eager: Serialize + DeserializeOwned {}

impl Eager for Objective {}
impl Eager for Kpi {}
impl Eager for Initiative {}
impl Eager for Todo {}
impl Eager for Weekly {}
impl Eager for Source {}

impl<K: Key, V: Eager> Entity<K> for Arc<V> {
    fn is_same(&self, other: &Self) -> bool {
        Self::ptr_eq(self, other)
    }

    fn record(page: &[(K, Self)], _: &Pack) -> io::Result<Vec<u8>> {
        let values: Vec<(K, &V)> = page.iter().map(|(key, value)| (*key, &**value)).collect();
        postcard::to_stdvec(&values).map_err(io::Error::other)
    }

    fn read(place: Place, pack: &Arc<Pack>) -> io::Result<Page<K, Self>> {
        let values: Vec<(K, V)> =
            postcard::from_bytes(&pack.get(place)?).map_err(io::Error::other)?;
        Ok((values.into_iter())
            .map(|(key, value)| (key, Self::new(value)))
            .collect())
    }
}

/// What lies in a page.
pub(super) type Page<K, E> = Vec<(K, E)>;

/// The pages of one map that are in memory.
#[derive(Debug)]
pub(super) struct Table<K, E> {
    pages: HashMap<u64, (Place, Page<K, E>)>,
    /// Where the page is that begins with a key.
    first: BTreeMap<K, u64>,
}

impl<K, E> Default for Table<K, E> {
    fn default() -> Self {
        Self {
            pages: HashMap::new(),
            first: BTreeMap::new(),
        }
    }
}

impl<K: Key, E: Entity<K>> Table<K, E> {
    /// Keeps a map; pages that are there already are only named.
    pub(super) fn keep(&mut self, map: &BTreeMap<K, E>, pack: &Pack) -> io::Result<Vec<Place>> {
        let mut kept = Self::default();
        let mut places = Vec::new();
        let mut page = Page::new();
        let mut left = map.len();
        for (key, value) in map {
            page.push((*key, value.clone()));
            left -= 1;
            if left == 0 || key.ends_page() {
                places.push(self.keep_page(std::mem::take(&mut page), pack, &mut kept)?);
            }
        }
        *self = kept;
        Ok(places)
    }

    fn keep_page(&self, page: Page<K, E>, pack: &Pack, kept: &mut Self) -> io::Result<Place> {
        let first = page.first().map(|(key, _)| *key);
        let same = |known: &&(Place, Page<K, E>)| {
            known.1.len() == page.len()
                && (known.1.iter().zip(&page))
                    .all(|(one, other)| one.0 == other.0 && one.1.is_same(&other.1))
        };
        let known = first
            .and_then(|first| self.first.get(&first))
            .and_then(|at| self.pages.get(at))
            .filter(same);
        let place = match known {
            Some((place, _)) => *place,
            None => pack.append(&E::record(&page, pack)?)?,
        };
        kept.first.extend(first.map(|first| (first, place.at)));
        kept.pages.insert(place.at, (place, page));
        Ok(place)
    }

    /// The map of these pages. Those in memory are shared with it.
    pub(super) fn load(&self, places: &[Place], pack: &Arc<Pack>) -> io::Result<BTreeMap<K, E>> {
        let mut all = Vec::new();
        for place in places {
            match self
                .pages
                .get(&place.at)
                .filter(|(known, _)| known == place)
            {
                Some((_, page)) => all.extend(page.iter().cloned()),
                None => all.extend(E::read(*place, pack)?),
            }
        }
        Ok(all.into_iter().collect())
    }

    /// Takes note of which pages a loaded map lies in.
    pub(super) fn remember(&mut self, map: &BTreeMap<K, E>, places: &[Place]) {
        *self = Self::default();
        let mut places = places.iter();
        let mut page = Page::new();
        let mut left = map.len();
        for (key, value) in map {
            page.push((*key, value.clone()));
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
