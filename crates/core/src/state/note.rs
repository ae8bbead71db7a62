//! Notes: what people wrote down, on anything.

use serde::{Deserialize, Serialize};

use super::Provenance;
use super::edit::{Editable, Misfit, no_such_field, stamped_by_provenance, text, word};
use crate::token::{NoteKind, NoteState};
use crate::value::{Field, Subject, Value};

/// A text on something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// What it is about.
    pub about: Subject,
    /// What kind of note.
    pub kind: NoteKind,
    /// The text.
    pub text: String,
    /// Whether it is shown.
    pub state: NoteState,
    /// Who set what.
    pub provenance: Provenance,
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
