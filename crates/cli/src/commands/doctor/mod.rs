//! `okr doctor`: whether everything is in order on this machine, and what to do where it is not.

mod machine;
mod replica;
mod server;

use clap::Args;
use quarterdeck_report::json::{Check, Checked};
use quarterdeck_report::text::checks as draw;

use crate::context::{Context, workspaces};
use crate::error::{Exit, Failure};

/// Check folder, disk, secrets, store, clock, outbox and server, and say what to do about what is found.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr doctor
  okr doctor --json

Exits with 1 when something is found. Asks the server, and gives it nothing.")]
pub(crate) struct Doctor {}

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

impl Doctor {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut checks = machine::look(&context.home);
        let all = workspaces(&context.home);
        if all.is_empty() {
            checks.push(Check::bad(
                "workspace",
                "There is no workspace on this machine yet.",
                "begin one with `okr init NAME`, or join one with `okr join URL`",
            ));
        }
        for name in all {
            let folder = context.workspaces_folder().join(&name);
            let found = replica::look(context, &folder).into_iter();
            checks.extend(found.map(|check| check.of(name.clone())));
        }
        let answer = Checked::new(&checks);
        context.output.answer(&answer, || draw(&checks))?;
        Ok(if answer.findings == 0 {
            Exit::Done
        } else {
            Exit::Findings
        })
    }
}

/// What went wrong, as a finding. An error without a hint of its own says behind its last semicolon what
/// to do.
fn failed(check: &str, failure: Failure) -> Check {
    let Failure { message, hint, .. } = failure;
    let (message, hint) = match (hint, message.rsplit_once("; ")) {
        (None, Some((what, to_do))) => {
            let to_do = to_do.trim_end_matches('.').to_owned();
            (format!("{what}."), Some(to_do))
        }
        (hint, _) => (message, hint),
    };
    Check {
        ok: false,
        hint,
        ..Check::good(check, message)
    }
}
