//! `okr kr show` and `okr kr list`

use clap::Args;
use quarterdeck_core::when::When;

use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::view::Scope;

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr kr show leads
  okr kr show leads --as-of \"week 6\"
  okr kr show leads --on 2026-08-21")]
pub(super) struct Show {
    /// The key result.
    #[arg(value_name = "REF", add = crate::complete::key_results())]
    key_result: String,
    /// As it was known then.
    #[arg(long, value_name = "WHEN")]
    as_of: Option<When>,
    /// What was true on that day, given what is known.
    #[arg(long, value_name = "DATE")]
    on: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr kr list
  okr kr list --objective growth
  okr kr list --owner me")]
pub(super) struct List {
    /// Of this objective only.
    #[arg(long, value_name = "REF", add = crate::complete::objectives())]
    objective: Option<String>,
    /// Of this cycle [default: the one that is active today].
    #[arg(long, add = crate::complete::cycles())]
    cycle: Option<String>,
    /// Of this member only.
    #[arg(long, value_name = "MEMBER", add = crate::complete::members())]
    owner: Option<String>,
}

impl Show {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let session = context.open()?;
        let mut view = session.view(self.as_of.as_ref(), self.on.as_deref())?;
        let key_result = view.resolver().key_result(&self.key_result)?;
        view.key_result(key_result)?;
        Ok(Exit::Done)
    }
}

impl List {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let session = context.open()?;
        let resolver = session.resolver();
        let objective = self
            .objective
            .map(|objective| resolver.objective(&objective))
            .transpose()?;
        let cycle = self.cycle.map(|cycle| resolver.cycle(&cycle)).transpose()?;
        let owner = self
            .owner
            .map(|owner| resolver.member(&owner, session.me()))
            .transpose()?;
        let scope = Scope {
            cycle: cycle.or_else(|| session.cycle_of(objective?)),
            team: None,
            member: owner,
        };
        session.view(None, None)?.key_result_list(scope, objective)?;
        Ok(Exit::Done)
    }
}
