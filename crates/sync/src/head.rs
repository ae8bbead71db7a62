//! Holding a log against the heads that were signed for it, all of them in one pass.

use std::collections::BTreeSet;

use quarterdeck_core::id::WorkspaceId;
use quarterdeck_core::state::State;
use quarterdeck_ledger::checkpoint::CheckpointError;
use quarterdeck_ledger::{Checkpoint, PublicKey};

use crate::check::{Checker, Fault};

/// Signed heads of which nothing is believed yet, in the order of their sizes.
#[derive(Debug, Default)]
pub(crate) struct SignedHeads(Vec<(u64, String)>);

impl SignedHeads {
    pub(crate) fn new(notes: impl IntoIterator<Item = String>) -> Self {
        let mut heads: Vec<_> = notes
            .into_iter()
            .map(|note| (size_of(&note).unwrap_or(0), note))
            .collect();
        heads.sort_by_key(|(size, _)| *size);
        Self(heads)
    }

    /// Where the log has to be looked at: what [`Checker::look_at`] is told before it begins.
    pub(crate) fn sizes(&self) -> BTreeSet<u64> {
        self.0.iter().map(|(size, _)| *size).collect()
    }

    /// The last head and how many entries it covers, if all hold for the log that `checker` has
    /// followed to its end.
    pub(crate) fn hold(
        self,
        workspace: WorkspaceId,
        checker: &Checker,
    ) -> Result<Option<(String, u64)>, Fault> {
        self.check(workspace, checker)?;
        Ok(self
            .0
            .into_iter()
            .next_back()
            .map(|(size, note)| (note, size)))
    }

    /// Whether all hold for the log that `checker` has followed to its end.
    pub(crate) fn check(&self, workspace: WorkspaceId, checker: &Checker) -> Result<(), Fault> {
        for (covered, note) in &self.0 {
            let fault = |what: &str| Fault {
                seq: *covered,
                what: what.to_owned(),
            };
            let found = checker.seen.get(covered).ok_or_else(|| Fault {
                seq: checker.frontier.size(),
                what: format!("the log holds fewer entries than a signed head of {covered}"),
            })?;
            let key = found
                .authority
                .ok_or_else(|| fault("nobody is there to sign the log's head"))?;
            let signed = Checkpoint::verify(note, workspace.as_bytes(), &key)
                .map_err(|error: CheckpointError| fault(&error.to_string()))?;
            if signed.root != found.root {
                return Err(fault("the entries differ from those of the signed head"));
            }
        }
        Ok(())
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
