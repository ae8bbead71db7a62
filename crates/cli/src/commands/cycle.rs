//! `okr cycle`: the spans of dates that objectives are set for.

use clap::{Args, Subcommand};
use quarterdeck_core::calendar::{CycleName, Date, FiscalStart, Span};
use quarterdeck_core::decide::Command;
use quarterdeck_core::event::Body;
use quarterdeck_core::id::{CycleId, IdSource};
use quarterdeck_core::token::{CycleKind, CycleState};
use quarterdeck_core::value::{Field, Subject, Value};

use super::closing::{Close, Reopen};
use crate::context::Context;
use crate::edit::Fields;
use crate::error::{Exit, Failure};
use crate::parse::{MonthWeights, month_weights};
use crate::session::Session;
use crate::view::{Scope, Time};

/// Plan, activate and read cycles.
#[derive(Debug, Args)]
pub(crate) struct Cycle {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Plan a cycle.
    New(New),
    /// List cycles.
    #[command(after_help = "EXAMPLES:
  okr cycle list\n  okr cycle list --as-of 2026-08-21")]
    List(Time),
    /// Show a cycle with its objectives.
    Show(Show),
    /// Start a cycle: it is the one meant where none is named.
    Activate(Activate),
    /// Change a cycle's name or dates.
    Edit(Edit),
    /// Close a cycle: its grades are bound to the log as it stands.
    Close(Close),
    /// Open a closed cycle again.
    Reopen(Reopen),
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr cycle new 2026                                          a fiscal year
  okr cycle new 2026-Q3                                       a quarter of it
  okr cycle new 2026-Q4 --month-weights 3,2,1                 pace follows the season
  okr cycle new launch --starts 2026-03-01 --ends 2026-04-15  dates of its own

The dates of a year or a quarter follow from its name and the fiscal year.")]
struct New {
    /// A year (2026), a quarter (2026-Q3), or a name of one's own with its dates.
    name: String,
    /// First day.
    #[arg(long, value_name = "DATE", requires = "ends")]
    starts: Option<Date>,
    /// Last day, itself included.
    #[arg(long, value_name = "DATE", requires = "starts")]
    ends: Option<Date>,
    /// How its months weigh against each other, one for each: pace follows them [default: by days].
    #[arg(long, value_name = "W,W,W", value_parser = month_weights, allow_hyphen_values = true)]
    month_weights: Option<MonthWeights>,
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr cycle show 2026-Q3
  okr cycle show 2026-Q3 --later             what came after its closing
  okr cycle show --as-of \"week 6\"")]
