//! What goes on into another cycle, told.

use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::retro::Onward;
use quarterdeck_core::token::Switch;
use quarterdeck_core::value::Subject;
use serde::Serialize;

use super::super::show::{Related, related};
use super::super::{share, what};
use super::Told;

/// What goes on into another cycle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RetroOnward {
    /// The live objectives of which something goes on, oldest first.
    pub objectives: Vec<RetroGoesOn>,
    /// How many live objectives are finished and stay behind.
    pub finished: usize,
}

/// An objective that was carried over, or would be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RetroGoesOn {
    /// The objective.
    #[serde(flatten)]
    pub objective: Related,
    /// Whether it stands from cycle to cycle.
    pub standing: bool,
    /// The one that it was carried over into; none where it was not yet.
    pub carried: Option<Related>,
    /// Name of the cycle of that one.
    pub into: Option<String>,
    /// The key results that go on, by the rule of `okr carry`.
    pub key_results: Vec<RetroOnwardKeyResult>,
}

/// A key result that goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RetroOnwardKeyResult {
    /// Which.
    #[serde(flatten)]
    pub key_result: Related,
    /// What is left of it, in words: `531 → 550 leads`.
    pub aim: String,
    /// Its grade, else its score, 0 to 1.
    pub outcome: Option<Decimal>,
}

pub(super) fn onward(told: &Told<'_>, found: &Onward) -> RetroOnward {
    let (retro, names) = (told.found, told.names);
    let goes_on = |one: &quarterdeck_core::retro::Goes| {
        let objective = retro.state.objectives.get(&one.objective)?;
        let later = one.carried.and_then(|id| retro.state.objectives.get(&id));
        Some(RetroGoesOn {
            objective: related(names, Subject::Objective(one.objective))?,
            standing: objective.standing == Switch::On,
            carried: (one.carried).and_then(|id| related(names, Subject::Objective(id))),
            into: later.and_then(|later| names.title(Subject::Cycle(later.cycle))),
            key_results: (one.key_results.iter())
                .filter_map(|(id, metric)| {
                    let outcome = retro.outcome(retro.state.key_results.get(id)?);
                    Some(RetroOnwardKeyResult {
                        key_result: related(names, Subject::KeyResult(*id))?,
                        aim: what::aim(metric),
                        outcome: share(outcome),
                    })
                })
                .collect(),
        })
    };
    RetroOnward {
        objectives: found.objectives.iter().filter_map(goes_on).collect(),
        finished: found.finished.len(),
    }
}
