//! What an incentive plan rewards, beside what the OKRs say.

use quarterdeck_core::id::IncentiveId;
use quarterdeck_core::incentive::{self, Cover};
use quarterdeck_core::value::Subject;
use serde::Serialize;

use super::Schema;
use super::show::{Related, related};
use crate::names::{Names, Ref};

/// The metrics of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IncentiveList {
    /// Version of this object.
    pub schema: Schema,
    /// The metrics, in the order in which they were named.
    pub incentives: Vec<IncentiveLine>,
    /// How many of them no key result covers.
    pub uncovered: usize,
    /// How many reward a key result that nobody has.
    pub abandoned: usize,
}

/// A metric of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IncentiveLine {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Id.
    pub id: IncentiveId,
    /// What the plan rewards.
    pub title: String,
    /// Whom.
    pub member: Option<String>,
    /// The key result that it rewards: the one named, or what that was carried over into.
    pub key_result: Option<Related>,
    /// Who owns that one, or the objective above it.
    pub owner: Option<String>,
    /// How it is covered.
    pub cover: Cover,
}

/// The metrics of the plan; none while incentives are off.
#[must_use]
pub fn incentives(names: &Names<'_>) -> Option<IncentiveList> {
    let state = names.state();
    let incentives: Vec<IncentiveLine> = incentive::review(state)?
        .into_iter()
        .filter_map(|finding| {
            let found = state.incentives.get(&finding.incentive)?;
            let rewarded = finding.key_result.and_then(|id| state.key_results.get(&id));
            let above = rewarded.and_then(|one| state.objectives.get(&one.objective));
            let owner = (rewarded.and_then(|one| one.owner)).or(above.and_then(|one| one.owner));
            Some(IncentiveLine {
                reference: names.subject(Subject::Incentive(finding.incentive))?,
                id: finding.incentive,
                title: found.title.clone(),
                member: found.member.map(|id| names.person(id)),
                key_result: (finding.key_result)
                    .and_then(|id| related(names, Subject::KeyResult(id))),
                owner: owner.map(|id| names.person(id)),
                cover: finding.cover,
            })
        })
        .collect();
    let uncovered = incentives
        .iter()
        .filter(|one| one.cover == Cover::NoKeyResult);
    let uncovered = uncovered.count();
    let covered = incentives.iter().filter(|one| one.cover == Cover::Covered);
    Some(IncentiveList {
        schema: Schema,
        uncovered,
        abandoned: incentives.len() - uncovered - covered.count(),
        incentives,
    })
}
