//! What texts may be: present, not endless, and free of control characters.

use crate::refusal::{Code, Refusal};

/// Longest title or name, in characters.
pub const MAX_TITLE_CHARS: usize = 300;
/// Longest note or description, in characters.
pub const MAX_NOTE_CHARS: usize = 10_000;
/// Longest document, in characters: an event holds it whole.
pub const MAX_DOCUMENT_CHARS: usize = 15_000;
/// Longest reason, in characters.
pub const MAX_REASON_CHARS: usize = 2_000;

/// A title or name: one line, not empty.
pub(super) fn title(what: &str, text: &str) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Err(Refusal::invalid(format!("The {what} is empty.")));
    }
    if text.chars().any(char::is_control) {
        return Err(
            Refusal::invalid(format!("The {what} holds a control character."))
                .hint("write it on one line, without tabs or escapes"),
        );
    }
    long(what, text, MAX_TITLE_CHARS)
}

/// A note or description: any lines, not empty.
pub(super) fn body(what: &str, text: &str) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Err(Refusal::invalid(format!("The {what} is empty.")));
    }
    long(what, text, MAX_NOTE_CHARS)
}

/// An optional note or description.
pub(super) fn optional_body(what: &str, text: Option<&str>) -> Result<(), Refusal> {
    text.map_or(Ok(()), |text| body(what, text))
}

/// A document, such as a template.
pub(super) fn document(what: &str, text: &str) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Err(Refusal::invalid(format!("The {what} is empty.")));
    }
    long(what, text, MAX_DOCUMENT_CHARS)
}

/// A reason.
pub(super) fn reason(text: &str) -> Result<(), Refusal> {
    long("reason", text, MAX_REASON_CHARS)
}

/// A name of one's own for references: letters, digits, `-` and `_`, beginning with a letter.
pub(super) fn key(text: &str) -> Result<(), Refusal> {
    let begins = text.chars().next().is_some_and(char::is_alphabetic);
    let fits = text
        .chars()
        .all(|c| c.is_alphanumeric() || c == '-' || c == '_');
    if begins && fits && text.chars().count() <= 40 {
        return Ok(());
    }
    Err(Refusal::invalid(format!("'{text}' cannot be a key."))
        .hint("use up to 40 letters, digits, '-' and '_', beginning with a letter"))
}

fn long(what: &str, text: &str, most: usize) -> Result<(), Refusal> {
    // Bytes bound characters, and are counted without a walk.
    if text.len() <= most {
        return Ok(());
    }
    let count = text.chars().count();
    if count <= most {
        return Ok(());
    }
    Err(Refusal::new(
        Code::TooLarge,
        format!("The {what} has {count} characters; at most {most} are kept."),
    )
    .hint("shorten it, or split it over several notes"))
}
