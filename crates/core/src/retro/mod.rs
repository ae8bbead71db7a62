//! A cycle looked back on: how it went, by figures that are all somebody else's, and by what only the
//! course of events tells.
//!
//! Scores are [`crate::score`]'s, grades [`crate::grading`]'s, what was moved [`crate::goalposts`]', what came
//! late [`crate::late`]'s, what was stated against what came out [`crate::calibration`]'s, what goes on
//! [`crate::carry`]'s. There is no second formula. What is found here and nowhere else:
//!
//! | | is |
//! |---|---|
//! | **mid-quarter** | the state as it was known at the end of the day in the middle: of n days the day number n ÷ 2, rounded up |
//! | **outcome** | of a key result its grade, and where it has none its score; of objectives and cycles the mean of grades, and where nothing is graded of scores |
//! | a **stall** | see [`stall`] |
//! | a **surge** | see [`surge`] |
//! | **ambition** | see [`ambition`] |
//! | the **story** | see [`story`] |
//!
//! A closed cycle is read as at its closing, whatever is recorded later, unless a day was asked for; an open
//! one as it stands, and everything is said "so far" until it has ended ([`crate::outcome`]).

pub mod ambition;
pub mod beside;
mod funnels;
mod notes;
mod onward;
pub mod stall;
pub mod story;
pub mod surge;
mod why;

use std::collections::BTreeMap;

use crate::asked::zone;
use crate::calendar::{Date, Span};
use crate::calibration::{self, Gathered};
use crate::closing;
use crate::decimal::Decimal;
use crate::goalposts::{self, Goalposts, Scope};
use crate::grading;
use crate::id::{CycleId, KeyResultId, ObjectiveId, TeamId};
use crate::late::{self, Late};
use crate::outcome;
use crate::past::Past;
use crate::score::{self, Means, Progress};
use crate::state::{Cycle, KeyResult, State};
use crate::token::KeyResultState;
use crate::token::ObjectiveState;
use crate::when::Moment;

pub use ambition::Ambition;
pub use beside::Beside;
pub use funnels::{Looked, Plan};
pub use notes::Written;
pub use onward::{Goes, Onward};
pub use stall::Stall;
pub use story::{Kind, Part, Sentence};
pub use surge::Surge;
pub use why::{Short, Why};

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// Of which cycle.
    pub cycle: CycleId,
    /// Beside which other one; none for the one of its kind right before it.
    pub compare: Option<CycleId>,
    /// The day whose figures are told: of an open cycle, and of a closed one where it
    /// [was named](Self::day_was_named).
    pub on: Date,
    /// Whether somebody asked for that day: a closed cycle is then read with all that was learned
    /// since, and else as at its closing.
    pub day_was_named: bool,
    /// The moment that the past's horizon is of, where it is not the present: the past itself keeps to it.
    pub as_of: Option<Moment>,
}

/// A cycle looked back on.
#[derive(Debug, Clone)]
pub struct Retro {
    /// Which.
    pub cycle: CycleId,
    /// The state that it is read in.
    pub state: State,
    /// The day whose figures these are.
    pub on: Date,
    /// Whether it has ended by then.
    pub ended: bool,
    /// The picture of mid-quarter; none while that is not past.
    pub middle: Option<Middle>,
    /// What was moved, and the state had it not been.
    pub goalposts: Goalposts,
    /// What came late or was corrected.
    pub late: Late,
    /// What was said of its key results, and what came of them; nothing while it has not ended.
    pub gathered: Gathered,
    /// When values did not move, of those key results of which there is something to tell.
    pub stalls: BTreeMap<KeyResultId, Vec<Stall>>,
    /// What was gained at the very end.
    pub surges: BTreeMap<KeyResultId, Surge>,
    /// Whether its goals were ambitious enough.
    pub ambition: Ambition,
    /// Another cycle beside it.
    pub beside: Option<Beside>,
    /// Funnels with a stage in it.
    pub funnels: Vec<Looked>,
    /// What people wrote down about it, in the order of the log.
    pub notes: Vec<Written>,
    /// What goes on into another cycle.
    pub onward: Onward,
    /// What happened, in sentences, the weightiest first.
    pub story: Vec<Sentence>,
}

/// How things stood in mid-quarter, as it was known then.
#[derive(Debug, Clone)]
pub struct Middle {
    /// The day at whose end.
    pub day: Date,
    /// What was known then.
    pub state: State,
}

