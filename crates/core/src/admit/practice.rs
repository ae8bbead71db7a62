//! Rules for the practice around objectives: initiatives, to-dos, weekly updates, templates, funnels
//! and incentives.

use std::collections::BTreeSet;

use super::key_result::{key_result, share};
use super::okr::objective;
use super::{kpi, people, text};
use crate::calendar::{Date, Timestamp};
use crate::decimal::{Decimal, Unit};
use crate::event::{
    Event, FunnelDefined, IncentiveAdded, InitiativeAdded, Source, TemplateSaved, TodoAdded,
    WeeklyWritten,
};
use crate::id::{InitiativeId, KeyResultId, MemberId, ObjectiveId, TodoId};
use crate::refusal::{Code, Refusal};
use crate::state::{Funnel, Incentive, Initiative, State, Template, Todo, Weekly};
use crate::token::Switch;
use crate::value::Subject;

pub(super) fn exists_already(noun: &str) -> Refusal {
    Refusal::new(Code::AlreadyExists, format!("That {noun} exists already."))
}

/// Where something was imported from: named, and not later than the import itself.
pub(super) fn source(source: &Source, authored: Timestamp) -> Result<(), Refusal> {
    text::title("source's author", &source.author)?;
    text::title("source's origin", &source.origin)?;
    if source.at.ms() > authored.ms().saturating_add(super::MAX_AHEAD_MS) {
        return Err(Refusal::invalid(format!(
            "The source says it was written at {}, after it was imported.",
            source.at
        ))
        .hint("check the date in the document that is imported"));
    }
    Ok(())
}

pub(super) fn owner(state: &State, owner: Option<MemberId>) -> Result<(), Refusal> {
    owner.map_or(Ok(()), |owner| {
        people::active_member(state, owner).map(|_| ())
    })
}

pub(super) fn unit(unit: Option<&str>) -> Result<(), Refusal> {
    unit.map_or(Ok(()), |unit| {
        Unit::new(unit)
            .map(|_| ())
            .map_err(|error| Refusal::invalid(error.to_string()))
    })
}

/// A measurement or count speaks of a day that has come.
pub(super) fn has_come(state: &State, effective: Date, event: &Event) -> Result<(), Refusal> {
    let today = state
        .workspace
        .as_ref()
        .map(|workspace| workspace.date_of(Timestamp::from_ms(event.authored.wall)));
    match today {
        Some(today) if effective > today => Err(Refusal::invalid(format!(
            "{effective} has not come yet: it is {today} in the workspace's time zone."
        ))
        .hint("say which day you mean with --on")),
        _ => Ok(()),
    }
}

/// What an initiative supports exists and can be supported.
fn supported(state: &State, above: Option<Subject>) -> Result<(), Refusal> {
    match above {
        None => Ok(()),
        Some(Subject::Objective(id)) => objective(state, id).map(|_| ()),
        Some(Subject::KeyResult(id)) => key_result(state, id).map(|_| ()),
        Some(other) => Err(Refusal::invalid(format!(
            "An initiative moves a key result or an objective, and no {}.",
            other.noun()
        ))),
    }
}

fn initiative(state: &State, id: InitiativeId) -> Result<&Initiative, Refusal> {
    state
        .initiatives
        .get(&id)
        .map(|found| &**found)
        .ok_or_else(|| Refusal::not_found("initiative", id).hint("see `okr initiative list`"))
}

pub(super) fn initiative_added(state: &State, new: &InitiativeAdded) -> Result<(), Refusal> {
    if state.initiatives.contains_key(&new.initiative) {
        return Err(exists_already("initiative"));
    }
    text::title("initiative's title", &new.title)?;
    text::optional_body("description", new.description.as_deref())?;
    owner(state, new.owner)?;
    supported(state, new.supports)
}

pub(super) fn initiative_terms(state: &State, found: &Initiative) -> Result<(), Refusal> {
    text::title("initiative's title", &found.title)?;
    text::optional_body("description", found.description.as_deref())?;
    supported(state, found.supports)
}

pub(super) fn todo_added(state: &State, new: &TodoAdded) -> Result<(), Refusal> {
    if state.todos.contains_key(&new.todo) {
        return Err(exists_already("to-do"));
    }
    owner(state, new.owner)?;
    todo_says(
        state,
        &TodoTerms {
            title: &new.title,
            initiative: new.initiative,
            quantity: new.quantity,
            total: new.total,
            unit: new.unit.as_deref(),
            dates: (new.starts, new.ends),
            key_result: new.key_result,
            rate: new.rate,
        },
    )
}

