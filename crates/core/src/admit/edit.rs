//! Rules for edits: the entity as it would be afterwards must still make sense.

use super::check_in::{Measured, measured};
use super::key_result::{KeyResultTerms, key_result_terms};
use super::okr::ObjectiveTerms;
use super::{closing, key_result, kpi, okr, people, practice, text};
use crate::calendar::Timestamp;
use crate::event::Event;
use crate::refusal::{Code, Refusal};
use crate::state::State;
use crate::state::edit::Editable;
use crate::token::{KeyResultState, MemberState, Role};
use crate::value::{Change, Field, Subject, Value};

pub(super) fn edited(
    state: &State,
    event: &Event,
    subject: Subject,
    changes: &[Change],
) -> Result<(), Refusal> {
    okr::exists(state, subject)?;
    if changes.is_empty() {
        return Err(Refusal::new(
            Code::NothingToChange,
            "The edit changes nothing.",
        ));
    }
    for (at, change) in changes.iter().enumerate() {
        if change.from == change.to {
            return Err(Refusal::new(
                Code::NothingToChange,
                format!("The {} is that already.", change.field),
            ));
        }
        if changes
            .iter()
            .take(at)
            .any(|other| other.field == change.field)
        {
            return Err(Refusal::invalid(format!(
                "The edit sets {} twice.",
                change.field
            )));
        }
    }
    if touches(changes, &Field::Grade) {
        return Err(Refusal::invalid(
            "A grade is given with what was computed beside it, not by an edit.",
        )
        .hint("grade it with `okr grade REF SCORE -m WHY`"));
    }
    said_why(state, event, subject, changes)?;
    afterwards(state, event, subject, changes)
}

/// What is deferred or dropped stays visible, so everybody is told why. An undo puts back what
/// was, and what was imported cannot be asked any more.
fn said_why(
    state: &State,
    event: &Event,
    subject: Subject,
    changes: &[Change],
) -> Result<(), Refusal> {
    let title = match subject {
        Subject::Objective(id) => &okr::objective(state, id)?.title,
        Subject::KeyResult(id) => &key_result::key_result(state, id)?.title,
        _ => return Ok(()),
    };
    let set_aside = changes.iter().find_map(|change| match &change.to {
        Value::Text(word) if change.field == Field::State => {
            SET_ASIDE.iter().find(|state| state.word() == word.as_str())
        }
        _ => None,
    });
    let silent = event.reason.as_deref().is_none_or(str::is_empty);
    match set_aside {
        Some(to) if silent && event.undoes.is_none() && event.source.is_none() => {
            Err(Refusal::invalid(format!(
                "It was not said why '{title}' is to be {to}; it stays visible, with the reason."
            ))
            .hint("say why with -m WHY"))
        }
        _ => Ok(()),
    }
}

/// The states in which something waits or was given up. Objectives call them the same.
const SET_ASIDE: [KeyResultState; 2] = [KeyResultState::Deferred, KeyResultState::Dropped];

pub(super) fn resolved(
    state: &State,
    event: &Event,
    subject: Subject,
    field: &Field,
    to: &Value,
) -> Result<(), Refusal> {
    okr::exists(state, subject)?;
    if state.conflict(subject, field).is_none() {
        return Err(Refusal::new(
            Code::NotFound,
            format!(
                "There is no open conflict about the {field} of this {}.",
                subject.noun()
            ),
        )
        .hint("see `okr conflicts`"));
    }
    let change = Change {
        field: field.clone(),
        from: Value::None,
        to: to.clone(),
    };
    afterwards(state, event, subject, &[change])
}

fn set_all<E: Editable>(entity: &mut E, changes: &[Change]) -> Result<(), Refusal> {
    changes.iter().try_for_each(|change| {
        entity
            .set(&change.field, &change.to)
            .map_err(|misfit| Refusal::invalid(format!("{misfit}.")))
    })
}

