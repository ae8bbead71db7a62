//! `okr todo`: work that is counted, so much each day, week or month.

use clap::{Args, Subcommand};
use quarterdeck_core::decide::Command;
use quarterdeck_core::decimal::Decimal;
use quarterdeck_core::event::{Body, TodoAdded};
use quarterdeck_core::id::{IdSource, TodoId};
use quarterdeck_core::refusal::Refusal;
use quarterdeck_core::token::{Period, WorkState};
use quarterdeck_core::value::{Field, Subject, Value};
use quarterdeck_report::json;
use quarterdeck_report::text;

use super::initiative::{Which, settle};
use crate::context::Context;
use crate::edit::{Fields, cleared};
use crate::error::{Exit, Failure};
use crate::parse::{day, share};
use crate::view::Time;
use crate::vocabulary::words;

/// Count work: so much each day, week or month, and what it turns into.
#[derive(Debug, Args)]
pub(crate) struct Todo {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Add a to-do.
    New(Box<New>),
    /// Count what was done.
    Count(Count),
    /// Change a to-do.
    Edit(Box<Edit>),
    /// Say that a to-do is done.
    #[command(after_help = "EXAMPLES:\n  okr todo done calls")]
    Done(Settle),
    /// Give a to-do up.
    #[command(after_help = "EXAMPLES:\n  okr todo drop calls -m \"we write instead\"")]
    Drop(Settle),
    /// List to-dos, those that are behind first.
    List(List),
    /// Show a to-do: what was counted, and whether the plan's conversion rate holds.
    Show(Show),
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr todo new \"Call prospects\" --quantity 2.2 --per day --total 44 --unit calls --for leads --rate 0.3
  okr todo new \"Visit partners\" --quantity 2 --per week --initiative \"visit the partners\"")]
