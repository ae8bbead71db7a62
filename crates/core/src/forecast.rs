//! Where a key result ends its cycle if its check-ins go on as they have.
//!
//! | metric | forecast |
//! |---|---|
//! | increase, decrease | the last value, and the slope of the course so far over what is left of the cycle |
//! | milestones | the same of the weight done, held to 0 and the weight of all steps |
//! | maintain | the share of periods kept at the end, if the rest goes like the last six |
//! | binary | none: the last confidence stated, as a probability |
//!
//! The slope is robust, and the range one of 80 %: that of the slope (`slope.rs`), and what uneven steps
//! add to it by the end (`steps.rs`), for a course that goes on like this. [`check`] says how often it
//! held. Where the
//! cycle's months weigh differently the course is extrapolated over the share of the way that is
//! expected by each day and not over days, so a seasonal business is not drawn in a straight line.
//!
//! The course is what was measured on each day of the cycle, at most the [`MOST`] latest days, and what
//! held when the cycle began: an earlier measurement, else the baseline. Days between which nothing
//! is expected count as one, the last. It takes [`LEAST`] measured days (periods that are over, for a
//! range); fewer, a cycle that is over, and what was set aside have no forecast, and [`Why`].
//!
//! Everything is exact until one rounding at the end, half to even, to [`PLACES`] digits more than
//! what was measured has. Measured values of more than 18 digits are rounded to as many as fit.

mod axis;
pub mod check;
mod kept;
mod slope;
mod steps;

use crate::calendar::Date;
use crate::closing;
use crate::decimal::{Decimal, ratio};
use crate::event::Metric;
use crate::id::{CycleId, ObjectiveId};
use crate::score::{self, Means, PLACES, Progress};
use crate::state::{Cycle, KeyResult, State};
use crate::token::MetricKind;

use axis::Axis;
pub use kept::LAST;
use slope::{Slope, slopes};

/// The fewest measured days that make a course.
pub const LEAST: usize = 3;
/// The most measured days that are looked at, the latest: there are pairs of them by the square.
pub const MOST: usize = 200;

/// What is to be expected of a key result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outlook {
    /// It ends at a value.
    Ends(Forecast),
    /// It is done or not: how likely, by the last confidence stated; 1 where it is done.
    Likely(Decimal),
    /// Nothing can be said.
    Unknown(Why),
}

/// Where a key result ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    /// The value: for milestones the weight done, for a range the share of periods kept.
    pub value: Decimal,
    /// The lower end of its range.
    pub low: Decimal,
    /// The upper end of its range.
    pub high: Decimal,
    /// The score that the value comes to, 0 to 1; none where the metric has no baseline or target.
    pub score: Option<Decimal>,
    /// The lower and the higher of the scores at the ends of the range.
    pub scores: Option<(Decimal, Decimal)>,
    /// How many measured days, or periods, it is made of.
    pub of: usize,
    /// To how many places after the point it is worth telling: those of the key result's own
    /// numbers, at most [`PLACES`], and so many that a step is at most a fiftieth of the way.
    pub places: u32,
    /// What a person projects, beside it.
    pub stated: Option<Stated>,
}

/// A person's projection beside a forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stated {
    /// The last one stated.
    pub value: Decimal,
    /// Where it lies.
    pub lies: Lies,
}

/// Where a projection lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lies {
    /// Below the forecast's range.
    Below,
    /// In it, its ends included.
    Within,
    /// Above it.
    Above,
}

/// Why there is no forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It, or its objective, was deferred, dropped or withdrawn.
    SetAside,
    /// The cycle has not begun.
    NotBegun,
    /// The cycle is over.
    Over,
    /// It was measured on fewer than [`LEAST`] days that tell a slope.
    TooFewDays {
        /// On so many.
        measured: usize,
    },
    /// Fewer than [`LEAST`] periods of a range to maintain are over.
    TooFewPeriods {
        /// So many.
        over: usize,
    },
    /// It is done or not, and nobody said how confident they are.
    NoConfidence,
    /// Its numbers have more digits than can be computed with.
    TooManyDigits,
}

impl Why {
    /// It in a sentence.
    #[must_use]
    pub fn sentence(self) -> String {
        match self {
            Self::SetAside => "It was set aside.".to_owned(),
            Self::NotBegun => "Its cycle has not begun.".to_owned(),
            Self::Over => "Its cycle is over: the outcome stands.".to_owned(),
            Self::TooFewDays { measured } => {
                format!("A forecast takes {LEAST} measured days; there are {measured}.")
            }
            Self::TooFewPeriods { over } => {
                format!(
                    "A forecast takes {LEAST} check-in periods that are over; there are {over}."
                )
            }
            Self::NoConfidence => "It is done or not, and no confidence was stated.".to_owned(),
            Self::TooManyDigits => "Its numbers have too many digits to compute with.".to_owned(),
        }
    }
}

