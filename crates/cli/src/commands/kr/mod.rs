//! `okr kr`: how achievement is measured.

mod chart;
mod edit;
mod metric;
mod new;
mod rank;
mod read;

use clap::{Args, Subcommand};
use quarterdeck_core::decide::Command;
use quarterdeck_core::event::Body;
use quarterdeck_core::id::KeyResultId;
use quarterdeck_core::token::KeyResultState;
use quarterdeck_core::value::{Field, Subject, Value};

use crate::context::Context;
use crate::edit::Fields;
use crate::error::{Exit, Failure};
use crate::session::Session;

/// Add, change and read key results.
#[derive(Debug, Args)]
pub(crate) struct KeyResult {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Add a key result to an objective.
    New(Box<new::New>),
    /// Change a key result.
    Edit(Box<edit::Edit>),
    /// Show a key result with its check-ins.
    Show(read::Show),
    /// Draw the curve of a key result against its pace.
    Chart(chart::Chart),
    /// List key results.
    List(read::List),
    /// Say which place a key result has among its objective's.
    Rank(rank::Rank),
    /// Say that a key result helps another.
    Help(Help),
    /// Leave a key result for later; it stays visible and does not count.
    Defer(Leave),
    /// Give a key result up; it stays visible and does not count.
    Drop(Leave),
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr kr help partners leads
  okr kr help partners leads --remove")]
struct Help {
    /// The key result that helps.
    #[arg(value_name = "REF", add = crate::complete::key_results())]
    helper: String,
    /// The key result that it helps.
    #[arg(value_name = "HELPED", add = crate::complete::key_results())]
    helped: String,
    /// It does not help after all.
    #[arg(long)]
    remove: bool,
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr kr defer leads -m \"the form is broken until May\"
  okr kr drop leads -m \"marketing has its own now\"

To take it up again: okr kr edit REF --state active -m WHY")]
struct Leave {
    /// The key result.
    #[arg(value_name = "REF", add = crate::complete::key_results())]
    key_result: String,
    /// Why. Everybody will read it.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: String,
}

impl KeyResult {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self.verb {
            Verb::New(new) => new.run(context),
            Verb::Edit(edit) => edit.run(context),
            Verb::Show(show) => show.run(context),
            Verb::Chart(chart) => chart.run(context),
            Verb::List(list) => list.run(context),
            Verb::Rank(rank) => rank.run(context),
            Verb::Help(help) => help.run(context),
            Verb::Defer(leave) => leave.run(context, KeyResultState::Deferred),
            Verb::Drop(leave) => leave.run(context, KeyResultState::Dropped),
        }
    }
}

impl Help {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let resolver = session.resolver();
        let from = resolver.key_result(&self.helper)?;
        let to = resolver.key_result(&self.helped)?;
        let body = if self.remove {
            Body::HelpUnlinked { from, to }
        } else {
            Body::HelpLinked { from, to }
        };
        let done = session.record(vec![Command::Record(body)], self.reason.as_deref())?;
        let helped = session.name(Subject::KeyResult(to));
        session.answer(&done, "see it", &format!("okr kr show {helped}"))
    }
}

impl Leave {
    fn run(self, context: &Context, to: KeyResultState) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let key_result = session.resolver().key_result(&self.key_result)?;
        let mut fields = Fields::default();
        fields.set(Field::State, Value::Text(to.word().to_owned()));
        change(&mut session, key_result, fields, Some(&self.reason))
    }
}

/// Sets fields of a key result and says so.
fn change(
    session: &mut Session<'_>,
    key_result: KeyResultId,
    fields: Fields,
    reason: Option<&str>,
) -> Result<Exit, Failure> {
    let subject = Subject::KeyResult(key_result);
    let recorded = session.record(vec![fields.command(subject)?], reason)?;
    let name = session.name(Subject::KeyResult(key_result));
    session.answer(
        &recorded,
        "how it came to be",
        &format!("okr history {name}"),
    )
}
