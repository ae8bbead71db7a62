//! `okr objective`: what is to be achieved, in words.

use clap::{Args, Subcommand};
use quarterdeck_core::agreement;
use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{Body, ObjectiveDrafted};
use quarterdeck_core::id::{CycleId, IdSource, ObjectiveId};
use quarterdeck_core::state::State;
use quarterdeck_core::token::{ObjectiveKind, ObjectiveState, Switch};
use quarterdeck_core::value::{Field, Subject, Value};

use super::agreement::{Ask, Sign, Unsign};
use crate::context::Context;
use crate::edit::{Fields, cleared};
use crate::error::{Exit, Failure};
use crate::session::Session;
use crate::view::{Scope, Time};

/// Set, change and read objectives.
#[derive(Debug, Args)]
pub(crate) struct Objective {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Draft an objective.
    New(New),
    /// Change an objective.
    Edit(Edit),
    /// Show an objective with its key results.
    Show(Show),
    /// List objectives.
    List(List),
    /// Ask members to agree to an objective.
    Ask(Ask),
    /// Agree to an objective as it is worded now.
    Sign(Sign),
    /// Agree to an objective no longer.
    Unsign(Unsign),
    /// Say what an objective supports.
    Align(Align),
    /// Leave an objective for later; it stays visible.
    Defer(Leave),
    /// Give an objective up; it stays visible.
    Drop(Leave),
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr objective new \"Be the first choice in our market\" --team sales --key growth
  okr objective new \"Partners sell for us\" --cycle 2026-Q3 --kind aspirational --supports growth")]
