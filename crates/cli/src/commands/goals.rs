//! Which goals a question is about: one of them, a team's, a cycle's.

use clap::Args;
use quarterdeck_core::asked;
use quarterdeck_core::goalposts::Scope;
use quarterdeck_core::id::{CycleId, TeamId};

use crate::context::Context;
use crate::error::Failure;
use crate::view::{Time, View};

/// Which goals are asked about.
#[derive(Debug, Args)]
pub(super) struct Goals {
    /// This objective or key result alone.
    #[arg(value_name = "REF", add = crate::complete::goals())]
    reference: Option<String>,
    /// Of this cycle [default: that of REF, else the one that is active today].
    #[arg(long, add = crate::complete::cycles())]
    cycle: Option<String>,
    /// What this team, or a team below it, owns.
    #[arg(long, conflicts_with = "reference", add = crate::complete::teams())]
    team: Option<String>,
    #[command(flatten)]
    time: Time,
}

/// The goals asked about, found.
pub(super) struct Found<'c> {
    /// What is seen: of a closed cycle, as at its closing.
    pub(super) view: View<'c>,
    pub(super) cycle: CycleId,
    pub(super) scope: Scope,
    pub(super) team: Option<TeamId>,
}

impl Goals {
    /// Finds them.
    ///
    /// # Errors
    /// Something named does not exist, or there is no cycle yet.
    pub(super) fn find(self, context: &Context) -> Result<Found<'_>, Failure> {
        let view = context.open()?.view(self.time)?;
        let resolver = view.resolver();
        let goal = (self.reference.as_deref())
            .map(|goal| resolver.goal(goal))
            .transpose()?;
        let named = (self.cycle.as_deref())
            .map(|cycle| resolver.cycle(cycle))
            .transpose()?;
        let team = (self.team.as_deref())
            .map(|team| resolver.team(team))
            .transpose()?;
        let asked = asked::Goals {
            goal,
            cycle: named,
            team,
        };
        let cycle = (asked.cycle(view.state(), view.on())).ok_or_else(|| view.no_cycle())?;
        let scope = asked.scope(view.state());
        Ok(Found {
            view: view.or_closed(asked.seen_with(cycle))?,
            cycle,
            scope,
            team,
        })
    }
}
