//! The signed head of a log: a C2SP `tlog-checkpoint` in a C2SP signed note.
//!
//! ```text
//! quarterdeck/0191e1b0-…           the origin, which is also the name of the key
//! 12345                            the size of the log
//! base64(root)
//!
//! — quarterdeck/0191e1b0-… base64(key id || signature)
//! ```
//!
//! Any C2SP witness or verifier can read it. Lines after the root (extensions) and signatures by other
//! keys are tolerated; a checkpoint counts only once a signature by the expected key has been verified.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::{DeviceKey, Hash, PublicKey, WorkspaceId};

/// The type of an Ed25519 key in the id of a signed note's key.
pub(crate) const ED25519: u8 = 1;
/// The longest note that is looked at, in bytes: room for a hundred witnesses.
const MAX_NOTE: usize = 64 * 1024;

/// A head of a workspace's log, as its authority signed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    pub workspace: WorkspaceId,
    /// The number of entries.
    pub size: u64,
    /// The root of their tree.
    pub root: Hash,
}

/// Why a note is no checkpoint to rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    #[error("the checkpoint is no signed note: {0}")]
    Malformed(&'static str),
    #[error("the checkpoint is of another log")]
    OtherLog,
    #[error("the checkpoint carries no signature by the log's key")]
    Unsigned,
    #[error(
        "the checkpoint's signature by the log's key is wrong: it was altered, or signed by someone else"
    )]
    BadSignature,
}

impl Checkpoint {
    /// The signed note.
    pub fn sign(&self, key: &DeviceKey) -> String {
        let name = origin(&self.workspace);
        let text = format!("{name}\n{}\n{}\n", self.size, STANDARD.encode(self.root));
        let mut signature = key_id(&name, &key.public()).to_vec();
        signature.extend(key.sign(text.as_bytes()));
        format!("{text}\n\u{2014} {name} {}\n", STANDARD.encode(signature))
    }

    /// Reads a note and checks that `key` signed it as the head of `workspace`.
    ///
    /// # Errors
    /// When it is malformed, of another log, or not signed by that key.
    pub fn verify(
        note: &str,
        workspace: &WorkspaceId,
        key: &PublicKey,
    ) -> Result<Self, CheckpointError> {
        let (text, signatures) = split(note)?;
        let checkpoint = parse_text(text, workspace)?;
        let name = origin(workspace);
        let id = key_id(&name, key);
        let mut tried = false;
        for line in signatures.lines() {
            let (by, encoded) = line
                .strip_prefix("\u{2014} ")
                .and_then(|rest| rest.split_once(' '))
                .ok_or(CheckpointError::Malformed(
                    "a line among the signatures is none",
                ))?;
            let bytes = STANDARD
                .decode(encoded)
                .map_err(|_| CheckpointError::Malformed("a signature is not base64"))?;
            let Some((by_id, signature)) = bytes.split_first_chunk::<4>() else {
                return Err(CheckpointError::Malformed("a signature is too short"));
            };
            if by != name || *by_id != id {
                continue;
            }
            tried = true;
            if let Ok(signature) = signature.try_into()
                && key.verify(text.as_bytes(), signature)
            {
                return Ok(checkpoint);
            }
        }
        Err(if tried {
            CheckpointError::BadSignature
        } else {
            CheckpointError::Unsigned
        })
    }
}

/// The origin line of a workspace's checkpoints, and the name of the key that signs them.
pub fn origin(workspace: &WorkspaceId) -> String {
    let mut name = String::from("quarterdeck/");
    for (at, byte) in workspace.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            name.push('-');
        }
        // Writing to a string cannot fail.
        let _ = write!(name, "{byte:02x}");
    }
    name
}

/// The workspace that an origin names, in the one way to write it.
pub(crate) fn workspace_of(name: &str) -> Option<WorkspaceId> {
    let digits: Vec<u8> = name
        .strip_prefix("quarterdeck/")?
        .chars()
        .filter(|c| *c != '-')
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<_>>()?;
    let bytes: Vec<u8> = digits
        .chunks(2)
        .map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit))
        .collect();
    let workspace = bytes.try_into().ok()?;
    (origin(&workspace) == name).then_some(workspace)
}

/// The id of a signed note's key: the first four bytes of SHA-256(name || 0x0A || type || key).
pub(crate) fn key_id(name: &str, key: &PublicKey) -> [u8; 4] {
    let hash: Hash = Sha256::new()
        .chain_update(name)
        .chain_update([b'\n', ED25519])
        .chain_update(key.0)
        .finalize()
        .into();
    let [a, b, c, d, ..] = hash;
    [a, b, c, d]
}

