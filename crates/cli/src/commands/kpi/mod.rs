//! `okr kpi`: standing measures, read over time and apart from OKRs.

mod edit;
mod link;
mod new;
mod read;
mod reading;

use clap::{Args, Subcommand};
use quarterdeck_core::id::KpiId;
use quarterdeck_core::token::Direction;
use quarterdeck_core::value::Subject;
use quarterdeck_report::json;
use quarterdeck_report::names::Names;
use quarterdeck_report::text;

use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::session::{Recorded, Session};

/// Follow standing measures over time, and see what the key results do for them.
#[derive(Debug, Args)]
pub(crate) struct Kpi {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Define a KPI.
    New(Box<new::New>),
    /// Change a KPI.
    Edit(Box<edit::Edit>),
    /// Record what a KPI reads.
    Record(reading::Record),
    /// Correct a reading; what it said before stays in the log.
    Amend(Box<reading::Amend>),
    /// Take a reading back; it stays in the log and does not count.
    Retract(reading::Retract),
    /// Say which key results are to improve a KPI.
    Link(link::Link),
    /// Say that key results are not to improve a KPI after all.
    Unlink(link::Unlink),
    /// List KPIs: where each stands against its target.
    List(read::List),
    /// Show a KPI: its curve beside the check-ins of its key results.
    Show(read::Show),
    /// Give a KPI up; its readings stay.
    Drop(edit::Drop),
}

/// Which values are better.
#[derive(Debug, Args)]
#[group(multiple = false)]
struct Better {
    /// More is better.
    #[arg(long)]
    higher: bool,
    /// Less is better.
    #[arg(long)]
    lower: bool,
}

impl Better {
    const fn direction(&self) -> Option<Direction> {
        if self.lower {
            Some(Direction::Lower)
        } else if self.higher {
            Some(Direction::Higher)
        } else {
            None
        }
    }
}

impl Kpi {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self.verb {
            Verb::New(new) => new.run(context),
            Verb::Edit(edit) => edit.run(context),
            Verb::Record(record) => record.run(context),
            Verb::Amend(amend) => amend.run(context),
            Verb::Retract(retract) => retract.run(context),
            Verb::Link(link) => link.run(context),
            Verb::Unlink(unlink) => unlink.run(context),
            Verb::List(list) => list.run(context),
            Verb::Show(show) => show.run(context),
            Verb::Drop(drop) => drop.run(context),
        }
    }
}

/// Says what was recorded about a KPI, where it stands now, and where to see more.
fn answer(session: &Session<'_>, kpi: KpiId, done: &Recorded) -> Result<Exit, Failure> {
    let names = Names::new(session.state());
    let standing = json::kpi_line(&names, &session.pending(), kpi, session.today())
        .and_then(|line| text::kpi_standing(&line));
    let name = session.name(Subject::Kpi(kpi));
    session.answer_with(
        done,
        standing,
        "beside its key results",
        &format!("okr kpi show {name}"),
    )
}
