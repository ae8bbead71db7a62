//! Holding a log against its last signed head while it is followed from its first entry.

use quarterdeck_core::id::WorkspaceId;
use quarterdeck_core::state::State;
use quarterdeck_ledger::checkpoint::CheckpointError;
use quarterdeck_ledger::{Checkpoint, Hash, PublicKey};

use crate::check::{Checker, Fault};

/// A signed head, and what the log was found to be at the place that it covers.
#[derive(Debug)]
pub(crate) struct SignedHead {
    note: Option<String>,
    covered: u64,
    found: Option<(Hash, Option<PublicKey>)>,
}

impl SignedHead {
    /// The head of a note, of which nothing is believed yet.
    pub(crate) fn new(note: Option<String>) -> Self {
        let covered = note.as_deref().and_then(size_of).unwrap_or(0);
        Self {
            note,
            covered,
            found: None,
        }
    }

    /// Where to stop next, being at entry `at` of a log of `size` entries.
    pub(crate) fn stop(&self, at: u64, size: u64) -> u64 {
        if at < self.covered {
            self.covered.min(size)
        } else {
            size
        }
    }

    /// Looks at the log where the head's part of it ends.
    pub(crate) fn look(&mut self, checker: &Checker) {
        if checker.frontier.size() == self.covered {
            self.found = Some((checker.frontier.root(), authority(&checker.state)));
        }
    }

    /// The note and how many entries it covers, if it holds for the log of `size` entries.
    pub(crate) fn holds(
        self,
        workspace: WorkspaceId,
        size: u64,
    ) -> Result<Option<(String, u64)>, Fault> {
        let fault = |seq, what: &str| Fault {
            seq,
            what: what.to_owned(),
        };
        let Some(note) = self.note else {
            return Ok(None);
        };
        let (root, key) = self.found.ok_or_else(|| {
            fault(
                size,
                "the log holds fewer entries than its last signed head",
            )
        })?;
        let key = key.ok_or_else(|| fault(1, "nobody is there to sign the log's head"))?;
        let signed = Checkpoint::verify(&note, workspace.as_bytes(), &key)
            .map_err(|error: CheckpointError| fault(self.covered, &error.to_string()))?;
        if signed.root != root {
            return Err(fault(
                self.covered,
                "the entries differ from those of the signed head",
            ));
        }
        Ok(Some((note, self.covered)))
    }
}

/// The size that a checkpoint names, before anything in it is believed.
pub(crate) fn size_of(note: &str) -> Option<u64> {
    note.lines().nth(1)?.parse().ok()
}

/// The key that signs the log's head.
pub(crate) fn authority(state: &State) -> Option<PublicKey> {
    let authority = state.workspace.as_ref()?.authority;
    state
        .devices
        .get(&authority)
        .map(|device| PublicKey(device.key))
}
