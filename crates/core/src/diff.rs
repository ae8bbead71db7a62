//! What changed between two moments, goal by goal, by whom, and what it did to the scores.
//!
//! It holds what was known at one moment against what is known at another, as [`crate::digest`]
//! does and by the same comparison: what is the same at both is not told, however often it changed
//! between them. Each side is measured on a day of its own, so a figure may also differ because
//! time passed. The entries that became known in between say who, when and why.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::calendar::Date;
use crate::decimal::Decimal;
use crate::digest::{self, Between, Standing};
use crate::event::{Body, Entry};
use crate::grading;
use crate::history::edited;
use crate::id::{CycleId, KeyResultId, ObjectiveId};
use crate::known::Known;
use crate::past::Past;
use crate::state::{Objective, Provenance, Stamp, State};
use crate::token::{KeyResultState, ObjectiveState};
use crate::value::{Field, Subject, Value};
use crate::when::Moment;
use crate::whose::Whose;

/// Whose changes are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// What these have: everybody, a team, a person.
    Whose(Whose),
    /// An objective and its key results.
    Objective(ObjectiveId),
    /// One key result.
    KeyResult(KeyResultId),
}

/// What changed between two moments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diff {
    /// Cycles that changed, and those of the objectives that did, by their first days.
    pub cycles: Vec<CycleDiff>,
    /// Objectives that changed or whose key results did, by their cycles, oldest first.
    pub objectives: Vec<ObjectiveDiff>,
}

/// How a cycle differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CycleDiff {
    /// The cycle.
    pub cycle: CycleId,
    /// Who planned it, where it was not there before.
    pub added: Option<Stamp>,
    /// That event.
    pub made: Option<Entry>,
    /// Its fields that differ.
    pub changes: Vec<Changed>,
    /// Its score before, of those objectives that are asked about.
    pub from: Option<Decimal>,
    /// Its score after; its grade once it is closed.
    pub to: Option<Decimal>,
}

/// How an objective differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectiveDiff {
    /// The objective.
    pub objective: ObjectiveId,
    /// Who drafted it, where it was not there before.
    pub added: Option<Stamp>,
    /// That event.
    pub made: Option<Entry>,
    /// Its fields that differ.
    pub changes: Vec<Changed>,
    /// Its score before.
    pub from: Option<Decimal>,
    /// Its score after; its grade once its cycle is closed.
    pub to: Option<Decimal>,
    /// Its key results that differ, in the order in which they matter.
    pub key_results: Vec<KeyResultDiff>,
}

/// How a key result differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyResultDiff {
    /// The key result.
    pub key_result: KeyResultId,
    /// Who added it, where it was not there before.
    pub added: Option<Stamp>,
    /// That event.
    pub made: Option<Entry>,
    /// Its fields that differ.
    pub changes: Vec<Changed>,
    /// Where it stood; none where it was not there.
    pub from: Option<Standing>,
    /// Where it stands.
    pub to: Option<Standing>,
    /// The check-ins and readings in between, their corrections, and those taken back.
    pub measured: Vec<Entry>,
}

/// A field that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The field.
    pub field: Field,
    /// What it said.
    pub from: Value,
    /// What it says.
    pub to: Value,
    /// Who set the present value, and when.
    pub stamp: Stamp,
    /// The events in between that set it, oldest first.
    pub by: Vec<Entry>,
}

/// What changed in a scope from the moment `from` to the horizon, measured on one day each.
///
/// # Errors
/// The log cannot be read.
pub fn of<P: Past>(
    past: &mut P,
    from: Moment,
    (then_on, now_on): (Date, Date),
    scope: &Scope,
) -> Result<Diff, P::Error> {
    let then = past.known_at(from)?;
    // Shared until changed: no deep copy.
    let now = past.state().clone();
    let between = Between {
        then: &then,
        then_on,
        now: &now,
        now_on,
    };
    let mut found = compare(&between, scope);
    let known = Known::of_past(&now);
    let mut entries = past.about(&found.things(&now))?;
    entries.retain(|entry| match from {
        Moment::At(moment) => !known.by(entry, moment),
        Moment::Position(position) => entry.seq > position,
    });
    found.explain(&now, &entries);
    found.drop_unchanged(&now);
    Ok(found)
}

