//! A replay over a log in memory.

use quarterdeck_core::past::Past as _;
use quarterdeck_core::replay::{Asked, Mark, stops};
use quarterdeck_report::chart::{Plot, Scale};
use quarterdeck_report::json::{self, StatusQuery};
use quarterdeck_report::names::Names;
use quarterdeck_report::pending::Pending;
use quarterdeck_screen::replay::{Answer, Chart, Film, Frame, Pace, Question, Replay, Sign, Stop};
use quarterdeck_screen::{Effect, Event, Key, Press, Screen, Trouble};

use crate::canvas::{drawn, text};
use crate::past::Listed;
use crate::sample::{Log, cycle, day, view};

/// A replay, and what it asked and nobody answered yet.
pub(crate) struct Played {
    pub(crate) screen: Replay,
    pub(crate) size: (u16, u16),
    pub(crate) asked: Vec<Question>,
    pub(crate) has_quit: bool,
    pub(crate) log: Log,
}

impl Played {
    /// Opened, with nothing answered.
    pub(crate) fn blank(log: Log, size: (u16, u16), pace: Pace) -> Self {
        let mut screen = Replay::new(size, pace, 4.0);
        let effects = screen.begin();
        let mut played = Self {
            screen,
            size,
            asked: Vec::new(),
            has_quit: false,
            log,
        };
        played.take(effects);
        played
    }

    /// Opened, what it asked answered.
    pub(crate) fn open(log: Log, size: (u16, u16), pace: Pace) -> Self {
        let mut played = Self::blank(log, size, pace);
        played.answer_all();
        played
    }

    pub(crate) fn give(&mut self, event: Event<Question, Answer, std::convert::Infallible>) {
        let effects = self.screen.update(event);
        self.take(effects);
    }

    fn take(&mut self, effects: Vec<Effect<Question>>) {
        for effect in effects {
            match effect {
                Effect::Ask(question) => self.asked.push(question),
                Effect::Quit => self.has_quit = true,
            }
        }
    }

    /// Answers the question that was asked first.
    pub(crate) fn answer_one(&mut self) {
        let question = self.asked.remove(0);
        let answer = answer(&self.log, &question);
        self.give(Event::Answered(question, answer));
    }

    pub(crate) fn fail_one(&mut self, trouble: Trouble) {
        let question = self.asked.remove(0);
        self.give(Event::Answered(question, Err(trouble)));
    }

    pub(crate) fn answer_all(&mut self) {
        for _ in 0..1000 {
            if self.asked.is_empty() {
                return;
            }
            self.answer_one();
        }
        panic!("it asks for ever: {:?}", self.asked);
    }

    pub(crate) fn press(&mut self, keys: impl IntoIterator<Item = Key>) {
        for key in keys {
            self.give(Event::Press(Press::of(key)));
            self.answer_all();
        }
    }

    pub(crate) fn text(&self) -> String {
        text(&drawn(&self.screen, self.size, true))
    }
}

fn asked(pace: Pace) -> Asked {
    Asked {
        cycle: cycle("26q3"),
        step: pace.into(),
        from: None,
        until: None,
    }
}

/// What the desk of the program would answer.
fn answer(log: &Log, question: &Question) -> Result<Answer, Trouble> {
    let mut past = Listed::all(&log.entries);
    let (Question::Film(pace) | Question::Frame(pace, _) | Question::Chart(pace, _, _)) = question;
    let all = stops(&mut past, &asked(*pace)).unwrap();
    Ok(match question {
        Question::Film(_) => Answer::Film(Box::new(Film {
            workspace: "acme".to_owned(),
            cycle: "2026-Q3".to_owned(),
            starts: day("2026-07-01"),
            ends: day("2026-09-30"),
            stops: (all.iter())
                .map(|stop| Stop {
                    seq: stop.seq,
                    at: stop.at,
                    day: stop.day,
                    week: stop.week,
                    signs: stop.marks.iter().map(sign).collect(),
                })
                .collect(),
            view: view(80),
        })),
        Question::Frame(_, at) => {
            let stop = &all[*at];
            let state = past.known_at(stop.moment).unwrap();
            let names = Names::new(&state);
            let query = StatusQuery {
                cycle: Some(cycle("26q3")),
                team: None,
                member: None,
                on: stop.day,
                as_of: Some(stop.moment.into()),
            };
            Answer::Frame(Box::new(Frame {
                status: json::status(&names, &Pending::default(), &query),
                events: (stop.entries.iter())
                    .map(|entry| json::log_line(&names, entry, false))
                    .collect(),
            }))
        }
        Question::Chart(_, at, id) => {
            let stop = &all[*at];
            let state = past.known_at(stop.moment).unwrap();
            let plot = Plot::of(&state, *id, stop.day);
            Answer::Chart(plot.map(|plot| {
                let scale = Scale::of(&plot).with_all_rows();
                Box::new(Chart { plot, scale })
            }))
        }
    })
}

fn sign(mark: &Mark) -> Sign {
    match mark {
        Mark::Goalpost { .. } => Sign::Goalpost,
        Mark::Conflict { .. } | Mark::Settled { .. } => Sign::Conflict,
        Mark::Grade { .. } => Sign::Grade,
        Mark::Note { .. } => Sign::Note,
        Mark::Late { .. } | Mark::Corrected { .. } => Sign::Late,
        Mark::Closed { .. } | Mark::Reopened { .. } => Sign::Closing,
    }
}
