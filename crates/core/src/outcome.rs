//! What came of a cycle: the state in which its outcome is read, and whose outcome it is.
//!
//! A cycle has **ended** once it is closed, or once its last day is past. A closed one is read as the
//! log stood at its closing, on the day whose figures it shows; another as it stands, on its last day.
//! What was deferred or dropped has no outcome, and is counted apart.

use crate::alignment;
use crate::calendar::{Date, Span};
use crate::closing;
use crate::decimal::{Decimal, ratio};
use crate::id::{CycleId, KeyResultId, MemberId, TeamId};
use crate::past::Past;
use crate::score::{self, PLACES, Progress};
use crate::state::{Cycle, KeyResult, State};
use crate::token::{CycleState, KeyResultState, ObjectiveState};
use crate::when::Moment;

/// A cycle that has ended.
#[derive(Debug, Clone)]
pub struct Ended {
    /// Which.
    pub cycle: CycleId,
    /// The state that its outcome is read in.
    pub state: State,
    /// The day on which it is read.
    pub on: Date,
}

/// Whether a cycle has ended on the day `on`.
#[must_use]
pub fn has_ended(state: &State, cycle: &Cycle, on: Date) -> bool {
    let closing = cycle.closing.as_ref().filter(|_| cycle.is_closed());
    on > cycle.ends || closing.is_some_and(|closing| on >= closing::day(state, cycle, closing))
}

/// The day from which one looks back, today being `today`: where another's clock was ahead, a closing
/// may be of a later day, and it has happened all the same.
#[must_use]
pub fn looked_at_from(state: &State, today: Date) -> Date {
    (state.cycles.values())
        .filter_map(|cycle| {
            let closing = cycle.closing.as_ref().filter(|_| cycle.is_closed())?;
            Some(closing::day(state, cycle, closing))
        })
        .fold(today, Date::max)
}

/// The cycles that have ended on the day `on`, the one that ended first first; of several with one
/// last day the longest.
#[must_use]
pub fn ended_cycles(state: &State, on: Date) -> Vec<CycleId> {
    let mut found: Vec<(Date, Date, CycleId)> = (state.cycles.iter())
        .filter(|(_, cycle)| has_ended(state, cycle, on))
        .map(|(id, cycle)| (cycle.ends, cycle.starts, *id))
        .collect();
    found.sort_unstable();
    found.into_iter().map(|(_, _, id)| id).collect()
}

/// These cycles, each once, the one that ends first first.
#[must_use]
pub fn in_order(state: &State, mut cycles: Vec<CycleId>) -> Vec<CycleId> {
    cycles.sort_by_key(|id| (state.cycles.get(id).map(|cycle| cycle.ends), *id));
    cycles.dedup();
    cycles
}

/// A cycle's outcome; none where it has not ended on the day `on`.
///
/// # Errors
/// The log cannot be read.
pub fn ended<P: Past>(past: &mut P, id: CycleId, on: Date) -> Result<Option<Ended>, P::Error> {
    let Some(cycle) = past.state().cycles.get(&id).cloned() else {
        return Ok(None);
    };
    if !has_ended(past.state(), &cycle, on) {
        return Ok(None);
    }
    Ok(Some(
        match cycle.closing.filter(|_| cycle.state == CycleState::Closed) {
            None => Ended {
                cycle: id,
                state: past.state().clone(),
                on: cycle.ends,
            },
            Some(closing) => {
                let mut state = past.known_at(Moment::Position(closing.position))?;
                closing::mark(&mut state, id, &closing);
                let on = (state.cycles.get(&id))
                    .map_or(cycle.ends, |cycle| closing::day(&state, cycle, &closing));
                Ended {
                    cycle: id,
                    state,
                    on,
                }
            }
        },
    ))
}

impl Ended {
    /// The cycle as it stands in the state.
    #[must_use]
    pub fn cycle(&self) -> Option<&Cycle> {
        self.state.cycles.get(&self.cycle)
    }

    /// Its key results that have an outcome: live ones of live objectives.
    pub fn key_results(&self) -> impl Iterator<Item = (KeyResultId, &KeyResult)> {
        self.all()
            .filter(|(_, found, above)| found.is_live() && *above)
            .map(|(id, found, _)| (id, found))
    }

    /// Those that were deferred or dropped, or are an objective's that was.
    pub fn set_aside(&self) -> impl Iterator<Item = &KeyResult> {
        self.all()
            .filter(|(_, found, above)| {
                found.state != KeyResultState::Withdrawn && !(found.is_live() && *above)
            })
            .map(|(_, found, _)| found)
    }

    fn all(&self) -> impl Iterator<Item = (KeyResultId, &KeyResult, bool)> {
        (self.state.key_results.iter()).filter_map(|(id, found)| {
            let above = self.state.objectives.get(&found.head().objective)?;
            let counts = above.cycle == self.cycle && above.state != ObjectiveState::Withdrawn;
            counts.then(|| (*id, &**found, above.is_live()))
        })
    }

    /// Where one of them ended.
    #[must_use]
    pub fn of(&self, key_result: &KeyResult) -> Option<Progress> {
        let cycle = self.cycle()?;
        Some(score::progress(&self.state, key_result, cycle, self.on))
    }

    /// Who owned it then: its own owner, else its objective's.
    #[must_use]
    pub fn owner(&self, key_result: &KeyResult) -> Option<MemberId> {
        key_result
            .owner
            .or_else(|| self.state.objectives.get(&key_result.objective)?.owner)
    }

    /// The team that answered for it then.
    #[must_use]
    pub fn team(&self, key_result: &KeyResult) -> Option<TeamId> {
        alignment::answerable(&self.state, key_result)
    }

    /// How many weeks before the end a day is, begun ones counted: 0 on the last day.
    #[must_use]
    pub fn weeks_left(&self, day: Date) -> u32 {
        u32::try_from(self.on.days_since(day)).map_or(0, |days| days.div_ceil(7))
    }

    /// The last days of the cycle's weeks that lie before its end.
    #[must_use]
    pub fn week_ends(&self) -> Vec<Date> {
        let span = self
            .cycle()
            .and_then(|cycle| Span::new(cycle.starts, self.on.min(cycle.ends)));
        span.map_or_else(Vec::new, |span| {
            (1..=span.weeks())
                .filter_map(|week| Some(span.week(week)?.ends))
                .filter(|day| *day < self.on)
                .collect()
        })
    }
}

/// The figure in the middle, the mean of the two in the middle where their number is even, rounded
/// half to even at [`PLACES`]; none of none.
#[must_use]
pub fn median(mut figures: Vec<Decimal>) -> Option<Decimal> {
    figures.sort_unstable();
    let upper = *figures.get(figures.len() / 2)?;
    let lower = match figures.len() % 2 {
        0 => *figures.get((figures.len() / 2).checked_sub(1)?)?,
        _ => upper,
    };
    ratio(lower.checked_add(upper)?, Decimal::from(2u32), PLACES)
}
