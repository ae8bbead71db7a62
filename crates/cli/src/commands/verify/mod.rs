//! `okr verify`: whether the history held here is whole and unaltered, whether the server's continues
//! it, and whether a proof holds.

mod proof;
mod server;

use std::path::PathBuf;

use clap::Args;
use quarterdeck_core::calendar::TimeZone;
use quarterdeck_ledger::{Hash, fingerprint};
use quarterdeck_report::json;
use quarterdeck_report::text;
use quarterdeck_sync::ReplicaError;

use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::progress::Bar;
use crate::session::Session;

/// Check every entry, device chain and signature, and every root that was signed.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr verify
  okr verify --at 1200                     the digits at an earlier size, to compare by voice
  okr verify --server                      and ask the server to prove that it continues this history
  okr verify --show-key                    the key that others check proofs with
  okr verify --proof e.tlog-proof --key \"quarterdeck/0191…+530d903a+Aekye…\"

Exits with 6 and names the first entry that does not hold, if there is one; so it does for a server
whose history is another (both sides are kept below `evidence`), and for a proof that does not hold.
A proof is checked with the key alone: no workspace and no server is needed. See docs/audit.md.")]
pub(crate) struct Verify {
    /// Ask the server for its signed checkpoint, and for the proof that it continues this history.
    #[arg(long, conflicts_with = "proof")]
    server: bool,
    /// Tell root and digits at this earlier size, such as 1200 or #1200.
    #[arg(long, value_name = "SIZE", conflicts_with = "proof")]
    at: Option<String>,
    /// Print the key that signs this workspace's checkpoints, and nothing else.
    #[arg(long, conflicts_with_all = ["server", "at", "proof"])]
    show_key: bool,
    /// Check this proof, which `okr prove` wrote.
    #[arg(long, value_name = "FILE", requires = "key")]
    proof: Option<PathBuf>,
    /// The key that has to have signed it, as `okr verify --show-key` prints it.
    #[arg(long, value_name = "KEY", requires = "proof")]
    key: Option<String>,
}

impl Verify {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        if let Some((file, key)) = self.proof.as_ref().zip(self.key.as_ref()) {
            return proof::run(context, file, key);
        }
        if self.show_key {
            return show_key(context);
        }
        let at = self.at.as_deref().map(size).transpose()?;
        let opened = context.open();
        let mut session = match opened {
            Ok(session) => session,
            // A log too damaged to open is an answer of this command too.
            Err(failure) if failure.exit == Exit::Unverified => {
                return tell(context, &broken(0, None, failure.message));
            }
            Err(failure) => return Err(failure),
        };
        let mut found = verify(&mut session, at)?;
        if found.ok && self.server {
            found.server = Some(server::compare_with_server(&mut session)?);
        }
        tell(context, &found)
    }
}

/// A size of the log, as people write it.
pub(super) fn size(text: &str) -> Result<u64, Failure> {
    let digits = text.strip_prefix('#').unwrap_or(text);
    digits.parse().map_err(|_| {
        Failure::usage(format!("'{text}' is no size of a log."))
            .hint("write a number of events, such as 1200 or #1200")
    })
}

/// A log at one of its sizes, as it is told.
pub(super) fn head(size: u64, root: &Hash) -> json::TreeHead {
    json::TreeHead {
        size,
        root: quarterdeck_ledger::hex(root),
        fingerprint: fingerprint(size, root),
    }
}

fn show_key(context: &Context) -> Result<Exit, Failure> {
    let mut session = context.open()?;
    session.replica.release();
    let key = key_of(&session)?;
    if context.output.json {
        let schema = json::Schema;
        context.output.value(&json::VerifierKey { schema, key })?;
    } else {
        context.output.line(&key)?;
    }
    Ok(Exit::Done)
}

/// The key of a workspace as others need it.
pub(super) fn key_of(session: &Session<'_>) -> Result<String, Failure> {
    let key = session.replica.verifier_key().ok_or_else(|| {
        Failure::not_found("The log is empty: nobody signs it yet.").hint("receive it: `okr sync`")
    })?;
    Ok(key.to_string())
}

fn verify(session: &mut Session<'_>, at: Option<u64>) -> Result<json::Verify, Failure> {
    let size = session.replica.head().size;
    if let Some(at) = at.filter(|at| *at == 0 || *at > size) {
        return Err(Failure::not_found(format!(
            "The log has {size} events, and was never of size {at}."
        ))
        .hint("receive what others recorded with `okr sync`, or compare at an earlier size"));
    }
    let mut bar = Bar::new(&session.context.output);
    let result = session
        .replica
        .verify_at(at, &mut |done, of| bar.set("verifying", done, of));
    session.replica.release();
    drop(bar);
    match result {
        Ok(verified) => Ok(json::Verify {
            schema: json::Schema,
            ok: true,
            size: verified.size,
            root: quarterdeck_ledger::hex(&verified.root),
            checkpoint: verified.checkpoint.map(|(note, _)| note),
            checkpoints: verified.checkpoints,
            key: verified.key.map(|key| key.to_string()),
            fingerprint: Some(fingerprint(verified.size, &verified.root)),
            at: verified.at.map(|(size, root)| head(size, &root)),
            server: None,
            problem: None,
        }),
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
            Ok(broken(size, seq, failure.message))
        }
    }
}

fn broken(size: u64, seq: Option<u64>, message: String) -> json::Verify {
    json::Verify {
        schema: json::Schema,
        ok: false,
        size,
        root: String::new(),
        checkpoint: None,
        checkpoints: 0,
        key: None,
        fingerprint: None,
        at: None,
        server: None,
        problem: Some(json::Problem {
            seq,
            message,
            hint: Some(
                "`okr repair` fetches the log again from the server, and keeps what is here as evidence; \
                 without a server, restore the folder from a backup"
                    .to_owned(),
            ),
        }),
    }
}

/// A view of someone who need not have a workspace.
fn anybody(context: &Context, zone: TimeZone) -> text::View {
    text::View {
        width: context.output.width(),
        today: zone.date_of(context.now),
        zone,
        reader: None,
    }
}

fn tell(context: &Context, found: &json::Verify) -> Result<Exit, Failure> {
    let view = anybody(context, TimeZone::utc());
    context
        .output
        .answer(found, || text::verify(found, &view))?;
    Ok(if found.ok {
        Exit::Done
    } else {
        Exit::Unverified
    })
}
