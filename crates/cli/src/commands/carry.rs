//! `okr carry`: objectives into another cycle, with their unfinished key results.

use clap::Args;
use quarterdeck_core::carry;
use quarterdeck_core::id::{CycleId, ObjectiveId};
use quarterdeck_core::refusal::{Code, Refusal};
use quarterdeck_core::value::Subject;
use quarterdeck_report::json;
use quarterdeck_report::names::Names;
use quarterdeck_report::text;

use crate::ask::{Answer, Asker};
use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::session::Session;

/// Carry objectives over into another cycle, with their unfinished key results.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr carry pipeline --to 2026-Q4              one objective
  okr carry pipeline growth --to 2026-Q4 --dry-run
  okr carry --all-standing --to 2026-Q4        those that stand all year

Baselines become the last values, targets stay. What is finished stays behind, and the originals \
stay as they are. Nothing is carried into one cycle twice.")]
pub(crate) struct Carry {
    /// The objectives [default: those of the cycle before, asked for one by one].
    #[arg(value_name = "REF", add = crate::complete::objectives())]
    objectives: Vec<String>,
    /// The cycle into which they go.
    #[arg(long, value_name = "CYCLE", add = crate::complete::cycles())]
    to: String,
    /// Those that stand all year (`okr objective new --standing`).
    #[arg(long, conflicts_with = "objectives")]
    all_standing: bool,
    /// Show what would be made, and make nothing.
    #[arg(long)]
    dry_run: bool,
}

impl Carry {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let to = session.resolver().cycle(&self.to)?;
        let objectives = self.chosen(&mut session, to)?;
        let today = session.today();
        let state = session.state().clone();
        let plan = {
            let (_, random) = session.parts()?;
            carry::plan(&state, &objectives, to, today, random)?
        };
        let written = if self.dry_run {
            session.replica.release();
            None
        } else {
            let done = session.record(plan.clone().commands(), None)?;
            Some(done.told(&Names::new(session.state())))
        };
        let answer = json::carry(&Names::new(session.state()), &plan, written);
        context.output.answer(&answer, || {
            let mut document = text::carry(&answer, &session.shown_for());
            if answer.dry_run {
                let command = format!("okr carry {} --to {}", self.said(), answer.to);
                document.hint("make it so", &command);
            } else {
                let command = format!("okr status --cycle {}", answer.to);
                document.hint("set the next targets", &command);
            }
            document
        })?;
        Ok(Exit::Done)
    }

    /// The objectives as they were named.
    fn said(&self) -> String {
        if self.all_standing {
            return "--all-standing".to_owned();
        }
        let quoted = self.objectives.iter().map(|one| {
            if one.contains(' ') {
                format!("\"{one}\"")
            } else {
                one.clone()
            }
        });
        quoted.collect::<Vec<_>>().join(" ")
    }

    fn chosen(&self, session: &mut Session<'_>, to: CycleId) -> Result<Vec<ObjectiveId>, Failure> {
        if self.all_standing {
            let standing = carry::standing(session.state(), to);
            if standing.is_empty() {
                let message = format!(
                    "No standing objective is left to be carried into {}.",
                    session.title(Subject::Cycle(to))
                );
                return Err(Refusal::new(Code::NothingToChange, message)
                    .hint("let one stand with `okr objective edit REF --standing on`")
                    .into());
            }
            return Ok(standing);
        }
        if !self.objectives.is_empty() {
            let resolver = session.resolver();
            let named = self.objectives.iter().map(|one| resolver.objective(one));
            return named.collect();
        }
        let candidates = candidates(session, to);
        let Some(asker) = Asker::at_terminal(&session.context.output) else {
            let names = Names::new(session.state());
            let listed = candidates.iter().filter_map(|id| {
                let title = names.title(Subject::Objective(*id))?;
                Some(format!("{}  {title}", names.objective(*id).text))
            });
            return Err(Failure::usage("Which objectives shall be carried over?")
                .details(listed.collect())
                .hint("name them, or say --all-standing"));
        };
        session.replica.release();
        ask(session, &asker, &candidates)
    }
}

/// Live objectives of earlier cycles of the same kind, of the latest one first, that were not
/// carried over yet.
fn candidates(session: &Session<'_>, to: CycleId) -> Vec<ObjectiveId> {
    let state = session.state();
    let Some(into) = state.cycles.get(&to) else {
        return Vec::new();
    };
    let before = |id: CycleId| {
        (state.cycles.get(&id))
            .filter(|cycle| cycle.kind == into.kind && cycle.starts < into.starts)
    };
    let latest = (state.objectives.values())
        .filter_map(|one| before(one.cycle))
        .map(|cycle| cycle.starts)
        .max();
    (state.objectives.iter())
        .filter(|(id, one)| {
            one.is_live()
                && before(one.cycle).is_some_and(|cycle| Some(cycle.starts) == latest)
                && carry::successor(state, **id, None).is_none()
        })
        .map(|(id, _)| *id)
        .collect()
}

fn ask(
    session: &Session<'_>,
    asker: &Asker,
    candidates: &[ObjectiveId],
) -> Result<Vec<ObjectiveId>, Failure> {
    let mut chosen = Vec::new();
    for id in candidates {
        let title = session.title(Subject::Objective(*id));
        match asker.confirm(&format!("Carry '{title}' over?"), true)? {
            Answer::Given(true) => chosen.push(*id),
            Answer::Given(false) => {}
            Answer::Stopped => {
                return Err(Failure::new(Exit::Refused, "Nothing was carried over."));
            }
        }
    }
    if chosen.is_empty() {
        return Err(Failure::new(Exit::Refused, "Nothing was carried over."));
    }
    Ok(chosen)
}