struct New {
    /// What is to be achieved, in words.
    title: String,
    /// Its cycle [default: the one that is active today].
    #[arg(long, value_name = "CYCLE", add = crate::complete::cycles())]
    cycle: Option<String>,
    /// Who answers for it [default: you, unless --team is given].
    #[arg(long, value_name = "MEMBER", add = crate::complete::members())]
    owner: Option<String>,
    /// Whose it is.
    #[arg(long, value_name = "TEAM", add = crate::complete::teams())]
    team: Option<String>,
    /// Committed ones are expected in full, aspirational ones at 0.6 to 0.7.
    #[arg(long, value_name = "KIND", default_value = "committed", value_parser = kinds())]
    kind: ObjectiveKind,
    /// The objective or key result that it supports.
    #[arg(long, value_name = "REF", add = crate::complete::goals())]
    supports: Option<String>,
    /// A name of one's own, to type in place of the reference.
    #[arg(long, value_name = "NAME")]
    key: Option<String>,
    /// Carry it from cycle to cycle: see `okr carry`.
    #[arg(long)]
    standing: bool,
    /// More about it.
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr objective edit growth --title \"Be the first choice in Portugal\" -m \"Spain is dropped\"
  okr objective edit o-7fk2 --owner ben --state active
  okr objective edit o-7fk2 --team none")]
struct Edit {
    /// The objective.
    #[arg(value_name = "REF", add = crate::complete::objectives())]
    objective: String,
    /// What is to be achieved, in words.
    #[arg(long)]
    title: Option<String>,
    /// More about it, or `none`.
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Whether it is carried from cycle to cycle: on or off.
    #[arg(long, value_name = "ON/OFF")]
    standing: Option<Switch>,
    /// Who answers for it, or `none`.
    #[arg(long, value_name = "MEMBER", add = crate::complete::members())]
    owner: Option<String>,
    /// Whose it is, or `none`.
    #[arg(long, value_name = "TEAM", add = crate::complete::teams())]
    team: Option<String>,
    /// Its cycle.
    #[arg(long, add = crate::complete::cycles())]
    cycle: Option<String>,
    /// Committed or aspirational.
    #[arg(long, value_parser = kinds())]
    kind: Option<ObjectiveKind>,
    /// The objective or key result that it supports, or `none`.
    #[arg(long, value_name = "REF", add = crate::complete::goals())]
    supports: Option<String>,
    /// A name of one's own, or `none`.
    #[arg(long, value_name = "NAME")]
    key: Option<String>,
    /// Where it stands in its life.
    #[arg(long, value_parser = states())]
    state: Option<ObjectiveState>,
    /// Why. The history keeps it.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr objective show growth
  okr objective show growth --as-of \"3 weeks ago\"
  okr objective show growth --on 2026-08-21")]
struct Show {
    /// The objective.
    #[arg(value_name = "REF", add = crate::complete::objectives())]
    objective: String,
    #[command(flatten)]
    time: Time,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr objective list
  okr objective list --cycle 2026-Q3 --team sales
  okr objective list --drafts
  okr objective list --awaiting-me")]
struct List {
    /// Of this cycle [default: the one that is active today].
    #[arg(long, add = crate::complete::cycles())]
    cycle: Option<String>,
    /// Of this team only.
    #[arg(long, add = crate::complete::teams())]
    team: Option<String>,
    /// Of this member only.
    #[arg(long, value_name = "MEMBER", add = crate::complete::members())]
    owner: Option<String>,
    /// Those that are not agreed yet.
    #[arg(long)]
    drafts: bool,
    /// Those that ask you to agree to what they say now.
    #[arg(long)]
    awaiting_me: bool,
    #[command(flatten)]
    time: Time,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr objective align partners growth
  okr objective align partners none")]
struct Align {
    /// The objective.
    #[arg(value_name = "REF", add = crate::complete::objectives())]
    objective: String,
    /// The objective or key result that it supports, or `none`.
    #[arg(value_name = "SUPPORTS", add = crate::complete::goals())]
    supports: String,
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr objective defer partners -m \"the contract is not signed yet\"
  okr objective drop partners -m \"we go direct\"

To take it up again: okr objective edit REF --state active -m WHY")]
struct Leave {
    /// The objective.
    #[arg(value_name = "REF", add = crate::complete::objectives())]
    objective: String,
    /// Why. Everybody will read it.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: String,
}

fn kinds() -> impl clap::builder::TypedValueParser<Value = ObjectiveKind> {
    crate::vocabulary::words(ObjectiveKind::WORDS)
}

fn states() -> impl clap::builder::TypedValueParser<Value = ObjectiveState> {
    // `withdrawn` is what undo says, not people.
    crate::vocabulary::words(&["draft", "agreed", "active", "deferred", "dropped"])
}

impl Objective {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self.verb {
            Verb::New(new) => new.run(context),
            Verb::Edit(edit) => edit.run(context),
            Verb::Show(show) => show.run(context),
            Verb::List(list) => list.run(context),
            Verb::Ask(ask) => ask.run(context),
            Verb::Sign(sign) => sign.run(context),
            Verb::Unsign(unsign) => unsign.run(context),
            Verb::Align(align) => align.run(context),
            Verb::Defer(leave) => leave.run(context, ObjectiveState::Deferred),
            Verb::Drop(leave) => leave.run(context, ObjectiveState::Dropped),
        }
    }
}

impl New {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let resolver = session.resolver();
        let cycle = session.cycle_or_current(self.cycle.as_deref())?;
        let team = self.team.map(|team| resolver.team(&team)).transpose()?;
        let owner = match self.owner {
            Some(owner) => cleared(&owner, |owner| resolver.member(owner, session.me()))?,
            None => team.is_none().then(|| session.me()),
        };
        let supports = self
            .supports
            .map(|above| resolver.goal(&above))
            .transpose()?;
        let objective = ObjectiveId::new(session.random()?.next());
        let body = Body::ObjectiveDrafted(ObjectiveDrafted {
            objective,
            title: self.title,
            description: self.description,
            cycle,
            owner,
            team,
            kind: self.kind,
            supports,
            key: self.key,
            carried_from: None,
            standing: self.standing,
        });
        let done = session.record(vec![Command::Record(body)], self.reason.as_deref())?;
        let name = session.name(Subject::Objective(objective));
        session.answer(
            &done,
            "measure it",
            &format!("okr kr new TITLE --objective {name} --increase FROM..TO"),
        )
    }
}

impl Edit {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let resolver = session.resolver();
        let objective = resolver.objective(&self.objective)?;
        let me = session.me();
        let mut fields = Fields::default();
        fields.text(Field::Title, self.title);
        fields.word(Field::Standing, self.standing.map(Switch::word));
        fields.clearable_text(Field::Description, self.description);
        if let Some(owner) = self.owner {
            let owner = cleared(&owner, |owner| resolver.member(owner, me))?;
            fields.reference(Field::Owner, owner.map(Subject::Member));
        }
        if let Some(team) = self.team {
            let team = cleared(&team, |team| resolver.team(team))?;
            fields.reference(Field::Team, team.map(Subject::Team));
        }
        if let Some(cycle) = self.cycle {
            fields.reference(Field::Cycle, Some(Subject::Cycle(resolver.cycle(&cycle)?)));
        }
        fields.word(Field::Kind, self.kind.map(ObjectiveKind::word));
        if let Some(above) = self.supports {
            fields.reference(
                Field::Supports,
                cleared(&above, |above| resolver.goal(above))?,
            );
        }
        fields.clearable_text(Field::Key, self.key);
        fields.word(Field::State, self.state.map(ObjectiveState::word));
        change(&mut session, objective, fields, self.reason.as_deref())
    }
}

/// Sets fields of an objective and says so.
fn change(
    session: &mut Session<'_>,
    objective: ObjectiveId,
    fields: Fields,
    reason: Option<&str>,
) -> Result<Exit, Failure> {
    let command = fields.command(Subject::Objective(objective))?;
    let recorded = session.record(vec![command], reason)?;
    let name = session.name(Subject::Objective(objective));
    session.answer(&recorded, "see it", &format!("okr objective show {name}"))
}

impl Show {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let session = context.open()?;
        let view = session.view(self.time)?;
        let objective = view.resolver().objective(&self.objective)?;
        let mut view = view.or_closed(Subject::Objective(objective))?;
        view.objective(objective)?;
        Ok(Exit::Done)
    }
}

impl List {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let session = context.open()?;
        let me = session.me();
        let view = session.view(self.time)?;
        let resolver = view.resolver();
        let scope = Scope {
            cycle: self.cycle.map(|cycle| resolver.cycle(&cycle)).transpose()?,
            team: self.team.map(|team| resolver.team(&team)).transpose()?,
            member: self
                .owner
                .map(|owner| resolver.member(&owner, me))
                .transpose()?,
        };
        if self.drafts || self.awaiting_me {
            let state = view.state();
            let scopes = match scope.cycle {
                Some(_) => vec![scope],
                // A draft is mostly of a cycle that is still to come.
                None => open_cycles(state)
                    .map(|cycle| Scope {
                        cycle: Some(cycle),
                        ..scope
                    })
                    .collect(),
            };
            let is_draft = |id| {
                (state.objectives.get(&id)).is_some_and(|one| one.state == ObjectiveState::Draft)
            };
            view.objectives_where(&scopes, |id| {
                (!self.drafts || is_draft(id))
                    && (!self.awaiting_me || agreement::asks(state, id, me))
            })?;
            return Ok(Exit::Done);
        }
        let (view, scope) = view.of_scope(scope)?;
        view.objective_list(scope)?;
        Ok(Exit::Done)
    }
}

/// The cycles that are not closed, by their first days.
fn open_cycles(state: &State) -> impl Iterator<Item = CycleId> {
    let mut found: Vec<_> = (state.cycles.iter())
        .filter(|(_, cycle)| !cycle.is_closed())
        .collect();
    found.sort_by_key(|(id, cycle)| (cycle.starts, **id));
    found.into_iter().map(|(id, _)| *id)
}

impl Align {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let resolver = session.resolver();
        let objective = resolver.objective(&self.objective)?;
        let above = cleared(&self.supports, |above| resolver.goal(above))?;
        let mut fields = Fields::default();
        fields.reference(Field::Supports, above);
        change(&mut session, objective, fields, self.reason.as_deref())
    }
}

impl Leave {
    fn run(self, context: &Context, to: ObjectiveState) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let objective = session.resolver().objective(&self.objective)?;
        let mut fields = Fields::default();
        fields.set(Field::State, Value::Text(to.word().to_owned()));
        change(&mut session, objective, fields, Some(&self.reason))
    }
}
