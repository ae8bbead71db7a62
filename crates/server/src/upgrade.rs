//! From an older form of the data folder to the present one (see [`crate::format`]): a backup first,
//! then the steps, then the number.
//!
//! ```text
//! lock ─▶ copy the folder aside ─▶ flush ─▶ move the copy into place ─▶ steps of form 2, 3 … ─▶ number
//! ```
//!
//! Guarantees:
//! - The backup is whole before anything is changed: a folder as the older okrd left it, which that one
//!   serves as it is. So the way back stays open.
//! - Whatever happens on the way, the folder is one of the older form until the number is written, and
//!   the next run begins anew: steps may be done twice, and each leaves what the older okrd can serve.
//! - Nothing of a log is touched.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use quarterdeck_ledger::{Options, free_space};

use crate::data::DataFolder;
use crate::error::ServerError;
use crate::files;
use crate::format::FORMAT;
use crate::metrics::bytes_below;
use crate::settings::Settings;

/// What copies of older forms in a data folder begin with.
pub(crate) const BEFORE: &str = "before-format-";

/// Where an upgrade has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum UpgradeStep {
    /// The backup is begun.
    Copying,
    /// The backup is whole, and flushed, but not in its place.
    Copied,
    /// The backup is in its place, and nothing else was changed.
    Kept,
    /// Snapshots and indexes of older forms are gone; they are made again from the log.
    DerivedDropped,
    /// The number is written: the folder has the present form.
    Numbered,
}

/// What became of an upgrade.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Upgraded {
    /// The folder had the present form.
    Present,
    /// It had this form, and is kept as it was at that place.
    From {
        /// The form before.
        format: u32,
        /// Where the folder is as it was.
        backup: PathBuf,
    },
}

/// Brings a data folder to the present form. `backup` is where it is kept as it was: a folder that is
/// not there yet; within the data folder itself if none is given. `at` hears how far it has come.
///
/// # Errors
/// [`ServerError::NotInitialised`], [`ServerError::Locked`], [`ServerError::NewerFormat`],
/// [`ServerError::BackupExists`], [`ServerError::NoRoom`], and whatever the file system has to say. The folder then has the form that
/// it had.
pub fn upgrade(
    data: &Path,
    backup: Option<&Path>,
    at: &mut dyn FnMut(UpgradeStep),
) -> Result<Upgraded, ServerError> {
    if !DataFolder::is_initialised(data) {
        return Err(ServerError::NotInitialised {
            path: data.to_path_buf(),
        });
    }
    let folder = DataFolder::take(data)?;
    let mut settings = Settings::load(&folder.settings())?;
    let format = settings.format;
    if format == FORMAT {
        return Ok(Upgraded::Present);
    }
    let own = data.join(format!("{BEFORE}{FORMAT}"));
    let backup = backup.unwrap_or(&own);
    keep(data, backup, backup == own, at)?;
    if format < 2 {
        drop_derived(&folder)?;
        at(UpgradeStep::DerivedDropped);
    }
    settings.format = FORMAT;
    settings.save(&folder.settings())?;
    at(UpgradeStep::Numbered);
    Ok(Upgraded::From {
        format,
        backup: backup.to_path_buf(),
    })
}

/// Makes the backup, and moves it into its place when it is whole.
fn keep(
    data: &Path,
    backup: &Path,
    is_own: bool,
    at: &mut dyn FnMut(UpgradeStep),
) -> Result<(), ServerError> {
    if !is_own && backup.exists() {
        return Err(ServerError::BackupExists {
            path: backup.to_path_buf(),
        });
    }
    at(UpgradeStep::Copying);
    let aside = with_ending(backup, ".new");
    remove(&aside)?;
    let parent = backup
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    has_room(data, parent.unwrap_or(Path::new(".")))?;
    copy(data, &aside, true)?;
    at(UpgradeStep::Copied);
    // One of an upgrade that was interrupted: the older okrd may have recorded more since then.
    remove(backup)?;
    files::rename(&aside, backup)?;
    at(UpgradeStep::Kept);
    Ok(())
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Refuses where a copy of the folder would leave too little room to record in.
fn has_room(data: &Path, at: &Path) -> Result<(), ServerError> {
    let needed = bytes_below(data).saturating_add(Options::default().reserve_bytes);
    let free = free_space(at)?;
    if free < needed {
        return Err(ServerError::NoRoom {
            path: at.to_path_buf(),
            free,
            needed,
        });
    }
    Ok(())
}

fn remove(folder: &Path) -> Result<(), ServerError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(ServerError::io("remove", folder, error))
        }
        _ => Ok(()),
    }
}

/// Copies a folder, durably, with the permissions of its files. What belongs to a process that runs, and
/// copies that lie in it, are left out of its first level.
fn copy(from: &Path, to: &Path, is_first: bool) -> Result<(), ServerError> {
    files::make_dir(to)?;
    let unreadable = |source| ServerError::io("read", from, source);
    for entry in fs::read_dir(from).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let kind = entry.file_type().map_err(unreadable)?;
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if is_first && (name.starts_with(BEFORE) || name == "lock") {
            continue;
        }
        if kind.is_dir() {
            copy(&path, &target, false)?;
        } else if kind.is_file() {
            fs::copy(&path, &target)
                .and_then(|_| File::open(&target)?.sync_all())
                .map_err(|source| ServerError::io("copy", &path, source))?;
        }
    }
    if cfg!(unix) {
        File::open(to)
            .and_then(|folder| folder.sync_all())
            .map_err(|source| ServerError::io("flush", to, source))?;
    }
    Ok(())
}

/// Snapshots and indexes were made by older code, of logs in which every entry had its body.
fn drop_derived(folder: &DataFolder) -> Result<(), ServerError> {
    for id in folder.workspaces()? {
        remove(&folder.workspace(id).join("derived"))?;
    }
    Ok(())
}
