//! Check-ins and notes: what people said, and when.

use quarterdeck_core::calendar::{Date, Timestamp};
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::id::CycleId;
use quarterdeck_core::reference::{Kind, Namer};
use quarterdeck_core::state::State;
use quarterdeck_core::value::Subject;

use super::{Cell, Table};
use crate::from_state;

const CHECK_INS: &[&str] = &[
    "cycle",
    "objective",
    "key_result",
    "date",
    "value",
    "step",
    "confidence",
    "projection",
    "comment",
    "member",
    "recorded",
    "late_days",
    "source",
];

const NOTES: &[&str] = &["date", "about", "kind", "text", "member", "source", "ref"];

/// One row a check-in that counts and speaks of a date up to `on`.
pub(super) fn check_ins(state: &State, cycle: Option<CycleId>, on: Date) -> Table {
    let mut rows = Vec::new();
    for (id, objective) in from_state::objectives(state, cycle) {
        for (_, found) in from_state::key_results(state, id) {
            for (made, told) in from_state::told(found) {
                if made.effective > on {
                    continue;
                }
                let recorded = local_date(state, made.recorded);
                let late = recorded.days_since(made.effective);
                let late = u32::try_from(late).ok().filter(|days| *days > 0);
                let source = state.sources.get(&made.seq);
                rows.push(vec![
                    Cell::text(from_state::cycle_name(state, objective.cycle)),
                    Cell::text(&objective.title),
                    Cell::text(&found.title),
                    Cell::Date(told.date),
                    Cell::Number(told.value),
                    Cell::texts(told.step.clone()),
                    Cell::number(told.confidence),
                    Cell::number(told.projection),
                    Cell::texts(told.comment.clone()),
                    Cell::text(
                        source.map_or(state.member_name(made.member), |source| &source.author),
                    ),
                    Cell::text(made.recorded.to_string()),
                    Cell::number(late.map(Decimal::from)),
                    Cell::texts(source.map(|source| source.origin.clone())),
                ]);
            }
        }
    }
    Table {
        name: "Check-ins",
        columns: CHECK_INS,
        rows,
    }
}

/// One row a note that is shown; of a cycle, those about it and what is in it.
pub(super) fn notes(state: &State, cycle: Option<CycleId>) -> Table {
    let namer = Namer::new(state.notes.keys().map(|id| (Kind::Note, id.uuid())));
    let mut found: Vec<_> = state
        .notes
        .iter()
        .filter(|(_, note)| note.is_shown())
        .filter(|(_, note)| cycle.is_none_or(|cycle| cycle_of(state, note.about) == Some(cycle)))
        .collect();
    found.sort_by_key(|(_, note)| note.provenance.created.seq);
    let rows = found.into_iter().map(|(id, note)| {
        let made = &note.provenance.created;
        let source = state.source(made);
        let at = source.map_or(made.recorded, |source| source.at);
        vec![
            Cell::Date(local_date(state, at)),
            Cell::text(about(state, note.about)),
            Cell::text(note.kind.word()),
            Cell::text(&note.text),
            Cell::text(source.map_or(state.member_name(made.member), |source| &source.author)),
            Cell::texts(source.map(|source| source.origin.clone())),
            Cell::text(namer.name(Kind::Note, id.uuid()).text),
        ]
    });
    Table {
        name: "Notes",
        columns: NOTES,
        rows: rows.collect(),
    }
}

fn local_date(state: &State, moment: Timestamp) -> Date {
    state
        .workspace
        .as_ref()
        .map_or(Date::EPOCH, |workspace| workspace.date_of(moment))
}

/// The title or name of what a note is about.
fn about(state: &State, subject: Subject) -> String {
    let title = match subject {
        Subject::Workspace => state.workspace.as_ref().map(|found| &found.name),
        Subject::Objective(id) => state.objectives.get(&id).map(|found| &found.title),
        Subject::KeyResult(id) => state.key_results.get(&id).map(|found| &found.title),
        Subject::Cycle(id) => state.cycles.get(&id).map(|found| &found.name),
        Subject::Team(id) => state.teams.get(&id).map(|found| &found.name),
        Subject::Kpi(id) => state.kpis.get(&id).map(|found| &found.title),
        Subject::Initiative(id) => state.initiatives.get(&id).map(|found| &found.title),
        Subject::Todo(id) => state.todos.get(&id).map(|found| &found.title),
        _ => None,
    };
    title.map_or_else(|| subject.noun().to_owned(), Clone::clone)
}

/// The cycle that a thing is in.
fn cycle_of(state: &State, subject: Subject) -> Option<CycleId> {
    let of_objective = |id| state.objectives.get(&id).map(|found| found.cycle);
    match subject {
        Subject::Cycle(id) => Some(id),
        Subject::Objective(id) => of_objective(id),
        Subject::KeyResult(id) | Subject::CheckIn(id, _) => state
            .key_results
            .get(&id)
            .and_then(|found| of_objective(found.objective)),
        Subject::Initiative(id) => {
            let found = state.initiatives.get(&id)?;
            cycle_of(state, found.supports?)
        }
        _ => None,
    }
}
