//! Weekly updates: plans, progress and problems of one week.

use serde::{Deserialize, Serialize};

use super::Provenance;
use super::edit::{Editable, Misfit, no_such_field, optional_text, stamped_by_provenance, word};
use crate::calendar::Date;
use crate::id::{MemberId, TeamId};
use crate::token::NoteState;
use crate::value::{Field, Value};

/// What a person, or a team, says of a week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weekly {
    /// Who wrote it.
    pub member: MemberId,
    /// Monday of the week.
    pub week: Date,
    /// The team for which it was written; none where the author speaks for themself.
    pub team: Option<TeamId>,
    /// What is planned.
    pub plans: Option<String>,
    /// What was done.
    pub progress: Option<String>,
    /// What stands in the way.
    pub problems: Option<String>,
    /// Whether it is shown.
    pub state: NoteState,
    /// Who set what.
    pub provenance: Provenance,
}

impl Weekly {
    /// Whether it has not been withdrawn.
    #[must_use]
    pub const fn is_shown(&self) -> bool {
        matches!(self.state, NoteState::Shown)
    }
}

impl Editable for Weekly {
    stamped_by_provenance!();

    fn get(&self, field: &Field) -> Option<Value> {
        Some(match field {
            Field::Plans => Value::text(self.plans.as_deref()),
            Field::Progress => Value::text(self.progress.as_deref()),
            Field::Problems => Value::text(self.problems.as_deref()),
            Field::State => Value::Text(self.state.word().to_owned()),
            _ => return None,
        })
    }

    fn set(&mut self, field: &Field, value: &Value) -> Result<(), Misfit> {
        match field {
            Field::Plans => self.plans = optional_text(field, value)?,
            Field::Progress => self.progress = optional_text(field, value)?,
            Field::Problems => self.problems = optional_text(field, value)?,
            Field::State => self.state = word(field, value)?,
            _ => return Err(no_such_field("weekly update", field)),
        }
        Ok(())
    }
}
