//! What people wrote down about a cycle: wins, problems, learnings, decisions, thanks, comments.
//!
//! About the cycle itself, its objectives and key results, the work that should move these; and about the
//! workspace, a team, a person or a KPI, what became known on a day of the cycle.

use crate::asked::zone;
use crate::calendar::Date;
use crate::id::{CycleId, KeyResultId, NoteId, ObjectiveId};
use crate::known;
use crate::state::State;
use crate::token::ObjectiveState;
use crate::value::Subject;

/// Something that somebody wrote down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// The note.
    pub id: NoteId,
    /// Position of the event that made it.
    pub seq: u64,
    /// The day on which it became known.
    pub day: Date,
    /// The objective of the cycle that it belongs to.
    pub objective: Option<ObjectiveId>,
    /// The key result of the cycle that it is about.
    pub key_result: Option<KeyResultId>,
}

pub(super) fn of(state: &State, id: CycleId, on: Date) -> Vec<Written> {
    let Some(cycle) = state.cycles.get(&id) else {
        return Vec::new();
    };
    let zone = zone(state);
    let mut found: Vec<Written> = (state.notes.iter())
        .filter(|(_, note)| note.is_shown())
        .filter_map(|(note_id, note)| {
            let made = &note.provenance.created;
            let day = zone.date_of(known::since(state, made));
            let (objective, key_result) = goal(state, note.about).unzip();
            let belongs = match (objective, note.about) {
                (Some(objective), _) => (state.objectives.get(&objective))
                    .is_some_and(|one| one.cycle == id && one.state != ObjectiveState::Withdrawn),
                (None, Subject::Cycle(about)) => about == id,
                (
                    None,
                    Subject::Workspace | Subject::Team(_) | Subject::Member(_) | Subject::Kpi(_),
                ) => cycle.contains(day) && day <= on,
                _ => false,
            };
            belongs.then_some(Written {
                id: *note_id,
                seq: made.seq,
                day,
                objective,
                key_result: key_result.flatten(),
            })
        })
        .collect();
    found.sort_by_key(|one| one.seq);
    found
}

/// The objective that something belongs to, and the key result if it is about one.
fn goal(state: &State, about: Subject) -> Option<(ObjectiveId, Option<KeyResultId>)> {
    match about {
        Subject::Objective(id) => Some((id, None)),
        Subject::KeyResult(id) | Subject::CheckIn(id, _) => {
            Some((state.key_results.get(&id)?.objective, Some(id)))
        }
        Subject::Initiative(id) => match state.initiatives.get(&id)?.supports? {
            goal @ (Subject::Objective(_) | Subject::KeyResult(_)) => self::goal(state, goal),
            _ => None,
        },
        Subject::Todo(id) => {
            let todo = state.todos.get(&id)?;
            let goal = (todo.key_result.map(Subject::KeyResult))
                .or_else(|| todo.initiative.map(Subject::Initiative));
            self::goal(state, goal?)
        }
        _ => None,
    }
}
