//! Initiatives and to-dos.

use quarterdeck_core::calendar::Date;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::id::{InitiativeId, MemberId, TodoId};
use quarterdeck_core::plan::funnel::Feedback;
use quarterdeck_core::plan::todo::{self, Standing};
use quarterdeck_core::state::{Initiative, State, Todo};
use quarterdeck_core::token::{Period, WorkState};
use quarterdeck_core::value::Subject;
use serde::Serialize;

use super::show::notes;
use super::{AsOf, NoteLine, Schema};
use crate::names::{Names, Ref};

/// Which work is asked for.
#[derive(Debug, Clone, Copy)]
pub struct WorkQuery {
    /// Of this member alone.
    pub owner: Option<MemberId>,
    /// What is past its day alone.
    pub overdue: bool,
    /// What moves no key result or objective alone.
    pub unsupported: bool,
    /// Also what is done or dropped.
    pub all: bool,
    /// What it should move: an objective, with its key results, or a key result.
    pub of: Option<Subject>,
    /// The day that is asked about.
    pub on: Date,
    /// As of which moment.
    pub as_of: Option<AsOf>,
}

/// A list of initiatives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InitiativeList {
    /// Version of this object.
    pub schema: Schema,
    /// As of which moment; none for the present.
    pub as_of: Option<AsOf>,
    /// The initiatives, the next due first.
    pub initiatives: Vec<InitiativeLine>,
}

/// An initiative in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InitiativeLine {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Id.
    pub id: InitiativeId,
    /// Title.
    pub title: String,
    /// Longer description.
    pub description: Option<String>,
    /// Who does it.
    pub owner: Option<String>,
    /// When it is due.
    pub due: Option<Date>,
    /// Whether that has passed and it is not done.
    pub overdue: bool,
    /// How far it is.
    pub state: WorkState,
    /// Reference of what it should move.
    pub supports: Option<Ref>,
    /// Title of that.
    pub supports_title: Option<String>,
    /// How many to-dos belong to it.
    pub todos: usize,
}

/// An initiative with its to-dos and notes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InitiativeShow {
    /// Version of this object.
    pub schema: Schema,
    /// The initiative.
    pub initiative: InitiativeLine,
    /// Its to-dos.
    pub todos: Vec<TodoLine>,
    /// What was noted about it.
    pub notes: Vec<NoteLine>,
}

/// A list of to-dos.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TodoList {
    /// Version of this object.
    pub schema: Schema,
    /// As of which moment; none for the present.
    pub as_of: Option<AsOf>,
    /// The to-dos, those that are behind first.
    pub todos: Vec<TodoLine>,
}

/// A to-do in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TodoLine {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Id.
    pub id: TodoId,
    /// What is to be done.
    pub title: String,
    /// Who does it.
    pub owner: Option<String>,
    /// How much in each period.
    pub quantity: Decimal,
    /// The period.
    pub per: Period,
    /// What is counted.
    pub unit: Option<String>,
    /// First day.
    pub starts: Date,
    /// Last day, inclusive.
    pub ends: Date,
    /// How far it is.
    pub state: WorkState,
    /// Reference of its initiative.
    pub initiative: Option<Ref>,
    /// Reference of the key result that it should move.
    pub key_result: Option<Ref>,
    /// What was done.
    pub done: Option<Decimal>,
    /// What was done on the day asked about.
    pub done_that_day: Option<Decimal>,
    /// What should have been done by the end of that day.
    pub planned: Option<Decimal>,
    /// What should have been done by the day before, and was not.
    pub behind: Option<Decimal>,
    /// What is to be done in all.
    pub whole: Option<Decimal>,
    /// What the rest asks of each working day that is left.
    pub needed_per_day: Option<Decimal>,
    /// The rate at which the work was planned to turn out, 0 to 1.
    pub rate: Option<Decimal>,
    /// What the work turned out as; none while there is nothing to say.
    pub measured: Option<MeasuredRate>,
}