/// A cycle looked back on. None where there is no such cycle.
///
/// # Errors
/// The log cannot be read.
pub fn of<P: Past>(past: &mut P, asked: &Asked) -> Result<Option<Retro>, P::Error> {
    if !asked.day_was_named
        && let Some((mut closed, day)) = closing::at_closing(past, asked.cycle)?
    {
        return read(&mut closed, asked, day.unwrap_or(asked.on));
    }
    read(past, asked, asked.on)
}

fn read<P: Past>(past: &mut P, asked: &Asked, on: Date) -> Result<Option<Retro>, P::Error> {
    let state = past.state().clone();
    let Some(cycle) = state.cycles.get(&asked.cycle) else {
        return Ok(None);
    };
    let ended = outcome::has_ended(&state, cycle, on);
    let middle = middle(past, cycle, asked, on)?;
    let moved = goalposts::Asked {
        cycle: asked.cycle,
        scope: Scope::Cycle,
        on,
    };
    let late = late::Asked {
        cycle: asked.cycle,
        scope: Scope::Cycle,
        days: late::DAYS,
        on,
    };
    let Some(goalposts) = goalposts::of(past, &moved)? else {
        return Ok(None);
    };
    let late = late::of_cycle(past, &late)?.unwrap_or_default();
    let gathered = if ended {
        calibration::gather(past, &[asked.cycle], on)?
    } else {
        Gathered::default()
    };
    let beside = beside::of(past, asked, on)?;
    let mut retro = Retro {
        cycle: asked.cycle,
        on,
        ended,
        middle,
        goalposts,
        late,
        gathered,
        stalls: BTreeMap::new(),
        surges: BTreeMap::new(),
        ambition: Ambition::default(),
        funnels: funnels::of(&state, asked.cycle, beside.as_ref(), on),
        beside,
        notes: notes::of(&state, asked.cycle, on),
        onward: onward::of(&state, asked.cycle, on),
        story: Vec::new(),
        state,
    };
    retro.look();
    Ok(Some(retro))
}

/// How things stood in mid-quarter: once that day is past on the day `on`, and at the horizon.
fn middle<P: Past>(
    past: &mut P,
    cycle: &Cycle,
    asked: &Asked,
    on: Date,
) -> Result<Option<Middle>, P::Error> {
    let Some(day) = middle_day(cycle).filter(|day| *day < on) else {
        return Ok(None);
    };
    let end = zone(past.state()).end_of(day);
    let is_past = match asked.as_of {
        None => true,
        Some(Moment::At(moment)) => moment >= end,
        Some(Moment::Position(_)) => past.state().recorded >= end,
    };
    if !is_past {
        return Ok(None);
    }
    let state = past.known_at(Moment::At(end))?;
    // A cycle that was planned only afterwards has no picture of its middle.
    Ok((state.cycles.contains_key(&asked.cycle)).then_some(Middle { day, state }))
}

/// The day in the middle of a cycle: of n days the one numbered n ÷ 2, rounded up. None of a single day.
#[must_use]
pub fn middle_day(cycle: &Cycle) -> Option<Date> {
    let days = Span::new(cycle.starts, cycle.ends)?.days();
    let half = i32::try_from(days.div_ceil(2)).ok()?;
    (days > 1).then(|| cycle.starts.plus_days(half - 1))
}

impl Retro {
    /// The cycle, as it stands in the state that it is read in.
    #[must_use]
    pub fn cycle(&self) -> Option<&Cycle> {
        self.state.cycles.get(&self.cycle)
    }

    /// Finds what only the course of events tells.
    fn look(&mut self) {
        let Some(cycle) = self.cycle().cloned() else {
            return;
        };
        let until = self.on.min(cycle.ends);
        let (mut stalls, mut surges) = (BTreeMap::new(), BTreeMap::new());
        for (id, found) in self.live() {
            let spans = stall::counted(&self.state, &self.goalposts, (id, found), until);
            let found_stalls = stall::of(&self.state, found, &cycle, &spans);
            if !found_stalls.is_empty() {
                stalls.insert(id, found_stalls);
            }
            if let Some(surge) = surge::of(&self.state, found, &cycle, &spans, until) {
                surges.insert(id, surge);
            }
        }
        (self.stalls, self.surges) = (stalls, surges);
        self.ambition = ambition::of(self);
        self.story = story::of(self);
    }

