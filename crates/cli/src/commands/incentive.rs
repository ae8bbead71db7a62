//! `okr incentive`: what an incentive plan rewards, beside what the OKRs say. Off by default, and
//! while it is off nothing else shows anything about it.

use clap::{Args, Subcommand};
use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{Body, IncentiveAdded};
use quarterdeck_core::id::{IdSource, IncentiveId};
use quarterdeck_core::incentive;
use quarterdeck_core::refusal::{Code, Refusal};
use quarterdeck_core::token::{Life, Switch};
use quarterdeck_core::value::{Field, Subject, Value};
use quarterdeck_report::json;
use quarterdeck_report::text;

use crate::context::Context;
use crate::edit::{Fields, cleared};
use crate::error::{Exit, Failure};
use crate::session::Session;
use crate::view::Known;

/// Hold an incentive plan beside the OKRs: what it rewards, and what covers that.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "EXAMPLES:
  okr incentive on
  okr incentive add \"Qualified leads\" --kr leads --member ben
  okr incentive                          what is covered, and what is not

It ties no grade to pay. While it is off, nothing about it is shown anywhere."
)]
pub(crate) struct Incentive {
    #[command(subcommand)]
    verb: Option<Verb>,
    #[command(flatten)]
    known: Known,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Look at incentives in this workspace.
    #[command(after_help = "EXAMPLES:\n  okr incentive on")]
    On(Switched),
    /// Look at them no more; what was named is kept.
    #[command(after_help = "EXAMPLES:\n  okr incentive off -m \"the plan is gone\"")]
    Off(Switched),
    /// Name a metric that the plan rewards.
    Add(Add),
    /// Change a metric.
    Edit(Edit),
    /// Take a metric out of the plan.
    Drop(Drop),
    /// List the plan's metrics with what covers them.
    #[command(after_help = "EXAMPLES:\n  okr incentive list --json")]
    List(Known),
}

#[derive(Debug, Args)]
struct Switched {
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr incentive add \"Qualified leads\" --kr leads
  okr incentive add \"Gross margin\" --member ben")]
struct Add {
    /// What the plan rewards.
    title: String,
    /// The key result that covers it.
    #[arg(long = "kr", value_name = "REF", add = crate::complete::key_results())]
    key_result: Option<String>,
    /// Whom it rewards.
    #[arg(long, value_name = "MEMBER", add = crate::complete::members())]
    member: Option<String>,
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr incentive edit in-7fk2 --kr leads -m \"it is measured now\"
  okr incentive edit in-7fk2 --member none")]
struct Edit {
    /// The metric.
    #[arg(value_name = "REF")]
    incentive: String,
    /// What the plan rewards.
    #[arg(long)]
    title: Option<String>,
    /// The key result that covers it; `none` for no key result.
    #[arg(long = "kr", value_name = "REF", add = crate::complete::key_results())]
    key_result: Option<String>,
    /// Whom it rewards; `none` for nobody in particular.
    #[arg(long, value_name = "MEMBER", add = crate::complete::members())]
    member: Option<String>,
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr incentive drop in-7fk2 -m \"the plan changed in July\"")]
struct Drop {
    /// The metric.
    #[arg(value_name = "REF")]
    incentive: String,
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

impl Incentive {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        match self.verb {
            Some(Verb::On(switched)) => switched.run(&mut session, Switch::On),
            Some(Verb::Off(switched)) => switched.run(&mut session, Switch::Off),
            Some(Verb::Add(add)) => add.run(&mut session),
            Some(Verb::Edit(edit)) => edit.run(&mut session),
            Some(Verb::Drop(drop)) => drop.run(&mut session),
            Some(Verb::List(known)) => list(session, known),
            None => list(session, self.known),
        }
    }
}

/// Lists the plan's metrics. What was on once is shown no more while it is off.
fn list(session: Session<'_>, known: Known) -> Result<Exit, Failure> {
    on(&session)?;
    let view = session.view(known)?;
    let list = json::incentives(&view.names())
        .ok_or_else(|| Refusal::new(Code::NotLive, "Incentives were off at that moment."))?;
    view.answer(&list, |view| text::incentives(&list, view))?;
    Ok(Exit::Done)
}

/// Whether incentives are looked at here.
fn on(session: &Session<'_>) -> Result<(), Failure> {
    if incentive::is_on(session.state()) {
        return Ok(());
    }
    Err(
        Refusal::new(Code::NotLive, "Incentives are off in this workspace.")
            .hint("an owner turns them on with `okr incentive on`")
            .into(),
    )
}

impl Switched {
    fn run(self, session: &mut Session<'_>, to: Switch) -> Result<Exit, Failure> {
        let command = Command::Edit {
            subject: Subject::Workspace,
            set: vec![(Field::Incentives, Value::Text(to.word().to_owned()))],
        };
        let done = session.record(vec![command], self.reason.as_deref())?;
        match to {
            Switch::On => session.answer(
                &done,
                "name what the plan rewards",
                "okr incentive add TITLE --kr REF",
            ),
            Switch::Off => session.answer(&done, "nothing of it is shown any more", "okr status"),
        }
    }
}

impl Add {
    fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        on(session)?;
        let me = session.me();
        let resolver = session.resolver();
        let key_result = self
            .key_result
            .map(|one| resolver.key_result(&one))
            .transpose()?;
        let member = self
            .member
            .map(|one| resolver.member(&one, me))
            .transpose()?;
        let incentive = IncentiveId::new(session.random()?.next());
        let body = Body::IncentiveAdded(IncentiveAdded {
            incentive,
            title: self.title,
            key_result,
            member,
        });
        let done = session.record(vec![Command::Record(body)], self.reason.as_deref())?;
        session.answer(&done, "see what is covered", "okr incentive")
    }
}

impl Edit {
    fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        on(session)?;
        let me = session.me();
        let resolver = session.resolver();
        let incentive = resolver.incentive(&self.incentive)?;
        let mut fields = Fields::default();
        fields.text(Field::Title, self.title);
        if let Some(named) = self.key_result {
            let found = cleared(&named, |one| resolver.key_result(one))?;
            fields.reference(Field::KeyResult, found.map(Subject::KeyResult));
        }
        if let Some(named) = self.member {
            let found = cleared(&named, |one| resolver.member(one, me))?;
            fields.reference(Field::Member, found.map(Subject::Member));
        }
        let command = fields.command(Subject::Incentive(incentive))?;
        let done = session.record(vec![command], self.reason.as_deref())?;
        session.answer(&done, "see what is covered", "okr incentive")
    }
}

impl Drop {
    fn run(self, session: &mut Session<'_>) -> Result<Exit, Failure> {
        on(session)?;
        let incentive = session.resolver().incentive(&self.incentive)?;
        let mut fields = Fields::default();
        fields.set(Field::State, Value::Text(Life::Dropped.word().to_owned()));
        let command = fields.command(Subject::Incentive(incentive))?;
        let done = session.record(vec![command], self.reason.as_deref())?;
        session.answer(&done, "see what is covered", "okr incentive")
    }
}
