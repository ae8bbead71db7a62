//! Cycles: the spans of dates that objectives are set for.

use serde::{Deserialize, Serialize};

use super::Provenance;
use super::edit::{
    Editable, Misfit, date, no_such_field, optional_reference, stamped_by_provenance, text, word,
};
use crate::calendar::Date;
use crate::id::CycleId;
use crate::token::{CycleKind, CycleState};
use crate::value::{Field, Subject, Value};

/// A span of dates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cycle {
    /// Its name, such as `2026-Q3`.
    pub name: String,
    /// Its kind.
    pub kind: CycleKind,
    /// First day.
    pub starts: Date,
    /// Last day, inclusive.
    pub ends: Date,
    /// The annual cycle above a quarterly one.
    pub parent: Option<CycleId>,
    /// Planned or active.
    pub state: CycleState,
    /// Who set what.
    pub provenance: Provenance,
}

impl Cycle {
    /// Whether a day lies in the cycle.
    #[must_use]
    pub fn contains(&self, date: Date) -> bool {
        self.starts <= date && date <= self.ends
    }
}

impl Editable for Cycle {
    stamped_by_provenance!();

    fn get(&self, field: &Field) -> Option<Value> {
        Some(match field {
            Field::Name => Value::Text(self.name.clone()),
            Field::Starts => Value::Date(self.starts),
            Field::Ends => Value::Date(self.ends),
            Field::Parent => Value::reference(self.parent.map(Subject::Cycle)),
            Field::State => Value::Text(self.state.word().to_owned()),
            _ => return None,
        })
    }

    fn set(&mut self, field: &Field, value: &Value) -> Result<(), Misfit> {
        match field {
            Field::Name => self.name = text(field, value)?,
            Field::Starts => self.starts = date(field, value)?,
            Field::Ends => self.ends = date(field, value)?,
            Field::Parent => self.parent = optional_reference!(field, value, Cycle, "a cycle")?,
            Field::State => self.state = word(field, value)?,
            _ => return Err(no_such_field("cycle", field)),
        }
        Ok(())
    }
}
