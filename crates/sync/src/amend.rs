//! A command that was refused, turned back into what somebody wanted, with some of it put otherwise.

use quarterdeck_core::calendar::Date;
use quarterdeck_core::decide::Command;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::{Body, CheckedIn, KeyResultAdded, ObjectiveDrafted};
use quarterdeck_core::refusal::Refusal;
use quarterdeck_core::value::{Field, Measure, Subject, Value};

use crate::command::PendingCommand;

/// What the command wanted, each field in `set` replaced wherever the command has it.
///
/// # Errors
/// When no part of the command has one of the fields, or the value does not fit it.
pub fn commands(command: &PendingCommand, set: &[(Field, Value)]) -> Result<Vec<Command>, Refusal> {
    let mut bodies: Vec<Body> = command
        .events()
        .map(|event| event.event.body.clone())
        .collect();
    for (field, value) in set {
        let mut found = false;
        for body in &mut bodies {
            found |= put(body, field, value)?;
        }
        if !found {
            return Err(
                Refusal::invalid(format!("The command has no field '{field}'."))
                    .hint("see what it says with `okr outbox`, or drop it and give another"),
            );
        }
    }
    Ok(bodies.into_iter().map(wanted).collect())
}

/// Edits are decided anew, against the values that stand now.
fn wanted(body: Body) -> Command {
    match body {
        Body::Edited { subject, changes } => Command::Edit {
            subject,
            set: changes
                .into_iter()
                .map(|change| (change.field, change.to))
                .collect(),
        },
        Body::ConflictResolved {
            subject, field, to, ..
        } => Command::Resolve { subject, field, to },
        other => Command::Record(other),
    }
}

/// Sets a field of a body; `false` where it has none of that name.
fn put(body: &mut Body, field: &Field, value: &Value) -> Result<bool, Refusal> {
    match body {
        Body::Edited { changes, .. } => {
            let change = changes.iter_mut().find(|change| change.field == *field);
            Ok(change.map(|change| change.to = value.clone()).is_some())
        }
        Body::ConflictResolved {
            field: about, to, ..
        } if about == field => {
            *to = value.clone();
            Ok(true)
        }
        Body::CheckedIn(made) => put_check_in(made, field, value),
        Body::ObjectiveDrafted(drafted) => put_objective(drafted, field, value),
        Body::KeyResultAdded(added) => put_key_result(added, field, value),
        Body::NoteAdded { text: old, .. } if *field == Field::Text => {
            *old = text(field, value)?;
            Ok(true)
        }
        _ => Ok(false),
    }
}

fn put_check_in(made: &mut CheckedIn, field: &Field, value: &Value) -> Result<bool, Refusal> {
    match field {
        Field::Value => made.measure = measure(field, value)?,
        Field::Effective => made.effective = date(field, value)?,
        Field::Confidence => made.confidence = optional(field, value, number)?,
        Field::Projection => made.projection = optional(field, value, number)?,
        Field::Text => made.note = optional(field, value, text)?,
        _ => return Ok(false),
    }
    Ok(true)
}

fn put_objective(
    drafted: &mut ObjectiveDrafted,
    field: &Field,
    value: &Value,
) -> Result<bool, Refusal> {
    match field {
        Field::Title => drafted.title = text(field, value)?,
        Field::Description => drafted.description = optional(field, value, text)?,
        Field::Key => drafted.key = optional(field, value, text)?,
        Field::Supports => drafted.supports = optional(field, value, subject)?,
        Field::Owner => {
            drafted.owner = match optional(field, value, subject)? {
                None => None,
                Some(Subject::Member(member)) => Some(member),
                Some(_) => return Err(misfit(field, "a member")),
            }
        }
        Field::Team => {
            drafted.team = match optional(field, value, subject)? {
                None => None,
                Some(Subject::Team(team)) => Some(team),
                Some(_) => return Err(misfit(field, "a team")),
            }
        }
        Field::Cycle => {
            drafted.cycle = match subject(field, value)? {
                Subject::Cycle(cycle) => cycle,
                _ => return Err(misfit(field, "a cycle")),
            }
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn put_key_result(
    added: &mut KeyResultAdded,
    field: &Field,
    value: &Value,
) -> Result<bool, Refusal> {
    match field {
        Field::Title => added.title = text(field, value)?,
        Field::Key => added.key = optional(field, value, text)?,
        Field::Unit => added.metric.unit = optional(field, value, text)?,
        Field::Baseline => added.metric.baseline = optional(field, value, number)?,
        Field::Target => added.metric.target = optional(field, value, number)?,
        Field::Low => added.metric.low = optional(field, value, number)?,
        Field::High => added.metric.high = optional(field, value, number)?,
        Field::Weight => added.weight = number(field, value)?,
        Field::Certainty => added.certainty = optional(field, value, number)?,
        Field::Owner => {
            added.owner = match optional(field, value, subject)? {
                None => None,
                Some(Subject::Member(member)) => Some(member),
                Some(_) => return Err(misfit(field, "a member")),
            }
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn misfit(field: &Field, wanted: &str) -> Refusal {
    Refusal::invalid(format!("The field '{field}' takes {wanted}."))
}

fn optional<T>(
    field: &Field,
    value: &Value,
    read: impl Fn(&Field, &Value) -> Result<T, Refusal>,
) -> Result<Option<T>, Refusal> {
    if value.is_none() {
        Ok(None)
    } else {
        read(field, value).map(Some)
    }
}

fn text(field: &Field, value: &Value) -> Result<String, Refusal> {
    match value {
        Value::Text(text) => Ok(text.clone()),
        _ => Err(misfit(field, "a text")),
    }
}

fn number(field: &Field, value: &Value) -> Result<Decimal, Refusal> {
    match value {
        Value::Number(number) => Ok(*number),
        _ => Err(misfit(field, "a number")),
    }
}

fn date(field: &Field, value: &Value) -> Result<Date, Refusal> {
    match value {
        Value::Date(date) => Ok(*date),
        _ => Err(misfit(field, "a date")),
    }
}

fn subject(field: &Field, value: &Value) -> Result<Subject, Refusal> {
    match value {
        Value::Ref(subject) => Ok(*subject),
        _ => Err(misfit(field, "a reference")),
    }
}

fn measure(field: &Field, value: &Value) -> Result<Measure, Refusal> {
    match value {
        Value::Measure(measure) => Ok(measure.clone()),
        Value::Number(number) => Ok(Measure::Absolute(*number)),
        _ => Err(misfit(field, "a measurement")),
    }
}