struct Show {
    /// The cycle [default: the one that is active today].
    #[arg(add = crate::complete::cycles())]
    cycle: Option<String>,
    /// Of a closed cycle: what came after its closing, and changed none of its figures.
    #[arg(long)]
    later: bool,
    #[command(flatten)]
    time: Time,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr cycle activate 2026-Q3")]
struct Activate {
    /// The cycle.
    #[arg(add = crate::complete::cycles())]
    cycle: String,
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr cycle edit launch --ends 2026-04-30 -m \"the venue moved\"
  okr cycle edit 2026-Q3 --month-weights 1,1,3 -m \"nobody buys in summer\"

A quarter without weights of its own takes its part of its year's.")]
struct Edit {
    /// The cycle.
    #[arg(add = crate::complete::cycles())]
    cycle: String,
    /// Its name.
    #[arg(long)]
    name: Option<String>,
    /// First day.
    #[arg(long, value_name = "DATE")]
    starts: Option<Date>,
    /// Last day, itself included.
    #[arg(long, value_name = "DATE")]
    ends: Option<Date>,
    /// How its months weigh against each other, one for each, or `none`.
    #[arg(long, value_name = "W,W,W", value_parser = month_weights, allow_hyphen_values = true)]
    month_weights: Option<MonthWeights>,
    /// Why. The history keeps it.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

impl Cycle {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self.verb {
            Verb::New(new) => new.run(context),
            Verb::Close(close) => close.run(context),
            Verb::Reopen(reopen) => reopen.run(context),
            Verb::List(time) => {
                context.open()?.view(time)?.cycle_list()?;
                Ok(Exit::Done)
            }
            Verb::Show(show) => {
                let session = context.open()?;
                let cycle = session.cycle_or_current(show.cycle.as_deref())?;
                if show.later {
                    session.view(show.time)?.later(cycle)?;
                    return Ok(Exit::Done);
                }
                let scope = Scope {
                    cycle: Some(cycle),
                    ..Scope::default()
                };
                let (view, scope) = session.view(show.time)?.of_scope(scope)?;
                view.status(scope)?;
                Ok(Exit::Done)
            }
            Verb::Activate(activate) => {
                let mut session = context.open()?;
                let cycle = session.resolver().cycle(&activate.cycle)?;
                let mut fields = Fields::default();
                fields.set(
                    Field::State,
                    Value::Text(CycleState::Active.word().to_owned()),
                );
                change(&mut session, cycle, fields, activate.reason.as_deref())
            }
            Verb::Edit(edit) => {
                let mut session = context.open()?;
                let cycle = session.resolver().cycle(&edit.cycle)?;
                let mut fields = Fields::default();
                fields.text(Field::Name, edit.name);
                if let Some(starts) = edit.starts {
                    fields.set(Field::Starts, Value::Date(starts));
                }
                if let Some(ends) = edit.ends {
                    fields.set(Field::Ends, Value::Date(ends));
                }
                if let Some(weights) = edit.month_weights {
                    fields.set(Field::MonthWeights, weights.value());
                }
                change(&mut session, cycle, fields, edit.reason.as_deref())
            }
        }
    }
}

fn change(
    session: &mut Session<'_>,
    cycle: CycleId,
    fields: Fields,
    reason: Option<&str>,
) -> Result<Exit, Failure> {
    let subject = Subject::Cycle(cycle);
    let recorded = session.record(vec![fields.command(subject)?], reason)?;
    session.answer(&recorded, "set what it is for", "okr objective new TITLE")
}

/// A cycle to be planned.
struct Plan {
    id: CycleId,
    name: String,
    kind: CycleKind,
    span: Span,
    parent: Option<CycleId>,
}

impl Plan {
    fn command(self) -> Command {
        Command::Record(Body::CycleCreated {
            cycle: self.id,
            name: self.name,
            kind: self.kind,
            starts: self.span.starts,
            ends: self.span.ends,
            parent: self.parent,
        })
    }
}

impl New {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let plans = self.plans(&mut session)?;
        let name = plans
            .last()
            .map_or_else(String::new, |plan| plan.name.clone());
        let weighed = (plans.last().zip(self.month_weights.as_ref()))
            .filter(|(_, weights)| !weights.0.is_empty())
            .map(|(plan, weights)| Command::Edit {
                subject: Subject::Cycle(plan.id),
                set: vec![(Field::MonthWeights, weights.value())],
            });
        let commands = (plans.into_iter().map(Plan::command))
            .chain(weighed)
            .collect();
        let done = session.record(commands, self.reason.as_deref())?;
        session.answer(&done, "start it", &format!("okr cycle activate {name}"))
    }

    /// The cycle, after the year above it where that is not there yet.
    fn plans(&self, session: &mut Session<'_>) -> Result<Vec<Plan>, Failure> {
        let fiscal = session.fiscal();
        let named = self.name.parse::<CycleName>();
        let own = match (self.starts, self.ends) {
            (Some(starts), Some(ends)) => Some(Span::new(starts, ends).ok_or_else(|| {
                Failure::usage(format!(
                    "The cycle would end on {ends}, before it starts on {starts}."
                ))
            })?),
            _ => None,
        };
        let mut plans = Vec::new();
        let (name, kind, span, parent) = match (named, own) {
            (Ok(named), own) => {
                let parent = match named.parent() {
                    Some(year) => Some(above(session, year, fiscal, &mut plans)?),
                    None => None,
                };
                let span = own.unwrap_or_else(|| named.span(fiscal));
                (named.to_string(), named.kind(), span, parent)
            }
            (Err(_), Some(own)) => (self.name.clone(), CycleKind::Custom, own, None),
            (Err(error), None) => {
                return Err(Failure::usage(format!("{error}."))
                    .hint("okr cycle new NAME --starts DATE --ends DATE"));
            }
        };
        plans.push(Plan {
            id: CycleId::new(session.random()?.next()),
            name,
            kind,
            span,
            parent,
        });
        Ok(plans)
    }
}

/// The annual cycle of that name; planned first if there is none.
fn above(
    session: &mut Session<'_>,
    year: CycleName,
    fiscal: FiscalStart,
    plans: &mut Vec<Plan>,
) -> Result<CycleId, Failure> {
    let name = year.to_string();
    let found = session
        .state()
        .cycles
        .iter()
        .find(|(_, cycle)| cycle.name == name);
    if let Some((id, _)) = found {
        return Ok(*id);
    }
    let id = CycleId::new(session.random()?.next());
    plans.push(Plan {
        id,
        name,
        kind: CycleKind::Annual,
        span: year.span(fiscal),
        parent: None,
    });
    Ok(id)
}
