//! `okr kr show` and `okr kr list`

use clap::Args;

use quarterdeck_core::value::Subject;

use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::view::{Scope, Time};

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr kr show leads
  okr kr show leads --as-of \"week 6\"
  okr kr show leads --on 2026-08-21")]
pub(super) struct Show {
    /// The key result.
    #[arg(value_name = "REF", add = crate::complete::key_results())]
    key_result: String,
    #[command(flatten)]
    time: Time,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr kr list
  okr kr list --objective growth
  okr kr list --owner me
  okr kr list --team sales")]
pub(super) struct List {
    /// Of this objective only.
    #[arg(long, value_name = "REF", add = crate::complete::objectives())]
    objective: Option<String>,
    /// Of this cycle [default: the one that is active today].
    #[arg(long, add = crate::complete::cycles())]
    cycle: Option<String>,
    /// What answers to this team, or a team below it, and what helps it.
    #[arg(long, value_name = "TEAM", add = crate::complete::teams())]
    team: Option<String>,
    /// Of this member only.
    #[arg(long, value_name = "MEMBER", add = crate::complete::members())]
    owner: Option<String>,
    #[command(flatten)]
    time: Time,
}

impl Show {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let session = context.open()?;
        let view = session.view(self.time)?;
        let key_result = view.resolver().key_result(&self.key_result)?;
        let mut view = view.or_closed(Subject::KeyResult(key_result))?;
        view.key_result(key_result)?;
        Ok(Exit::Done)
    }
}

impl List {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let session = context.open()?;
        let me = session.me();
        let view = session.view(self.time)?;
        let resolver = view.resolver();
        let objective = self
            .objective
            .map(|objective| resolver.objective(&objective))
            .transpose()?;
        let cycle = self.cycle.map(|cycle| resolver.cycle(&cycle)).transpose()?;
        let scope = Scope {
            cycle: cycle.or_else(|| view.cycle_of(objective?)),
            team: self.team.map(|team| resolver.team(&team)).transpose()?,
            member: self
                .owner
                .map(|owner| resolver.member(&owner, me))
                .transpose()?,
        };
        let (view, scope) = view.of_scope(scope)?;
        view.key_result_list(scope, objective)?;
        Ok(Exit::Done)
    }
}
