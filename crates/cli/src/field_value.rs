//! Reading the value of a named field: what `okr resolve --take` and `okr outbox amend` are given.

use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::value::{Field, Subject, Value};

use crate::error::Failure;
use crate::parse;
use crate::session::Session;

/// The value that a text means for a field of a thing; `none` clears it.
///
/// # Errors
/// The text does not fit the field.
pub(crate) fn read(
    session: &Session<'_>,
    subject: Subject,
    field: &Field,
    text: &str,
) -> Result<Value, Failure> {
    if text.eq_ignore_ascii_case("none") {
        return Ok(Value::None);
    }
    let resolver = session.resolver();
    let number = |text: &str| {
        text.parse::<Decimal>()
            .map(Value::Number)
            .map_err(|error| Failure::usage(format!("'{text}' is no {field}: {error}.")))
    };
    Ok(match field {
        Field::Baseline
        | Field::Target
        | Field::Low
        | Field::High
        | Field::Weight
        | Field::Rank
        | Field::Confidence
        | Field::Projection
        | Field::Quantity
        | Field::Total
        | Field::Rate
        | Field::FiscalYearStart => number(text)?,
        Field::Starts | Field::Ends | Field::Effective | Field::Due => {
            Value::Date(parse::day(text, session.today())?)
        }
        Field::Certainty => Value::Number(
            parse::certainty(text).map_err(|error| Failure::usage(format!("{error}.")))?,
        ),
        Field::MonthWeights => Value::Numbers(parse::numbers(text).map_err(Failure::usage)?),
        Field::KeyResult => Value::Ref(Subject::KeyResult(resolver.key_result(text)?)),
        Field::Kpi => Value::Ref(Subject::Kpi(resolver.kpi(text)?)),
        Field::Initiative => Value::Ref(Subject::Initiative(resolver.initiative(text)?)),
        Field::Owner | Field::Member => {
            Value::Ref(Subject::Member(resolver.member(text, session.me())?))
        }
        Field::Team => Value::Ref(Subject::Team(resolver.team(text)?)),
        Field::Cycle => Value::Ref(Subject::Cycle(resolver.cycle(text)?)),
        Field::Supports => Value::Ref(resolver.goal(text)?),
        Field::Parent => Value::Ref(match subject {
            Subject::Cycle(_) => Subject::Cycle(resolver.cycle(text)?),
            _ => Subject::Team(resolver.team(text)?),
        }),
        Field::Milestones => Value::Milestones(parse::milestones(text).map_err(Failure::usage)?.0),
        Field::Value => match subject {
            Subject::Reading(..) => number(text)?,
            Subject::KeyResult(id) | Subject::CheckIn(id, _) => {
                Value::Measure(parse::measure(text, session.metric(id)?)?)
            }
            _ => {
                return Err(Failure::usage(format!(
                    "A {} has no value.",
                    subject.noun()
                )));
            }
        },
        _ => Value::Text(text.to_owned()),
    })
}
