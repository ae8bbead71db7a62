//! How good the forecasts of a cycle were, now that its outcome is known.
//!
//! For each week of the cycle, the forecast of each key result is made again as it would have been
//! made at the end of that week, of nothing but what was known then. Its error is the distance of the
//! score that it foretold from the score that came out, both under the goals as they stood at the
//! end: a target that was moved is not the forecast's fault. Two peers stand beside it: that all stays
//! where it is, and what people themselves projected.

use std::collections::BTreeMap;

use super::{Outlook, of, scored};
use crate::alignment;
use crate::calendar::{Date, TimeZone};
use crate::decimal::Decimal;
use crate::event::Metric;
use crate::id::{CycleId, KeyResultId, TeamId};
use crate::outcome::{self, Ended, median};
use crate::past::Past;
use crate::score::Progress;
use crate::state::{Cycle, KeyResult, State};
use crate::token::MetricKind;
use crate::value::Subject;
use crate::when::Moment;

/// A forecast beside what came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Its cycle.
    pub cycle: CycleId,
    /// Of which key result.
    pub key_result: KeyResultId,
    /// As it would have been made at the end of this day.
    pub on: Date,
    /// So many weeks before the end, begun ones counted.
    pub weeks_left: u32,
    /// The value that it foretold.
    pub value: Decimal,
    /// The value that came out.
    pub came_out: Decimal,
    /// Whether that lies in the range, its ends included.
    pub within: bool,
    /// By how much the forecast's score was wrong.
    pub error: Decimal,
    /// By how much the score of the value of that day was.
    pub stays: Decimal,
    /// By how much that of the projection stated by then was, if one was.
    pub stated: Option<Decimal>,
}

impl Case {
    /// Whether it is of a goal and of a team, or a team below it, where those are named.
    #[must_use]
    pub fn concerns(&self, state: &State, goal: Option<Subject>, team: Option<TeamId>) -> bool {
        let key_result = state.key_results.get(&self.key_result);
        let of_goal = match goal {
            None => true,
            Some(Subject::Objective(id)) => key_result.is_some_and(|found| found.objective == id),
            Some(other) => other == Subject::KeyResult(self.key_result),
        };
        let of_team = team.is_none_or(|team| {
            let teams = alignment::teams_below(state, team);
            key_result.is_some_and(|found| alignment::concerns(state, &teams, found))
        });
        of_goal && of_team
    }
}

/// The cases of one distance from the end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// Forecasts.
    pub cases: usize,
    /// Key results that they are of.
    pub key_results: usize,
    /// How many outcomes lay in the range.
    pub within: usize,
    /// Median error of the forecasts, in points of the score.
    pub error: Option<Decimal>,
    /// Median error of "stays where it is", of the same cases.
    pub stays: Option<Decimal>,
    /// How many of the cases had a projection stated.
    pub stated_cases: usize,
    /// Median error of those projections.
    pub stated: Option<Decimal>,
    /// Median error of the forecasts of those cases.
    pub error_where_stated: Option<Decimal>,
}

/// All forecasts of a cycle that could have been made, week by week; none where it has not ended on
/// the day `on`. The state of each week's end is asked for once.
///
/// # Errors
/// The log cannot be read.
pub fn cases<P: Past>(past: &mut P, id: CycleId, on: Date) -> Result<Vec<Case>, P::Error> {
    let Some(ended) = outcome::ended(past, id, on)? else {
        return Ok(Vec::new());
    };
    let zone = (ended.state.workspace.as_ref()).map_or_else(TimeZone::utc, |found| found.zone());
    let mut found = Vec::new();
    for day in ended.week_ends() {
        let then = past.known_at(Moment::At(zone.end_of(day)))?;
        let Some(cycle) = then.cycles.get(&id) else {
            continue;
        };
        for (one, key_result) in ended.key_results() {
            found.extend(case(&ended, (one, key_result), (&then, cycle), day));
        }
    }
    Ok(found)
}

fn case(
    ended: &Ended,
    (id, at_end): (KeyResultId, &KeyResult),
    (then, cycle): (&State, &Cycle),
    on: Date,
) -> Option<Case> {
    let known = then.key_results.get(&id)?;
    let metric = &at_end.metric;
    if known.metric.kind != metric.kind {
        return None;
    }
    let Outlook::Ends(forecast) = of(then, known, cycle, on) else {
        return None;
    };
    let came_out = figure(metric, &ended.of(at_end)?)?;
    let outcome = scored(metric, came_out)?;
    let off = |value: Decimal| Some(scored(metric, value)?.checked_sub(outcome)?.abs());
    let stood = crate::score::progress(then, known, cycle, on);
    Some(Case {
        cycle: ended.cycle,
        key_result: id,
        on,
        weeks_left: ended.weeks_left(on),
        value: forecast.value,
        came_out,
        within: forecast.low <= came_out && came_out <= forecast.high,
        error: off(forecast.value)?,
        stays: off(figure(metric, &stood)?)?,
        stated: forecast.stated.and_then(|stated| off(stated.value)),
    })
}

/// What a forecast foretells of a key result of this metric.
fn figure(metric: &Metric, progress: &Progress) -> Option<Decimal> {
    match metric.kind {
        MetricKind::Maintain => progress.progress,
        _ => progress.current,
    }
}

/// The cases by weeks before the end, the most first.
#[must_use]
pub fn by_weeks_left(cases: &[Case]) -> Vec<(u32, Row)> {
    let mut groups: BTreeMap<u32, Vec<&Case>> = BTreeMap::new();
    for case in cases {
        groups.entry(case.weeks_left).or_default().push(case);
    }
    (groups.into_iter().rev())
        .map(|(weeks, cases)| (weeks, row(&cases)))
        .collect()
}

/// All cases together.
#[must_use]
pub fn overall(cases: &[Case]) -> Row {
    row(&cases.iter().collect::<Vec<_>>())
}

fn row(cases: &[&Case]) -> Row {
    let mut key_results: Vec<KeyResultId> = cases.iter().map(|case| case.key_result).collect();
    key_results.sort_unstable();
    key_results.dedup();
    let stated = || cases.iter().filter(|case| case.stated.is_some());
    Row {
        cases: cases.len(),
        key_results: key_results.len(),
        within: cases.iter().filter(|case| case.within).count(),
        error: median(cases.iter().map(|case| case.error).collect()),
        stays: median(cases.iter().map(|case| case.stays).collect()),
        stated_cases: stated().count(),
        stated: median(stated().filter_map(|case| case.stated).collect()),
        error_where_stated: median(stated().map(|case| case.error).collect()),
    }
}