pub(super) fn todo_terms(state: &State, found: &Todo) -> Result<(), Refusal> {
    todo_says(
        state,
        &TodoTerms {
            title: &found.title,
            initiative: found.initiative,
            quantity: found.quantity,
            total: found.total,
            unit: found.unit.as_deref(),
            dates: (found.starts, found.ends),
            key_result: found.key_result,
            rate: found.rate,
        },
    )
}

/// What a to-do says, new or edited.
struct TodoTerms<'a> {
    title: &'a str,
    initiative: Option<InitiativeId>,
    quantity: Decimal,
    total: Option<Decimal>,
    unit: Option<&'a str>,
    dates: (Date, Date),
    key_result: Option<KeyResultId>,
    rate: Option<Decimal>,
}

fn todo_says(state: &State, terms: &TodoTerms<'_>) -> Result<(), Refusal> {
    text::title("to-do's title", terms.title)?;
    if let Some(id) = terms.initiative {
        initiative(state, id)?;
    }
    if let Some(id) = terms.key_result {
        key_result(state, id)?;
    }
    let too_small = |what: &str, value: Decimal| {
        Refusal::invalid(format!("The {what} is {value}; it must be above 0."))
    };
    if terms.quantity <= Decimal::ZERO {
        return Err(too_small("quantity", terms.quantity));
    }
    if let Some(total) = terms.total.filter(|total| *total <= Decimal::ZERO) {
        return Err(too_small("total", total));
    }
    unit(terms.unit)?;
    share("conversion rate", terms.rate)?;
    let (starts, ends) = terms.dates;
    if starts > ends {
        return Err(Refusal::invalid(format!(
            "The to-do would end on {ends}, before it starts on {starts}."
        )));
    }
    Ok(())
}

pub(super) fn todo_counted(
    state: &State,
    event: &Event,
    id: TodoId,
    quantity: Decimal,
    effective: Date,
) -> Result<(), Refusal> {
    let found = state
        .todos
        .get(&id)
        .ok_or_else(|| Refusal::not_found("to-do", id).hint("see `okr todo list`"))?;
    if !found.is_open() {
        return Err(Refusal::new(
            Code::NotLive,
            format!("To-do '{}' is {}.", found.title, found.state),
        )
        .hint("take it up again with `okr todo edit REF --state active`"));
    }
    if quantity == Decimal::ZERO {
        return Err(Refusal::new(
            Code::NothingToChange,
            "A count of 0 changes nothing.",
        ));
    }
    has_come(state, effective, event)
}

/// How far ahead a weekly update may speak: a year's plans, and no mistyped one.
const MAX_WEEKS_AHEAD: i32 = 53;

pub(super) fn weekly_written(
    state: &State,
    event: &Event,
    new: &WeeklyWritten,
) -> Result<(), Refusal> {
    if let Some(team) = new.team {
        people::team(state, team)?;
    }
    let week = new.week.monday();
    let today = state.workspace.as_ref().map_or(week, |workspace| {
        workspace.date_of(Timestamp::from_ms(event.authored.wall))
    });
    if week.days_since(today) > MAX_WEEKS_AHEAD * 7 {
        return Err(Refusal::invalid(format!(
            "The week of {week} is more than {MAX_WEEKS_AHEAD} weeks ahead."
        ))
        .hint("check the year"));
    }
    let twice = state.weeklies.values().any(|other| {
        other.is_shown() && (other.member, other.week, other.team) == (event.member, week, new.team)
    });
    if twice {
        return Err(Refusal::new(
            Code::AlreadyExists,
            format!("You have written an update for the week of {week} already."),
        )
        .hint("run `okr weekly` again: it changes that one"));
    }
    weekly_says(&new.plans, &new.progress, &new.problems)
}

pub(super) fn weekly_terms(found: &Weekly) -> Result<(), Refusal> {
    weekly_says(&found.plans, &found.progress, &found.problems)
}

fn weekly_says(
    plans: &Option<String>,
    progress: &Option<String>,
    problems: &Option<String>,
) -> Result<(), Refusal> {
    if plans.is_none() && progress.is_none() && problems.is_none() {
        return Err(Refusal::invalid("The weekly update says nothing.")
            .hint("give --plans, --progress or --problems"));
    }
    text::optional_body("plans", plans.as_deref())?;
    text::optional_body("progress", progress.as_deref())?;
    text::optional_body("problems", problems.as_deref())
}

