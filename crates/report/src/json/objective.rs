//! Objectives and key results with their figures: what status, lists and shows have in common.

use quarterdeck_core::alignment;
use quarterdeck_core::calendar::Date;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::Metric;
use quarterdeck_core::forecast as ahead;
use quarterdeck_core::grading::{self, Band};
use quarterdeck_core::id::{KeyResultId, ObjectiveId};
use quarterdeck_core::score::{self, Progress};
use quarterdeck_core::state::{Cycle, KeyResult, Objective};
use quarterdeck_core::status as rule;
use quarterdeck_core::token::{
    Cadence, Indicator, KeyResultState, Level, MetricKind, ObjectiveKind, ObjectiveState, Status,
    Tier,
};
use quarterdeck_core::value::Subject;
use serde::Serialize;

use super::agreement::awaited;
use super::closing::{self, GradeTold};
use super::forecast::{self, ForecastTold};
use super::share;
use super::show::{Related, related};
use crate::names::{Names, Ref};
use crate::pending::Pending;

/// How many weeks a key result's recent values reach back.
const RECENT: u16 = 10;

/// An objective and how it is doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatusObjective {
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
    /// Company, department or team by that team, individual without one; none if nobody owns it.
    pub level: Option<Level>,
    /// Committed or aspirational.
    pub kind: ObjectiveKind,
    /// Where it stands in its life.
    pub state: ObjectiveState,
    /// Why it was deferred or dropped.
    pub set_aside: Option<String>,
    /// Who was asked to agree to it, and has not agreed to what it says now.
    pub awaits: Vec<String>,
    /// Weighted mean of its live key results, 0 to 1.
    pub score: Option<Decimal>,
    /// Weighted mean of its live key results' grades, 0 to 1; none while none is graded.
    pub grade: Option<Decimal>,
    /// The band of that mean, before it was rounded: for whoever shows it, and no part of the contract.
    #[serde(skip)]
    pub band: Option<Band>,
    /// That of its weakest live key result; none where it has none, or is not live itself.
    pub status: Option<Status>,
    /// Why it has that status, as sentences.
    pub because: Vec<String>,
    /// What it supports.
    pub supports: Option<Ref>,
    /// Whether it supports nothing although there is something above it.
    pub unaligned: bool,
    /// Whether it stands at the top, and nothing of what is below supports it.
    pub unsupported: bool,
    /// Whether it is another team's, shown for those of its key results that concern the team
    /// asked for.
    pub visits: bool,
    /// The name that somebody gave it.
    pub key: Option<String>,
    /// Open conflicts about its own fields.
    pub conflicts: usize,
    /// Whether something about it is not recorded yet.
    pub pending: bool,
    /// Its key results, those that matter most first, those deferred or dropped last.
    pub key_results: Vec<StatusKeyResult>,
}

