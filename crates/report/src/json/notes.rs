//! What people wrote down in a cycle, about whatever it was.

use quarterdeck_core::closing;
use quarterdeck_core::id::CycleId;
use quarterdeck_core::value::Subject;
use serde::Serialize;

use super::Schema;
use super::show::{NoteLine, note_line};
use crate::names::{Names, Ref};

/// The notes of a cycle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NoteList {
    /// Version of this object.
    pub schema: Schema,
    /// Name of the cycle; none for notes about what belongs to none.
    pub cycle: Option<String>,
    /// The notes, latest first.
    pub notes: Vec<NoteAbout>,
}

/// A note and what it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NoteAbout {
    /// Reference of what it is about; none for the workspace itself.
    pub about: Option<Ref>,
    /// The title of that.
    pub title: Option<String>,
    /// What kind of thing that is, such as `key result`.
    pub noun: &'static str,
    /// The note.
    #[serde(flatten)]
    pub note: NoteLine,
}

/// The notes about a cycle and what is in it, and about what belongs to no cycle.
#[must_use]
pub fn note_list(names: &Names<'_>, cycle: Option<CycleId>) -> NoteList {
    let state = names.state();
    let is_of = |about: Subject| match closing::cycle_of(state, about) {
        None => true,
        of => of == cycle,
    };
    let mut found: Vec<_> = (state.notes.iter())
        .filter(|(_, note)| note.is_shown() && is_of(note.about))
        .collect();
    found.sort_by_key(|(_, note)| std::cmp::Reverse(note.provenance.created.seq));
    NoteList {
        schema: Schema,
        cycle: cycle.and_then(|cycle| names.title(Subject::Cycle(cycle))),
        notes: (found.into_iter())
            .map(|(id, note)| NoteAbout {
                about: names.subject(note.about),
                title: names.title(note.about),
                noun: note.about.noun(),
                note: note_line(names, *id, note),
            })
            .collect(),
    }
}
