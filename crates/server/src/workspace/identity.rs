//! The server's identity in one workspace: its device there, and the keys that sign what it
//! records itself and the log's checkpoints. Losing the file means losing both; it is part of
//! every backup of the data folder.
//!
//! Guarantees: a new key is on the disk before the log hears of it, and the old one stays until the
//! log has; a head of the log is signed by the key that the log up to there names, whenever it is
//! asked for.
//!
//! ```text
//! prepare: next is on the disk ──▶ DeviceKeyRotated, signed by the old key ──▶ settle: next is the key
//!                                  (heads from here on are signed by next)
//! ```

use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use quarterdeck_core::event::Key;
use quarterdeck_core::id::{DeviceId, WorkspaceId};
use quarterdeck_ledger::{DeviceKey, PublicKey, Signature};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::error::ServerError;
use crate::files;
use crate::world::World;

#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) workspace: WorkspaceId,
    pub(crate) device: DeviceId,
    /// Where it is kept; nowhere for one that was just made.
    path: Option<PathBuf>,
    keys: RwLock<Keys>,
}

#[derive(Debug)]
struct Keys {
    /// The key that signed before any in `later`.
    first: DeviceKey,
    /// Keys that came after it, with the position of the event that says so, oldest first.
    later: Vec<(u64, DeviceKey)>,
    /// The key that is to come, on the disk already.
    next: Option<DeviceKey>,
}

impl Keys {
    fn current(&self) -> &DeviceKey {
        self.later.last().map_or(&self.first, |(_, key)| key)
    }

    fn all(&self) -> impl Iterator<Item = &DeviceKey> {
        std::iter::once(&self.first).chain(self.later.iter().map(|(_, key)| key))
    }
}

#[derive(Serialize, Deserialize)]
struct KeyFile {
    workspace: WorkspaceId,
    device: DeviceId,
    seed: Zeroizing<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next: Option<Zeroizing<String>>,
}

impl Identity {
    pub(crate) fn new(workspace: WorkspaceId, world: &World) -> Self {
        Self {
            workspace,
            device: DeviceId::new(world.uuid()),
            path: None,
            keys: RwLock::new(Keys {
                first: DeviceKey::from_seed(world.bytes()),
                later: Vec::new(),
                next: None,
            }),
        }
    }

    pub(crate) fn load(path: &Path) -> Result<Self, ServerError> {
        let bytes = Zeroizing::new(files::read(path)?);
        let identity = Self::read(&bytes)
            .ok_or_else(|| ServerError::bad_file(path, "it holds no key of a workspace"))?;
        Ok(Self {
            path: Some(path.to_path_buf()),
            ..identity
        })
    }