impl Outlook {
    /// The score to be expected, 0 to 1.
    #[must_use]
    pub fn score(&self) -> Option<Decimal> {
        match self {
            Self::Ends(forecast) => forecast.score,
            Self::Likely(probability) => Some(*probability),
            Self::Unknown(_) => None,
        }
    }

    /// The value that it ends at.
    #[must_use]
    pub const fn forecast(&self) -> Option<&Forecast> {
        match self {
            Self::Ends(forecast) => Some(forecast),
            _ => None,
        }
    }
}

/// What is to be expected of a key result of this cycle at the end of the day `on`, given what the
/// state knows.
#[must_use]
pub fn of(state: &State, key_result: &KeyResult, cycle: &Cycle, on: Date) -> Outlook {
    let above = state.objectives.get(&key_result.objective);
    if !key_result.is_live() || !above.is_some_and(|above| above.is_live()) {
        return Outlook::Unknown(Why::SetAside);
    }
    if on < cycle.starts {
        return Outlook::Unknown(Why::NotBegun);
    }
    if is_over(state, cycle, on) {
        return Outlook::Unknown(Why::Over);
    }
    let metric = &key_result.metric;
    let made = match metric.kind {
        MetricKind::Binary => return likely(&score::progress(state, key_result, cycle, on)),
        MetricKind::Maintain => range(state, key_result, cycle, on),
        MetricKind::Increase | MetricKind::Decrease | MetricKind::Milestones => {
            course(state, key_result, cycle, on)
        }
    };
    match made {
        Ok(forecast) => Outlook::Ends(forecast),
        Err(why) => Outlook::Unknown(why),
    }
}

/// Whether the outcome stands: on the last day of a cycle, or on the day whose figures a closed one
/// shows.
fn is_over(state: &State, cycle: &Cycle, on: Date) -> bool {
    let closed = cycle.closing.as_ref().filter(|_| cycle.is_closed());
    on >= cycle.ends || closed.is_some_and(|closing| on >= closing::day(state, cycle, closing))
}

fn likely(progress: &Progress) -> Outlook {
    match progress.confidence {
        _ if progress.current == Some(Decimal::ONE) => Outlook::Likely(Decimal::ONE),
        Some(confidence) => Outlook::Likely(confidence),
        None => Outlook::Unknown(Why::NoConfidence),
    }
}

fn range(state: &State, key_result: &KeyResult, cycle: &Cycle, on: Date) -> Result<Forecast, Why> {
    let kept = kept::kept(state, key_result, cycle, on)?;
    Ok(Forecast {
        value: kept.value,
        low: kept.low,
        high: kept.high,
        score: Some(kept.value),
        scores: Some((kept.low, kept.high)),
        of: kept.periods,
        places: 2,
        stated: None,
    })
}

fn course(state: &State, key_result: &KeyResult, cycle: &Cycle, on: Date) -> Result<Forecast, Why> {
    let metric = &key_result.metric;
    let measured = score::course(state, key_result, cycle, on);
    let many = measured.len();
    let too_few = Why::TooFewDays { measured: many };
    let axis = Axis::of(state, cycle).ok_or(Why::Over)?;
    let before = cycle.starts.plus_days(-1);
    let began = score::progress(state, key_result, cycle, before).current;
    let mut points: Vec<(i64, Decimal)> = match began {
        Some(began) if many < MOST => vec![(0, began)],
        _ => Vec::new(),
    };
    for (day, value) in measured.iter().skip(many.saturating_sub(MOST)) {
        let at = axis.at(*day);
        // What is measured while nothing is expected replaces what was before it.
        match points.last_mut().filter(|(last, _)| *last == at) {
            Some(last) => last.1 = *value,
            None => points.push((at, *value)),
        }
    }
    if many < LEAST || points.len() < LEAST {
        return Err(too_few);
    }
    let (last_at, last) = points.last().copied().ok_or(too_few)?;
    let left = axis.at(cycle.ends).saturating_sub(last_at);
    let (scale, points) = whole(&points).ok_or(Why::TooManyDigits)?;
    let slopes = slopes(&points).ok_or(too_few)?;
    let places = (scale + PLACES).min(Decimal::MAX_PLACES);
    let ends = |slope: Slope| {
        let above = i128::from(slope.rise).checked_mul(left.into())?;
        let above = Decimal::from_parts(above, scale)?;
        let change = ratio(above, Decimal::from(slope.run), places)?;
        let value = last.round(places).checked_add(change)?;
        Some(hold(metric, value))
    };
    let (one, other) = (ends(slopes.middle.0), ends(slopes.middle.1));
    let value = one.zip(other).and_then(|(one, other)| {
        if one == other {
            return Some(one);
        }
        ratio(one.checked_add(other)?, Decimal::from(2u32), places)
    });
    let astray = steps::astray(&points, slopes.middle, left)
        .and_then(|units| Decimal::from_parts(units, scale + PLACES))
        .map(|astray| astray.round(places));
    let range = astray.and_then(|astray| {
        let low = ends(slopes.low)?.checked_sub(astray)?;
        let high = ends(slopes.high)?.checked_add(astray)?;
        Some((hold(metric, low), hold(metric, high)))
    });
    let (Some(value), Some((low, high))) = (value, range) else {
        return Err(Why::TooManyDigits);
    };
    let ends = (scored(metric, low), scored(metric, high));
    let projection = score::progress(state, key_result, cycle, on).projection;
    Ok(Forecast {
        value,
        low,
        high,
        score: scored(metric, value),
        scores: ends.0.zip(ends.1).map(|(a, b)| (a.min(b), a.max(b))),
        of: many,
        places: worth_telling(metric, &measured),
        stated: projection
            .filter(|_| metric.kind != MetricKind::Milestones)
            .map(|value| Stated {
                value,
                lies: if value < low {
                    Lies::Below
                } else if value > high {
                    Lies::Above
                } else {
                    Lies::Within
                },
            }),
    })
}