    /// The live key results of the cycle's live objectives, objectives oldest first.
    #[must_use]
    pub fn live(&self) -> Vec<(KeyResultId, &KeyResult)> {
        (self.objectives().into_iter())
            .filter(|id| (self.state.objectives.get(id)).is_some_and(|one| one.is_live()))
            .flat_map(|id| self.state.key_results_of(id))
            .filter(|(_, found)| found.is_live())
            .collect()
    }

    /// The cycle's objectives, oldest first, those deferred or dropped last.
    #[must_use]
    pub fn objectives(&self) -> Vec<ObjectiveId> {
        let mut found: Vec<_> = (self.state.objectives.iter())
            .filter(|(_, one)| one.cycle == self.cycle && one.state != ObjectiveState::Withdrawn)
            .map(|(id, one)| (!one.is_live(), one.provenance.created.seq, *id))
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, _, id)| id).collect()
    }

    /// The key results of one of them, those that matter most first, those deferred or dropped last.
    #[must_use]
    pub fn key_results(&self, of: ObjectiveId) -> Vec<(KeyResultId, &KeyResult)> {
        let mut found: Vec<_> = (self.state.key_results_of(of))
            .filter(|(_, found)| found.state != KeyResultState::Withdrawn)
            .collect();
        found.sort_by_key(|(_, found)| !found.is_live());
        found
    }

    /// Where a key result stands.
    #[must_use]
    pub fn progress(&self, found: &KeyResult) -> Option<Progress> {
        let cycle = self.cycle()?;
        Some(score::progress(&self.state, found, cycle, self.on))
    }

    /// What came of a key result: its grade, else its score.
    #[must_use]
    pub fn outcome(&self, found: &KeyResult) -> Option<Decimal> {
        let graded = found.grade.as_ref().map(|grade| grade.grade);
        graded.or_else(|| self.progress(found)?.score)
    }

    /// The mean scores of the objectives that `counts` lets in.
    #[must_use]
    pub fn scores(&self, counts: impl Fn(ObjectiveId) -> bool) -> Means {
        score::cycle_means(&self.state, self.cycle, self.on, counts)
    }

    /// The same in mid-quarter, as it was known then.
    #[must_use]
    pub fn mid_scores(&self, counts: impl Fn(&State, ObjectiveId) -> bool) -> Means {
        self.middle.as_ref().map_or_else(Means::default, |middle| {
            let counts = |id| counts(&middle.state, id);
            score::cycle_means(&middle.state, self.cycle, middle.day, counts)
        })
    }

    /// The score of an objective in mid-quarter, where it counted in the cycle then.
    #[must_use]
    pub fn mid_objective(&self, id: ObjectiveId) -> Option<Decimal> {
        let middle = self.middle.as_ref()?;
        let found = middle.state.objectives.get(&id)?;
        (found.cycle == self.cycle && found.is_live())
            .then(|| score::objective_score(&middle.state, id, middle.day))
            .flatten()
    }

    /// What came of the whole cycle: the mean of its grades, else of its scores.
    #[must_use]
    pub fn whole(&self) -> Option<Decimal> {
        let graded = grading::cycle_grades(&self.state, self.cycle, |_| true).all;
        graded.or_else(|| self.scores(|_| true).all)
    }

    /// The teams that have a live objective in the cycle, or a team below them has, with how many.
    #[must_use]
    pub fn teams(&self) -> Vec<(TeamId, usize)> {
        beside::teams(&self.state, self.cycle)
    }

    /// The last day that was looked at.
    pub(crate) fn until(&self) -> Date {
        self.cycle()
            .map_or(self.on, |cycle| self.on.min(cycle.ends))
    }
}

/// Positions of the measurements of a key result that speak of these days, by check-ins and by the KPI
/// that it reads from, in order.
pub(crate) fn measured(state: &State, found: &KeyResult, from: Date, until: Date) -> Vec<u64> {
    let read = score::fed_by(state, found).map_or_else(Vec::new, |kpi| kpi.curve());
    let mut seqs: Vec<u64> = (read.iter())
        .filter(|(_, one)| from <= one.effective && one.effective <= until)
        .map(|(_, one)| one.provenance.created.seq)
        .chain(
            (found.check_ins.until(until))
                .filter(|one| one.effective >= from)
                .map(|one| one.seq),
        )
        .collect();
    seqs.sort_unstable();
    seqs
}
