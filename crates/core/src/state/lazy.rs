//! Entities that a snapshot left in the bytes of a page, each decoded when somebody looks into it.
//!
//! A workspace's years hold some ten thousand key results and notes, and a question is about a few
//! of them. What decides whether one is meant at all, its [`Headed::Head`], is read without the rest.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An entity with a part that is read much more often than the rest.
pub trait Headed: Clone + 'static {
    /// That part.
    type Head<'a>;
    /// That part of this one.
    fn head(&self) -> Self::Head<'_>;
    /// What stands where its bytes cannot be read. Whoever keeps the page remembers that it happened,
    /// and lets no answer out then: see [`super::Shelf`].
    fn lost() -> Self;
}

/// Entities that were kept together.
pub trait Page<V: Headed>: fmt::Debug + Send + Sync {
    /// The entity at a place of the page, from 0; decoded at most once.
    fn value(&self, at: u32) -> &Arc<V>;
    /// Its head, without decoding the rest.
    fn head(&self, at: u32) -> V::Head<'_>;
}

/// An entity in memory, or in a page. It reads as the entity; a copy is cheap.
#[derive(Clone)]
pub struct Lazy<V: Headed>(Held<V>);

#[derive(Clone)]
enum Held<V: Headed> {
    Own(Arc<V>),
    Kept(Arc<dyn Page<V>>, u32),
}

impl<V: Headed> Lazy<V> {
    /// An entity in memory.
    #[must_use]
    pub fn new(value: V) -> Self {
        Self(Held::Own(Arc::new(value)))
    }

    /// The entity at a place of a page.
    #[must_use]
    pub fn kept(page: Arc<dyn Page<V>>, at: u32) -> Self {
        Self(Held::Kept(page, at))
    }

    /// Its head, without decoding the rest.
    #[must_use]
    pub fn head(&self) -> V::Head<'_> {
        match &self.0 {
            Held::Own(value) => value.head(),
            Held::Kept(page, at) => page.head(*at),
        }
    }

    /// Whether nothing was changed between the two: one is a copy of the other. That they are not the
    /// same says nothing about what they hold.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Held::Own(one), Held::Own(other)) => Arc::ptr_eq(one, other),
            (Held::Kept(one, at), Held::Kept(other, place)) => {
                Arc::ptr_eq(one, other) && at == place
            }
            _ => false,
        }
    }

    fn shared(&self) -> &Arc<V> {
        match &self.0 {
            Held::Own(value) => value,
            Held::Kept(page, at) => page.value(*at),
        }
    }

    /// The entity, to be changed; it is then of no page.
    pub fn make_mut(&mut self) -> &mut V {
        if let Held::Kept(page, at) = &self.0 {
            self.0 = Held::Own(Arc::clone(page.value(*at)));
        }
        match &mut self.0 {
            Held::Own(value) => Arc::make_mut(value),
            Held::Kept(..) => unreachable!("it was just made its own"),
        }
    }
}

impl<V: Headed> Deref for Lazy<V> {
    type Target = V;

    fn deref(&self) -> &V {
        self.shared()
    }
}

impl<V: Headed + fmt::Debug> fmt::Debug for Lazy<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<V: Headed + PartialEq> PartialEq for Lazy<V> {
    fn eq(&self, other: &Self) -> bool {
        self.is_same(other) || **self == **other
    }
}

impl<V: Headed + Eq> Eq for Lazy<V> {}

impl<V: Headed + Serialize> Serialize for Lazy<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(serializer)
    }
}

impl<'de, V: Headed + Deserialize<'de>> Deserialize<'de> for Lazy<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        V::deserialize(deserializer).map(Self::new)
    }
}
