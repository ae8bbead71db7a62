//! The funnels with a stage in a cycle, told.

use quarterdeck_core::plan::diagnosis::Diagnosis;
use quarterdeck_core::plan::volumes::Readings;
use quarterdeck_core::retro::{Looked, Plan};
use quarterdeck_core::value::Subject;
use serde::Serialize;

use super::super::funnel::{ComparedOf, FunnelCompared, FunnelShow, funnel_compared, funnel_show};
use super::Told;

/// A funnel with what went through it in the cycle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RetroFunnel {
    /// Its stages, planned and measured.
    pub funnel: FunnelShow,
    /// What moved the outcome away from the plan; none where a rate, the target or a volume is not
    /// known.
    pub against_plan: Option<FunnelCompared>,
    /// What moved it since the cycle that this one is compared with; none where a volume is not known.
    pub against_before: Option<FunnelCompared>,
}

pub(super) fn funnel(told: &Told<'_>, found: &Looked) -> Option<RetroFunnel> {
    let (retro, names) = (told.found, told.names);
    let id = found.funnel;
    let funnel = funnel_show(
        names,
        id,
        Some(retro.cycle),
        retro.on,
        told.as_of,
        Readings::Sum,
    )?;
    let this = names.title(Subject::Cycle(retro.cycle)).unwrap_or_default();
    let compared = |before: String, diagnosis: &Diagnosis| {
        let of = ComparedOf {
            funnel: Some(funnel.funnel.name.clone()),
            titles: [before, this.clone()],
            not_over: (!retro.ended).then(|| this.clone()).into_iter().collect(),
            on: Some(retro.on),
            stages: funnel.funnel.stages.clone(),
        };
        funnel_compared(of, diagnosis)
    };
    let against_plan = (found.against_plan.as_ref()).map(|(plan, diagnosis)| {
        let before = match plan {
            Plan::Target => "planned",
            Plan::Rates => "at planned rates",
        };
        compared(before.to_owned(), diagnosis)
    });
    let against_before = found.against_before.as_ref().and_then(|diagnosis| {
        let other = retro.beside.as_ref()?.cycle;
        let before = names.title(Subject::Cycle(other)).unwrap_or_default();
        Some(compared(before, diagnosis))
    });
    Some(RetroFunnel {
        funnel,
        against_plan,
        against_before,
    })
}
