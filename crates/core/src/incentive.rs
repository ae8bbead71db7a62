//! What an incentive plan rewards, beside what the OKRs say.
//!
//! Guarantee: while incentives are off, [`review`] says nothing at all; whoever shows anything about
//! them asks here. Nothing here ties a grade to pay.

use serde::Serialize;

use crate::event::Body;
use crate::id::{IncentiveId, KeyResultId};
use crate::state::{Incentive, State};
use crate::token::Switch;
use crate::value::{Field, Subject};

/// How a metric of the plan is covered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cover {
    /// By a live key result that somebody owns.
    Covered,
    /// No key result covers it.
    NoKeyResult,
    /// Its key result, or that one's objective, was deferred, dropped or withdrawn.
    NotLive,
    /// Its key result is in a cycle that is over, and was not carried over.
    Over,
    /// Nobody owns its key result, nor the objective above.
    NoOwner,
}

impl Cover {
    /// It in a few words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Covered => "covered",
            Self::NoKeyResult => "no key result covers it",
            Self::NotLive => "its key result is not pursued",
            Self::Over => "its key result is of a closed cycle",
            Self::NoOwner => "nobody owns its key result",
        }
    }
}

/// A metric of the plan, and how it is covered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// The metric.
    pub incentive: IncentiveId,
    /// The key result that it rewards: the one named, or what that was carried over into.
    pub key_result: Option<KeyResultId>,
    /// How it is covered.
    pub cover: Cover,
}

/// Whether incentives are looked at in this workspace.
#[must_use]
pub fn is_on(state: &State) -> bool {
    state
        .workspace
        .as_ref()
        .is_some_and(|workspace| workspace.incentives == Switch::On)
}

/// Whether an event is about incentives: while they are off, its place in the log is shown, and
/// nothing of what it says.
#[must_use]
pub fn is_about(body: &Body) -> bool {
    match body {
        Body::IncentiveAdded(_)
        | Body::Edited {
            subject: Subject::Incentive(_),
            ..
        }
        | Body::ConflictResolved {
            subject: Subject::Incentive(_),
            ..
        } => true,
        Body::Edited { changes, .. } => changes
            .iter()
            .any(|change| change.field == Field::Incentives),
        Body::ConflictResolved { field, .. } => *field == Field::Incentives,
        Body::NoteAdded { about, .. } => matches!(about, Subject::Incentive(_)),
        _ => false,
    }
}

/// Every metric of the plan, in the order in which they were named; none while incentives are off.
#[must_use]
pub fn review(state: &State) -> Option<Vec<Finding>> {
    if !is_on(state) {
        return None;
    }
    let mut found: Vec<_> = state
        .incentives
        .iter()
        .filter(|(_, incentive)| incentive.is_live())
        .collect();
    found.sort_by_key(|(_, incentive)| incentive.provenance.created.seq);
    let findings = found.into_iter().map(|(id, incentive)| {
        let key_result = incentive.key_result.map(|id| latest(state, id));
        Finding {
            incentive: *id,
            key_result,
            cover: cover(state, key_result),
        }
    });
    Some(findings.collect())
}

impl Incentive {
    /// Whether the plan still rewards it.
    #[must_use]
    pub const fn is_live(&self) -> bool {
        matches!(self.state, crate::token::Life::Active)
    }
}

/// What a key result was carried over into, step by step.
fn latest(state: &State, id: KeyResultId) -> KeyResultId {
    let mut at = id;
    let mut steps = state.key_results.len();
    while let Some((next, _)) = (state.key_results.iter())
        .find(|(_, one)| one.carried_from == Some(at) && one.is_live())
        .filter(|_| steps > 0)
    {
        at = *next;
        steps -= 1;
    }
    at
}

fn cover(state: &State, key_result: Option<KeyResultId>) -> Cover {
    let Some(found) = key_result.and_then(|id| state.key_results.get(&id)) else {
        return Cover::NoKeyResult;
    };
    let Some(above) = state.objectives.get(&found.objective) else {
        return Cover::NoKeyResult;
    };
    if !found.is_live() || !above.is_live() {
        return Cover::NotLive;
    }
    if (state.cycles.get(&above.cycle)).is_some_and(crate::state::Cycle::is_closed) {
        return Cover::Over;
    }
    if found.owner.is_none() && above.owner.is_none() {
        return Cover::NoOwner;
    }
    Cover::Covered
}
