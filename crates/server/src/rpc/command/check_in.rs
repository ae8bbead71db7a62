//! Measuring a key result.

use quarterdeck_core::calendar::{TimeZone, Timestamp};
use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{Body, CheckedIn};
use quarterdeck_core::refusal::Refusal;
use quarterdeck_core::state::State;
use quarterdeck_core::value::Measure;
use quarterdeck_proto::v1::{self, measure};

use super::given;
use crate::lookup::Lookup;
use crate::rpc::value::{date, number};

pub(super) fn decide(
    state: &State,
    request: &v1::CheckInRequest,
    now: Timestamp,
) -> Result<Vec<Command>, Refusal> {
    let today = || match &state.workspace {
        Some(workspace) => workspace.date_of(now),
        None => TimeZone::utc().date_of(now),
    };
    let made = CheckedIn {
        key_result: Lookup::new(state).key_result(&request.key_result)?,
        measure: measure(request.measure.as_ref())?,
        effective: given(&request.effective)
            .map_or_else(|| Ok(today()), |text| date("effective", text))?,
        confidence: given(&request.confidence)
            .map(|text| number("confidence", text))
            .transpose()?,
        projection: given(&request.projection)
            .map(|text| number("projection", text))
            .transpose()?,
        note: given(&request.note).map(str::to_owned),
    };
    Ok(vec![Command::Record(Body::CheckedIn(made))])
}

fn measure(measure: Option<&v1::Measure>) -> Result<Measure, Refusal> {
    use measure::Measure as Wire;
    let measure = measure.and_then(|measure| measure.measure.as_ref());
    Ok(match measure {
        Some(Wire::Absolute(text)) => Measure::Absolute(number("measure", text)?),
        Some(Wire::Delta(text)) => Measure::Delta(number("measure", text)?),
        Some(Wire::Step(step)) => Measure::Step {
            name: step.name.clone(),
            done: step.done,
        },
        Some(Wire::Done(done)) => Measure::Done(*done),
        None => {
            let refusal = Refusal::invalid("The check-in says nothing that was measured.");
            return Err(refusal.hint("set measure: a value, a change, a milestone, or done"));
        }
    })
}
