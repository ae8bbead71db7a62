//! `okr sync`: send what waits, receive what is new, verify both.

use clap::Args;
use quarterdeck_report::json;
use quarterdeck_report::text;
use quarterdeck_sync::{Replica, Report};

use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::online;
use crate::progress::Bar;
use crate::session::Session;

/// Send what waits, receive what is new, and verify the server's history.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr sync
  okr sync --json

A server that was restored from a backup gets back what it lost, and this machine holds; its own \
signature shows that it is what it recorded.

Exits with 4 when the server is out of reach or records nothing at present (local work is kept), and \
with 6 when its history does not verify.")]
pub(crate) struct Sync {}

impl Sync {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let report = exchange(&mut session)?;
        tell(&session, &report)
    }
}

/// Syncs the workspace of a session.
pub(super) fn exchange(session: &mut Session<'_>) -> Result<Report, Failure> {
    let now_ms = session.context.now.ms();
    let mut bar = Bar::new(&session.context.output);
    session.replica.release();
    let replica = &mut session.replica;
    let report = online::run(async {
        let remote = online::connect(replica).await?;
        quarterdeck_sync::sync(replica, &remote, now_ms, &mut |progress| {
            online::show(&mut bar, progress);
        })
        .await
        .map_err(Failure::from)
    })??;
    session.replica.release();
    Ok(report)
}

/// Tells what was exchanged.
pub(super) fn tell(session: &Session<'_>, report: &Report) -> Result<Exit, Failure> {
    let told = told(&session.replica, report);
    session
        .context
        .output
        .answer(&told, || text::sync(&told, &session.shown_for()))?;
    match &report.closed {
        None => Ok(Exit::Done),
        Some(closed) => {
            session
                .context
                .output
                .warning(&text::clean(&closed.message));
            if let Some(hint) = &closed.hint {
                session.context.output.note(hint);
            }
            Ok(Exit::Unreachable)
        }
    }
}

/// What was exchanged, and what a replica has after it.
pub(super) fn told(replica: &Replica, report: &Report) -> json::Sync {
    json::Sync {
        schema: json::Schema,
        pushed: report.pushed,
        already: report.already,
        pulled: report.pulled,
        refused: (report.refused.iter())
            .map(|item| (&item.refusal).into())
            .collect(),
        conflicts: replica.state().conflicts.len(),
        head: report.head,
        pending: replica.pending_events() as u64,
        up_to_date: report.up_to_date,
        given_back: report.given_back,
        closed: (report.closed.as_ref()).map(|closed| closed.why.word().to_owned()),
        closed_message: report.closed.as_ref().map(|closed| closed.message.clone()),
    }
}
