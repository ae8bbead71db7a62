//! Ed25519 keys of devices, and the three things that they sign besides checkpoints.
//!
//! Each message starts with its own fixed line, so that a signature made for one purpose can never
//! serve for another. Nothing here is random: seeds are passed in, and Ed25519 is deterministic.

use std::fmt;

use ed25519_dalek::{Signer, SigningKey, VerifyingKey};
use zeroize::{Zeroize, Zeroizing};

use crate::{DeviceId, Hash, WorkspaceId};

/// An Ed25519 signature.
pub type Signature = [u8; 64];

const COMMAND_PREFIX: &[u8] = b"quarterdeck/command/1\n";
const JOIN_PREFIX: &[u8] = b"quarterdeck/join/1\n";
const ROTATE_PREFIX: &[u8] = b"quarterdeck/rotate/1\n";
const HOST_PREFIX: &[u8] = b"quarterdeck/host/1\n";

pub(crate) const COMMAND_MESSAGE: usize = 22 + 32;

/// What the signature of a command covers, given the hash of the command's last event.
pub(crate) fn command_message(last: &Hash) -> [u8; COMMAND_MESSAGE] {
    let mut message = [0; COMMAND_MESSAGE];
    let (prefix, hash) = message.split_at_mut(COMMAND_PREFIX.len());
    prefix.copy_from_slice(COMMAND_PREFIX);
    hash.copy_from_slice(last);
    message
}

fn certificate_message(
    prefix: &[u8],
    workspace: &WorkspaceId,
    device: &DeviceId,
    key: &PublicKey,
) -> Vec<u8> {
    [prefix, workspace, device, &key.0].concat()
}

/// A device's secret key. It is wiped from memory when dropped and never shown by `Debug`.
pub struct DeviceKey(SigningKey);

impl DeviceKey {
    /// The key of a seed: 32 bytes that only this device knows. The copy passed in is wiped.
    pub fn from_seed(mut seed: [u8; 32]) -> Self {
        let key = Self(SigningKey::from_bytes(&seed));
        seed.zeroize();
        key
    }

    /// The seed again, for the file that keeps it.
    pub fn seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// Signs a command, and with it the device's chain up to it, by the hash of its last event.
    pub fn sign_command(&self, last: &Hash) -> Signature {
        self.sign(&command_message(last))
    }

    /// Certifies that `key` belongs to `device`: made with the key of an invitation by the device that
    /// redeems it, or with the key of a device for a copy that becomes a device of its own.
    pub fn sign_join(
        &self,
        workspace: &WorkspaceId,
        device: &DeviceId,
        key: &PublicKey,
    ) -> Signature {
        self.sign(&certificate_message(JOIN_PREFIX, workspace, device, key))
    }

    /// Signs that `key` becomes the key of `device`. In the log the new key makes this signature over
    /// itself, to show that it is held; the old one signs the event that carries it.
    pub fn sign_rotation(
        &self,
        workspace: &WorkspaceId,
        device: &DeviceId,
        key: &PublicKey,
    ) -> Signature {
        self.sign(&certificate_message(ROTATE_PREFIX, workspace, device, key))
    }

    /// Certifies, with the key of a hosting invitation, that `device` with `key` offers the workspace.
    pub fn sign_host(
        &self,
        workspace: &WorkspaceId,
        device: &DeviceId,
        key: &PublicKey,
    ) -> Signature {
        self.sign(&certificate_message(HOST_PREFIX, workspace, device, key))
    }

    /// Signs bytes that carry their own purpose (a checkpoint's text).
    pub(crate) fn sign(&self, message: &[u8]) -> Signature {
        self.0.sign(message).to_bytes()
    }
}

impl fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DeviceKey").field(&self.public()).finish()
    }
}

/// The public half of a device's or an invitation's key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PublicKey(pub [u8; 32]);

impl PublicKey {
    pub fn verify_command(&self, last: &Hash, signature: &Signature) -> bool {
        self.verify(&command_message(last), signature)
    }

    pub fn verify_join(
        &self,
        workspace: &WorkspaceId,
        device: &DeviceId,
        key: &PublicKey,
        certificate: &Signature,
    ) -> bool {
        self.verify(
            &certificate_message(JOIN_PREFIX, workspace, device, key),
            certificate,
        )
    }

