//! The workspace and its settings.

use serde::{Deserialize, Serialize};

use super::Provenance;
use super::edit::{
    Editable, Misfit, no_such_field, optional_text, stamped_by_provenance, text, whole, word,
};
use crate::calendar::{Date, TimeZone, Timestamp};
use crate::decimal::Decimal;
use crate::id::{DeviceId, WorkspaceId};
use crate::token::Switch;
use crate::value::{Field, Value};

/// One organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workspace {
    /// Its id.
    pub id: WorkspaceId,
    /// Its name.
    pub name: String,
    /// IANA time zone in which its dates are meant.
    pub time_zone: String,
    /// First month of the fiscal year, 1 to 12.
    pub fiscal_year_start: u8,
    /// Mission statement.
    pub mission: Option<String>,
    /// Vision statement.
    pub vision: Option<String>,
    /// Whether incentives are looked at. While off, nothing about them is shown anywhere.
    pub incentives: Switch,
    /// The device whose key signs checkpoints: the server's, or the first one's where there is
    /// no server.
    pub authority: DeviceId,
    /// Whether the authority is a server.
    pub served: bool,
    /// The last position that was kept before there was a server, if one was given later.
    pub adopted_at: Option<u64>,
    /// Who set what.
    pub provenance: Provenance,
}

impl Workspace {
    /// The day on which a moment falls, in the workspace's time zone. An unknown zone, which
    /// no admitted event can set, counts as UTC.
    #[must_use]
    pub fn date_of(&self, moment: Timestamp) -> Date {
        self.zone().date_of(moment)
    }

    /// The workspace's time zone.
    #[must_use]
    pub fn zone(&self) -> TimeZone {
        TimeZone::get(&self.time_zone).unwrap_or_else(|_| TimeZone::utc())
    }
}

impl Editable for Workspace {
    stamped_by_provenance!();

    fn get(&self, field: &Field) -> Option<Value> {
        Some(match field {
            Field::Name => Value::Text(self.name.clone()),
            Field::TimeZone => Value::Text(self.time_zone.clone()),
            Field::FiscalYearStart => {
                Value::Number(Decimal::from(u32::from(self.fiscal_year_start)))
            }
            Field::Mission => Value::text(self.mission.as_deref()),
            Field::Vision => Value::text(self.vision.as_deref()),
            Field::Incentives => Value::Text(self.incentives.word().to_owned()),
            _ => return None,
        })
    }

    fn set(&mut self, field: &Field, value: &Value) -> Result<(), Misfit> {
        match field {
            Field::Name => self.name = text(field, value)?,
            Field::TimeZone => self.time_zone = text(field, value)?,
            Field::FiscalYearStart => {
                self.fiscal_year_start = u8::try_from(whole(field, value)?)
                    .ok()
                    .filter(|month| (1..=12).contains(month))
                    .ok_or_else(|| Misfit::WrongSort {
                        field: field.word().to_owned(),
                        wanted: "a month, 1 to 12",
                    })?;
            }
            Field::Mission => self.mission = optional_text(field, value)?,
            Field::Vision => self.vision = optional_text(field, value)?,
            Field::Incentives => self.incentives = word(field, value)?,
            _ => return Err(no_such_field("workspace", field)),
        }
        Ok(())
    }
}
