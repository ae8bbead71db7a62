//! A leaf: some check-ins that follow one another, in memory or on a shelf.

use std::sync::{Arc, OnceLock};

use super::{Place, Shelf};
use crate::calendar::Date;
use crate::state::check_in::{CheckIn, Reading};
use crate::state::packed;

/// Where a check-in stands: by date, then by log position.
pub(in crate::state) type Order = (Date, u64);

/// Some check-ins that follow one another; never none.
#[derive(Debug, Clone)]
pub(in crate::state) struct Leaf {
    pub(in crate::state) first: Order,
    pub(in crate::state) last: Order,
    pub(in crate::state) kept: OnceLock<Place>,
    /// Where the content is to be fetched from.
    pub(in crate::state) shelf: Option<Arc<dyn Shelf>>,
    pub(in crate::state) content: OnceLock<Box<Content>>,
}

/// What lies in a leaf.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::state) struct Content {
    /// The reading before its first check-in.
    pub(in crate::state) before: Reading,
    pub(in crate::state) list: Vec<CheckIn>,
}

impl Content {
    /// The reading after the check-ins up to `date`.
    pub(super) fn reading(&self, date: Option<Date>) -> Reading {
        let mut reading = self.before.clone();
        (self.list.iter())
            .take_while(|one| date.is_none_or(|date| one.effective <= date))
            .filter(|one| !one.retracted)
            .for_each(|one| reading.take(one));
        reading
    }
}

impl Leaf {
    pub(super) fn new(content: Content) -> Option<Self> {
        let (first, last) = (content.list.first()?, content.list.last()?);
        Some(Self {
            first: order(first),
            last: order(last),
            kept: OnceLock::new(),
            shelf: None,
            content: OnceLock::from(Box::new(content)),
        })
    }

    pub(in crate::state) fn content(&self) -> &Content {
        self.content
            .get_or_init(|| match (&self.shelf, self.kept.get()) {
                (Some(shelf), Some(place)) => Box::new(packed::unpack(&shelf.read(*place))),
                _ => Box::default(),
            })
    }

    pub(super) fn list(&self) -> &[CheckIn] {
        &self.content().list
    }
}

pub(super) fn order(check_in: &CheckIn) -> Order {
    (check_in.effective, check_in.seq)
}

impl Leaf {
    /// Changes the content: where it was kept, it no longer is.
    pub(super) fn edit<R>(leaf: &mut Arc<Self>, edit: impl FnOnce(&mut Content) -> R) -> R {
        leaf.content();
        let leaf = Arc::make_mut(leaf);
        let mut content = leaf.content.take().unwrap_or_default();
        let result = edit(&mut content);
        if let (Some(first), Some(last)) = (content.list.first(), content.list.last()) {
            (leaf.first, leaf.last) = (order(first), order(last));
        }
        *leaf = Self {
            kept: OnceLock::new(),
            shelf: None,
            content: OnceLock::from(content),
            ..*leaf
        };
        result
    }
}
