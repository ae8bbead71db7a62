//! `okr initiative`: the work that should move key results.

use clap::{Args, Subcommand};
use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{Body, InitiativeAdded};
use quarterdeck_core::id::{IdSource, InitiativeId};
use quarterdeck_core::refusal::Refusal;
use quarterdeck_core::token::WorkState;
use quarterdeck_core::value::{Field, Subject, Value};
use quarterdeck_report::json::{self, WorkQuery};
use quarterdeck_report::text;

use crate::context::Context;
use crate::edit::{Fields, cleared};
use crate::error::{Exit, Failure};
use crate::parse::day;
use crate::session::Session;
use crate::view::{Time, View};
use crate::vocabulary::words;

/// Plan the work that should move key results, and say how far it is.
#[derive(Debug, Args)]
pub(crate) struct Initiative {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Add an initiative.
    New(New),
    /// Change an initiative.
    Edit(Edit),
    /// Say that an initiative is done.
    #[command(
        after_help = "EXAMPLES:\n  okr initiative done \"visit the partners\" -m \"all six\""
    )]
    Done(Settle),
    /// Give an initiative up.
    #[command(
        after_help = "EXAMPLES:\n  okr initiative drop i-7fk2 -m \"the fair was called off\""
    )]
    Drop(Settle),
    /// List initiatives, the next due first.
    List(List),
    /// Show an initiative with its to-dos and notes.
    Show(Show),
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr initiative new \"Visit the partners in the south\" --for partners --due 2026-02-27
  okr initiative new \"Renew the price list\" --owner ben")]
