//! Values of fields as clients write them.

use quarterdeck_core::calendar::Date;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::refusal::Refusal;
use quarterdeck_core::state::State;
use quarterdeck_core::token::MetricKind;
use quarterdeck_core::value::{Field, Measure, Milestone, Subject, Value};

use crate::lookup::Lookup;

/// Reads the value of a field of `subject`; no text clears the field.
pub(super) fn read(
    state: &State,
    lookup: &Lookup<'_>,
    subject: Subject,
    field: &Field,
    text: Option<&str>,
) -> Result<Value, Refusal> {
    let Some(text) = text else {
        return Ok(Value::None);
    };
    Ok(match field {
        Field::FiscalYearStart
        | Field::Baseline
        | Field::Target
        | Field::Low
        | Field::High
        | Field::Certainty
        | Field::Weight
        | Field::Rank
        | Field::Confidence
        | Field::Projection
        | Field::Quantity
        | Field::Total
        | Field::Rate => Value::Number(number(field.word(), text)?),
        Field::Starts | Field::Ends | Field::Effective | Field::Due => {
            Value::Date(date(field.word(), text)?)
        }
        Field::MonthWeights => Value::Numbers(
            text.split(',')
                .map(|part| number(field.word(), part.trim()))
                .collect::<Result<_, _>>()?,
        ),
        Field::KeyResult => Value::Ref(Subject::KeyResult(lookup.key_result(text)?)),
        Field::Kpi => Value::Ref(Subject::Kpi(lookup.kpi(text)?)),
        Field::Initiative => Value::Ref(Subject::Initiative(lookup.initiative(text)?)),
        Field::Owner | Field::Member => Value::Ref(Subject::Member(lookup.member(text)?)),
        Field::Team => Value::Ref(Subject::Team(lookup.team(text)?)),
        Field::Cycle => Value::Ref(Subject::Cycle(lookup.cycle(text)?)),
        Field::Parent => Value::Ref(match subject {
            Subject::Team(_) => Subject::Team(lookup.team(text)?),
            _ => Subject::Cycle(lookup.cycle(text)?),
        }),
        Field::Supports => Value::Ref(lookup.objective_or_key_result(text)?),
        Field::Milestones => Value::Milestones(milestones(text)?),
        Field::Value if matches!(subject, Subject::Reading(..)) => {
            Value::Number(number("value", text)?)
        }
        Field::Value => Value::Measure(measure(state, subject, text)?),
        _ => Value::Text(text.to_owned()),
    })
}

pub(super) fn number(field: &str, text: &str) -> Result<Decimal, Refusal> {
    text.parse()
        .map_err(|error| Refusal::invalid(format!("'{text}' is no number for '{field}': {error}.")))
}

pub(super) fn date(field: &str, text: &str) -> Result<Date, Refusal> {
    text.parse().map_err(|_| {
        Refusal::invalid(format!("'{text}' is no date for '{field}'."))
            .hint("write it as year, month and day: 2026-08-21")
    })
}

/// `draft,pilot:2,live:3`: names with their weights, 1 where none is given.
fn milestones(text: &str) -> Result<Vec<Milestone>, Refusal> {
    let step = |part: &str| {
        let (name, weight) = match part.rsplit_once(':') {
            Some((name, weight)) => (name, number("milestones", weight)?),
            None => (part, Decimal::ONE),
        };
        Ok(Milestone {
            name: name.trim().to_owned(),
            weight,
        })
    };
    text.split(',').map(step).collect()
}

/// A measurement as the key result's kind takes it: a number, `+3` or `-3` for a change where
/// numbers cannot be below zero as a matter of course, `done`, or a milestone's name.
fn measure(state: &State, subject: Subject, text: &str) -> Result<Measure, Refusal> {
    let kind = match subject {
        Subject::CheckIn(key_result, _) => state
            .key_results
            .get(&key_result)
            .map(|found| found.metric.kind),
        _ => None,
    };
    Ok(match kind {
        Some(MetricKind::Milestones) => match text.strip_prefix("not ") {
            Some(name) => Measure::Step {
                name: name.to_owned(),
                done: false,
            },
            None => Measure::Step {
                name: text.to_owned(),
                done: true,
            },
        },
        Some(MetricKind::Binary) => match text {
            "done" => Measure::Done(true),
            "not done" => Measure::Done(false),
            other => {
                let message = format!("'{other}' is neither 'done' nor 'not done'.");
                return Err(Refusal::invalid(message));
            }
        },
        _ if text.starts_with(['+', '-']) => {
            let unsigned = text.strip_prefix('+').unwrap_or(text);
            Measure::Delta(number("value", unsigned)?)
        }
        _ => Measure::Absolute(number("value", text)?),
    })
}
