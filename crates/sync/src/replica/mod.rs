//! One device's copy of a workspace: the confirmed log, the outbox, the shelf.
//!
//! ```text
//! device.json   who this device is, its key, its token      lock       held while files are read or written
//! ledger/       the confirmed log                           sync.lock  held through a whole sync
//! outbox        authored here, not recorded yet             derived/   the folded state; can be deleted
//! shelf         refused, waiting for a person               checkpoint the last signed head that verified
//! evidence/     what did not verify                         checkpoints  those before it
//! ```
//!
//! Guarantees:
//! - What [`Replica::commit`] returned for survives a crash and a power cut.
//! - What a person sees is the fold of the confirmed entries, then of the outbox.
//! - Several processes may work in one folder: each holds the lock for moments, never while it waits
//!   for a network or for a person ([`Replica::release`]), and takes in what others did when it
//!   holds it again.

mod commit;
mod create;
mod erase;
mod fold;
mod log;
mod past;
mod swap;
mod unsent;
mod verify;

use std::path::{Path, PathBuf};
use std::time::Duration;

use quarterdeck_core::clock::Hlc;
use quarterdeck_core::id::DeviceId;
use quarterdeck_core::state::State;
use quarterdeck_ledger::{Hash, Head, SledLedger};

pub use create::NewWorkspace;
pub(crate) use fold::{READ_BYTES, READ_ENTRIES, open_ledger};
pub(crate) use log::decode;
pub use log::{AsOf, Entries, Logged};
pub use past::ReplicaPast;
pub(crate) use swap::NEXT;
pub use verify::Verified;
pub(crate) use verify::{broken, read as read_entry};

use crate::command::PendingCommand;
use crate::error::ReplicaError;
use crate::identity::Identity;
use crate::lock::Lock;
use crate::outbox::{Content, Outbox};
use crate::planner::Shelved;
use crate::shelf::Shelf;
use quarterdeck_projection::{Folded, Health, Projection};

pub(crate) const LEDGER: &str = "ledger";
const DERIVED: &str = "derived";
pub(crate) const LOCK: &str = "lock";
const SYNC_LOCK: &str = "sync.lock";

/// How to work in a folder.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// How long to wait for another process that is at work in the folder. Ten seconds by default.
    pub lock_wait: Duration,
    /// Memory for the ledger's cache, in bytes. 16 MiB by default.
    pub cache_bytes: u64,
    /// Whether what a server sends is checked on a thread of its own while more of it arrives. It is by
    /// default; a simulation, in which everything happens in one order, does without.
    pub threads: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            lock_wait: Duration::from_secs(10),
            cache_bytes: 16 << 20,
            threads: true,
        }
    }
}

/// One device's copy of a workspace.
#[derive(Debug)]
pub struct Replica {
    dir: PathBuf,
    options: Options,
    identity: Identity,
    projection: Projection,
    health: Health,
    /// The state with the outbox on top; none where the outbox is empty.
    visible: Option<State>,
    pending: Content,
    shelved: Vec<Shelved>,
    /// Whether the outbox continues another chain than the log's: the folder was copied.
    forked: bool,
    held: Option<Held>,
}

/// The folder while its lock is held. The log closes before the lock goes.
#[derive(Debug)]
pub(crate) struct Held {
    pub ledger: SledLedger,
    pub outbox: Outbox,
    pub shelf: Shelf,
    _lock: Lock,
}

impl Replica {
    /// Opens the workspace in a folder. The folder's lock is held from here on, until
    /// [`release`](Self::release) or drop.
    ///
    /// # Errors
    /// When there is none, another process does not let go of it, or something in it is damaged.
    pub fn open(dir: &Path, options: Options) -> Result<Self, ReplicaError> {
        let identity = Identity::load(dir)?;
        let health = Health::default();
        let mut replica = Self {
            dir: dir.to_path_buf(),
            options,
            identity,
            projection: Projection::empty(&dir.join(DERIVED), &health),
            health,
            visible: None,
            pending: Content::default(),
            shelved: Vec::new(),
            forked: false,
            held: None,
        };
        replica.hold()?;
        Ok(replica)
    }

