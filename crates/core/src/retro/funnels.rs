//! The funnels with a stage in a cycle: what moved their outcome away from the plan, and from what it was in the
//! cycle that this one is compared with. The parts are [`diagnosis`]'s.
//!
//! **The plan** is what the stages needed for the outcome's target at the planned rates ([`funnel::needs`]). Where
//! the outcome has no target, it is what would have become of the first stage's volume at these rates.

use super::Beside;
use crate::calendar::Date;
use crate::decimal::Decimal;
use crate::id::{CycleId, FunnelId};
use crate::plan::diagnosis::{self, Diagnosis};
use crate::plan::funnel;
use crate::plan::volumes::{self, Readings};
use crate::state::{Funnel, State};
use crate::token::{Life, MetricKind};
use crate::value::Subject;

/// What a funnel is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    /// The outcome's target, and what it needed of each stage.
    Target,
    /// The planned rates alone, from what the first stage held.
    Rates,
}

/// A funnel with a stage in the cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    /// Which.
    pub funnel: FunnelId,
    /// What moved the outcome away from the plan; none where a rate or a volume is not known.
    pub against_plan: Option<(Plan, Diagnosis)>,
    /// What moved it since the cycle compared with; none where a volume is not known.
    pub against_before: Option<Diagnosis>,
}

pub(super) fn of(state: &State, cycle: CycleId, beside: Option<&Beside>, on: Date) -> Vec<Looked> {
    let mut found: Vec<(u64, Looked)> = (state.funnels.iter())
        .filter(|(_, one)| one.state == Life::Active && is_of(state, one, cycle))
        .map(|(id, one)| {
            let counted = |cycle| volumes_of(state, one, cycle, on);
            let here = counted(cycle);
            let against_plan = here.as_ref().and_then(|here| {
                let (plan, planned) = planned(state, one, cycle, here)?;
                Some((plan, diagnosis::diagnose(&planned, here).ok()?))
            });
            let against_before = here
                .as_ref()
                .and_then(|here| diagnosis::diagnose(&counted(beside?.cycle)?, here).ok());
            let looked = Looked {
                funnel: *id,
                against_plan,
                against_before,
            };
            (one.provenance.created.seq, looked)
        })
        .collect();
    found.sort_by_key(|(age, _)| *age);
    found.into_iter().map(|(_, one)| one).collect()
}

/// Whether a funnel's outcome, or one of its stages, is counted by a key result of the cycle.
fn is_of(state: &State, funnel: &Funnel, cycle: CycleId) -> bool {
    let counts = (funnel.stages.iter())
        .filter_map(|stage| match stage.source {
            Some(Subject::KeyResult(id)) => Some(id),
            _ => None,
        })
        .chain(funnel.key_result);
    let mut there = counts.filter_map(|id| volumes::in_cycle(state, id, cycle));
    there.next().is_some()
}

fn volumes_of(state: &State, funnel: &Funnel, cycle: CycleId, on: Date) -> Option<Vec<Decimal>> {
    (funnel.stages.iter())
        .map(|stage| volumes::volume(state, stage, cycle, on, Readings::Sum).ok())
        .collect()
}

/// The volumes that were planned for each stage.
fn planned(
    state: &State,
    funnel: &Funnel,
    cycle: CycleId,
    here: &[Decimal],
) -> Option<(Plan, Vec<Decimal>)> {
    let (_, before_last) = funnel.stages.split_last()?;
    let rates: Vec<Decimal> = (before_last.iter())
        .map(|stage| stage.rate)
        .collect::<Option<_>>()?;
    let needed = target(state, funnel, cycle)
        .and_then(|target| funnel::needs(target, &rates).ok())
        .map(|needs| needs.into_iter().map(|need| need.exact).collect());
    if let Some(needed) = needed {
        return Some((Plan::Target, needed));
    }
    let mut volumes = vec![*here.first()?];
    for rate in rates {
        let before = *volumes.last()?;
        volumes.push(before.checked_mul(rate)?.round(crate::score::PLACES));
    }
    Some((Plan::Rates, volumes))
}

/// The target of the key result that counts the outcome.
fn target(state: &State, funnel: &Funnel, cycle: CycleId) -> Option<Decimal> {
    let last = funnel.stages.last().and_then(|stage| match stage.source {
        Some(Subject::KeyResult(id)) => Some(id),
        _ => None,
    });
    let id = volumes::in_cycle(state, last?, cycle)?;
    let metric = &state.key_results.get(&id)?.metric;
    (metric.target).filter(|_| metric.kind == MetricKind::Increase)
}
