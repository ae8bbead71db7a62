//! Who agreed to an objective, and to which wording.
//!
//! A signature holds for the terms as they stood in the log when it was recorded: the objective's
//! own words, owner, cycle and alignment, and what its key results measure. What changed after a
//! signature is listed with it, so that an agreement to an earlier wording is never taken for one
//! to the present.

use crate::id::{MemberId, ObjectiveId};
use crate::state::{Provenance, Stamp, State};
use crate::value::{Field, Subject};

/// One whom the objective asks, or who signed unasked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Who.
    pub member: MemberId,
    /// When they signed; none while they have not.
    pub signed: Option<Stamp>,
    /// What changed since they signed, oldest first.
    pub since: Vec<Amendment>,
}

/// A change of the terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amendment {
    /// The objective or key result.
    pub subject: Subject,
    /// The field; none where the key result was added.
    pub field: Option<Field>,
    /// Who changed it, and when.
    pub stamp: Stamp,
}

impl Signature {
    /// Whether it is an agreement to the present wording.
    #[must_use]
    pub fn stands(&self) -> bool {
        self.signed.is_some() && self.since.is_empty()
    }
}

/// The terms of an objective.
const OBJECTIVE_TERMS: [Field; 7] = [
    Field::Title,
    Field::Description,
    Field::Owner,
    Field::Team,
    Field::Cycle,
    Field::Kind,
    Field::Supports,
];

/// The terms of a key result. Its state is among them: one that is dropped is no longer promised.
const KEY_RESULT_TERMS: [Field; 11] = [
    Field::Title,
    Field::Owner,
    Field::Metric,
    Field::Baseline,
    Field::Target,
    Field::Low,
    Field::High,
    Field::Milestones,
    Field::Unit,
    Field::Weight,
    Field::State,
];

/// The signatures of an objective, by member.
#[must_use]
pub fn signatures(state: &State, objective: ObjectiveId) -> Vec<Signature> {
    let Some(found) = state.objectives.get(&objective) else {
        return Vec::new();
    };
    let amendments = amendments(state, objective);
    found
        .sign_offs
        .iter()
        .map(|(member, signed)| Signature {
            member: *member,
            signed: *signed,
            since: signed.map_or_else(Vec::new, |signed| {
                amendments
                    .iter()
                    .filter(|one| one.stamp.seq > signed.seq)
                    .cloned()
                    .collect()
            }),
        })
        .collect()
}

/// Those who were asked and have not agreed to what the objective says now.
pub fn awaited(state: &State, objective: ObjectiveId) -> impl Iterator<Item = MemberId> {
    (signatures(state, objective).into_iter())
        .filter(|one| !one.stands())
        .map(|one| one.member)
}

/// Whether a live objective waits for this member to agree to what it says now.
#[must_use]
pub fn asks(state: &State, objective: ObjectiveId, member: MemberId) -> bool {
    (state.objectives.get(&objective)).is_some_and(|found| found.is_live())
        && awaited(state, objective).any(|awaited| awaited == member)
}

/// The last change of each term, oldest first.
fn amendments(state: &State, objective: ObjectiveId) -> Vec<Amendment> {
    let mut found = Vec::new();
    let mut collect = |subject, provenance: &Provenance, terms: &[Field]| {
        for field in terms {
            if let Some(stamp) = provenance.edited.get(field) {
                found.push(Amendment {
                    subject,
                    field: Some(field.clone()),
                    stamp: *stamp,
                });
            }
        }
    };
    if let Some(own) = state.objectives.get(&objective) {
        collect(
            Subject::Objective(objective),
            &own.provenance,
            &OBJECTIVE_TERMS,
        );
    }
    for (id, key_result) in state.key_results_of(objective) {
        collect(
            Subject::KeyResult(id),
            &key_result.provenance,
            &KEY_RESULT_TERMS,
        );
    }
    for (id, key_result) in state.key_results_of(objective) {
        found.push(Amendment {
            subject: Subject::KeyResult(id),
            field: None,
            stamp: key_result.provenance.created,
        });
    }
    found.sort_by_key(|one| one.stamp.seq);
    found
}
