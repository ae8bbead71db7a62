//! Putting a backup in place.
//!
//! Guarantee: everything is unpacked aside and verified; only when all of it holds is it put in place,
//! by one renaming. A restore that is killed leaves nothing but a folder that the next one removes.

use std::fs;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use quarterdeck_core::id::WorkspaceId;
use quarterdeck_core::refusal::Refusal;

use super::unpack::{Place, Unpacked, unpack};
use super::{BackedUp, Found};
use crate::data::DataFolder;
use crate::error::ServerError;
use crate::files;
use crate::shared::Shared;
use crate::workspace::{Folder, Held, Identity, Standing, Workspace};
use crate::world::World;

const BUFFER: usize = 1 << 20;

/// A backup to read, and what it is called in messages.
pub struct Source {
    name: PathBuf,
    input: Box<dyn BufRead>,
}

impl Source {
    /// A file.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn file(path: &Path) -> Result<Self, ServerError> {
        let file = fs::File::open(path).map_err(|source| ServerError::io("open", path, source))?;
        Ok(Self {
            name: path.to_path_buf(),
            input: Box::new(BufReader::with_capacity(BUFFER, file)),
        })
    }

    /// Standard input.
    #[must_use]
    pub fn standard_input() -> Self {
        Self {
            name: PathBuf::from("standard input"),
            input: Box::new(BufReader::with_capacity(BUFFER, io::stdin())),
        }
    }
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// A data folder in the making.
struct Whole<'a>(&'a Path);

impl Whole<'_> {
    fn workspace(&self, id: WorkspaceId) -> Folder {
        Folder(self.0.join("workspaces").join(id.to_string()))
    }
}

impl Place for Whole<'_> {
    fn ledger(&self, workspace: WorkspaceId) -> Option<PathBuf> {
        Some(self.workspace(workspace).ledger())
    }
}

/// Makes a data folder of a backup. Its workspaces are held, unless `resume` says otherwise. `progress`
/// gets how much of the work is done, and of how much.
///
/// # Errors
/// [`ServerError::Backup`] with the first line that does not hold, [`ServerError::Occupied`] where there
/// is something already, and whatever the disk has to say. Nothing was put in place then.
pub fn restore(
    source: Source,
    data: &Path,
    resume: bool,
    world: &World,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Found, ServerError> {
    // Without a slash at its end, so that what is beside it is not in it.
    let data: &Path = &data.components().collect::<PathBuf>();
    check_free(data)?;
    if data.file_name().is_none() {
        return Err(ServerError::Occupied {
            path: data.to_path_buf(),
        });
    }
    let aside = beside(data, "restoring");
    let taken = DataFolder::take(&aside)?;
    empty(&aside, "lock")?;
    let unpacked = unpack(source.input, &source.name, &Whole(&aside), progress);
    let placed = unpacked.and_then(|unpacked| {
        if !unpacked.found.is_secret {
            return Err(ServerError::NoKeys { path: source.name });
        }
        write_files(&aside, &unpacked, resume, world)?;
        put_in_place(&aside, data)?;
        Ok(unpacked.found)
    });
    if placed.is_err() {
        // What cannot be removed now is removed by the next restore.
        let _ = fs::remove_dir_all(&aside);
    }
    taken.release();
    placed
}

/// Checks everything that a restore would, and leaves nothing behind.
///
/// # Errors
/// As for [`restore`].
pub fn check(source: Source, progress: &mut dyn FnMut(u64, u64)) -> Result<Found, ServerError> {
    let world = World::system();
    let aside = Passing(std::env::temp_dir().join(format!("okrd-check-{}", world.uuid())));
    files::make_dir(&aside.0)?;
    unpack(source.input, &source.name, &Whole(&aside.0), progress).map(|unpacked| unpacked.found)
}

/// A folder that goes away.
struct Passing(PathBuf);

impl Drop for Passing {
    fn drop(&mut self) {
        // It is in the folder for temporary files, which somebody empties.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn check_free(data: &Path) -> Result<(), ServerError> {
    let is_empty = match fs::read_dir(data) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => true,
        Err(source) => return Err(ServerError::io("look into", data, source)),
    };
    if is_empty {
        Ok(())
    } else {
        Err(ServerError::Occupied {
            path: data.to_path_buf(),
        })
    }
}

fn beside(data: &Path, ending: &str) -> PathBuf {
    let mut name = data.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

/// Removes what an earlier restore left behind, but for one file.
fn empty(folder: &Path, but: &str) -> Result<(), ServerError> {
    let failed = |source| ServerError::io("remove the unfinished", folder, source);
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if entry.file_name() == but {
            continue;
        }
        let path = entry.path();
        let removed = if entry.file_type().map_err(failed)?.is_dir() {
            fs::remove_dir_all(&path)
        } else {
            fs::remove_file(&path)
        };
        removed.map_err(failed)?;
    }
    Ok(())
}

fn write_files(
    aside: &Path,
    unpacked: &Unpacked,
    resume: bool,
    world: &World,
) -> Result<(), ServerError> {
    for (path, content) in &unpacked.files {
        let at = aside.join(path);
        if let Some(folder) = at.parent() {
            files::make_dir(folder)?;
        }
        files::replace(&at, content)?;
    }
    for log in &unpacked.found.workspaces {
        let folder = Whole(aside).workspace(log.workspace);
        if !resume {
            held(log, world).save(&folder.held())?;
        }
    }
    Ok(())
}

fn held(log: &BackedUp, world: &World) -> Held {
    Held {
        since: world.now(),
        size: log.size,
    }
}

fn put_in_place(aside: &Path, data: &Path) -> Result<(), ServerError> {
    // An empty folder that was prepared for it makes room.
    match fs::remove_dir(data) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(ServerError::io("make room at", data, error));
        }
        _ => {}
    }
    files::rename(aside, data)
}

