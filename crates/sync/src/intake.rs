//! Taking in what a server sent: checked, verified, compared with its signed head, stored.
//!
//! Guarantees: entries are stored in order and only after every check of [`crate::check`] and their
//! signatures; the last chunk before a signed head is stored only after the roots agree. Should a
//! head disagree after earlier chunks of the same pull were stored, [`Intake::stored_unproven`] says
//! so, and the caller sets that part aside.

use std::path::PathBuf;

use quarterdeck_core::erase::Vouching;
use quarterdeck_core::id::WorkspaceId;
use quarterdeck_ledger::{Appended, Checkpoint, Ledger, PublicKey, SledLedger};

use crate::check::{Checked, Checker, Fault};
use crate::closings;
use crate::error::ReplicaError;
use crate::evidence::Difference;
use crate::head::authority;
use crate::identity::Trust;
use crate::lock::Lock;
use crate::remote::{Chunk, RemoteError};
use crate::replica::{LOCK, Options, Replica, open_ledger};
use quarterdeck_projection::{Folded, erasures};

/// Why something was not taken in.
#[derive(Debug)]
pub(crate) enum IntakeError {
    /// What the server sent does not hold.
    Differs(Box<Difference>),
    /// The connection broke, or the server did not keep to what was agreed.
    Remote(RemoteError),
    /// The replica failed.
    Replica(ReplicaError),
}

impl From<ReplicaError> for IntakeError {
    fn from(error: ReplicaError) -> Self {
        Self::Replica(error)
    }
}

impl From<quarterdeck_ledger::LedgerError> for IntakeError {
    fn from(error: quarterdeck_ledger::LedgerError) -> Self {
        Self::Replica(error.into())
    }
}

/// Takes in one stream of chunks.
#[derive(Debug)]
pub(crate) struct Intake {
    workspace: WorkspaceId,
    trust: Option<Trust>,
    checker: Checker,
    /// Checked and verified, not stored yet.
    waiting: Checked,
    stored: u64,
    /// Up to where a signed head has covered what is stored.
    proven: u64,
}

impl Intake {
    /// Goes on from a fold of what is stored, of which a signed head covers the first `proven` entries.
    pub(crate) fn new(
        workspace: WorkspaceId,
        trust: Option<Trust>,
        from: Folded,
        proven: u64,
    ) -> Self {
        let stored = from.frontier.size();
        Self {
            workspace,
            trust,
            checker: Checker::new(workspace, trust, from),
            waiting: Checked::default(),
            stored,
            proven,
        }
    }

    /// Takes over what was met among entries that are stored and that no signed head covers yet.
    pub(crate) fn vouched_by(mut self, vouching: Vouching) -> Self {
        self.checker.vouching = vouching;
        self
    }

    /// How many entries are in, stored or not.
    pub(crate) fn size(&self) -> u64 {
        self.checker.frontier.size()
    }

    /// Whether entries are stored that no signed head has covered.
    pub(crate) const fn stored_unproven(&self) -> bool {
        self.stored > self.proven
    }

    /// Takes a chunk in. `true` where it brought a signed head that holds: all is stored then.
    pub(crate) fn take(&mut self, store: &mut Store, chunk: Chunk) -> Result<bool, IntakeError> {
        let proof = chunk.checkpoint.clone();
        if let Err(fault) = self.check(&chunk) {
            return Err(self.differs(fault, Some(chunk)));
        }
        let Some(note) = proof else { return Ok(false) };
        if let Err(fault) = self.compare(&note) {
            return Err(self.differs(fault, Some(chunk)));
        }
        if let Some(fault) = self.erasures(store)? {
            return Err(self.differs(fault, Some(chunk)));
        }
        if let Some(fault) = self.closings(store)? {
            return Err(self.differs(fault, Some(chunk)));
        }
        self.store(store)?;
        self.proven = self.stored;
        Ok(true)
    }

    /// Stores what waits, to make room for the next chunk.
    pub(crate) fn store(&mut self, store: &mut Store) -> Result<(), IntakeError> {
        let Checked { entries, .. } = std::mem::take(&mut self.waiting);
        if entries.is_empty() {
            return Ok(());
        }
        match store.ledger()?.append(self.stored, entries)? {
            Appended::Recorded(head) => {
                self.stored = head.size;
                Ok(())
            }
            Appended::HeadMoved(head) => Err(ReplicaError::Unverified {
                seq: head.size,
                what: "another process added entries during the sync; sync again".to_owned(),
            }
            .into()),
        }
    }

