//! Questions to a person at a terminal.
//!
//! Guarantee: nothing is ever asked where nobody can answer. A command asks only when
//! [`Asker::at_terminal`] gives one; in a script, in a pipe and under `--json` there is none, and
//! flags alone must do. Ctrl-C and Escape are an answer: [`Answer::Stopped`]. What people wrote may
//! stand in a question: nothing in it acts.

use std::io::IsTerminal;

use inquire::ui::RenderConfig;
use inquire::{Confirm, InquireError, Text};
use quarterdeck_report::text::clean;

use crate::error::{Exit, Failure};
use crate::output::Output;

/// Somebody who can be asked.
#[derive(Debug)]
pub(crate) struct Asker {
    plain: bool,
}

/// What came of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer<T> {
    /// This.
    Given(T),
    /// The person wants to stop.
    Stopped,
}

impl Asker {
    /// Somebody at the terminal; none where input or output is no terminal.
    pub(crate) fn at_terminal(output: &Output) -> Option<Self> {
        let there = output.asks() && std::io::stdin().is_terminal();
        there.then(|| Self {
            plain: !output.coloured(),
        })
    }

    fn look(&self) -> RenderConfig<'static> {
        if self.plain {
            RenderConfig::empty()
        } else {
            RenderConfig::default_colored()
        }
    }

    /// Asks for a line of text; `help` stands below it. An empty line is an answer.
    ///
    /// # Errors
    /// The terminal fails.
    pub(crate) fn text(&self, question: &str, help: &str) -> Result<Answer<String>, Failure> {
        let (question, help) = (clean(question), clean(help));
        let mut prompt = Text::new(&question).with_render_config(self.look());
        if !help.is_empty() {
            prompt = prompt.with_help_message(&help);
        }
        answered(prompt.prompt())
    }

    /// Asks yes or no; Enter takes `default`.
    ///
    /// # Errors
    /// The terminal fails.
    pub(crate) fn confirm(&self, question: &str, default: bool) -> Result<Answer<bool>, Failure> {
        let question = clean(question);
        let prompt = Confirm::new(&question)
            .with_default(default)
            .with_render_config(self.look());
        answered(prompt.prompt())
    }
}

fn answered<T>(answer: Result<T, InquireError>) -> Result<Answer<T>, Failure> {
    match answer {
        Ok(given) => Ok(Answer::Given(given)),
        Err(InquireError::OperationCanceled | InquireError::OperationInterrupted) => {
            Ok(Answer::Stopped)
        }
        Err(error) => Err(Failure::new(
            Exit::Trouble,
            format!("The terminal does not take questions: {error}."),
        )
        .hint("give everything by options: see `--help`")),
    }
}

/// Whether to go on with something that `--yes` or a person must confirm.
///
/// # Errors
/// Nobody can be asked and `--yes` was not given, or the person said no.
pub(crate) fn confirmed(output: &Output, yes: bool, question: &str) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    let Some(asker) = Asker::at_terminal(output) else {
        return Err(
            Failure::usage("Nobody can be asked here whether to go on; nothing was done.")
                .hint("say so with --yes, or see first with --dry-run"),
        );
    };
    match asker.confirm(question, false)? {
        Answer::Given(true) => Ok(()),
        Answer::Given(false) | Answer::Stopped => {
            Err(Failure::new(Exit::Refused, "Nothing was done."))
        }
    }
}
