//! Rules for cycles, objectives, their sign-offs, and notes.

use std::collections::BTreeSet;

use super::key_result::key_result;
use super::{people, text};
use crate::calendar::{Date, Span};
use crate::decimal::Decimal;
use crate::event::{Event, ObjectiveDrafted};
use crate::id::{CycleId, MemberId, ObjectiveId};
use crate::plan::season;
use crate::refusal::{Code, Refusal};
use crate::state::{Cycle, Objective, State};
use crate::value::Subject;
use crate::{agreement, carry, closing};

pub(super) fn cycle_created(
    state: &State,
    id: CycleId,
    name: &str,
    dates: (Date, Date),
    parent: Option<CycleId>,
) -> Result<(), Refusal> {
    if state.cycles.contains_key(&id) {
        return Err(Refusal::new(
            Code::AlreadyExists,
            format!("Cycle {id} exists already."),
        ));
    }
    cycle_name(state, None, name)?;
    cycle_dates(name, dates.0, dates.1)?;
    parent.map_or(Ok(()), |parent| cycle(state, parent).map(|_| ()))
}

pub(super) fn cycle_name(state: &State, own: Option<CycleId>, name: &str) -> Result<(), Refusal> {
    text::title("cycle's name", name)?;
    let taken = state
        .cycles
        .iter()
        .any(|(id, cycle)| Some(*id) != own && cycle.name.to_lowercase() == name.to_lowercase());
    if taken {
        return Err(Refusal::new(
            Code::AlreadyExists,
            format!("There is a cycle {name} already."),
        )
        .hint("see `okr cycle list`"));
    }
    Ok(())
}

pub(super) fn cycle_dates(name: &str, starts: Date, ends: Date) -> Result<(), Refusal> {
    if starts > ends {
        return Err(Refusal::invalid(format!(
            "Cycle {name} would end on {ends}, before it starts on {starts}."
        )));
    }
    // Two years and a day: longer ones are no cycle, but a mistyped year.
    if ends.days_since(starts) > 731 {
        return Err(Refusal::invalid(format!(
            "Cycle {name} would last {} days; at most two years are a cycle.",
            ends.days_since(starts)
        )));
    }
    Ok(())
}

/// Weights of months: one for each, none below 0, and not all 0.
pub(super) fn month_weights(cycle: &Cycle) -> Result<(), Refusal> {
    let (name, weights) = (&cycle.name, &cycle.month_weights);
    if weights.is_empty() {
        return Ok(());
    }
    let months = Span::new(cycle.starts, cycle.ends).map_or(0, |span| season::months(span).len());
    if weights.len() != months {
        return Err(Refusal::invalid(format!(
            "{name} has {months} {}, and {} {} given.",
            if months == 1 { "month" } else { "months" },
            weights.len(),
            if weights.len() == 1 {
                "weight is"
            } else {
                "weights are"
            },
        ))
        .hint("give one for each month, such as --month-weights 3,2,2; `none` clears them"));
    }
    if weights.iter().any(|weight| *weight < Decimal::ZERO) {
        return Err(Refusal::invalid(format!(
            "The weights of the months of {name} must be 0 or more."
        )));
    }
    if weights.iter().all(|weight| *weight == Decimal::ZERO) {
        return Err(Refusal::invalid(format!(
            "The months of {name} cannot all weigh nothing."
        )));
    }
    Ok(())
}

pub(super) fn cycle(state: &State, id: CycleId) -> Result<&Cycle, Refusal> {
    state.cycles.get(&id).ok_or_else(|| {
        Refusal::not_found("cycle", id).hint("see `okr cycle list`, or make it: `okr cycle new`")
    })
}

pub(super) fn objective(state: &State, id: ObjectiveId) -> Result<&Objective, Refusal> {
    state
        .objectives
        .get(&id)
        .map(|found| &**found)
        .ok_or_else(|| Refusal::not_found("objective", id).hint("see `okr objective list`"))
}

pub(super) fn objective_drafted(state: &State, new: &ObjectiveDrafted) -> Result<(), Refusal> {
    if state.objectives.contains_key(&new.objective) {
        return Err(Refusal::new(
            Code::AlreadyExists,
            format!("Objective {} exists already.", new.objective),
        ));
    }
    objective_terms(
        state,
        new.objective,
        &ObjectiveTerms {
            title: &new.title,
            description: new.description.as_deref(),
            cycle: new.cycle,
            owner: new.owner,
            team: new.team,
            supports: new.supports,
            key: new.key.as_deref(),
            carried_from: new.carried_from,
        },
    )
}

/// What an objective says, new or edited.
pub(super) struct ObjectiveTerms<'a> {
    pub(super) title: &'a str,
    pub(super) description: Option<&'a str>,
    pub(super) cycle: CycleId,
    pub(super) owner: Option<MemberId>,
    pub(super) team: Option<crate::id::TeamId>,
    pub(super) supports: Option<Subject>,
    pub(super) key: Option<&'a str>,
    pub(super) carried_from: Option<ObjectiveId>,
}

