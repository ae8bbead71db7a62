//! A cycle played again: what was known of it, step by step.
//!
//! A **stop** is a moment at which one looks at the cycle. Its state is exactly what is answered to
//! the question [`as of`](Stop::moment) that moment, so every stop can be asked about again:
//!
//! - What was recorded is named by its position, one stop an entry.
//! - What was imported counts from when its source was written ([`crate::known`]), wherever it stands
//!   in the log. From the first such entry that is known out of turn on, stops are named by their
//!   moments, and entries of one moment share a stop.
//! - What waits to be recorded is known to the present alone, and comes last, as one.
//!
//! | step | stops |
//! |---|---|
//! | event | after each entry about the cycle; and at the end of each of its days that had none, since pace and staleness move with the day |
//! | day | at the end of each day |
//! | week | at the end of each week of the cycle; its planning is one stop, and what comes after its last day is one |
//!
//! It begins with the first entry about a goal of the cycle and ends with the cycle's closing, which
//! reads as a closed cycle does ([`crate::closing`]); an open one ends at the horizon. Days before the
//! first of the cycle and after its last have a stop where something happened.
//!
//! An entry is **about the cycle** where it is about the cycle or the one above it, its objectives and
//! key results, the KPIs that these read or improve, the work that should move them, notes on any of
//! that, weekly updates of its weeks, and the people and teams that its goals are of.
//!
//! The log is read before the first stop is handed out. From then on the fold goes forward entry by
//! entry; only what was imported out of turn is folded again, from the last entry before it.

mod about;
mod changed;
mod days;
mod fold;
mod mark;
mod order;
mod play;
mod scores;

use crate::calendar::{Date, Timestamp};
use crate::event::Entry;
use crate::id::CycleId;
use crate::past::Past;
use crate::when::Moment;

pub use changed::Changed;
pub use mark::Mark;
pub use play::play;
pub use scores::Scores;

/// How far apart stops are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// At each entry, and at the end of each day without one.
    Event,
    /// At the end of each day.
    Day,
    /// At the end of each week of the cycle.
    Week,
}

/// What is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// Which cycle is played.
    pub cycle: CycleId,
    /// How far apart stops are.
    pub step: Step,
    /// The first stop is this moment's or a later one's.
    pub from: Option<Moment>,
    /// The last stop is this moment's or an earlier one's. Days without entries go on to it; where it
    /// is not said, to that of the last entry.
    pub until: Option<Moment>,
}

/// A moment at which one looks at the cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// As of which moment the state reads like this.
    pub moment: Moment,
    /// The highest position that is known by then.
    pub seq: u64,
    /// All that it knows was known by then. Never decreasing.
    pub at: Timestamp,
    /// The day whose figures are shown: that of `at`, and at the closing the one that a closed cycle
    /// shows.
    pub day: Date,
    /// In which week of the cycle that day lies, from 1, by the cycle's dates as they are in the end.
    pub week: Option<u32>,
    /// What became known about the cycle since the stop before, in that order.
    pub entries: Vec<Entry>,
    /// What of it one would want to find again.
    pub marks: Vec<Mark>,
}

/// All stops. Nothing is computed for them but where they are and what they mark.
///
/// # Errors
/// The log cannot be read.
pub fn stops<P: Past>(past: &mut P, asked: &Asked) -> Result<Vec<Stop>, P::Error> {
    let mut found = Vec::new();
    play(past, asked, &mut |_, stop, _| {
        found.push(stop.clone());
        true
    })?;
    Ok(found)
}
