//! `okr forecast`: where key results end their cycle if it goes on like this.

use quarterdeck_core::calendar::Date;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::forecast::{self, Forecast, Lies, Outlook, Why};
use quarterdeck_core::id::{CycleId, KeyResultId, ObjectiveId};
use quarterdeck_core::score::Means;
use quarterdeck_core::state::{Cycle, KeyResult, State};
use quarterdeck_core::token::{CycleState, KeyResultState, MetricKind, ObjectiveKind};
use serde::Serialize;

use super::objective::StatusKeyResult;
use super::scope::Scope;
use super::status::{StatusQuery, status};
use super::{AsOf, Schema, share};
use crate::names::{Names, Ref};
use crate::number::{number, percent, with_unit};
use crate::pending::Pending;

/// Where a key result ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ForecastTold {
    /// The value: for milestones the weight done, for a range the share of periods kept.
    pub value: Decimal,
    /// The lower end of its range, one of 80 %.
    pub low: Decimal,
    /// The upper end of its range.
    pub high: Decimal,
    /// The score that the value comes to, 0 to 1.
    pub score: Option<Decimal>,
    /// The lower of the scores at the ends of the range.
    pub score_low: Option<Decimal>,
    /// The higher one.
    pub score_high: Option<Decimal>,
    /// How many measured days, or periods, it is made of.
    pub measured: usize,
    /// Where the last projection that a person stated lies: `below`, `within` or `above` the
    /// range; none where nobody stated one.
    pub projection_lies: Option<&'static str>,
}

/// The forecasts of a cycle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ForecastList {
    /// Version of this object.
    pub schema: Schema,
    /// Name of the workspace.
    pub workspace: String,
    /// As of which moment; none for the present.
    pub as_of: Option<AsOf>,
    /// The day from which it is looked ahead.
    pub on: Date,
    /// The cycle; none where there is none yet.
    pub cycle: Option<ForecastCycle>,
    /// Its objectives.
    pub objectives: Vec<ForecastObjective>,
}

/// A cycle and where it ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ForecastCycle {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Id.
    pub id: CycleId,
    /// Name.
    pub name: String,
    /// Planned, active or closed.
    pub state: CycleState,
    /// First day.
    pub starts: Date,
    /// Last day, itself included.
    pub ends: Date,
    /// Mean of the objectives' scores as they are.
    pub score: Option<Decimal>,
    /// Mean of what they are expected to end at.
    pub forecast: Option<Decimal>,
    /// The same of the committed ones.
    pub committed: Option<Decimal>,
    /// The same of the aspirational ones.
    pub aspirational: Option<Decimal>,
    /// Of how many live key results something is to be expected.
    pub told: usize,
    /// How many there are.
    pub of: usize,
}

/// An objective and where it ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ForecastObjective {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Id.
    pub id: ObjectiveId,
    /// Title.
    pub title: String,
    /// Name of the owning member.
    pub owner: Option<String>,
    /// Name of the owning team.
    pub team: Option<String>,
    /// Committed or aspirational.
    pub kind: ObjectiveKind,
    /// Its score as it is.
    pub score: Option<Decimal>,
    /// The mean, by weight, of what its live key results are expected to end at.
    pub forecast: Option<Decimal>,
    /// Of how many of them something is to be expected.
    pub told: usize,
    /// How many it has.
    pub of: usize,
    /// Those asked for.
    pub key_results: Vec<ForecastLine>,
}

/// A key result and where it ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ForecastLine {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Id.
    pub id: KeyResultId,
    /// Title.
    pub title: String,
    /// Name of its owner.
    pub owner: Option<String>,
    /// Kind of metric.
    pub metric: MetricKind,
    /// Unit of the numbers.
    pub unit: Option<String>,
    /// Start of an increase or decrease.
    pub baseline: Option<Decimal>,
    /// Aim of an increase or decrease.
    pub target: Option<Decimal>,
    /// The value that holds.
    pub current: Option<Decimal>,
    /// Its score as it is.
    pub score: Option<Decimal>,
    /// Where it ends.
    pub forecast: Option<ForecastTold>,
    /// Of one that is done or not: how likely it will be, by the last confidence stated.
    pub probability: Option<Decimal>,
    /// The score to be expected of it: the forecast's, or the probability.
    pub expected_score: Option<Decimal>,
    /// The last projection that a person stated.
    pub projection: Option<Decimal>,
    /// Why nothing is to be expected of it, as a sentence.
    pub why: Option<String>,
    /// It in sentences.
    pub said: Vec<String>,
}

/// A forecast, to as many places as are worth telling.
#[must_use]
pub fn told(found: &Forecast) -> ForecastTold {
    let round = |value: Decimal| value.round(found.places);
    ForecastTold {
        value: round(found.value),
        low: round(found.low),
        high: round(found.high),
        score: share(found.score),
        score_low: share(found.scores.map(|(low, _)| low)),
        score_high: share(found.scores.map(|(_, high)| high)),
        measured: found.of,
        projection_lies: found.stated.map(|stated| lies(stated.lies)),
    }
}

const fn lies(lies: Lies) -> &'static str {
    match lies {
        Lies::Below => "below",
        Lies::Within => "within",
        Lies::Above => "above",
    }
}

/// What is to be expected of a key result, in sentences; empty where there is nothing to expect any
/// more, or yet.
pub(super) fn outlook(
    names: &Names<'_>,
    found: &KeyResult,
    cycle: &Cycle,
    on: Date,
) -> Vec<String> {
    match forecast::of(names.state(), found, cycle, on) {
        Outlook::Unknown(Why::SetAside | Why::NotBegun | Why::Over) => Vec::new(),
        outlook => sentences(found, &outlook),
    }
}

