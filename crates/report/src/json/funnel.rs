//! Funnels: their stages, what went through them, and what moved the outcome.

use quarterdeck_core::calendar::Date;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::id::{CycleId, FunnelId};
use quarterdeck_core::plan::diagnosis::Diagnosis;
use quarterdeck_core::plan::funnel;
use quarterdeck_core::plan::volumes::{self, Missing, Readings};
use quarterdeck_core::state::Funnel;
use quarterdeck_core::token::Life;
use quarterdeck_core::value::Subject;
use serde::Serialize;

use super::plan::StageRate;
use super::show::Related;
use super::{AsOf, Schema};
use crate::names::{Names, Ref};

/// The funnels that count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FunnelList {
    /// Version of this object.
    pub schema: Schema,
    /// As of which moment; none for the present.
    pub as_of: Option<AsOf>,
    /// The funnels by name.
    pub funnels: Vec<FunnelLine>,
}

/// A funnel in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FunnelLine {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Id.
    pub id: FunnelId,
    /// Name.
    pub name: String,
    /// Names of its stages, from the first to the outcome.
    pub stages: Vec<String>,
    /// The key result that its outcome is.
    pub key_result: Option<Related>,
}

/// A funnel with what went through it in a cycle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FunnelShow {
    /// Version of this object.
    pub schema: Schema,
    /// As of which moment; none for the present.
    pub as_of: Option<AsOf>,
    /// The funnel.
    pub funnel: FunnelLine,
    /// Name of the cycle that the volumes are of; none where there is no cycle.
    pub cycle: Option<String>,
    /// The day that they are of.
    pub on: Date,
    /// The stages from the first to the outcome.
    pub stages: Vec<StageLine>,
}

/// A stage with what went through it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StageLine {
    /// What is counted.
    pub name: String,
    /// The key result or KPI that counts it.
    pub source: Option<Related>,
    /// Planned share that goes on to the next stage.
    pub rate: Option<Decimal>,
    /// How much went through it; none where nothing says so.
    pub volume: Option<Decimal>,
    /// Why there is no volume: no `source`, no `key result` in this cycle, no `measurement`.
    pub missing: Option<&'static str>,
    /// The measured share that went on to the next stage.
    pub measured: Option<StageRate>,
}

/// Two cycles of a funnel, side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FunnelCompared {
    /// Version of this object.
    pub schema: Schema,
    /// Name of the funnel; none for volumes that were given.
    pub funnel: Option<String>,
    /// What the first volumes are of.
    pub before: String,
    /// What the second volumes are of.
    pub after: String,
    /// Names of those of the two cycles that are not over: their figures are of `on`.
    pub not_over: Vec<String>,
    /// The day that figures of such a cycle are of; none for volumes that were given.
    pub on: Option<Date>,
    /// The stages from the first to the outcome.
    pub stages: Vec<StageCompared>,
    /// By how much the outcome changed; what the stages explain adds up to it.
    pub change: Decimal,
    /// The stage to look at first; none where no stage cost anything.
    pub look_at: Option<String>,
}

/// A stage in both cycles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StageCompared {
    /// What is counted.
    pub name: String,
    /// Its volume in the first.
    pub before: Decimal,
    /// Its volume in the second.
    pub after: Decimal,
    /// The share of the stage before it that came through in the first; none where that cannot
    /// be told.
    pub conversion_before: Option<Decimal>,
    /// The same in the second.
    pub conversion_after: Option<Decimal>,
    /// How much of the outcome's change it explains: the first stage by its volume, the others
    /// by their conversion.
    pub explains: Decimal,
}

/// The funnels that count, by name.
#[must_use]
pub fn funnels(names: &Names<'_>, as_of: Option<AsOf>) -> FunnelList {
    let mut found: Vec<FunnelLine> = (names.state().funnels.iter())
        .filter(|(_, funnel)| funnel.state == Life::Active)
        .map(|(id, funnel)| line(names, *id, funnel))
        .collect();
    found.sort_by_key(|one| one.name.to_lowercase());
    FunnelList {
        schema: Schema,
        as_of,
        funnels: found,
    }
}

fn line(names: &Names<'_>, id: FunnelId, funnel: &Funnel) -> FunnelLine {
    FunnelLine {
        reference: names.funnel(id),
        id,
        name: funnel.name.clone(),
        stages: (funnel.stages.iter())
            .map(|stage| stage.name.clone())
            .collect(),
        key_result: (funnel.key_result)
            .and_then(|key_result| related(names, Subject::KeyResult(key_result))),
    }
}

fn related(names: &Names<'_>, subject: Subject) -> Option<Related> {
    Some(Related {
        reference: names.subject(subject)?,
        title: names.title(subject)?,
    })
}

/// A funnel with its volumes in a cycle, at the end of the day `on`; none where it does not
/// exist.
#[must_use]
pub fn funnel_show(
    names: &Names<'_>,
    id: FunnelId,
    cycle: Option<CycleId>,
    on: Date,
    as_of: Option<AsOf>,
    readings: Readings,
) -> Option<FunnelShow> {
    let state = names.state();
    let found = state.funnels.get(&id)?;
    let counted: Vec<Result<Decimal, Missing>> = (found.stages.iter())
        .map(|stage| match cycle {
            Some(cycle) => volumes::volume(state, stage, cycle, on, readings),
            None => Err(Missing::Counterpart),
        })
        .collect();
    let known: Vec<Option<Decimal>> = counted.iter().map(|volume| volume.ok()).collect();
    let stages = (found.stages.iter())
        .zip(&counted)
        .zip(funnel::conversions(&known))
        .map(|((stage, volume), measured)| StageLine {
            name: stage.name.clone(),
            source: (stage.source).and_then(|source| related(names, source)),
            rate: stage.rate,
            volume: volume.ok(),
            missing: volume.err().map(|why| match why {
                Missing::Source => "source",
                Missing::Counterpart => "key result",
                Missing::Measurement => "measurement",
            }),
            measured: measured.map(StageRate::from),
        })
        .collect();
    Some(FunnelShow {
        schema: Schema,
        as_of,
        funnel: line(names, id, found),
        cycle: cycle.and_then(|cycle| names.title(Subject::Cycle(cycle))),
        on,
        stages,
    })
}

/// What is compared: two cycles of a funnel, or volumes that were given.
#[derive(Debug, Clone)]
pub struct ComparedOf {
    /// Name of the funnel; none for volumes that were given.
    pub funnel: Option<String>,
    /// What the volumes are of.
    pub titles: [String; 2],
    /// Those of the two that are not over.
    pub not_over: Vec<String>,
    /// The day that their figures are of.
    pub on: Option<Date>,
    /// What the stages count, in order.
    pub stages: Vec<String>,
}

/// Two cycles of a funnel side by side.
#[must_use]
pub fn funnel_compared(of: ComparedOf, found: &Diagnosis) -> FunnelCompared {
    let [before, after] = of.titles;
    FunnelCompared {
        schema: Schema,
        funnel: of.funnel,
        before,
        after,
        not_over: of.not_over,
        on: of.on,
        look_at: (found.look_at).and_then(|at| of.stages.get(at).cloned()),
        stages: (of.stages.into_iter())
            .zip(&found.stages)
            .map(|(name, stage)| StageCompared {
                name,
                before: stage.before,
                after: stage.after,
                conversion_before: stage.conversion_before,
                conversion_after: stage.conversion_after,
                explains: stage.explains,
            })
            .collect(),
        change: found.change,
    }
}
