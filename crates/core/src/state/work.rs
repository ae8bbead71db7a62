//! Initiatives and to-dos: the work that should move key results. A key result is a result; its
//! tasks live here.

use serde::{Deserialize, Serialize};

use super::Provenance;
use super::edit::{
    Editable, Misfit, date, no_such_field, number, optional_date, optional_number,
    optional_reference, optional_text, stamped_by_provenance, supported, text, word,
};
use crate::calendar::Date;
use crate::decimal::Decimal;
use crate::id::{EventId, InitiativeId, KeyResultId, MemberId};
use crate::token::{Period, WorkState};
use crate::value::{Field, Subject, Value};

/// Work that should move a key result or an objective.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Initiative {
    /// Title in words.
    pub title: String,
    /// Longer description.
    pub description: Option<String>,
    /// Who does it.
    pub owner: Option<MemberId>,
    /// When it is due.
    pub due: Option<Date>,
    /// The objective or key result that it should move.
    pub supports: Option<Subject>,
    /// How far it is.
    pub state: WorkState,
    /// Who set what.
    pub provenance: Provenance,
}

/// A countable piece of work: so much in each period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Todo {
    /// What is to be done.
    pub title: String,
    /// The initiative that it belongs to.
    pub initiative: Option<InitiativeId>,
    /// Who does it.
    pub owner: Option<MemberId>,
    /// How much in each period.
    pub quantity: Decimal,
    /// The period.
    pub per: Period,
    /// How much in all.
    pub total: Option<Decimal>,
    /// What is counted.
    pub unit: Option<String>,
    /// First day.
    pub starts: Date,
    /// Last day, inclusive.
    pub ends: Date,
    /// The key result that it should move.
    pub key_result: Option<KeyResultId>,
    /// How much of what is done was planned to turn into the key result's unit, 0 to 1.
    pub rate: Option<Decimal>,
    /// How far it is.
    pub state: WorkState,
    /// What was done, in the order of the log.
    pub counts: Vec<Count>,
    /// Who set what.
    pub provenance: Provenance,
}

/// Some of a to-do, done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// The event that said so.
    pub event: EventId,
    /// Position of that event.
    pub seq: u64,
    /// Who said so.
    pub member: MemberId,
    /// How much; below 0 takes back.
    pub quantity: Decimal,
    /// The date that it speaks of.
    pub effective: Date,
}

impl Initiative {
    /// Whether there is still something to do.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self.state, WorkState::Planned | WorkState::Active)
    }
}

impl Todo {
    /// Whether there is still something to do.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self.state, WorkState::Planned | WorkState::Active)
    }

    /// How much was done from `from` to `until`, both included; None for a sum that overflows.
    #[must_use]
    pub fn done(&self, from: Date, until: Date) -> Option<Decimal> {
        self.counts
            .iter()
            .filter(|count| from <= count.effective && count.effective <= until)
            .try_fold(Decimal::ZERO, |sum, count| sum.checked_add(count.quantity))
    }
}

impl Editable for Initiative {
    stamped_by_provenance!();

    fn get(&self, field: &Field) -> Option<Value> {
        Some(match field {
            Field::Title => Value::Text(self.title.clone()),
            Field::Description => Value::text(self.description.as_deref()),
            Field::Owner => Value::reference(self.owner.map(Subject::Member)),
            Field::Due => self.due.map_or(Value::None, Value::Date),
            Field::Supports => Value::reference(self.supports),
            Field::State => Value::Text(self.state.word().to_owned()),
            _ => return None,
        })
    }

    fn set(&mut self, field: &Field, value: &Value) -> Result<(), Misfit> {
        match field {
            Field::Title => self.title = text(field, value)?,
            Field::Description => self.description = optional_text(field, value)?,
            Field::Owner => self.owner = optional_reference!(field, value, Member, "a member")?,
            Field::Due => self.due = optional_date(field, value)?,
            Field::Supports => self.supports = supported(field, value)?,
            Field::State => self.state = word(field, value)?,
            _ => return Err(no_such_field("initiative", field)),
        }
        Ok(())
    }
}

impl Editable for Todo {
    stamped_by_provenance!();

    fn get(&self, field: &Field) -> Option<Value> {
        Some(match field {
            Field::Title => Value::Text(self.title.clone()),
            Field::Initiative => Value::reference(self.initiative.map(Subject::Initiative)),
            Field::Owner => Value::reference(self.owner.map(Subject::Member)),
            Field::Quantity => Value::Number(self.quantity),
            Field::Per => Value::Text(self.per.word().to_owned()),
            Field::Total => Value::number(self.total),
            Field::Unit => Value::text(self.unit.as_deref()),
            Field::Starts => Value::Date(self.starts),
            Field::Ends => Value::Date(self.ends),
            Field::KeyResult => Value::reference(self.key_result.map(Subject::KeyResult)),
            Field::Rate => Value::number(self.rate),
            Field::State => Value::Text(self.state.word().to_owned()),
            _ => return None,
        })
    }

    fn set(&mut self, field: &Field, value: &Value) -> Result<(), Misfit> {
        match field {
            Field::Title => self.title = text(field, value)?,
            Field::Initiative => {
                self.initiative = optional_reference!(field, value, Initiative, "an initiative")?;
            }
            Field::Owner => self.owner = optional_reference!(field, value, Member, "a member")?,
            Field::Quantity => self.quantity = number(field, value)?,
            Field::Per => self.per = word(field, value)?,
            Field::Total => self.total = optional_number(field, value)?,
            Field::Unit => self.unit = optional_text(field, value)?,
            Field::Starts => self.starts = date(field, value)?,
            Field::Ends => self.ends = date(field, value)?,
            Field::KeyResult => {
                self.key_result = optional_reference!(field, value, KeyResult, "a key result")?;
            }
            Field::Rate => self.rate = optional_number(field, value)?,
            Field::State => self.state = word(field, value)?,
            _ => return Err(no_such_field("to-do", field)),
        }
        Ok(())
    }
}
