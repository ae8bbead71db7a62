//! The replay itself: one fold that goes forward, and a look at it at each stop.

use super::about::About;
use super::days::Days;
use super::fold::Folding;
use super::mark::{Mark, Marker};
use super::order::{self, Closed, Order, Turn, What};
use super::{Asked, Changed, Step, Stop};
use crate::act::Calendar;
use crate::calendar::{Date, Timestamp};
use crate::event::Entry;
use crate::past::Past;
use crate::state::State;
use crate::value::Subject;
use crate::when::Moment;

/// Hands out the state at each stop, with what can read otherwise than at the one before, for as long
/// as `each` says so. All that is read of the log is read before the first of them.
///
/// # Errors
/// The log cannot be read.
pub fn play<P: Past>(
    past: &mut P,
    asked: &Asked,
    each: &mut dyn FnMut(&State, &Stop, &Changed) -> bool,
) -> Result<(), P::Error> {
    if let Some(mut order) = order::read(past, asked)? {
        let base = std::mem::take(&mut order.base);
        let mut playing = Playing::new(&order, base, asked, each);
        // Somebody who has seen enough is no trouble.
        let _ = playing.all().and_then(|()| playing.end());
    }
    Ok(())
}

/// Whether there is more to see; none where nobody looks any more.
type More = Option<()>;

struct Playing<'a> {
    order: &'a Order,
    asked: &'a Asked,
    each: &'a mut dyn FnMut(&State, &Stop, &Changed) -> bool,
    about: About,
    days: Days,
    marker: Marker<'a>,
    folding: Folding<'a>,
    /// The last day of the period that is under way; none before the first goal.
    period: Option<Date>,
    /// Whether that period had a stop.
    stopped: bool,
    /// The day of the last stop that was handed out.
    shown: Option<Date>,
    /// What became known since the last stop.
    entries: Vec<Entry>,
    marks: Vec<Mark>,
    changed: Changed,
}

impl<'a> Playing<'a> {
    fn new(
        order: &'a Order,
        base: State,
        asked: &'a Asked,
        each: &'a mut dyn FnMut(&State, &Stop, &Changed) -> bool,
    ) -> Self {
        let calendar = Calendar {
            zone: &order.zone,
            alone_until: order.alone_until,
        };
        Self {
            order,
            asked,
            each,
            about: About { cycle: asked.cycle },
            days: Days {
                step: asked.step,
                cycle: order.cycle,
            },
            marker: Marker::new(calendar, &order.moved),
            folding: Folding::new(base, &order.entries),
            period: None,
            stopped: false,
            shown: None,
            entries: Vec::new(),
            marks: Vec::new(),
            changed: Changed::default(),
        }
    }

    /// All that becomes known up to where it ends.
    fn all(&mut self) -> More {
        let turns = &self.order.turns;
        for (at, turn) in turns.iter().enumerate() {
            if self.is_beyond(turn) {
                break;
            }
            if self.period.is_some() {
                self.go_on_to(self.order.zone.date_of(turn.at))?;
            }
            match turn.what {
                What::Scene => {
                    for place in self.order.scene(None) {
                        self.folding.add(place);
                    }
                    self.changed.all = true;
                }
                What::Began => {
                    self.folding.remove(&self.order.scene(Some(turn.at)));
                    self.changed.all = true;
                }
                What::Entry(place) => {
                    self.take(place, turn.at);
                    let next = turns.get(at + 1).map(|next| next.at);
                    let closing = (self.order.closing.as_ref()).map(|closed| closed.at);
                    let is_last = next != Some(turn.at) && closing != Some(turn.at);
                    self.stop_at_entry(turn.at, is_last)?;
                }
                What::Pending(place) => self.take(place, turn.at),
            }
        }
        Some(())
    }

    /// Whether a turn comes after what is asked about.
    fn is_beyond(&self, turn: &Turn) -> bool {
        match (self.asked.until, turn.what) {
            (Some(Moment::At(until)), _) => turn.at > until,
            (Some(Moment::Position(until)), What::Entry(place) | What::Pending(place)) => {
                (self.order.entries.get(place)).is_some_and(|entry| entry.seq > until)
            }
            _ => false,
        }
    }

    fn take(&mut self, place: usize, at: Timestamp) {
        let Some(entry) = self.order.entries.get(place) else {
            return;
        };
        let (cycle, state) = (self.asked.cycle, self.folding.state());
        let mut is_about = self.about.has(state, entry);
        self.changed.take(state, cycle, entry);
        let contests = Marker::before(state, entry);
        self.folding.add(place);
        let state = self.folding.state();
        is_about |= self.about.has(state, entry);
        self.changed.take(state, cycle, entry);
        if self.period.is_none() {
            if !self.about.is_goal(state, entry) {
                return;
            }
            self.period = Some(self.days.end_of(self.order.zone.date_of(at)));
        }
        if is_about {
            (self.marks).extend(self.marker.after(state, self.about, entry, &contests));
            self.entries.push(entry.clone());
        }
    }

