//! Teams: a tree of company, departments and teams.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Provenance;
use super::edit::{
    Editable, Misfit, no_such_field, optional_reference, stamped_by_provenance, text, word,
};
use crate::id::{MemberId, TeamId};
use crate::token::TeamLevel;
use crate::value::{Field, Subject, Value};

/// A unit of the organisation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// Its name.
    pub name: String,
    /// Company, department or team.
    pub level: TeamLevel,
    /// The team above it.
    pub parent: Option<TeamId>,
    /// Who belongs to it.
    pub members: BTreeSet<MemberId>,
    /// Who set what.
    pub provenance: Provenance,
}

impl Editable for Team {
    stamped_by_provenance!();

    fn get(&self, field: &Field) -> Option<Value> {
        Some(match field {
            Field::Name => Value::Text(self.name.clone()),
            Field::Level => Value::Text(self.level.word().to_owned()),
            Field::Parent => Value::reference(self.parent.map(Subject::Team)),
            _ => return None,
        })
    }

    fn set(&mut self, field: &Field, value: &Value) -> Result<(), Misfit> {
        match field {
            Field::Name => self.name = text(field, value)?,
            Field::Level => self.level = word(field, value)?,
            Field::Parent => self.parent = optional_reference!(field, value, Team, "a team")?,
            _ => return Err(no_such_field("team", field)),
        }
        Ok(())
    }
}
