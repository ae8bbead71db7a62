//! `okr plan`: the arithmetic of planning, and what is made of it on request.

mod change;
mod funnel;
mod quarters;
mod split;
mod work;

use clap::{Args, Subcommand};

use crate::context::Context;
use crate::error::{Exit, Failure};

/// Plan: a year into quarters, an outcome back to a day's work.
#[derive(Debug, Args)]
pub(crate) struct Plan {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Split a change into quarters or months, in parts that add up.
    Split(Box<split::Split>),
    /// Calculate from a wanted outcome back to the work that it needs.
    Funnel(Box<funnel::Funnel>),
}

impl Plan {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self.verb {
            Verb::Split(split) => split.run(context),
            Verb::Funnel(funnel) => funnel.run(context),
        }
    }
}

/// What core says as a sentence: it begins with a capital and ends.
pub(super) fn sentence(error: &impl std::fmt::Display) -> String {
    let text = error.to_string();
    let mut rest = text.chars();
    let first = rest.next().map(|first| first.to_uppercase().to_string());
    let end = if text.ends_with('?') { "" } else { "." };
    format!("{}{}{end}", first.unwrap_or_default(), rest.as_str())
}

/// A command line put together again, for a hint.
struct Typed(String);

impl Typed {
    fn new(command: &str) -> Self {
        Self(command.to_owned())
    }

    fn word(mut self, word: &str) -> Self {
        self.0.push(' ');
        if word.is_empty()
            || word.contains(|c: char| c.is_whitespace() || "\"'$&;|<>()*".contains(c))
        {
            let word = word
                .replace('\\', "\\\\")
                .replace('"', "\\\"")
                .replace('$', "\\$");
            self.0.push_str(&format!("\"{word}\""));
        } else {
            self.0.push_str(word);
        }
        self
    }

    fn option(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.word(name).word(value),
            None => self,
        }
    }

    fn flag(self, name: &str, given: bool) -> Self {
        if given { self.word(name) } else { self }
    }
}