    /// After an entry, where a replay by event has a stop: it is named by its position where all that
    /// stands before it is known, and by its moment where that is not another entry's as well.
    fn stop_at_entry(&mut self, at: Timestamp, is_last: bool) -> More {
        if self.asked.step != Step::Event || self.entries.is_empty() {
            return Some(());
        }
        let moment = if self.folding.is_whole() {
            Moment::Position(self.folding.head())
        } else if is_last {
            Moment::At(at)
        } else {
            return Some(());
        };
        self.stopped = true;
        self.stop(moment, at, self.order.zone.date_of(at))
    }

    /// Closes the period under way where a day lies beyond it, and those between.
    fn go_on_to(&mut self, day: Date) -> More {
        let until = self.days.end_of(day);
        let Some(period) = self.period.filter(|period| *period < until) else {
            return Some(());
        };
        self.close(period)?;
        for idle in self.days.between(period, day) {
            self.stopped = false;
            self.close(idle)?;
        }
        self.period = Some(until);
        self.stopped = false;
        Some(())
    }

    /// At the end of a period.
    fn close(&mut self, end: Date) -> More {
        let idle = !self.stopped && self.days.is_own(end);
        if self.entries.is_empty() && !idle {
            return Some(());
        }
        let at = self.order.zone.end_of(end);
        self.stop(Moment::At(at), at, end)
    }

    /// The end: the closing, or the moment up to which it is asked.
    fn end(&mut self) -> More {
        if self.period.is_none() {
            return Some(());
        }
        if let Some(closed) = &self.order.closing {
            let reaches = match self.asked.until {
                None => true,
                Some(Moment::At(until)) => closed.at <= until,
                Some(Moment::Position(until)) => closed.entry.seq <= until,
            };
            if reaches {
                return self.close_cycle(closed);
            }
        }
        let last = self.last_turn();
        let until = match self.asked.until {
            Some(Moment::At(until)) => until,
            _ => last.map_or(Timestamp::EPOCH, |last| last.at),
        };
        let day = self.order.zone.date_of(until);
        self.go_on_to(day)?;
        let Some(period) = self
            .period
            .filter(|end| !self.entries.is_empty() || self.runs(*end, day))
        else {
            return Some(());
        };
        if self.stopped && self.entries.is_empty() {
            return Some(());
        }
        let at = until.min(self.order.zone.end_of(period));
        // More may have come at the same moment as the last that is asked about.
        let by_position = !matches!(self.asked.until, Some(Moment::At(_)))
            && !matches!(last.map(|last| last.what), Some(What::Pending(_)));
        let moment = if by_position && self.folding.is_whole() {
            Moment::Position(self.folding.head())
        } else {
            Moment::At(at)
        };
        self.stop(moment, at, self.order.zone.date_of(at))
    }

    /// Whether the period under way is the cycle's, and a day in it is.
    fn runs(&self, end: Date, day: Date) -> bool {
        self.days.is_own(end) && self.order.cycle.contains(day)
    }

    /// When the last thing became known that is asked about.
    fn last_turn(&self) -> Option<Turn> {
        (self.order.turns.iter())
            .take_while(|turn| !self.is_beyond(turn))
            .last()
            .copied()
    }

    /// The last stop of a closed cycle: as it is read from then on.
    fn close_cycle(&mut self, closed: &Closed) -> More {
        self.go_on_to(self.order.zone.date_of(closed.at))?;
        self.marks.push(Mark::Closed {
            about: Subject::Cycle(self.asked.cycle),
        });
        self.entries.push(closed.entry.clone());
        let (seq, day) = (closed.entry.seq, closed.seen.on);
        let stop = Stop {
            seq,
            ..self.stop_of(
                Moment::Position(seq),
                closed.at,
                day.unwrap_or(self.order.cycle.ends),
            )
        };
        match self.changed_at(&stop) {
            Some(_) => (self.each)(&closed.seen.state, &stop, &Changed::all()).then_some(()),
            None => Some(()),
        }
    }

    fn stop(&mut self, moment: Moment, at: Timestamp, day: Date) -> More {
        let stop = self.stop_of(moment, at, day);
        match self.changed_at(&stop) {
            Some(changed) => (self.each)(self.folding.state(), &stop, &changed).then_some(()),
            None => Some(()),
        }
    }

    /// What can read otherwise at a stop than at the last that was handed out; none where it comes
    /// before the first that is asked about.
    fn changed_at(&mut self, stop: &Stop) -> Option<Changed> {
        let changed = std::mem::take(&mut self.changed);
        let reached = match self.asked.from {
            None => true,
            Some(Moment::At(from)) => from <= stop.at,
            Some(Moment::Position(from)) => from <= stop.seq,
        };
        if !reached {
            return None;
        }
        let same_day = self.shown.replace(stop.day) == Some(stop.day);
        Some(if same_day { changed } else { Changed::all() })
    }

    fn stop_of(&mut self, moment: Moment, at: Timestamp, day: Date) -> Stop {
        Stop {
            moment,
            seq: self.folding.head(),
            at,
            day,
            week: self.order.cycle.week_of(day),
            entries: std::mem::take(&mut self.entries),
            marks: std::mem::take(&mut self.marks),
        }
    }
}
