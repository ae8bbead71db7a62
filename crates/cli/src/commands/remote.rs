//! `okr remote`: the server of a workspace.

use clap::{Args, Subcommand};
use quarterdeck_report::json;
use quarterdeck_sync::host::host;
use quarterdeck_sync::{RemoteAddress, SyncError};
use serde::Serialize;

use super::join::read_invite;
use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::online;
use crate::progress::Bar;

/// Give a workspace a server, or show which it has.
#[derive(Debug, Args)]
pub(crate) struct Remote {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Give a workspace that began without a server to one, with all its history.
    Set(Set),
    /// Show the server.
    #[command(after_help = "EXAMPLES:
  okr remote show")]
    Show,
}

#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr remote set \"okr://okr.example.com:7443/acme#SECRET\"
  okr remote set -                           asked for, or from standard input

Whoever runs the server makes such a URL: okrd workspace host --data DIR")]
struct Set {
    /// The URL, or - to be asked for it or read it from standard input.
    url: String,
    /// Speak without encryption to a server that is not on this machine.
    #[arg(long)]
    insecure_plaintext: bool,
}

impl Remote {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self.verb {
            Verb::Set(set) => set.run(context),
            Verb::Show => show(context),
        }
    }
}

impl Set {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let invite = read_invite(context, &self.url)?;
        let mut session = context.open()?;
        session.random()?;
        session.replica.release();
        let mut bar = Bar::new(&context.output);
        let report = {
            let (replica, random) = session.parts()?;
            online::run(async {
                let address = invite.remote(self.insecure_plaintext);
                let mut remote = online::connect_to(&address).await?;
                host(
                    replica,
                    &invite,
                    self.insecure_plaintext,
                    &mut remote,
                    context.now.ms(),
                    random,
                    &mut |progress| online::show(&mut bar, progress),
                )
                .await
                .map_err(Failure::from)
            })??
        };
        drop(bar);
        session.replica.release();
        // The whole history went there, whatever of it an earlier attempt had sent.
        let sent = quarterdeck_sync::Report {
            pushed: report.head,
            ..report
        };
        let exit = super::sync::tell(&session, &sent)?;
        context
            .output
            .hint("let others in, on the server", "okrd invite --help")?;
        Ok(exit)
    }
}

/// A server, for programs.
#[derive(Debug, Serialize)]
struct Shown {
    schema: &'static str,
    remote: Option<String>,
    encrypted: bool,
    /// SHA-256 of the server's own certificate, where no authority signed it.
    fingerprint: Option<String>,
}

fn show(context: &Context) -> Result<Exit, Failure> {
    let mut session = context.open()?;
    session.replica.release();
    let remote = session.replica.identity().remote.as_ref();
    if context.output.json {
        context.output.value(&Shown {
            schema: json::SCHEMA,
            remote: remote.map(address),
            encrypted: remote.is_some_and(|remote| remote.fingerprint.is_some()),
            fingerprint: remote
                .and_then(|remote| remote.fingerprint.as_ref())
                .map(|hash| quarterdeck_ledger::hex(hash)),
        })?;
        return Ok(Exit::Done);
    }
    match remote {
        Some(remote) => context.output.line(&address(remote))?,
        None => {
            let refusal = session.replica.identity().copy_refusal();
            return Err(refusal.map_or_else(|| SyncError::NoServer.into(), Failure::from));
        }
    }
    Ok(Exit::Done)
}

fn address(remote: &RemoteAddress) -> String {
    if remote.host.contains(':') {
        format!("okr://[{}]:{}", remote.host, remote.port)
    } else {
        format!("okr://{}:{}", remote.host, remote.port)
    }
}
