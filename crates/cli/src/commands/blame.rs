//! `okr blame`: who set what.

use clap::Args;
use quarterdeck_core::blame::{self as rule, Unset};
use quarterdeck_core::refusal::Refusal;
use quarterdeck_core::value::Subject;
use quarterdeck_report::{json, text};

use super::sheet::{self, SheetOptions};
use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::view::Time;

/// Show for each field of a thing the change that set it: who, where, when, why, and what it was.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr blame leads
  okr blame leads --field target
  okr blame growth --as-of \"week 6\"
  okr blame leads --field value --on 2026-08-21  whose check-ins it was made of
  okr blame workspace --json
  okr blame leads --csv

REF may be anything that has fields: a key result, objective, cycle, team, member, KPI, initiative, \
to-do, note, check-in and more; `workspace` is the workspace itself.")]
pub(crate) struct Blame {
    /// The thing.
    #[arg(value_name = "REF", add = crate::complete::anything())]
    about: String,
    /// This field alone, such as `target`.
    #[arg(long, value_name = "FIELD")]
    field: Option<String>,
    #[command(flatten)]
    sheet: SheetOptions,
    #[command(flatten)]
    time: Time,
}

impl Blame {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        self.sheet.is_wanted(context)?;
        let mut view = context.open()?.view_to_ask(self.time)?;
        let subject = view.resolver().subject(&self.about)?;
        let on = view.on();
        let found = view.ask(|past| rule::of(past, subject, on))?;
        let mut found =
            found.ok_or_else(|| Refusal::not_found(subject.noun(), self.about.clone()))?;
        if let Some(field) = &self.field {
            found = rule::only(view.state(), subject, found, field)
                .map_err(|why| unset(subject, field, why))?;
        }
        let told = json::blame(&view.names(), subject, &found, (on, view.as_of()));
        (self.sheet).answer(&view, &told, sheet::blame, text::blame)
    }
}

/// What is said where there is nothing to say of a field.
fn unset(subject: Subject, asked: &str, why: Unset) -> Failure {
    let noun = subject.noun();
    match why {
        Unset::NoField(known) => Failure::usage(format!("A {noun} has no field '{asked}'."))
            .hint(format!("it has {}", known.join(", "))),
        Unset::Never(field) => Failure::not_found(format!(
            "Nobody has ever set the {} of this {noun}.",
            field.word()
        ))
        .hint("leave out --field to see what is set"),
    }
}
