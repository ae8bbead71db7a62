//! One hash per event.
//!
//! An event's hash covers its body and its author's salt, and nothing else. The leaf of the tree, the
//! device's chain and the command's signature all refer to this one hash: so texts can be erased from a
//! body without breaking any of the three. What is left then is the hash, and the **remains**: the body
//! without those texts. The salt goes with them, for with it a short text could be guessed from its hash.
//!
//! The hash of remains proves nothing about them. Who may be believed about those is not known here.

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

/// An event as it travels and as it is stored: exactly the bytes that its author encoded, or what is left
/// of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The encoded event, kept as authored; or its remains.
    pub body: Bytes,
    pub seal: Seal,
    /// Only on the last event of a command: an Ed25519 signature over that event's hash.
    pub signature: Option<crate::Signature>,
}

/// What the hash of an event comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seal {
    /// From the body, with this salt.
    Salted(Salt),
    /// From a body that is gone: this is the hash that it had.
    Erased(Hash),
}

impl Sealed {
    /// An event as its author made it.
    pub fn new(body: Bytes, salt: Salt, signature: Option<crate::Signature>) -> Self {
        Self {
            body,
            seal: Seal::Salted(salt),
            signature,
        }
    }

    /// SHA-256 over the fixed prefix, the salt and the body as it was authored.
    pub fn hash(&self) -> Hash {
        match self.seal {
            Seal::Erased(hash) => hash,
            Seal::Salted(salt) => Sha256::new()
                .chain_update(EVENT_PREFIX)
                .chain_update(salt)
                .chain_update(&self.body)
                .finalize()
                .into(),
        }
    }

    /// The author's salt; none where it went with the text that was erased.
    pub fn salt(&self) -> Option<&Salt> {
        match &self.seal {
            Seal::Salted(salt) => Some(salt),
            Seal::Erased(_) => None,
        }
    }

    /// Whether the body is no longer the one that was authored.
    pub fn is_erased(&self) -> bool {
        self.salt().is_none()
    }

    /// The same event with nothing left of its body but these remains.
    pub fn erased(&self, remains: Bytes) -> Self {
        Self {
            body: remains,
            seal: Seal::Erased(self.hash()),
            signature: self.signature,
        }
    }

    /// SHA-256 of the body alone: what names remains.
    pub fn body_hash(&self) -> Hash {
        Sha256::digest(&self.body).into()
    }

    /// What this event itself takes on any disk: body, salt or hash, and signature.
    pub fn size(&self) -> usize {
        let seal = match self.seal {
            Seal::Salted(salt) => salt.len(),
            Seal::Erased(hash) => hash.len(),
        };
        self.body.len() + seal + self.signature.map_or(0, |s| s.len())
    }
}
