//! `okr member`: the people of the workspace.

use clap::{Args, Subcommand};
use quarterdeck_core::decide::Command;
use quarterdeck_core::event::Body;
use quarterdeck_core::id::{IdSource, MemberId};
use quarterdeck_core::token::{MemberState, Role};
use quarterdeck_core::value::{Field, Subject, Value};

use crate::context::Context;
use crate::edit::Fields;
use crate::error::{Exit, Failure};
use crate::view::Known;
use crate::vocabulary::words;

/// Add people, and say what they may do.
#[derive(Debug, Args)]
pub(crate) struct Member {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List members.
    #[command(after_help = "EXAMPLES:
  okr member list\n  okr member list --as-of 2026-08-21")]
    List(Known),
    /// Add a member. Their first device comes in by an invitation: okrd invite.
    Add(Add),
    /// Change what a member may do.
    Role(SetRole),
    /// Change a member's name or e-mail address.
    Edit(Edit),
    /// Remove a member; what they wrote stays.
    Remove(Remove),
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr member add ben --role editor --email ben@example.com")]
struct Add {
    /// Display name.
    name: String,
    /// What they may do.
    #[arg(long, default_value = "editor", value_parser = words::<Role>(Role::WORDS))]
    role: Role,
    /// E-mail address.
    #[arg(long)]
    email: Option<String>,
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr member role ben contributor -m \"moved to another department\"

owner: everything; editor: OKRs; contributor: check-ins and notes; viewer: reading.")]
struct SetRole {
    /// Who.
    #[arg(add = crate::complete::members())]
    member: String,
    /// What they may do.
    #[arg(value_parser = words::<Role>(Role::WORDS))]
    role: Role,
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr member edit me --email ana@example.com")]
struct Edit {
    /// Who.
    #[arg(add = crate::complete::members())]
    member: String,
    /// Display name.
    #[arg(long)]
    name: Option<String>,
    /// E-mail address, or `none`.
    #[arg(long)]
    email: Option<String>,
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr member remove ben -m \"left in May\"")]
struct Remove {
    /// Who.
    #[arg(add = crate::complete::members())]
    member: String,
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

impl Member {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self.verb {
            Verb::List(known) => {
                context.open()?.view(known)?.member_list()?;
                Ok(Exit::Done)
            }
            Verb::Add(add) => add.run(context),
            Verb::Role(set) => {
                let mut fields = Fields::default();
                fields.word(Field::Role, Some(set.role.word()));
                change(context, &set.member, fields, set.reason.as_deref())
            }
            Verb::Edit(edit) => {
                let mut fields = Fields::default();
                fields.text(Field::Name, edit.name);
                fields.clearable_text(Field::Email, edit.email);
                change(context, &edit.member, fields, edit.reason.as_deref())
            }
            Verb::Remove(remove) => {
                let mut fields = Fields::default();
                fields.set(
                    Field::State,
                    Value::Text(MemberState::Removed.word().to_owned()),
                );
                change(context, &remove.member, fields, remove.reason.as_deref())
            }
        }
    }
}

impl Add {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let member = MemberId::new(session.random()?.next());
        let name = self.name.clone();
        let body = Body::MemberAdded {
            member,
            name: self.name,
            email: self.email,
            role: self.role,
        };
        let done = session.record(vec![Command::Record(body)], self.reason.as_deref())?;
        let workspace = session.title(Subject::Workspace);
        session.answer(
            &done,
            "let their device in, on the server",
            &format!(
                "okrd invite --data DIR --workspace {workspace} --member {name} --role {}",
                self.role
            ),
        )
    }
}

fn change(
    context: &Context,
    member: &str,
    fields: Fields,
    reason: Option<&str>,
) -> Result<Exit, Failure> {
    let mut session = context.open()?;
    let member = session.resolver().member(member, session.me())?;
    let subject = Subject::Member(member);
    let recorded = session.record(vec![fields.command(subject)?], reason)?;
    session.answer(&recorded, "see the members", "okr member list")
}
