//! What answers and time change, and what is asked next.

use std::convert::Infallible;

use super::{Answer, Film, KEPT, Question, Replay};
use crate::event::{Effect, Event, Trouble};

type Effects = Vec<Effect<Question>>;

impl Replay {
    pub(super) fn on(&mut self, event: Event<Question, Answer, Infallible>) -> Effects {
        match event {
            Event::Press(press) if press.interrupts() => vec![Effect::Quit],
            Event::Press(press) => self.press(press),
            Event::Pasted(_) => Vec::new(),
            Event::Clicked(column, row) => self.click(column, row),
            Event::Wheeled(lines) => self.choose(isize::from(lines)),
            Event::Resized(columns, rows) => {
                self.size = (columns, rows);
                Vec::new()
            }
            Event::Tick => self.play_on(),
            Event::Answered(question, answer) => self.answered(&question, answer),
            Event::News(never) => match never {},
        }
    }

    /// Goes to a stop; what is shown follows.
    pub(super) fn go(&mut self, stop: usize) -> Effects {
        self.at = stop.min(self.stops().len().saturating_sub(1));
        self.follow()
    }

    /// Shows the stop that is wanted, or asks for it, and for its curve.
    pub(super) fn follow(&mut self) -> Effects {
        let mut effects = Vec::new();
        if self.stops().is_empty() {
            return effects;
        }
        if self.frame_of(self.at).is_some() {
            self.shown = Some(self.at);
        } else if self.frame_under_way.is_none() {
            self.frame_under_way = Some(self.at);
            effects.push(Effect::Ask(Question::Frame(self.pace, self.at)));
        }
        if let (Some(shown), Some(id), false) = (self.shown, self.measured(), self.chart_under_way)
            && self.chart_of(shown, id).is_none()
        {
            self.chart_under_way = true;
            effects.push(Effect::Ask(Question::Chart(self.pace, shown, id)));
        }
        // What plays is asked for ahead.
        let next = self.at + 1;
        let is_near = self.is_playing && self.frame_under_way.is_none();
        if is_near && next < self.stops().len() && self.frame_of(next).is_none() {
            self.frame_under_way = Some(next);
            effects.push(Effect::Ask(Question::Frame(self.pace, next)));
        }
        effects
    }

    fn play_on(&mut self) -> Effects {
        // A stop that is not there yet is waited for, not passed over.
        if !self.is_playing || self.shown != Some(self.at) {
            return self.follow();
        }
        if self.at + 1 >= self.stops().len() {
            self.is_playing = false;
            return Vec::new();
        }
        self.go(self.at + 1)
    }

    fn answered(&mut self, question: &Question, answer: Result<Answer, Trouble>) -> Effects {
        let (Question::Film(pace) | Question::Frame(pace, _) | Question::Chart(pace, _, _)) =
            question;
        if *pace != self.pace {
            return Vec::new();
        }
        match question {
            Question::Film(_) => {}
            Question::Frame(..) => self.frame_under_way = None,
            Question::Chart(..) => self.chart_under_way = false,
        }
        match (question, answer) {
            (_, Err(trouble)) => {
                self.is_playing = false;
                self.trouble = Some(trouble);
                return Vec::new();
            }
            (_, Ok(Answer::Film(film))) => return self.began(*film),
            (Question::Frame(_, at), Ok(Answer::Frame(frame))) => {
                self.trouble = None;
                // Whoever runs ahead sees the stops that they pass, as far as they come.
                let is_ahead = self.is_playing && *at == self.at + 1;
                if !is_ahead {
                    self.shown = Some(*at);
                }
                self.frames.push_back((*at, *frame));
                if self.frames.len() > KEPT {
                    self.frames.pop_front();
                }
            }
            (Question::Chart(_, at, id), Ok(Answer::Chart(chart))) => {
                self.charts.push_back((*at, *id, chart.map(|chart| *chart)));
                if self.charts.len() > KEPT {
                    self.charts.pop_front();
                }
            }
            _ => {}
        }
        self.follow()
    }

    fn began(&mut self, film: Film) -> Effects {
        self.film = Some(film);
        let at = match self.moment.take() {
            None => 0,
            Some(moment) => {
                let later = |stop: &super::Stop| (stop.seq, stop.at) >= moment;
                let last = self.stops().len().saturating_sub(1);
                self.stops().iter().position(later).unwrap_or(last)
            }
        };
        self.go(at)
    }

    /// Asks for the stops anew, and comes back to the moment that is shown.
    pub(super) fn change_pace(&mut self) -> Effects {
        self.moment = (self.stops().get(self.at)).map(|stop| (stop.seq, stop.at));
        self.pace = self.pace.next();
        self.frames.clear();
        self.charts.clear();
        self.shown = None;
        self.frame_under_way = None;
        self.chart_under_way = false;
        vec![Effect::Ask(Question::Film(self.pace))]
    }
}
