//! Checking the whole log again: every entry, chain, certificate and signature, and the signed head.

use quarterdeck_ledger::{Hash, Ledger};

use super::Replica;
use super::fold::{READ_BYTES, READ_ENTRIES};
use crate::check::{Checker, Fault};
use crate::error::ReplicaError;
use crate::evidence;
use crate::head::SignedHead;
use crate::remote::Received;
use quarterdeck_projection::Folded;

/// A log that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The number of entries.
    pub size: u64,
    /// The root of their tree.
    pub root: Hash,
    /// How many commands were found to be signed by their devices.
    pub commands: u64,
    /// The last signed head, and how many entries it covers; none before the first sync has finished.
    pub checkpoint: Option<(String, u64)>,
}

impl Replica {
    /// Checks everything that there is to check, and tells how far it has come (entries checked,
    /// entries in all).
    ///
    /// # Errors
    /// [`ReplicaError::Unverified`] names the first entry that does not hold;
    /// [`ReplicaError::Ledger`] where the log itself is damaged.
    pub fn verify(&mut self, progress: &mut dyn FnMut(u64, u64)) -> Result<Verified, ReplicaError> {
        let (workspace, trust) = (self.identity.workspace, self.identity.trust);
        let note = evidence::checkpoint(&self.dir);
        let ledger = &self.hold()?.ledger;
        let head = ledger.head();
        let mut checker = Checker::new(workspace, trust, Folded::default());
        let unverified = |fault: Fault| ReplicaError::Unverified {
            seq: fault.seq,
            what: fault.what,
        };
        let mut signed = SignedHead::new(note);
        let mut commands = 0;
        while checker.frontier.size() < head.size {
            let at = checker.frontier.size();
            // A block ends where the checkpoint does, to compare the roots there.
            let stop = signed.stop(at, head.size);
            let room = usize::try_from(stop - at).unwrap_or(READ_ENTRIES);
            let block = ledger.read(at + 1, room.min(READ_ENTRIES), READ_BYTES)?;
            let received = block.into_iter().map(|entry| Received {
                seq: entry.seq,
                recorded: entry.recorded,
                sealed: entry.event,
            });
            let checked = checker.check(received.collect()).map_err(unverified)?;
            checked.verify().map_err(unverified)?;
            commands += checked.signatures.len() as u64;
            signed.look(&checker);
            progress(checker.frontier.size(), head.size);
        }
        let fault = |seq, what: &str| ReplicaError::Unverified {
            seq,
            what: what.to_owned(),
        };
        if !checker.is_whole() {
            return Err(fault(head.size, "the log ends in the middle of a command"));
        }
        if checker.frontier.root() != head.root {
            return Err(fault(
                head.size,
                "the entries do not add up to the root that was kept",
            ));
        }
        let closings = crate::closings::first_fault(&checker.claims, ledger, &[])?;
        closings.map_or(Ok(()), |fault| Err(unverified(fault)))?;
        let checkpoint = signed.holds(workspace, head.size).map_err(unverified)?;
        Ok(Verified {
            size: head.size,
            root: head.root,
            commands,
            checkpoint,
        })
    }
}
