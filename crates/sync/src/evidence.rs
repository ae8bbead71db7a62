//! What is kept of a server's history that does not verify.

use std::path::{Path, PathBuf};

use crate::checkpoints;
use crate::error::ReplicaError;
use crate::files;
use crate::remote::Chunk;

pub(crate) const DIR: &str = "evidence";

/// Keeps the signed head that the log was found to have.
pub(crate) fn keep_checkpoint(dir: &Path, note: &str) -> Result<(), ReplicaError> {
    checkpoints::keep(dir, note)
}

/// The last checkpoint that verified.
pub(crate) fn checkpoint(dir: &Path) -> Option<String> {
    checkpoints::last(dir)
}

/// Why a server's history was not believed.
#[derive(Debug, Clone)]
pub(crate) struct Difference {
    /// The first entry that does not hold, or the size at which the roots differ.
    pub seq: u64,
    pub what: String,
    /// The chunk that was being looked at.
    pub received: Option<Chunk>,
    pub checkpoint: Option<String>,
    /// What it answered when it was asked to prove that its history continues the one here.
    pub proof: Option<String>,
}

/// Keeps what a server sent in a folder of its own, for whoever has to find out what happened.
pub(crate) fn keep(
    dir: &Path,
    difference: &Difference,
    ours: &str,
    now_ms: u64,
) -> Result<PathBuf, ReplicaError> {
    let mut folder = dir.join(DIR).join(format!("{now_ms}-{}", difference.seq));
    let mut again = 1;
    while folder.exists() {
        again += 1;
        folder = dir
            .join(DIR)
            .join(format!("{now_ms}-{}-{again}", difference.seq));
    }
    files::make_dir(&folder)?;
    let text = format!("{}\n\nThis replica: {ours}\n", difference.what);
    files::replace(&folder.join("what-differs.txt"), text.as_bytes())?;
    if let Some(note) = &difference.checkpoint {
        files::replace(&folder.join("checkpoint-of-the-server"), note.as_bytes())?;
    }
    if let Some(note) = checkpoint(dir) {
        files::replace(&folder.join("checkpoint-kept"), note.as_bytes())?;
    }
    if let Some(proof) = &difference.proof {
        files::replace(&folder.join("proof-of-the-server"), proof.as_bytes())?;
    }
    if let Some(chunk) = &difference.received {
        files::replace(&folder.join("received.jsonl"), &write_chunk(chunk))?;
    }
    Ok(folder)
}

/// The entries as they came: one JSON object a line, bytes in base64.
fn write_chunk(chunk: &Chunk) -> Vec<u8> {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    let mut out = Vec::new();
    for entry in &chunk.entries {
        let line = serde_json::json!({
            "seq": entry.seq,
            "recorded_ms": entry.recorded,
            "body": STANDARD.encode(&entry.sealed.body),
            "salt": entry.sealed.salt().map(|salt| STANDARD.encode(salt)),
            "erased": entry.sealed.is_erased().then(|| STANDARD.encode(entry.sealed.hash())),
            "signature": entry.sealed.signature.map(|signature| STANDARD.encode(signature)),
        });
        out.extend(line.to_string().into_bytes());
        out.push(b'\n');
    }
    out
}
