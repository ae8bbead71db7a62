//! Notes: what people wrote down, on anything.

use serde::{Deserialize, Serialize};

use super::edit::{Editable, Misfit, no_such_field, stamped_by_provenance, text, word};
use super::{Headed, Provenance};
use crate::token::{NoteKind, NoteState};
use crate::value::{Field, Subject, Value};

/// A text on something. It begins with what is its head, so that this can be read alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// What it is about.
    pub about: Subject,
    /// Whether it is shown.
    pub state: NoteState,
    /// What kind of note.
    pub kind: NoteKind,
    /// The text.
    pub text: String,
    /// Who set what.
    pub provenance: Provenance,
}

/// What decides whether a note is meant: the first fields of [`Note`], in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteHead {
    /// What it is about.
    pub about: Subject,
    /// Whether it is shown.
    pub state: NoteState,
}

impl Headed for Note {
    type Head<'a> = NoteHead;

    fn head(&self) -> NoteHead {
        NoteHead {
            about: self.about,
            state: self.state,
        }
    }

    fn lost() -> Self {
        Self {
            about: Subject::Workspace,
            state: NoteState::Withdrawn,
            kind: NoteKind::Comment,
            text: String::new(),
            provenance: Provenance::nobody(),
        }
    }
}

impl NoteHead {
    /// Whether it has not been withdrawn.
    #[must_use]
    pub const fn is_shown(&self) -> bool {
        matches!(self.state, NoteState::Shown)
    }
}

impl Note {
    /// Whether it has not been withdrawn.
    #[must_use]
    pub const fn is_shown(&self) -> bool {
        matches!(self.state, NoteState::Shown)
    }
}

impl Editable for Note {
    stamped_by_provenance!();

    fn get(&self, field: &Field) -> Option<Value> {
        Some(match field {
            Field::Kind => Value::Text(self.kind.word().to_owned()),
            Field::Text => Value::Text(self.text.clone()),
            Field::State => Value::Text(self.state.word().to_owned()),
            _ => return None,
        })
    }

    fn set(&mut self, field: &Field, value: &Value) -> Result<(), Misfit> {
        match field {
            Field::Kind => self.kind = word(field, value)?,
            Field::Text => self.text = text(field, value)?,
            Field::State => self.state = word(field, value)?,
            _ => return Err(no_such_field("note", field)),
        }
        Ok(())
    }
}
