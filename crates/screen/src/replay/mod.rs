//! `okr replay` on a terminal: a cycle again, stop by stop, as it was known then.
//!
//! [`Replay`] is asked to be at a stop, and shows the one that it was last told of until the answer comes:
//! whoever holds a key down sees what can be shown, and never waits.

mod desk;
mod draw;
mod keys;
mod rows;
mod scrubber;
mod update;

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::id::{KeyResultId, Uuid};

pub use desk::{Answer, Chart, Film, Frame, Pace, Question, Sign, Stop};

use crate::event::{Effect, Event, Screen, Trouble};
use crate::look::Look;

/// So many frames, and so many curves, are kept: to go back a little asks for nothing.
const KEPT: usize = 32;
/// How many stops a second it may play, in tenths.
const SPEEDS: [u64; 7] = [5, 10, 20, 40, 80, 160, 320];
/// The place of the usual speed among them.
const USUAL: usize = 3;

/// A replay.
#[derive(Debug)]
pub struct Replay {
    size: (u16, u16),
    pace: Pace,
    film: Option<Film>,
    /// The stop that one wants to be at.
    at: usize,
    /// Where one was when the stops were asked for anew.
    moment: Option<(u64, Timestamp)>,
    is_playing: bool,
    speed: usize,
    frames: VecDeque<(usize, Frame)>,
    charts: VecDeque<(usize, KeyResultId, Option<Chart>)>,
    /// The stop that is shown: the last one wanted that was answered.
    shown: Option<usize>,
    chosen: Option<Uuid>,
    folded: BTreeSet<Uuid>,
    shows_help: bool,
    trouble: Option<Trouble>,
    frame_under_way: Option<usize>,
    chart_under_way: bool,
}

impl Replay {
    /// A replay in a terminal of so many columns and rows, at so many stops a second.
    #[must_use]
    pub fn new((columns, rows): (u16, u16), pace: Pace, speed: f64) -> Self {
        let off = |tenths: u64| {
            // Of a number below a thousand nothing is lost.
            let tenths = u32::try_from(tenths).map_or(0.0, f64::from);
            (tenths / 10.0 - speed).abs()
        };
        let nearest = (0..SPEEDS.len()).min_by(|a, b| {
            let of = |at: usize| SPEEDS.get(at).copied().map_or(f64::MAX, off);
            of(*a).total_cmp(&of(*b))
        });
        Self {
            size: (columns, rows),
            pace,
            film: None,
            at: 0,
            moment: None,
            is_playing: false,
            speed: nearest.unwrap_or(USUAL),
            frames: VecDeque::new(),
            charts: VecDeque::new(),
            shown: None,
            chosen: None,
            folded: BTreeSet::new(),
            shows_help: false,
            trouble: None,
            frame_under_way: None,
            chart_under_way: false,
        }
    }

    fn stops(&self) -> &[Stop] {
        self.film.as_ref().map_or(&[], |film| &film.stops)
    }

    fn frame_of(&self, stop: usize) -> Option<&Frame> {
        let mut found = self.frames.iter().filter(|(at, _)| *at == stop);
        found.next().map(|(_, frame)| frame)
    }

    /// The frame that is shown, and its stop.
    fn seen(&self) -> Option<(usize, &Stop, &Frame)> {
        let at = self.shown?;
        Some((at, self.stops().get(at)?, self.frame_of(at)?))
    }

    /// The key result whose curve belongs to what is shown.
    fn measured(&self) -> Option<KeyResultId> {
        let (_, _, frame) = self.seen()?;
        let rows = rows::rows(&frame.status, &self.folded);
        rows.get(self.row(&rows))?.measured()
    }

    /// The row that is chosen, the first key result where that is not there.
    fn row(&self, rows: &[rows::Goal<'_>]) -> usize {
        let chosen = rows.iter().position(|row| Some(row.id()) == self.chosen);
        let first = || {
            rows.iter()
                .position(|row| matches!(row, rows::Goal::KeyResult(_)))
        };
        chosen.or_else(first).unwrap_or_default()
    }

    fn chart_of(&self, stop: usize, id: KeyResultId) -> Option<Option<&Chart>> {
        let mut found = self
            .charts
            .iter()
            .filter(|(at, of, _)| *at == stop && *of == id);
        found.next().map(|(_, _, chart)| chart.as_ref())
    }

    /// How long a stop lasts while it plays.
    fn pause(&self) -> Duration {
        let tenths = SPEEDS.get(self.speed).copied().unwrap_or(40);
        Duration::from_millis(10_000 / tenths.max(1))
    }
}

impl Screen for Replay {
    type Question = Question;
    type Answer = Answer;
    type News = std::convert::Infallible;

    fn begin(&mut self) -> Vec<Effect<Question>> {
        vec![Effect::Ask(Question::Film(self.pace))]
    }

    fn update(
        &mut self,
        event: Event<Question, Answer, std::convert::Infallible>,
    ) -> Vec<Effect<Question>> {
        self.on(event)
    }

    fn draw(&self, frame: &mut ratatui::Frame<'_>, look: &Look) {
        draw::screen(self, frame, look);
    }

    fn tick(&self) -> Option<Duration> {
        self.is_playing.then(|| self.pause())
    }
}
