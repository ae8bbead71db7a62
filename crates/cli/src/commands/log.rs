//! `okr log`: what happened, by whom, when and why.

use std::collections::BTreeSet;

use clap::Args;
use quarterdeck_core::event::{Body, Entry};
use quarterdeck_core::id::{Uuid, WorkspaceId};
use quarterdeck_core::past::Past;
use quarterdeck_core::reference::Kind;
use quarterdeck_core::value::Subject;
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

/// Whether an event is about a thing.
fn concerns(entry: &Entry, subject: Subject, workspace: Option<WorkspaceId>) -> bool {
    let touches = |id: Uuid| entry.event.subjects().contains(&id);
    match subject {
        Subject::Workspace => workspace.is_some_and(|id| touches(id.uuid())),
        Subject::CheckIn(_, id) => match &entry.event.body {
            Body::CheckedIn(_) => entry.event.id == id,
            Body::CheckInRetracted { check_in, .. } | Body::CheckInReinstated { check_in, .. } => {
                *check_in == id
            }
            Body::Edited { subject: about, .. } => *about == subject,
            _ => false,
        },
        other => Kind::of(other).is_some_and(|(_, id)| touches(id)),
    }
}

impl Log {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let as_sheet = self.sheet.is_wanted(context)?;
        let mut view = context.open()?.view(self.known)?;
        let about = (self.about.as_ref())
            .map(|about| view.resolver().subject(about))
            .transpose()?;
        let filter = self.filter.filter(&view)?;
        let kind = self.kind.map(|kind| kind.to_lowercase());
        let workspace = view.state().workspace.as_ref().map(|found| found.id);
        let asked = |entry: &Entry| {
            about.is_none_or(|subject| concerns(entry, subject, workspace))
                && filter.lets_in(entry)
                && (kind.as_ref())
                    .is_none_or(|kind| entry.event.body.kind().to_lowercase().contains(kind))
        };
        let output = &context.output;
        let found = view.ask(|past| {
            let mut found = Vec::new();
            match about.and_then(|about| indexed(about, workspace)) {
                Some(id) => {
                    found = past.about(&BTreeSet::from([id]))?;
                    found.retain(asked);
                }
                None => past.each(1, &mut |entry| {
                    if asked(entry) {
                        found.push(entry.clone());
                    }
                    true
                })?,
            }
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

/// The id under which the events about a thing are found.
fn indexed(subject: Subject, workspace: Option<WorkspaceId>) -> Option<Uuid> {
    match subject {
        Subject::Workspace => workspace.map(|id| id.uuid()),
        Subject::CheckIn(key_result, _) => Some(key_result.uuid()),
        Subject::Reading(kpi, _) => Some(kpi.uuid()),
        other => Kind::of(other).map(|(_, id)| id),
    }
}
