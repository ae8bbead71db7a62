//! `okr replay`: a cycle played again, a frame a stop.
//!
//! A frame says what became known since the one before, and every goal that reads otherwise than it
//! did there, with its figures. Whoever keeps the last of each goal, and forgets those that are gone,
//! has at each frame the figures of `okr status --as-of` that moment. A goal's pace moves with every
//! day and is no change of its own: it is progress divided by what the cycle says is expected.

mod goals;

use quarterdeck_core::calendar::{Date, Span, Timestamp};
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::id::{CycleId, Uuid};
use quarterdeck_core::past::Past;
use quarterdeck_core::replay::{self, Asked, Changed, Mark, Scores, Stop};
use quarterdeck_core::score;
use quarterdeck_core::state::State;
use quarterdeck_core::token::CycleState;
use serde::Serialize;

pub use goals::{
    FrameBefore, FrameKeyResult, FrameKeyResultSaid, FrameObjective, FrameObjectiveSaid,
};

use super::log::{LogLine, log_line};
use super::{AsOf, Schema, share};
use crate::names::{Names, Ref};
use goals::Goals;

/// A stop, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Frame {
    /// Version of this object.
    pub schema: Schema,
    /// As of which moment the cycle reads like this.
    pub as_of: AsOf,
    /// The highest position that was known by then.
    pub seq: u64,
    /// By when all of it was known.
    pub at: Timestamp,
    /// The day that the figures are of.
    pub day: Date,
    /// The cycle.
    pub cycle: FrameCycle,
    /// What became known about it since the frame before, in that order.
    pub events: Vec<LogLine>,
    /// What of it one would want to find again.
    pub marks: Vec<FrameMark>,
    /// The objectives that read otherwise than in the frame before, or have key results that do; in
    /// the order of `okr status`. In the first frame, all.
    pub objectives: Vec<FrameObjective>,
    /// Goals that were in the frame before and are no more.
    pub gone: Vec<FrameGone>,
}

/// The cycle in a frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FrameCycle {
    /// Short reference.
    #[serde(rename = "ref")]
    pub reference: Ref,
    /// Id.
    pub id: CycleId,
    /// Name, such as `2026-Q3`.
    pub name: String,
    /// Planned, active or closed.
    pub state: CycleState,
    /// First day.
    pub starts: Date,
    /// Last day, itself included.
    pub ends: Date,
    /// Which week of the cycle the day lies in, from 1; none outside of it.
    pub week: Option<u32>,
    /// How many weeks it has.
    pub weeks: u32,
    /// Share of its days that is over, 0 to 1.
    pub elapsed: Decimal,
    /// Share of its way that a key result should have gone by then.
    pub expected: Decimal,
    /// Mean of its objectives, 0 to 1.
    pub score: Option<Decimal>,
    /// That in the frame before.
    pub score_before: Option<Decimal>,
    /// Mean of the committed ones.
    pub committed: Option<Decimal>,
    /// Mean of the aspirational ones.
    pub aspirational: Option<Decimal>,
}

/// Something that one would want to find again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FrameMark {
    /// `goalpost`, `conflict`, `settled`, `grade`, `late`, `corrected`, `closed`, `reopened`, or the
    /// kind of a note.
    pub mark: &'static str,
    /// What it is about.
    #[serde(rename = "ref")]
    pub reference: Option<Ref>,
    /// Title or name of that.
    pub title: Option<String>,
    /// Which field is in conflict, or what became of a goal.
    pub what: Option<String>,
    /// By how many days a check-in was late.
    pub days: Option<u32>,
}

/// A goal that is no more in the cycle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FrameGone {
    /// Id of the objective or key result.
    pub id: Uuid,
    /// Its title when it was there last.
    pub title: String,
}

/// Hands out the frames of a replay for as long as `each` says so. The log is read before the first.
///
/// # Errors
/// The log cannot be read.
pub fn replay<P: Past>(
    past: &mut P,
    asked: &Asked,
    each: &mut dyn FnMut(Frame) -> bool,
) -> Result<(), P::Error> {
    let mut head = past.state().head;
    while head > 0 && past.is_pending(head) {
        head -= 1;
    }
    let mut frames = Frames::new(asked.cycle);
    replay::play(past, asked, &mut |state, stop, changed| {
        (frames.next(state, stop, changed, &|seq| seq > head)).is_none_or(&mut *each)
    })
}

/// Makes frames of the stops of a replay, in their order.
#[derive(Debug)]
pub struct Frames {
    cycle: CycleId,
    scores: Scores,
    score: Option<Decimal>,
    goals: Goals,
}

impl Frames {
    /// Of a replay of which nothing was shown yet.
    #[must_use]
    pub fn new(cycle: CycleId) -> Self {
        Self {
            cycle,
            scores: Scores::new(cycle),
            score: None,
            goals: Goals::new(cycle),
        }
    }

    /// The frame of the next stop; `pending` says which positions are not recorded yet. None where
    /// the cycle is not known there.
    pub fn next(
        &mut self,
        state: &State,
        stop: &Stop,
        changed: &Changed,
        pending: &dyn Fn(u64) -> bool,
    ) -> Option<Frame> {
        let own = state.cycles.get(&self.cycle)?;
        let names = Names::new(state);
        let span = Span::new(own.starts, own.ends);
        self.scores.update(state, stop.day, changed);
        let means = self.scores.means();
        let score = share(means.all);
        let (objectives, gone) = self
            .goals
            .next(&names, own, stop.day, changed, &self.scores);
        Some(Frame {
            schema: Schema,
            as_of: stop.moment.into(),
            seq: stop.seq,
            at: stop.at,
            day: stop.day,
            cycle: FrameCycle {
                reference: names.cycle(self.cycle),
                id: self.cycle,
                name: own.name.clone(),
                state: own.state,
                starts: own.starts,
                ends: own.ends,
                week: span.and_then(|span| span.week_of(stop.day)),
                weeks: span.map_or(0, Span::weeks),
                elapsed: score::elapsed(own, stop.day).round(2),
                expected: score::expected(state, own, stop.day).round(2),
                score,
                score_before: std::mem::replace(&mut self.score, score),
                committed: share(means.committed),
                aspirational: share(means.aspirational),
            },
            events: (stop.entries.iter())
                .map(|entry| log_line(&names, entry, pending(entry.seq)))
                .collect(),
            marks: stop.marks.iter().map(|mark| told(&names, mark)).collect(),
            objectives,
            gone,
        })
    }
}

fn told(names: &Names<'_>, mark: &Mark) -> FrameMark {
    FrameMark {
        mark: mark.word(),
        reference: names.subject(mark.about()),
        title: names.title(mark.about()),
        what: match mark {
            Mark::Goalpost { what, .. } => Some(what.words().to_owned()),
            Mark::Conflict { field, .. } | Mark::Settled { field, .. } => {
                Some(field.word().to_owned())
            }
            _ => None,
        },
        days: match mark {
            Mark::Late { days, .. } => Some(*days),
            _ => None,
        },
    }
}
