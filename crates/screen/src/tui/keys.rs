//! What keys and clicks do.

use super::form::{Form, Pressed};
use super::{Popup, Question, Tab, Tui, draw, goals};
use crate::event::{Effect, Key, Press};

type Effects = Vec<Effect<Question>>;

/// What each key does, as `?` shows it.
pub(super) const HELP: &[(&str, &str)] = &[
    ("1 … 5, Tab", "goals, due, conflicts, notes, sync"),
    ("↑ ↓, k j", "choose a row; PgUp, PgDn, Home, End go further"),
    ("Enter", "look closer; settle a conflict for a side"),
    ("Esc", "back"),
    ("← →, h l", "fold and unfold; to the goal above"),
    ("c", "check in"),
    ("n", "write a note"),
    ("u", "undo the last command of this machine"),
    ("s", "sync, while you go on"),
    ("[ ]", "the cycle before, the next one"),
    ("m", "only what is yours, or everything"),
    ("a", "what is due of everybody, or yours"),
    ("f", "notes of one kind, or of all"),
    ("q, Ctrl-C", "end; what was recorded is kept"),
];

impl Tui {
    pub(super) fn press(&mut self, press: Press) -> Effects {
        match &mut self.popup {
            Some(Popup::Help) => {
                self.popup = None;
                return Vec::new();
            }
            Some(Popup::Form(form)) => {
                return match form.press(press) {
                    Pressed::On => Vec::new(),
                    Pressed::GivenUp => {
                        self.popup = None;
                        Vec::new()
                    }
                    Pressed::HandedIn(question) => self.ask(question),
                };
            }
            None => {}
        }
        if press.ctrl {
            return Vec::new();
        }
        match press.key {
            Key::Char('q') => return vec![Effect::Quit],
            Key::Char('?') => self.popup = Some(Popup::Help),
            Key::Char('s') => return self.sync(),
            Key::Char('u') => return self.ask(Question::LastCommand),
            Key::Char('c') => self.check_in(),
            Key::Char('n') => self.note(),
            Key::Char(number @ '1'..='5') => {
                let at = usize::from(number as u8 - b'1');
                return self.open_tab(Tab::ALL.get(at).copied().unwrap_or_default());
            }
            Key::Tab => return self.next_tab(1),
            Key::BackTab => return self.next_tab(Tab::ALL.len() - 1),
            Key::Esc => return self.back(),
            Key::Up | Key::Char('k') => return self.step(-1),
            Key::Down | Key::Char('j') => return self.step(1),
            Key::PageUp => return self.step(-self.page()),
            Key::PageDown | Key::Char(' ') => return self.step(self.page()),
            Key::Home => return self.step(isize::MIN / 2),
            Key::End => return self.step(isize::MAX / 2),
            _ => return self.press_in_tab(press.key),
        }
        Vec::new()
    }

    fn press_in_tab(&mut self, key: Key) -> Effects {
        match (self.tab, key) {
            (Tab::Goals, Key::Enter) => return self.open_detail(),
            (Tab::Goals, Key::Left | Key::Char('h')) if self.detail_open => return self.back(),
            (Tab::Goals, Key::Left | Key::Char('h')) => return self.fold(),
            (Tab::Goals, Key::Right | Key::Char('l')) => return self.unfold(),
            (Tab::Goals, Key::Char('m')) => {
                self.mine = !self.mine;
                return self.ask_goals();
            }
            (Tab::Goals | Tab::Notes, Key::Char('[')) => return self.other_cycle(false),
            (Tab::Goals | Tab::Notes, Key::Char(']')) => return self.other_cycle(true),
            (Tab::Due, Key::Char('a')) => {
                self.due_of_all = !self.due_of_all;
                return self.ask_tab();
            }
            (Tab::Due | Tab::Notes, Key::Enter) => return self.open_chosen(),
            (Tab::Conflicts, Key::Enter) => self.settle(),
            (Tab::Notes, Key::Char('f')) => self.next_kind(),
            _ => {}
        }
        Vec::new()
    }

    pub(super) fn open_tab(&mut self, tab: Tab) -> Effects {
        if self.tab != tab {
            self.message.clear();
        }
        self.tab = tab;
        self.came_from = None;
        let mut effects = self.ask_tab();
        effects.extend(self.look_closer());
        effects
    }

    fn next_tab(&mut self, by: usize) -> Effects {
        let at = Tab::ALL.iter().position(|tab| *tab == self.tab);
        let next = (at.unwrap_or_default() + by) % Tab::ALL.len();
        self.open_tab(Tab::ALL.get(next).copied().unwrap_or_default())
    }

    /// Back from the detail, or to the goals.
    fn back(&mut self) -> Effects {
        self.message.clear();
        if self.tab == Tab::Goals && self.detail_open {
            self.detail_open = false;
            self.detail_scroll = 0;
            return match self.came_from.take() {
                Some(tab) => self.open_tab(tab),
                None => self.look_closer(),
            };
        }
        if self.tab == Tab::Goals {
            return Vec::new();
        }
        self.open_tab(Tab::Goals)
    }

