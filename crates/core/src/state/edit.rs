//! Fields of entities by name: what edits, conflicts, undo and blame share.

use std::str::FromStr;
use std::sync::Arc;

use super::{Initiative, KeyResult, Kpi, Note, Objective, Stamp, State, Todo, Weekly};
use crate::calendar::Date;
use crate::decimal::Decimal;
use crate::token::UnknownToken;
use crate::value::{Field, Measure, Milestone, Subject, Value};

/// Why a field could not be set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// The entity has no such field.
    #[error("a {noun} has no field '{field}'")]
    NoSuchField {
        /// What the entity is.
        noun: &'static str,
        /// The field.
        field: String,
    },
    /// The value is of the wrong sort.
    #[error("'{field}' wants {wanted}")]
    WrongSort {
        /// The field.
        field: String,
        /// What would do.
        wanted: &'static str,
    },
    /// The value is no word of the field's vocabulary.
    #[error(transparent)]
    Unknown(#[from] UnknownToken),
}

/// Something whose fields can be read and set by name.
pub(crate) trait Editable {
    fn get(&self, field: &Field) -> Option<Value>;
    fn set(&mut self, field: &Field, value: &Value) -> Result<(), Misfit>;
    fn stamp(&self, field: &Field) -> Stamp;
    fn restamp(&mut self, field: &Field, stamp: Stamp);
}

/// Implements the half of [`Editable`] that is the same for whatever has a [`Provenance`].
macro_rules! stamped_by_provenance {
    () => {
        fn stamp(&self, field: &$crate::value::Field) -> $crate::state::Stamp {
            *self.provenance.of(field)
        }
        fn restamp(&mut self, field: &$crate::value::Field, stamp: $crate::state::Stamp) {
            self.provenance.edited.insert(field.clone(), stamp);
        }
    };
}
pub(crate) use stamped_by_provenance;

pub(crate) fn no_such_field(noun: &'static str, field: &Field) -> Misfit {
    Misfit::NoSuchField {
        noun,
        field: field.word().to_owned(),
    }
}

fn wrong(field: &Field, wanted: &'static str) -> Misfit {
    Misfit::WrongSort {
        field: field.word().to_owned(),
        wanted,
    }
}

pub(crate) fn text(field: &Field, value: &Value) -> Result<String, Misfit> {
    match value {
        Value::Text(text) => Ok(text.clone()),
        _ => Err(wrong(field, "a text")),
    }
}

pub(crate) fn optional_text(field: &Field, value: &Value) -> Result<Option<String>, Misfit> {
    match value {
        Value::None => Ok(None),
        other => text(field, other).map(Some),
    }
}

pub(crate) fn number(field: &Field, value: &Value) -> Result<Decimal, Misfit> {
    match value {
        Value::Number(number) => Ok(*number),
        _ => Err(wrong(field, "a number")),
    }
}

pub(crate) fn optional_number(field: &Field, value: &Value) -> Result<Option<Decimal>, Misfit> {
    match value {
        Value::None => Ok(None),
        other => number(field, other).map(Some),
    }
}

pub(crate) fn date(field: &Field, value: &Value) -> Result<Date, Misfit> {
    match value {
        Value::Date(date) => Ok(*date),
        _ => Err(wrong(field, "a date")),
    }
}

pub(crate) fn optional_date(field: &Field, value: &Value) -> Result<Option<Date>, Misfit> {
    match value {
        Value::None => Ok(None),
        other => date(field, other).map(Some),
    }
}

pub(crate) fn numbers(field: &Field, value: &Value) -> Result<Vec<Decimal>, Misfit> {
    match value {
        Value::None => Ok(Vec::new()),
        Value::Numbers(numbers) => Ok(numbers.clone()),
        _ => Err(wrong(field, "a list of numbers")),
    }
}

/// What an objective or an initiative supports.
pub(crate) fn supported(field: &Field, value: &Value) -> Result<Option<Subject>, Misfit> {
    match value {
        Value::None => Ok(None),
        Value::Ref(above @ (Subject::Objective(_) | Subject::KeyResult(_))) => Ok(Some(*above)),
        _ => Err(wrong(field, "an objective or a key result")),
    }
}

pub(crate) fn word<T>(field: &Field, value: &Value) -> Result<T, Misfit>
where
    T: FromStr<Err = UnknownToken>,
{
    match value {
        Value::Text(word) => Ok(word.parse()?),
        _ => Err(wrong(field, "a word")),
    }
}

pub(crate) fn optional_word<T>(field: &Field, value: &Value) -> Result<Option<T>, Misfit>
where
    T: FromStr<Err = UnknownToken>,
{
    match value {
        Value::None => Ok(None),
        other => word(field, other).map(Some),
    }
}

/// A whole number in a range, such as a month or a rank.
pub(crate) fn whole(field: &Field, value: &Value) -> Result<u32, Misfit> {
    number(field, value)?
        .to_u32()
        .ok_or_else(|| wrong(field, "a whole number"))
}

