//! What is typed in a box over the screen: a check-in, a note, why a conflict is settled so; and the question
//! before an undo.

use quarterdeck_core::id::EventId;
use quarterdeck_core::token::NoteKind;
use quarterdeck_report::text::Line;

use super::Question;
use crate::Trouble;
use crate::event::{Key, Press};
use crate::part::Field;

/// A box to type in.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    /// What is done with it.
    pub(crate) purpose: Purpose,
    /// What stands above the fields.
    pub(crate) about: Vec<Line>,
    /// The fields.
    pub(crate) entries: Vec<Entry>,
    /// Which of them one types in.
    pub(crate) at: usize,
    /// Why it was not taken.
    pub(crate) trouble: Option<Trouble>,
    /// Whether it was handed in and is not answered yet.
    pub(crate) is_waiting: bool,
}

/// What a form is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A check-in of a key result.
    CheckIn { key_result: String },
    /// A note about something.
    Note { about: String },
    /// Settling a conflict for a side.
    Settle {
        about: Option<String>,
        field: String,
        side: EventId,
    },
    /// Taking events back.
    Undo(Vec<EventId>),
}

/// A field of a form.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// What it asks for.
    pub(crate) label: &'static str,
    /// What may be said about it while it is empty.
    pub(crate) hint: &'static str,
    /// What is typed, or chosen.
    pub(crate) input: Input,
}

/// What a field takes.
#[derive(Debug, Clone)]
pub(crate) enum Input {
    /// Text.
    Text(Field),
    /// A kind of note.
    Kind(NoteKind),
}

/// What a key did to a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Pressed {
    /// It goes on.
    On,
    /// It is given up.
    GivenUp,
    /// It is handed in.
    HandedIn(Question),
}

impl Form {
    /// A check-in.
    pub(crate) fn check_in(key_result: String, about: Vec<Line>) -> Self {
        let entries = vec![
            Entry::text("value", "531, +3, done, or a step's name"),
            Entry::text("confidence", "0 to 1, or 70%; may stay empty"),
            Entry::text("note", "a word on it; may stay empty"),
        ];
        Self::new(Purpose::CheckIn { key_result }, about, entries)
    }

    /// A note.
    pub(crate) fn note(about: String, told: Vec<Line>) -> Self {
        let kind = Entry {
            label: "kind",
            hint: "",
            input: Input::Kind(NoteKind::Comment),
        };
        let entries = vec![Entry::text("text", "what is to be kept"), kind];
        Self::new(Purpose::Note { about }, told, entries)
    }

    /// Why a conflict is settled so.
    pub(crate) fn settle(
        (about, field): (Option<String>, String),
        side: EventId,
        told: Vec<Line>,
    ) -> Self {
        let purpose = Purpose::Settle { about, field, side };
        let entries = vec![Entry::text("why", "the history keeps it; may stay empty")];
        Self::new(purpose, told, entries)
    }

    /// The question before an undo.
    pub(crate) fn undo(events: Vec<EventId>, told: Vec<Line>) -> Self {
        Self::new(Purpose::Undo(events), told, Vec::new())
    }

    fn new(purpose: Purpose, about: Vec<Line>, entries: Vec<Entry>) -> Self {
        Self {
            purpose,
            about,
            entries,
            at: 0,
            trouble: None,
            is_waiting: false,
        }
    }

