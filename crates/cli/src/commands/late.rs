//! `okr late`: what came late, all at once, or was corrected.

use clap::Args;
use quarterdeck_core::late as rule;
use quarterdeck_report::{json, text};

use super::goals::{Found, Goals};
use super::sheet::{self, SheetOptions};
use crate::context::Context;
use crate::error::{Exit, Failure};

/// Show check-ins that came late or all at once, corrections, and what changed after a grade.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr late                             in the cycle that is active today
  okr late leads --days 7              a week late or later
  okr late --cycle 2026-Q3 --team sales
  okr late --cycle 2026-Q3 -o late.csv
  okr late --cycle 2026-Q3 --on today  of a closed cycle, up to now

A check-in is late by the days from the date that it speaks of to the day on which it became known. \
docs/goalposts.md says what counts as many dates at once, and as mostly at the end.")]
pub(crate) struct Late {
    #[command(flatten)]
    goals: Goals,
    /// From so many days on.
    #[arg(long, value_name = "N", default_value_t = rule::DAYS, value_parser = days, allow_hyphen_values = true)]
    days: u32,
    #[command(flatten)]
    sheet: SheetOptions,
}

fn days(text: &str) -> Result<u32, String> {
    text.parse()
        .map_err(|_| format!("`{text}` is no number of days; write it like 7"))
}

impl Late {
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
            days: self.days,
            on: view.on(),
        };
        let found = view
            .ask(|past| rule::of_cycle(past, &asked))?
            .ok_or_else(|| Failure::not_found("There was no such cycle yet at that moment."))?;
        let told = json::late(&view.names(), &found, &asked, team, view.as_of());
        (self.sheet).answer(&view, &told, sheet::late, text::late)
    }
}