pub(crate) fn measure(field: &Field, value: &Value) -> Result<Measure, Misfit> {
    match value {
        Value::Measure(measure) => Ok(measure.clone()),
        _ => Err(wrong(field, "a measurement")),
    }
}

pub(crate) fn milestones(field: &Field, value: &Value) -> Result<Vec<Milestone>, Misfit> {
    match value {
        Value::Milestones(steps) => Ok(steps.clone()),
        Value::None => Ok(Vec::new()),
        _ => Err(wrong(field, "a list of milestones")),
    }
}

/// A reference to one kind of entity, or to none.
macro_rules! optional_reference {
    ($field:expr, $value:expr, $variant:ident, $wanted:literal) => {
        match $value {
            $crate::value::Value::None => Ok(None),
            $crate::value::Value::Ref($crate::value::Subject::$variant(id)) => Ok(Some(*id)),
            _ => Err($crate::state::edit::Misfit::WrongSort {
                field: $field.word().to_owned(),
                wanted: $wanted,
            }),
        }
    };
}
pub(crate) use optional_reference;

impl State {
    /// The present value of a field; none where entity or field do not exist.
    #[must_use]
    pub fn get(&self, subject: Subject, field: &Field) -> Option<Value> {
        self.editable(subject)?.get(field)
    }

    /// Which event set the present value of a field.
    #[must_use]
    pub fn stamp(&self, subject: Subject, field: &Field) -> Option<Stamp> {
        self.editable(subject).map(|entity| entity.stamp(field))
    }

    pub(crate) fn editable(&self, subject: Subject) -> Option<&dyn Editable> {
        Some(match subject {
            Subject::Workspace => self.workspace.as_ref()?,
            Subject::Member(id) => self.members.get(&id)?,
            Subject::Team(id) => self.teams.get(&id)?,
            Subject::Cycle(id) => self.cycles.get(&id)?,
            Subject::Objective(id) => &**self.objectives.get(&id)?,
            Subject::KeyResult(id) => &**self.key_results.get(&id)?,
            Subject::CheckIn(key_result, id) => {
                self.key_results.get(&key_result)?.check_ins.get(id)?
            }
            Subject::Note(id) => &**self.notes.get(&id)?,
            Subject::Kpi(id) => &**self.kpis.get(&id)?,
            Subject::Reading(kpi, id) => self.kpis.get(&kpi)?.readings.get(&id)?,
            Subject::Initiative(id) => &**self.initiatives.get(&id)?,
            Subject::Todo(id) => &**self.todos.get(&id)?,
            Subject::Weekly(id) => &**self.weeklies.get(&id)?,
            Subject::Template(id) => self.templates.get(&id)?,
            Subject::Funnel(id) => self.funnels.get(&id)?,
            Subject::Incentive(id) => self.incentives.get(&id)?,
        })
    }

    /// Runs `edit` on the entity, if it exists.
    pub(crate) fn edit_with<R>(
        &mut self,
        subject: Subject,
        edit: impl FnOnce(&mut dyn Editable) -> R,
    ) -> Option<R> {
        Some(match subject {
            Subject::Workspace => edit(self.workspace.as_mut()?),
            Subject::Member(id) => edit(self.members.get_mut(&id)?),
            Subject::Team(id) => edit(self.teams.get_mut(&id)?),
            Subject::Cycle(id) => edit(self.cycles.get_mut(&id)?),
            Subject::Objective(id) => {
                let found: &mut Objective = Arc::make_mut(self.objectives.get_mut(&id)?);
                edit(found)
            }
            Subject::KeyResult(id) => {
                let found: &mut KeyResult = self.key_results.get_mut(&id)?.make_mut();
                edit(found)
            }
            Subject::CheckIn(key_result, id) => {
                let key_result = self.key_results.get_mut(&key_result)?.make_mut();
                return key_result
                    .check_ins
                    .edit_with(id, |check_in| edit(check_in));
            }
            Subject::Note(id) => {
                let found: &mut Note = self.notes.get_mut(&id)?.make_mut();
                edit(found)
            }
            Subject::Kpi(id) => {
                let found: &mut Kpi = Arc::make_mut(self.kpis.get_mut(&id)?);
                edit(found)
            }
            Subject::Reading(kpi, id) => {
                let kpi = Arc::make_mut(self.kpis.get_mut(&kpi)?);
                edit(kpi.readings.get_mut(&id)?)
            }
            Subject::Initiative(id) => {
                let found: &mut Initiative = Arc::make_mut(self.initiatives.get_mut(&id)?);
                edit(found)
            }
            Subject::Todo(id) => {
                let found: &mut Todo = Arc::make_mut(self.todos.get_mut(&id)?);
                edit(found)
            }
            Subject::Weekly(id) => {
                let found: &mut Weekly = Arc::make_mut(self.weeklies.get_mut(&id)?);
                edit(found)
            }
            Subject::Template(id) => edit(self.templates.get_mut(&id)?),
            Subject::Funnel(id) => edit(self.funnels.get_mut(&id)?),
            Subject::Incentive(id) => edit(self.incentives.get_mut(&id)?),
        })
    }
}
