//! `okr history`: how a key result came to be what it is.

use clap::Args;
use quarterdeck_core::history;
use quarterdeck_core::state::State;
use quarterdeck_core::when::When;
use quarterdeck_report::json;
use quarterdeck_report::names::Names;
use quarterdeck_report::text;

use crate::context::Context;
use crate::error::{Exit, Failure};

/// Show each change of a key result: what, who, where, when, why, and how it stood after it.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr history leads
  okr history leads --as-of \"week 6\"
  okr history kr-3mz9 --json               one JSON object a change")]
pub(crate) struct History {
    /// The key result.
    #[arg(value_name = "KR", add = crate::complete::key_results())]
    key_result: String,
    /// As it was known then.
    #[arg(long, value_name = "WHEN")]
    as_of: Option<When>,
}

impl History {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let key_result = session.resolver().key_result(&self.key_result)?;
        let confirmed = session.replica.confirmed().head;
        let until = match &self.as_of {
            Some(when) => session.known_at(when)?.head,
            None => u64::MAX,
        };
        session.replica.release();
        let entries = session
            .replica
            .entries(1)
            .map(|logged| logged.map(|logged| logged.entry))
            .collect::<Result<Vec<_>, _>>()?;
        let known = entries.into_iter().take_while(|entry| entry.seq <= until);
        let names = Names::new(session.state());
        let mut folded = State::default();
        let lines: Vec<_> = history::of(&mut folded, key_result, known)
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