/// How two states differ in a scope. Who did what is not said yet, and key results that may have
/// been measured are among them: see [`Diff::explain`].
#[must_use]
pub fn compare(between: &Between<'_>, scope: &Scope) -> Diff {
    let now = between.now;
    let mut objectives: Vec<(&ObjectiveId, &Objective)> = (now.objectives.iter())
        .map(|(id, one)| (id, &**one))
        .filter(|(id, one)| {
            one.state != ObjectiveState::Withdrawn || between.then.objectives.contains_key(id)
        })
        .collect();
    objectives.sort_by_key(|(_, one)| {
        let starts = now.cycles.get(&one.cycle).map(|cycle| cycle.starts);
        (starts, one.provenance.created.seq)
    });
    let objectives: Vec<ObjectiveDiff> = (objectives.into_iter())
        .filter_map(|(id, one)| objective(between, *id, one, scope))
        .collect();
    Diff {
        cycles: cycles(between, &objectives, scope),
        objectives,
    }
}

fn objective(
    between: &Between<'_>,
    id: ObjectiveId,
    one: &Objective,
    scope: &Scope,
) -> Option<ObjectiveDiff> {
    let Between { then, now, .. } = *between;
    let before = then.objectives.get(&id);
    let asked = match scope {
        Scope::Whose(whose) => {
            whose.has_objective(now, one)
                || before.is_some_and(|before| whose.has_objective(then, before))
        }
        Scope::Objective(asked) => *asked == id,
        Scope::KeyResult(_) => false,
    };
    let key_results: Vec<KeyResultDiff> = (now.key_results_of(id))
        .filter(|(of, _)| match scope {
            Scope::Whose(whose) => {
                let has = |state: &State| {
                    (state.key_results.get(of)).is_some_and(|one| whose.has_key_result(state, one))
                };
                asked || has(now) || has(then)
            }
            Scope::Objective(_) => asked,
            Scope::KeyResult(asked) => asked == of,
        })
        .filter_map(|(of, _)| key_result(between, of))
        .collect();
    if !asked && key_results.is_empty() {
        return None;
    }
    let mut changes = changed(between, Subject::Objective(id), &one.provenance);
    if !asked {
        // The deadline of a key result is its objective's.
        changes.retain(|change| change.field == Field::Cycle);
    }
    Some(ObjectiveDiff {
        objective: id,
        added: before.is_none().then_some(one.provenance.created),
        made: None,
        changes,
        from: grading::objective_stands(then, id, between.then_on),
        to: grading::objective_stands(now, id, between.now_on),
        key_results,
    })
}

fn key_result(between: &Between<'_>, id: KeyResultId) -> Option<KeyResultDiff> {
    let Between { then, now, .. } = *between;
    let one = now.key_results.get(&id)?;
    let before = then.key_results.get(&id);
    if one.state == KeyResultState::Withdrawn && before.is_none() {
        return None;
    }
    Some(KeyResultDiff {
        key_result: id,
        added: before.is_none().then_some(one.provenance.created),
        made: None,
        changes: changed(between, Subject::KeyResult(id), &one.provenance),
        from: digest::standing_of(then, id, between.then_on),
        to: digest::standing_of(now, id, between.now_on),
        measured: Vec::new(),
    })
}

fn changed(between: &Between<'_>, subject: Subject, provenance: &Provenance) -> Vec<Changed> {
    digest::fields_changed(between, subject, Field::ALL, provenance)
        .map(|(field, from, to, stamp)| Changed {
            field,
            from,
            to,
            stamp,
            by: Vec::new(),
        })
        .collect()
}

/// The cycles of what is told of; where everything is, also those that changed themselves.
fn cycles(between: &Between<'_>, objectives: &[ObjectiveDiff], scope: &Scope) -> Vec<CycleDiff> {
    let Between { then, now, .. } = *between;
    let (all, everybody) = (Scope::Whose(Whose::All), Whose::All);
    let whose = match scope {
        Scope::Whose(whose) => whose,
        _ => &everybody,
    };
    let of = |state: &State, id: ObjectiveId| state.objectives.get(&id).map(|one| one.cycle);
    let told: BTreeSet<CycleId> = (objectives.iter())
        .flat_map(|one| [of(then, one.objective), of(now, one.objective)])
        .flatten()
        .collect();
    let mut found: Vec<_> = (now.cycles.iter())
        .filter(|(id, _)| *scope == all || told.contains(id))
        .collect();
    found.sort_by_key(|(id, cycle)| (cycle.starts, **id));
    (found.into_iter())
        .map(|(id, one)| CycleDiff {
            cycle: *id,
            added: (!then.cycles.contains_key(id)).then_some(one.provenance.created),
            made: None,
            changes: changed(between, Subject::Cycle(*id), &one.provenance),
            from: digest::cycle_stands(then, *id, between.then_on, whose),
            to: digest::cycle_stands(now, *id, between.now_on, whose),
        })
        .collect()
}

