//! `okrd backup` and `okrd restore`, and what the operator says to a workspace that was set back.

use std::fs::{self, File, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_proto::v1;
use quarterdeck_server::{BackedUp, Found, Source, World, connect};
use serde_json::{Value, json};
use tonic::Status;

use crate::admin::ask;
use crate::args::{Backup, Data, Restore, RestoreWorkspace};
use crate::failure::Failure;
use crate::output::{Output, Progress, moment, shown};
use quarterdeck_ledger::hex;

const STANDARD: &str = "-";

/// What an operator is told of a workspace in a backup.
struct Row {
    id: String,
    name: String,
    size: u64,
    root: Vec<u8>,
    finding: String,
}

impl From<v1::BackupWorkspace> for Row {
    fn from(it: v1::BackupWorkspace) -> Self {
        Self {
            id: it.id,
            name: it.name,
            size: it.size,
            root: it.root,
            finding: it.finding,
        }
    }
}

impl From<&BackedUp> for Row {
    fn from(it: &BackedUp) -> Self {
        Self {
            id: it.workspace.to_string(),
            name: it.name.clone(),
            size: it.size,
            root: it.root.to_vec(),
            finding: it.finding.clone(),
        }
    }
}

impl Row {
    fn object(&self) -> Value {
        json!({
            "id": self.id, "name": self.name, "size": self.size, "root": hex(&self.root),
            "finding": if self.finding.is_empty() { Value::Null } else { json!(self.finding) },
        })
    }

    fn line(&self) -> String {
        let name = shown(&self.name);
        if self.finding.is_empty() {
            format!(
                "{name}: {} entries; the root is {}.",
                self.size,
                hex(&self.root)
            )
        } else {
            format!("{name}: {} entries. {}", self.size, shown(&self.finding))
        }
    }
}

fn objects(rows: &[Row]) -> Vec<Value> {
    rows.iter().map(Row::object).collect()
}

pub(crate) async fn backup(backup: Backup, output: &Output) -> Result<(), Failure> {
    if let Some(file) = backup.check {
        return check(&file, output).await;
    }
    let Some(data) = backup.data else {
        return Err(Failure::usage(
            "--data is missing: which server's data is to be backed up?",
        ));
    };
    let mut target = Target::open(backup.output, backup.force)?;
    let request = v1::BackupRequest {
        workspace: backup.workspace.unwrap_or_default(),
        public: backup.public,
    };
    let mut connection = connect(&data).await?;
    let written = write(&mut connection.client, request, &mut target).await;
    connection.close().await;
    let rows = written?;
    let path = target.finish()?;
    let bad = rows.iter().find(|row| !row.finding.is_empty());
    let shown_path = path.as_ref().map(|path| path.display().to_string());
    let answer = json!({
        "backup": shown_path, "secret": !backup.public, "workspaces": objects(&rows),
    });
    let lines = || {
        let mut lines: Vec<String> = rows.iter().map(Row::line).collect();
        lines.extend(
            shown_path
                .as_ref()
                .map(|path| format!("Backed up to {path}.")),
        );
        if !backup.public {
            lines.push(
                "It holds the server's keys: keep it as secret as the data folder itself."
                    .to_owned(),
            );
        }
        lines
    };
    if path.is_some() {
        output.answer(answer, lines);
    } else {
        // The backup itself is on standard output.
        output.remark(answer, lines);
    }
    match bad {
        None => Ok(()),
        Some(row) => Err(Failure::unverified(format!(
            "the backup is made, and {} is not whole in it: {}",
            row.name, row.finding
        ))),
    }
}

async fn write(
    client: &mut crate::admin::Client,
    request: v1::BackupRequest,
    target: &mut Target,
) -> Result<Vec<Row>, Failure> {
    let mut progress = Progress::new();
    let mut parts = client.backup(request).await?.into_inner();
    let mut result = None;
    while let Some(part) = parts.message().await? {
        target.write(&part.content)?;
        progress.set("backing up", part.entries, part.of);
        result = part.result.or(result);
    }
    let result = result
        .ok_or_else(|| Status::unavailable("The server stopped before the backup was whole."))?;
    Ok(result.workspaces.into_iter().map(Row::from).collect())
}

/// Where a backup goes: out of sight until it is whole.
struct Target {
    file: Option<File>,
    part: PathBuf,
    path: Option<PathBuf>,
    force: bool,
}

impl Target {
    fn open(output: Option<PathBuf>, force: bool) -> Result<Self, Failure> {
        if output.as_deref() == Some(Path::new(STANDARD)) {
            if io::stdout().is_terminal() {
                let message = "a backup is secret and long, and standard output is a terminal; \
                               give a file with -o, or pipe it somewhere";
                return Err(Failure::usage(message));
            }
            return Ok(Self {
                file: None,
                part: PathBuf::new(),
                path: None,
                force,
            });
        }
        let path = output.unwrap_or_else(usual_name);
        check_free(&path, force)?;
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        let failed = |error| Failure::trouble(format!("cannot write {}: {error}", part.display()));
        let file = options.open(&part).map_err(failed)?;
        if file.try_lock().is_err() {
            return Err(Failure::trouble(format!(
                "{} is being written by another okrd backup; wait for it, or choose another file",
                part.display()
            )));
        }
        // What one that was killed has left.
        file.set_len(0).map_err(failed)?;
        Ok(Self {
            file: Some(file),
            part,
            path: Some(path),
            force,
        })
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let written = match &mut self.file {
            Some(file) => file.write_all(bytes),
            None => io::stdout().lock().write_all(bytes),
        };
        written.map_err(|error| self.trouble(&error))
    }

    /// Puts the file in its place; answers where that is.
    fn finish(mut self) -> Result<Option<PathBuf>, Failure> {
        let (Some(file), Some(path)) = (self.file.take(), self.path.take()) else {
            io::stdout()
                .lock()
                .flush()
                .map_err(|error| self.trouble(&error))?;
            return Ok(None);
        };
        check_free(&path, self.force)?;
        let moved = file
            .sync_all()
            .and_then(|()| fs::rename(&self.part, &path))
            .and_then(|()| match path.parent() {
                Some(folder) if cfg!(unix) && !folder.as_os_str().is_empty() => {
                    File::open(folder)?.sync_all()
                }
                _ => Ok(()),
            });
        moved.map_err(|error| self.trouble(&error))?;
        Ok(Some(path))
    }

    fn trouble(&self, error: &io::Error) -> Failure {
        let at = if self.part.as_os_str().is_empty() {
            "standard output".to_owned()
        } else {
            self.part.display().to_string()
        };
        Failure::trouble(format!("cannot write {at}: {error}"))
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        if self.file.is_some() {
            // Half a backup is none.
            let _ = fs::remove_file(&self.part);
        }
    }
}

fn check_free(path: &Path, force: bool) -> Result<(), Failure> {
    if force || !path.exists() {
        return Ok(());
    }
    Err(Failure::refused(format!(
        "{} is there already; choose another file, or replace it with --force",
        path.display()
    )))
}

/// `okrd-20261128T062119Z.backup`
fn usual_name() -> PathBuf {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    let now = Timestamp::from_ms(u64::try_from(now.as_millis()).unwrap_or_default()).to_string();
    let seconds = now.split('.').next().unwrap_or_default();
    let digits: String = seconds
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() && *c != 'Z')
        .collect();
    PathBuf::from(format!("okrd-{digits}Z.backup"))
}

