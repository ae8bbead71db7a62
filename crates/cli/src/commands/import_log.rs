//! `okr import LOG`: an exported log becomes a copy of its workspace to read in.
//!
//! Guarantee: the copy appears once all of the file has been found to hold; before that nothing of it
//! is to be seen. A workspace that is here already is compared with the file and left as it is.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use quarterdeck_core::id::{DeviceId, WorkspaceId};
use quarterdeck_report::json::{self, LogOutcome};
use quarterdeck_report::text;
use quarterdeck_sync::Replica;
use quarterdeck_sync::exported::{Header, ImportError, LogFile, Relation, compare, import, is_log};

use super::join::{free, known, rename};
use super::{folder_name, quoted};
use crate::context::{Context, private_folder};
use crate::error::{Exit, Failure};
use crate::progress::Bar;
use quarterdeck_ledger::hex;

/// No first line of an exported log is longer, in bytes.
const FIRST_LINE: u64 = 128 * 1024;

/// Whether a file is an exported log, by its first line.
///
/// # Errors
/// It cannot be read.
pub(super) fn is_exported_log(path: &Path) -> Result<bool, Failure> {
    let mut line = Vec::new();
    open(path)?
        .take(FIRST_LINE)
        .read_until(b'\n', &mut line)
        .map_err(|error| Failure::file("read", path, &error))?;
    Ok(std::str::from_utf8(&line).is_ok_and(is_log))
}

/// Makes a copy of the workspace, or says how the one that is here stands to the file; with
/// `dry_run` checks the file and makes nothing.
pub(super) fn run(context: &Context, path: &Path, dry_run: bool) -> Result<Exit, Failure> {
    let failed = |error| failure(path, error);
    let mut file = LogFile::open(open(path)?).map_err(|error| failed(error.into()))?;
    let header = file.header().clone();
    let mut bar = Bar::new(&context.output);
    let mut progress = |done, of| bar.set("importing", done, of);
    let found = match known(context, WorkspaceId::from_bytes(header.workspace)) {
        Some(name) => {
            let folder = context.workspaces_folder().join(&name);
            let mut replica = Replica::open(&folder, Context::options())?;
            let relation = compare(&mut file, &mut replica, &mut progress).map_err(failed)?;
            let (outcome, at) = told(relation);
            let identity = replica.identity();
            let later = match (outcome, &identity.remote) {
                (LogOutcome::Newer, Some(_)) => {
                    Some(("bring in what is new", format!("okr sync -w {name}")))
                }
                (LogOutcome::Newer, None) if identity.is_copy() => Some((
                    "make another copy, in a home of its own",
                    format!("OKR_HOME=DIR okr import {}", quoted(path)),
                )),
                _ => None,
            };
            Found {
                outcome,
                at,
                name,
                later,
            }
        }
        None => {
            let name =
                make(context, &mut file, dry_run, &mut progress).map_err(|error| match error {
                    Either::File(error) => failure(path, error),
                    Either::Here(failure) => failure,
                })?;
            let (outcome, name) = match name {
                Some(name) => (LogOutcome::Imported, name),
                None => (LogOutcome::Checked, header.name.clone()),
            };
            Found {
                outcome,
                at: None,
                name,
                later: None,
            }
        }
    };
    drop(bar);
    tell(context, &header, found)
}

