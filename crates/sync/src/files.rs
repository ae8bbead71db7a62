//! Files that are there whole or not at all, readable by their owner alone.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use crate::error::ReplicaError;

pub(crate) fn io_error(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> ReplicaError {
    let path = path.to_path_buf();
    move |source| ReplicaError::Io {
        doing,
        path,
        source,
    }
}

/// Makes a folder that others cannot look into, its parents too where they are missing.
///
/// # Errors
/// The folder cannot be made.
pub fn make_dir(path: &Path) -> Result<(), ReplicaError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(io_error("create", path))
}

/// Options for files that hold secrets or drafts.
pub(crate) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Replaces a file: after a crash there is the old content or the new, and after return the new.
pub(crate) fn replace(path: &Path, content: &[u8]) -> Result<(), ReplicaError> {
    let written = path.with_extension("tmp");
    // Left by a crash: it would keep whatever permissions it has.
    let _ = fs::remove_file(&written);
    let result = private()
        .write(true)
        .create(true)
        .truncate(true)
        .open(&written)
        .and_then(|mut file| {
            file.write_all(content)?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&written, path));
    if result.is_err() {
        // A full disk is the usual reason: leave no half-written file on it.
        let _ = fs::remove_file(&written);
    }
    result.map_err(io_error("write", path))?;
    path.parent().map_or(Ok(()), sync_dir)
}

/// Moves a file or folder, durably.
pub(crate) fn rename(from: &Path, to: &Path) -> Result<(), ReplicaError> {
    fs::rename(from, to).map_err(io_error("move", from))?;
    for parent in [from.parent(), to.parent()].into_iter().flatten() {
        sync_dir(parent)?;
    }
    Ok(())
}

/// Makes the names in a folder durable: a file that was synced can still lose its name in a power cut.
pub(crate) fn sync_dir(path: &Path) -> Result<(), ReplicaError> {
    if cfg!(unix) {
        File::open(path)
            .and_then(|dir| dir.sync_all())
            .map_err(io_error("flush", path))?;
    }
    Ok(())
}
