//! Rules for key results and their metrics.

use std::collections::BTreeSet;

use super::okr::{carried_key, objective};
use super::{kpi, people, text};
use crate::decimal::{Decimal, Unit};
use crate::event::{KeyResultAdded, Metric};
use crate::id::{KeyResultId, KpiId, MemberId, TeamId};
use crate::refusal::{Code, Refusal};
use crate::state::{KeyResult, Objective, State};
use crate::token::MetricKind;
use crate::value::Subject;

pub(super) fn key_result(state: &State, id: KeyResultId) -> Result<&KeyResult, Refusal> {
    state
        .key_results
        .get(&id)
        .map(|found| &**found)
        .ok_or_else(|| Refusal::not_found("key result", id).hint("see `okr kr list`"))
}

/// A key result that counts, in an objective that counts.
pub(super) fn live_key_result(
    state: &State,
    id: KeyResultId,
) -> Result<(&KeyResult, &Objective), Refusal> {
    let found = key_result(state, id)?;
    if !found.is_live() {
        return Err(Refusal::new(
            Code::NotLive,
            format!("Key result '{}' is {}.", found.title, found.state),
        )
        .hint("take it up again with `okr kr edit REF --state active -m WHY`"));
    }
    let above = objective(state, found.objective)?;
    if !above.is_live() {
        return Err(Refusal::new(
            Code::NotLive,
            format!(
                "Key result '{}' belongs to objective '{}', which is {}.",
                found.title, above.title, above.state
            ),
        )
        .hint("take the objective up again with `okr objective edit REF --state active -m WHY`"));
    }
    Ok((found, above))
}

pub(super) fn key_result_added(state: &State, new: &KeyResultAdded) -> Result<(), Refusal> {
    if state.key_results.contains_key(&new.key_result) {
        return Err(Refusal::new(
            Code::AlreadyExists,
            format!("Key result {} exists already.", new.key_result),
        ));
    }
    let above = objective(state, new.objective)?;
    if !above.is_live() {
        return Err(Refusal::new(
            Code::NotLive,
            format!("Objective '{}' is {}.", above.title, above.state),
        )
        .hint("take it up again with `okr objective edit REF --state active -m WHY`"));
    }
    if let Some(read_from) = new.kpi {
        kpi::to_read_from(state, read_from)?;
        kpi::one_unit(state, read_from, new.metric.unit.as_deref())?;
    }
    key_result_terms(
        state,
        new.key_result,
        &KeyResultTerms {
            title: &new.title,
            owner: new.owner,
            metric: &new.metric,
            certainty: new.certainty,
            weight: new.weight,
            rank: new.rank,
            key: new.key.as_deref(),
            team: new.team,
            kpi: new.kpi,
            carried_from: new.carried_from,
        },
    )
}

/// What a key result says, new or edited.
pub(super) struct KeyResultTerms<'a> {
    pub(super) title: &'a str,
    pub(super) owner: Option<MemberId>,
    pub(super) metric: &'a Metric,
    pub(super) certainty: Option<Decimal>,
    pub(super) weight: Decimal,
    pub(super) rank: Option<u32>,
    pub(super) key: Option<&'a str>,
    pub(super) team: Option<TeamId>,
    pub(super) kpi: Option<KpiId>,
    pub(super) carried_from: Option<KeyResultId>,
}

pub(super) fn key_result_terms(
    state: &State,
    id: KeyResultId,
    terms: &KeyResultTerms<'_>,
) -> Result<(), Refusal> {
    text::title("key result's title", terms.title)?;
    if let Some(owner) = terms.owner {
        people::active_member(state, owner)?;
    }
    metric(terms.metric)?;
    share("certainty", terms.certainty)?;
    if terms.weight <= Decimal::ZERO || terms.weight > Decimal::from(1_000u32) {
        return Err(Refusal::invalid(format!(
            "The weight is {}; it must be above 0 and at most 1000.",
            terms.weight
        ))
        .hint("to leave a key result out of the mean, defer it: `okr kr defer REF -m WHY`"));
    }
    if let Some(team) = terms.team {
        people::team(state, team)?;
    }
    if let Some(read_from) = terms.kpi {
        kpi::kpi(state, read_from)?;
        if matches!(
            terms.metric.kind,
            MetricKind::Milestones | MetricKind::Binary
        ) {
            return Err(Refusal::invalid(format!(
                "A key result measured by {} has no number to read from a KPI.",
                terms.metric.kind
            )));
        }
    }
    if terms.rank == Some(0) {
        return Err(Refusal::invalid("Ranks begin at 1."));
    }
    terms.key.map_or(Ok(()), |key| {
        let from = terms.carried_from.map(Subject::KeyResult);
        carried_key(state, Subject::KeyResult(id), from, key)
    })
}