    pub fn verify_rotation(
        &self,
        workspace: &WorkspaceId,
        device: &DeviceId,
        key: &PublicKey,
        certificate: &Signature,
    ) -> bool {
        self.verify(
            &certificate_message(ROTATE_PREFIX, workspace, device, key),
            certificate,
        )
    }

    pub fn verify_host(
        &self,
        workspace: &WorkspaceId,
        device: &DeviceId,
        key: &PublicKey,
        certificate: &Signature,
    ) -> bool {
        self.verify(
            &certificate_message(HOST_PREFIX, workspace, device, key),
            certificate,
        )
    }

    /// Whether these bytes can be a key at all: a point on the curve, and not one of the few weak ones
    /// under which a signature proves nothing.
    pub fn is_valid(&self) -> bool {
        self.decode().is_some()
    }

    /// The strict rule: no small-order key or nonce, so that every verifier comes to the same verdict.
    pub(crate) fn verify(&self, message: &[u8], signature: &Signature) -> bool {
        self.decode().is_some_and(|key| {
            key.verify_strict(message, &ed25519_dalek::Signature::from_bytes(signature))
                .is_ok()
        })
    }

    pub(crate) fn decode(&self) -> Option<VerifyingKey> {
        VerifyingKey::from_bytes(&self.0)
            .ok()
            .filter(|key| !key.is_weak())
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PublicKey(")?;
        for byte in self.0 {
            write!(f, "{byte:02x}")?;
        }
        f.write_str(")")
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::Sealed;
    use crate::testing::golden;

    const WORKSPACE: WorkspaceId = [1; 16];
    const DEVICE: DeviceId = [2; 16];

    fn key(n: u8) -> DeviceKey {
        DeviceKey::from_seed([n; 32])
    }

    /// The hash of a fixed event, then the signature of its command, a join certificate and a rotation.
    #[test]
    fn hashes_and_messages_are_frozen() {
        let event = Sealed::new(Bytes::from_static(b"a body"), [3; 16], None);
        let hash = event.hash();
        let mut bytes = hash.to_vec();
        bytes.extend(key(7).sign_command(&hash));
        bytes.extend(key(7).sign_join(&WORKSPACE, &DEVICE, &key(8).public()));
        bytes.extend(key(7).sign_rotation(&WORKSPACE, &DEVICE, &key(8).public()));
        golden("signatures.bin", &bytes);
    }

    #[test]
    fn a_command_verifies_under_its_own_key_and_hash_only() {
        let signature = key(7).sign_command(&[9; 32]);
        assert!(key(7).public().verify_command(&[9; 32], &signature));
        assert!(!key(8).public().verify_command(&[9; 32], &signature));
        assert!(!key(7).public().verify_command(&[8; 32], &signature));
    }

    #[test]
    fn a_certificate_serves_one_purpose_one_device_and_one_workspace() {
        let joined = key(2).public();
        let certificate = key(1).sign_join(&WORKSPACE, &DEVICE, &joined);
        let by = key(1).public();
        assert!(by.verify_join(&WORKSPACE, &DEVICE, &joined, &certificate));
        assert!(!by.verify_rotation(&WORKSPACE, &DEVICE, &joined, &certificate));
        assert!(!by.verify_join(&[9; 16], &DEVICE, &joined, &certificate));
        assert!(!by.verify_join(&WORKSPACE, &[9; 16], &joined, &certificate));
        assert!(!by.verify_join(&WORKSPACE, &DEVICE, &key(3).public(), &certificate));

        let rotation = key(1).sign_rotation(&WORKSPACE, &DEVICE, &joined);
        assert!(by.verify_rotation(&WORKSPACE, &DEVICE, &joined, &rotation));
        assert!(!by.verify_join(&WORKSPACE, &DEVICE, &joined, &rotation));
    }

    #[test]
    fn a_weak_or_impossible_key_verifies_nothing() {
        let mut identity = [0; 32];
        identity[0] = 1;
        assert!(!PublicKey(identity).is_valid());
        assert!(!PublicKey(identity).verify_command(&[0; 32], &[0; 64]));
        assert!(key(1).public().is_valid());
    }

    #[test]
    fn the_seed_comes_back_and_debug_keeps_it_secret() {
        let key = key(0xab);
        assert_eq!(*key.seed(), [0xab; 32]);
        assert!(!format!("{key:?}").contains("abababab"));
    }
}
