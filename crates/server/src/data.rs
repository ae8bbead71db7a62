//! The data folder: what lies where, and the lock that keeps a second okrd out.
//!
//! ```text
//! server.toml            settings
//! access.json            tokens and invitations to host, hashed
//! tls/                   the server's own certificate
//! workspaces/ID/key      the server's key in a workspace
//! workspaces/ID/ledger/  its log
//! workspaces/ID/derived/ snapshots; can be deleted
//! admin.sock             where administrative commands reach a running okrd
//! lock                   held while okrd runs
//! ```

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use quarterdeck_core::id::WorkspaceId;

use crate::error::ServerError;
use crate::files;

/// A data folder that is this process's own for as long as this lives, or until it is released.
#[derive(Debug)]
pub(crate) struct DataFolder {
    path: PathBuf,
    lock: Mutex<Option<File>>,
}

impl DataFolder {
    /// Takes a data folder, which is made if it is missing.
    pub(crate) fn take(path: &Path) -> Result<Self, ServerError> {
        files::make_dir(path)?;
        let lock = path.join("lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&lock)
            .map_err(|source| ServerError::io("open", &lock, source))?;
        match file.try_lock() {
            Ok(()) => Ok(Self {
                path: path.to_path_buf(),
                lock: Mutex::new(Some(file)),
            }),
            Err(TryLockError::WouldBlock) => Err(ServerError::Locked {
                path: path.to_path_buf(),
            }),
            Err(TryLockError::Error(source)) => Err(ServerError::io("lock", &lock, source)),
        }
    }

    /// Lets others take the folder, although somebody may still hold on to this value.
    pub(crate) fn release(&self) {
        drop(
            self.lock
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
    }

    /// Whether a server was set up here.
    pub(crate) fn is_initialised(path: &Path) -> bool {
        path.join("server.toml").exists()
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn settings(&self) -> PathBuf {
        self.path.join("server.toml")
    }

    pub(crate) fn access(&self) -> PathBuf {
        self.path.join("access.json")
    }

    pub(crate) fn tls(&self) -> PathBuf {
        self.path.join("tls")
    }

    pub(crate) fn workspace(&self, id: WorkspaceId) -> PathBuf {
        self.path.join("workspaces").join(id.to_string())
    }

    pub(crate) fn socket(path: &Path) -> PathBuf {
        path.join("admin.sock")
    }

    /// The workspaces that have a folder here, in the order of their ids.
    pub(crate) fn workspaces(&self) -> Result<Vec<WorkspaceId>, ServerError> {
        let folder = self.path.join("workspaces");
        files::make_dir(&folder)?;
        let unreadable = |source| ServerError::io("list", &folder, source);
        let mut found = Vec::new();
        for entry in fs::read_dir(&folder).map_err(unreadable)? {
            let name = entry.map_err(unreadable)?.file_name();
            // Whatever else an operator put there is none of okrd's business.
            found.extend(
                name.to_str()
                    .and_then(|name| name.parse::<WorkspaceId>().ok()),
            );
        }
        found.sort_unstable();
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_okrd_is_kept_out_until_the_first_ends() {
        let folder = tempfile::tempdir().unwrap();
        let first = DataFolder::take(folder.path()).unwrap();
        let refused = DataFolder::take(folder.path()).unwrap_err();
        assert!(matches!(refused, ServerError::Locked { .. }), "{refused}");
        drop(first);
        DataFolder::take(folder.path()).unwrap();
    }
}