    /// The fold of everything taken in; to be asked after a signed head has held.
    pub(crate) fn into_folded(self) -> Folded {
        self.checker.into_folded()
    }

    fn check(&mut self, chunk: &Chunk) -> Result<(), Fault> {
        let checked = self.checker.check(chunk.entries.clone())?;
        checked.verify()?;
        self.waiting.entries.extend(checked.entries);
        Ok(())
    }

    fn compare(&self, note: &str) -> Result<(), Fault> {
        let size = self.size();
        let fault = |what: String| Fault { seq: size, what };
        if !self.checker.is_whole() {
            return Err(fault(
                "the server's log ends in the middle of a command".to_owned(),
            ));
        }
        if let Some((seq, what)) = self.checker.vouching.first_unvouched() {
            return Err(Fault { seq, what });
        }
        let key = authority(&self.checker.state)
            .or(self.trust.map(|trust| trust.authority))
            .ok_or_else(|| fault("the server's log is empty".to_owned()))?;
        self.check_trust(key).map_err(fault)?;
        let signed = Checkpoint::verify(note, self.workspace.as_bytes(), &key)
            .map_err(|error| fault(error.to_string()))?;
        if signed.size < size {
            return Err(fault(format!(
                "the server's log ends at entry {}, and this replica holds {size} that it recorded before",
                signed.size
            )));
        }
        if signed.size > size {
            return Err(fault(format!(
                "the server signed {} entries and sent {size}",
                signed.size
            )));
        }
        if signed.root != self.checker.frontier.root() {
            return Err(fault(
                "the server's root is not that of the entries here: the two histories differ"
                    .to_owned(),
            ));
        }
        Ok(())
    }

    /// The first event that erases, of those taken in, and that says of an entry here what it is not.
    fn erasures(&mut self, store: &mut Store) -> Result<Option<Fault>, ReplicaError> {
        let claims = std::mem::take(&mut self.checker.erasures);
        if claims.is_empty() {
            return Ok(None);
        }
        let found = erasures::first_false(&claims, store.ledger()?, &self.waiting.entries)?;
        Ok(found.map(|(seq, what)| Fault { seq, what }))
    }

    /// The first closing, of those taken in, that is bound to another history than this.
    fn closings(&mut self, store: &mut Store) -> Result<Option<Fault>, ReplicaError> {
        let claims = std::mem::take(&mut self.checker.claims);
        if claims.is_empty() {
            return Ok(None);
        }
        closings::first_fault(&claims, store.ledger()?, &self.waiting.entries)
    }

    /// At the first sync the log's authority has to be the one that let this device in.
    fn check_trust(&self, key: PublicKey) -> Result<(), String> {
        match self.trust {
            Some(trust) if self.proven == 0 && trust.authority != key => Err(
                "the log names another authority than the server that let this device in"
                    .to_owned(),
            ),
            _ => Ok(()),
        }
    }

    fn differs(&self, fault: Fault, received: Option<Chunk>) -> IntakeError {
        IntakeError::Differs(Box::new(Difference {
            seq: fault.seq,
            what: fault.what,
            proof: None,
            checkpoint: received.as_ref().and_then(|chunk| chunk.checkpoint.clone()),
            received,
        }))
    }
}

/// The log to store into, open only while there is something to store: its folder is not kept from
/// other processes while a network is waited for.
#[derive(Debug)]
pub(crate) struct Store {
    dir: PathBuf,
    name: &'static str,
    workspace: WorkspaceId,
    options: Options,
    open: Option<(SledLedger, Lock)>,
}

impl Store {
    /// The log `name` of a replica's folder.
    pub(crate) fn new(replica: &Replica, name: &'static str) -> Self {
        Self {
            dir: replica.dir().to_path_buf(),
            name,
            workspace: replica.identity().workspace,
            options: replica.options(),
            open: None,
        }
    }

    pub(crate) const fn options(&self) -> Options {
        self.options
    }

    pub(crate) fn ledger(&mut self) -> Result<&SledLedger, ReplicaError> {
        let open = match self.open.take() {
            Some(open) => open,
            None => {
                let lock = Lock::take(&self.dir, LOCK, self.options.lock_wait)?;
                let ledger = open_ledger(&self.dir.join(self.name), self.workspace, self.options)?;
                (ledger, lock)
            }
        };
        Ok(&self.open.insert(open).0)
    }

    /// Lets others at the folder.
    pub(crate) fn release(&mut self) {
        self.open = None;
    }
}