/// A key result and how it is doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatusKeyResult {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Id.
    pub id: KeyResultId,
    /// Title.
    pub title: String,
    /// Name of its owner.
    pub owner: Option<String>,
    /// Name of the team that answers for it, where that is another than the objective's.
    pub team: Option<String>,
    /// Kind of metric.
    pub metric: MetricKind,
    /// Unit of the numbers.
    pub unit: Option<String>,
    /// Start of an increase or decrease.
    pub baseline: Option<Decimal>,
    /// Aim of an increase or decrease.
    pub target: Option<Decimal>,
    /// Lower bound of a range, itself included.
    pub low: Option<Decimal>,
    /// Upper bound of a range, itself included.
    pub high: Option<Decimal>,
    /// Steps of a milestone key result.
    pub milestones: Vec<Step>,
    /// The value that holds: for milestones the weight done, for binary 0 or 1.
    pub current: Option<Decimal>,
    /// Progress, which may leave 0 to 1.
    pub progress: Option<Decimal>,
    /// Progress held to 0 to 1.
    pub score: Option<Decimal>,
    /// Its grade at the end of the cycle; none while it has none.
    pub grade: Option<GradeTold>,
    /// Progress against what the elapsed share of the cycle asks for; 1 is as planned.
    pub pace: Option<Decimal>,
    /// The last confidence stated, 0 to 1.
    pub confidence: Option<Decimal>,
    /// The last projection stated.
    pub projection: Option<Decimal>,
    /// The values that held a week apart, up to the day that is asked about and within the cycle, at
    /// most ten, earliest first; empty where nothing was measured.
    pub recent: Vec<Option<Decimal>>,
    /// Where it ends its cycle if it goes on like this; none where nothing can be said.
    pub forecast: Option<ForecastTold>,
    /// How it is doing; none where it is deferred, dropped or withdrawn.
    pub status: Option<Status>,
    /// Why it has that status, as sentences.
    pub because: Vec<String>,
    /// Where it stands in its life.
    pub state: KeyResultState,
    /// Why it was deferred or dropped.
    pub set_aside: Option<String>,
    /// Leading or lagging.
    pub indicator: Option<Indicator>,
    /// Certainty at the start, 0 to 1.
    pub certainty: Option<Decimal>,
    /// The tier of that certainty.
    pub tier: Option<Tier>,
    /// How often it is to be measured.
    pub cadence: Cadence,
    /// Weight in the objective's mean.
    pub weight: Decimal,
    /// Which matters most, 1 first.
    pub rank: Option<u32>,
    /// Key results that it helps.
    pub helps: Vec<Related>,
    /// Reference of the KPI that it reads its value from.
    pub kpi: Option<Ref>,
    /// The name that somebody gave it.
    pub key: Option<String>,
    /// Effective date of the last check-in that counts.
    pub last_check_in: Option<Date>,
    /// Open conflicts about it.
    pub conflicts: usize,
    /// Whether something about it is not recorded yet.
    pub pending: bool,
}

/// A milestone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Its name.
    pub name: String,
    /// Its weight among the steps.
    pub weight: Decimal,
    /// Whether it is done.
    pub done: bool,
}

/// An objective on a date, with those key results that `shown` lets in; withdrawn ones are
/// never shown.
#[must_use]
pub fn objective_status(
    names: &Names<'_>,
    pending: &Pending,
    (id, objective): (ObjectiveId, &Objective),
    on: Date,
    shown: impl Fn(&KeyResult) -> bool,
) -> StatusObjective {
    let state = names.state();
    let key_results = state
        .cycles
        .get(&objective.cycle)
        .map_or_else(Vec::new, |cycle| {
            let mut found: Vec<_> = (state.key_results_of(id))
                .filter(|(_, found)| found.state != KeyResultState::Withdrawn && shown(found))
                .collect();
            // Those of the same standing keep their order.
            found.sort_by_key(|(_, found)| !found.is_live());
            (found.into_iter())
                .map(|found| key_result_status(names, pending, found, cycle, on))
                .collect()
        });
    let score = score::objective_score(state, id, on);
    StatusObjective {
        awaits: awaited(names, id),
        unaligned: names.loose_ends().unaligned.contains(&id),
        unsupported: names.loose_ends().unsupported.contains(&id),
        key_results,
        ..objective_stands(names, pending, (id, objective), score, on)
    }
}

/// The same without its key results, and without what is to be looked for among people and other objectives:
/// for whoever asks of every moment of a quarter, and has its score.
pub(crate) fn objective_stands(
    names: &Names<'_>,
    pending: &Pending,
    (id, objective): (ObjectiveId, &Objective),
    score: Option<Decimal>,
    on: Date,
) -> StatusObjective {
    let state = names.state();
    let explained = (objective.is_live())
        .then(|| rule::of_objective(state, id, on))
        .flatten();
    let (status, because) = explained.map_or((None, Vec::new()), |explained| {
        (Some(explained.status), explained.because)
    });
    let grade = grading::objective_grade(state, id);
    StatusObjective {
        reference: names.objective(id),
        id,
        title: objective.title.clone(),
        owner: objective.owner.map(|owner| names.person(owner)),
        team: (objective.team).and_then(|team| names.title(Subject::Team(team))),
        level: alignment::level(state, objective),
        kind: objective.kind,
        state: objective.state,
        set_aside: objective.set_aside.clone(),
        awaits: Vec::new(),
        score: share(score),
        grade: share(grade),
        band: grade.map(Band::of),
        status,
        because,
        supports: objective.supports.and_then(|above| names.subject(above)),
        unaligned: false,
        unsupported: false,
        visits: false,
        key: objective.key.clone(),
        conflicts: (state.conflicts.iter())
            .filter(|open| open.subject == Subject::Objective(id))
            .count(),
        pending: pending.touches(id.uuid()),
        key_results: Vec::new(),
    }
}

