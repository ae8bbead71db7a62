//! Rules for check-ins.

use super::key_result::{key_result, live_key_result, share};
use super::{okr, text};
use crate::calendar::{Date, Timestamp};
use crate::decimal::Decimal;
use crate::event::{CheckedIn, Event};
use crate::id::{EventId, KeyResultId};
use crate::refusal::{Code, Refusal};
use crate::state::{KeyResult, Objective, State};
use crate::token::MetricKind;
use crate::value::Measure;

pub(super) fn checked_in(state: &State, event: &Event, made: &CheckedIn) -> Result<(), Refusal> {
    let (found, above) = live_key_result(state, made.key_result)?;
    measured(
        state,
        found,
        above,
        &Measured {
            measure: &made.measure,
            effective: made.effective,
            confidence: made.confidence,
            projection: made.projection,
            note: made.note.as_deref(),
        },
        Timestamp::from_ms(event.authored.wall),
    )
}

/// What a check-in says, new or corrected.
pub(super) struct Measured<'a> {
    pub(super) measure: &'a Measure,
    pub(super) effective: Date,
    pub(super) confidence: Option<Decimal>,
    pub(super) projection: Option<Decimal>,
    pub(super) note: Option<&'a str>,
}

pub(super) fn measured(
    state: &State,
    found: &KeyResult,
    above: &Objective,
    said: &Measured<'_>,
    authored: Timestamp,
) -> Result<(), Refusal> {
    measure(found, said.measure)?;
    share("confidence", said.confidence)?;
    text::optional_body("note", said.note)?;
    let counts = !matches!(
        found.metric.kind,
        MetricKind::Milestones | MetricKind::Binary
    );
    if said.projection.is_some() && !counts {
        return Err(Refusal::invalid(format!(
            "Key result '{}' is measured by {}; it has no value to project.",
            found.title, found.metric.kind
        ))
        .hint("say how likely it is with -c"));
    }
    let span = okr::cycle(state, above.cycle)?;
    if !span.contains(said.effective) {
        return Err(Refusal::invalid(format!(
            "{} is outside of cycle {}, which goes from {} to {}.",
            said.effective, span.name, span.starts, span.ends
        ))
        .hint("say which day of the cycle you mean with --on"));
    }
    let today = state
        .workspace
        .as_ref()
        .map(|workspace| workspace.date_of(authored));
    if let Some(today) = today
        && said.effective > today
    {
        return Err(Refusal::invalid(format!(
            "{} has not come yet: it is {today} in the workspace's time zone.",
            said.effective
        ))
        .hint("what you expect is a projection: --projection VALUE"));
    }
    Ok(())
}

/// Whether a measurement fits the key result's metric.
fn measure(found: &KeyResult, measure: &Measure) -> Result<(), Refusal> {
    let metric = &found.metric;
    let misfit = |wanted: &str| {
        Err(Refusal::invalid(format!(
            "Key result '{}' is measured by {}; '{measure}' does not fit.",
            found.title, metric.kind
        ))
        .hint(wanted.to_owned()))
    };
    match (metric.kind, measure) {
        (
            MetricKind::Increase | MetricKind::Decrease | MetricKind::Maintain,
            Measure::Absolute(_) | Measure::Delta(_),
        )
        | (MetricKind::Binary, Measure::Done(_)) => Ok(()),
        (MetricKind::Milestones, Measure::Step { name, .. }) => {
            if metric.milestones.iter().any(|step| step.name == *name) {
                return Ok(());
            }
            let steps: Vec<_> = metric
                .milestones
                .iter()
                .map(|step| step.name.as_str())
                .collect();
            misfit(&format!("its steps are {}", steps.join(", ")))
        }
        (MetricKind::Increase | MetricKind::Decrease | MetricKind::Maintain, _) => {
            misfit("give a number, or a change such as +3")
        }
        (MetricKind::Milestones, _) => {
            let steps: Vec<_> = metric
                .milestones
                .iter()
                .map(|step| step.name.as_str())
                .collect();
            misfit(&format!("give the step that is done: {}", steps.join(", ")))
        }
        (MetricKind::Binary, _) => misfit("give `done`, or `not-done`"),
    }
}

pub(super) fn retraction(
    state: &State,
    id: KeyResultId,
    check_in: EventId,
    retract: bool,
) -> Result<(), Refusal> {
    let found = key_result(state, id)?
        .check_ins
        .get(check_in)
        .ok_or_else(|| Refusal::not_found("check-in", check_in))?;
    if found.retracted == retract {
        let how = if retract {
            "retracted already"
        } else {
            "not retracted"
        };
        return Err(Refusal::new(
            Code::NothingToChange,
            format!("That check-in is {how}."),
        ));
    }
    Ok(())
}
