//! Checking the whole log again: every entry, chain, certificate and signature, and every signed head
//! that this replica has kept.

use std::collections::BTreeSet;

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::event::Entry;
use quarterdeck_ledger::{Broken, Hash, Ledger, VerifierKey, walk};
use quarterdeck_proto::DecodeError;

use super::Replica;
use crate::check::{Checker, Fault};
use crate::checkpoints;
use crate::error::ReplicaError;
use crate::head::{SignedHeads, authority};
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
    /// How many signed heads are kept here: the log was found to continue each of them.
    pub checkpoints: usize,
    /// The key that signs the log's head, as others need it to check a proof.
    pub key: Option<VerifierKey>,
    /// The root at the size that was asked for.
    pub at: Option<(u64, Hash)>,
}

impl Replica {
    /// Checks everything that there is to check, and tells how far it has come (entries checked,
    /// entries in all).
    ///
    /// # Errors
    /// [`ReplicaError::Unverified`] names the first entry that does not hold;
    /// [`ReplicaError::Ledger`] where the log itself is damaged.
    pub fn verify(&mut self, progress: &mut dyn FnMut(u64, u64)) -> Result<Verified, ReplicaError> {
        self.verify_at(None, progress)
    }

    /// The same, and tells the root at an earlier size.
    ///
    /// # Errors
    /// As [`verify`](Self::verify).
    pub fn verify_at(
        &mut self,
        size: Option<u64>,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Verified, ReplicaError> {
        let (workspace, trust) = (self.identity.workspace, self.identity.trust);
        let head = self.hold()?.ledger.head();
        // The lock is held by now, so head and heads are of one moment.
        let heads = SignedHeads::new(checkpoints::all(&self.dir));
        let kept = heads.sizes();
        let wanted: BTreeSet<u64> = kept.iter().copied().chain(size).collect();
        let mut checker = Checker::new(workspace, trust, Folded::default()).look_at(wanted);
        let ledger = &self.hold()?.ledger;
        let unverified = |fault: Fault| ReplicaError::Unverified {
            seq: fault.seq,
            what: fault.what,
        };
        let mut commands = 0;
        walk(
            ledger,
            head.size,
            &read,
            &mut |walked| {
                let entry = walked.prepared.map_err(|error| error.to_string())?;
                if *entry.event.id.as_bytes() != walked.entry.event_id {
                    return Err("its leaf names another event".to_owned());
                }
                let signed = checker.follow(entry, &walked.entry.event, walked.leaf)?;
                // The walk goes through the whole log: what holds is seen at its end.
                checker.erasures.clear();
                commands += u64::from(signed.is_some());
                Ok(signed)
            },
            &mut |done| {
                progress(done, head.size);
                true
            },
        )
        .map_err(broken)?;
        let fault = |what: &str| ReplicaError::Unverified {
            seq: head.size,
            what: what.to_owned(),
        };
        if checker.frontier.size() != head.size {
            return Err(fault("the log ends before its head"));
        }
        if !checker.is_whole() {
            return Err(fault("the log ends in the middle of a command"));
        }
        if checker.frontier.root() != head.root {
            return Err(fault("the entries do not add up to the root that was kept"));
        }
        let vouching = &checker.vouching;
        if let Some((seq, what)) = vouching.first_unvouched().or_else(|| vouching.first_kept()) {
            return Err(unverified(Fault { seq, what }));
        }
        let closings = crate::closings::first_fault(&checker.claims, ledger, &[])?;
        closings.map_or(Ok(()), |fault| Err(unverified(fault)))?;
        let checkpoint = heads.hold(workspace, &checker).map_err(unverified)?;
        let at = size.and_then(|size| Some((size, checker.seen.get(&size)?.root)));
        Ok(Verified {
            size: head.size,
            root: head.root,
            commands,
            checkpoint,
            checkpoints: kept.len(),
            key: authority(&checker.state).map(|key| VerifierKey {
                workspace: *workspace.as_bytes(),
                key,
            }),
            at,
        })
    }

    /// The key that signs the log's head now; none where the log is empty.
    #[must_use]
    pub fn verifier_key(&self) -> Option<VerifierKey> {
        authority(self.confirmed()).map(|key| VerifierKey {
            workspace: *self.identity.workspace.as_bytes(),
            key,
        })
    }
}

/// Decodes an entry whose hash was checked when it was read.
pub(crate) fn read(entry: &quarterdeck_ledger::Entry) -> Result<Entry, DecodeError> {
    Ok(Entry {
        seq: entry.seq,
        recorded: Timestamp::from_ms(entry.recorded),
        hash: entry.hash,
        event: quarterdeck_proto::decode_event(&entry.event.body)?,
    })
}

pub(crate) fn broken(broken: Broken) -> ReplicaError {
    match broken {
        Broken::Ledger(error) => error.into(),
        Broken::Entry { seq, what } => ReplicaError::Unverified { seq, what },
        Broken::Signature { seq } => ReplicaError::Unverified {
            seq,
            what: "its signature is not its device's".to_owned(),
        },
    }
}