/// A key result of this cycle on a date.
#[must_use]
pub fn key_result_status(
    names: &Names<'_>,
    pending: &Pending,
    (id, found): (KeyResultId, &KeyResult),
    cycle: &Cycle,
    on: Date,
) -> StatusKeyResult {
    StatusKeyResult {
        recent: score::weekly(names.state(), found, cycle, on, RECENT),
        forecast: ahead::of(names.state(), found, cycle, on)
            .forecast()
            .map(forecast::told),
        ..key_result_stands(names, pending, (id, found), cycle, on)
    }
}

/// The same without where it ends and how it went of late: for whoever asks of every moment of a quarter.
pub(crate) fn key_result_stands(
    names: &Names<'_>,
    pending: &Pending,
    (id, found): (KeyResultId, &KeyResult),
    cycle: &Cycle,
    on: Date,
) -> StatusKeyResult {
    let progress = score::progress(names.state(), found, cycle, on);
    let explained = (found.is_live()).then(|| rule::of_key_result(names.state(), found, cycle, on));
    let (status, because) = explained.map_or((None, Vec::new()), |explained| {
        (Some(explained.status), explained.because)
    });
    let metric = &found.metric;
    StatusKeyResult {
        reference: names.key_result(id),
        id,
        title: found.title.clone(),
        owner: found.owner.map(|owner| names.person(owner)),
        team: (found.team)
            .filter(|_| alignment::is_cross_team(names.state(), found))
            .and_then(|team| names.title(Subject::Team(team))),
        metric: metric.kind,
        unit: metric.unit.clone(),
        baseline: metric.baseline,
        target: metric.target,
        low: metric.low,
        high: metric.high,
        milestones: steps(metric, &progress),
        current: progress.current,
        progress: share(progress.progress),
        score: share(progress.score),
        grade: closing::grade(names, found),
        pace: share(score::pace(names.state(), found, cycle, on)),
        confidence: progress.confidence,
        projection: progress.projection,
        recent: Vec::new(),
        forecast: None,
        status,
        because,
        state: found.state,
        set_aside: found.set_aside.clone(),
        indicator: found.indicator,
        certainty: found.certainty,
        tier: found.certainty.map(Tier::of),
        cadence: found.cadence,
        weight: found.weight,
        rank: found.rank,
        kpi: found.kpi.map(|kpi| names.kpi(kpi)),
        helps: (found.helps.iter())
            .filter_map(|other| related(names, Subject::KeyResult(*other)))
            .collect(),
        key: found.key.clone(),
        last_check_in: progress.last_check_in,
        conflicts: (names.state().conflicts.iter())
            .filter(|open| is_about(open.subject, id))
            .count(),
        pending: pending.touches(id.uuid()),
    }
}

/// The steps of a milestone key result, with those that are done.
fn steps(metric: &Metric, progress: &Progress) -> Vec<Step> {
    (metric.milestones.iter())
        .map(|step| Step {
            name: step.name.clone(),
            weight: step.weight,
            done: progress.done.contains(&step.name),
        })
        .collect()
}

/// Whether a conflict's subject is a key result or a check-in of it.
fn is_about(subject: Subject, id: KeyResultId) -> bool {
    match subject {
        Subject::KeyResult(found) | Subject::CheckIn(found, _) => found == id,
        _ => false,
    }
}
