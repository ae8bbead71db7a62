//! `okr cycle show NAME --later`: what came after the closing of a cycle, apart from its figures.

use std::collections::BTreeSet;

use quarterdeck_core::calendar::Date;
use quarterdeck_core::closing as rule;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::Entry;
use quarterdeck_core::grading;
use quarterdeck_core::id::{CycleId, KeyResultId};
use quarterdeck_core::value::Subject;
use serde::Serialize;

use super::closing::{Closing, closing};
use super::log::{LogLine, log_line};
use super::{AsOf, Schema, share};
use crate::names::{Names, Ref};

/// What came after the closing of a cycle. It changed nothing in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Later {
    /// Version of this object.
    pub schema: Schema,
    /// Name of the workspace.
    pub workspace: String,
    /// The moment as of which it was asked; none for the present.
    pub as_of: Option<AsOf>,
    /// Name of the cycle.
    pub cycle: String,
    /// What its grades are bound to; none while it is open.
    pub closing: Option<Closing>,
    /// What came later, in the order of the log.
    pub events: Vec<LogLine>,
    /// The key results that it touched, with what would be computed for them now.
    pub key_results: Vec<LaterKeyResult>,
}

/// A key result that something later touched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LaterKeyResult {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Id.
    pub id: KeyResultId,
    /// Title.
    pub title: String,
    /// Its grade; none where it came later itself.
    pub grade: Option<Decimal>,
    /// What would be computed with what came later.
    pub computed_now: Option<Decimal>,
}

/// What came later, told with the names of a state that has it applied. `entries` say with each
/// whether it is still waiting to be recorded.
#[must_use]
pub fn later(
    names: &Names<'_>,
    cycle: CycleId,
    entries: &[(Entry, bool)],
    on: Date,
    as_of: Option<AsOf>,
) -> Later {
    let state = names.state();
    let touched: BTreeSet<KeyResultId> = (entries.iter())
        .filter_map(|(entry, _)| match entry.event.body.subject() {
            Some(Subject::KeyResult(id)) => Some(id),
            _ => None,
        })
        .collect();
    let day = (state.cycles.get(&cycle)).and_then(|found| {
        let bound = found.closing.as_ref()?;
        Some(rule::day(state, found, bound))
    });
    Later {
        schema: Schema,
        workspace: names.workspace(),
        as_of,
        cycle: names.title(Subject::Cycle(cycle)).unwrap_or_default(),
        closing: closing(names, cycle),
        events: (entries.iter())
            .map(|(entry, pending)| log_line(names, entry, *pending))
            .collect(),
        key_results: (touched.into_iter())
            .filter_map(|id| {
                let found = state.key_results.get(&id)?;
                Some(LaterKeyResult {
                    reference: names.key_result(id),
                    id,
                    title: found.title.clone(),
                    grade: (found.grade.as_ref()).map(|grade| grade.grade.round(2)),
                    computed_now: share(grading::computed(state, id, day.unwrap_or(on))),
                })
            })
            .collect(),
    }
}