    /// Whether the lock is held.
    pub(crate) const fn is_held(&self) -> bool {
        self.held.is_some()
    }

    /// Lets other processes at the folder. What is in memory stays readable; the next call that needs
    /// the folder takes the lock again and takes in what has changed.
    pub fn release(&mut self) {
        self.held = None;
    }

    /// Takes the lock if it is not held, and what others did in the meantime. With the outbox and the
    /// shelf as they are then, the fold is brought up to the log's end.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn refresh(&mut self) -> Result<(), ReplicaError> {
        self.hold().map(|_| ())
    }

    /// The state as a person sees it: confirmed, then pending entries.
    #[must_use]
    pub fn state(&self) -> &State {
        self.visible
            .as_ref()
            .unwrap_or(&self.projection.folded.state)
    }

    /// The state of the confirmed log alone.
    #[must_use]
    pub const fn confirmed(&self) -> &State {
        &self.projection.folded.state
    }

    /// Where the confirmed log ends.
    #[must_use]
    pub fn head(&self) -> Head {
        Head {
            size: self.projection.folded.frontier.size(),
            root: self.root(),
            recorded: self.projection.folded.state.recorded.ms(),
        }
    }

    fn root(&self) -> Hash {
        self.projection.folded.frontier.root()
    }

    /// Whether all that was kept beside the log could be read: what is made of a state must not be
    /// let out where it could not.
    #[must_use]
    pub fn health(&self) -> Health {
        self.health.clone()
    }

    /// Who this device is.
    #[must_use]
    pub const fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// What is authored here and not recorded yet, oldest first.
    #[must_use]
    pub fn outbox(&self) -> &[PendingCommand] {
        &self.pending.commands
    }

    /// How many events wait in the outbox.
    #[must_use]
    pub fn pending_events(&self) -> usize {
        self.pending
            .commands
            .iter()
            .map(PendingCommand::count)
            .sum()
    }

    /// What was refused, oldest first.
    #[must_use]
    pub fn shelf(&self) -> &[Shelved] {
        &self.shelved
    }

    /// Whether the outbox continues another history of this device than the log's: the folder was
    /// copied, and has to become a device of its own before it can sync.
    #[must_use]
    pub const fn is_forked(&self) -> bool {
        self.forked
    }

    /// Whether this device is the authority that records, there being no server.
    #[must_use]
    pub fn is_authority(&self) -> bool {
        let state = &self.projection.folded.state;
        state.workspace.as_ref().is_some_and(|workspace| {
            !workspace.served
                && workspace.authority == self.identity.device.id
                && !self.identity.is_copy()
        })
    }

    /// Number and hash of this device's last event, pending ones included.
    fn chain_end(&self) -> (u64, Option<Hash>) {
        match self.pending.commands.last() {
            Some(last) => (last.last().event.number, Some(last.last().hash)),
            None => chain_end(&self.projection.folded.state, self.identity.device.id),
        }
    }

    /// The device's last clock reading, after everything that it has seen.
    fn last_clock(&self) -> Hlc {
        self.pending.clock.observe(self.projection.folded.clock)
    }

    pub(crate) fn lock_sync(&self, wait: Duration) -> Result<Lock, ReplicaError> {
        Lock::take(&self.dir, SYNC_LOCK, wait)
    }

    /// A copy of the fold of the log, to go on from.
    pub(crate) fn fold(&self) -> Folded {
        self.projection.folded.clone()
    }

    pub(crate) const fn options(&self) -> Options {
        self.options
    }

    /// Changes what the device knows of itself, durably.
    pub(crate) fn update_identity(
        &mut self,
        change: impl FnOnce(&mut Identity),
    ) -> Result<(), ReplicaError> {
        self.hold()?;
        let mut identity = self.identity.clone();
        change(&mut identity);
        identity.save(&self.dir)?;
        self.identity = identity;
        Ok(())
    }
}

/// Number and hash of a device's last event in a state.
pub(crate) fn chain_end(state: &State, device: DeviceId) -> (u64, Option<Hash>) {
    state
        .devices
        .get(&device)
        .map_or((0, None), |device| (device.number, device.tip))
}