/// Sets the fields on a copy and judges what comes out.
fn afterwards(
    state: &State,
    event: &Event,
    subject: Subject,
    changes: &[Change],
) -> Result<(), Refusal> {
    let gone = || Refusal::not_found(subject.noun(), "that this edit is about");
    match subject {
        Subject::Workspace => {
            let mut workspace = state.workspace.clone().ok_or_else(gone)?;
            set_all(&mut workspace, changes)?;
            people::workspace_name(&workspace.name)?;
            people::time_zone(&workspace.time_zone)?;
            text::optional_body("mission", workspace.mission.as_deref())?;
            text::optional_body("vision", workspace.vision.as_deref())
        }
        Subject::Member(id) => {
            let mut member = state.members.get(&id).cloned().ok_or_else(gone)?;
            set_all(&mut member, changes)?;
            people::member_name(state, Some(id), &member.name)?;
            if let Some(email) = &member.email {
                people::address(email)?;
            }
            let owns = |state: MemberState, role: Role| {
                state == MemberState::Active && role == Role::Owner
            };
            let another = state
                .members
                .iter()
                .any(|(other, member)| *other != id && owns(member.state, member.role));
            if another || owns(member.state, member.role) {
                return Ok(());
            }
            Err(Refusal::new(
                Code::Forbidden,
                format!("{} is the last owner of this workspace.", member.name),
            )
            .hint("make somebody else an owner first: `okr member role NAME owner`"))
        }
        Subject::Team(id) => {
            let mut team = state.teams.get(&id).cloned().ok_or_else(gone)?;
            set_all(&mut team, changes)?;
            people::team_name(state, Some(id), &team.name)?;
            team.parent
                .map_or(Ok(()), |parent| people::team_parent(state, id, parent))
        }
        Subject::Cycle(id) => {
            let mut cycle = state.cycles.get(&id).cloned().ok_or_else(gone)?;
            let before = cycle.state;
            set_all(&mut cycle, changes)?;
            closing::state_edit(before, cycle.state)?;
            okr::cycle_name(state, Some(id), &cycle.name)?;
            okr::cycle_dates(&cycle.name, cycle.starts, cycle.ends)?;
            okr::month_weights(&cycle)?;
            match cycle.parent {
                Some(parent) if parent == id => {
                    Err(Refusal::invalid("A cycle cannot be its own parent."))
                }
                Some(parent) => okr::cycle(state, parent).map(|_| ()),
                None => Ok(()),
            }
        }
        Subject::Objective(id) => {
            let mut objective = okr::objective(state, id)?.clone();
            set_all(&mut objective, changes)?;
            okr::objective_terms(
                state,
                id,
                &ObjectiveTerms {
                    title: &objective.title,
                    description: objective.description.as_deref(),
                    cycle: objective.cycle,
                    owner: objective.owner.filter(|_| touches(changes, &Field::Owner)),
                    team: objective.team,
                    supports: objective.supports,
                    key: objective.key.as_deref(),
                    carried_from: objective.carried_from,
                },
            )
        }
        Subject::KeyResult(id) => {
            let mut key_result = key_result::key_result(state, id)?.clone();
            set_all(&mut key_result, changes)?;
            if let Some(read_from) = key_result.kpi {
                let is_set = touches(changes, &Field::Kpi);
                if is_set {
                    kpi::to_read_from(state, read_from)?;
                }
                if is_set || touches(changes, &Field::Unit) {
                    kpi::one_unit(state, read_from, key_result.metric.unit.as_deref())?;
                }
            }
            key_result_terms(
                state,
                id,
                &KeyResultTerms {
                    title: &key_result.title,
                    owner: key_result.owner.filter(|_| touches(changes, &Field::Owner)),
                    metric: &key_result.metric,
                    certainty: key_result.certainty,
                    weight: key_result.weight,
                    rank: key_result.rank,
                    key: key_result.key.as_deref(),
                    team: key_result.team,
                    kpi: key_result.kpi,
                    carried_from: key_result.carried_from,
                },
            )
        }
        Subject::CheckIn(key_result, id) => {
            let found = key_result::key_result(state, key_result)?;
            let mut check_in = found.check_ins.get(id).cloned().ok_or_else(gone)?;
            if check_in.retracted {
                return Err(Refusal::new(Code::NotLive, "That check-in was retracted.")
                    .hint("undo the retraction first: `okr undo EVENT`"));
            }
            set_all(&mut check_in, changes)?;
            measured(
                state,
                found,
                okr::objective(state, found.objective)?,
                &Measured {
                    measure: &check_in.measure,
                    effective: check_in.effective,
                    confidence: check_in.confidence,
                    projection: check_in.projection,
                    note: check_in.note.as_deref(),
                },
                Timestamp::from_ms(event.authored.wall),
            )
        }
        Subject::Note(id) => {
            let mut note = crate::state::Note::clone(state.notes.get(&id).ok_or_else(gone)?);
            set_all(&mut note, changes)?;
            text::body("note", &note.text)
        }
        Subject::Kpi(id) => {
            let mut found = kpi::kpi(state, id)?.clone();
            set_all(&mut found, changes)?;
            kpi::terms(state, id, &found)
        }
        Subject::Reading(of, id) => {
            let mut reading = state.reading(of, id).cloned().ok_or_else(gone)?;
            kpi::reading_stands(&reading, touches(changes, &Field::State))?;
            set_all(&mut reading, changes)?;
            kpi::reading_terms(state, event, &reading)
        }
        Subject::Initiative(id) => {
            let mut initiative =
                crate::state::Initiative::clone(state.initiatives.get(&id).ok_or_else(gone)?);
            set_all(&mut initiative, changes)?;
            practice::initiative_terms(state, &initiative)
        }
        Subject::Todo(id) => {
            let mut todo = crate::state::Todo::clone(state.todos.get(&id).ok_or_else(gone)?);
            set_all(&mut todo, changes)?;
            practice::todo_terms(state, &todo)
        }
        Subject::Weekly(id) => {
            let mut weekly = crate::state::Weekly::clone(state.weeklies.get(&id).ok_or_else(gone)?);
            set_all(&mut weekly, changes)?;
            practice::weekly_terms(&weekly)
        }
        Subject::Template(id) => {
            let mut template = state.templates.get(&id).cloned().ok_or_else(gone)?;
            set_all(&mut template, changes)?;
            practice::template_terms(&template)
        }
        Subject::Funnel(id) => {
            let mut funnel = state.funnels.get(&id).cloned().ok_or_else(gone)?;
            set_all(&mut funnel, changes)?;
            practice::funnel_terms(state, &funnel)
        }
        Subject::Incentive(id) => {
            let mut incentive = state.incentives.get(&id).cloned().ok_or_else(gone)?;
            set_all(&mut incentive, changes)?;
            practice::incentive_terms(state, &incentive)
        }
    }
}

/// Owners are judged when they are set: one who left since is no reason to refuse a new title.
fn touches(changes: &[Change], field: &Field) -> bool {
    changes.iter().any(|change| change.field == *field)
}