    /// Its title.
    pub(crate) const fn title(&self) -> &'static str {
        match self.purpose {
            Purpose::CheckIn { .. } => "Check in",
            Purpose::Note { .. } => "Note",
            Purpose::Settle { .. } => "Settle the conflict",
            Purpose::Undo(_) => "Undo",
        }
    }

    /// What its keys do.
    pub(crate) const fn keys(&self) -> &'static [(&'static str, &'static str)] {
        match self.purpose {
            Purpose::CheckIn { .. } => &[
                ("Enter", "record"),
                ("Tab", "next field"),
                ("Esc", "give up"),
            ],
            Purpose::Note { .. } => &[
                ("Enter", "write"),
                ("Tab", "next field"),
                ("←→", "kind"),
                ("Esc", "give up"),
            ],
            Purpose::Settle { .. } => &[("Enter", "settle"), ("Esc", "give up")],
            Purpose::Undo(_) => &[("y", "take it back"), ("n", "leave it")],
        }
    }

    /// Takes in a key.
    pub(crate) fn press(&mut self, press: Press) -> Pressed {
        if press.key == Key::Esc {
            return Pressed::GivenUp;
        }
        if self.is_waiting {
            return Pressed::On;
        }
        if let Purpose::Undo(events) = &self.purpose {
            return match press.key {
                Key::Char('y' | 'Y') | Key::Enter => self.hand_in(Question::Undo(events.clone())),
                Key::Char('n' | 'N' | 'q') => Pressed::GivenUp,
                _ => Pressed::On,
            };
        }
        let last = self.entries.len().saturating_sub(1);
        match press.key {
            Key::Enter => {
                let question = self.question();
                return self.hand_in(question);
            }
            Key::Tab | Key::Down => self.at = if self.at >= last { 0 } else { self.at + 1 },
            Key::BackTab | Key::Up => self.at = self.at.checked_sub(1).unwrap_or(last),
            _ => match self.entries.get_mut(self.at).map(|entry| &mut entry.input) {
                Some(Input::Text(field)) => {
                    let was_typed = field.press(press);
                    self.trouble.take_if(|_| was_typed);
                }
                Some(Input::Kind(kind)) => *kind = other_kind(*kind, press.key),
                None => {}
            },
        }
        Pressed::On
    }

    /// Takes in pasted text.
    pub(crate) fn paste(&mut self, text: &str) {
        let entry = self.entries.get_mut(self.at);
        if let (false, Some(Input::Text(field))) =
            (self.is_waiting, entry.map(|entry| &mut entry.input))
        {
            field.paste(text);
        }
    }

    fn hand_in(&mut self, question: Question) -> Pressed {
        self.is_waiting = true;
        self.trouble = None;
        Pressed::HandedIn(question)
    }

    fn question(&self) -> Question {
        match &self.purpose {
            Purpose::CheckIn { key_result } => Question::CheckIn {
                key_result: key_result.clone(),
                value: self.text("value"),
                confidence: self.text("confidence"),
                note: self.text("note"),
            },
            Purpose::Note { about } => Question::Note {
                about: about.clone(),
                kind: self.kind(),
                text: self.text("text"),
            },
            Purpose::Settle { about, field, side } => Question::Settle {
                about: about.clone(),
                field: field.clone(),
                side: *side,
                why: self.text("why"),
            },
            Purpose::Undo(events) => Question::Undo(events.clone()),
        }
    }

    fn text(&self, label: &str) -> String {
        let mut found = self.entries.iter().filter(|entry| entry.label == label);
        match found.next().map(|entry| &entry.input) {
            Some(Input::Text(field)) => field.text().trim().to_owned(),
            _ => String::new(),
        }
    }

    fn kind(&self) -> NoteKind {
        let kind = |entry: &Entry| match entry.input {
            Input::Kind(kind) => Some(kind),
            Input::Text(_) => None,
        };
        (self.entries.iter().find_map(kind)).unwrap_or(NoteKind::Comment)
    }
}

impl Entry {
    fn text(label: &'static str, hint: &'static str) -> Self {
        Self {
            label,
            hint,
            input: Input::Text(Field::default()),
        }
    }
}

/// The kind before or after, around.
fn other_kind(kind: NoteKind, key: Key) -> NoteKind {
    let all = NoteKind::ALL;
    let at = all.iter().position(|one| *one == kind).unwrap_or_default();
    let next = match key {
        Key::Right | Key::Char(' ') => at + 1,
        Key::Left => at + all.len() - 1,
        _ => at,
    };
    all.get(next % all.len()).copied().unwrap_or(kind)
}
