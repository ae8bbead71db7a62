//! `okr due`: what is overdue.

use clap::Args;
use quarterdeck_core::whose::Whose;
use quarterdeck_report::{json, text};

use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::view::{Time, View};

/// Show what is overdue, and what is due today and on the six days after.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr due
  okr due --team sales
  okr due --all --json
  okr due > /dev/null || echo \"okr: something is overdue\"      for cron

Check-ins are due by their cadence and overdue after the days of grace, initiatives by their day, \
to-dos that are behind once their last day has passed.
Exit code 1: something is overdue.")]
pub(crate) struct Due {
    #[command(flatten)]
    whose: WhoseOptions,
    #[command(flatten)]
    time: Time,
}

/// Whose things are asked for: one's own unless said otherwise.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub(super) struct WhoseOptions {
    /// Yours, and what a team of yours has that nobody in particular answers for [default].
    #[arg(long)]
    mine: bool,
    /// Everybody's.
    #[arg(long)]
    all: bool,
    /// Those of this team and the teams below it.
    #[arg(long, add = crate::complete::teams())]
    team: Option<String>,
    /// Those of this member.
    #[arg(long, add = crate::complete::members())]
    member: Option<String>,
}

impl WhoseOptions {
    /// Whose are meant in what is seen.
    ///
    /// # Errors
    /// The team or member does not exist.
    pub(super) fn whose(&self, view: &View<'_>) -> Result<Whose, Failure> {
        let resolver = view.resolver();
        if let Some(team) = &self.team {
            return Ok(Whose::team(view.state(), resolver.team(team)?));
        }
        if let Some(member) = &self.member {
            return Ok(Whose::Member(resolver.member(member, view.me())?));
        }
        Ok(if self.all {
            Whose::All
        } else {
            Whose::Member(view.me())
        })
    }
}

impl Due {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let view = context.open()?.view(self.time)?;
        let whose = self.whose.whose(&view)?;
        let found = json::due_list(&view.names(), &whose, view.on(), view.as_of());
        view.answer(&found, |view| text::due_list(&found, view))?;
        Ok(match found.overdue {
            0 => Exit::Done,
            _ => Exit::Findings,
        })
    }
}
