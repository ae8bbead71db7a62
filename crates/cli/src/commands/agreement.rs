//! `okr objective ask`, `sign` and `unsign`: who agrees to an objective.

use clap::Args;
use quarterdeck_core::decide::Command;
use quarterdeck_core::event::Body;
use quarterdeck_core::id::ObjectiveId;
use quarterdeck_core::token::ObjectiveState;
use quarterdeck_core::value::Subject;

use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::session::Session;

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr objective ask growth ben chi
  okr objective ask growth me

A draft is agreed once everybody who was asked has signed it.")]
pub(super) struct Ask {
    /// The objective.
    #[arg(value_name = "REF", add = crate::complete::objectives())]
    objective: String,
    /// Who is asked; `me` is you.
    #[arg(value_name = "MEMBER", required = true, add = crate::complete::members())]
    members: Vec<String>,
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr objective sign growth

You agree to what it says now. After a change, `okr objective show` says what you had agreed to; \
sign again to agree to the present wording.")]
pub(super) struct Sign {
    /// The objective.
    #[arg(value_name = "REF", add = crate::complete::objectives())]
    objective: String,
    /// Ask this member to agree, rather than agreeing oneself: `okr objective ask` does the same.
    #[arg(long, value_name = "MEMBER", hide = true, add = crate::complete::members())]
    ask: Vec<String>,
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr objective unsign growth -m \"we cannot staff it\"")]
pub(super) struct Unsign {
    /// The objective.
    #[arg(value_name = "REF", add = crate::complete::objectives())]
    objective: String,
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

impl Ask {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let resolver = session.resolver();
        let objective = resolver.objective(&self.objective)?;
        let me = session.me();
        let members = (self.members.iter())
            .map(|member| resolver.member(member, me))
            .collect::<Result<Vec<_>, _>>()?;
        let body = Body::SignOffAsked { objective, members };
        let done = session.record(vec![Command::Record(body)], self.reason.as_deref())?;
        let name = session.name(Subject::Objective(objective));
        session.answer(
            &done,
            "they answer with",
            &format!("okr objective sign {name}"),
        )
    }
}

impl Sign {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        if !self.ask.is_empty() {
            let ask = Ask {
                objective: self.objective,
                members: self.ask,
                reason: self.reason,
            };
            return ask.run(context);
        }
        let mut session = context.open()?;
        let objective = session.resolver().objective(&self.objective)?;
        let body = Body::ObjectiveSigned { objective };
        let done = session.record(vec![Command::Record(body)], self.reason.as_deref())?;
        let name = session.name(Subject::Objective(objective));
        let (why, command) = match state(&session, objective) {
            Some(ObjectiveState::Agreed) => (
                "all agreed; start it",
                format!("okr objective edit {name} --state active"),
            ),
            _ => ("see who agreed", format!("okr objective show {name}")),
        };
        session.answer(&done, why, &command)
    }
}

impl Unsign {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let objective = session.resolver().objective(&self.objective)?;
        let body = Body::ObjectiveUnsigned { objective };
        let done = session.record(vec![Command::Record(body)], self.reason.as_deref())?;
        let name = session.name(Subject::Objective(objective));
        session.answer(
            &done,
            "say what should change",
            &format!("okr note {name} \"TEXT\""),
        )
    }
}

fn state(session: &Session<'_>, objective: ObjectiveId) -> Option<ObjectiveState> {
    (session.state().objectives.get(&objective)).map(|found| found.state)
}
