//! `okr verify`: whether the history held here is whole and unaltered.

use clap::Args;
use quarterdeck_core::calendar::TimeZone;
use quarterdeck_report::json;
use quarterdeck_report::text;
use quarterdeck_sync::ReplicaError;

use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::progress::Bar;

/// Check every entry, device chain and signature, and the root that was signed.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr verify
  okr verify --json

Exits with 6 and names the first entry that does not hold, if there is one.")]
pub(crate) struct Verify {}

impl Verify {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut bar = Bar::new(&context.output);
        let opened = context.open();
        let mut session = match opened {
            Ok(session) => session,
            // A log too damaged to open is an answer of this command too.
            Err(failure) if failure.exit == Exit::Unverified => {
                return tell(context, &broken(0, None, failure.message));
            }
            Err(failure) => return Err(failure),
        };
        let result = session
            .replica
            .verify(&mut |done, of| bar.set("verifying", done, of));
        session.replica.release();
        drop(bar);
        let found = match result {
            Ok(verified) => json::Verify {
                schema: json::Schema,
                ok: true,
                size: verified.size,
                root: super::hex(&verified.root),
                checkpoint: verified.checkpoint.map(|(note, _)| note),
                problem: None,
            },
            Err(error) => {
                let seq = match &error {
                    ReplicaError::Unverified { seq, .. } | ReplicaError::Entry { seq, .. } => {
                        Some(*seq)
                    }
                    _ => None,
                };
                let failure = Failure::from(error);
                if failure.exit != Exit::Unverified {
                    return Err(failure);
                }
                broken(session.replica.head().size, seq, failure.message)
            }
        };
        tell(context, &found)
    }
}

fn broken(size: u64, seq: Option<u64>, message: String) -> json::Verify {
    json::Verify {
        schema: json::Schema,
        ok: false,
        size,
        root: String::new(),
        checkpoint: None,
        problem: Some(json::Problem {
            seq,
            message,
            hint: Some(
                "keep a copy of the folder; fetch the log again from the server with `okr join`, \
                 or restore it from a backup"
                    .to_owned(),
            ),
        }),
    }
}

fn tell(context: &Context, found: &json::Verify) -> Result<Exit, Failure> {
    let view = text::View {
        width: context.output.width(),
        zone: TimeZone::utc(),
        today: TimeZone::utc().date_of(context.now),
        reader: None,
    };
    context
        .output
        .answer(found, || text::verify(found, &view))?;
    Ok(if found.ok {
        Exit::Done
    } else {
        Exit::Unverified
    })
}
