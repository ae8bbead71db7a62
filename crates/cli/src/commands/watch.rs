//! `okr watch`: what others do, as it is recorded.

use std::time::Duration;

use clap::Args;
use quarterdeck_report::json;
use quarterdeck_report::names::Names;
use quarterdeck_report::text;
use quarterdeck_sync::engine::Arrived;
use quarterdeck_sync::grpc::Grpc;
use quarterdeck_sync::{RemoteError, Replica, SyncError};

use crate::context::{Context, system_now};
use crate::error::{Exit, Failure};
use crate::online;
use crate::output::Output;

/// Between two attempts to find the server again.
const PAUSE: Duration = Duration::from_secs(3);

/// Sync, then show what is recorded as it is recorded, until interrupted.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr watch
  okr watch --json                         one JSON object an event

Ctrl-C ends it; whatever it showed is stored and verified.")]
pub(crate) struct Watch {}

impl Watch {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let report = super::sync::exchange(&mut session)?;
        if !context.output.json {
            super::sync::tell(&session, &report)?;
        }
        let view = session.shown_for();
        let output = context.output.clone();
        let replica = &mut session.replica;
        online::run(async {
            let mut lost = false;
            loop {
                let before = replica.confirmed().head;
                match follow(replica, &output, &view).await? {
                    SyncError::Remote(RemoteError::Unreachable(what)) => {
                        // Once, and again only after it had been found.
                        if !lost || replica.confirmed().head > before {
                            output.warning(&format!(
                                "The server went away ({what}); looking for it again."
                            ));
                        }
                        lost = true;
                        tokio::time::sleep(PAUSE).await;
                    }
                    other => return Err(other.into()),
                }
            }
        })?
    }
}

/// Follows the server until it goes away; answers how it ended.
async fn follow(
    replica: &mut Replica,
    output: &Output,
    view: &text::View,
) -> Result<SyncError, Failure> {
    let Some(address) = replica.identity().remote.clone() else {
        return Ok(SyncError::NoServer);
    };
    let remote = match Grpc::connect(&address).await {
        Ok(remote) => remote,
        Err(error) => return Ok(error.into()),
    };
    let mut told = Ok(());
    let ended = quarterdeck_sync::watch(
        replica,
        &remote,
        &mut || system_now().ms(),
        &mut |replica, arrived| {
            if told.is_ok() {
                told = tell(replica, arrived, output, view);
            }
        },
    )
    .await;
    told?;
    match ended {
        Ok(never) => match never {},
        Err(error) => Ok(error),
    }
}

/// Shows the entries that arrived.
fn tell(
    replica: &mut Replica,
    arrived: Arrived,
    output: &Output,
    view: &text::View,
) -> Result<(), Failure> {
    if arrived.to < arrived.from {
        return Ok(());
    }
    let entries = replica
        .entries(arrived.from)
        .take_while(|logged| {
            logged
                .as_ref()
                .map_or(true, |logged| logged.entry.seq <= arrived.to)
        })
        .collect::<Result<Vec<_>, _>>()?;
    let names = Names::new(replica.state());
    let lines: Vec<_> = entries
        .iter()
        .map(|logged| json::log_line(&names, &logged.entry, logged.pending))
        .collect();
    if output.json {
        return lines.iter().try_for_each(|line| output.value(line));
    }
    output.document(&text::log(&lines, view))
}
