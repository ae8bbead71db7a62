//! Grades: what the end of a cycle says about its key results.
//!
//! | grade | band |
//! |---|---|
//! | from 0.7 | green |
//! | from 0.4 | amber |
//! | below | red |
//!
//! The computed grade of a key result is its score at the end of its cycle. A person may overrule
//! it with a reason; the computed one stays beside it. An objective's grade is the mean of its live
//! key results' grades by weight, a cycle's the plain mean of its live objectives' grades: as with
//! scores ([`crate::score`]).
//!
//! What a grade asks for depends on the kind of objective: a committed one is expected at 1.0, and
//! less asks for a learning; an aspirational one aims at 0.6 to 0.7. A whole cycle near 1.0 says
//! that its goals were too easy.

use serde::Serialize;

use crate::calendar::Date;
use crate::decimal::Decimal;
use crate::id::{CycleId, KeyResultId, ObjectiveId};
use crate::score::{self, Means};
use crate::state::{Cycle, KeyResult, State};
use crate::token::ObjectiveKind;

/// From here on a grade is green.
pub const GREEN_FROM: (i128, u32) = (7, 1);
/// From here on a grade is amber; below it is red.
pub const AMBER_FROM: (i128, u32) = (4, 1);
/// What an aspirational objective aims at, at least.
pub const AIM_FROM: (i128, u32) = (6, 1);
/// From here on a whole cycle is near 1.0.
pub const NEAR_ONE_FROM: (i128, u32) = (9, 1);

/// A band of grades.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Band {
    /// Below 0.4.
    Red,
    /// From 0.4 up to below 0.7.
    Amber,
    /// From 0.7 on.
    Green,
}

/// From which grades on bands are green and amber.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Bands {
    /// Green from here on.
    pub green: Decimal,
    /// Amber from here on; red below.
    pub amber: Decimal,
}

impl Default for Bands {
    fn default() -> Self {
        let bound = |(mantissa, scale)| Decimal::from_parts(mantissa, scale).unwrap_or_default();
        Self {
            green: bound(GREEN_FROM),
            amber: bound(AMBER_FROM),
        }
    }
}

impl Bands {
    /// The band of a grade or score.
    #[must_use]
    pub fn of(&self, grade: Decimal) -> Band {
        if grade >= self.green {
            Band::Green
        } else if grade >= self.amber {
            Band::Amber
        } else {
            Band::Red
        }
    }
}

impl Band {
    /// The band of a grade or score.
    #[must_use]
    pub fn of(grade: Decimal) -> Self {
        Bands::default().of(grade)
    }

    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Amber => "amber",
            Self::Green => "green",
        }
    }
}

fn reaches(grade: Decimal, bound: (i128, u32)) -> bool {
    Decimal::from_parts(bound.0, bound.1).is_some_and(|bound| grade >= bound)
}

/// What a grade asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Advice {
    /// A committed key result below 1.0: say what was learned.
    Learn,
    /// An aspirational one in the red.
    FarBelowAim,
    /// An aspirational one that is short of the aim.
    BelowAim,
    /// A cycle near 1.0.
    TooEasy,
}

impl Advice {
    /// It in a sentence.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Learn => "It was committed, so 1.0 was expected: write down what was learned.",
            Self::FarBelowAim => {
                "It is far below the 0.6 to 0.7 that an aspiration aims at: write down what was \
                 learned."
            }
            Self::BelowAim => "It is below the 0.6 to 0.7 that an aspiration aims at.",
            Self::TooEasy => "The whole cycle is near 1.0: its goals were too easy.",
        }
    }

    /// Whether it asks for a learning.
    #[must_use]
    pub const fn asks_for_learning(self) -> bool {
        matches!(self, Self::Learn | Self::FarBelowAim)
    }
}

/// What the grade of a key result, in an objective of this kind, asks for.
#[must_use]
pub fn advice(kind: ObjectiveKind, grade: Decimal) -> Option<Advice> {
    match kind {
        ObjectiveKind::Committed => (grade < Decimal::ONE).then_some(Advice::Learn),
        ObjectiveKind::Aspirational if Band::of(grade) == Band::Red => Some(Advice::FarBelowAim),
        ObjectiveKind::Aspirational => (!reaches(grade, AIM_FROM)).then_some(Advice::BelowAim),
    }
}

/// What the grade of a whole cycle says about it.
#[must_use]
pub fn cycle_advice(grade: Decimal) -> Option<Advice> {
    reaches(grade, NEAR_ONE_FROM).then_some(Advice::TooEasy)
}

/// The grade that is computed for a key result on the day `on`: its score then, and at the end of
/// its cycle once that is over. None where nothing can be computed.
#[must_use]
pub fn computed(state: &State, id: KeyResultId, on: Date) -> Option<Decimal> {
    let (found, cycle) = with_cycle(state, id)?;
    score::progress(state, found, cycle, on).score
}

/// What counts for a key result on the day `on` wherever it stands among others: its score, and
/// once its cycle is closed its grade, which changes no more.
#[must_use]
pub fn stands(state: &State, id: KeyResultId, on: Date) -> Option<Decimal> {
    let (found, cycle) = with_cycle(state, id)?;
    if cycle.is_closed() {
        return found.grade.as_ref().map(|grade| grade.grade);
    }
    score::progress(state, found, cycle, on).score
}

/// The same for an objective.
#[must_use]
pub fn objective_stands(state: &State, id: ObjectiveId, on: Date) -> Option<Decimal> {
    let cycle = state.cycles.get(&state.objectives.get(&id)?.cycle)?;
    if cycle.is_closed() {
        return objective_grade(state, id);
    }
    score::objective_score(state, id, on)
}

/// The same for a cycle, over its live objectives that `counts` lets in.
#[must_use]
pub fn cycle_stands(
    state: &State,
    id: CycleId,
    on: Date,
    counts: impl Fn(ObjectiveId) -> bool,
) -> Means {
    if state.cycles.get(&id).is_some_and(Cycle::is_closed) {
        return cycle_grades(state, id, counts);
    }
    score::cycle_means(state, id, on, counts)
}

/// A key result with its cycle.
fn with_cycle(state: &State, id: KeyResultId) -> Option<(&KeyResult, &Cycle)> {
    let found = state.key_results.get(&id)?;
    let above = state.objectives.get(&found.objective)?;
    Some((found, state.cycles.get(&above.cycle)?))
}

/// The grade of an objective: the mean of its live key results' grades by weight. None while none
/// is graded.
#[must_use]
pub fn objective_grade(state: &State, objective: ObjectiveId) -> Option<Decimal> {
    score::weighted_mean(state, objective, |key_result| {
        key_result.grade.as_ref().map(|grade| grade.grade)
    })
}

/// The grades of a cycle: the plain means of its live objectives' grades.
#[must_use]
pub fn cycle_grades(state: &State, cycle: CycleId, counts: impl Fn(ObjectiveId) -> bool) -> Means {
    score::means(state, cycle, counts, |id| objective_grade(state, id))
}
