//! The form of `access.json`.

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::id::{DeviceId, MemberId, Uuid, WorkspaceId};
use serde::{Deserialize, Serialize};

use super::Holder;

const VERSION: u32 = 1;

/// Everything in `access.json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Book {
    version: u32,
    pub(super) tokens: Vec<TokenRecord>,
    pub(super) hosting: Vec<Hosting>,
}

/// A token that was given out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TokenRecord {
    /// What to revoke it by.
    pub(crate) id: Uuid,
    /// SHA-256 of its text.
    #[serde(with = "hex")]
    pub(crate) hash: [u8; 32],
    pub(crate) workspace: WorkspaceId,
    pub(crate) member: MemberId,
    pub(crate) device: Option<DeviceId>,
    pub(crate) created: Timestamp,
    pub(crate) expires: Timestamp,
    pub(crate) revoked: Option<Timestamp>,
    pub(crate) last_used: Option<Timestamp>,
    /// The token that it takes the place of, until it is first used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) replaces: Option<Uuid>,
}

/// An invitation to host a workspace that began without a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hosting {
    /// Its public key.
    #[serde(with = "hex")]
    pub(crate) key: [u8; 32],
    pub(crate) expires: Timestamp,
    pub(crate) used: Option<Hosted>,
}

/// Which workspace came by an invitation to host, and from which device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hosted {
    pub(crate) workspace: WorkspaceId,
    pub(crate) device: DeviceId,
    #[serde(with = "hex")]
    pub(crate) device_key: [u8; 32],
}

impl Default for Book {
    fn default() -> Self {
        Self {
            version: VERSION,
            tokens: Vec::new(),
            hosting: Vec::new(),
        }
    }
}

impl Book {
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, String> {
        let book: Self = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if book.version == VERSION {
            Ok(book)
        } else {
            Err(format!(
                "it is of version {}, and this okrd reads version {VERSION}",
                book.version
            ))
        }
    }

    pub(crate) fn write(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec_pretty(self)
    }

    pub(super) fn revoke(&mut self, now: Timestamp, which: impl Fn(&TokenRecord) -> bool) {
        for token in self.tokens.iter_mut().filter(|token| which(token)) {
            token.revoked.get_or_insert(now);
        }
    }
}

impl TokenRecord {
    pub(crate) const fn holder(&self) -> Holder {
        Holder {
            workspace: self.workspace,
            member: self.member,
            device: self.device,
        }
    }
}

/// 32 bytes as 64 hexadecimal digits.
mod hex {
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8; 32], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&quarterdeck_ledger::hex(bytes))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<[u8; 32], D::Error> {
        let digits = String::deserialize(from)?;
        let wrong = || de::Error::custom("expected 64 hexadecimal digits");
        if digits.len() != 64 || !digits.is_ascii() {
            return Err(wrong());
        }
        let mut bytes = [0; 32];
        for (byte, at) in bytes.iter_mut().zip((0..).step_by(2)) {
            let pair = digits.get(at..at + 2).ok_or_else(wrong)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| wrong())?;
        }
        Ok(bytes)
    }
}