fn source(file: &Path) -> Result<Source, Failure> {
    if file == Path::new(STANDARD) {
        return Ok(Source::standard_input());
    }
    Ok(Source::file(file)?)
}

/// Runs what reads a whole backup on a thread of its own, and shows how far it has come.
async fn reading(
    what: &'static str,
    work: impl FnOnce(&mut dyn FnMut(u64, u64)) -> Result<Found, Failure> + Send + 'static,
) -> Result<Found, Failure> {
    let work = tokio::task::spawn_blocking(move || {
        let mut progress = Progress::new();
        work(&mut |done, of| progress.set(what, done, of))
    });
    work.await
        .map_err(|error| Failure::trouble(error.to_string()))?
}

async fn check(file: &Path, output: &Output) -> Result<(), Failure> {
    let path = file.to_path_buf();
    let found = reading("checking", move |progress| {
        Ok(quarterdeck_server::check(source(&path)?, progress)?)
    })
    .await?;
    let rows: Vec<Row> = found.workspaces.iter().map(Row::from).collect();
    let answer = json!({
        "ok": true, "made": moment(found.made.ms()), "secret": found.is_secret,
        "workspaces": objects(&rows),
    });
    output.answer(answer, || {
        let mut lines: Vec<String> = rows.iter().map(Row::line).collect();
        lines.push(format!(
            "Everything in it holds. It was made at {}.",
            found.made
        ));
        if !found.is_secret {
            lines.push(
                "It holds no keys, so it can put a workspace back but make no server.".to_owned(),
            );
        }
        lines
    });
    Ok(())
}

