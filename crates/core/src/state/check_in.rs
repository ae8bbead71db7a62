//! Check-ins: measurements of a key result, each holding from an effective date on.
//!
//! Check-ins commute: all are kept. They are ordered by the date that they speak of, and by log
//! position within a day; [`crate::score`] reads the value on a date off that order.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::edit::{Editable, Misfit, date, measure, no_such_field, optional_number, optional_text};
use super::{KpiReading, Stamp, packed};
use crate::calendar::{Date, Timestamp};
use crate::clock::Hlc;
use crate::decimal::Decimal;
use crate::event::{CheckedIn, Entry};
use crate::id::{DeviceId, EventId, MemberId};
use crate::value::{Field, Measure, Value};

/// A measurement as it stands, corrections applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckIn {
    /// The event that made it.
    pub id: EventId,
    /// Position of that event.
    pub seq: u64,
    /// The date that it speaks of.
    pub effective: Date,
    /// The measurement.
    pub measure: Measure,
    /// Confidence to reach the target, 0 to 1.
    pub confidence: Option<Decimal>,
    /// Projected value at the cycle's end.
    pub projection: Option<Decimal>,
    /// A word on it.
    pub note: Option<String>,
    /// Whether it was taken back.
    pub retracted: bool,
    /// Who made it.
    pub member: MemberId,
    /// On which device.
    pub device: DeviceId,
    /// When it was authored, held to when it was recorded.
    pub authored: Hlc,
    /// When it was recorded.
    pub recorded: Timestamp,
    /// The last correction of each field that was corrected.
    pub corrected: BTreeMap<Field, Stamp>,
}

impl CheckIn {
    pub(crate) fn new(entry: &Entry, made: &CheckedIn) -> Self {
        let stamp = Stamp::of(entry);
        Self {
            id: stamp.event,
            seq: stamp.seq,
            effective: made.effective,
            measure: made.measure.clone(),
            confidence: made.confidence,
            projection: made.projection,
            note: made.note.clone(),
            retracted: false,
            member: stamp.member,
            device: stamp.device,
            authored: stamp.authored,
            recorded: stamp.recorded,
            corrected: BTreeMap::new(),
        }
    }
}

impl Editable for CheckIn {
    fn get(&self, field: &Field) -> Option<Value> {
        Some(match field {
            Field::Value => Value::Measure(self.measure.clone()),
            Field::Effective => Value::Date(self.effective),
            Field::Confidence => Value::number(self.confidence),
            Field::Projection => Value::number(self.projection),
            Field::Text => Value::text(self.note.as_deref()),
            _ => return None,
        })
    }

    fn set(&mut self, field: &Field, value: &Value) -> Result<(), Misfit> {
        match field {
            Field::Value => self.measure = measure(field, value)?,
            Field::Effective => self.effective = date(field, value)?,
            Field::Confidence => self.confidence = optional_number(field, value)?,
            Field::Projection => self.projection = optional_number(field, value)?,
            Field::Text => self.note = optional_text(field, value)?,
            _ => return Err(no_such_field("check-in", field)),
        }
        Ok(())
    }

    fn stamp(&self, field: &Field) -> Stamp {
        self.corrected.get(field).copied().unwrap_or(Stamp {
            seq: self.seq,
            event: self.id,
            member: self.member,
            device: self.device,
            authored: self.authored,
            recorded: self.recorded,
        })
    }

    fn restamp(&mut self, field: &Field, stamp: Stamp) {
        self.corrected.insert(field.clone(), stamp);
    }
}

/// What check-ins come to on a date: everything that a key result's value is made from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// The latest absolute value, if there is one.
    pub absolute: Option<Decimal>,
    /// The sum of the deltas after it, if there are any. None within for a sum that overflowed.
    pub deltas: Option<Option<Decimal>>,
    /// Milestones that are done.
    pub steps: BTreeSet<String>,
    /// What was last said of a binary key result.
    pub done: Option<bool>,
    /// Effective date of the last check-in.
    pub last: Option<Date>,
    /// The last confidence stated.
    pub confidence: Option<Decimal>,
    /// The last projection stated.
    pub projection: Option<Decimal>,
}

impl Reading {
    fn of<'a>(check_ins: impl Iterator<Item = &'a CheckIn>) -> Self {
        let mut reading = Self::default();
        for check_in in check_ins {
            reading.take(check_in);
        }
        reading
    }

    /// Takes in the next check-in by date.
    pub(crate) fn take(&mut self, check_in: &CheckIn) {
        match &check_in.measure {
            Measure::Absolute(value) => {
                self.absolute = Some(*value);
                self.deltas = None;
            }
            Measure::Delta(delta) => {
                let sum = self.deltas.unwrap_or(Some(Decimal::ZERO));
                self.deltas = Some(sum.and_then(|sum| sum.checked_add(*delta)));
            }
            Measure::Step { name, done: true } => {
                self.steps.insert(name.clone());
            }
            Measure::Step { name, done: false } => {
                self.steps.remove(name);
            }
            Measure::Done(done) => self.done = Some(*done),
        }
        self.last = Some(check_in.effective);
        self.confidence = check_in.confidence.or(self.confidence);
        self.projection = check_in.projection.or(self.projection);
    }

    /// Takes in a KPI's reading of a day: an absolute value.
    pub(crate) const fn take_value(&mut self, day: Date, value: Decimal) {
        self.absolute = Some(value);
        self.deltas = None;
        self.last = Some(day);
    }

    /// The value: the latest absolute one and the deltas after it. Without an absolute one the
    /// deltas start from the baseline; None where there is neither.
    #[must_use]
    pub fn value(&self, baseline: Option<Decimal>) -> Option<Decimal> {
        match (self.absolute.or(baseline), self.deltas) {
            (Some(start), Some(deltas)) => start.checked_add(deltas?),
            (Some(start), None) => Some(start),
            (None, deltas) => deltas?,
        }
    }
}

