//! `okr log`: what happened, by whom, when and why.

use clap::Args;
use quarterdeck_core::asked::Events;
use quarterdeck_report::json;
use quarterdeck_report::text;

use super::amount::{self, Amount};
use super::filter::FilterOptions;
use super::sheet::{self, SheetOptions};
use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::view::Known;

/// Show what happened, oldest first.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr log                                  the last 30 events
  okr log growth --all                     everything about one objective
  okr log --since \"2 weeks ago\" --by ana
  okr log --as-of \"week 6\"                 what was known then
  okr log --kind edited --json             one JSON object a line
  okr log --csv -o log.csv")]
pub(crate) struct Log {
    /// About this thing only; `workspace` for the workspace itself.
    #[arg(value_name = "REF", add = crate::complete::anything())]
    about: Option<String>,
    #[command(flatten)]
    filter: FilterOptions,
    /// Of kinds whose names contain this: `checkedin`, `edited`, `objective`.
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    #[command(flatten)]
    amount: Amount,
    #[command(flatten)]
    sheet: SheetOptions,
    #[command(flatten)]
    known: Known,
}

impl Log {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let as_sheet = self.sheet.is_wanted(context)?;
        let mut view = context.open()?.view_to_ask(self.known)?;
        let about = (self.about.as_ref())
            .map(|about| view.resolver().subject(about))
            .transpose()?;
        let asked = Events {
            about,
            kind: self.kind.unwrap_or_default().to_lowercase(),
            ..self.filter.filter(&view)?
        };
        let output = &context.output;
        let found = view.ask(|past| {
            let mut found = Vec::new();
            asked.each(past, &mut |entry| {
                found.push(entry.clone());
                true
            })?;
            Ok(found)
        })?;
        let left_out = (self.amount).left_out(found.len(), as_sheet || output.json);
        let names = view.names();
        let lines = (found.iter().skip(left_out))
            .map(|entry| json::log_line(&names, entry, view.is_pending(entry.seq)));
        if output.json {
            for line in lines {
                output.value(&line)?;
            }
            return Ok(Exit::Done);
        }
        let lines: Vec<_> = lines.collect();
        if as_sheet {
            return self.sheet.put(context, &sheet::log(&lines));
        }
        output.document(&text::log(&lines, &view.shown_for()))?;
        amount::hint(output, (left_out, "event"), ("log", self.about.as_deref()))?;
        Ok(Exit::Done)
    }
}