pub(super) fn template_saved(state: &State, new: &TemplateSaved) -> Result<(), Refusal> {
    if state.templates.contains_key(&new.template) {
        return Err(exists_already("template"));
    }
    template_says(&new.name, &new.document)
}

pub(super) fn template_terms(found: &Template) -> Result<(), Refusal> {
    template_says(&found.name, &found.document)
}

fn template_says(name: &str, document: &str) -> Result<(), Refusal> {
    text::title("template's name", name)?;
    text::document("template", document)
}

/// Most stages of a funnel.
pub const MAX_STAGES: usize = 12;

pub(super) fn funnel_defined(state: &State, new: &FunnelDefined) -> Result<(), Refusal> {
    if state.funnels.contains_key(&new.funnel) {
        return Err(exists_already("funnel"));
    }
    let taken = state.funnels.values().any(|other| {
        other.state == crate::token::Life::Active
            && other.name.to_lowercase() == new.name.to_lowercase()
    });
    if taken {
        return Err(Refusal::new(
            Code::AlreadyExists,
            format!("There is a funnel '{}' already.", new.name),
        )
        .hint("choose another name, or drop that one: `okr funnel drop NAME`"));
    }
    text::title("funnel's name", &new.name)?;
    if new.stages.len() < 2 || new.stages.len() > MAX_STAGES {
        return Err(Refusal::invalid(format!(
            "The funnel has {} stages; from 2 to {MAX_STAGES} make a funnel.",
            new.stages.len()
        )));
    }
    let mut names = BTreeSet::new();
    for stage in &new.stages {
        text::title("stage's name", &stage.name)?;
        share("conversion rate", stage.rate)?;
        if !names.insert(stage.name.to_lowercase()) {
            return Err(Refusal::invalid(format!(
                "There are two stages called '{}'.",
                stage.name
            )));
        }
        match stage.source {
            None => {}
            Some(Subject::KeyResult(id)) => {
                key_result(state, id)?;
            }
            Some(Subject::Kpi(id)) => {
                kpi::kpi(state, id)?;
            }
            Some(other) => {
                return Err(Refusal::invalid(format!(
                    "A stage is counted by a key result or a KPI, and by no {}.",
                    other.noun()
                )));
            }
        }
    }
    new.key_result
        .map_or(Ok(()), |id| key_result(state, id).map(|_| ()))
}

pub(super) fn funnel_terms(state: &State, found: &Funnel) -> Result<(), Refusal> {
    text::title("funnel's name", &found.name)?;
    found
        .key_result
        .map_or(Ok(()), |id| key_result(state, id).map(|_| ()))
}

/// While incentives are off, nothing about them is kept either.
fn incentives_on(state: &State) -> Result<(), Refusal> {
    match &state.workspace {
        Some(workspace) if workspace.incentives == Switch::On => Ok(()),
        _ => Err(
            Refusal::new(Code::NotLive, "Incentives are off in this workspace.")
                .hint("an owner turns them on with `okr incentive on`"),
        ),
    }
}

pub(super) fn incentive_added(state: &State, new: &IncentiveAdded) -> Result<(), Refusal> {
    incentives_on(state)?;
    if state.incentives.contains_key(&new.incentive) {
        return Err(exists_already("incentive"));
    }
    incentive_says(state, &new.title, new.key_result)?;
    owner(state, new.member)
}

pub(super) fn incentive_terms(state: &State, found: &Incentive) -> Result<(), Refusal> {
    incentives_on(state)?;
    incentive_says(state, &found.title, found.key_result)
}

fn incentive_says(
    state: &State,
    title: &str,
    covered_by: Option<KeyResultId>,
) -> Result<(), Refusal> {
    text::title("metric's title", title)?;
    covered_by.map_or(Ok(()), |id| key_result(state, id).map(|_| ()))
}

pub(super) fn lint_silenced(
    state: &State,
    id: ObjectiveId,
    code: &str,
    silence: bool,
) -> Result<(), Refusal> {
    let found = objective(state, id)?;
    text::title("finding's code", code)?;
    if found.silenced.contains(code) == silence {
        let how = if silence { "already" } else { "not" };
        return Err(Refusal::new(
            Code::NothingToChange,
            format!("{code} is {how} silenced for '{}'.", found.title),
        ));
    }
    Ok(())
}
