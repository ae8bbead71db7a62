//! `okr goalposts`: what was moved after the cycle began.

use clap::Args;
use quarterdeck_core::goalposts as rule;
use quarterdeck_exchange::tables::Table;
use quarterdeck_report::{json, text};

use super::goals::{Found, Goals};
use crate::context::Context;
use crate::csv;
use crate::error::{Exit, Failure};

/// Show every goal that was moved after its cycle began, and the score had it not been.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr goalposts                              of the cycle that is active today
  okr goalposts leads                        of one key result
  okr goalposts --cycle 2026-Q3 --team sales
  okr goalposts --as-of \"week 6\"             what had been moved by then
  okr goalposts --cycle 2026-Q3 --csv > moved.csv

As first agreed is what was known at the end of the day before the cycle's first; what joined later
is agreed as it was added. Both scores are of the same measurements. docs/goalposts.md has the rules.")]
pub(crate) struct Goalposts {
    #[command(flatten)]
    goals: Goals,
    /// One line a change, as CSV.
    #[arg(long)]
    csv: bool,
}

impl Goalposts {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        csv::not_both(&context.output, self.csv)?;
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
        let found = rule::of(&mut view.past()?, &asked)?
            .ok_or_else(|| Failure::not_found("There was no such cycle yet at that moment."))?;
        let told = json::goalposts(&view.names(), &found, &asked.scope, team, view.as_of());
        if self.csv {
            csv::print(&context.output, &table(&told))?;
            return Ok(Exit::Done);
        }
        view.answer(&told, |view| text::goalposts(&told, view))?;
        Ok(Exit::Done)
    }
}

const COLUMNS: &[&str] = &[
    "cycle",
    "ref",
    "title",
    "change",
    "field",
    "from",
    "to",
    "days_before_end",
    "after_end",
    "conflict",
    "day",
    "member",
    "device",
    "authored",
    "recorded",
    "reason",
    "source",
    "undo",
    "undone",
    "event",
];

fn table(told: &json::Goalposts) -> Table {
    let rows = (told.changes.iter()).map(|one| {
        let mut row = vec![
            csv::text(Some(&told.cycle)),
            csv::text(one.reference.as_ref().map(|found| &found.text)),
            csv::text(one.title.as_ref()),
            csv::text(Some(one.change.words())),
            csv::text(one.field.as_ref()),
            csv::text(one.from.as_ref()),
            csv::text(one.to.as_ref()),
            csv::days(one.days_before_end),
            csv::yes(one.after_end),
            csv::yes(one.conflict),
        ];
        row.extend(csv::act(&one.act));
        row
    });
    Table {
        name: "Goalposts",
        columns: COLUMNS,
        rows: rows.collect(),
    }
}