/// A share of one, such as a confidence.
pub(super) fn share(what: &str, value: Option<Decimal>) -> Result<(), Refusal> {
    match value {
        Some(value) if value < Decimal::ZERO || value > Decimal::ONE => Err(Refusal::invalid(
            format!("The {what} is {value}; it goes from 0 to 1."),
        )
        .hint("70 % is 0.7")),
        _ => Ok(()),
    }
}

fn metric(metric: &Metric) -> Result<(), Refusal> {
    if let Some(unit) = &metric.unit {
        Unit::new(unit).map_err(|error| Refusal::invalid(error.to_string()))?;
    }
    match metric.kind {
        MetricKind::Increase | MetricKind::Decrease => {
            let (Some(baseline), Some(target)) = (metric.baseline, metric.target) else {
                return Err(Refusal::invalid(format!(
                    "A key result that is to {} needs a baseline and a target.",
                    metric.kind
                ))
                .hint("for example --increase 500..550"));
            };
            let wrong_way = match metric.kind {
                MetricKind::Increase => target < baseline,
                _ => target > baseline,
            };
            if wrong_way {
                let other = if metric.kind == MetricKind::Increase {
                    "decrease"
                } else {
                    "increase"
                };
                return Err(Refusal::invalid(format!(
                    "From {baseline} to {target} is no {}.",
                    metric.kind
                ))
                .hint(format!("swap the numbers, or use --{other}")));
            }
            Ok(())
        }
        MetricKind::Maintain => match (metric.low, metric.high) {
            (Some(low), Some(high)) if low <= high => Ok(()),
            (Some(low), Some(high)) => Err(Refusal::invalid(format!(
                "The range {low}..{high} is upside down."
            ))),
            _ => Err(
                Refusal::invalid("A range to maintain needs a lower and an upper bound.")
                    .hint("for example --maintain 95..100"),
            ),
        },
        MetricKind::Milestones => {
            if metric.milestones.is_empty() {
                return Err(
                    Refusal::invalid("A milestone key result needs at least one step.")
                        .hint("for example --milestones \"draft,pilot:2,live:3\""),
                );
            }
            let mut names = BTreeSet::new();
            for step in &metric.milestones {
                text::title("milestone's name", &step.name)?;
                if step.weight <= Decimal::ZERO {
                    return Err(Refusal::invalid(format!(
                        "Milestone '{}' weighs {}; weights are above 0.",
                        step.name, step.weight
                    )));
                }
                if !names.insert(step.name.to_lowercase()) {
                    return Err(Refusal::invalid(format!(
                        "There are two milestones called '{}'.",
                        step.name
                    )));
                }
            }
            Ok(())
        }
        MetricKind::Binary => Ok(()),
    }
}

pub(super) fn help_linked(
    state: &State,
    from: KeyResultId,
    to: KeyResultId,
) -> Result<(), Refusal> {
    let (helper, _) = live_key_result(state, from)?;
    key_result(state, to)?;
    if from == to {
        return Err(Refusal::invalid("A key result cannot help itself."));
    }
    if helper.helps.contains(&to) {
        return Err(Refusal::new(
            Code::NothingToChange,
            "It is said to help that one already.",
        ));
    }
    Ok(())
}

pub(super) fn help_unlinked(
    state: &State,
    from: KeyResultId,
    to: KeyResultId,
) -> Result<(), Refusal> {
    if key_result(state, from)?.helps.contains(&to) {
        return Ok(());
    }
    Err(Refusal::new(
        Code::NothingToChange,
        "It was not said to help that one.",
    ))
}
