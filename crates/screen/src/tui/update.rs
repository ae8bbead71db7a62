//! What answers and news change, and what is asked again after them.

use quarterdeck_report::text::{Line, Style};

use super::form::Form;
use super::{Answer, Detail, Following, Goals, News, Popup, Question, Syncing, Tab, Tui, goals};
use crate::event::{Effect, Event, Trouble};
use crate::part;

type Effects = Vec<Effect<Question>>;

impl Tui {
    pub(super) fn on(&mut self, event: Event<Question, Answer, News>) -> Effects {
        match event {
            Event::Press(press) if press.interrupts() => vec![Effect::Quit],
            Event::Press(press) => self.press(press),
            Event::Pasted(text) => {
                if let Some(Popup::Form(form)) = &mut self.popup {
                    form.paste(&text);
                }
                Vec::new()
            }
            Event::Clicked(column, row) => self.click(column, row),
            Event::Wheeled(lines) => self.step(isize::from(lines)),
            Event::Resized(columns, rows) => {
                self.size = (columns, rows);
                self.look_closer()
            }
            Event::Tick => Vec::new(),
            Event::Answered(question, answer) => self.answered(&question, answer),
            Event::News(news) => self.heard(news),
        }
    }

    /// Asks, unless the same is under way: then once more after it, where that changes nothing.
    pub(super) fn ask(&mut self, question: Question) -> Effects {
        if self.under_way.contains(&question) {
            if !question.records() && !self.once_more.contains(&question) {
                self.once_more.push(question);
            }
            return Vec::new();
        }
        self.under_way.push(question.clone());
        vec![Effect::Ask(question)]
    }

    pub(super) fn ask_goals(&mut self) -> Effects {
        let (cycle, mine) = (self.cycle, self.mine);
        self.ask(Question::Goals { cycle, mine })
    }

    /// What the present pane wants to know.
    pub(super) fn ask_tab(&mut self) -> Effects {
        match self.tab {
            Tab::Goals => Vec::new(),
            Tab::Due => {
                let all = self.due_of_all;
                self.ask(Question::Due { all })
            }
            Tab::Conflicts => self.ask(Question::Conflicts),
            Tab::Notes => {
                let cycle = self.shown_cycle();
                self.ask(Question::Notes(cycle))
            }
            Tab::Sync => self.ask(Question::Exchange),
        }
    }

    pub(super) fn shown_cycle(&self) -> Option<quarterdeck_core::id::CycleId> {
        let tree = &self.goals.as_ref()?.tree;
        tree.cycle.as_ref().map(|cycle| cycle.id)
    }

    /// Asks for the detail of what is chosen, where it is in sight.
    pub(super) fn look_closer(&mut self) -> Effects {
        let is_seen = self.tab == Tab::Goals && (self.is_wide() || self.detail_open);
        if !is_seen {
            return Vec::new();
        }
        if !self.detail_open {
            let chosen = self.chosen().map(|row| row.reference.text.clone());
            if self.detail_of != chosen {
                self.detail_scroll = 0;
                self.detail_of = chosen;
            }
        }
        let Some(wanted) = self.detail_of.clone() else {
            return Vec::new();
        };
        if (self.detail.as_ref()).is_some_and(|(shown, _)| *shown == wanted) {
            return Vec::new();
        }
        // One at a time: whoever runs through the rows does not wait for all that they passed.
        let is_asked = |question: &Question| matches!(question, Question::Detail(_));
        if self.under_way.iter().any(is_asked) {
            return Vec::new();
        }
        self.ask(Question::Detail(wanted))
    }

    fn answered(&mut self, question: &Question, answer: Result<Answer, Trouble>) -> Effects {
        self.under_way.retain(|one| one != question);
        let mut effects = match answer {
            Ok(answer) => self.took(question, answer),
            Err(trouble) => self.failed(question, trouble),
        };
        if let Some(at) = self.once_more.iter().position(|one| one == question) {
            let again = self.once_more.swap_remove(at);
            effects.extend(self.ask(again));
        }
        effects
    }

    fn took(&mut self, question: &Question, answer: Answer) -> Effects {
        match answer {
            Answer::Goals(goals) => {
                let is_meant = matches!(question, Question::Goals { cycle, mine }
                    if *cycle == self.cycle && *mine == self.mine);
                if is_meant {
                    self.took_goals(*goals)
                } else {
                    Vec::new()
                }
            }
            Answer::Detail(detail) => {
                if let Question::Detail(reference) = question {
                    let mut detail = *detail;
                    self.plot = match &mut detail {
                        Detail::KeyResult(found) => found.plot.take(),
                        Detail::Objective(_) => None,
                    };
                    self.detail = Some((reference.clone(), detail));
                }
                self.look_closer()
            }
            Answer::Due(found) => {
                self.due_at = self.due_at.min(found.due.len().saturating_sub(1));
                self.due = Some(found);
                Vec::new()
            }
            Answer::Conflicts(found) => {
                self.conflicts = Some(found);
                self.side_at = self.side_at.min(self.sides().len().saturating_sub(1));
                Vec::new()
            }
            Answer::Notes(found) => {
                self.notes = Some(found);
                self.note_at = self.note_at.min(self.shown_notes().len().saturating_sub(1));
                Vec::new()
            }
            Answer::Exchange(found) => {
                self.exchange = Some(*found);
                Vec::new()
            }
            Answer::Done(told) => {
                self.popup.take_if(|popup| popup.waits());
                self.message = told;
                self.again()
            }
            Answer::LastCommand(found) => {
                // Whoever has begun to type something else goes on with that.
                if self.popup.is_none() {
                    self.message.clear();
                    let form = Form::undo(found.events, found.told);
                    self.popup = Some(Popup::Form(Box::new(form)));
                }
                Vec::new()
            }
            Answer::Synced(report) => {
                self.message = self.told_of(&report);
                self.syncing = Syncing::Done(report);
                self.again()
            }
        }
    }

