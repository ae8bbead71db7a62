//! `okr repair`: a way back for a workspace whose log is damaged on this machine.

use std::path::{Path, PathBuf};

use clap::Args;
use quarterdeck_report::json;
use quarterdeck_report::number::count;
use quarterdeck_report::text::{Document, Line};
use quarterdeck_sync::repair::{Damaged, Repaired, Rescue, damage};
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
        }
    }
}

impl Repair {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let folder = context.workspace_folder()?;
        let mut bar = Bar::new(&context.output);
        let found = damage(&folder, Context::options(), &mut |done, of| {
            bar.set("verifying", done, of);
        })?;
        drop(bar);
        let error = match found {
            Ok(entries) => {
                let answer = Answer::new("sound", entries, None);
                context.output.answer(&answer, || {
                    let events = count(entries, "event");
                    said([format!("Nothing to repair: the log of {events} verifies.")])
                })?;
                return Ok(Exit::Done);
            }
            Err(error) => error,
        };
        if let Some(file) = &self.salvage {
            return salvage(context, &folder, file, error.into());
        }
        let damaged = Damaged::new(&folder, error, Context::options())?;
        if damaged.has_server() {
            repair(context, damaged)
        } else {
            Err(Failure::from(damaged.into_error()).hint(
                "there is no server to fetch the log from: restore the folder from a backup; what is \
                 readable is saved by `okr repair --salvage FILE`",
            ))
        }
    }
}

fn repair(context: &Context, damaged: Damaged) -> Result<Exit, Failure> {
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
        ..Answer::new("repaired", entries, Some(what))
    };
    context.output.answer(&answer, || {
        let kept = answer.evidence.as_deref().unwrap_or_else(|| Path::new(""));
        said([
            format!(
                "Fetched the log again: {}, and it holds for {} kept here.",
                count(entries, "event"),
                count(checkpoints as u64, "signed checkpoint")
            ),
            format!("The damaged log is kept as evidence in {}", kept.display()),
        ])
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