pub(crate) async fn restore(restore: Restore, output: &Output) -> Result<(), Failure> {
    let Restore { file, data, resume } = restore;
    let folder = data.data.clone();
    let found = reading("restoring", move |progress| {
        let world = World::system();
        let source = source(&file)?;
        Ok(quarterdeck_server::restore(
            source, &folder, resume, &world, progress,
        )?)
    })
    .await?;
    let rows: Vec<Row> = found.workspaces.iter().map(Row::from).collect();
    let answer = json!({
        "data": data.data.display().to_string(), "made": moment(found.made.ms()), "held": !resume,
        "workspaces": objects(&rows),
    });
    output.answer(answer, || {
        let mut lines: Vec<String> = rows.iter().map(Row::line).collect();
        lines.push(format!(
            "Restored to {} as it was at {}.",
            data.data.display(),
            found.made
        ));
        lines.push(String::new());
        lines.extend(next_steps(&rows, &data, resume));
        lines
    });
    Ok(())
}

fn next_steps(rows: &[Row], data: &Data, resume: bool) -> Vec<String> {
    let folder = data.data.display();
    let mut lines = Vec::new();
    if resume {
        lines.push(format!(
            "Serve it with `okrd serve --data {folder} --listen ADDR`. What was recorded after the backup and is \
             not in it is given up: machines that hold it will say so and stop."
        ));
    } else {
        lines.push(
            "Its workspaces are held: they can be read, they take back what machines hold beyond the \
             backup, and they record nothing new until you say so."
                .to_owned(),
        );
        lines.push(format!(
            "1. Serve it: `okrd serve --data {folder} --listen ADDR`"
        ));
        lines.push("2. Let machines give back what they hold: `okr sync` on each".to_owned());
        for row in rows {
            lines.push(format!(
                "3. Let it go on: `okrd workspace resume --data {folder} {}`",
                shown(&row.name)
            ));
        }
    }
    lines.push(
        "Tokens that were given out after the backup are unknown now, so those machines have to be let in \
         again (`okrd invite`, `okr join --again`); tokens that were revoked after it hold again: \
         look at `okrd token list`."
            .to_owned(),
    );
    lines
}

pub(crate) async fn restore_workspace(
    restore: RestoreWorkspace,
    output: &Output,
) -> Result<(), Failure> {
    let path = fs::canonicalize(&restore.file).map_err(|error| {
        Failure::not_found(format!("cannot open {}: {error}", restore.file.display()))
    })?;
    let request = v1::RestoreWorkspaceRequest {
        workspace: restore.name,
        path: path.display().to_string(),
        resume: restore.resume,
    };
    let data = restore.data;
    let done = ask(&data, async |client| {
        client.restore_workspace(request).await
    })
    .await?;
    let v1::RestoreWorkspaceResponse { workspace, aside } = done.into_inner();
    let row = Row::from(workspace.unwrap_or_default());
    let answer = json!({
        "workspace": row.object(), "aside": aside, "held": !restore.resume,
    });
    output.answer(answer, || {
        let mut lines = vec![row.line(), format!("The damaged log is kept in {aside}.")];
        if !restore.resume {
            lines.push(format!(
                "It is held, so that machines give back what they hold beyond the backup: `okr sync` on each, \
                 then `okrd workspace resume --data {} {}`.",
                data.data.display(),
                shown(&row.name)
            ));
        }
        lines
    });
    Ok(())
}

pub(crate) async fn hold(data: Data, name: String, output: &Output) -> Result<(), Failure> {
    let request = v1::HoldWorkspaceRequest {
        workspace: name.clone(),
    };
    let done = ask(&data, async |client| client.hold_workspace(request).await).await?;
    let head = done.into_inner().head;
    output.answer(json!({ "workspace": name, "held": true, "head": head }), || {
        vec![format!(
            "{} is held at entry {head}: it records nothing new, and takes back what it has lost.",
            shown(&name)
        )]
    });
    Ok(())
}

pub(crate) async fn resume(data: Data, name: String, output: &Output) -> Result<(), Failure> {
    let request = v1::ResumeWorkspaceRequest {
        workspace: name.clone(),
    };
    let done = ask(&data, async |client| client.resume_workspace(request).await).await?;
    let head = done.into_inner().head;
    output.answer(
        json!({ "workspace": name, "held": false, "head": head }),
        || {
            vec![format!(
                "{} records again, from entry {} on.",
                shown(&name),
                head + 1
            )]
        },
    );
    Ok(())
}
