//! `okr replay` for a person at a terminal: answers what the interactive screen asks, of the same view.

use std::collections::BTreeMap;
use std::sync::mpsc::channel;
use std::thread;

use quarterdeck_core::aim::{self, Aim, Aimed};
use quarterdeck_core::id::KeyResultId;
use quarterdeck_core::past::Past as _;
use quarterdeck_core::refusal::Refusal;
use quarterdeck_core::replay::{self as rule, Asked, Mark};
use quarterdeck_core::state::State;
use quarterdeck_report::chart::{Plot, Scale};
use quarterdeck_report::json::{self, StatusQuery};
use quarterdeck_report::names::Names;
use quarterdeck_report::pending::Pending;
use quarterdeck_screen::replay::{
    Answer, Chart, Film, Frame, Pace, Question, Replay as Screen, Sign, Stop,
};

use crate::error::{Exit, Failure};
use crate::screen;
use crate::view::View;

/// Shows the replay, at first at so many stops a second, until the person ends it.
///
/// # Errors
/// The terminal fails.
pub(super) fn run(view: &mut View<'_>, asked: &Asked, speed: f64) -> Result<Exit, Failure> {
    let context = view.context();
    let pace = Pace::from(asked.step);
    let picture = Screen::new(screen::size(), pace, speed);
    let (writer, inbox) = screen::inbox::<Screen>();
    let (questions, to_answer) = channel();
    let answers = writer.clone();
    thread::scope(|scope| {
        let mut desk = Desk::new(view, *asked);
        scope.spawn(move || {
            screen::serve(&to_answer, &answers, |question| desk.answer(question));
        });
        // The desk goes home when nobody can ask it any more: the questions go with this call.
        let ended = screen::run(context, picture, (writer, inbox), &mut |question| {
            drop(questions.send(question));
        });
        drop(questions);
        ended
    })
}

/// Has the view, and the stops that were asked for last.
struct Desk<'v, 'c> {
    view: &'v mut View<'c>,
    asked: Asked,
    stops: Vec<rule::Stop>,
    aims: BTreeMap<KeyResultId, Vec<Aimed>>,
    scales: BTreeMap<KeyResultId, Option<Scale>>,
}

impl<'v, 'c> Desk<'v, 'c> {
    fn new(view: &'v mut View<'c>, asked: Asked) -> Self {
        Self {
            view,
            asked,
            stops: Vec::new(),
            aims: BTreeMap::new(),
            scales: BTreeMap::new(),
        }
    }

    fn answer(&mut self, question: &Question) -> Result<Answer, Failure> {
        match question {
            Question::Film(pace) => self.film(*pace).map(|film| Answer::Film(Box::new(film))),
            Question::Frame(_, at) => (self.frame(*at)).map(|frame| Answer::Frame(Box::new(frame))),
            Question::Chart(_, at, id) => {
                (self.chart(*at, *id)).map(|chart| Answer::Chart(chart.map(Box::new)))
            }
        }
    }

    fn film(&mut self, pace: Pace) -> Result<Film, Failure> {
        let asked = Asked {
            step: pace.into(),
            ..self.asked
        };
        self.stops = self.view.ask(|past| rule::stops(past, &asked))?;
        let state = self.view.state();
        let own = (state.cycles.get(&asked.cycle))
            .ok_or_else(|| Refusal::not_found("cycle", asked.cycle))?;
        let mut view = self.view.shown_for();
        // A year is named where it is not the cycle's.
        view.today = own.ends;
        Ok(Film {
            workspace: (state.workspace.as_ref())
                .map_or_else(String::new, |found| found.name.clone()),
            cycle: own.name.clone(),
            starts: own.starts,
            ends: own.ends,
            stops: self.stops.iter().map(told).collect(),
            view,
        })
    }

    /// The stop, and the state as it was known there.
    fn at(&mut self, at: usize) -> Result<(rule::Stop, State), Failure> {
        let stop = (self.stops.get(at).cloned())
            .ok_or_else(|| Failure::not_found("There is no such stop."))?;
        let state = self.view.ask(|past| past.known_at(stop.moment))?;
        Ok((stop, state))
    }

    fn frame(&mut self, at: usize) -> Result<Frame, Failure> {
        let (stop, state) = self.at(at)?;
        let names = Names::new(&state);
        let query = StatusQuery {
            cycle: Some(self.asked.cycle),
            team: None,
            member: None,
            on: stop.day,
            as_of: Some(stop.moment.into()),
        };
        Ok(Frame {
            status: json::status(&names, &Pending::default(), &query),
            events: (stop.entries.iter())
                .map(|entry| json::log_line(&names, entry, self.view.is_pending(entry.seq)))
                .collect(),
        })
    }

    fn chart(&mut self, at: usize, id: KeyResultId) -> Result<Option<Chart>, Failure> {
        let (stop, state) = self.at(at)?;
        let Some(plot) = self.plot(&stop, &state, id)? else {
            return Ok(None);
        };
        let mut scale = match self.scale(id)? {
            Some(scale) => scale,
            None => Scale::of(&plot).with_all_rows(),
        };
        // Something may have been larger before it was corrected.
        scale.take(&plot);
        Ok(Some(Chart { plot, scale }))
    }

    fn plot(
        &mut self,
        stop: &rule::Stop,
        state: &State,
        id: KeyResultId,
    ) -> Result<Option<Plot>, Failure> {
        let Some(found) = state.key_results.get(&id) else {
            return Ok(None);
        };
        if !self.aims.contains_key(&id) {
            let aims = self.view.ask(|past| aim::of(past, id))?;
            self.aims.insert(id, aims);
        }
        let known = self.view.zone().date_of(stop.at);
        let all = self.aims.get(&id).map_or(&[][..], Vec::as_slice);
        let mut aims: Vec<Aimed> = (all.iter())
            .take_while(|aimed| aimed.since <= known)
            .copied()
            .collect();
        // Of this very day, only what came before.
        let present = Aim::of(&found.metric);
        while let Some(last) = aims.last()
            && last.since == known
            && last.aim != present
        {
            aims.pop();
        }
        Ok(Plot::of(state, id, stop.day).map(|plot| plot.with_aims(&aims)))
    }

    /// The scale on which the key result fits at the end.
    fn scale(&mut self, id: KeyResultId) -> Result<Option<Scale>, Failure> {
        if let Some(scale) = self.scales.get(&id) {
            return Ok(scale.clone());
        }
        let scale = match self.stops.len().checked_sub(1) {
            None => None,
            Some(last) => {
                let (stop, state) = self.at(last)?;
                let plot = self.plot(&stop, &state, id)?;
                plot.map(|plot| Scale::of(&plot).with_all_rows())
            }
        };
        self.scales.insert(id, scale.clone());
        Ok(scale)
    }
}

/// What the screen needs to know of a stop.
fn told(stop: &rule::Stop) -> Stop {
    Stop {
        seq: stop.seq,
        at: stop.at,
        day: stop.day,
        week: stop.week,
        signs: stop.marks.iter().map(sign).collect(),
    }
}

const fn sign(mark: &Mark) -> Sign {
    match mark {
        Mark::Goalpost { .. } => Sign::Goalpost,
        Mark::Conflict { .. } | Mark::Settled { .. } => Sign::Conflict,
        Mark::Grade { .. } => Sign::Grade,
        Mark::Note { .. } => Sign::Note,
        Mark::Late { .. } | Mark::Corrected { .. } => Sign::Late,
        Mark::Closed { .. } | Mark::Reopened { .. } => Sign::Closing,
    }
}
