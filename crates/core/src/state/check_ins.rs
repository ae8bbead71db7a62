//! The check-ins of one key result, by the date that they speak of, then by log position.
//!
//! They are most of what a state holds, and nearly no question needs more of them than what they
//! come to on one day. So they lie in **leaves** of a dozen or so, as in a B-tree:
//!
//! - A leaf that did not change is shared: by the copies of a state, and by the snapshots in which
//!   it is kept. A snapshot therefore costs what changed since the one before it.
//! - A leaf begins with the reading of all check-ins before it, so that the reading on any date is
//!   found within one leaf.
//! - What comes from a snapshot stays packed: the list of its leaves until somebody looks past the last
//!   reading, each leaf until somebody looks into it ([`Shelf`]).
//!
//! None of this can be seen from outside: two lists of equal check-ins are equal, however they are
//! cut into leaves.

mod leaf;

use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::check_in::{CheckIn, Reading};
use super::{KpiReading, packed};
use crate::calendar::Date;
use crate::id::EventId;

use leaf::order;
pub(super) use leaf::{Content, Leaf, Order};

/// The most check-ins in a leaf: few, since a snapshot writes a leaf anew with every check-in that it
/// gets.
const FULL: usize = 16;

/// Where the check-ins of leaves lie that nobody has needed yet: a file of snapshots.
///
/// Core has no I/O and cannot fail for outside reasons, so reading is total: what cannot be read
/// gives nothing. Whoever implements this remembers that it happened, and lets no answer out then.
pub trait Shelf: std::fmt::Debug + Send + Sync {
    /// The bytes that were kept there.
    fn read(&self, place: Place) -> Vec<u8>;
}

/// Where on a [`Shelf`] something lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The first byte, counted from the shelf's beginning.
    pub at: u64,
    /// How many bytes.
    pub length: u32,
    /// CRC-32 of these bytes.
    pub checksum: u32,
}

/// The check-ins of one key result.
#[derive(Debug, Clone, Default)]
pub struct CheckIns {
    leaves: OnceLock<Vec<Arc<Leaf>>>,
    /// The list of leaves as a snapshot had it, while nothing has changed since.
    table: Option<Table>,
    /// What all of them come to.
    reading: Reading,
    /// The last entry that made, corrected, took back or reinstated one.
    latest: u64,
}

/// The leaves of a snapshot, packed.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Table {
    /// Effective date of the last check-in.
    last: Option<Date>,
    /// Whether all of them lie on a shelf.
    kept: bool,
    #[serde(with = "packed::as_bytes")]
    bytes: Box<[u8]>,
    #[serde(skip)]
    shelf: Option<Arc<dyn Shelf>>,
}

/// The last entry that made or corrected a check-in.
fn latest(check_in: &CheckIn) -> u64 {
    let corrected = check_in.corrected.values().map(|stamp| stamp.seq);
    corrected.fold(check_in.seq, u64::max)
}

impl CheckIns {
    fn leaves(&self) -> &[Arc<Leaf>] {
        self.leaves.get_or_init(|| {
            (self.table.as_ref()).map_or_else(Vec::new, |table| {
                packed::leaves(&table.bytes, table.shelf.as_ref())
            })
        })
    }

    /// Changes the list of leaves: what came packed no longer describes it.
    fn change_leaves<R>(&mut self, change: impl FnOnce(&mut Vec<Arc<Leaf>>) -> R) -> R {
        self.leaves();
        self.table = None;
        let mut leaves = self.leaves.take().unwrap_or_default();
        let result = change(&mut leaves);
        self.leaves = OnceLock::from(leaves);
        result
    }

