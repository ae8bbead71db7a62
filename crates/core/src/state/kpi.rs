//! KPIs: standing measures with a target, read over time. They are no objectives, and never scored
//! as such.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Provenance;
use super::edit::{
    Editable, Misfit, date, no_such_field, number, optional_number, optional_reference,
    optional_text, stamped_by_provenance, text, word,
};
use crate::calendar::Date;
use crate::decimal::Decimal;
use crate::id::{EventId, KeyResultId, MemberId, TeamId};
use crate::token::{Direction, Life, NoteState};
use crate::value::{Field, Subject, Value};

/// A standing measure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kpi {
    /// What it measures.
    pub title: String,
    /// Longer description.
    pub description: Option<String>,
    /// Who looks after it.
    pub owner: Option<MemberId>,
    /// The team that it belongs to.
    pub team: Option<TeamId>,
    /// Which values are better.
    pub direction: Direction,
    /// Its 100 %.
    pub target: Option<Decimal>,
    /// Unit of its values.
    pub unit: Option<String>,
    /// A name of one's own.
    pub key: Option<String>,
    /// Whether it still counts.
    pub state: Life,
    /// Key results that are meant to improve it.
    pub improved_by: BTreeSet<KeyResultId>,
    /// Its readings by the events that made them.
    pub readings: BTreeMap<EventId, KpiReading>,
    /// Who set what.
    pub provenance: Provenance,
}

/// A reading of a KPI as it stands, corrections applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KpiReading {
    /// The value.
    pub value: Decimal,
    /// The date that it speaks of.
    pub effective: Date,
    /// A word on it.
    pub note: Option<String>,
    /// Whether it counts, or was taken back.
    pub state: NoteState,
    /// Who set what.
    pub provenance: Provenance,
}

impl Kpi {
    /// Whether it still counts.
    #[must_use]
    pub const fn is_live(&self) -> bool {
        matches!(self.state, Life::Active)
    }

    /// The readings that count, by the date that they speak of, then by log position.
    #[must_use]
    pub fn curve(&self) -> Vec<(EventId, &KpiReading)> {
        let mut standing: Vec<_> = self
            .readings
            .iter()
            .filter(|(_, reading)| reading.state == NoteState::Shown)
            .map(|(id, reading)| (*id, reading))
            .collect();
        standing.sort_by_key(|(_, reading)| reading.place());
        standing
    }

    /// The reading that holds at the end of the day `on`.
    #[must_use]
    pub fn latest(&self, on: Date) -> Option<&KpiReading> {
        self.readings
            .values()
            .filter(|reading| reading.state == NoteState::Shown && reading.effective <= on)
            .max_by_key(|reading| reading.place())
    }
}

impl KpiReading {
    /// Where it stands among readings and check-ins: by date, then by log position.
    #[must_use]
    pub const fn place(&self) -> (Date, u64) {
        (self.effective, self.provenance.created.seq)
    }
}

impl Editable for Kpi {
    stamped_by_provenance!();

    fn get(&self, field: &Field) -> Option<Value> {
        Some(match field {
            Field::Title => Value::Text(self.title.clone()),
            Field::Description => Value::text(self.description.as_deref()),
            Field::Owner => Value::reference(self.owner.map(Subject::Member)),
            Field::Team => Value::reference(self.team.map(Subject::Team)),
            Field::Direction => Value::Text(self.direction.word().to_owned()),
            Field::Target => Value::number(self.target),
            Field::Unit => Value::text(self.unit.as_deref()),
            Field::Key => Value::text(self.key.as_deref()),
            Field::State => Value::Text(self.state.word().to_owned()),
            _ => return None,
        })
    }

    fn set(&mut self, field: &Field, value: &Value) -> Result<(), Misfit> {
        match field {
            Field::Title => self.title = text(field, value)?,
            Field::Description => self.description = optional_text(field, value)?,
            Field::Owner => self.owner = optional_reference!(field, value, Member, "a member")?,
            Field::Team => self.team = optional_reference!(field, value, Team, "a team")?,
            Field::Direction => self.direction = word(field, value)?,
            Field::Target => self.target = optional_number(field, value)?,
            Field::Unit => self.unit = optional_text(field, value)?,
            Field::Key => self.key = optional_text(field, value)?,
            Field::State => self.state = word(field, value)?,
            _ => return Err(no_such_field("KPI", field)),
        }
        Ok(())
    }
}

impl Editable for KpiReading {
    stamped_by_provenance!();

    fn get(&self, field: &Field) -> Option<Value> {
        Some(match field {
            Field::Value => Value::Number(self.value),
            Field::Effective => Value::Date(self.effective),
            Field::Text => Value::text(self.note.as_deref()),
            Field::State => Value::Text(self.state.word().to_owned()),
            _ => return None,
        })
    }

    fn set(&mut self, field: &Field, value: &Value) -> Result<(), Misfit> {
        match field {
            Field::Value => self.value = number(field, value)?,
            Field::Effective => self.effective = date(field, value)?,
            Field::Text => self.note = optional_text(field, value)?,
            Field::State => self.state = word(field, value)?,
            _ => return Err(no_such_field("reading", field)),
        }
        Ok(())
    }
}
