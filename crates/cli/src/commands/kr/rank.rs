//! `okr kr rank`

use clap::Args;
use quarterdeck_core::rank;
use quarterdeck_core::value::Subject;

use crate::context::Context;
use crate::error::{Exit, Failure};

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr kr rank leads 1            what matters most
  okr kr rank partners 2 -m \"the pipeline is full\"

The other key results of the objective move along and keep their order; no rank is left out.")]
pub(super) struct Rank {
    /// The key result.
    #[arg(value_name = "REF", add = crate::complete::key_results())]
    key_result: String,
    /// Its place among the live key results of its objective, 1 for what matters most.
    rank: u32,
    /// Why. The history keeps it.
    #[arg(short = 'm', long = "message", value_name = "WHY")]
    reason: Option<String>,
}

impl Rank {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let key_result = session.resolver().key_result(&self.key_result)?;
        let commands = rank::rank(session.state(), key_result, self.rank)?;
        let objective = (session.state().key_results.get(&key_result)).map(|one| one.objective);
        let recorded = session.record(commands, self.reason.as_deref())?;
        let above = objective.map_or_else(String::new, |id| session.name(Subject::Objective(id)));
        let command = format!("okr kr list --objective {above}");
        session.answer(&recorded, "see them in order", &command)
    }
}