/// A weight done is held to 0 and the weight of all steps; a value may leave baseline and target.
fn hold(metric: &Metric, value: Decimal) -> Decimal {
    if metric.kind == MetricKind::Milestones {
        value
            .max(Decimal::ZERO)
            .min(score::weight(metric, |_| true))
    } else {
        value
    }
}

/// The score of a value that a forecast, or an outcome, comes to.
pub(crate) fn scored(metric: &Metric, value: Decimal) -> Option<Decimal> {
    let progress = match metric.kind {
        MetricKind::Increase | MetricKind::Decrease => score::toward(metric, value)?,
        MetricKind::Milestones => ratio(value, score::weight(metric, |_| true), PLACES)?,
        MetricKind::Maintain | MetricKind::Binary => value,
    };
    Some(score::held(progress))
}

/// The values as whole numbers of the smallest digit that any has, or that fits; with how many places
/// after the point that is. None where they are too large.
fn whole(points: &[(i64, Decimal)]) -> Option<(u32, Vec<(i64, i64)>)> {
    /// Two of these differ by a number that fits.
    const LIMIT: i128 = 1 << 61;
    let finest = points.iter().map(|(_, value)| value.scale()).max()?;
    (0..=finest).rev().find_map(|scale| {
        let at_scale = |value: Decimal| {
            let value = value.round(scale);
            let zeros = 10i128.checked_pow(scale.checked_sub(value.scale())?)?;
            let number = value.mantissa().checked_mul(zeros)?;
            i64::try_from(number).ok().filter(|_| number.abs() <= LIMIT)
        };
        let points = (points.iter())
            .map(|(at, value)| Some((*at, at_scale(*value)?)))
            .collect::<Option<Vec<_>>>()?;
        Some((scale, points))
    })
}

/// See [`Forecast::places`].
fn worth_telling(metric: &Metric, measured: &[(Date, Decimal)]) -> u32 {
    let own = [metric.baseline, metric.target].into_iter().flatten();
    let finest = own
        .chain(measured.iter().map(|(_, value)| *value))
        .map(Decimal::scale)
        .max()
        .unwrap_or(0);
    let way = match (metric.kind, metric.baseline, metric.target) {
        (MetricKind::Milestones, ..) => Some(score::weight(metric, |_| true)),
        (_, Some(from), Some(to)) => to.checked_sub(from).map(Decimal::abs),
        _ => None,
    };
    let Some(way) = way.filter(|way| !way.is_zero()) else {
        return finest.min(PLACES);
    };
    let fits = |places: &u32| {
        Decimal::from_parts(50, *places).is_none_or(|fifty_steps| fifty_steps <= way)
    };
    let needed = (0..PLACES).find(fits).unwrap_or(PLACES);
    finest.min(PLACES).max(needed)
}

/// The score to be expected of an objective: the mean, by weight, of what is to be expected of its
/// live key results; those of which nothing is are left out.
#[must_use]
pub fn of_objective(state: &State, id: ObjectiveId, on: Date) -> Option<Decimal> {
    let above = state.objectives.get(&id)?;
    let cycle = state.cycles.get(&above.cycle)?;
    score::weighted_mean(state, id, |one| of(state, one, cycle, on).score())
}

/// The same for a cycle: the plain means over its live objectives that `counts` lets in.
#[must_use]
pub fn of_cycle(
    state: &State,
    id: CycleId,
    on: Date,
    counts: impl Fn(ObjectiveId) -> bool,
) -> Means {
    score::means(state, id, counts, |objective| {
        of_objective(state, objective, on)
    })
}
