//! `okr goalposts`: what was moved after the cycle began.

use clap::Args;
use quarterdeck_core::goalposts as rule;
use quarterdeck_report::{json, text};

use super::goals::{Found, Goals};
use super::sheet::{self, SheetOptions};
use crate::context::Context;
use crate::error::{Exit, Failure};

/// Show every goal that was moved after its cycle began, and the score had it not been.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr goalposts                              of the cycle that is active today
  okr goalposts leads                        of one key result
  okr goalposts --cycle 2026-Q3 --team sales
  okr goalposts --as-of \"week 6\"             what had been moved by then
  okr goalposts --cycle 2026-Q3 -o moved.csv

As first agreed is what was known at the end of the day before the cycle's first; what joined later \
is agreed as it was added. Both scores are of the same measurements. docs/goalposts.md has the rules.")]
pub(crate) struct Goalposts {
    #[command(flatten)]
    goals: Goals,
    #[command(flatten)]
    sheet: SheetOptions,
}

impl Goalposts {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        self.sheet.is_wanted(context)?;
        let Found {
            mut view,
            cycle,
            scope,
            team,
        } = self.goals.find(context)?;
        let asked = rule::Asked {
            cycle,
            scope,
            on: view.on(),
        };
        let found = view
            .ask(|past| rule::of(past, &asked))?
            .ok_or_else(|| Failure::not_found("There was no such cycle yet at that moment."))?;
        let told = json::goalposts(&view.names(), &found, &asked.scope, team, view.as_of());
        (self.sheet).answer(&view, &told, sheet::goalposts, text::goalposts)
    }
}
