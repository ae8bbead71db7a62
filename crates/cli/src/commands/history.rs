//! `okr history`: how goals came to be what they are.

use clap::Args;
use quarterdeck_core::event::Entry;
use quarterdeck_core::history::{self, Scope};
use quarterdeck_report::json;
use quarterdeck_report::text;

use super::amount::{self, Amount};
use super::filter::FilterOptions;
use super::sheet::{self, SheetOptions};
use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::view::{Time, View};

/// Show each change of a goal: what, who, where, when, why, and how it stood after it.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr history leads                        a key result
  okr history growth                       an objective and its key results
  okr history sales --since 2026-07-01     what a team had, and has
  okr history --csv -o audit.csv           everything, for auditors
  okr history leads --as-of \"week 6\"
  okr history kr-3mz9 --json               one JSON object a change

Figures are those of the day on which a change became known; with --on, those of that day. What each \
column means is in docs/audit-trail.md.")]
pub(crate) struct History {
    /// A key result, objective, team or cycle [default: everything].
    #[arg(value_name = "REF", add = crate::complete::anything())]
    about: Option<String>,
    #[command(flatten)]
    filter: FilterOptions,
    #[command(flatten)]
    amount: Amount,
    #[command(flatten)]
    sheet: SheetOptions,
    #[command(flatten)]
    time: Time,
}

impl History {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let as_sheet = self.sheet.is_wanted(context)?;
        let day_named = self.time.on.is_some();
        let mut view = context.open()?.view(self.time)?;
        let scope = scope(&view, self.about.as_deref())?;
        let filter = self.filter.filter(&view)?;
        let on = day_named.then(|| view.on());
        let alone_until = view.state().alone_until();
        let keep = |entry: &Entry| filter.lets_in(entry, alone_until);
        let mut lines = view.ask(|past| history::of(past, scope, on, &keep))?;
        let output = &context.output;
        let small = matches!(scope, Scope::KeyResult(_) | Scope::Objective(_));
        let left_out = (self.amount).left_out(lines.len(), small || as_sheet || output.json);
        lines.drain(..left_out);
        let names = view.names();
        let lines: Vec<_> = (lines.iter())
            .map(|line| json::history_line(&names, line))
            .collect();
        if as_sheet {
            return self.sheet.put(context, &sheet::history(&lines));
        }
        if output.json {
            for line in &lines {
                output.value(line)?;
            }
            return Ok(Exit::Done);
        }
        let present = view.as_of().is_none() && !day_named && self.filter.is_open();
        let charted = match scope {
            Scope::KeyResult(id) if self.filter.is_open() => view.plot(id)?,
            _ => None,
        };
        let shown_for = view.shown_for();
        output.document(&text::history_with(
            &lines,
            present,
            charted.as_ref(),
            &shown_for,
        ))?;
        amount::hint(
            output,
            (left_out, "change"),
            ("history", self.about.as_deref()),
        )?;
        Ok(Exit::Done)
    }
}

/// Whose history is asked for.
fn scope(view: &View<'_>, about: Option<&str>) -> Result<Scope, Failure> {
    let Some(about) = about else {
        return Ok(Scope::All);
    };
    let subject = view.resolver().subject(about)?;
    Scope::of(subject).ok_or_else(|| {
        Failure::usage(format!(
            "A {} has no figures to follow; histories are of key results, objectives, teams and cycles.",
            subject.noun()
        ))
        .hint(format!(
            "see what happened to it with `okr log {about}`, and who set what with `okr blame {about}`"
        ))
    })
}
