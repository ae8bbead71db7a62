//! The key that signs a log's checkpoints, as people hand it out: a C2SP verifier key ("vkey").
//!
//! ```text
//! quarterdeck/0191e1b0-…+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k
//! origin of the log     key id   base64(0x01 || public key)
//! ```
//!
//! It names the workspace as well as the key, so a checkpoint of another workspace never passes under it.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::checkpoint::{ED25519, key_id, origin, workspace_of};
use crate::{PublicKey, WorkspaceId};

/// Whose checkpoints are believed, and for which workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    pub workspace: WorkspaceId,
    pub key: PublicKey,
}

/// Why a text is no key to rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifierKeyError {
    #[error("it is not of the form NAME+ID+KEY")]
    Form,
    #[error("its name is not that of a workspace, `quarterdeck/` and a UUID")]
    Name,
    #[error("its key is no Ed25519 key in base64")]
    Key,
    #[error("its id is not that of its name and key: a letter was lost or changed on the way")]
    Id,
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = origin(&self.workspace);
        let id = u32::from_be_bytes(key_id(&name, &self.key));
        let mut typed = vec![ED25519];
        typed.extend(self.key.0);
        write!(f, "{name}+{id:08x}+{}", STANDARD.encode(typed))
    }
}

impl FromStr for VerifierKey {
    type Err = VerifierKeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // The base64 of a key may hold a plus itself.
        let mut parts = text.trim().splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(VerifierKeyError::Form);
        };
        let workspace = workspace_of(name).ok_or(VerifierKeyError::Name)?;
        let bytes = STANDARD.decode(key).map_err(|_| VerifierKeyError::Key)?;
        let key = bytes
            .strip_prefix(&[ED25519])
            .and_then(|key| key.try_into().ok())
            .map(PublicKey)
            .filter(PublicKey::is_valid)
            .ok_or(VerifierKeyError::Key)?;
        let expected = u32::from_be_bytes(key_id(name, &key));
        if id != format!("{expected:08x}") {
            return Err(VerifierKeyError::Id);
        }
        Ok(Self { workspace, key })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::DeviceKey;
    use crate::testing::golden;

    fn key() -> VerifierKey {
        VerifierKey {
            workspace: *b"workspace-000001",
            key: DeviceKey::from_seed([7; 32]).public(),
        }
    }

    #[test]
    fn the_text_is_frozen_and_reads_back() {
        let text = key().to_string();
        golden("vkey.txt", text.as_bytes());
        assert_eq!(text.parse(), Ok(key()));
    }

    /// The example of the signed-note specification, whose name is no workspace's.
    #[test]
    fn the_id_is_that_of_the_specification() {
        let key = STANDARD
            .decode("AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
            .unwrap();
        let key = PublicKey(key[1..].try_into().unwrap());
        assert_eq!(
            u32::from_be_bytes(key_id("example.com/foo", &key)),
            0x530d_903a
        );
    }

    #[test]
    fn a_slip_of_the_pen_is_noticed() {
        let text = key().to_string();
        for (at, _) in text.char_indices() {
            for other in ['0', 'a', 'Z', '+', ' '] {
                let mut slip = text.clone();
                slip.replace_range(at..=at, &other.to_string());
                if slip != text {
                    assert_ne!(slip.parse(), Ok(key()), "{slip}");
                    assert!(slip.parse::<VerifierKey>().is_err(), "{slip}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_gets_a_verdict(text in "\\PC{0,160}") {
            let _ = text.parse::<VerifierKey>();
        }
    }
}
