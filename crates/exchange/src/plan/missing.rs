//! What came from an earlier version of the document and is in this one no more.
//!
//! Only the cycles that the document speaks of count: an objective of the last quarter is not
//! missing from the next quarter's document.

use std::collections::BTreeSet;

use quarterdeck_core::id::{CycleId, KeyResultId, ObjectiveId};
use quarterdeck_core::state::Stamp;
use quarterdeck_core::token::{KeyResultState, ObjectiveState};
use quarterdeck_core::value::{Field, Subject, Value};

use super::compare::Versions;
use super::similar::normal;
use super::{Match, Missing, Planner};
use crate::outline::{KeyResult, Objective};

impl Planner<'_> {
    pub(super) fn missing(&mut self, versions: &Versions<'_>, cycles: &[Option<CycleId>]) {
        let spoken: BTreeSet<CycleId> = cycles.iter().copied().flatten().collect();
        if versions.known() {
            for gone in versions.gone() {
                self.drop_objective(gone, &spoken);
            }
        } else if self.options.from_here.is_some() {
            self.not_in_document(&spoken);
        }
    }

    /// Drops an objective that the document had before, if the workspace has it.
    fn drop_objective(&mut self, gone: &Objective, spoken: &BTreeSet<CycleId>) {
        let title = normal(&gone.title);
        let found = self
            .state()
            .objectives
            .iter()
            .find(|(id, one)| {
                spoken.contains(&one.cycle)
                    && one.is_live()
                    && normal(&one.title) == title
                    && !self.present.contains(&Subject::Objective(**id))
            })
            .map(|(id, _)| *id);
        if let Some(id) = found {
            self.set_dropped(Subject::Objective(id), gone.title.clone());
        }
    }

    /// Drops a key result that the document had before below this objective.
    pub(super) fn drop_key_result(&mut self, objective: ObjectiveId, gone: &KeyResult) {
        let title = normal(&gone.title);
        let found: Option<KeyResultId> = self
            .state()
            .key_results_of(objective)
            .find(|(id, one)| {
                one.is_live()
                    && normal(&one.title) == title
                    && !self.present.contains(&Subject::KeyResult(*id))
            })
            .map(|(id, _)| id);
        if let Some(id) = found {
            self.set_dropped(Subject::KeyResult(id), gone.title.clone());
        }
    }

    fn set_dropped(&mut self, subject: Subject, title: String) {
        let word = match subject {
            Subject::Objective(_) => ObjectiveState::Dropped.word(),
            _ => KeyResultState::Dropped.word(),
        };
        let set = vec![(Field::State, Value::Text(word.to_owned()))];
        self.edit(subject, title, 0, Match::Title, set);
    }

    fn is_from_here(&self, stamp: &Stamp) -> bool {
        let source = self.state().source(stamp);
        source.is_some_and(|source| self.options.from_here.is_some_and(|from| from(source)))
    }

    fn not_in_document(&mut self, spoken: &BTreeSet<CycleId>) {
        let mut missing: Vec<(u64, Missing)> = Vec::new();
        for (id, one) in &self.state().objectives {
            let subject = Subject::Objective(*id);
            let here = spoken.contains(&one.cycle) && one.is_live();
            if here
                && !self.present.contains(&subject)
                && self.is_from_here(&one.provenance.created)
            {
                let title = one.title.clone();
                missing.push((one.provenance.created.seq, Missing { subject, title }));
            }
        }
        for (id, one) in &self.state().key_results {
            let subject = Subject::KeyResult(*id);
            let above = Subject::Objective(one.objective);
            let here = self.present.contains(&above) && one.is_live();
            if here
                && !self.present.contains(&subject)
                && self.is_from_here(&one.provenance.created)
            {
                let title = one.title.clone();
                missing.push((one.provenance.created.seq, Missing { subject, title }));
            }
        }
        missing.sort_by_key(|(seq, _)| *seq);
        for (_, one) in missing {
            if self.options.drop_missing {
                self.set_dropped(one.subject, one.title);
            } else {
                self.plan.missing.push(one);
            }
        }
    }
}
