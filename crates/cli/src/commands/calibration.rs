//! `okr calibration`: what people stated against what came out.

use clap::Args;
use quarterdeck_core::calibration;
use quarterdeck_core::outcome;
use quarterdeck_exchange::tables::{Cell, Table};
use quarterdeck_exchange::write;
use quarterdeck_report::json::{
    self, CalibrationErrors, CalibrationFigures, CalibrationOdds, CalibrationShare,
};
use quarterdeck_report::text;

use super::forecast::past::{all_ended, has_ended, last_ended};
use super::forecast::{counted, not_both, number, words};
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
  okr calibration --all --csv > calibration.csv
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
    /// As a table for a spreadsheet.
    #[arg(long)]
    csv: bool,
    #[command(flatten)]
    time: Time,
}

impl Calibration {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        not_both(context, self.csv)?;
        let mut view = context.open()?.view(self.time)?;
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
        if self.csv {
            context.output.text(&write::csv(&table(&told)))?;
        } else {
            view.answer(&told, |view| text::calibration(&told, view))?;
        }
        Ok(Exit::Done)
    }
}

const COLUMNS: &[&str] = &[
    "group",
    "name",
    "said",
    "key_results",
    "statements",
    "stated",
    "reached",
    "brier",
    "reference",
    "skill",
    "verdict",
    "error",
];

fn table(found: &json::Calibration) -> Table {
    let mut rows = Vec::new();
    figures(&mut rows, ("all", None), &found.overall);
    for (group, of) in [("owner", &found.owners), ("team", &found.teams)] {
        for one in of {
            figures(&mut rows, (group, one.name.as_deref()), &one.figures);
        }
    }
    for tier in &found.tiers {
        rows.push(share("tier", tier.tier.word(), "certainty", &tier.share));
    }
    for band in &found.bands {
        let name = format!("{} to {}", band.from, band.to);
        rows.push(share("band", &name, "confidence", &band.share));
    }
    for week in &found.weeks {
        let name = format!("{} weeks before the end", week.weeks_left);
        rows.push(errors(("week", Some(&name)), &week.errors));
    }
    Table {
        name: "Calibration",
        columns: COLUMNS,
        rows,
    }
}

fn figures(rows: &mut Vec<Vec<Cell>>, of: (&str, Option<&str>), found: &CalibrationFigures) {
    rows.push(odds(of, "certainty", &found.certainty));
    rows.push(odds(of, "confidence", &found.confidence));
    rows.push(errors(of, &found.projection));
}

fn odds((group, name): (&str, Option<&str>), said: &str, found: &CalibrationOdds) -> Vec<Cell> {
    vec![
        words(Some(group)),
        words(name),
        words(Some(said)),
        counted(found.cases),
        counted(found.statements),
        number(found.stated),
        number(found.reached),
        number(found.brier),
        number(found.reference),
        number(found.skill),
        words(Some(&found.told)),
        Cell::Empty,
    ]
}

fn errors((group, name): (&str, Option<&str>), found: &CalibrationErrors) -> Vec<Cell> {
    let mut row = vec![
        words(Some(group)),
        words(name),
        words(Some("projection")),
        counted(found.cases),
        counted(found.statements),
    ];
    row.resize(COLUMNS.len() - 1, Cell::Empty);
    row.push(number(found.error));
    row
}

fn share(group: &str, name: &str, said: &str, found: &CalibrationShare) -> Vec<Cell> {
    let mut row = vec![
        words(Some(group)),
        words(Some(name)),
        words(Some(said)),
        counted(found.cases),
        counted(found.statements),
        number(found.stated),
        number(found.reached),
    ];
    row.resize(COLUMNS.len(), Cell::Empty);
    row
}
