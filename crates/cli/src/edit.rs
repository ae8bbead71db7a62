//! Fields that an edit sets, gathered from options.

use quarterdeck_core::decide::Command;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::value::{Field, Subject, Value};

use crate::error::Failure;

/// Fields with their new values, in the order in which they were given.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields(Vec<(Field, Value)>);

impl Fields {
    /// Sets a field.
    pub(crate) fn set(&mut self, field: Field, value: Value) {
        self.0.push((field, value));
    }

    /// Sets a text, if one was given.
    pub(crate) fn text(&mut self, field: Field, text: Option<String>) {
        if let Some(text) = text {
            self.set(field, Value::Text(text));
        }
    }

    /// Sets a text, or clears it for `none`, if one was given.
    pub(crate) fn clearable_text(&mut self, field: Field, text: Option<String>) {
        if let Some(text) = text {
            self.set(
                field,
                if is_none(&text) {
                    Value::None
                } else {
                    Value::Text(text)
                },
            );
        }
    }

    /// Sets a word of a vocabulary, if one was given.
    pub(crate) fn word(&mut self, field: Field, word: Option<&str>) {
        if let Some(word) = word {
            self.set(field, Value::Text(word.to_owned()));
        }
    }

    /// Sets a number, if one was given.
    pub(crate) fn number(&mut self, field: Field, number: Option<Decimal>) {
        if let Some(number) = number {
            self.set(field, Value::Number(number));
        }
    }

    /// Sets or clears a reference.
    pub(crate) fn reference(&mut self, field: Field, subject: Option<Subject>) {
        self.set(field, Value::reference(subject));
    }

    /// The command that sets them.
    ///
    /// # Errors
    /// None were given.
    pub(crate) fn command(self, subject: Subject) -> Result<Command, Failure> {
        if self.0.is_empty() {
            return Err(Failure::usage("Nothing was said to change.")
                .hint("name what shall change: see `--help`"));
        }
        Ok(Command::Edit {
            subject,
            set: self.0,
        })
    }
}

/// What `none` clears, or what the text means.
///
/// # Errors
/// Those of `find`.
pub(crate) fn cleared<T>(
    text: &str,
    find: impl FnOnce(&str) -> Result<T, Failure>,
) -> Result<Option<T>, Failure> {
    if is_none(text) {
        return Ok(None);
    }
    find(text).map(Some)
}

fn is_none(text: &str) -> bool {
    text.eq_ignore_ascii_case("none")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_clears_what_can_be_cleared() {
        let mut fields = Fields::default();
        fields.clearable_text(Field::Key, Some("None".to_owned()));
        fields.text(Field::Title, Some("none".to_owned()));
        fields.text(Field::Description, None);
        match fields.command(Subject::Workspace) {
            Ok(Command::Edit { set, .. }) => assert_eq!(
                set,
                [
                    (Field::Key, Value::None),
                    (Field::Title, Value::Text("none".to_owned()))
                ]
            ),
            other => panic!("{other:?}"),
        }
        assert!(Fields::default().command(Subject::Workspace).is_err());
    }
}
