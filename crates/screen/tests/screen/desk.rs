//! A desk over a log in memory, and a live screen that is given its answers.

use quarterdeck_core::id::CycleId;
use quarterdeck_core::refusal::{Code, Refusal};
use quarterdeck_core::value::Subject;
use quarterdeck_core::whose::Whose;
use quarterdeck_report::json::{self, StatusQuery};
use quarterdeck_report::names::Names;
use quarterdeck_report::pending::Pending;
use quarterdeck_screen::tui::{Answer, Detail, Exchange, Goals, LastCommand, News, Question, Tui};
use quarterdeck_screen::{Effect, Event, Key, Press, Screen, Trouble};

use crate::canvas::{drawn, text};
use crate::sample::{Log, TODAY, day, member, view};

pub(crate) const SMALL: (u16, u16) = (80, 24);
pub(crate) const LARGE: (u16, u16) = (200, 60);

/// A live screen, and what it asked and nobody answered yet.
pub(crate) struct Live {
    pub(crate) screen: Tui,
    pub(crate) size: (u16, u16),
    pub(crate) asked: Vec<Question>,
    pub(crate) has_quit: bool,
    log: Log,
}

impl Live {
    /// Opened on a log, the first questions answered.
    pub(crate) fn open(log: Log, size: (u16, u16)) -> Self {
        let mut live = Self::blank(log, size);
        live.answer_all();
        live
    }

    /// Opened, with nothing answered.
    pub(crate) fn blank(log: Log, size: (u16, u16)) -> Self {
        let mut screen = Tui::new(size.0, size.1);
        let effects = screen.begin();
        let mut live = Self {
            screen,
            size,
            asked: Vec::new(),
            has_quit: false,
            log,
        };
        live.take(effects);
        live
    }

    /// Gives it an event, without answering what it asks.
    pub(crate) fn give(&mut self, event: Event<Question, Answer, News>) {
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

    /// Answers one question otherwise than the desk would.
    pub(crate) fn answer(&mut self, question: &Question, answer: Result<Answer, Trouble>) {
        let at = self.asked.iter().position(|one| one == question);
        self.asked.remove(at.expect("it was asked"));
        self.give(Event::Answered(question.clone(), answer));
    }

    /// Answers what was asked, and what it asks then.
    pub(crate) fn answer_all(&mut self) {
        for _ in 0..100 {
            let Some(question) = self.asked.first().cloned() else {
                return;
            };
            let answer = answer(&self.log, &question);
            self.answer(&question, answer);
        }
        panic!("it asks for ever: {:?}", self.asked);
    }

    /// Presses keys one after the other, each answered.
    pub(crate) fn press(&mut self, keys: impl IntoIterator<Item = Key>) {
        for key in keys {
            self.give(Event::Press(Press::of(key)));
            self.answer_all();
        }
    }

    /// Types a text.
    pub(crate) fn type_in(&mut self, text: &str) {
        for c in text.chars() {
            self.give(Event::Press(Press::of(Key::Char(c))));
        }
    }

    pub(crate) fn text(&self) -> String {
        text(&drawn(&self.screen, self.size, true))
    }

    /// Records something as another program would.
    pub(crate) fn log(&mut self) -> &mut Log {
        &mut self.log
    }
}

pub(crate) fn trouble(message: &str, hint: &str) -> Trouble {
    Trouble {
        message: message.to_owned(),
        details: Vec::new(),
        hint: (!hint.is_empty()).then(|| hint.to_owned()),
    }
}

/// What the desk of the program would answer.
pub(crate) fn answer(log: &Log, question: &Question) -> Result<Answer, Trouble> {
    let state = &log.state;
    let names = Names::new(state);
    let pending = Pending::default();
    let today = day(TODAY);
    match question {
        Question::Goals { cycle, mine } => Ok(Answer::Goals(Box::new(goals(log, *cycle, *mine)))),
        Question::Detail(reference) => {
            let key_result = state
                .key_results
                .keys()
                .find(|id| names.key_result(**id).text == *reference);
            let objective = state
                .objectives
                .keys()
                .find(|id| names.objective(**id).text == *reference);
            let detail = match (key_result, objective) {
                (Some(id), _) => {
                    json::key_result_show(&names, &pending, *id, today, None, &|_| None)
                        .map(|found| Detail::KeyResult(Box::new(found)))
                }
                (None, Some(id)) => {
                    json::objective_show(&names, &pending, *id, today, None, &|_| None)
                        .map(|found| Detail::Objective(Box::new(found)))
                }
                (None, None) => None,
            };
            detail
                .map(|detail| Answer::Detail(Box::new(detail)))
                .ok_or_else(|| trouble(&format!("There is no goal '{reference}'."), ""))
        }
        Question::Due { all } => {
            let whose = if *all {
                Whose::All
            } else {
                Whose::Member(member("ben"))
            };
            Ok(Answer::Due(json::due_list(&names, &whose, today, None)))
        }
        Question::Conflicts => Ok(Answer::Conflicts(json::conflicts(&names, &|_| None))),
        Question::Notes(cycle) => Ok(Answer::Notes(json::note_list(&names, *cycle))),
        Question::Exchange => Ok(Answer::Exchange(Box::new(Exchange {
            outbox: json::outbox(
                &names,
                &[],
                &[(Vec::new(), Refusal::new(Code::NotLive, "It was dropped."))],
            ),
            server: Some("okr.example:7420".to_owned()),
            head: state.head,
            recorded: state.recorded,
        }))),
        Question::LastCommand => {
            let last = log.entries.last().unwrap();
            let line = json::log_line(&names, last, false);
            Ok(Answer::LastCommand(LastCommand {
                events: vec![last.event.id],
                told: vec![quarterdeck_report::text::Line::new().plain(&line.what)],
            }))
        }
        other => panic!("a test answers {other:?} itself"),
    }
}

fn goals(log: &Log, cycle: Option<CycleId>, mine: bool) -> Goals {
    let state = &log.state;
    let query = StatusQuery {
        cycle,
        team: None,
        member: mine.then(|| member("ben")),
        on: day(TODAY),
        as_of: None,
    };
    let mut cycles: Vec<_> = (state.cycles.iter())
        .map(|(id, one)| (one.starts, one.ends, *id))
        .collect();
    cycles.sort_unstable();
    Goals {
        tree: json::tree(&Names::new(state), &Pending::default(), &query),
        conflicts: state.conflicts.len(),
        cycles: cycles.into_iter().map(|(_, _, id)| id).collect(),
        view: view(80),
    }
}

/// A note on a key result.
pub(crate) fn noted(
    kr: &str,
    kind: quarterdeck_core::token::NoteKind,
    text: &str,
) -> quarterdeck_core::event::Body {
    quarterdeck_core::event::Body::NoteAdded {
        about: Subject::KeyResult(crate::sample::key_result(kr)),
        kind,
        text: text.to_owned(),
    }
}