pub(super) fn objective_terms(
    state: &State,
    id: ObjectiveId,
    terms: &ObjectiveTerms<'_>,
) -> Result<(), Refusal> {
    text::title("objective's title", terms.title)?;
    text::optional_body("description", terms.description)?;
    cycle(state, terms.cycle)?;
    if let Some(owner) = terms.owner {
        people::active_member(state, owner)?;
    }
    if let Some(team) = terms.team {
        people::team(state, team)?;
    }
    if let Some(above) = terms.supports {
        supports(state, id, above)?;
    }
    terms.key.map_or(Ok(()), |key| {
        let from = terms.carried_from.map(Subject::Objective);
        carried_key(state, Subject::Objective(id), from, key)
    })
}

/// An objective supports something that exists, and not, by however many steps, itself.
fn supports(state: &State, own: ObjectiveId, above: Subject) -> Result<(), Refusal> {
    let mut seen = BTreeSet::new();
    let mut next = Some(above);
    while let Some(subject) = next {
        let id = match subject {
            Subject::Objective(id) => id,
            Subject::KeyResult(id) => key_result(state, id)?.objective,
            _ => {
                return Err(Refusal::invalid(
                    "An objective can support an objective or a key result, nothing else.",
                ));
            }
        };
        if id == own {
            return Err(
                Refusal::invalid("An objective cannot support itself, even by detours.")
                    .hint("see the cascade with `okr objective show`"),
            );
        }
        if !seen.insert(id) {
            break;
        }
        next = objective(state, id)?.supports;
    }
    Ok(())
}

/// Keys name one live objective, key result or KPI.
pub(super) fn own_key(state: &State, own: Subject, key: &str) -> Result<(), Refusal> {
    carried_key(state, own, None, key)
}

/// The same for what was carried over: it goes by the name of what it was carried over `from`.
/// What is in a closed cycle keeps its key, and keeps nobody else from it.
pub(super) fn carried_key(
    state: &State,
    own: Subject,
    from: Option<Subject>,
    key: &str,
) -> Result<(), Refusal> {
    text::key(key)?;
    let mut lineage = from.map_or_else(Vec::new, |from| carry::ancestors(state, from));
    lineage.extend(from);
    let holds = |id: Subject, live: bool, other: Option<&str>| {
        live && id != own
            && other.is_some_and(|other| other.to_lowercase() == key.to_lowercase())
            && !lineage.contains(&id)
            && !carry::ancestors(state, id).contains(&own)
            && closing::of(state, id).is_none()
    };
    let objective = state.objectives.iter().find(|(id, other)| {
        holds(
            Subject::Objective(**id),
            other.is_live(),
            other.key.as_deref(),
        )
    });
    let key_result = state.key_results.iter().find(|(id, other)| {
        let head = other.head();
        holds(Subject::KeyResult(**id), head.is_live(), head.key)
    });
    let kpi = state
        .kpis
        .iter()
        .find(|(id, other)| holds(Subject::Kpi(**id), other.is_live(), other.key.as_deref()));
    let title = objective
        .map(|(_, other)| &other.title)
        .or_else(|| key_result.map(|(_, other)| &other.title))
        .or_else(|| kpi.map(|(_, other)| &other.title));
    match title {
        None => Ok(()),
        Some(title) => Err(Refusal::new(
            Code::AlreadyExists,
            format!("The key '{key}' names '{title}' already."),
        )
        .hint("choose another --key")),
    }
}

pub(super) fn note_added(state: &State, about: Subject, text: &str) -> Result<(), Refusal> {
    text::body("note", text)?;
    exists(state, about)
}

pub(super) fn exists(state: &State, subject: Subject) -> Result<(), Refusal> {
    if state.editable(subject).is_some() {
        return Ok(());
    }
    Err(Refusal::new(
        Code::NotFound,
        format!(
            "The {} that this is about does not exist in this workspace.",
            subject.noun()
        ),
    ))
}

pub(super) fn sign_off_asked(
    state: &State,
    id: ObjectiveId,
    members: &[MemberId],
) -> Result<(), Refusal> {
    objective(state, id)?;
    if members.is_empty() {
        return Err(Refusal::invalid("Nobody was named to sign."));
    }
    members
        .iter()
        .try_for_each(|member| people::active_member(state, *member).map(|_| ()))
}

pub(super) fn signed(state: &State, event: &Event, id: ObjectiveId) -> Result<(), Refusal> {
    let found = objective(state, id)?;
    if !found.is_live() {
        return Err(Refusal::new(
            Code::NotLive,
            format!("Objective '{}' is {}.", found.title, found.state),
        ));
    }
    // One who agreed to an earlier wording may agree to the present one.
    let stands = agreement::signatures(state, id)
        .iter()
        .any(|one| one.member == event.member && one.stands());
    if stands {
        return Err(Refusal::new(
            Code::NothingToChange,
            format!("{} has signed it already.", state.member_name(event.member)),
        ));
    }
    Ok(())
}

pub(super) fn unsigned(state: &State, event: &Event, id: ObjectiveId) -> Result<(), Refusal> {
    let found = objective(state, id)?;
    if matches!(found.sign_offs.get(&event.member), Some(Some(_))) {
        return Ok(());
    }
    Err(Refusal::new(
        Code::NothingToChange,
        format!("{} has not signed it.", state.member_name(event.member)),
    ))
}