impl Diff {
    /// The ids of all that differs, under which the entries are found that say why.
    #[must_use]
    pub fn things(&self, now: &State) -> BTreeSet<Uuid> {
        let mut ids: BTreeSet<Uuid> = (self.cycles.iter())
            .filter(|one| !one.changes.is_empty() || one.added.is_some())
            .map(|one| one.cycle.uuid())
            .collect();
        for one in &self.objectives {
            if !one.changes.is_empty() || one.added.is_some() {
                ids.insert(one.objective.uuid());
            }
            for one in &one.key_results {
                ids.insert(one.key_result.uuid());
                let read = now
                    .key_results
                    .get(&one.key_result)
                    .and_then(|found| found.kpi);
                ids.extend(read.map(|kpi| kpi.uuid()));
            }
        }
        ids
    }

    /// Says of each difference which of these entries made it. `entries` are those about
    /// [`things`](Self::things) that became known in between, in the order of the log.
    pub fn explain(&mut self, now: &State, entries: &[Entry]) {
        let made = |stamp: &Option<Stamp>| {
            let event = stamp.as_ref()?.event;
            entries
                .iter()
                .find(|entry| entry.event.id == event)
                .cloned()
        };
        for one in &mut self.cycles {
            one.made = made(&one.added);
            explain(Subject::Cycle(one.cycle), &mut one.changes, entries);
        }
        for objective in &mut self.objectives {
            let subject = Subject::Objective(objective.objective);
            objective.made = made(&objective.added);
            explain(subject, &mut objective.changes, entries);
            for one in &mut objective.key_results {
                let subject = Subject::KeyResult(one.key_result);
                one.made = made(&one.added);
                explain(subject, &mut one.changes, entries);
                one.measured = (entries.iter())
                    .filter(|entry| measures(now, &entry.event.body, one.key_result))
                    .cloned()
                    .collect();
            }
        }
    }

    /// Leaves out what does not differ after all.
    pub fn drop_unchanged(&mut self, now: &State) {
        for objective in &mut self.objectives {
            objective.key_results.retain(KeyResultDiff::differs);
        }
        self.objectives.retain(|one| {
            one.added.is_some()
                || !one.changes.is_empty()
                || !one.key_results.is_empty()
                || one.from != one.to
        });
        let told: BTreeSet<CycleId> = (self.objectives.iter())
            .filter_map(|one| now.objectives.get(&one.objective))
            .map(|one| one.cycle)
            .collect();
        self.cycles.retain(|one| {
            let differs = one.added.is_some() || !one.changes.is_empty() || one.from != one.to;
            differs || told.contains(&one.cycle)
        });
    }
}

impl KeyResultDiff {
    fn differs(&self) -> bool {
        let stands = |at: &Option<Standing>| {
            at.as_ref()
                .map(|at| (at.value, at.score, at.confidence, at.status.status))
        };
        self.added.is_some()
            || !self.changes.is_empty()
            || !self.measured.is_empty()
            || stands(&self.from) != stands(&self.to)
    }
}

fn explain(subject: Subject, changes: &mut [Changed], entries: &[Entry]) {
    for change in changes {
        change.by = (entries.iter())
            .filter(|entry| sets(&entry.event.body, subject, &change.field))
            .cloned()
            .collect();
    }
}

fn sets(body: &Body, subject: Subject, field: &Field) -> bool {
    match body {
        Body::ObjectiveSigned { .. } | Body::CycleClosed { .. } | Body::CycleReopened { .. } => {
            *field == Field::State && body.subject() == Some(subject)
        }
        body => edited(body).is_some_and(|(of, fields)| of == subject && fields.contains(&field)),
    }
}

/// Whether an event says anew what a key result measures.
fn measures(state: &State, body: &Body, id: KeyResultId) -> bool {
    let reads = |kpi| (state.key_results.get(&id)).is_some_and(|found| found.kpi == Some(kpi));
    match body {
        Body::CheckedIn(made) => made.key_result == id,
        Body::CheckInRetracted { key_result, .. } | Body::CheckInReinstated { key_result, .. } => {
            *key_result == id
        }
        Body::KpiRecorded(made) => reads(made.kpi),
        Body::Edited { subject, .. } | Body::ConflictResolved { subject, .. } => match subject {
            Subject::CheckIn(of, _) => *of == id,
            Subject::Reading(kpi, _) => reads(*kpi),
            _ => false,
        },
        _ => false,
    }
}
