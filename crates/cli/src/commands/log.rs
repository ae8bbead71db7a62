//! `okr log`: what happened, by whom, when and why.

use clap::Args;
use quarterdeck_core::event::{Body, Entry};
use quarterdeck_core::id::{DeviceId, MemberId, Uuid, WorkspaceId};
use quarterdeck_core::reference::Kind;
use quarterdeck_core::value::Subject;
use quarterdeck_core::when::{Moment, When};
use quarterdeck_report::json;
use quarterdeck_report::names::Names;
use quarterdeck_report::text;

use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::session::Session;

/// How many events people are shown where they don't say.
const SHOWN: usize = 30;

/// Show what happened, oldest first.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr log                                  the last 30 events
  okr log growth --all                     everything about one objective
  okr log --since \"2 weeks ago\" --by ana
  okr log --kind edited --json             one JSON object a line")]
pub(crate) struct Log {
    /// About this thing only; `workspace` for the workspace itself.
    #[arg(value_name = "REF", add = crate::complete::anything())]
    about: Option<String>,
    /// Recorded from this moment on.
    #[arg(long, value_name = "WHEN")]
    since: Option<When>,
    /// Recorded up to this moment.
    #[arg(long, value_name = "WHEN")]
    until: Option<When>,
    /// On behalf of this member.
    #[arg(long, value_name = "MEMBER", add = crate::complete::members())]
    by: Option<String>,
    /// Authored on this device.
    #[arg(long)]
    device: Option<String>,
    /// Of kinds whose names contain this: `checkedin`, `edited`, `objective`.
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// Show so many, the latest ones [default: 30; all with --json].
    #[arg(short = 'n', long, value_name = "COUNT", conflicts_with = "all")]
    limit: Option<usize>,
    /// Show all of them.
    #[arg(long)]
    all: bool,
}

/// Which events are asked for.
struct Filter {
    about: Option<Subject>,
    workspace: WorkspaceId,
    since: Option<Moment>,
    until: Option<Moment>,
    by: Option<MemberId>,
    device: Option<DeviceId>,
    kind: Option<String>,
}

impl Filter {
    fn lets_in(&self, entry: &Entry) -> bool {
        self.about
            .is_none_or(|subject| concerns(entry, subject, self.workspace))
            && self.since.is_none_or(|since| match since {
                Moment::At(moment) => entry.recorded >= moment,
                Moment::Position(position) => entry.seq >= position,
            })
            && self.until.is_none_or(|until| match until {
                Moment::At(moment) => entry.recorded <= moment,
                Moment::Position(position) => entry.seq <= position,
            })
            && self.by.is_none_or(|member| entry.event.member == member)
            && self
                .device
                .is_none_or(|device| entry.event.device == device)
            && self
                .kind
                .as_ref()
                .is_none_or(|kind| entry.event.body.kind().to_lowercase().contains(kind))
    }
}

/// Whether an event is about a thing.
fn concerns(entry: &Entry, subject: Subject, workspace: WorkspaceId) -> bool {
    let touches = |id: Uuid| entry.event.subjects().contains(&id);
    match subject {
        Subject::Workspace => touches(workspace.uuid()),
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
        let mut session = context.open()?;
        let filter = self.filter(&session)?;
        let output = &context.output;
        let shown = match (self.limit, self.all || output.json) {
            (Some(limit), _) => limit,
            (None, true) => usize::MAX,
            (None, false) => SHOWN,
        };
        session.replica.release();
        let mut found = Vec::new();
        for logged in session.replica.entries(1) {
            let logged = logged?;
            if filter.lets_in(&logged.entry) {
                found.push(logged);
            }
        }
        session.replica.release();
        let left_out = found.len().saturating_sub(shown);
        let names = Names::new(session.state());
        let lines = found
            .iter()
            .skip(left_out)
            .map(|logged| json::log_line(&names, &logged.entry, logged.pending));
        if output.json {
            for line in lines {
                output.value(&line)?;
            }
            return Ok(Exit::Done);
        }
        let lines: Vec<_> = lines.collect();
        output.document(&text::log(&lines, &session.shown_for()))?;
        if left_out > 0 {
            let events = quarterdeck_report::number::count(left_out as u64, "earlier event");
            output.hint(&format!("{events} left out"), "okr log --all")?;
        }
        Ok(Exit::Done)
    }

    fn filter(&self, session: &Session<'_>) -> Result<Filter, Failure> {
        let resolver = session.resolver();
        let moment = |when: &Option<When>, start| {
            when.as_ref()
                .map(|when| session.moment(when, start))
                .transpose()
        };
        Ok(Filter {
            about: self
                .about
                .as_ref()
                .map(|about| resolver.subject(about))
                .transpose()?,
            workspace: session.replica.identity().workspace,
            since: moment(&self.since, true)?,
            until: moment(&self.until, false)?,
            by: self
                .by
                .as_ref()
                .map(|by| resolver.member(by, session.me()))
                .transpose()?,
            device: self
                .device
                .as_ref()
                .map(|device| resolver.device(device))
                .transpose()?,
            kind: self.kind.as_ref().map(|kind| kind.to_lowercase()),
        })
    }
}
