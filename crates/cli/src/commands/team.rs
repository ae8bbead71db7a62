//! `okr team`: the units of the organisation.

use clap::{Args, Subcommand};
use quarterdeck_core::decide::Command;
use quarterdeck_core::event::Body;
use quarterdeck_core::id::{IdSource, TeamId};
use quarterdeck_core::token::TeamLevel;
use quarterdeck_core::value::{Field, Subject};

use crate::context::Context;
use crate::edit::{Fields, cleared};
use crate::error::{Exit, Failure};
use crate::view::Known;
use crate::vocabulary::words;

/// Form teams and say who belongs to them.
#[derive(Debug, Args)]
pub(crate) struct Team {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Form a team.
    New(New),
    /// List teams and their members.
    #[command(after_help = "EXAMPLES:
  okr team list\n  okr team list --as-of 2026-08-21")]
    List(Known),
    /// Put members into a team.
    Add(Belong),
    /// Take members out of a team.
    Remove(Belong),
    /// Change a team's name, level or place.
    Edit(Edit),
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr team new sales
  okr team new \"Sales Lisbon\" --in sales --level team")]
struct New {
    /// Its name.
    name: String,
    /// The team above it.
    #[arg(long = "in", visible_alias = "parent", value_name = "TEAM", add = crate::complete::teams())]
    parent: Option<String>,
    /// Its level.
    #[arg(long, default_value = "team", value_parser = words::<TeamLevel>(TeamLevel::WORDS))]
    level: TeamLevel,
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr team add sales ana ben
  okr team remove sales ben")]
struct Belong {
    /// The team.
    #[arg(add = crate::complete::teams())]
    team: String,
    /// Who.
    #[arg(required = true, value_name = "MEMBER", add = crate::complete::members())]
    members: Vec<String>,
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr team edit sales --name \"Sales and partners\"
  okr team edit lisbon --in none")]
struct Edit {
    /// The team.
    #[arg(add = crate::complete::teams())]
    team: String,
    /// Its name.
    #[arg(long)]
    name: Option<String>,
    /// The team above it, or `none`.
    #[arg(long = "in", visible_alias = "parent", value_name = "TEAM", add = crate::complete::teams())]
    parent: Option<String>,
    /// Its level.
    #[arg(long, value_parser = words::<TeamLevel>(TeamLevel::WORDS))]
    level: Option<TeamLevel>,
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

impl Team {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self.verb {
            Verb::New(new) => new.run(context),
            Verb::List(known) => {
                context.open()?.view(known)?.team_list()?;
                Ok(Exit::Done)
            }
            Verb::Add(belong) => belong.run(context, true),
            Verb::Remove(belong) => belong.run(context, false),
            Verb::Edit(edit) => edit.run(context),
        }
    }
}

impl New {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let parent = self
            .parent
            .map(|parent| session.resolver().team(&parent))
            .transpose()?;
        let team = TeamId::new(session.random()?.next());
        let name = self.name.clone();
        let body = Body::TeamCreated {
            team,
            name: self.name,
            level: self.level,
            parent,
        };
        let done = session.record(vec![Command::Record(body)], self.reason.as_deref())?;
        session.answer(
            &done,
            "say who belongs to it",
            &format!("okr team add \"{name}\" MEMBER"),
        )
    }
}

impl Belong {
    fn run(self, context: &Context, joins: bool) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let resolver = session.resolver();
        let team = resolver.team(&self.team)?;
        let me = session.me();
        let commands = self
            .members
            .iter()
            .map(|member| {
                let member = resolver.member(member, me)?;
                Ok(Command::Record(if joins {
                    Body::TeamMemberAdded { team, member }
                } else {
                    Body::TeamMemberRemoved { team, member }
                }))
            })
            .collect::<Result<Vec<_>, Failure>>()?;
        let done = session.record(commands, self.reason.as_deref())?;
        session.answer(&done, "see the teams", "okr team list")
    }
}

impl Edit {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let resolver = session.resolver();
        let team = resolver.team(&self.team)?;
        let mut fields = Fields::default();
        fields.text(Field::Name, self.name);
        if let Some(parent) = self.parent {
            let parent = cleared(&parent, |parent| resolver.team(parent))?;
            fields.reference(Field::Parent, parent.map(Subject::Team));
        }
        fields.word(Field::Level, self.level.map(TeamLevel::word));
        let command = fields.command(Subject::Team(team))?;
        let done = session.record(vec![command], self.reason.as_deref())?;
        session.answer(&done, "see the teams", "okr team list")
    }
}