    /// Moves by rows, or scrolls by lines.
    pub(super) fn step(&mut self, by: isize) -> Effects {
        if self.popup.is_some() {
            return Vec::new();
        }
        let moved = |at: usize, all: usize| at.saturating_add_signed(by).min(all.saturating_sub(1));
        match self.tab {
            Tab::Goals if self.detail_open => {
                let most = draw::most_scroll(self);
                self.detail_scroll = self.detail_scroll.saturating_add_signed(by).min(most);
            }
            Tab::Goals => {
                self.at = moved(self.at, self.rows.len());
                return self.look_closer();
            }
            Tab::Due => {
                let all = self.due.as_ref().map_or(0, |found| found.due.len());
                self.due_at = moved(self.due_at, all);
            }
            Tab::Conflicts => self.side_at = moved(self.side_at, self.sides().len()),
            Tab::Notes => self.note_at = moved(self.note_at, self.shown_notes().len()),
            Tab::Sync => {
                let most = draw::most_scroll(self);
                self.exchange_scroll = self.exchange_scroll.saturating_add_signed(by).min(most);
            }
        }
        Vec::new()
    }

    fn page(&self) -> isize {
        isize::from(i16::try_from(self.size.1).unwrap_or(i16::MAX)).max(12) - 8
    }

    fn open_detail(&mut self) -> Effects {
        if let Some(row) = self.chosen() {
            self.detail_of = Some(row.reference.text.clone());
            self.detail_open = true;
            self.detail_scroll = 0;
        }
        self.look_closer()
    }

    /// Looks closer at what is chosen in another pane.
    fn open_chosen(&mut self) -> Effects {
        let Some(reference) = self.reference() else {
            return Vec::new();
        };
        let from = self.tab;
        self.tab = Tab::Goals;
        self.detail_of = Some(reference);
        self.detail_open = true;
        self.detail_scroll = 0;
        self.came_from = Some(from);
        self.look_closer()
    }

    fn fold(&mut self) -> Effects {
        let Some(row) = self.chosen() else {
            return Vec::new();
        };
        let (id, depth) = (row.id, row.depth);
        if row.has_below && self.folded.insert(id) {
            self.fold_anew();
            return Vec::new();
        }
        // What is folded, or has nothing below: to the goal above.
        let above = (self.rows.iter().take(self.at)).rposition(|row| row.depth < depth);
        self.at = above.unwrap_or(self.at);
        self.look_closer()
    }

    fn unfold(&mut self) -> Effects {
        match self.chosen().map(|row| row.id) {
            Some(id) if self.folded.remove(&id) => {
                self.fold_anew();
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn fold_anew(&mut self) {
        if let Some(found) = &self.goals {
            self.rows = goals::rows(&found.tree, &self.folded);
        }
    }

    fn other_cycle(&mut self, is_later: bool) -> Effects {
        let shown = self.shown_cycle();
        let cycles = self.goals.as_ref().map_or(&[][..], |found| &found.cycles);
        let at = cycles.iter().position(|cycle| Some(*cycle) == shown);
        let next = match (at, is_later) {
            (Some(at), true) => at.checked_add(1),
            (Some(at), false) => at.checked_sub(1),
            (None, _) => Some(0),
        };
        let Some(cycle) = next.and_then(|at| cycles.get(at).copied()) else {
            return Vec::new();
        };
        self.cycle = Some(cycle);
        self.detail_open = false;
        let mut effects = self.ask_goals();
        if self.tab == Tab::Notes {
            effects.extend(self.ask(Question::Notes(Some(cycle))));
        }
        effects
    }

    /// The reference of what is chosen or shown.
    pub(super) fn reference(&self) -> Option<String> {
        match self.tab {
            Tab::Goals if self.detail_open => self.detail_of.clone(),
            Tab::Goals => self.chosen().map(|row| row.reference.text.clone()),
            Tab::Due => {
                let chosen = self.due.as_ref()?.due.get(self.due_at)?;
                chosen.reference.as_ref().map(|found| found.text.clone())
            }
            Tab::Conflicts => {
                let (conflict, _) = self.sides().get(self.side_at).copied()?;
                conflict.reference.as_ref().map(|found| found.text.clone())
            }
            Tab::Notes => {
                let chosen = self.shown_notes().get(self.note_at).copied()?;
                chosen.about.as_ref().map(|found| found.text.clone())
            }
            Tab::Sync => None,
        }
    }

    fn check_in(&mut self) {
        self.message.clear();
        if let Some(reference) = self.reference().filter(|text| text.starts_with("kr-")) {
            let about = self.told_about_any(&reference);
            let form = Form::check_in(reference, about);
            self.popup = Some(Popup::Form(Box::new(form)));
        } else {
            self.say("Choose a key result to check in.");
        }
    }

    fn note(&mut self) {
        self.message.clear();
        if let Some(reference) = self.reference() {
            let about = self.told_about_any(&reference);
            let form = Form::note(reference, about);
            self.popup = Some(Popup::Form(Box::new(form)));
        } else {
            self.say("Choose what the note is about, among the goals.");
        }
    }

    fn settle(&mut self) {
        self.message.clear();
        let form = self.sides().get(self.side_at).map(|(conflict, side)| {
            let about = conflict.reference.as_ref().map(|found| found.text.clone());
            let told = self.told_of_side(conflict, side);
            Form::settle((about, conflict.field.clone()), side.event, told)
        });
        self.popup = form.map(|form| Popup::Form(Box::new(form)));
    }

    pub(super) fn click(&mut self, column: u16, row: u16) -> Effects {
        if self.popup.is_some() {
            return Vec::new();
        }
        if row == draw::TABS {
            return match draw::tab_at(self, column) {
                Some(tab) => self.open_tab(tab),
                None => Vec::new(),
            };
        }
        let Some(line) = draw::goal_at(self, column, row) else {
            return Vec::new();
        };
        if line == self.at {
            return self.open_detail();
        }
        self.at = line;
        self.detail_open = false;
        self.look_closer()
    }
}