fn sentences(found: &KeyResult, outlook: &Outlook) -> Vec<String> {
    let unit = found.metric.unit.as_deref();
    let forecast = match outlook {
        Outlook::Ends(forecast) => forecast,
        Outlook::Likely(probability) if *probability == Decimal::ONE => {
            return vec!["As good as done.".to_owned()];
        }
        Outlook::Likely(probability) => {
            let probability = percent(*probability);
            return vec![format!(
                "Done with a probability of {probability}, by the last confidence stated."
            )];
        }
        Outlook::Unknown(why) => return vec![why.sentence()],
    };
    let told = told(forecast);
    let range = |of: &dyn Fn(Decimal) -> String| {
        let (low, high) = (of(told.low), of(told.high));
        if low == high {
            String::new()
        } else {
            format!(" ({low} to {high})")
        }
    };
    let ends = match found.metric.kind {
        MetricKind::Maintain => format!(
            "Ends with {} of its periods kept{} if the rest goes like the last ones",
            percent(told.value),
            range(&percent)
        ),
        MetricKind::Milestones => format!(
            "Ends with a weight of {} done{} if it goes on like this",
            number(told.value),
            range(&number)
        ),
        _ => format!(
            "Ends at {}{} if it goes on like this",
            with_unit(told.value, unit),
            range(&number)
        ),
    };
    let score = (told.score).map_or_else(String::new, |score| format!(": score {score:.2}"));
    let mut said = vec![format!("{ends}{score}.")];
    if let Some(stated) = forecast.stated.filter(|stated| stated.lies != Lies::Within) {
        let stated_value = with_unit(stated.value, unit);
        said.push(format!(
            "The last projection stated, {stated_value}, is {} that.",
            lies(stated.lies)
        ));
    }
    said
}

/// What the key results of a cycle end at, of those that the query asks for and `keep` lets in.
#[must_use]
pub fn forecast_list(
    names: &Names<'_>,
    pending: &Pending,
    query: &StatusQuery,
    keep: impl Fn(ObjectiveId, KeyResultId) -> bool,
) -> ForecastList {
    let state = names.state();
    let found = status(names, pending, query);
    let cycle = found.cycle.as_ref().and_then(|told| {
        let cycle = state.cycles.get(&told.id)?;
        Some((told.id, cycle))
    });
    let objectives = (found.objectives.iter())
        .filter_map(|objective| {
            let (_, cycle) = cycle?;
            let lines: Vec<ForecastLine> = (objective.key_results.iter())
                .filter(|one| keep(objective.id, one.id))
                .filter_map(|one| line(names, one, cycle, query.on))
                .collect();
            let (told, of) = counted(state, objective.id, cycle, query.on);
            (!lines.is_empty()).then(|| ForecastObjective {
                reference: objective.reference.clone(),
                id: objective.id,
                title: objective.title.clone(),
                owner: objective.owner.clone(),
                team: objective.team.clone(),
                kind: objective.kind,
                score: objective.score,
                forecast: share(forecast::of_objective(state, objective.id, query.on)),
                told,
                of,
                key_results: lines,
            })
        })
        .collect();
    let scope = Scope::of(state, query);
    let counts = |id: ObjectiveId| {
        (state.objectives.get(&id)).is_some_and(|objective| scope.has(state, id, objective))
    };
    let means = cycle.map_or_else(Means::default, |(id, _)| {
        forecast::of_cycle(state, id, query.on, counts)
    });
    let (told, of) = cycle.map_or((0, 0), |(id, cycle)| {
        (state.objectives.iter())
            .filter(|(one, above)| above.cycle == id && above.is_live() && counts(**one))
            .map(|(one, _)| counted(state, *one, cycle, query.on))
            .fold((0, 0), |sum, more| (sum.0 + more.0, sum.1 + more.1))
    });
    ForecastList {
        schema: Schema,
        workspace: found.workspace,
        as_of: query.as_of,
        on: query.on,
        cycle: found.cycle.map(|cycle| ForecastCycle {
            reference: cycle.reference,
            id: cycle.id,
            name: cycle.name,
            state: cycle.state,
            starts: cycle.starts,
            ends: cycle.ends,
            score: cycle.score,
            forecast: share(means.all),
            committed: share(means.committed),
            aspirational: share(means.aspirational),
            told,
            of,
        }),
        objectives,
    }
}

/// Of how many of an objective's live key results something is to be expected, and of how many.
fn counted(state: &State, id: ObjectiveId, cycle: &Cycle, on: Date) -> (usize, usize) {
    let live = (state.key_results_of(id)).filter(|(_, one)| one.is_live());
    live.map(|(_, one)| forecast::of(state, one, cycle, on).score().is_some())
        .fold((0, 0), |(told, of), one| (told + usize::from(one), of + 1))
}

fn line(names: &Names<'_>, one: &StatusKeyResult, cycle: &Cycle, on: Date) -> Option<ForecastLine> {
    let found = names.state().key_results.get(&one.id)?;
    if found.state == KeyResultState::Withdrawn {
        return None;
    }
    let outlook = forecast::of(names.state(), found, cycle, on);
    Some(ForecastLine {
        reference: one.reference.clone(),
        id: one.id,
        title: one.title.clone(),
        owner: one.owner.clone(),
        metric: one.metric,
        unit: one.unit.clone(),
        baseline: one.baseline,
        target: one.target,
        current: one.current,
        score: one.score,
        forecast: outlook.forecast().map(told),
        probability: match outlook {
            Outlook::Likely(probability) => Some(probability.round(2)),
            _ => None,
        },
        expected_score: share(outlook.score()),
        projection: one.projection,
        why: match &outlook {
            Outlook::Unknown(why) => Some(why.sentence()),
            _ => None,
        },
        said: sentences(found, &outlook),
    })
}
