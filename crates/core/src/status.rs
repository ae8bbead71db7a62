//! How a key result is doing, and why one says so.
//!
//! The rule, first match wins:
//!
//! 1. **done**: the score is 1. A range to maintain is done only once its cycle is over.
//! 2. **stale**: nothing was ever measured, or the next check-in is overdue by its cadence
//!    ([`crate::calendar`]). Silence is never green.
//! 3. From pace and the last stated confidence, the worse of the two:
//!
//! | | on track | at risk | off track |
//! |---|---|---|---|
//! | pace | from 0.9 | from 0.6 | below 0.6 |
//! | confidence | from 0.7 | from 0.4 | below 0.4 |
//!
//! In place of pace, a range to maintain is judged by the share of periods kept, by the same
//! bounds, and a value outside of the range is at risk at best. A binary key result has no pace:
//! it is judged by confidence, and at risk where none was stated.
//!
//! An objective is as well as its weakest live key result.

use serde::{Deserialize, Serialize};

use crate::calendar::Date;
use crate::decimal::Decimal;
use crate::id::ObjectiveId;
use crate::score::{self, Progress};
use crate::state::{Cycle, KeyResult, State};
use crate::token::{MetricKind, Status};

/// A status with its reasons, as sentences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explained {
    /// The status.
    pub status: Status,
    /// Why, one sentence a finding.
    pub because: Vec<String>,
}

/// How bad a status is; the objective shows the worst.
#[must_use]
pub const fn severity(status: Status) -> u8 {
    match status {
        Status::Done => 0,
        Status::OnTrack => 1,
        Status::AtRisk => 2,
        Status::Stale => 3,
        Status::OffTrack => 4,
    }
}

/// What a stated confidence alone says, by the bounds of the rule.
#[must_use]
pub fn of_confidence(confidence: Decimal) -> Status {
    by_bounds(confidence, CONFIDENCE_GREEN, CONFIDENCE_AMBER)
}

/// The status of a key result at the end of the day `on`, with its explanation.
#[must_use]
pub fn of_key_result(state: &State, key_result: &KeyResult, cycle: &Cycle, on: Date) -> Explained {
    let progress = score::progress(state, key_result, cycle, on);
    let over = on >= cycle.ends;
    let on = on.min(cycle.ends);
    let explained = |status, because: String| Explained {
        status,
        because: vec![because],
    };
    let kind = key_result.metric.kind;

    if progress.score == Some(Decimal::ONE) && (kind != MetricKind::Maintain || over) {
        return explained(Status::Done, "The target is reached.".to_owned());
    }
    let Some(last) = progress.last_check_in else {
        let why = if on < cycle.starts {
            format!(
                "The cycle starts on {}; nothing has been measured yet.",
                cycle.starts
            )
        } else {
            "Nothing has been measured yet.".to_owned()
        };
        return explained(Status::Stale, why);
    };
    if key_result.cadence.is_overdue(last, on) {
        return explained(
            Status::Stale,
            format!(
                "The last {} speaks of {last}; a {} one was due on {}.",
                // It may have been a reading of the KPI.
                if key_result.kpi.is_some() {
                    "measurement"
                } else {
                    "check-in"
                },
                key_result.cadence,
                key_result.cadence.due_on(last)
            ),
        );
    }
    judge(state, key_result, cycle, on, &progress)
}

fn judge(
    state: &State,
    key_result: &KeyResult,
    cycle: &Cycle,
    on: Date,
    progress: &Progress,
) -> Explained {
    let mut worst = Status::OnTrack;
    let mut because = Vec::new();
    let mut note = |status: Status, why: String| {
        if severity(status) > severity(worst) {
            worst = status;
        }
        because.push(why);
    };
    match key_result.metric.kind {
        MetricKind::Binary => {
            if progress.confidence.is_none() {
                note(
                    Status::AtRisk,
                    "It is not done, and no confidence was stated.".to_owned(),
                );
            }
        }
        MetricKind::Maintain => {
            if let Some(kept) = progress.progress {
                note(
                    by_bounds(kept, PACE_GREEN, PACE_AMBER),
                    format!("In {} of the periods the value was kept.", percent(kept)),
                );
            }
            if progress
                .current
                .is_none_or(|value| !score::in_range(&key_result.metric, value))
            {
                note(
                    Status::AtRisk,
                    "The value is outside of the range.".to_owned(),
                );
            }
        }
        _ => {
            if let Some(pace) = score::pace(state, key_result, cycle, on) {
                let done = progress.progress.unwrap_or(Decimal::ZERO);
                let (elapsed, expected) =
                    (score::elapsed(cycle, on), score::expected(state, cycle, on));
                let against = if elapsed == expected {
                    format!("when {} of the cycle is over", percent(elapsed))
                } else {
                    format!(
                        "when {} is expected by the months' weights",
                        percent(expected)
                    )
                };
                note(
                    by_bounds(pace, PACE_GREEN, PACE_AMBER),
                    format!(
                        "{} is done {against}: pace {}.",
                        percent(done),
                        pace.round(2)
                    ),
                );
            }
        }
    }
    if let Some(confidence) = progress.confidence {
        note(
            of_confidence(confidence),
            format!("The last stated confidence is {confidence}."),
        );
    }
    Explained {
        status: worst,
        because,
    }
}

const PACE_GREEN: (i128, u32) = (9, 1);
const PACE_AMBER: (i128, u32) = (6, 1);
const CONFIDENCE_GREEN: (i128, u32) = (7, 1);
pub(crate) const CONFIDENCE_AMBER: (i128, u32) = (4, 1);

fn by_bounds(value: Decimal, green: (i128, u32), amber: (i128, u32)) -> Status {
    let reaches = |bound: (i128, u32)| {
        Decimal::from_parts(bound.0, bound.1).is_some_and(|bound| value >= bound)
    };
    if reaches(green) {
        Status::OnTrack
    } else if reaches(amber) {
        Status::AtRisk
    } else {
        Status::OffTrack
    }
}

fn percent(share: Decimal) -> String {
    share.checked_mul(Decimal::from(100u32)).map_or_else(
        || "?".to_owned(),
        |percent| format!("{} %", percent.round(0)),
    )
}

/// The status of an objective: that of its weakest live key result. None where it has none.
#[must_use]
pub fn of_objective(state: &State, objective: ObjectiveId, on: Date) -> Option<Explained> {
    let cycle = state.cycles.get(&state.objectives.get(&objective)?.cycle)?;
    state
        .key_results_of(objective)
        .filter(|(_, key_result)| key_result.is_live())
        .map(|(_, key_result)| (key_result, of_key_result(state, key_result, cycle, on)))
        .max_by_key(|(_, explained)| severity(explained.status))
        .map(|(weakest, explained)| Explained {
            status: explained.status,
            because: vec![format!(
                "Its weakest key result, '{}', is {}.",
                weakest.title, explained.status
            )],
        })
}
