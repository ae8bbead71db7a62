//! `okr lint`: advice about how objectives and key results are written, and which of it to leave out.

use clap::{Args, Subcommand};
use quarterdeck_core::decide::Command;
use quarterdeck_core::event::Body;
use quarterdeck_core::id::ObjectiveId;
use quarterdeck_core::refusal::Refusal;
use quarterdeck_core::state::State;
use quarterdeck_core::token::LintCode;
use quarterdeck_core::value::Subject;
use quarterdeck_report::json::{self, LintAbout, StatusQuery};
use quarterdeck_report::text;

use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::session::Session;
use crate::view::Time;
use crate::vocabulary::words;

/// Get advice about how objectives and key results are written.
///
/// It looks at the live objectives of all cycles that are neither closed nor over. It never stands
/// in the way: nothing is refused because of a finding.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    disable_help_subcommand = true,
    after_help = "EXAMPLES:
  okr lint
  okr lint growth
  okr lint --cycle 2026-Q3 --team sales
  okr lint --explain task-not-result
  okr lint silence growth too-few-key-results -m \"one number says it all\"

Exit code 1: there are findings."
)]
pub(crate) struct Lint {
    #[command(subcommand)]
    verb: Option<Verb>,
    #[command(flatten)]
    look: Look,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Tell no more of a finding for one objective.
    Silence(Silence),
    /// Tell of a silenced finding again.
    Heed(Heed),
}

#[derive(Debug, Args)]
struct Look {
    /// Look at this objective or key result alone.
    #[arg(value_name = "REF", add = crate::complete::goals(), conflicts_with_all = ["cycle", "team", "mine"])]
    goal: Option<String>,
    /// Of this cycle.
    #[arg(long, add = crate::complete::cycles())]
    cycle: Option<String>,
    /// What this team, or a team below it, owns.
    #[arg(long, add = crate::complete::teams())]
    team: Option<String>,
    /// What you own.
    #[arg(long)]
    mine: bool,
    /// Tell of what is silenced, too.
    #[arg(long)]
    silenced: bool,
    #[command(flatten)]
    time: Time,
    /// Say what a code means, why it matters, and what to do.
    #[arg(long, value_name = "CODE", value_parser = codes(), conflicts_with_all = ["goal", "cycle", "team", "mine", "silenced", "list"])]
    explain: Option<LintCode>,
    /// List all codes.
    #[arg(long, conflicts_with_all = ["goal", "cycle", "team", "mine", "silenced"])]
    list: bool,
    /// Print the page of the documentation that explains all codes.
    #[arg(long, hide = true, requires = "list")]
    markdown: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr lint silence growth number-in-title -m \"the number is our slogan\"
  okr lint silence o-7fk2 unaligned")]
struct Silence {
    #[command(flatten)]
    which: Which,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr lint heed growth number-in-title")]
struct Heed {
    #[command(flatten)]
    which: Which,
}

#[derive(Debug, Args)]
struct Which {
    /// The objective, or one of its key results.
    #[arg(value_name = "REF", add = crate::complete::goals())]
    goal: String,
    /// What was found; see `okr lint --list`.
    #[arg(value_name = "CODE", value_parser = codes())]
    code: LintCode,
    /// Why.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

fn codes() -> impl clap::builder::TypedValueParser<Value = LintCode> {
    words(LintCode::WORDS)
}

impl Lint {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self.verb {
            Some(Verb::Silence(Silence { which })) => which.run(context, true),
            Some(Verb::Heed(Heed { which })) => which.run(context, false),
            None => self.look.run(context),
        }
    }
}

impl Look {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        if self.list || self.explain.is_some() {
            return self.say(context);
        }
        let view = context.open()?.view(self.time)?;
        let resolver = view.resolver();
        let about = match &self.goal {
            None => LintAbout::All,
            Some(goal) => match resolver.goal(goal)? {
                Subject::Objective(id) => LintAbout::Objective(id),
                other => LintAbout::Only(objective_of(view.state(), other)?, other),
            },
        };
        let query = StatusQuery {
            cycle: (self.cycle.map(|cycle| resolver.cycle(&cycle))).transpose()?,
            team: self.team.map(|team| resolver.team(&team)).transpose()?,
            member: self.mine.then(|| view.me()),
            on: view.on(),
            as_of: view.as_of(),
        };
        let found = json::lint(&view.names(), &query, about);
        view.answer(&found, |shown_for| {
            text::lint(&found, self.silenced, shown_for)
        })?;
        Ok(if found.findings.is_empty() {
            Exit::Done
        } else {
            Exit::Findings
        })
    }

    /// What there is to say without any workspace.
    fn say(&self, context: &Context) -> Result<Exit, Failure> {
        let output = &context.output;
        let width = output.width();
        if let Some(code) = self.explain {
            let found = json::lint_explained(code);
            output.answer(&found, || text::lint_rule(&found.rule, width))?;
            return Ok(Exit::Done);
        }
        let rules = json::lint_rules();
        if self.markdown {
            output.text(&text::lint_markdown(&rules))?;
        } else {
            output.answer(&rules, || text::lint_rules(&rules, width))?;
        }
        Ok(Exit::Done)
    }
}

impl Which {
    fn run(self, context: &Context, silence: bool) -> Result<Exit, Failure> {
        let mut session: Session<'_> = context.open()?;
        let goal = session.resolver().goal(&self.goal)?;
        let objective = objective_of(session.state(), goal)?;
        let code = self.code.word().to_owned();
        let body = if silence {
            Body::LintSilenced { objective, code }
        } else {
            Body::LintHeeded { objective, code }
        };
        let done = session.record(vec![Command::Record(body)], self.reason.as_deref())?;
        let name = session.name(Subject::Objective(objective));
        session.answer(&done, "see what is left", &format!("okr lint {name}"))
    }
}

/// The objective that a goal is, or belongs to.
fn objective_of(state: &State, goal: Subject) -> Result<ObjectiveId, Failure> {
    match goal {
        Subject::Objective(id) => Ok(id),
        Subject::KeyResult(id) => (state.key_results.get(&id))
            .map(|found| found.objective)
            .ok_or_else(|| Refusal::not_found("key result", id).into()),
        other => Err(Refusal::invalid(format!(
            "Advice is about objectives and key results, and about no {}.",
            other.noun()
        ))
        .into()),
    }
}
