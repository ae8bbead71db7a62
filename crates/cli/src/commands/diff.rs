//! `okr diff`: what changed between two moments.

use clap::Args;
use quarterdeck_core::asked;
use quarterdeck_core::diff::{self as rule, Scope};
use quarterdeck_core::value::Subject;
use quarterdeck_core::when::{Moment, When};
use quarterdeck_core::whose::Whose;
use quarterdeck_report::json::{self, DiffQuery};
use quarterdeck_report::text;

use super::sheet::{self, SheetOptions};
use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::view::{Time, View};

/// Show what changed between two moments, by whom and why, and what it did to the scores.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr diff \"week 2\"                          from the end of that week until now
  okr diff \"week 2\" \"week 6\"
  okr diff 2026-08-01 2026-08-31 sales       what a team has
  okr diff \"3 weeks ago\" leads               one key result, until now
  okr diff \"#1180\" \"#1204\" --json
  okr diff 2026-Q2 --csv -o since-june.csv
  okr diff \"week 2\" --on 2026-09-30          both sides measured on that day

Each side is as it was known at its moment, measured on the day of that moment.")]
pub(crate) struct Diff {
    /// The earlier moment: what was known then.
    #[arg(value_name = "FROM")]
    from: When,
    /// The later moment [default: now].
    #[arg(value_name = "TO")]
    to: Option<String>,
    /// A key result, an objective or a team [default: everything].
    #[arg(value_name = "REF", add = crate::complete::anything())]
    about: Option<String>,
    /// The later moment, as other commands take it.
    #[arg(long, value_name = "WHEN")]
    as_of: Option<When>,
    /// Measure both sides on this day [default: each on its own].
    #[arg(long, value_name = "DATE")]
    on: Option<String>,
    #[command(flatten)]
    sheet: SheetOptions,
}

impl Diff {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        self.sheet.is_wanted(context)?;
        let (to, about) = self.later()?;
        let day_named = self.on.is_some();
        let mut view = context.open()?.view_to_ask(Time {
            as_of: to,
            on: self.on,
        })?;
        let from = view.moment(&self.from, false)?;
        view.is_in_the_past(from)?;
        in_order(context, &view, from)?;
        let then_on = if day_named {
            view.on()
        } else {
            view.ask(|past| asked::day_of(past, from))?
        };
        let (scope, subject) = scope(&view, about.as_deref())?;
        let days = (then_on, view.on());
        let found = view.ask(|past| rule::of(past, from, days, &scope))?;
        let query = DiffQuery {
            from: from.into(),
            to: view.as_of(),
            days,
            about: subject,
        };
        let told = json::diff(&view.names(), &found, &query, &|seq| view.is_pending(seq));
        (self.sheet).answer(&view, &told, sheet::diff, text::diff)
    }

    /// The later moment, and what it is about: what stands second may be either.
    fn later(&self) -> Result<(Option<When>, Option<String>), Failure> {
        let (to, about) = match (&self.to, &self.about) {
            (None, about) => (None, about.clone()),
            (Some(to), about) => match (to.parse::<When>(), about) {
                (Ok(to), about) => (Some(to), about.clone()),
                (Err(_), None) => (None, Some(to.clone())),
                (Err(error), Some(_)) => return Err(Failure::usage(format!("{error}."))),
            },
        };
        if to.is_some() && self.as_of.is_some() {
            return Err(Failure::usage("TO and --as-of both say where it ends.")
                .hint("leave out one of them"));
        }
        Ok((to.or_else(|| self.as_of.clone()), about))
    }
}

/// A diff begins before it ends.
fn in_order(context: &Context, view: &View<'_>, from: Moment) -> Result<(), Failure> {
    let until = view.as_of().map(|as_of| match as_of {
        json::AsOf::Moment(moment) => Moment::At(moment),
        json::AsOf::Position(position) => Moment::Position(position),
    });
    let backwards = asked::is_backwards(view.state(), from, until, context.now);
    if backwards {
        return Err(Failure::usage("It would begin after it ends.")
            .hint("give the earlier moment first: `okr diff FROM TO`"));
    }
    Ok(())
}

fn scope(view: &View<'_>, about: Option<&str>) -> Result<(Scope, Option<Subject>), Failure> {
    let Some(about) = about else {
        return Ok((Scope::Whose(Whose::All), None));
    };
    let subject = view.resolver().subject(about)?;
    if subject == Subject::Workspace {
        return Ok((Scope::Whose(Whose::All), None));
    }
    let scope = Scope::of(view.state(), subject).ok_or_else(|| {
        Failure::usage(format!(
            "A diff is of key results, objectives or teams, and not of a {}.",
            subject.noun()
        ))
        .hint(format!(
            "see what happened to it with `okr log {about} --since WHEN`"
        ))
    })?;
    Ok((scope, Some(subject)))
}
