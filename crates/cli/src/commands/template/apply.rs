//! `okr template apply`: a template becomes objectives.

use clap::Args;
use quarterdeck_core::decide::Command;
use quarterdeck_core::event::Body;
use quarterdeck_core::value::Subject;
use quarterdeck_exchange::outline::{KeyResult, Objective, Outline, Unread};
use quarterdeck_exchange::plan;
use quarterdeck_exchange::templates::Template;
use quarterdeck_report::json::TemplateDrafted;
use quarterdeck_report::names::Names;
use quarterdeck_report::text;

use super::{bare, find, read, shown};
use crate::context::Context;
use crate::error::{Exit, Failure};

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr template apply sales-director
  okr template apply sdr --team sales --owner ben --cycle 2026-Q4
  okr template apply marketing --supports growth --dry-run

The numbers are examples: set your own with `okr kr edit REF --baseline A --target B`.")]
pub(super) struct Apply {
    /// The template, or a piece of its name.
    #[arg(value_name = "NAME", add = crate::complete::templates())]
    template: String,
    /// Their cycle [default: the one that is active today].
    #[arg(long, value_name = "CYCLE", add = crate::complete::cycles())]
    cycle: Option<String>,
    /// Who answers for them [default: you, unless --team is given].
    #[arg(long, value_name = "MEMBER", add = crate::complete::members())]
    owner: Option<String>,
    /// Whose they are.
    #[arg(long, value_name = "TEAM", add = crate::complete::teams())]
    team: Option<String>,
    /// The objective or key result that they support.
    #[arg(long, value_name = "REF", add = crate::complete::goals())]
    supports: Option<String>,
    /// Show what would be drafted, and draft nothing.
    #[arg(long)]
    dry_run: bool,
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

impl Apply {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let state = session.state().clone();
        let template = find(&state, &self.template)?;
        let resolver = session.resolver();
        let cycle = session.cycle_or_current(self.cycle.as_deref())?;
        let team = (self.team.as_deref())
            .map(|team| resolver.team(team))
            .transpose()?;
        let owner = match &self.owner {
            Some(owner) => Some(resolver.member(owner, session.me())?),
            None => team.is_none().then(|| session.me()),
        };
        let supports = (self.supports.as_deref())
            .map(|above| resolver.goal(above))
            .transpose()?;
        let options = plan::Options {
            author: session.trial_author(),
            on: session.today(),
            cycle: Some(cycle),
            cycle_name: None,
            owner,
            team,
            all_new: true,
            base: None,
            from_here: None,
            drop_missing: false,
        };
        let outline = anew(read(template.document));
        let planned = plan::plan(&outline, &state, &options, session.random()?);
        if let Some(left) = planned.left.first() {
            return Err(refused(&template, left));
        }
        let mut commands = planned.commands();
        if commands.is_empty() {
            return Err(
                Failure::usage(format!("Template '{}' has no objectives.", self.template))
                    .hint("see it with `okr template show NAME`, and save it anew"),
            );
        }
        if self.dry_run {
            let title = |subject| Some(session.title(subject));
            let drafted = TemplateDrafted {
                cycle: title(Subject::Cycle(cycle)),
                owner: owner.and_then(|owner| title(Subject::Member(owner))),
                team: team.and_then(|team| title(Subject::Team(team))),
            };
            let shown = shown(&Names::new(&state), &template, Some(drafted));
            let shown_for = session.shown_for();
            (context.output).answer(&shown, || text::template(&shown, &shown_for))?;
            return Ok(Exit::Done);
        }
        for command in &mut commands {
            if let Command::Record(Body::ObjectiveDrafted(drafted)) = command {
                drafted.supports = drafted.supports.or(supports);
            }
        }
        let done = session.record(commands, self.reason.as_deref())?;
        session.answer(
            &done,
            "set the numbers to your own",
            "okr kr edit REF --baseline A --target B",
        )
    }
}

/// What a template aims for. In which cycle its document was written, and where things stood then,
/// says nothing of what is drafted from it; and keys of one's own can be given only once.
fn anew(outline: Outline) -> Outline {
    let key_result = |found: KeyResult| KeyResult {
        owner: found.owner.clone(),
        team: found.team.clone(),
        line: found.line,
        ..bare(found)
    };
    let objectives = (outline.objectives.into_iter()).map(|found| Objective {
        cycle: None,
        key: None,
        state: None,
        key_results: found.key_results.into_iter().map(key_result).collect(),
        ..found
    });
    Outline {
        objectives: objectives.collect(),
        ..Outline::default()
    }
}

/// Why nothing was drafted: a line of the template cannot be done here.
fn refused(template: &Template<'_>, left: &Unread) -> Failure {
    Failure::new(
        Exit::Refused,
        format!(
            "Line {} of template '{}' cannot be drafted: {}",
            left.line, template.name, left.why
        ),
    )
    .details(vec![left.text.clone()])
    .hint(if template.id.is_some() {
        "put it right and save it anew: `okr template save NAME FILE`"
    } else {
        "say for whom and in which cycle: `okr template apply --help`"
    })
}
