//! One hash per event.
//!
//! An event's hash covers its body and its author's salt, and nothing else. The leaf of the tree, the
//! device's chain and the command's signature all refer to this one hash: a body can be erased one day
//! and replaced by its hash without breaking any of the three, and the salt keeps a short erased text
//! from being guessed from its hash.

use bytes::Bytes;
use sha2::{Digest, Sha256};

/// A SHA-256 digest.
pub type Hash = [u8; 32];
/// Sixteen random bytes that the author of an event made for it.
pub type Salt = [u8; 16];
/// The bytes of an event's UUID.
pub type EventId = [u8; 16];
/// The bytes of a workspace's UUID.
pub type WorkspaceId = [u8; 16];
/// The bytes of a device's UUID.
pub type DeviceId = [u8; 16];

const EVENT_PREFIX: &[u8] = b"quarterdeck/event/1\n";

/// An event as it travels and as it is stored: exactly the bytes that its author encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The encoded event, kept as authored.
    pub body: Bytes,
    pub salt: Salt,
    /// Only on the last event of a command: an Ed25519 signature over that event's hash.
    pub signature: Option<crate::Signature>,
}

impl Sealed {
    /// SHA-256 over the fixed prefix, the salt and the body.
    pub fn hash(&self) -> Hash {
        Sha256::new()
            .chain_update(EVENT_PREFIX)
            .chain_update(self.salt)
            .chain_update(&self.body)
            .finalize()
            .into()
    }

    /// What this event itself takes on any disk: body, salt and signature.
    pub fn size(&self) -> usize {
        self.body.len() + self.salt.len() + self.signature.map_or(0, |s| s.len())
    }
}
