//! `okr prove`: a proof, as a file, that an event is in the log, or that the log only grew.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use quarterdeck_report::json;
use quarterdeck_report::number::count;
use quarterdeck_report::text;
use quarterdeck_sync::proof::ProveError;

use super::verify::{key_of, size};
use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::progress::Bar;
use crate::resolve;
use crate::session::Session;
use crate::sink::Sink;

/// Prove that an event is in the log, to anyone who has the workspace's key.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr prove \"#1204\" -o e.tlog-proof                the event at a position of the log
  okr prove e-7fk2 > e.tlog-proof                  by its reference, as `okr undo` takes it
  okr prove --between 1200 1300 -o grown.proof     that the log of 1,300 events begins with that of 1,200
  okr prove --between 1200 now -o grown.proof
  okr verify --proof e.tlog-proof --key KEY        how it is checked, on any machine

Made from this machine's copy alone, without the server. The file holds the event itself: whoever has it
can read it. See docs/audit.md for what is proven, and how other tools check it.")]
pub(crate) struct Prove {
    /// The event: its reference, its id, or its position such as #1204.
    #[arg(required_unless_present = "between", conflicts_with = "between")]
    event: Option<String>,
    /// That the log of the second size continues that of the first; `now` for the last that is signed.
    #[arg(long, num_args = 2, value_names = ["SIZE", "SIZE"])]
    between: Option<Vec<String>>,
    /// Into this file [default: standard output].
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Prove {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let mut session = context.open()?;
        let mut bar = Bar::new(&context.output);
        let mut progress = |done, of| bar.set("proving", done, of);
        let (kind, seq, proof) = match (&self.event, self.between.as_deref()) {
            (_, Some([earlier, later])) => {
                let earlier = size(earlier)?;
                let later = match later.as_str() {
                    "now" => None,
                    later => Some(size(later)?),
                };
                let proof = session
                    .replica
                    .prove_between(earlier, later, &mut progress)?;
                ("consistency", earlier, proof)
            }
            (Some(event), _) => {
                let seq = position(&mut session, event)?;
                ("inclusion", seq, session.replica.prove(seq, &mut progress)?)
            }
            // The arguments ask for one of the two.
            _ => return Err(Failure::usage("Which event is meant?").hint("see `okr log`")),
        };
        session.replica.release();
        drop(bar);
        let key = key_of(&session)?;
        put(context, self.output.as_deref(), kind, seq, &proof, key)
    }
}

/// Where the event that a person names stands in the log.
fn position(session: &mut Session<'_>, event: &str) -> Result<u64, Failure> {
    let (head, pending) = (
        session.replica.head().size,
        session.replica.pending_events(),
    );
    if let Some(seq) = event.strip_prefix('#').and_then(|seq| seq.parse().ok())
        && (1..=head).contains(&seq)
    {
        return Ok(seq);
    }
    let entries = session.replica.entries(1);
    let entries = entries
        .map(|logged| logged.map(|logged| logged.entry))
        .collect::<Result<Vec<_>, _>>()?;
    let found = resolve::event(event, &entries)?;
    if found.seq <= head {
        return Ok(found.seq);
    }
    let (are, they) = match pending {
        1 => ("event of this device is", "it"),
        _ => ("events of this device are", "they"),
    };
    Err(Failure::new(
        Exit::Refused,
        format!("{pending} {are} not recorded yet, this one among them: {they} can be proven once recorded."),
    )
    .hint("record it with `okr sync`, then prove it"))
}

/// Puts the proof in its place, and says what went there.
fn put(
    context: &Context,
    file: Option<&Path>,
    kind: &'static str,
    seq: u64,
    proof: &str,
    key: String,
) -> Result<Exit, Failure> {
    let output = &context.output;
    let answer = json::ProofWritten {
        schema: json::Schema,
        kind,
        seq,
        file: file.map(|file| file.display().to_string()),
        proof: file.is_none().then(|| proof.to_owned()),
        key,
    };
    if file.is_none() && output.json {
        output.value(&answer)?;
        return Ok(Exit::Done);
    }
    let mut sink = Sink::open(output, file)?;
    if let Err(error) = sink.write_all(proof.as_bytes()) {
        sink.failed(error)?;
        return Ok(Exit::Done);
    }
    sink.finish()?;
    if let Some(file) = file {
        output.answer(&answer, || text::proof_written(&answer))?;
        output.hint(
            "check it, on any machine",
            &format!(
                "okr verify --proof {} --key \"{}\"",
                super::quoted(file),
                answer.key
            ),
        )?;
    }
    Ok(Exit::Done)
}

impl From<ProveError> for Failure {
    fn from(error: ProveError) -> Self {
        match error {
            ProveError::Unknown { seq, size } => Self::not_found(format!(
                "The log has {}, and none at #{seq}.",
                count(size, "event")
            ))
            .hint("see `okr log`"),
            ProveError::Uncovered { seq, signed } => Self::not_found(format!(
                "No signed checkpoint covers #{seq} yet: the last one is of {}.",
                count(signed, "event")
            ))
            .hint("receive one with `okr sync`"),
            ProveError::NoCheckpoint { size, next } => {
                let failure = Self::not_found(format!(
                    "There is no signed checkpoint of exactly {} here, and only the server can sign one.",
                    count(size, "event")
                ));
                match next {
                    Some(next) => failure.hint(format!(
                        "the next one is of {next}; any first size goes with it: \
                         `okr prove --between 1 {next}`"
                    )),
                    None => failure.hint("write `now` for the last one that is signed"),
                }
            }
            ProveError::Backwards { earlier, later } => Self::usage(format!(
                "{} cannot be the beginning of {}.",
                count(earlier, "event"),
                count(later, "event")
            ))
            .hint("name the smaller size first"),
            ProveError::Replica(error) => error.into(),
        }
    }
}
