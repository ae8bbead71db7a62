//! Goalposts: what was moved after its cycle began, and the score had nothing been moved.
//!
//! A cycle **begins** with the first day that it had when that day came, in the workspace's zone.
//! What was known at the end of the day before is **as first agreed** ([`crate::known`] says what
//! counts as known when). What joined later was added late, and is agreed as it was added; if it
//! was taken back by undoing that, it never counted.
//!
//! | of | goals are |
//! |---|---|
//! | a key result | title, metric, baseline, target, bounds, steps, unit, weight, cadence of a range, whether it counts |
//! | an objective | title, kind, its cycle, whether it counts |
//! | a cycle | first day, last day, weights of its months |
//!
//! The score **as agreed** is what [`crate::score`] says of a state in which these are put back and
//! nothing else is: today's measurements under the goals as first agreed. The score **as amended**
//! is what it says of the state as it stands. There is no second formula.

mod begin;
mod fields;
mod moved;
mod walk;

use std::collections::{BTreeMap, BTreeSet};

use crate::act::Calendar;
use crate::calendar::{Date, TimeZone};
use crate::decimal::Decimal;
use crate::id::{CycleId, KeyResultId, ObjectiveId, TeamId, Uuid};
use crate::past::Past;
use crate::score::{self, Means};
use crate::state::{KeyResult, Objective, State};
use crate::value::{Field, Subject, Value};

pub use fields::{last_moved, tally};
pub use moved::{Moved, What};

/// Of which goals it is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// All of the cycle.
    Cycle,
    /// Those of a team's objectives, and of the teams below it.
    Teams(BTreeSet<TeamId>),
    /// Those of an objective and its key results.
    Objective(ObjectiveId),
    /// Those of a key result.
    KeyResult(KeyResultId),
}

impl Scope {
    /// Whether an objective is asked about, as what stands above a key result too.
    #[must_use]
    pub fn has_objective(&self, state: &State, id: ObjectiveId, one: &Objective) -> bool {
        match self {
            Self::Cycle => true,
            Self::Teams(teams) => one.team.is_some_and(|team| teams.contains(&team)),
            Self::Objective(only) => id == *only,
            Self::KeyResult(only) => {
                (state.key_results.get(only)).is_some_and(|below| below.objective == id)
            }
        }
    }

    /// Whether a key result is asked about.
    #[must_use]
    pub fn has_key_result(&self, state: &State, id: KeyResultId, one: &KeyResult) -> bool {
        match self {
            Self::KeyResult(only) => id == *only,
            _ => (state.objectives.get(&one.objective))
                .is_some_and(|above| self.has_objective(state, one.objective, above)),
        }
    }
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Of which cycle.
    pub cycle: CycleId,
    /// Of which of its goals.
    pub scope: Scope,
    /// As measured on this day.
    pub on: Date,
}

/// What was moved, and the state had it not been.
#[derive(Debug, Clone)]
pub struct Goalposts {
    /// Of which cycle.
    pub cycle: CycleId,
    /// The day with which it began.
    pub begins: Date,
    /// As measured on this day.
    pub on: Date,
    /// What was moved after that, in the order of the log.
    pub moved: Vec<Moved>,
    /// The state with the goals as first agreed put back.
    pub agreed: State,
}

/// The goals of a thing as first agreed, field by field.
pub(crate) type Form = Vec<(Field, Value)>;

/// What was moved after a cycle began. None where there is no such cycle.
///
/// # Errors
/// The log cannot be read.
pub fn of<P: Past>(past: &mut P, asked: &Asked) -> Result<Option<Goalposts>, P::Error> {
    let state = past.state().clone();
    let Some(cycle) = state.cycles.get(&asked.cycle) else {
        return Ok(None);
    };
    let own = past.about(&BTreeSet::from([asked.cycle.uuid()]))?;
    let zone = (state.workspace.as_ref()).map_or_else(TimeZone::utc, |found| found.zone());
    let calendar = Calendar {
        zone: &zone,
        alone_until: state.alone_until(),
    };
    let begins = begin::day(&own, asked.cycle, &calendar, cycle.starts);
    let eve = zone.end_of(begins.plus_days(-1));
    let things = fields::moved_since(&state, asked, eve);
    let entries = if things.is_empty() {
        own
    } else {
        let mut ids: BTreeSet<Uuid> = things.iter().filter_map(|one| fields::id(*one)).collect();
        ids.insert(asked.cycle.uuid());
        past.about(&ids)?
    };
    let walked = walk::through(&state, &entries, asked, &things, (eve, calendar), &|seq| {
        past.is_pending(seq)
    });
    Ok(Some(Goalposts {
        cycle: asked.cycle,
        begins,
        on: asked.on,
        moved: walked.moved,
        agreed: put_back(&state, &walked.forms),
    }))
}

/// The state with goals put back to what they were; nothing else in it changes.
fn put_back(state: &State, forms: &BTreeMap<Subject, Form>) -> State {
    let mut agreed = state.clone();
    for (subject, form) in forms {
        agreed.edit_with(*subject, |thing| {
            for (field, value) in form {
                // Agreed or active, it counts: that is no goal, and stays as it is.
                let stays = *field == Field::State
                    && thing.get(field).as_ref().map(fields::counts) == Some(fields::counts(value));
                if !stays {
                    // What it once was it can be again.
                    let _ = thing.set(field, value);
                }
            }
        });
    }
    agreed
}

impl Goalposts {
    /// The score of a key result that counts; none where it does not.
    #[must_use]
    pub fn key_result(&self, state: &State, id: KeyResultId) -> Option<Decimal> {
        let found = state.key_results.get(&id).filter(|one| one.is_live())?;
        let above = self.objective_in(state, found.objective)?;
        let cycle = state.cycles.get(&above)?;
        score::progress(state, found, cycle, self.on).score
    }

    /// The score of an objective that counts in the cycle; none where it does not.
    #[must_use]
    pub fn objective(&self, state: &State, id: ObjectiveId) -> Option<Decimal> {
        self.objective_in(state, id)?;
        score::objective_score(state, id, self.on)
    }

    /// The means of the cycle's objectives that `counts` lets in.
    #[must_use]
    pub fn means(&self, state: &State, counts: impl Fn(ObjectiveId) -> bool) -> Means {
        score::cycle_means(state, self.cycle, self.on, counts)
    }

    fn objective_in(&self, state: &State, id: ObjectiveId) -> Option<CycleId> {
        let above = state.objectives.get(&id).filter(|one| one.is_live())?;
        (above.cycle == self.cycle).then_some(above.cycle)
    }
}
