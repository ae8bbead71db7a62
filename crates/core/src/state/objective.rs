//! Objectives: what is to be achieved, in words.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::edit::{
    Editable, Misfit, no_such_field, optional_reference, optional_text, stamped_by_provenance,
    supported, text, word,
};
use super::{Provenance, Stamp};
use crate::id::{CycleId, MemberId, ObjectiveId, TeamId};
use crate::token::{ObjectiveKind, ObjectiveState, Switch};
use crate::value::{Field, Subject, Value};

/// What is to be achieved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Objective {
    /// Title in words.
    pub title: String,
    /// Longer description.
    pub description: Option<String>,
    /// Its cycle.
    pub cycle: CycleId,
    /// Owning member.
    pub owner: Option<MemberId>,
    /// Owning team.
    pub team: Option<TeamId>,
    /// Committed or aspirational.
    pub kind: ObjectiveKind,
    /// The objective or key result that it supports.
    pub supports: Option<Subject>,
    /// A name of one's own.
    pub key: Option<String>,
    /// Where it stands in its life.
    pub state: ObjectiveState,
    /// Why it was deferred or dropped; none while it counts.
    pub set_aside: Option<String>,
    /// The earlier objective that it was carried over from.
    pub carried_from: Option<ObjectiveId>,
    /// Whether it is carried from cycle to cycle.
    pub standing: Switch,
    /// Codes of the lint's findings that are not shown for it.
    pub silenced: BTreeSet<String>,
    /// Who was asked to agree, and when each did.
    pub sign_offs: BTreeMap<MemberId, Option<Stamp>>,
    /// Who set what.
    pub provenance: Provenance,
}

impl Objective {
    /// Whether it counts: neither deferred, dropped nor withdrawn.
    #[must_use]
    pub const fn is_live(&self) -> bool {
        matches!(
            self.state,
            ObjectiveState::Draft | ObjectiveState::Agreed | ObjectiveState::Active
        )
    }

    /// Whether all who were asked have agreed.
    #[must_use]
    pub fn all_signed(&self) -> bool {
        !self.sign_offs.is_empty() && self.sign_offs.values().all(Option::is_some)
    }
}

impl Editable for Objective {
    stamped_by_provenance!();

    fn get(&self, field: &Field) -> Option<Value> {
        Some(match field {
            Field::Title => Value::Text(self.title.clone()),
            Field::Description => Value::text(self.description.as_deref()),
            Field::Cycle => Value::Ref(Subject::Cycle(self.cycle)),
            Field::Owner => Value::reference(self.owner.map(Subject::Member)),
            Field::Team => Value::reference(self.team.map(Subject::Team)),
            Field::Kind => Value::Text(self.kind.word().to_owned()),
            Field::Supports => Value::reference(self.supports),
            Field::Key => Value::text(self.key.as_deref()),
            Field::State => Value::Text(self.state.word().to_owned()),
            Field::Standing => Value::Text(self.standing.word().to_owned()),
            _ => return None,
        })
    }

    fn set(&mut self, field: &Field, value: &Value) -> Result<(), Misfit> {
        match field {
            Field::Title => self.title = text(field, value)?,
            Field::Description => self.description = optional_text(field, value)?,
            Field::Cycle => {
                let cycle: Option<CycleId> = optional_reference!(field, value, Cycle, "a cycle")?;
                self.cycle = cycle.ok_or_else(|| Misfit::WrongSort {
                    field: field.word().to_owned(),
                    wanted: "a cycle",
                })?;
            }
            Field::Owner => self.owner = optional_reference!(field, value, Member, "a member")?,
            Field::Team => self.team = optional_reference!(field, value, Team, "a team")?,
            Field::Kind => self.kind = word(field, value)?,
            Field::Supports => self.supports = supported(field, value)?,
            Field::Standing => self.standing = word(field, value)?,
            Field::Key => self.key = optional_text(field, value)?,
            Field::State => self.state = word(field, value)?,
            _ => return Err(no_such_field("objective", field)),
        }
        Ok(())
    }
}
