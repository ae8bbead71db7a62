//! The parts of a cycle that a change is split into: the quarters of a year, the months of
//! anything else.

use crate::calendar::{CycleName, FiscalStart, Span};
use crate::decimal::Decimal;
use crate::id::CycleId;
use crate::state::{Cycle, State};

use super::season;

/// A part of a cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// What it is called: `2026-Q3` for a quarter, `2026-07` for a month.
    pub name: String,
    /// Its days.
    pub span: Span,
    /// The cycle that it is, where there is one.
    pub cycle: Option<CycleId>,
    /// The quarter that it is, if it is one: a cycle could be made of it.
    pub quarter: Option<CycleName>,
}

/// The parts of a cycle, in order.
#[must_use]
pub fn of_cycle(state: &State, cycle: &Cycle) -> Vec<Part> {
    let quarters = cycle
        .name
        .parse::<CycleName>()
        .map_or_else(|_| Vec::new(), CycleName::quarters);
    if !quarters.is_empty() {
        return quarters
            .into_iter()
            .map(|name| quarter(state, name))
            .collect();
    }
    Span::new(cycle.starts, cycle.ends).map_or_else(Vec::new, |span| {
        season::months(span).into_iter().map(month).collect()
    })
}

/// A quarter, or a year as one part, by its name: the cycle of that name where there is one.
#[must_use]
pub fn quarter(state: &State, name: CycleName) -> Part {
    let text = name.to_string();
    let found = state
        .cycles
        .iter()
        .find(|(_, cycle)| cycle.name == text)
        .and_then(|(id, cycle)| Some((*id, Span::new(cycle.starts, cycle.ends)?)));
    Part {
        name: text,
        span: found.map_or_else(|| name.span(fiscal(state)), |(_, span)| span),
        cycle: found.map(|(id, _)| id),
        quarter: Some(name),
    }
}

fn month(span: Span) -> Part {
    Part {
        name: format!("{}-{:02}", span.starts.year(), span.starts.month()),
        span,
        cycle: None,
        quarter: None,
    }
}

/// What each part weighs by the months of the cycle; None where the cycle has no weights that
/// fit its months.
#[must_use]
pub fn seasonal(cycle: &Cycle, parts: &[Part]) -> Option<Vec<Decimal>> {
    let spans: Vec<Span> = parts.iter().map(|part| part.span).collect();
    season::of_parts(
        Span::new(cycle.starts, cycle.ends)?,
        &cycle.month_weights,
        &spans,
    )
}

fn fiscal(state: &State) -> FiscalStart {
    state
        .workspace
        .as_ref()
        .and_then(|workspace| FiscalStart::new(workspace.fiscal_year_start).ok())
        .unwrap_or_default()
}