/// The measured conversion rate beside the planned one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MeasuredRate {
    /// Planned, 0 to 1.
    pub planned: Decimal,
    /// Measured: came through ÷ done.
    pub measured: Decimal,
    /// How much was done.
    pub entered: Decimal,
    /// How much of it came through.
    pub through: Decimal,
    /// Where the true rate lies with 95 % confidence; none where that cannot be said.
    pub range: Option<[Decimal; 2]>,
    /// Whether so few were done that the rate says little.
    pub small_sample: bool,
    /// What the planned rate asked for in all.
    pub needed_as_planned: Decimal,
    /// What the measured rate asks for in all; none where nothing came through.
    pub needed: Option<Decimal>,
    /// What is left of that.
    pub left: Option<Decimal>,
}

/// A to-do with what was counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TodoShow {
    /// Version of this object.
    pub schema: Schema,
    /// The to-do.
    pub todo: TodoLine,
    /// What was counted, oldest first.
    pub counts: Vec<CountLine>,
    /// What was noted about it.
    pub notes: Vec<NoteLine>,
}

/// Some of a to-do, done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CountLine {
    /// The date that it speaks of.
    pub effective: Date,
    /// How much.
    pub quantity: Decimal,
    /// Who said so.
    pub member: String,
    /// Reference of the event, to undo it.
    #[serde(rename = "ref")]
    pub reference: Ref,
}

/// Whether what a piece of work moves is, or lies in, what is asked about.
fn moves(state: &State, supports: Option<Subject>, of: Subject) -> bool {
    match (supports, of) {
        (None, _) => false,
        (Some(one), other) if one == other => true,
        (Some(Subject::KeyResult(id)), Subject::Objective(objective)) => state
            .key_results
            .get(&id)
            .is_some_and(|found| found.objective == objective),
        _ => false,
    }
}

/// The initiatives that the query lets in.
#[must_use]
pub fn initiatives(names: &Names<'_>, query: &WorkQuery) -> InitiativeList {
    let state = names.state();
    let mut found: Vec<(InitiativeId, &Initiative)> = (state.initiatives.iter())
        .map(|(id, found)| (*id, &**found))
        .filter(|(_, found)| found.state != WorkState::Withdrawn)
        .filter(|(_, found)| query.all || found.is_open())
        .filter(|(_, found)| query.owner.is_none_or(|owner| found.owner == Some(owner)))
        .filter(|(_, found)| !query.overdue || overdue(found, query.on))
        .filter(|(_, found)| !query.unsupported || found.supports.is_none())
        .filter(|(_, found)| query.of.is_none_or(|of| moves(state, found.supports, of)))
        .collect();
    found.sort_by_key(|(_, found)| {
        (
            !found.is_open(),
            found.due.unwrap_or(Date::MAX),
            found.provenance.created.seq,
        )
    });
    InitiativeList {
        schema: Schema,
        as_of: query.as_of,
        initiatives: found
            .into_iter()
            .map(|(id, found)| initiative_line(names, id, found, query.on))
            .collect(),
    }
}

fn overdue(found: &Initiative, on: Date) -> bool {
    found.is_open() && found.due.is_some_and(|due| due < on)
}

fn initiative_line(
    names: &Names<'_>,
    id: InitiativeId,
    found: &Initiative,
    on: Date,
) -> InitiativeLine {
    let state = names.state();
    InitiativeLine {
        reference: names.initiative(id),
        id,
        title: found.title.clone(),
        description: found.description.clone(),
        owner: found.owner.map(|owner| names.person(owner)),
        due: found.due,
        overdue: overdue(found, on),
        state: found.state,
        supports: found.supports.and_then(|above| names.subject(above)),
        supports_title: found.supports.and_then(|above| names.title(above)),
        todos: (state.todos.values())
            .filter(|todo| todo.initiative == Some(id) && todo.state != WorkState::Withdrawn)
            .count(),
    }
}

/// An initiative with its to-dos and notes; none where it does not exist.
#[must_use]
pub fn initiative_show(names: &Names<'_>, id: InitiativeId, on: Date) -> Option<InitiativeShow> {
    let state = names.state();
    let found = state.initiatives.get(&id)?;
    Some(InitiativeShow {
        schema: Schema,
        initiative: initiative_line(names, id, found, on),
        todos: (state.todos.iter())
            .filter(|(_, todo)| todo.initiative == Some(id) && todo.state != WorkState::Withdrawn)
            .map(|(id, todo)| todo_line(names, *id, todo, on))
            .collect(),
        notes: notes(names, Subject::Initiative(id)),
    })
}

