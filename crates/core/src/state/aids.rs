//! Aids that a workspace keeps for its practice: templates, funnels, and the metrics of an
//! incentive plan.

use serde::{Deserialize, Serialize};

use super::Provenance;
use super::edit::{
    Editable, Misfit, no_such_field, optional_reference, stamped_by_provenance, text, word,
};
use crate::event::Stage;
use crate::id::{KeyResultId, MemberId};
use crate::token::Life;
use crate::value::{Field, Subject, Value};

/// Objectives and key results to begin from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// What it is for.
    pub name: String,
    /// Its text, in the Markdown that import and export share.
    pub document: String,
    /// Whether it is offered.
    pub state: Life,
    /// Who set what.
    pub provenance: Provenance,
}

/// Stages from the first contact to the outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Funnel {
    /// Its name.
    pub name: String,
    /// Its stages in order.
    pub stages: Vec<Stage>,
    /// The key result that its outcome is.
    pub key_result: Option<KeyResultId>,
    /// Whether it still counts.
    pub state: Life,
    /// Who set what.
    pub provenance: Provenance,
}

/// A metric of an incentive plan. It ties no grade to pay: it says what the plan looks at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incentive {
    /// What the plan rewards.
    pub title: String,
    /// The key result that covers it.
    pub key_result: Option<KeyResultId>,
    /// Whom the plan rewards.
    pub member: Option<MemberId>,
    /// Whether it still counts.
    pub state: Life,
    /// Who set what.
    pub provenance: Provenance,
}

impl Editable for Template {
    stamped_by_provenance!();

    fn get(&self, field: &Field) -> Option<Value> {
        Some(match field {
            Field::Name => Value::Text(self.name.clone()),
            Field::Document => Value::Text(self.document.clone()),
            Field::State => Value::Text(self.state.word().to_owned()),
            _ => return None,
        })
    }

    fn set(&mut self, field: &Field, value: &Value) -> Result<(), Misfit> {
        match field {
            Field::Name => self.name = text(field, value)?,
            Field::Document => self.document = text(field, value)?,
            Field::State => self.state = word(field, value)?,
            _ => return Err(no_such_field("template", field)),
        }
        Ok(())
    }
}

impl Editable for Funnel {
    stamped_by_provenance!();

    fn get(&self, field: &Field) -> Option<Value> {
        Some(match field {
            Field::Name => Value::Text(self.name.clone()),
            Field::KeyResult => Value::reference(self.key_result.map(Subject::KeyResult)),
            Field::State => Value::Text(self.state.word().to_owned()),
            _ => return None,
        })
    }

    fn set(&mut self, field: &Field, value: &Value) -> Result<(), Misfit> {
        match field {
            Field::Name => self.name = text(field, value)?,
            Field::KeyResult => {
                self.key_result = optional_reference!(field, value, KeyResult, "a key result")?;
            }
            Field::State => self.state = word(field, value)?,
            _ => return Err(no_such_field("funnel", field)),
        }
        Ok(())
    }
}

impl Editable for Incentive {
    stamped_by_provenance!();

    fn get(&self, field: &Field) -> Option<Value> {
        Some(match field {
            Field::Title => Value::Text(self.title.clone()),
            Field::KeyResult => Value::reference(self.key_result.map(Subject::KeyResult)),
            Field::Member => Value::reference(self.member.map(Subject::Member)),
            Field::State => Value::Text(self.state.word().to_owned()),
            _ => return None,
        })
    }

    fn set(&mut self, field: &Field, value: &Value) -> Result<(), Misfit> {
        match field {
            Field::Title => self.title = text(field, value)?,
            Field::KeyResult => {
                self.key_result = optional_reference!(field, value, KeyResult, "a key result")?;
            }
            Field::Member => self.member = optional_reference!(field, value, Member, "a member")?,
            Field::State => self.state = word(field, value)?,
            _ => return Err(no_such_field("incentive", field)),
        }
        Ok(())
    }
}
