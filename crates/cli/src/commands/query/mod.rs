//! `okr query`: the server's answers, on a machine that need not have the workspace.
//!
//! Nothing is answered here: the question is handed to the server, and what it says is printed as it
//! comes, which is what `okr … --json` prints where the whole log is.

mod report;
pub(super) mod server;

use std::io::Write;

use clap::Args;
use quarterdeck_core::when::When;
use quarterdeck_sync::ServerUrl;
use quarterdeck_sync::grpc::Grpc;
use quarterdeck_sync::grpc::query::{AsOf, GetReportRequest, GetStateRequest, Moment};

use self::report::What;
use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::online;

/// Ask the server, also on a machine without the workspace: the answer is JSON.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr query status                        of the workspace joined here
  okr query history leads --as-of \"week 6\"
  okr query log --since yesterday
  okr query diff \"week 2\" sales --as-of \"week 6\"
  okr query calibration --all
  okr query --server okr://okr.example.com:7443/acme status

Prints what the command of that name prints with --json on a machine that has
synced everything and has nothing to send. Words such as `today` are told by the
server's clock.

A machine that has joined asks with its own token. Elsewhere --server says whom
to ask, and the variable OKR_TOKEN holds a token: whoever runs the server makes
one with `okrd token new`, which says what to give to --server.")]
pub(crate) struct Query {
    #[command(subcommand)]
    what: What,
    /// This server and workspace, with the token in OKR_TOKEN: okr://HOST:PORT/WORKSPACE[#FINGERPRINT].
    // Read later, so that whoever gives an invitation here does not find its secret in a message.
    #[arg(long, global = true, value_name = "URL")]
    server: Option<String>,
    /// Speak without encryption to a server that is not on this machine.
    #[arg(long, global = true, requires = "server")]
    insecure_plaintext: bool,
}

/// Of which time.
#[derive(Debug, Default, Args)]
struct Time {
    /// As it was known then.
    #[arg(long, value_name = "WHEN", value_parser = when)]
    as_of: Option<String>,
    /// What was true on that day, given what is known.
    #[arg(long, value_name = "DATE")]
    on: Option<String>,
}

/// Up to which moment, of what no day changes.
#[derive(Debug, Args)]
struct Known {
    /// As it was known then.
    #[arg(long, value_name = "WHEN", value_parser = when)]
    as_of: Option<String>,
}

impl From<Known> for Time {
    fn from(known: Known) -> Self {
        Self {
            as_of: known.as_of,
            on: None,
        }
    }
}

/// A moment in words, which the server resolves: no cycle is known here.
fn when(text: &str) -> Result<String, String> {
    match text.parse::<When>() {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

impl Query {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let of_token = self.server.is_some();
        let server = (self.server)
            .map(|url| url.parse::<ServerUrl>())
            .transpose();
        let server = server.map_err(|error| Failure::usage(format!("--server: {error}.")))?;
        let server = server::find(context, server, self.insecure_plaintext)?;
        let (report, Time { as_of, on }) = self.what.question()?;
        let as_of = as_of.map(|words| AsOf {
            moment: Some(Moment::Words(words)),
        });
        let workspace = server.workspace;
        let output = &context.output;
        let mut printed = Ok(());
        online::run(async {
            let failed = |error| server::failure(error, of_token);
            let remote = Grpc::connect(&server.address).await.map_err(failed)?;
            let told = match report {
                None => {
                    let asked = GetStateRequest { as_of, workspace };
                    let mut stream = output.json_stream();
                    let mut put = |part: &[u8]| {
                        printed = stream.write_all(part);
                        printed.is_ok()
                    };
                    remote.state(asked, &mut put).await
                }
                Some(report) => {
                    let asked = GetReportRequest {
                        as_of,
                        on: on.unwrap_or_default(),
                        workspace,
                        report: Some(report),
                    };
                    let mut stream = output.json_stream();
                    let mut put = |object: &str| {
                        printed = writeln!(stream, "{object}");
                        printed.is_ok()
                    };
                    remote.report(asked, &mut put).await
                }
            };
            told.map_err(failed)
        })??;
        crate::output::finish(printed)?;
        Ok(Exit::Done)
    }
}