    fn took_goals(&mut self, found: Goals) -> Effects {
        let chosen = self.chosen().map(|row| row.id);
        let is_first = self.goals.is_none();
        self.goals_trouble = None;
        self.rows = goals::rows(&found.tree, &self.folded);
        self.goals = Some(found);
        let at = chosen.and_then(|id| self.rows.iter().position(|row| row.id == id));
        self.at = at.unwrap_or(self.at).min(self.rows.len().saturating_sub(1));
        let mut effects = self.look_closer();
        if is_first {
            let all = self.due_of_all;
            effects.extend(self.ask(Question::Due { all }));
        }
        effects
    }

    fn failed(&mut self, question: &Question, trouble: Trouble) -> Effects {
        if let Some(Popup::Form(form)) = &mut self.popup
            && form.is_waiting
            && question.records()
        {
            form.is_waiting = false;
            form.trouble = Some(trouble);
            return Vec::new();
        }
        match question {
            Question::Sync => {
                self.message = vec![Line::new().said(Style::Bad, &trouble.message)];
                self.syncing = Syncing::Failed(trouble);
                return self.again();
            }
            Question::Goals { .. } if self.goals.is_none() => self.goals_trouble = Some(trouble),
            Question::Detail(reference) => {
                if self.detail_of.as_ref() == Some(reference) {
                    // It went away meanwhile, or is no goal.
                    self.detail_of = None;
                    self.detail_open = false;
                }
                self.message = part::trouble(&trouble, usize::from(self.size.0));
            }
            _ => self.message = part::trouble(&trouble, usize::from(self.size.0)),
        }
        Vec::new()
    }

    /// Asks anew for all that is in sight: something was recorded.
    fn again(&mut self) -> Effects {
        let mut effects = self.ask_goals();
        if let Some((reference, _)) = &self.detail {
            let detail = Question::Detail(reference.clone());
            effects.extend(self.ask(detail));
        }
        let all = self.due_of_all;
        effects.extend(self.ask(Question::Due { all }));
        if self.tab != Tab::Due {
            effects.extend(self.ask_tab());
        }
        effects
    }

    fn heard(&mut self, news: News) -> Effects {
        match news {
            News::Changed => return self.again(),
            News::Syncing { what, done, of } => {
                if matches!(self.syncing, Syncing::Running(_)) {
                    self.syncing = Syncing::Running(Some((what, done, of)));
                }
            }
            News::Following => self.following = Following::Yes,
            News::Lost(why) => self.following = Following::Lost(why),
            News::Stopped(why) => self.following = Following::Stopped(why),
        }
        Vec::new()
    }

    /// Begins a sync, unless one is under way.
    pub(super) fn sync(&mut self) -> Effects {
        if matches!(self.syncing, Syncing::Running(_)) {
            return Vec::new();
        }
        self.message.clear();
        self.syncing = Syncing::Running(None);
        self.ask(Question::Sync)
    }

    fn told_of(&self, report: &quarterdeck_report::json::Sync) -> Vec<Line> {
        let document = self.document(|view| quarterdeck_report::text::sync(report, view));
        let mut lines = document.lines().to_vec();
        lines.truncate(2);
        // Two short sentences: one line.
        let all = lines
            .into_iter()
            .reduce(|told, more| told.plain(" ").join(more));
        all.into_iter().collect()
    }

    /// The title and figures above a form about a thing, from what is known here.
    pub(super) fn told_about(&self, reference: &str) -> Vec<Line> {
        let mut lines = Vec::new();
        let known = self.rows.iter().find(|row| row.reference.text == reference);
        if let Some(row) = known {
            let line = Line::new().reference(&row.reference).plain("  ");
            lines.push(line.said(Style::Strong, &row.title));
        }
        if let Some((shown, Detail::KeyResult(detail))) = &self.detail
            && shown == reference
        {
            let one = &detail.key_result;
            let figures = quarterdeck_report::text::figures::standing(one);
            lines.push(
                (Line::new().muted("now ").plain(figures).plain("  "))
                    .join(quarterdeck_report::text::figures::key_result_status(one)),
            );
        }
        lines
    }
}
