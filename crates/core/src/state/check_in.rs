//! Check-ins: measurements of a key result, each holding from an effective date on.
//!
//! Check-ins commute: all are kept. They are ordered by the date that they speak of, and by log
//! position within a day; [`crate::score`] reads the value on a date off that order.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Stamp;
use super::edit::{Editable, Misfit, date, measure, no_such_field, optional_number, optional_text};
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
