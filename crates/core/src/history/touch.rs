//! Which goals an event changes.

use crate::event::{Body, Entry};
use crate::id::{CycleId, KeyResultId, KpiId, ObjectiveId};
use crate::state::State;
use crate::value::{Field, Subject};
use crate::whose::Whose;

use super::Scope;

/// Whether an event changed this key result or was written about it: `state` has it applied. So
/// do a reading of the KPI from which it reads its value, a move of its objective to another
/// cycle, and a change of that cycle's first or last day.
#[must_use]
pub fn touches(state: &State, entry: &Entry, key_result: KeyResultId) -> bool {
    match &entry.event.body {
        Body::HelpLinked { from, to } | Body::HelpUnlinked { from, to } => {
            *from == key_result || *to == key_result
        }
        body => match kind(body) {
            Kind::OfKpi(kpi) => reads(state, key_result, kpi),
            Kind::Moves(objective) => of_objective(state, key_result, objective),
            Kind::Dates(cycle) => in_cycle(state, key_result, cycle),
            Kind::Plain => body.subject() == Some(Subject::KeyResult(key_result)),
        },
    }
}

/// What an event changes beyond the thing that it is about.
enum Kind {
    /// The value of whatever reads from the KPI.
    OfKpi(KpiId),
    /// The cycle of an objective.
    Moves(ObjectiveId),
    /// The first or last day of a cycle.
    Dates(CycleId),
    /// Nothing.
    Plain,
}

fn kind(body: &Body) -> Kind {
    if let Body::KpiRecorded(recorded) = body {
        return Kind::OfKpi(recorded.kpi);
    }
    let Some((subject, fields)) = edited(body) else {
        return Kind::Plain;
    };
    let has = |wanted: &[Field]| fields.iter().any(|field| wanted.contains(field));
    match subject {
        Subject::Reading(kpi, _) => Kind::OfKpi(kpi),
        // One that is withdrawn feeds nothing.
        Subject::Kpi(kpi) if has(&[Field::State]) => Kind::OfKpi(kpi),
        Subject::Objective(id) if has(&[Field::Cycle]) => Kind::Moves(id),
        Subject::Cycle(id) if has(&[Field::Starts, Field::Ends]) => Kind::Dates(id),
        _ => Kind::Plain,
    }
}

/// What an event sets, field by field.
pub(crate) fn edited(body: &Body) -> Option<(Subject, Vec<&Field>)> {
    match body {
        Body::Edited { subject, changes } => {
            Some((*subject, changes.iter().map(|one| &one.field).collect()))
        }
        Body::ConflictResolved { subject, field, .. } => Some((*subject, vec![field])),
        Body::KeyResultGraded(graded) => Some((
            Subject::KeyResult(graded.key_result),
            vec![const { &Field::Grade }],
        )),
        _ => None,
    }
}

fn reads(state: &State, key_result: KeyResultId, kpi: KpiId) -> bool {
    (state.key_results.get(&key_result)).is_some_and(|found| found.kpi == Some(kpi))
}

fn of_objective(state: &State, key_result: KeyResultId, objective: ObjectiveId) -> bool {
    (state.key_results.get(&key_result)).is_some_and(|found| found.objective == objective)
}

fn in_cycle(state: &State, key_result: KeyResultId, cycle: CycleId) -> bool {
    (state.key_results.get(&key_result))
        .and_then(|found| state.objectives.get(&found.objective))
        .is_some_and(|above| above.cycle == cycle)
}

/// Whether an event can change which teams stand below which.
pub(super) const fn moves_teams(body: &Body) -> bool {
    matches!(
        body,
        Body::TeamCreated { .. }
            | Body::Edited {
                subject: Subject::Team(_),
                ..
            }
            | Body::ConflictResolved {
                subject: Subject::Team(_),
                ..
            }
    )
}

/// The goals of a scope whose lines an event belongs to, given `state` and whose they are.
pub(super) fn goals(state: &State, entry: &Entry, scope: Scope, whose: &Whose) -> Vec<Subject> {
    if let Scope::KeyResult(id) = scope {
        return Vec::from_iter(touches(state, entry, id).then_some(Subject::KeyResult(id)));
    }
    let body = &entry.event.body;
    let has = |goal: &Subject| contains(state, *goal, scope, whose);
    if let Body::HelpLinked { from, to } | Body::HelpUnlinked { from, to } = body {
        // A line of the one that helps, where both are asked about.
        let both = [Subject::KeyResult(*from), Subject::KeyResult(*to)];
        return both.into_iter().find(has).into_iter().collect();
    }
    match kind(body) {
        Kind::OfKpi(kpi) => (state.fed_by(kpi))
            .map(Subject::KeyResult)
            .filter(has)
            .collect(),
        Kind::Dates(cycle) => match scope {
            Scope::Objective(id) => {
                let moves = (state.objectives.get(&id)).is_some_and(|one| one.cycle == cycle);
                Vec::from_iter(moves.then_some(Subject::Objective(id)))
            }
            Scope::Team(_) => {
                let own = (state.objectives.values())
                    .any(|one| one.cycle == cycle && whose.has_objective(state, one));
                Vec::from_iter(own.then_some(Subject::Cycle(cycle)))
            }
            _ => Some(Subject::Cycle(cycle))
                .into_iter()
                .filter(has)
                .collect(),
        },
        Kind::Moves(_) | Kind::Plain => body.subject().into_iter().filter(has).collect(),
    }
}

fn contains(state: &State, goal: Subject, scope: Scope, whose: &Whose) -> bool {
    let objective = match goal {
        Subject::Objective(id) => Some(id),
        Subject::KeyResult(id) => state.key_results.get(&id).map(|found| found.objective),
        Subject::Cycle(id) => return matches!(scope, Scope::All) || scope == Scope::Cycle(id),
        _ => return false,
    };
    match scope {
        Scope::All => true,
        Scope::Objective(id) => objective == Some(id),
        Scope::Cycle(id) => (objective.and_then(|above| state.objectives.get(&above)))
            .is_some_and(|above| above.cycle == id),
        Scope::Team(_) => match goal {
            Subject::KeyResult(id) => {
                (state.key_results.get(&id)).is_some_and(|found| whose.has_key_result(state, found))
            }
            _ => (objective.and_then(|id| state.objectives.get(&id)))
                .is_some_and(|found| whose.has_objective(state, found)),
        },
        Scope::KeyResult(id) => goal == Subject::KeyResult(id),
    }
}