/// The signed text with its last newline, and the signature lines.
fn split(note: &str) -> Result<(&str, &str), CheckpointError> {
    if note.len() > MAX_NOTE {
        return Err(CheckpointError::Malformed(
            "it is longer than any checkpoint",
        ));
    }
    if note.chars().any(|c| c.is_control() && c != '\n') {
        return Err(CheckpointError::Malformed("it holds control characters"));
    }
    // The last blank line divides: a text may hold others.
    let at = note.rfind("\n\n").ok_or(CheckpointError::Malformed(
        "no blank line divides text and signatures",
    ))?;
    let (text, rest) = note.split_at(at + 1);
    let signatures = rest.strip_prefix('\n').unwrap_or(rest);
    if signatures.is_empty() || !signatures.ends_with('\n') {
        return Err(CheckpointError::Malformed(
            "it ends without a whole signature line",
        ));
    }
    Ok((text, signatures))
}

fn parse_text(text: &str, workspace: &WorkspaceId) -> Result<Checkpoint, CheckpointError> {
    let mut lines = text.lines();
    if lines.next() != Some(origin(workspace).as_str()) {
        return Err(CheckpointError::OtherLog);
    }
    let size = lines
        .next()
        .filter(|line| *line == "0" || line.starts_with(|c: char| matches!(c, '1'..='9')))
        .and_then(|line| line.parse().ok())
        .ok_or(CheckpointError::Malformed("its second line is no size"))?;
    let root = lines
        .next()
        .and_then(|line| STANDARD.decode(line).ok())
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or(CheckpointError::Malformed("its third line is no root"))?;
    if lines.any(str::is_empty) {
        return Err(CheckpointError::Malformed("its text holds an empty line"));
    }
    Ok(Checkpoint {
        workspace: *workspace,
        size,
        root,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::golden;

    const WORKSPACE: WorkspaceId = *b"workspace-000001";

    fn key() -> DeviceKey {
        DeviceKey::from_seed([7; 32])
    }

    fn checkpoint() -> Checkpoint {
        Checkpoint {
            workspace: WORKSPACE,
            size: 12345,
            root: [0xcc; 32],
        }
    }

    fn verify(note: &str) -> Result<Checkpoint, CheckpointError> {
        Checkpoint::verify(note, &WORKSPACE, &key().public())
    }

    #[test]
    fn the_note_is_frozen() {
        let note = checkpoint().sign(&key());
        golden("checkpoint.txt", note.as_bytes());
        assert_eq!(verify(&note), Ok(checkpoint()));
    }

    /// The example of the signed-note specification: name, key and id.
    #[test]
    fn the_key_id_is_that_of_the_specification() {
        let key = STANDARD
            .decode("AfXdpaVxN5OBcAcqQFJsnmHvLEiA0BJcoIkq2hCzpUQr")
            .ok();
        // Without a published vector at hand the definition itself is checked: hash, type byte, key.
        let Some(Ok(key)) = key.map(|bytes| <[u8; 32]>::try_from(&bytes[1..])) else {
            panic!("no key")
        };
        let mut defined = b"example.com/log\n\x01".to_vec();
        defined.extend(key);
        assert_eq!(
            key_id("example.com/log", &PublicKey(key)),
            Sha256::digest(defined)[..4]
        );
    }

    #[test]
    fn what_a_witness_adds_is_tolerated() {
        let note = checkpoint().sign(&key());
        let (text, signature) = note.split_once("\n\n").unwrap();
        let witnessed = format!("{text}\n\n\u{2014} witness.example d2l0bmVzcwAAAAA=\n{signature}");
        assert_eq!(verify(&witnessed), Ok(checkpoint()));
    }

    #[test]
    fn anyone_elses_word_is_refused() {
        let note = checkpoint().sign(&key());
        assert_eq!(
            verify(&checkpoint().sign(&DeviceKey::from_seed([8; 32]))),
            Err(CheckpointError::Unsigned)
        );
        assert_eq!(
            verify(&note.replace("12345", "12346")),
            Err(CheckpointError::BadSignature)
        );
        let other = Checkpoint::verify(&note, &[0; 16], &key().public());
        assert_eq!(other, Err(CheckpointError::OtherLog));
        for broken in [
            "",
            "\n\n",
            &note[..note.len() - 1],
            &note.replace("\n\n", "\n"),
            &note.replace("12345", "012345"),
            &note.replace("\n\n", "\n\nextension\n\n"),
        ] {
            assert!(
                matches!(
                    verify(broken),
                    Err(CheckpointError::Malformed(_) | CheckpointError::OtherLog)
                ),
                "{broken}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_text_gets_a_verdict(note in "\\PC{0,200}", cut in any::<prop::sample::Index>(), extra in "(\\PC|\n){0,20}") {
            let _ = verify(&note);
            let mut signed = checkpoint().sign(&key());
            while !signed.is_char_boundary(cut.index(signed.len())) { signed.pop(); }
            signed.insert_str(cut.index(signed.len()), &extra);
            if let Ok(read) = verify(&signed) { prop_assert_eq!(read, checkpoint()); }
        }
    }
}