/// What was found in a file, and what may be done next.
struct Found {
    outcome: LogOutcome,
    at: Option<u64>,
    /// What the workspace is called here.
    name: String,
    later: Option<(&'static str, String)>,
}

/// What went wrong with the file, or on this machine.
enum Either {
    File(ImportError),
    Here(Failure),
}

/// Takes the file in out of sight, and answers what the workspace is called here.
fn make<R: BufRead>(
    context: &Context,
    file: &mut LogFile<R>,
    dry_run: bool,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Option<String>, Either> {
    let Header {
        workspace, name, ..
    } = file.header().clone();
    let workspace = WorkspaceId::from_bytes(workspace);
    let all = context.workspaces_folder();
    let here = |path: &Path| {
        let path = path.to_path_buf();
        move |error: std::io::Error| Either::Here(Failure::file("make", &path, &error))
    };
    private_folder(&all).map_err(Either::Here)?;
    // Gone again unless everything holds.
    let hidden = tempfile::Builder::new()
        .prefix(".importing-")
        .tempdir_in(&all)
        .map_err(here(&all))?;
    let folder = hidden.path().join("workspace");
    let mut random = context
        .randomness(apart(workspace), 0)
        .map_err(Either::Here)?;
    let replica = import(
        file,
        &folder,
        Context::options(),
        context.now.ms(),
        &mut random,
        progress,
    )
    .map_err(Either::File)?;
    drop(replica);
    if dry_run {
        return Ok(None);
    }
    let wanted = if folder_name(&name).is_ok() {
        name
    } else {
        workspace.to_string()
    };
    let target = free(&all, &wanted);
    rename(&folder, &target).map_err(Either::Here)?;
    let name = target
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    Ok(Some(name.unwrap_or(wanted)))
}

/// The same seed on two machines is no reason for the same ids.
fn apart(workspace: WorkspaceId) -> DeviceId {
    let mut bytes = *workspace.as_bytes();
    bytes.reverse();
    DeviceId::from_bytes(bytes)
}

fn told(relation: Relation) -> (LogOutcome, Option<u64>) {
    match relation {
        Relation::Same => (LogOutcome::Same, None),
        Relation::Older(by) => (LogOutcome::Older, Some(by)),
        Relation::Newer(by) => (LogOutcome::Newer, Some(by)),
        Relation::Differs(at) => (LogOutcome::Differs, Some(at)),
        Relation::RecordedAnew(at) => (LogOutcome::RecordedAnew, Some(at)),
    }
}

fn tell(context: &Context, header: &Header, found: Found) -> Result<Exit, Failure> {
    let output = &context.output;
    let Found {
        outcome,
        at,
        name,
        later,
    } = found;
    let answer = json::ImportedLog {
        schema: json::Schema,
        workspace: name,
        id: WorkspaceId::from_bytes(header.workspace),
        outcome,
        entries: header.size,
        root: hex(&header.root),
        at,
    };
    let view = text::View {
        width: output.width(),
        zone: quarterdeck_core::calendar::TimeZone::utc(),
        today: quarterdeck_core::calendar::TimeZone::utc().date_of(context.now),
        reader: None,
    };
    if matches!(outcome, LogOutcome::Differs | LogOutcome::RecordedAnew) {
        if output.json {
            output.value(&answer)?;
        }
        return Err(
            Failure::new(Exit::Unverified, text::imported_told(&answer)).hint(
                "to look into the file all the same, import it under another OKR_HOME: \
                 `OKR_HOME=DIR okr import FILE`",
            ),
        );
    }
    output.answer(&answer, || text::imported_log(&answer, &view))?;
    let workspace = &answer.workspace;
    if outcome == LogOutcome::Imported {
        output.hint(
            "compare the root with that of a machine you trust, by",
            "okr verify",
        )?;
        output.hint("see how it stood", &format!("okr status -w {workspace}"))?;
    }
    if let Some((why, command)) = later {
        output.hint(why, &command)?;
    }
    Ok(Exit::Done)
}

fn open(path: &Path) -> Result<BufReader<File>, Failure> {
    match File::open(path) {
        Ok(file) => Ok(BufReader::new(file)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(Failure::not_found(
            format!("There is no file {}.", path.display()),
        )),
        Err(error) => Err(Failure::file("read", path, &error)),
    }
}

fn failure(path: &Path, error: ImportError) -> Failure {
    let file = path.display();
    match error {
        ImportError::Replica(error) => error.into(),
        ImportError::Read(error) => Failure::file("read", path, &error),
        ImportError::Newer { schema } => Failure::new(
            Exit::Refused,
            format!("{file} is of format '{schema}', which this version does not know."),
        )
        .hint("install the version of okr that wrote it, or a later one"),
        ImportError::Line { line, what } => Failure::new(
            Exit::Unverified,
            format!("{file}, line {line}: {what}. Nothing was made."),
        )
        .hint("the file was altered or cut after it was written: export the log anew"),
    }
}