struct New {
    /// What is to be done.
    title: String,
    /// How much in each period.
    #[arg(long, value_name = "NUMBER")]
    quantity: Decimal,
    /// The period; a day is a working day.
    #[arg(long, default_value = "day", value_parser = words::<Period>(Period::WORDS))]
    per: Period,
    /// How much in all [default: the quantity times the periods].
    #[arg(long, value_name = "NUMBER")]
    total: Option<Decimal>,
    /// What is counted.
    #[arg(long)]
    unit: Option<String>,
    /// The key result that it should move.
    #[arg(long = "for", value_name = "REF", add = crate::complete::goals())]
    key_result: Option<String>,
    /// How much of it should turn into the key result's unit: 0.3 or 30%.
    #[arg(long, value_name = "SHARE", requires = "key_result")]
    rate: Option<String>,
    /// The initiative that it belongs to.
    #[arg(long, value_name = "REF")]
    initiative: Option<String>,
    /// Who does it [default: you].
    #[arg(long, value_name = "MEMBER", add = crate::complete::members())]
    owner: Option<String>,
    /// First day [default: today].
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// Last day [default: the end of the cycle].
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr todo count calls 5
  okr todo count calls 3 --on yesterday
  okr todo count calls -1          take one back")]
struct Count {
    /// The to-do.
    #[arg(value_name = "REF")]
    todo: String,
    /// How much was done; below 0 takes back.
    #[arg(value_name = "NUMBER", allow_negative_numbers = true)]
    quantity: Decimal,
    /// The day on which it was done [default: today].
    #[arg(long, value_name = "DATE")]
    on: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr todo edit calls --quantity 2.8 -m \"measured 24 %, planned 30 %\"
  okr todo edit calls --until 2026-02-27 --state active")]
struct Edit {
    /// The to-do.
    #[arg(value_name = "REF")]
    todo: String,
    /// What is to be done.
    #[arg(long)]
    title: Option<String>,
    /// How much in each period.
    #[arg(long, value_name = "NUMBER")]
    quantity: Option<Decimal>,
    /// The period.
    #[arg(long, value_parser = words::<Period>(Period::WORDS))]
    per: Option<Period>,
    /// How much in all, or `none`.
    #[arg(long, value_name = "NUMBER")]
    total: Option<String>,
    /// What is counted, or `none`.
    #[arg(long)]
    unit: Option<String>,
    /// The key result that it should move, or `none`.
    #[arg(long = "for", value_name = "REF", add = crate::complete::goals())]
    key_result: Option<String>,
    /// How much of it should turn out, or `none`.
    #[arg(long, value_name = "SHARE")]
    rate: Option<String>,
    /// The initiative that it belongs to, or `none`.
    #[arg(long, value_name = "REF")]
    initiative: Option<String>,
    /// Who does it, or `none`.
    #[arg(long, value_name = "MEMBER", add = crate::complete::members())]
    owner: Option<String>,
    /// First day.
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// Last day.
    #[arg(long, value_name = "DATE")]
    until: Option<String>,
    /// How far it is.
    #[arg(long, value_parser = words::<WorkState>(WorkState::WORDS))]
    state: Option<WorkState>,
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

#[derive(Debug, Args)]
struct Settle {
    /// The to-do.
    #[arg(value_name = "REF")]
    todo: String,
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr todo list --mine
  okr todo list --overdue")]
struct List {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    time: Time,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:\n  okr todo show calls")]
struct Show {
    /// The to-do.
    #[arg(value_name = "REF")]
    todo: String,
    #[command(flatten)]
    time: Time,
}

impl Todo {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self.verb {
            Verb::New(new) => new.run(context),
            Verb::Count(count) => count.run(context),
            Verb::Edit(edit) => edit.run(context),
            Verb::Done(settle) => settle.run(context, WorkState::Done),
            Verb::Drop(settle) => settle.run(context, WorkState::Dropped),
            Verb::List(list) => {
                let view = context.open()?.view(list.time)?;
                let found = json::todos(&view.names(), &list.which.query(&view)?);
                view.answer(&found, |view| text::todos(&found, view))?;
                Ok(Exit::Done)
            }
            Verb::Show(show) => {
                let view = context.open()?.view(show.time)?;
                let id = view.resolver().todo(&show.todo)?;
                let found = json::todo_show(&view.names(), id, view.on())
                    .ok_or_else(|| Refusal::not_found("to-do", id))?;
                view.answer(&found, |view| text::todo_show(&found, view))?;
                Ok(Exit::Done)
            }
        }
    }
}

impl New {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let today = session.today();
        let resolver = session.resolver();
        let key_result = (self.key_result)
            .map(|of| resolver.key_result(&of))
            .transpose()?;
        let initiative = (self.initiative)
            .map(|of| resolver.initiative(&of))
            .transpose()?;
        let owner = match self.owner {
            Some(owner) => cleared(&owner, |owner| resolver.member(owner, session.me()))?,
            None => Some(session.me()),
        };
        let starts = match self.from {
            Some(from) => day(&from, today)?,
            None => today,
        };
        let ends = match self.until {
            Some(until) => day(&until, today)?,
            None => {
                let cycle = session.cycle_or_current(None)?;
                (session.state().cycles.get(&cycle)).map_or(today, |cycle| cycle.ends)
            }
        };
        let rate = (self.rate.as_deref())
            .map(|rate| share(rate).map_err(Failure::usage))
            .transpose()?;
        let todo = TodoId::new(session.random()?.next());
        let body = Body::TodoAdded(TodoAdded {
            todo,
            initiative,
            title: self.title,
            owner,
            quantity: self.quantity,
            per: self.per,
            total: self.total,
            unit: self.unit,
            starts,
            ends,
            key_result,
            rate,
        });
        let done = session.record(vec![Command::Record(body)], self.reason.as_deref())?;
        let name = session.name(Subject::Todo(todo));
        session.answer(
            &done,
            "count what is done",
            &format!("okr todo count {name} 1"),
        )
    }
}

impl Count {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let todo = session.resolver().todo(&self.todo)?;
        let effective = match self.on {
            Some(on) => day(&on, session.today())?,
            None => session.today(),
        };
        let body = Body::TodoCounted {
            todo,
            quantity: self.quantity,
            effective,
        };
        let done = session.record(vec![Command::Record(body)], None)?;
        let name = session.name(Subject::Todo(todo));
        session.answer(&done, "see how far it is", &format!("okr todo show {name}"))
    }
}

impl Edit {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let today = session.today();
        let resolver = session.resolver();
        let todo = resolver.todo(&self.todo)?;
        let mut fields = Fields::default();
        fields.text(Field::Title, self.title);
        fields.number(Field::Quantity, self.quantity);
        fields.word(Field::Per, self.per.map(Period::word));
        if let Some(total) = self.total {
            let total = cleared(&total, |total| {
                total
                    .parse()
                    .map_err(|error| Failure::usage(format!("'{total}' is no total: {error}.")))
            })?;
            fields.set(Field::Total, Value::number(total));
        }
        fields.clearable_text(Field::Unit, self.unit);
        if let Some(of) = self.key_result {
            let of = cleared(&of, |of| resolver.key_result(of))?;
            fields.reference(Field::KeyResult, of.map(Subject::KeyResult));
        }
        if let Some(rate) = self.rate {
            let rate = cleared(&rate, |rate| share(rate).map_err(Failure::usage))?;
            fields.set(Field::Rate, Value::number(rate));
        }
        if let Some(of) = self.initiative {
            let of = cleared(&of, |of| resolver.initiative(of))?;
            fields.reference(Field::Initiative, of.map(Subject::Initiative));
        }
        if let Some(owner) = self.owner {
            let owner = cleared(&owner, |owner| resolver.member(owner, session.me()))?;
            fields.reference(Field::Owner, owner.map(Subject::Member));
        }
        for (field, date) in [(Field::Starts, self.from), (Field::Ends, self.until)] {
            if let Some(date) = date {
                fields.set(field, Value::Date(day(&date, today)?));
            }
        }
        fields.word(Field::State, self.state.map(WorkState::word));
        let command = fields.command(Subject::Todo(todo))?;
        let done = session.record(vec![command], self.reason.as_deref())?;
        session.answer(&done, "see what is open", "okr todo list")
    }
}

impl Settle {
    fn run(self, context: &Context, to: WorkState) -> Result<Exit, Failure> {
        let session = context.open()?;
        let todo = session.resolver().todo(&self.todo)?;
        let (subject, list) = (Subject::Todo(todo), "okr todo list");
        settle(session, subject, to, self.reason.as_deref(), list)
    }
}
