//! `okr repair`: a way back for a workspace whose files are damaged on this machine.

use std::path::{Path, PathBuf};

use clap::Args;
use quarterdeck_report::json;
use quarterdeck_report::number::count;
use quarterdeck_report::text::{Document, Line};
use quarterdeck_sync::repair::{Damaged, Mended, Repaired, Rescue, damage, unsent};
use serde::Serialize;

use super::quoted;
use crate::context::Context;
use crate::error::{Exit, Failure};
use crate::online;
use crate::progress::Bar;
use crate::sink::Sink;

/// Fetch a damaged log again from the server, or save what is readable of it.
#[derive(Debug, Args)]
#[command(after_help = "EXAMPLES:
  okr repair
  okr repair --salvage rescued.jsonl     what is readable, as `okr export` writes a log

The server's log is checked entry by entry and held against every signed checkpoint kept here. \
Only then does it take the place of the damaged one, which is kept below `evidence`. Unsent work, \
refused commands and keys stay as they are. Nothing happens to a log that verifies.

What waits to be sent, and what was refused, is on no server: where the file of either is damaged, it \
goes on with every command that can be read, and the damaged file is kept below `evidence`.

Where there is no server, restore the workspace's folder from a backup. `--salvage` changes \
nothing in the folder; what it writes is read by `okr import FILE` in a home of its own.")]
pub(crate) struct Repair {
    /// Write the entries before the damage to this file, and leave the workspace as it is.
    #[arg(long, value_name = "FILE")]
    salvage: Option<PathBuf>,
}

/// What was done, for programs.
#[derive(Debug, Serialize)]
struct Answer {
    schema: json::Schema,
    /// `sound`, `repaired` or `salvaged`.
    outcome: &'static str,
    /// How many events there are now, or in the file.
    entries: u64,
    /// What was wrong.
    damage: Option<String>,
    /// How many signed checkpoints the new log was held against.
    checkpoints: Option<usize>,
    evidence: Option<PathBuf>,
    file: Option<PathBuf>,
    /// The first event that could not be read.
    lost_from: Option<u64>,
    /// The files of unsent and refused work that were damaged.
    unsent: Vec<Unsent>,
}

/// A file that goes on with what could be read of it.
#[derive(Debug, Serialize)]
struct Unsent {
    /// `outbox` or `shelf`.
    file: &'static str,
    /// How many commands could be read.
    commands: usize,
    /// How many bytes could not.
    lost_bytes: usize,
    evidence: PathBuf,
}

impl From<Mended> for Unsent {
    fn from(mended: Mended) -> Self {
        Self {
            file: mended.file,
            commands: mended.commands,
            lost_bytes: mended.damaged.iter().map(ExactSizeIterator::len).sum(),
            evidence: mended.evidence,
        }
    }
}

impl Unsent {
    fn said(&self) -> String {
        format!(
            "Of the {} that was damaged {} could be read, and {} not; it is kept as evidence in {}",
            self.file,
            count(self.commands as u64, "command"),
            count(self.lost_bytes as u64, "byte"),
            self.evidence.display()
        )
    }
}

impl Answer {
    const fn new(outcome: &'static str, entries: u64, damage: Option<String>) -> Self {
        Self {
            schema: json::Schema,
            outcome,
            entries,
            damage,
            checkpoints: None,
            evidence: None,
            file: None,
            lost_from: None,
            unsent: Vec::new(),
        }
    }
}

impl Repair {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let folder = context.workspace_folder()?;
        let mended = match self.salvage {
            None => unsent(&folder, Context::options(), context.now.ms())?,
            Some(_) => Vec::new(),
        };
        let mended: Vec<Unsent> = mended.into_iter().map(Unsent::from).collect();
        let mut bar = Bar::new(&context.output);
        let found = damage(&folder, Context::options(), &mut |done, of| {
            bar.set("verifying", done, of);
        })?;
        drop(bar);
        let error = match found {
            Ok(entries) => {
                return sound(context, entries, mended);
            }
            Err(error) => error,
        };
        if let Some(file) = &self.salvage {
            return salvage(context, &folder, file, error.into());
        }
        let damaged = Damaged::new(&folder, error, Context::options())?;
        if damaged.has_server() {
            repair(context, damaged, mended)
        } else {
            Err(Failure::from(damaged.into_error()).hint(
                "there is no server to fetch the log from: restore the folder from a backup; what is \
                 readable is saved by `okr repair --salvage FILE`",
            ))
        }
    }
}

