//! Small files that must be either the old or the new one after a crash, readable by the
//! server's user alone.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use crate::error::ServerError;

/// Replaces a file's content: durable and whole, or not at all. Mode 0600.
pub(crate) fn replace(path: &Path, content: &[u8]) -> Result<(), ServerError> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".new");
    let temporary = Path::new(&temporary);
    write_private(temporary, content)
        .and_then(|()| fs::rename(temporary, path))
        .and_then(|()| path.parent().map_or(Ok(()), sync_dir))
        .map_err(|source| ServerError::io("write", path, source))
}

/// Makes a folder, and those above it, that only the server's user can enter. Mode 0700.
pub(crate) fn make_dir(path: &Path) -> Result<(), ServerError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder
        .create(path)
        .and_then(|()| path.parent().map_or(Ok(()), sync_dir))
        .map_err(|source| ServerError::io("make the folder", path, source))
}

/// Moves a file or a folder, durably, within one folder.
pub(crate) fn rename(from: &Path, to: &Path) -> Result<(), ServerError> {
    fs::rename(from, to)
        .and_then(|()| to.parent().map_or(Ok(()), sync_dir))
        .map_err(|source| ServerError::io("move into place", to, source))
}

pub(crate) fn read(path: &Path) -> Result<Vec<u8>, ServerError> {
    fs::read(path).map_err(|source| ServerError::io("read", path, source))
}

fn write_private(path: &Path, content: &[u8]) -> io::Result<()> {
    // Left by a crash: it would keep whatever permissions it has.
    let _ = fs::remove_file(path);
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

/// Makes the names in a folder durable: a file that was flushed can still lose its name.
fn sync_dir(dir: &Path) -> io::Result<()> {
    if cfg!(unix) && !dir.as_os_str().is_empty() {
        File::open(dir)?.sync_all()?;
    }
    Ok(())
}
