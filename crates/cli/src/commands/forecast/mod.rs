//! `okr forecast`: where the cycle ends if it goes on like this, and how good such forecasts were.

pub(super) mod past;

use clap::Args;
use quarterdeck_core::closing;
use quarterdeck_core::value::Subject;
use quarterdeck_report::{json, text};

use super::sheet::{self, SheetOptions};
use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::view::{Scope, Time};

/// Show where key results end their cycle if their check-ins go on as they have.
///
/// Each comes with a range of 80 %: see docs/odds.md.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr forecast
  okr forecast leads                     in a sentence
  okr forecast growth                    an objective with its key results
  okr forecast --cycle 2026 --team sales
  okr forecast --on 2026-08-21           as it would have been seen on that day
  okr forecast --past                    how good those of the last quarter were
  okr forecast --past 2026-Q2 --csv      each of them beside its outcome
  okr forecast --past all --as-of 2026-10-15")]
pub(crate) struct Forecast {
    /// Of this objective or key result alone.
    #[arg(value_name = "REF", add = crate::complete::goals(), conflicts_with_all = ["cycle", "team"])]
    goal: Option<String>,
    /// Of this cycle [default: the one that is active today].
    #[arg(long, add = crate::complete::cycles(), conflicts_with = "past")]
    cycle: Option<String>,
    /// What this team, or a team below it, owns; and what in others' objectives concerns it.
    #[arg(long, add = crate::complete::teams())]
    team: Option<String>,
    /// How good the forecasts of a cycle that has ended were, of `all`, or of the last.
    #[arg(
        long,
        visible_alias = "check",
        value_name = "CYCLE",
        num_args = 0..=1,
        default_missing_value = "",
        add = crate::complete::cycles()
    )]
    past: Option<String>,
    #[command(flatten)]
    sheet: SheetOptions,
    #[command(flatten)]
    time: Time,
}

impl Forecast {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        self.sheet.is_wanted(context)?;
        let session = context.open()?;
        let view = session.view(self.time)?;
        let resolver = view.resolver();
        let goal = (self.goal.as_deref())
            .map(|goal| resolver.goal(goal))
            .transpose()?;
        let team = (self.team.as_deref())
            .map(|team| resolver.team(team))
            .transpose()?;
        if let Some(named) = self.past {
            return past::run(view, past::Asked { named, goal, team }, &self.sheet);
        }
        let named = (self.cycle.as_deref())
            .map(|cycle| resolver.cycle(cycle))
            .transpose()?;
        let of_goal = goal.and_then(|goal| closing::cycle_of(view.state(), goal));
        let scope = Scope {
            cycle: named.or(of_goal),
            team,
            member: None,
        };
        let (view, scope) = view.of_scope(scope)?;
        let keep = |objective, key_result| match goal {
            None => true,
            Some(Subject::Objective(id)) => id == objective,
            Some(other) => other == Subject::KeyResult(key_result),
        };
        let names = view.names();
        let found = json::forecast_list(&names, view.pending(), &view.query(scope), keep);
        (self.sheet).answer(&view, &found, sheet::forecast, text::forecast)
    }
}