/// The to-dos that the query lets in.
#[must_use]
pub fn todos(names: &Names<'_>, query: &WorkQuery) -> TodoList {
    let state = names.state();
    let above = |todo: &Todo| {
        todo.key_result.map(Subject::KeyResult).or_else(|| {
            let initiative = state.initiatives.get(&todo.initiative?)?;
            initiative.supports
        })
    };
    let mut found: Vec<TodoLine> = (state.todos.iter())
        .filter(|(_, found)| found.state != WorkState::Withdrawn)
        .filter(|(_, found)| query.all || found.is_open())
        .filter(|(_, found)| query.owner.is_none_or(|owner| found.owner == Some(owner)))
        .filter(|(_, found)| !query.unsupported || above(found).is_none())
        .filter(|(_, found)| query.of.is_none_or(|of| moves(state, above(found), of)))
        .map(|(id, found)| todo_line(names, *id, found, query.on))
        .filter(|line| !query.overdue || is_behind(line))
        .collect();
    found.sort_by(|a, b| {
        let place = |line: &TodoLine| (!is_behind(line), line.ends, line.id);
        place(a).cmp(&place(b))
    });
    TodoList {
        schema: Schema,
        as_of: query.as_of,
        todos: found,
    }
}

fn is_behind(line: &TodoLine) -> bool {
    let open = matches!(line.state, WorkState::Planned | WorkState::Active);
    open && line.behind.is_some_and(|behind| behind > Decimal::ZERO)
}

fn todo_line(names: &Names<'_>, id: TodoId, found: &Todo, on: Date) -> TodoLine {
    let standing: Option<Standing> = todo::standing(names.state(), found, on);
    let of = |figure: fn(&Standing) -> Decimal| standing.as_ref().map(figure);
    TodoLine {
        reference: names.todo(id),
        id,
        title: found.title.clone(),
        owner: found.owner.map(|owner| names.person(owner)),
        quantity: found.quantity,
        per: found.per,
        unit: found.unit.clone(),
        starts: found.starts,
        ends: found.ends,
        state: found.state,
        initiative: found.initiative.map(|id| names.initiative(id)),
        key_result: found.key_result.map(|id| names.key_result(id)),
        done: of(|standing| standing.done),
        done_that_day: of(|standing| standing.done_that_day),
        planned: of(|standing| standing.planned).map(|planned| planned.round(1)),
        behind: of(|standing| standing.behind).map(|behind| behind.round(1)),
        whole: of(|standing| standing.whole),
        needed_per_day: (standing.as_ref())
            .and_then(|standing| standing.needed_per_day)
            .map(|needed| needed.round(1)),
        rate: found.rate,
        measured: (standing.and_then(|standing| standing.feedback))
            .map(|feedback| measured(&feedback)),
    }
}

fn measured(feedback: &Feedback) -> MeasuredRate {
    MeasuredRate {
        planned: feedback.planned,
        measured: feedback.measured.rate,
        entered: feedback.measured.entered,
        through: feedback.measured.through,
        range: feedback.measured.range.map(|(low, high)| [low, high]),
        small_sample: feedback.measured.small,
        needed_as_planned: feedback.planned_need,
        needed: feedback.need,
        left: feedback.left,
    }
}

/// A to-do with what was counted; none where it does not exist.
#[must_use]
pub fn todo_show(names: &Names<'_>, id: TodoId, on: Date) -> Option<TodoShow> {
    let found = names.state().todos.get(&id)?;
    let mut counts: Vec<_> = found.counts.iter().collect();
    counts.sort_by_key(|count| (count.effective, count.seq));
    Some(TodoShow {
        schema: Schema,
        todo: todo_line(names, id, found, on),
        counts: counts
            .into_iter()
            .map(|count| CountLine {
                effective: count.effective,
                quantity: count.quantity,
                member: names.person(count.member),
                reference: names.event(count.event),
            })
            .collect(),
        notes: notes(names, Subject::Todo(id)),
    })
}
