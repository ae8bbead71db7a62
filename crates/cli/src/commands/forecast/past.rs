//! `okr forecast --past`: forecasts made again, beside what came out.

use quarterdeck_core::closing;
use quarterdeck_core::forecast::check;
use quarterdeck_core::id::{CycleId, TeamId};
use quarterdeck_core::outcome;
use quarterdeck_core::value::Subject;
use quarterdeck_report::{json, text};

use crate::commands::sheet::{self, SheetOptions};
use crate::error::{Exit, Failure};
use crate::view::View;

/// Whose forecasts are asked for.
pub(super) struct Asked {
    /// Of the cycle of that name, of all, or of the last where it is empty.
    pub(super) named: String,
    pub(super) goal: Option<Subject>,
    pub(super) team: Option<TeamId>,
}

pub(super) fn run(mut view: View<'_>, asked: Asked, sheet: &SheetOptions) -> Result<Exit, Failure> {
    let of_goal = asked
        .goal
        .and_then(|goal| closing::cycle_of(view.state(), goal));
    let cycles = match (asked.named.as_str(), of_goal) {
        ("all", _) => all_ended(&view)?,
        ("", Some(cycle)) => vec![has_ended(&view, cycle)?],
        ("", None) => vec![last_ended(&view)?],
        (named, _) => vec![has_ended(&view, view.resolver().cycle(named)?)?],
    };
    let on = view.looked_at_from();
    let mut cases = view.ask(|past| {
        let mut cases = Vec::new();
        for cycle in &cycles {
            cases.extend(check::cases(past, *cycle, on)?);
        }
        Ok(cases)
    })?;
    cases.retain(|case| case.concerns(view.state(), asked.goal, asked.team));
    let names = view.names();
    let found = json::forecasts_past(&names, &cycles, &cases, (on, view.as_of()));
    sheet.answer(&view, &found, sheet::forecasts_past, text::forecasts_past)
}

/// The cycle, if it has ended.
///
/// # Errors
/// It has not.
pub(in crate::commands) fn has_ended(view: &View<'_>, id: CycleId) -> Result<CycleId, Failure> {
    let state = view.state();
    match state.cycles.get(&id) {
        Some(cycle) if !outcome::has_ended(state, cycle, view.looked_at_from()) => {
            let name = &cycle.name;
            Err(Failure::not_found(format!(
                "Cycle {name} has not ended on {}, so there is no outcome to compare with.",
                view.looked_at_from()
            ))
            .hint(format!(
                "see where it is heading: `okr forecast --cycle {name}`"
            )))
        }
        _ => Ok(id),
    }
}

/// All cycles that have ended.
///
/// # Errors
/// There is none.
pub(in crate::commands) fn all_ended(view: &View<'_>) -> Result<Vec<CycleId>, Failure> {
    let cycles = outcome::ended_cycles(view.state(), view.looked_at_from());
    if cycles.is_empty() {
        return Err(Failure::not_found(format!(
            "No cycle has ended by {}, so there is no outcome to compare with.",
            view.looked_at_from()
        ))
        .hint("see where the present one is heading: `okr forecast`"));
    }
    Ok(cycles)
}

/// The cycle that ended last.
///
/// # Errors
/// None has.
pub(in crate::commands) fn last_ended(view: &View<'_>) -> Result<CycleId, Failure> {
    let cycles = all_ended(view)?;
    cycles
        .last()
        .copied()
        .ok_or_else(|| Failure::not_found("No cycle has ended yet."))
}
