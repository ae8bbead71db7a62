//! Check-ins: measurements of a key result, each holding from an effective date on.
//!
//! Check-ins commute: all are kept. They are ordered by the date that they speak of, and by log
//! position within a day; [`crate::score`] reads the value on a date off that order.

use std::collections::BTreeMap;

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

/// The check-ins of one key result, by effective date, then by log position.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CheckIns(Vec<CheckIn>);

impl CheckIns {
    /// All of them, also retracted ones.
    #[must_use]
    pub fn all(&self) -> &[CheckIn] {
        &self.0
    }

    /// Those that count.
    pub fn standing(&self) -> impl DoubleEndedIterator<Item = &CheckIn> {
        self.0.iter().filter(|check_in| !check_in.retracted)
    }

    /// Those that count and speak of a date up to `date`.
    pub fn until(&self, date: Date) -> impl DoubleEndedIterator<Item = &CheckIn> {
        let end = self
            .0
            .partition_point(|check_in| check_in.effective <= date);
        self.0
            .iter()
            .take(end)
            .filter(|check_in| !check_in.retracted)
    }

    /// The check-in that this event made.
    #[must_use]
    pub fn get(&self, id: EventId) -> Option<&CheckIn> {
        self.0.iter().find(|check_in| check_in.id == id)
    }

    pub(crate) fn insert(&mut self, check_in: CheckIn) {
        let place = (check_in.effective, check_in.seq);
        // Nearly always the last: people report in order.
        if self
            .0
            .last()
            .is_none_or(|last| (last.effective, last.seq) < place)
        {
            self.0.push(check_in);
        } else {
            let at = self
                .0
                .partition_point(|other| (other.effective, other.seq) < place);
            self.0.insert(at, check_in);
        }
    }

    /// Runs `edit` on a check-in and puts it where it then belongs.
    pub(crate) fn edit_with<R>(
        &mut self,
        id: EventId,
        edit: impl FnOnce(&mut CheckIn) -> R,
    ) -> Option<R> {
        let at = self.0.iter().position(|check_in| check_in.id == id)?;
        let mut check_in = self.0.remove(at);
        let result = edit(&mut check_in);
        self.insert(check_in);
        Some(result)
    }
}