    /// All of them, also retracted ones.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = &CheckIn> {
        self.leaves().iter().flat_map(|leaf| leaf.list())
    }

    /// Effective date of the last one, also of one that was retracted.
    #[must_use]
    pub fn last_effective(&self) -> Option<Date> {
        match &self.table {
            Some(table) => table.last,
            None => self.leaves().last().map(|leaf| leaf.last.0),
        }
    }

    /// Position of the last entry that made, corrected, took back or reinstated one of them; 0 for
    /// none.
    #[must_use]
    pub const fn latest(&self) -> u64 {
        self.latest
    }

    /// Those that count.
    pub fn standing(&self) -> impl DoubleEndedIterator<Item = &CheckIn> {
        self.all().filter(|check_in| !check_in.retracted)
    }

    /// Those that count, each with what they had come to with it.
    pub fn running(&self) -> impl Iterator<Item = (&CheckIn, Reading)> {
        self.standing().scan(Reading::default(), |reading, one| {
            reading.take(one);
            Some((one, reading.clone()))
        })
    }

    /// Those that count and speak of a date up to `date`.
    pub fn until(&self, date: Date) -> impl DoubleEndedIterator<Item = &CheckIn> {
        let leaves = self.leaves().partition_point(|leaf| leaf.first.0 <= date);
        (self.leaves().iter().take(leaves))
            .flat_map(move |leaf| {
                let list = leaf.list();
                let end = list.partition_point(|check_in| check_in.effective <= date);
                list.iter().take(end)
            })
            .filter(|check_in| !check_in.retracted)
    }

    /// Those that count and speak of a date from `date` on.
    pub fn since(&self, date: Date) -> impl DoubleEndedIterator<Item = &CheckIn> {
        let before = self.leaves().partition_point(|leaf| leaf.last.0 < date);
        (self.leaves().iter().skip(before))
            .flat_map(move |leaf| {
                let list = leaf.list();
                list.iter()
                    .skip(list.partition_point(|check_in| check_in.effective < date))
            })
            .filter(|check_in| !check_in.retracted)
    }

    /// What they come to at the end of the day `on`.
    #[must_use]
    pub fn reading(&self, on: Date) -> Reading {
        if self.last_effective() <= Some(on) {
            return self.reading.clone();
        }
        let leaves = self.leaves().partition_point(|leaf| leaf.first.0 <= on);
        (leaves.checked_sub(1))
            .and_then(|at| self.leaves().get(at))
            .map_or_else(Reading::default, |leaf| leaf.content().reading(Some(on)))
    }

    /// What they come to at the end of the day `on` together with a KPI's reading, which counts as
    /// an absolute value of its day: the later of the two by date, then by log position, holds.
    #[must_use]
    pub fn reading_beside(&self, on: Date, kpi: &KpiReading) -> Reading {
        let place = kpi.place();
        let mut reading = self.reading_before(place);
        reading.take_value(kpi.effective, kpi.value);
        for check_in in self.since(place.0).filter(|one| order(one) >= place) {
            if check_in.effective > on {
                break;
            }
            reading.take(check_in);
        }
        reading
    }

    /// What those before this place come to.
    fn reading_before(&self, place: Order) -> Reading {
        let leaves = self.leaves().partition_point(|leaf| leaf.first < place);
        let Some(leaf) = (leaves.checked_sub(1)).and_then(|at| self.leaves().get(at)) else {
            return Reading::default();
        };
        let content = leaf.content();
        let mut reading = content.before.clone();
        (content.list.iter())
            .take_while(|one| order(one) < place)
            .filter(|one| !one.retracted)
            .for_each(|one| reading.take(one));
        reading
    }

    /// The check-in that this event made.
    #[must_use]
    pub fn get(&self, id: EventId) -> Option<&CheckIn> {
        // What is looked for was nearly always made lately.
        self.all().rev().find(|check_in| check_in.id == id)
    }

    pub(crate) fn insert(&mut self, check_in: CheckIn) {
        let place = order(&check_in);
        self.latest = latest(&check_in).max(self.latest);
        // Nearly always at the end: people report in order.
        if self.leaves().last().is_none_or(|leaf| leaf.last < place) {
            return self.append(check_in);
        }
        let at = self.leaves().partition_point(|leaf| leaf.last < place);
        self.change(at, |list| {
            let at = list.partition_point(|other| order(other) < place);
            list.insert(at, check_in);
            None
        });
    }

    fn append(&mut self, check_in: CheckIn) {
        let before = self.reading.clone();
        if !check_in.retracted {
            self.reading.take(&check_in);
        }
        self.change_leaves(|leaves| match leaves.last_mut() {
            Some(leaf) if leaf.list().len() < FULL => {
                Leaf::edit(leaf, |content| content.list.push(check_in));
            }
            _ => {
                let list = vec![check_in];
                leaves.extend(Leaf::new(Content { before, list }).map(Arc::new));
            }
        });
    }

    /// Takes note of an entry that changed one of them without a stamp.
    pub(crate) fn touched(&mut self, seq: u64) {
        self.latest = self.latest.max(seq);
    }

    /// Runs `edit` on a check-in and puts it where it then belongs.
    pub(crate) fn edit_with<R>(
        &mut self,
        id: EventId,
        edit: impl FnOnce(&mut CheckIn) -> R,
    ) -> Option<R> {
        let holds = |leaf: &Arc<Leaf>| leaf.list().iter().any(|one| one.id == id);
        let at = self.leaves().iter().rposition(holds)?;
        let mut edited = self.change(at, |list| {
            let at = list.iter().position(|one| one.id == id)?;
            Some(list.remove(at))
        })?;
        let result = edit(&mut edited);
        self.insert(edited);
        Some(result)
    }

    /// Changes the list of a leaf, and the readings that follow from it; answers what was taken out.
    fn change(
        &mut self,
        at: usize,
        change: impl FnOnce(&mut Vec<CheckIn>) -> Option<CheckIn>,
    ) -> Option<CheckIn> {
        let Content { before, mut list } = self.leaves().get(at)?.content().clone();
        let taken = change(&mut list);
        let rest = if list.len() > FULL {
            list.split_off(list.len() / 2)
        } else {
            Vec::new()
        };
        let first = Content { before, list };
        let second = Content {
            before: first.reading(None),
            list: rest,
        };
        let mut reading = second.reading(None);
        let changed = [first, second].into_iter().filter_map(Leaf::new);
        let changed: Vec<_> = changed.map(Arc::new).collect();
        let next = at.saturating_add(changed.len());
        let last = self.change_leaves(|leaves| {
            leaves.splice(at..=at, changed);
            // Nearly always the next absolute value hides what changed before it.
            for leaf in leaves.iter_mut().skip(next) {
                if leaf.content().before == reading {
                    return None;
                }
                reading = Leaf::edit(leaf, |content| {
                    content.before = std::mem::take(&mut reading);
                    content.reading(None)
                });
            }
            Some(reading)
        });
        if let Some(last) = last {
            self.reading = last;
        }
        taken
    }

    /// Puts every leaf that is not kept yet where `keep` says.
    ///
    /// # Errors
    /// That of `keep`.
    pub fn keep<E>(&self, mut keep: impl FnMut(&[u8]) -> Result<Place, E>) -> Result<(), E> {
        if self.table.as_ref().is_some_and(|table| table.kept) {
            return Ok(());
        }
        for leaf in self.leaves() {
            if leaf.kept.get().is_none() {
                let place = keep(&packed::pack(leaf.content()))?;
                // Nobody else can have set it: whoever keeps snapshots is alone in it.
                let _ = leaf.kept.set(place);
            }
        }
        Ok(())
    }

    /// Says where leaves that were kept are to be fetched from.
    pub fn attach(&mut self, shelf: &Arc<dyn Shelf>) {
        if let Some(table) = &mut self.table {
            table.shelf = Some(Arc::clone(shelf));
        }
    }
}

impl PartialEq for CheckIns {
    fn eq(&self, other: &Self) -> bool {
        self.all().eq(other.all())
    }
}

impl Eq for CheckIns {}

impl Serialize for CheckIns {
    /// A list where people read it, a packed list of leaves where they don't.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return serializer.collect_seq(self.all());
        }
        match &self.table {
            Some(table) => (&self.reading, self.latest, table).serialize(serializer),
            None => {
                let leaves = self.leaves();
                let table = Table {
                    last: self.last_effective(),
                    kept: leaves.iter().all(|leaf| leaf.kept.get().is_some()),
                    bytes: packed::table(leaves).into(),
                    shelf: None,
                };
                (&self.reading, self.latest, table).serialize(serializer)
            }
        }
    }
}

impl<'de> Deserialize<'de> for CheckIns {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let mut check_ins = Self::default();
            for check_in in Vec::<CheckIn>::deserialize(deserializer)? {
                check_ins.insert(check_in);
            }
            return Ok(check_ins);
        }
        let (reading, latest, table): (_, _, Table) = Deserialize::deserialize(deserializer)?;
        Ok(Self {
            leaves: OnceLock::new(),
            table: Some(table),
            reading,
            latest,
        })
    }
}

#[cfg(test)]
mod tests;
