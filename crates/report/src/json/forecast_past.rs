//! `okr forecast --past`: how good the forecasts of cycles that have ended were.

use quarterdeck_core::calendar::Date;
use quarterdeck_core::decimal::{Decimal, ratio};
use quarterdeck_core::forecast::check::{self, Case, Row};
use quarterdeck_core::id::{CycleId, KeyResultId};
use quarterdeck_core::value::Subject;
use serde::Serialize;

use super::{AsOf, Schema, share};
use crate::names::{Names, Ref};

/// How good forecasts were.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ForecastsPast {
    /// Version of this object.
    pub schema: Schema,
    /// Name of the workspace.
    pub workspace: String,
    /// As of which moment; none for the present.
    pub as_of: Option<AsOf>,
    /// The day by which the cycles have ended.
    pub on: Date,
    /// Names of the cycles, the first to end first.
    pub cycles: Vec<String>,
    /// All forecasts together.
    pub overall: ForecastsRow,
    /// Those so many weeks before the end, the most first.
    pub weeks: Vec<ForecastsWeek>,
    /// Each forecast beside its outcome.
    pub cases: Vec<ForecastCase>,
}

/// Forecasts together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ForecastsRow {
    /// How many.
    pub cases: usize,
    /// Of how many key results.
    pub key_results: usize,
    /// How many outcomes lay in the range.
    pub within: usize,
    /// What share of them that is.
    pub within_share: Option<Decimal>,
    /// Median distance of the score foretold from the one that came out.
    pub error: Option<Decimal>,
    /// The same for "it stays where it is", of the same cases.
    pub stays: Option<Decimal>,
    /// The same for the projections that people had stated by then.
    pub stated: Option<Decimal>,
    /// How many of the cases had one.
    pub stated_cases: usize,
    /// The forecasts' own error in those cases.
    pub error_where_stated: Option<Decimal>,
}

/// Forecasts so many weeks before the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ForecastsWeek {
    /// Weeks before the end, begun ones counted.
    pub weeks_left: u32,
    /// The forecasts.
    #[serde(flatten)]
    pub row: ForecastsRow,
}

/// A forecast beside its outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ForecastCase {
    /// Name of the cycle.
    pub cycle: String,
    /// Reference of the key result.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Id.
    pub id: KeyResultId,
    /// Title.
    pub title: String,
    /// As it would have been made at the end of this day.
    pub on: Date,
    /// Weeks before the end.
    pub weeks_left: u32,
    /// The value foretold.
    pub value: Decimal,
    /// The value that came out.
    pub came_out: Decimal,
    /// Whether that lies in the range.
    pub within: bool,
    /// Distance of the score foretold from the one that came out.
    pub error: Decimal,
    /// The same for "it stays where it is".
    pub stays: Decimal,
    /// The same for the projection stated by then.
    pub stated: Option<Decimal>,
}

/// How good the forecasts of these cycles were.
#[must_use]
pub fn forecasts_past(
    names: &Names<'_>,
    cycles: &[CycleId],
    cases: &[Case],
    (on, as_of): (Date, Option<AsOf>),
) -> ForecastsPast {
    let name = |id: CycleId| names.title(Subject::Cycle(id)).unwrap_or_default();
    ForecastsPast {
        schema: Schema,
        workspace: names.workspace(),
        as_of,
        on,
        cycles: cycles.iter().map(|id| name(*id)).collect(),
        overall: row(&check::overall(cases)),
        weeks: (check::by_weeks_left(cases).iter())
            .map(|(weeks_left, found)| ForecastsWeek {
                weeks_left: *weeks_left,
                row: row(found),
            })
            .collect(),
        cases: (cases.iter())
            .map(|case| ForecastCase {
                cycle: name(case.cycle),
                reference: names.key_result(case.key_result),
                id: case.key_result,
                title: (names.title(Subject::KeyResult(case.key_result))).unwrap_or_default(),
                on: case.on,
                weeks_left: case.weeks_left,
                value: case.value,
                came_out: case.came_out,
                within: case.within,
                error: case.error.round(2),
                stays: case.stays.round(2),
                stated: share(case.stated),
            })
            .collect(),
    }
}

fn row(found: &Row) -> ForecastsRow {
    ForecastsRow {
        cases: found.cases,
        key_results: found.key_results,
        within: found.within,
        within_share: ratio(found.within.into(), found.cases.into(), 2),
        error: share(found.error),
        stays: share(found.stays),
        stated: share(found.stated),
        stated_cases: found.stated_cases,
        error_where_stated: share(found.error_where_stated),
    }
}