    /// What a key file says; none where it is no key file.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let file: KeyFile = serde_json::from_slice(bytes).ok()?;
        let read = |seed: &Zeroizing<String>| {
            let seed = STANDARD.decode(seed.as_bytes()).map(Zeroizing::new).ok()?;
            let seed = <[u8; 32]>::try_from(seed.as_slice()).ok()?;
            Some(DeviceKey::from_seed(seed))
        };
        let next = match &file.next {
            Some(next) => Some(read(next)?),
            None => None,
        };
        Some(Self {
            workspace: file.workspace,
            device: file.device,
            path: None,
            keys: RwLock::new(Keys {
                first: read(&file.seed)?,
                later: Vec::new(),
                next,
            }),
        })
    }

    pub(crate) fn save(&self, path: &Path) -> Result<(), ServerError> {
        self.write(path, &self.keys())
    }

    fn write(&self, path: &Path, keys: &Keys) -> Result<(), ServerError> {
        let shown = |key: &DeviceKey| Zeroizing::new(STANDARD.encode(*key.seed()));
        let file = KeyFile {
            workspace: self.workspace,
            device: self.device,
            seed: shown(keys.current()),
            next: keys.next.as_ref().map(shown),
        };
        let text = serde_json::to_vec_pretty(&file).map(Zeroizing::new);
        files::replace(
            path,
            &text.map_err(|error| ServerError::bad_file(path, error))?,
        )
    }

    fn keep(&self, keys: &Keys) -> Result<(), ServerError> {
        match &self.path {
            Some(path) => self.write(path, keys),
            None => Ok(()),
        }
    }

    /// The public half of the key that signs at present.
    pub(crate) fn public(&self) -> PublicKey {
        self.keys().current().public()
    }

    /// Signs with the key that the log names to its present end; none where that is not here.
    pub(crate) fn sign_command(
        &self,
        named: Option<Key>,
        hash: &quarterdeck_ledger::Hash,
    ) -> Option<Signature> {
        let keys = self.keys();
        match named {
            None => Some(keys.current().sign_command(hash)),
            Some(named) => (keys.all())
                .find(|key| key.public().0 == named)
                .map(|key| key.sign_command(hash)),
        }
    }

    /// Whether the private half of this key is here, be it one that is to come.
    pub(crate) fn has(&self, key: Key) -> bool {
        let keys = self.keys();
        let mut known = keys.all().chain(&keys.next);
        known.any(|known| known.public().0 == key)
    }

    /// Does something with the key that signs a head of so many entries.
    pub(crate) fn at<R>(&self, size: u64, sign: impl FnOnce(&DeviceKey) -> R) -> R {
        let keys = self.keys();
        let later = keys.later.iter().rev().find(|(from, _)| *from <= size);
        sign(later.map_or(&keys.first, |(_, key)| key))
    }

    /// Makes the key that is to come, or takes the one that an earlier attempt left, and proves that it
    /// is held.
    pub(crate) fn prepare(&self, world: &World) -> Result<(PublicKey, Signature), ServerError> {
        let mut keys = self.keys_mut();
        if keys.next.is_none() {
            keys.next = Some(DeviceKey::from_seed(world.bytes()));
            if let Err(error) = self.keep(&keys) {
                keys.next = None;
                return Err(error);
            }
        }
        let key = keys.next.as_ref().unwrap_or_else(|| keys.current());
        let public = key.public();
        let proof = key.sign_rotation(self.workspace.as_bytes(), self.device.as_bytes(), &public);
        Ok((public, proof))
    }

    /// The log is about to name this key at a position: heads from there on are signed by it.
    pub(crate) fn signs_from(&self, seq: u64, key: &Key) {
        let mut keys = self.keys_mut();
        let known = (keys.next.iter())
            .chain(keys.all())
            .find(|known| known.public().0 == *key)
            .map(|known| DeviceKey::from_seed(*known.seed()));
        keys.later.extend(known.map(|known| (seq, known)));
    }

    /// The log ends here: what was to come after it did not.
    pub(crate) fn log_ends_at(&self, head: u64) {
        self.keys_mut().later.retain(|(from, _)| *from <= head);
    }

    /// Takes the key that was prepared for the key, where the log names it.
    pub(crate) fn settle(&self, named: Option<Key>) -> Result<(), ServerError> {
        let mut keys = self.keys_mut();
        let arrived = |key: &DeviceKey| Some(key.public().0) == named;
        if !keys.next.as_ref().is_some_and(arrived) {
            return Ok(());
        }
        if let Some(next) = keys.next.take()
            && !arrived(keys.current())
        {
            // Found at the start: what the log holds was signed before.
            keys.first = next;
            keys.later.clear();
        }
        self.keep(&keys)
    }

    fn keys(&self) -> RwLockReadGuard<'_, Keys> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn keys_mut(&self) -> RwLockWriteGuard<'_, Keys> {
        self.keys.write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saved(folder: &Path) -> (Identity, PathBuf) {
        let path = folder.join("key");
        let made = Identity::new(WorkspaceId::from_bytes([1; 16]), &World::system());
        made.save(&path).unwrap();
        (made, path)
    }

    #[test]
    fn reads_back_and_is_for_its_user_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (made, path) = saved(folder.path());
        let read = Identity::load(&path).unwrap();
        assert_eq!(read.workspace, made.workspace);
        assert_eq!(read.device, made.device);
        assert_eq!(read.public(), made.public());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_new_key_is_kept_before_the_log_names_it_and_signs_from_there_on() {
        let folder = tempfile::tempdir().unwrap();
        let (made, path) = saved(folder.path());
        let old = made.public();
        let identity = Identity::load(&path).unwrap();
        let (new, proof) = identity.prepare(&World::system()).unwrap();
        let (workspace, device) = (*identity.workspace.as_bytes(), *identity.device.as_bytes());
        assert!(new.verify_rotation(&workspace, &device, &new, &proof));
        assert_eq!(identity.public(), old, "it is not the key yet");
        // Asked again after a crash, it is the same one.
        let after = Identity::load(&path).unwrap();
        assert_eq!(after.prepare(&World::system()).unwrap().0, new);

        identity.signs_from(8, &new.0);
        assert_eq!(identity.at(7, DeviceKey::public), old);
        assert_eq!(identity.at(8, DeviceKey::public), new);
        identity.log_ends_at(7);
        assert_eq!(
            identity.at(8, DeviceKey::public),
            old,
            "nothing was recorded"
        );
        identity.signs_from(8, &new.0);
        identity.settle(Some(new.0)).unwrap();
        assert_eq!(
            identity.at(7, DeviceKey::public),
            old,
            "a pull that began before"
        );
        assert_eq!(identity.at(9, DeviceKey::public), new);
        assert_eq!(Identity::load(&path).unwrap().public(), new);
    }

    #[test]
    fn a_crash_on_either_side_of_the_append_leaves_the_key_that_the_log_names() {
        for named in [false, true] {
            let folder = tempfile::tempdir().unwrap();
            let (made, path) = saved(folder.path());
            let old = made.public();
            let (new, _) = (Identity::load(&path).unwrap())
                .prepare(&World::system())
                .unwrap();
            let found = Identity::load(&path).unwrap();
            let key = if named { new } else { old };
            found.settle(Some(key.0)).unwrap();
            assert_eq!(found.public(), key);
            assert_eq!(Identity::load(&path).unwrap().public(), key);
        }
    }
}
