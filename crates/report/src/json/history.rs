//! A line of a history.

use quarterdeck_core::calendar::Date;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::history::Line;
use quarterdeck_core::value::Subject;
use serde::Serialize;

use super::log::{LogLine, log_line};
use super::share;
use crate::names::{Names, Ref};

/// A change of a goal: the log's line and how the goal stood right after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HistoryLine {
    /// The event.
    #[serde(flatten)]
    pub event: LogLine,
    /// The value of a key result that held after it.
    pub value: Option<Decimal>,
    /// The target after it; the upper bound of a range.
    pub target: Option<Decimal>,
    /// The last confidence stated by then, 0 to 1.
    pub confidence: Option<Decimal>,
    /// The score after it, 0 to 1.
    pub score: Option<Decimal>,
    /// Unit of value, baseline and target.
    pub unit: Option<String>,
    /// The objective, key result or cycle whose figures these are.
    pub goal: Option<Ref>,
    /// What that is: `objective`, `key result` or `cycle`.
    pub goal_kind: &'static str,
    /// What it was called after it.
    pub goal_title: String,
    /// Who owned it after it.
    pub owner: Option<String>,
    /// Where a key result started, after it.
    pub baseline: Option<Decimal>,
    /// Its weight in its objective's mean after it.
    pub weight: Option<Decimal>,
    /// Where it stood in its life after it.
    pub state: &'static str,
    /// The last day of its cycle after it.
    pub ends: Option<Date>,
    /// Whether it is a measurement that was corrected later.
    pub corrected: bool,
    /// The position of the last correction; none where there is none or it is not recorded.
    pub corrected_by: Option<u64>,
    /// Whether it is a measurement that was taken back later and counts no more.
    pub retracted: bool,
    /// The check-in or reading that it corrects, takes back or lets count again.
    pub corrects: Option<Ref>,
    /// How it fared against an edit that did not know of it: `in_effect` or `contends` while the
    /// conflict is open, `kept` or `lost` once it is settled.
    pub conflict: Option<&'static str>,
}

/// A line of a history as [`quarterdeck_core::history::of`] gives it; `names` are of the horizon.
#[must_use]
pub fn history_line(names: &Names<'_>, line: &Line) -> HistoryLine {
    let after = &line.after;
    HistoryLine {
        event: log_line(names, &line.entry, line.pending),
        value: after.value,
        target: after.target,
        confidence: after.confidence,
        score: share(after.score),
        unit: after.unit.clone(),
        goal: names.subject(line.goal),
        goal_kind: line.goal.noun(),
        goal_title: after.title.clone(),
        owner: after.owner.map(|owner| names.person(owner)),
        baseline: after.baseline,
        weight: after.weight,
        state: after.state,
        ends: after.ends,
        corrected: line.marks.corrected.is_some(),
        corrected_by: (line.marks.corrected)
            .map(|stamp| stamp.seq)
            .filter(|_| !line.marks.correction_pending),
        retracted: line.marks.retracted,
        corrects: line.marks.corrects.and_then(|subject| match subject {
            Subject::CheckIn(..) | Subject::Reading(..) => names.subject(subject),
            _ => None,
        }),
        conflict: line.marks.side.map(quarterdeck_core::history::Side::word),
    }
}