/// One workspace's log, put beside the damaged one.
struct One<'a> {
    id: WorkspaceId,
    folder: &'a Folder,
}

impl One<'_> {
    fn restoring(&self) -> PathBuf {
        self.folder.0.join("ledger.restoring")
    }
}

impl Place for One<'_> {
    fn ledger(&self, workspace: WorkspaceId) -> Option<PathBuf> {
        (workspace == self.id).then(|| self.restoring())
    }

    fn identity(&self, workspace: WorkspaceId) -> Option<Identity> {
        (workspace == self.id)
            .then(|| Identity::load(&self.folder.key()).ok())
            .flatten()
    }
}

/// Puts the log of a damaged workspace back from a backup, while the server serves; answers what it holds
/// now, and where the damaged one is.
pub(crate) fn restore_workspace(
    shared: &Shared,
    id: WorkspaceId,
    path: &Path,
    resume: bool,
) -> Result<(BackedUp, PathBuf), ServerError> {
    let open = shared.workspace(id);
    let standing = open.as_ref().map(|workspace| workspace.standing());
    if matches!(standing, Some(Standing::Open | Standing::Held(_))) {
        let message =
            "The workspace's log is sound, and putting another in its place would lose entries.";
        let hint = "to look into a backup, restore it into a folder of its own: okrd restore FILE --data DIR";
        return Err(Refusal::invalid(message).hint(hint).into());
    }
    let folder = Folder(shared.folder.workspace(id));
    let one = One {
        id,
        folder: &folder,
    };
    let restoring = one.restoring();
    remove(&restoring)?;
    let source = Source::file(path)?;
    let unpacked = unpack(source.input, &source.name, &one, &mut |_, _| {});
    let found = unpacked.and_then(|unpacked| {
        let mut logs = unpacked.found.workspaces.iter();
        let log = (logs.find(|log| log.workspace == id && restoring.exists())).cloned();
        let log = log.ok_or_else(|| ServerError::NotInBackup {
            path: path.to_path_buf(),
            workspace: id,
        })?;
        Ok((log, unpacked))
    });
    let (log, unpacked) = match found {
        Ok(found) => found,
        Err(error) => {
            remove(&restoring)?;
            return Err(error);
        }
    };
    if Identity::load(&folder.key()).is_err() {
        let Some(key) = unpacked.key(id) else {
            remove(&restoring)?;
            return Err(ServerError::NoKeys {
                path: path.to_path_buf(),
            });
        };
        files::replace(&folder.key(), key)?;
    }
    if resume {
        remove(&folder.held())?;
    } else {
        held(&log, &shared.world).save(&folder.held())?;
    }
    shared.remove(id, "it is being put back from a backup");
    if let Some(open) = open {
        open.close();
    }
    let aside = set_aside(&folder, shared.world.now().ms())?;
    remove(&folder.derived())?;
    files::rename(&restoring, &folder.ledger())?;
    let workspace = Workspace::open(&folder.0, &shared.world, &shared.metrics)?;
    shared.add(Arc::new(workspace));
    Ok((log, aside))
}

/// Keeps the damaged log as evidence.
fn set_aside(folder: &Folder, now_ms: u64) -> Result<PathBuf, ServerError> {
    let aside = folder.0.join(format!("ledger.damaged-{now_ms}"));
    let ledger = folder.ledger();
    if ledger.exists() {
        files::rename(&ledger, &aside)?;
    }
    Ok(aside)
}

fn remove(path: &Path) -> Result<(), ServerError> {
    let removed = if path.is_dir() {
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    };
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(ServerError::io("remove", path, error))
        }
        _ => Ok(()),
    }
}