/// The log is as it was written.
fn sound(context: &Context, entries: u64, unsent: Vec<Unsent>) -> Result<Exit, Failure> {
    let is_mended = !unsent.is_empty();
    let answer = Answer {
        unsent,
        ..Answer::new(if is_mended { "repaired" } else { "sound" }, entries, None)
    };
    context.output.answer(&answer, || {
        let events = count(entries, "event");
        let log = match is_mended {
            true => format!("The log of {events} verifies."),
            false => format!("Nothing to repair: the log of {events} verifies."),
        };
        said(answer.unsent.iter().map(Unsent::said).chain([log]))
    })?;
    if is_mended {
        context.output.hint("see what waits", "okr outbox")?;
    }
    Ok(Exit::Done)
}

fn repair(context: &Context, damaged: Damaged, unsent: Vec<Unsent>) -> Result<Exit, Failure> {
    let what = damaged.error().to_string();
    let mut bar = Bar::new(&context.output);
    let repaired = online::run(async {
        let remote = online::connect(damaged.replica()).await?;
        damaged
            .repair(&remote, context.now.ms(), &mut |progress| {
                online::show(&mut bar, progress);
            })
            .await
            .map_err(Failure::from)
    })??;
    drop(bar);
    let Repaired {
        entries,
        checkpoints,
        evidence,
    } = repaired;
    let answer = Answer {
        checkpoints: Some(checkpoints),
        evidence: Some(evidence),
        unsent,
        ..Answer::new("repaired", entries, Some(what))
    };
    context.output.answer(&answer, || {
        let kept = answer.evidence.as_deref().unwrap_or_else(|| Path::new(""));
        let log = [
            format!(
                "Fetched the log again: {}, and it holds for {} kept here.",
                count(entries, "event"),
                count(checkpoints as u64, "signed checkpoint")
            ),
            format!("The damaged log is kept as evidence in {}", kept.display()),
        ];
        said(answer.unsent.iter().map(Unsent::said).chain(log))
    })?;
    context.output.hint("send what waits", "okr sync")?;
    Ok(Exit::Done)
}

fn salvage(
    context: &Context,
    folder: &Path,
    file: &Path,
    damage: Failure,
) -> Result<Exit, Failure> {
    let rescue = Rescue::open(folder, Context::options())?;
    let output = &context.output;
    let mut sink = Sink::open(output, Some(file))?;
    let mut bar = Bar::new(output);
    let written = rescue.write(&mut sink, &mut |done, of| bar.set("salvaging", done, of));
    drop(bar);
    let Some(exported) = sink.finish_log(written)? else {
        return Ok(Exit::Done);
    };
    let known = rescue
        .loss()
        .acknowledged
        .filter(|known| *known > exported.size);
    let answer = Answer {
        file: Some(file.to_path_buf()),
        lost_from: known.map(|_| exported.size + 1),
        ..Answer::new("salvaged", exported.size, Some(damage.message))
    };
    output.answer(&answer, || {
        let of = known.map_or_else(String::new, |known| format!(" of {known}"));
        let lost = known.map(|known| match known - exported.size {
            1 => format!("Event {known} could not be read."),
            _ => format!(
                "Events {} to {known} could not be read, or not be told to follow.",
                exported.size + 1
            ),
        });
        let wrote = format!(
            "Wrote {}{of} to {}; the workspace is as it was.",
            count(exported.size, "event"),
            file.display()
        );
        said(std::iter::once(wrote).chain(lost))
    })?;
    output.hint(
        "read it in a home of its own",
        &format!("OKR_HOME=DIR okr import {}", quoted(file)),
    )?;
    Ok(Exit::Done)
}

fn said(sentences: impl IntoIterator<Item = String>) -> Document {
    let mut document = Document::new();
    for sentence in sentences {
        document.push(Line::new().plain(sentence));
    }
    document
}
