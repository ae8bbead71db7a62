//! `okr status`: how the cycle is going.

use clap::Args;

use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::view::{Scope, Time};

/// Show how the cycle is going.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr status
  okr status --mine
  okr status --cycle 2026 --team sales
  okr status --tree                 from the mission through the year to the quarter
  okr status --as-of \"3 weeks ago\"  what was known then
  okr status --on 2026-08-21        what was true then, with all that was learned since
  okr status --as-of \"#1234\" --json")]
pub(crate) struct Status {
    /// Of this cycle [default: the one that is active today].
    #[arg(long, add = crate::complete::cycles())]
    cycle: Option<String>,
    /// What this team, or a team below it, owns; and what in others' objectives concerns it.
    #[arg(long, add = crate::complete::teams())]
    team: Option<String>,
    /// What you own.
    #[arg(long)]
    mine: bool,
    /// What supports what, with scores rolled up.
    #[arg(long)]
    tree: bool,
    #[command(flatten)]
    time: Time,
}

impl Status {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let session = context.open()?;
        let me = session.me();
        let view = session.view(self.time)?;
        let resolver = view.resolver();
        let scope = Scope {
            cycle: self.cycle.map(|cycle| resolver.cycle(&cycle)).transpose()?,
            team: self.team.map(|team| resolver.team(&team)).transpose()?,
            member: self.mine.then_some(me),
        };
        let (mut view, scope) = view.of_scope(scope)?;
        if self.tree {
            view.settle()?;
            view.tree(scope)?;
        } else {
            view.status(scope)?;
        }
        Ok(Exit::Done)
    }
}
