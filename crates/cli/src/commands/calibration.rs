//! `okr calibration`: what people stated against what came out.

use clap::Args;
use quarterdeck_core::calibration;
use quarterdeck_core::outcome;
use quarterdeck_report::{json, text};

use super::forecast::past::{all_ended, has_ended, last_ended};
use super::sheet::{self, SheetOptions};
use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::view::Time;

/// Compare stated certainty, confidence and projections with what came out.
///
/// Only cycles that have ended count. Formulas and what counts as a statement: docs/odds.md.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr calibration                       of the cycle that ended last
  okr calibration 2026-Q1 2026-Q2
  okr calibration --all --team sales
  okr calibration --all --owner ana
  okr calibration --all -o calibration.csv
  okr calibration 2026-Q3 --as-of 2026-10-15

A verdict is given from ten key results on.")]
pub(crate) struct Calibration {
    /// Of these cycles [default: the one that ended last].
    #[arg(value_name = "CYCLE", add = crate::complete::cycles())]
    cycles: Vec<String>,
    /// Of all cycles that have ended.
    #[arg(long, conflicts_with = "cycles")]
    all: bool,
    /// What this team, or a team below it, answered for.
    #[arg(long, add = crate::complete::teams())]
    team: Option<String>,
    /// What this member owned.
    #[arg(long, value_name = "MEMBER", add = crate::complete::members())]
    owner: Option<String>,
    #[command(flatten)]
    sheet: SheetOptions,
    #[command(flatten)]
    time: Time,
}

impl Calibration {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        self.sheet.is_wanted(context)?;
        let mut view = context.open()?.view_to_ask(self.time)?;
        let resolver = view.resolver();
        let team = (self.team.as_deref())
            .map(|team| resolver.team(team))
            .transpose()?;
        let owner = (self.owner.as_deref())
            .map(|owner| resolver.member(owner, view.me()))
            .transpose()?;
        let cycles = if self.all {
            all_ended(&view)?
        } else if self.cycles.is_empty() {
            vec![last_ended(&view)?]
        } else {
            let cycles = (self.cycles.iter())
                .map(|named| has_ended(&view, resolver.cycle(named)?))
                .collect::<Result<Vec<_>, _>>()?;
            outcome::in_order(view.state(), cycles)
        };
        let on = view.looked_at_from();
        let mut found = view.ask(|past| calibration::gather(past, &cycles, on))?;
        found.keep_of(view.state(), team, owner);
        let names = view.names();
        let told = json::calibration(&names, &cycles, &found, (on, view.as_of()));
        (self.sheet).answer(&view, &told, sheet::calibration, text::calibration)
    }
}
