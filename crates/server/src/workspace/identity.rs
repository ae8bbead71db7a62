//! The server's identity in one workspace: its device there, and the key that signs what it
//! records itself and the log's checkpoints. Losing the file means losing both; it is part of
//! every backup of the data folder.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use quarterdeck_core::id::{DeviceId, WorkspaceId};
use quarterdeck_ledger::DeviceKey;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::error::ServerError;
use crate::files;
use crate::world::World;

#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) workspace: WorkspaceId,
    pub(crate) device: DeviceId,
    pub(crate) key: DeviceKey,
}

#[derive(Serialize, Deserialize)]
struct KeyFile {
    workspace: WorkspaceId,
    device: DeviceId,
    seed: Zeroizing<String>,
}

impl Identity {
    pub(crate) fn new(workspace: WorkspaceId, world: &World) -> Self {
        Self {
            workspace,
            device: DeviceId::new(world.uuid()),
            key: DeviceKey::from_seed(world.bytes()),
        }
    }

    pub(crate) fn load(path: &Path) -> Result<Self, ServerError> {
        let bytes = Zeroizing::new(files::read(path)?);
        Self::read(&bytes)
            .ok_or_else(|| ServerError::bad_file(path, "it holds no key of a workspace"))
    }

    /// What a key file says; none where it is no key file.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let file: KeyFile = serde_json::from_slice(bytes).ok()?;
        let seed = Zeroizing::new(STANDARD.decode(file.seed.as_bytes()).ok()?);
        let seed = <[u8; 32]>::try_from(seed.as_slice()).ok()?;
        Some(Self {
            workspace: file.workspace,
            device: file.device,
            key: DeviceKey::from_seed(seed),
        })
    }

    pub(crate) fn save(&self, path: &Path) -> Result<(), ServerError> {
        let file = KeyFile {
            workspace: self.workspace,
            device: self.device,
            seed: Zeroizing::new(STANDARD.encode(*self.key.seed())),
        };
        let text = serde_json::to_vec_pretty(&file).map(Zeroizing::new);
        files::replace(
            path,
            &text.map_err(|error| ServerError::bad_file(path, error))?,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_and_is_for_its_user_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let made = Identity::new(WorkspaceId::from_bytes([1; 16]), &World::system());
        made.save(&path).unwrap();
        let read = Identity::load(&path).unwrap();
        assert_eq!(read.workspace, made.workspace);
        assert_eq!(read.device, made.device);
        assert_eq!(read.key.public(), made.key.public());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
