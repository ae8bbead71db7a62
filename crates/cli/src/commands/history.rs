//! `okr history`: how goals came to be what they are.

use clap::Args;
use quarterdeck_core::history::{self, Scope};
use quarterdeck_report::json;
use quarterdeck_report::number::count;
use quarterdeck_report::text;

use super::filter::FilterOptions;
use super::sheet::{self, SheetOptions};
use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::view::{Time, View};

/// How many changes of many goals people are shown where they don't say.
const SHOWN: usize = 30;

/// Show each change of a goal: what, who, where, when, why, and how it stood after it.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr history leads                        a key result
  okr history growth                       an objective and its key results
  okr history sales --since 2026-07-01     what a team had, and has
  okr history --csv -o audit.csv           everything, for auditors
  okr history leads --as-of \"week 6\"
  okr history kr-3mz9 --json               one JSON object a change

Figures are those of the day on which a change became known; with --on, those of that day. What each
column means is in docs/audit-trail.md.")]
pub(crate) struct History {
    /// A key result, objective, team or cycle [default: everything].
    #[arg(value_name = "REF", add = crate::complete::anything())]
    about: Option<String>,
    #[command(flatten)]
    filter: FilterOptions,
    /// Show so many, the latest ones [default: 30 of a team, a cycle or everything].
    #[arg(short = 'n', long, value_name = "COUNT", conflicts_with = "all")]
    limit: Option<usize>,
    /// Show all of them.
    #[arg(long)]
    all: bool,
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
        let mut lines = history::of(&mut view.past()?, scope, on, &|entry| filter.lets_in(entry))?;
        view.release();
        let output = &context.output;
        let small = matches!(scope, Scope::KeyResult(_) | Scope::Objective(_));
        let shown = match (self.limit, small || self.all || as_sheet || output.json) {
            (Some(limit), _) => limit,
            (None, true) => usize::MAX,
            (None, false) => SHOWN,
        };
        let left_out = lines.len().saturating_sub(shown);
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
        output.document(&text::history(&lines, present, &view.shown_for()))?;
        if left_out > 0 {
            let changes = count(left_out as u64, "earlier change");
            let about = self
                .about
                .map_or_else(String::new, |about| format!(" {about}"));
            output.hint(
                &format!("{changes} left out"),
                &format!("okr history{about} --all"),
            )?;
        }
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
