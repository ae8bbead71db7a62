//! Cycles: the spans of dates that objectives are set for.

use serde::{Deserialize, Serialize};

use super::edit::{
    Editable, Misfit, date, no_such_field, numbers, optional_reference, stamped_by_provenance,
    text, word,
};
use super::{Provenance, Stamp};
use crate::calendar::Date;
use crate::decimal::Decimal;
use crate::event::Hash;
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
    /// Planned, active or closed.
    pub state: CycleState,
    /// How its months weigh against each other, in order; empty where they weigh the same.
    pub month_weights: Vec<Decimal>,
    /// What its grades are bound to, while it is closed.
    pub closing: Option<Closing>,
    /// Who set what.
    pub provenance: Provenance,
}

/// The closing of a cycle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// The log position that the grades are bound to: what came later is not in them.
    pub position: u64,
    /// The root hash of the log of that size.
    #[serde(with = "crate::state::cycle::root")]
    pub root: Hash,
    /// Who closed it, and when.
    pub stamp: Stamp,
}

/// A root hash as hexadecimal text, so that it can be compared by eye.
pub(crate) mod root {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::event::Hash;

    pub(crate) fn serialize<S: Serializer>(root: &Hash, to: S) -> Result<S::Ok, S::Error> {
        let text: String = root.iter().map(|byte| format!("{byte:02x}")).collect();
        to.serialize_str(&text)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Hash, D::Error> {
        let text = String::deserialize(from)?;
        let mut root = Hash::default();
        let mut digits = text.as_bytes().chunks_exact(2);
        for byte in &mut root {
            *byte = digits
                .next()
                .and_then(|pair| std::str::from_utf8(pair).ok())
                .and_then(|pair| u8::from_str_radix(pair, 16).ok())
                .ok_or_else(|| D::Error::custom("a root is 64 hexadecimal digits"))?;
        }
        Ok(root)
    }
}

impl Cycle {
    /// Whether its grades stand.
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        matches!(self.state, CycleState::Closed)
    }

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
            Field::MonthWeights if self.month_weights.is_empty() => Value::None,
            Field::MonthWeights => Value::Numbers(self.month_weights.clone()),
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
            Field::MonthWeights => self.month_weights = numbers(field, value)?,
            _ => return Err(no_such_field("cycle", field)),
        }
        Ok(())
    }
}
