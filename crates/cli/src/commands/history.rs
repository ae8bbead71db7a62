//! `okr history`: how a key result came to be what it is.

use clap::Args;
use quarterdeck_core::history;
use quarterdeck_core::state::State;
use quarterdeck_report::json;
use quarterdeck_report::names::Names;
use quarterdeck_report::text;

use crate::context::Context;
use crate::error::{Exit, Failure};

/// Show each change of a key result: what, who, where, when, why, and how it stood after it.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr history leads
  okr history kr-3mz9 --json               one JSON object a change")]
pub(crate) struct History {
    /// The key result.
    #[arg(value_name = "KR", add = crate::complete::key_results())]
    key_result: String,
}

impl History {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let key_result = session.resolver().key_result(&self.key_result)?;
        session.replica.release();
        let confirmed = session.replica.confirmed().head;
        let entries = session
            .replica
            .entries(1)
            .map(|logged| logged.map(|logged| logged.entry))
            .collect::<Result<Vec<_>, _>>()?;
        let names = Names::new(session.state());
        let mut folded = State::default();
        let lines: Vec<_> = history::of(&mut folded, key_result, entries.into_iter())
            .map(|(entry, after)| {
                let pending = entry.seq > confirmed;
                json::history_line(&names, &entry, &after, pending)
            })
            .collect();
        let output = &context.output;
        if output.json {
            for line in &lines {
                output.value(line)?;
            }
            return Ok(Exit::Done);
        }
        output.document(&text::history(&lines, &session.shown_for()))?;
        Ok(Exit::Done)
    }
}
