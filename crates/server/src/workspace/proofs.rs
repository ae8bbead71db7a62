//! Proofs from the tree. Its leaves are gathered when the first proof is asked for and kept: 32
//! bytes an entry.

use std::sync::{Mutex, PoisonError};

use quarterdeck_ledger::merkle::{consistency_proof, inclusion_proof};
use quarterdeck_ledger::{Hash, Ledger, LedgerError};

use super::projection::{READ_BYTES, READ_ENTRIES};

#[derive(Debug, Default)]
pub(super) struct Leaves(Mutex<Vec<Hash>>);

impl Leaves {
    /// The audit path of the entry at `seq` in the tree of `size` entries; none where there is no
    /// such entry or size.
    pub(super) fn inclusion(
        &self,
        ledger: &dyn Ledger,
        seq: u64,
        size: u64,
    ) -> Result<Option<Vec<Hash>>, LedgerError> {
        let index = seq
            .checked_sub(1)
            .and_then(|index| usize::try_from(index).ok());
        self.with(ledger, size, |leaves| inclusion_proof(leaves, index?))
    }

    /// The proof that the tree of `new` entries continues that of `old`.
    pub(super) fn consistency(
        &self,
        ledger: &dyn Ledger,
        old: u64,
        new: u64,
    ) -> Result<Option<Vec<Hash>>, LedgerError> {
        let old = usize::try_from(old).ok();
        self.with(ledger, new, |leaves| consistency_proof(leaves, old?))
    }

    fn with(
        &self,
        ledger: &dyn Ledger,
        size: u64,
        prove: impl FnOnce(&[Hash]) -> Option<Vec<Hash>>,
    ) -> Result<Option<Vec<Hash>>, LedgerError> {
        let mut leaves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while (leaves.len() as u64) < size.min(ledger.head().size) {
            for entry in ledger.read(leaves.len() as u64 + 1, READ_ENTRIES, READ_BYTES)? {
                leaves.push(entry.leaf_hash(ledger.workspace()));
            }
        }
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        Ok(leaves.get(..size).and_then(prove))
    }
}