/// The check-ins of one key result, by effective date, then by log position.
///
/// From a snapshot they come packed, with the reading at their end beside them, and are unpacked
/// when somebody asks for more than that.
#[derive(Debug, Clone, Default)]
pub struct CheckIns {
    list: OnceLock<Vec<CheckIn>>,
    packed: Option<Packed>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Packed {
    /// The reading after all check-ins.
    reading: Reading,
    /// Effective date of the last check-in, also of one that was retracted.
    last: Option<Date>,
    #[serde(with = "packed::as_bytes")]
    bytes: Box<[u8]>,
}

impl CheckIns {
    /// All of them, also retracted ones.
    #[must_use]
    pub fn all(&self) -> &[CheckIn] {
        self.list.get_or_init(|| {
            self.packed
                .as_ref()
                .map_or_else(Vec::new, |packed| packed::unpack(&packed.bytes))
        })
    }

    /// Those that count.
    pub fn standing(&self) -> impl DoubleEndedIterator<Item = &CheckIn> {
        self.all().iter().filter(|check_in| !check_in.retracted)
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
        let all = self.all();
        let end = all.partition_point(|check_in| check_in.effective <= date);
        all.iter().take(end).filter(|check_in| !check_in.retracted)
    }

    /// What they come to at the end of the day `on`.
    #[must_use]
    pub fn reading(&self, on: Date) -> Reading {
        match &self.packed {
            Some(packed) if packed.last <= Some(on) => packed.reading.clone(),
            _ => Reading::of(self.until(on)),
        }
    }

    /// What they come to at the end of the day `on` together with a KPI's reading, which counts as
    /// an absolute value of its day: the later of the two by date, then by log position, holds.
    #[must_use]
    pub fn reading_beside(&self, on: Date, kpi: &KpiReading) -> Reading {
        let place = kpi.place();
        let (before, after): (Vec<_>, Vec<_>) = self
            .until(on)
            .partition(|check_in| (check_in.effective, check_in.seq) < place);
        let mut reading = Reading::of(before.into_iter());
        reading.take_value(kpi.effective, kpi.value);
        for check_in in after {
            reading.take(check_in);
        }
        reading
    }

    /// The check-in that this event made.
    #[must_use]
    pub fn get(&self, id: EventId) -> Option<&CheckIn> {
        self.all().iter().find(|check_in| check_in.id == id)
    }

    /// Changes the list; what came packed no longer describes it.
    fn change<R>(&mut self, change: impl FnOnce(&mut Vec<CheckIn>) -> R) -> R {
        let packed = self.packed.take();
        let mut list = self.list.take().unwrap_or_else(|| {
            packed.map_or_else(Vec::new, |packed| packed::unpack(&packed.bytes))
        });
        let result = change(&mut list);
        self.list = OnceLock::from(list);
        result
    }

    pub(crate) fn insert(&mut self, check_in: CheckIn) {
        self.change(|list| insert(list, check_in));
    }

    /// Runs `edit` on a check-in and puts it where it then belongs.
    pub(crate) fn edit_with<R>(
        &mut self,
        id: EventId,
        edit: impl FnOnce(&mut CheckIn) -> R,
    ) -> Option<R> {
        self.change(|list| {
            let at = list.iter().position(|check_in| check_in.id == id)?;
            let mut check_in = list.remove(at);
            let result = edit(&mut check_in);
            insert(list, check_in);
            Some(result)
        })
    }
}

fn insert(list: &mut Vec<CheckIn>, check_in: CheckIn) {
    let place = (check_in.effective, check_in.seq);
    // Nearly always the last: people report in order.
    if list
        .last()
        .is_none_or(|last| (last.effective, last.seq) < place)
    {
        list.push(check_in);
    } else {
        let at = list.partition_point(|other| (other.effective, other.seq) < place);
        list.insert(at, check_in);
    }
}

impl PartialEq for CheckIns {
    fn eq(&self, other: &Self) -> bool {
        self.all() == other.all()
    }
}

impl Eq for CheckIns {}

impl Serialize for CheckIns {
    /// A list where people read it, packed where they don't.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return self.all().serialize(serializer);
        }
        match &self.packed {
            Some(packed) => packed.serialize(serializer),
            None => Packed {
                reading: Reading::of(self.standing()),
                last: self.all().last().map(|last| last.effective),
                bytes: packed::pack(self.all()).into(),
            }
            .serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for CheckIns {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let list = Vec::deserialize(deserializer)?;
            return Ok(Self {
                list: OnceLock::from(list),
                packed: None,
            });
        }
        let packed = Packed::deserialize(deserializer)?;
        Ok(Self {
            list: OnceLock::new(),
            packed: Some(packed),
        })
    }
}