struct New {
    /// What is to be done.
    title: String,
    /// The key result or objective that it should move.
    #[arg(long = "for", value_name = "REF", add = crate::complete::goals())]
    supports: Option<String>,
    /// Who does it [default: you].
    #[arg(long, value_name = "MEMBER", add = crate::complete::members())]
    owner: Option<String>,
    /// When it is due.
    #[arg(long, value_name = "DATE")]
    due: Option<String>,
    /// More about it.
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr initiative edit i-7fk2 --due 2026-03-13 -m \"ben is ill\"
  okr initiative edit i-7fk2 --for leads --state active")]
struct Edit {
    /// The initiative.
    #[arg(value_name = "REF")]
    initiative: String,
    /// What is to be done.
    #[arg(long)]
    title: Option<String>,
    /// More about it, or `none`.
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// The key result or objective that it should move, or `none`.
    #[arg(long = "for", value_name = "REF", add = crate::complete::goals())]
    supports: Option<String>,
    /// Who does it, or `none`.
    #[arg(long, value_name = "MEMBER", add = crate::complete::members())]
    owner: Option<String>,
    /// When it is due, or `none`.
    #[arg(long, value_name = "DATE")]
    due: Option<String>,
    /// How far it is.
    #[arg(long, value_parser = words::<WorkState>(WorkState::WORDS))]
    state: Option<WorkState>,
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

#[derive(Debug, Args)]
struct Settle {
    /// The initiative.
    #[arg(value_name = "REF")]
    initiative: String,
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

/// Which work a list is asked for.
#[derive(Debug, Args)]
pub(super) struct Which {
    /// Yours alone.
    #[arg(long, conflicts_with = "owner")]
    mine: bool,
    /// Of this member alone.
    #[arg(long, value_name = "MEMBER", add = crate::complete::members())]
    owner: Option<String>,
    /// What is past its day, or behind, alone.
    #[arg(long)]
    overdue: bool,
    /// What moves no key result or objective alone.
    #[arg(long)]
    without_kr: bool,
    /// What should move this key result, or this objective and its key results.
    #[arg(long = "for", value_name = "REF", add = crate::complete::goals())]
    of: Option<String>,
    /// Also what is done or dropped.
    #[arg(long)]
    all: bool,
}

impl Which {
    /// The question put to what is seen.
    ///
    /// # Errors
    /// A member, key result or objective does not exist.
    pub(super) fn query(&self, view: &View<'_>) -> Result<WorkQuery, Failure> {
        let resolver = view.resolver();
        let owner = match &self.owner {
            Some(owner) => Some(resolver.member(owner, view.me())?),
            None => self.mine.then(|| view.me()),
        };
        Ok(WorkQuery {
            owner,
            overdue: self.overdue,
            unsupported: self.without_kr,
            all: self.all,
            of: self.of.as_deref().map(|of| resolver.goal(of)).transpose()?,
            on: view.on(),
            as_of: view.as_of(),
        })
    }
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr initiative list --mine
  okr initiative list --overdue
  okr initiative list --without-kr")]
struct List {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    time: Time,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:\n  okr initiative show \"visit the partners\"")]
struct Show {
    /// The initiative.
    #[arg(value_name = "REF")]
    initiative: String,
    #[command(flatten)]
    time: Time,
}

impl Initiative {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self.verb {
            Verb::New(new) => new.run(context),
            Verb::Edit(edit) => edit.run(context),
            Verb::Done(settle) => settle.run(context, WorkState::Done),
            Verb::Drop(settle) => settle.run(context, WorkState::Dropped),
            Verb::List(list) => {
                let view = context.open()?.view(list.time)?;
                let found = json::initiatives(&view.names(), &list.which.query(&view)?);
                view.answer(&found, |view| text::initiatives(&found, view))?;
                Ok(Exit::Done)
            }
            Verb::Show(show) => {
                let view = context.open()?.view(show.time)?;
                let id = view.resolver().initiative(&show.initiative)?;
                let found = json::initiative_show(&view.names(), id, view.on())
                    .ok_or_else(|| Refusal::not_found("initiative", id))?;
                view.answer(&found, |view| text::initiative_show(&found, view))?;
                Ok(Exit::Done)
            }
        }
    }
}

impl New {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let resolver = session.resolver();
        let supports = self.supports.map(|of| resolver.goal(&of)).transpose()?;
        let owner = match self.owner {
            Some(owner) => cleared(&owner, |owner| resolver.member(owner, session.me()))?,
            None => Some(session.me()),
        };
        let due = (self.due)
            .map(|due| day(&due, session.today()))
            .transpose()?;
        let initiative = InitiativeId::new(session.random()?.next());
        let body = Body::InitiativeAdded(InitiativeAdded {
            initiative,
            title: self.title,
            description: self.description,
            owner,
            due,
            supports,
        });
        let done = session.record(vec![Command::Record(body)], self.reason.as_deref())?;
        let name = session.name(Subject::Initiative(initiative));
        session.answer(
            &done,
            "make it countable",
            &format!("okr todo new \"TITLE\" --initiative {name} --quantity 5 --per day"),
        )
    }
}

impl Edit {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let resolver = session.resolver();
        let initiative = resolver.initiative(&self.initiative)?;
        let mut fields = Fields::default();
        fields.text(Field::Title, self.title);
        fields.clearable_text(Field::Description, self.description);
        if let Some(of) = self.supports {
            fields.reference(Field::Supports, cleared(&of, |of| resolver.goal(of))?);
        }
        if let Some(owner) = self.owner {
            let owner = cleared(&owner, |owner| resolver.member(owner, session.me()))?;
            fields.reference(Field::Owner, owner.map(Subject::Member));
        }
        if let Some(due) = self.due {
            let due = cleared(&due, |due| day(due, session.today()))?;
            fields.set(Field::Due, due.map_or(Value::None, Value::Date));
        }
        fields.word(Field::State, self.state.map(WorkState::word));
        let command = fields.command(Subject::Initiative(initiative))?;
        let done = session.record(vec![command], self.reason.as_deref())?;
        session.answer(&done, "see what is open", "okr initiative list")
    }
}

impl Settle {
    fn run(self, context: &Context, to: WorkState) -> Result<Exit, Failure> {
        let session = context.open()?;
        let initiative = session.resolver().initiative(&self.initiative)?;
        let (subject, list) = (Subject::Initiative(initiative), "okr initiative list");
        settle(session, subject, to, self.reason.as_deref(), list)
    }
}

/// Says how far a piece of work is; `list` shows what is open of its kind.
pub(super) fn settle(
    mut session: Session<'_>,
    subject: Subject,
    to: WorkState,
    reason: Option<&str>,
    list: &str,
) -> Result<Exit, Failure> {
    let mut fields = Fields::default();
    fields.word(Field::State, Some(to.word()));
    let done = session.record(vec![fields.command(subject)?], reason)?;
    session.answer(&done, "see what is open", list)
}
