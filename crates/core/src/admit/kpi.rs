//! Rules for KPIs, their readings, and what is linked to them.

use super::key_result::key_result;
use super::okr::own_key;
use super::practice::{exists_already, has_come, owner, unit};
use super::{people, text};
use crate::event::{Event, KpiDefined, KpiRecorded};
use crate::id::{KeyResultId, KpiId};
use crate::kpi as rule;
use crate::refusal::{Code, Refusal};
use crate::state::{Kpi, KpiReading, State};
use crate::token::NoteState;
use crate::value::Subject;

pub(super) fn kpi(state: &State, id: KpiId) -> Result<&Kpi, Refusal> {
    state
        .kpis
        .get(&id)
        .map(|found| &**found)
        .ok_or_else(|| Refusal::not_found("KPI", id).hint("see `okr kpi list`"))
}

fn live_kpi(state: &State, id: KpiId) -> Result<&Kpi, Refusal> {
    let found = kpi(state, id)?;
    if found.is_live() {
        return Ok(found);
    }
    Err(Refusal::new(
        Code::NotLive,
        format!("KPI '{}' is {}.", found.title, found.state),
    )
    .hint("take it up again with `okr kpi edit REF --state active -m WHY`"))
}

/// A KPI from which a key result is to read its value, when that is said: it counts.
pub(super) fn to_read_from(state: &State, id: KpiId) -> Result<(), Refusal> {
    live_kpi(state, id).map(|_| ())
}

/// A key result takes its KPI's numbers as they are, so the two count the same.
pub(super) fn one_unit(state: &State, id: KpiId, unit: Option<&str>) -> Result<(), Refusal> {
    let found = kpi(state, id)?;
    let units = (found.unit.as_deref(), unit);
    match units {
        (Some(there), Some(here)) if !rule::units_agree(units.0, units.1) => {
            Err(Refusal::invalid(format!(
                "KPI '{}' is in {there}, and the key result in {here}.",
                found.title
            ))
            .hint("give the key result the KPI's unit with --unit"))
        }
        _ => Ok(()),
    }
}

pub(super) fn defined(state: &State, new: &KpiDefined) -> Result<(), Refusal> {
    if state.kpis.contains_key(&new.kpi) {
        return Err(exists_already("KPI"));
    }
    text::title("KPI's title", &new.title)?;
    text::optional_body("description", new.description.as_deref())?;
    owner(state, new.owner)?;
    if let Some(team) = new.team {
        people::team(state, team)?;
    }
    unit(new.unit.as_deref())?;
    new.key
        .as_deref()
        .map_or(Ok(()), |key| own_key(state, Subject::Kpi(new.kpi), key))
}

pub(super) fn terms(state: &State, id: KpiId, found: &Kpi) -> Result<(), Refusal> {
    text::title("KPI's title", &found.title)?;
    text::optional_body("description", found.description.as_deref())?;
    unit(found.unit.as_deref())?;
    found
        .key
        .as_deref()
        .map_or(Ok(()), |key| own_key(state, Subject::Kpi(id), key))
}

pub(super) fn recorded(state: &State, event: &Event, new: &KpiRecorded) -> Result<(), Refusal> {
    live_kpi(state, new.kpi)?;
    text::optional_body("note", new.note.as_deref())?;
    has_come(state, new.effective, event)
}

pub(super) fn reading_terms(
    state: &State,
    event: &Event,
    found: &KpiReading,
) -> Result<(), Refusal> {
    text::optional_body("note", found.note.as_deref())?;
    has_come(state, found.effective, event)
}

pub(super) fn linked(
    state: &State,
    id: KpiId,
    key_result_id: KeyResultId,
    link: bool,
) -> Result<(), Refusal> {
    let found = kpi(state, id)?;
    key_result(state, key_result_id)?;
    if found.improved_by.contains(&key_result_id) == link {
        let how = if link { "already" } else { "not" };
        return Err(Refusal::new(
            Code::NothingToChange,
            format!("It is {how} linked to KPI '{}'.", found.title),
        ));
    }
    Ok(())
}

/// Whether a reading may still be corrected.
pub(super) fn reading_stands(found: &KpiReading, takes_up: bool) -> Result<(), Refusal> {
    if found.state == NoteState::Shown || takes_up {
        return Ok(());
    }
    Err(Refusal::new(Code::NotLive, "That reading was taken back.")
        .hint("undo that first: `okr undo EVENT`"))
}
