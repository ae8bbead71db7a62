//! One version of a document against the one before: what it says anew.
//!
//! Where the version before is known, a value that did not change in the document is left as the
//! workspace has it. So two lines of work on one document, joined later, do not undo each other.

use quarterdeck_core::token::KeyResultState;

use super::matching::{Face, pair};
use crate::outline::{KeyResult, Objective, Outline};

/// An outline beside the one before it.
#[derive(Debug)]
pub(super) struct Versions<'a> {
    base: Option<&'a Outline>,
    /// For each objective, the one that it was.
    objectives: Vec<Option<usize>>,
}

pub(super) fn face(objective: &Objective) -> Face {
    Face::new(
        objective.key.as_deref(),
        &objective.title,
        objective.key_results.iter().map(|one| one.title.as_str()),
    )
}

pub(super) fn key_result_face(one: &KeyResult) -> Face {
    Face {
        live: one
            .state
            .is_none_or(|state| state == KeyResultState::Active),
        ..Face::new(one.key.as_deref(), &one.title, std::iter::empty())
    }
}

impl<'a> Versions<'a> {
    pub(super) fn new(outline: &Outline, base: Option<&'a Outline>) -> Self {
        let mut objectives = vec![None; outline.objectives.len()];
        if let Some(base) = base {
            // Within each cycle by itself: the next quarter's objective is another.
            let mut cycles: Vec<&Option<String>> =
                outline.objectives.iter().map(|one| &one.cycle).collect();
            cycles.sort();
            cycles.dedup();
            for cycle in cycles {
                let of = |list: &[Objective]| -> Vec<usize> {
                    (0..)
                        .zip(list)
                        .filter(|(_, one)| one.cycle == *cycle)
                        .map(|(at, _)| at)
                        .collect()
                };
                let (new, old) = (of(&outline.objectives), of(&base.objectives));
                let faces = |list: &[Objective], of: &[usize]| -> Vec<Face> {
                    of.iter().filter_map(|at| list.get(*at)).map(face).collect()
                };
                let found = pair(
                    &faces(&outline.objectives, &new),
                    &faces(&base.objectives, &old),
                );
                for (at, found) in new.iter().zip(found) {
                    if let Some(slot) = objectives.get_mut(*at) {
                        *slot = found.and_then(|(other, _)| old.get(other).copied());
                    }
                }
            }
        }
        Self { base, objectives }
    }

    /// Whether there is a version before.
    pub(super) const fn known(&self) -> bool {
        self.base.is_some()
    }

    /// What the objective at this place was.
    pub(super) fn before(&self, at: usize) -> Option<&'a Objective> {
        let old = (*self.objectives.get(at)?)?;
        self.base?.objectives.get(old)
    }

    /// Objectives of the version before that are in this one no more.
    pub(super) fn gone(&self) -> Vec<&'a Objective> {
        let base = self.base.map_or(&[][..], |base| &base.objectives);
        (0..)
            .zip(base)
            .filter(|(at, _)| !self.objectives.contains(&Some(*at)))
            .map(|(_, one)| one)
            .collect()
    }
}

/// For each key result, what it was in the objective before; and those that are there no more.
pub(super) fn key_results<'a>(
    new: &Objective,
    before: Option<&'a Objective>,
) -> (Vec<Option<&'a KeyResult>>, Vec<&'a KeyResult>) {
    let old = before.map_or(&[][..], |before| &before.key_results);
    let faces = |list: &[KeyResult]| -> Vec<Face> { list.iter().map(key_result_face).collect() };
    let found = pair(&faces(&new.key_results), &faces(old));
    let gone = (0..)
        .zip(old)
        .filter(|(at, _)| !found.iter().flatten().any(|(other, _)| other == at))
        .map(|(_, one)| one)
        .collect();
    let was = found
        .into_iter()
        .map(|found| found.and_then(|(at, _)| old.get(at)))
        .collect();
    (was, gone)
}
