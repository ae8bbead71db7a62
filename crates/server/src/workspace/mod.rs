//! One workspace on this server: its log, its one writer, and what readers see.
//!
//! ```text
//! pushes, commands ──▶ writer ──▶ ledger ──▶ published state and index ──▶ queries
//!                                   └──▶ pulls and watches
//! ```
//!
//! Everything that writes goes through the writer's queue. Everything that reads sees only what is
//! on disk. Reading the disk blocks, so the async side does it on threads meant for that.

mod closings;
mod credentials;
mod draft;
mod erase;
mod giving_back;
mod identity;
mod incoming;
mod outcome;
mod past;
mod projection;
mod proofs;
mod published;
mod standing;
#[cfg(test)]
mod tests;
mod trouble;
mod verify;
mod writer;

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use quarterdeck_core::clock::Hlc;
use quarterdeck_core::decide::Command;
use quarterdeck_core::event::{Body, Entry};
use quarterdeck_core::id::{DeviceId, EventId, MemberId, Uuid, WorkspaceId};
use quarterdeck_core::state::State;
use quarterdeck_ledger::{Checkpoint, Derived, DeviceKey, Hash, Head, Ledger, Options, PublicKey};
use quarterdeck_projection::{Health, Kept};
use quarterdeck_proto::v1;
use tokio::sync::{mpsc, oneshot, watch};

pub(crate) use draft::Order;
pub(crate) use giving_back::{NotTakenBack, Piece, TakenBack};
pub(crate) use identity::Identity;
pub(crate) use incoming::{Incoming, Pusher};
pub use outcome::Unavailable;
pub(crate) use outcome::{Authored, NotAuthored, Outcome, Place, Pushed};
pub(crate) use past::WorkspacePast;
pub(crate) use standing::{Held, Standing};
pub(crate) use verify::{Verified, verify};

use crate::error::ServerError;
use crate::files;
use crate::metrics::Metrics;
use crate::world::World;
use draft::Desk;
use projection::Projection;
use proofs::Leaves;
use published::Published;
use trouble::Trouble;
use writer::{Job, Writer};

/// How long a log that is being closed may take to let go.
const CLOSING: Duration = Duration::from_secs(5);
/// How many jobs may wait for the writer; whoever comes then waits to be let in.
const QUEUE: usize = 1_024;

/// A workspace that is open.
pub(crate) struct Workspace {
    identity: Arc<Identity>,
    ledger: Arc<dyn Ledger>,
    published: Arc<Published>,
    leaves: Leaves,
    /// Snapshots and postings, for questions about the past.
    kept: Arc<Mutex<(Kept, Health)>>,
    /// Where they are kept, if anywhere.
    derived: Option<PathBuf>,
    /// Why nothing was recorded the last time, if so.
    trouble: Arc<Trouble>,
    standing: RwLock<Standing>,
    /// Its folder, if it has one.
    files: Option<Folder>,
    world: World,
    jobs: Mutex<Option<mpsc::Sender<Job>>>,
    /// None where the writer is a task, which ends by itself.
    writer: Mutex<Option<JoinHandle<()>>>,
}

/// The files of one workspace.
#[derive(Debug)]
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn key(&self) -> PathBuf {
        self.0.join("key")
    }

    pub(crate) fn ledger(&self) -> PathBuf {
        self.0.join("ledger")
    }

    pub(crate) fn derived(&self) -> PathBuf {
        self.0.join("derived")
    }

    /// There while nothing new is recorded.
    pub(crate) fn held(&self) -> PathBuf {
        self.0.join("held")
    }
}

impl Workspace {
    /// Makes the folder of a new workspace, with a key of the server's own and an empty log.
    pub(crate) fn create(
        folder: &Path,
        id: WorkspaceId,
        world: &World,
        metrics: &Arc<Metrics>,
    ) -> Result<Self, ServerError> {
        // Made aside and moved into place: a folder of a workspace is whole, whatever happens.
        let aside = folder.with_extension("new");
        if aside.exists() {
            fs::remove_dir_all(&aside)
                .map_err(|source| ServerError::io("remove the unfinished", &aside, source))?;
        }
        files::make_dir(&aside)?;
        let made = Folder(aside.clone());
        Identity::new(id, world).save(&made.key())?;
        drop(world.open_log(&made.ledger(), *id.as_bytes(), &Options::default())?);
        files::rename(&aside, folder)?;
        Self::open(folder, world, metrics)
    }

    pub(crate) fn open(
        folder: &Path,
        world: &World,
        metrics: &Arc<Metrics>,
    ) -> Result<Self, ServerError> {
        let files = Folder(folder.to_path_buf());
        // One that was closed a moment ago may still be in the hands of a call that is ending.
        let options = Options {
            create: false,
            wait: CLOSING,
            ..Options::default()
        };
        let identity = Identity::load(&files.key())?;
        let workspace = *identity.workspace.as_bytes();
        let ledger = world.open_log(&files.ledger(), workspace, &options)?;
        let standing = Held::load(&files.held())?.map_or(Standing::Open, Standing::Held);
        let derived = Some(files.derived());
        let mut open = Self::start(identity, ledger, derived, world, metrics)?;
        if let Standing::Held(held) = standing {
            let workspace = open.id();
            tracing::warn!(%workspace, since = %held.since, "held: nothing new is recorded");
        }
        open.standing = RwLock::new(standing);
        open.files = Some(files);
        Ok(open)
    }

    /// Opens a workspace, or what can be read of it where its log is damaged.
    pub(crate) fn open_or_salvage(
        folder: &Path,
        world: &World,
        metrics: &Arc<Metrics>,
    ) -> Result<Self, ServerError> {
        match Self::open(folder, world, metrics) {
            Err(error) if standing::is_damage(&error) => {
                Self::salvage(folder, &error, world, metrics)
            }
            opened => opened,
        }
    }

    /// Starts the writer on a log.
    fn start(
        identity: Identity,
        ledger: Arc<dyn Ledger>,
        derived: Option<PathBuf>,
        world: &World,
        metrics: &Arc<Metrics>,
    ) -> Result<Self, ServerError> {
        let mut projection = Projection::restore(&*ledger, derived.as_deref())?;
        // What was interrupted.
        match erase::carry_out(&*ledger, &projection.state, derived.as_deref()) {
            Ok(false) => {}
            Ok(true) => projection = Projection::restore(&*ledger, derived.as_deref())?,
            Err(error) => {
                let workspace = identity.workspace;
                tracing::error!(%workspace, %error, "texts that were to be erased are still there");
            }
        }
        let Projection {
            state,
            clock: seen,
            index,
            kept,
            health,
            folded,
        } = projection;
        let kept = Arc::new(Mutex::new((kept, health)));
        // Okrd stopped after the log had named a new key and before the file said so.
        identity.settle(state.devices.get(&identity.device).map(|device| device.key))?;
        let identity = Arc::new(identity);
        metrics.head(identity.workspace, state.head);
        tracing::info!(
            workspace = %identity.workspace, head = state.head, folded,
            "opened a workspace"
        );
        let published = Arc::new(Published::new(ledger.head(), state.clone(), index));
        let clock = last_reading(&*ledger, &published, identity.device)?;
        let trouble = Arc::<Trouble>::default();
        let writer = Writer {
            snapshot: state.head.saturating_sub(folded),
            desk: Desk {
                identity: Arc::clone(&identity),
                ledger: Arc::clone(&ledger),
                published: Arc::clone(&published),
                world: world.clone(),
                state,
                clock,
            },
            seen,
            kept: Arc::clone(&kept),
            index: derived.as_deref().map(Derived::new),
            derived: derived.clone(),
            metrics: Arc::clone(metrics),
            trouble: Arc::clone(&trouble),
        };
        let (jobs, waiting) = mpsc::channel(QUEUE);
        let thread = if world.is_threadless() {
            tokio::spawn(writer.run_as_task(waiting));
            None
        } else {
            let thread = thread::Builder::new()
                .name(format!("writer {}", identity.workspace))
                .spawn(move || writer.run(waiting));
            Some(thread.map_err(|source| {
                ServerError::io("start a thread for", Path::new("the writer"), source)
            })?)
        };
        Ok(Self {
            identity,
            ledger,
            published,
            leaves: Leaves::default(),
            kept,
            derived,
            trouble,
            standing: RwLock::new(Standing::Open),
            files: None,
            world: world.clone(),
            jobs: Mutex::new(Some(jobs)),
            writer: Mutex::new(thread),
        })
    }

    pub(crate) fn id(&self) -> WorkspaceId {
        self.identity.workspace
    }

    /// What the server runs on.
    pub(crate) fn world(&self) -> World {
        self.world.clone()
    }

    /// The server's own device in this workspace.
    pub(crate) fn device(&self) -> DeviceId {
        self.identity.device
    }

    pub(crate) fn public_key(&self) -> PublicKey {
        self.identity.at(self.state().head, DeviceKey::public)
    }

    /// What it is called; its id while nobody knows.
    pub(crate) fn name(&self) -> String {
        let state = self.state();
        let known = state.workspace.as_ref();
        known.map_or_else(|| self.id().to_string(), |known| known.name.clone())
    }

    /// Whether its history is still on its way here: it began without a server and has not adopted
    /// this one yet.
    pub(crate) fn is_arriving(&self) -> bool {
        self.state()
            .workspace
            .as_ref()
            .is_none_or(|workspace| !workspace.served)
    }

    /// The present state.
    pub(crate) fn state(&self) -> Arc<State> {
        self.published.state()
    }

    pub(crate) fn head(&self) -> Head {
        self.ledger.head()
    }

    /// The end of the log that is published, with the state there. What the log says up to there about
    /// erasing has been carried out.
    pub(crate) fn published(&self) -> (Head, Arc<State>) {
        self.published.at()
    }

    /// The end of the log up to which an answer has to reach that holds these entries and was to reach up
    /// to `head`. Texts may have been erased since that was looked at; nobody vouches for what remains then
    /// but the event that erased them, and that was recorded before.
    pub(crate) fn head_for(&self, head: Head, entries: &[v1::Entry]) -> Head {
        let is_erased = |entry: &v1::Entry| {
            (entry.event.as_ref()).is_some_and(|event| !event.erased.is_empty())
        };
        if entries.iter().any(is_erased) {
            self.head()
        } else {
            head
        }
    }

    /// The size of the log, as it grows.
    pub(crate) fn follow(&self) -> watch::Receiver<u64> {
        self.ledger.follow()
    }

    /// The size of the log as far as the present state shows it, as it grows.
    pub(crate) fn follow_published(&self) -> watch::Receiver<u64> {
        self.published.follow()
    }

    /// The signed note for a head of the log.
    pub(crate) fn checkpoint(&self, head: &Head) -> String {
        let workspace = *self.identity.workspace.as_bytes();
        let checkpoint = Checkpoint {
            workspace,
            size: head.size,
            root: head.root,
        };
        (self.identity).at(head.size, |key| checkpoint.sign(key))
    }

    /// Has the log name another key of the server's own, with which it signs from there on. Comes back
    /// when the disk has it.
    pub(crate) async fn rotate_key(
        &self,
        reason: Option<String>,
        world: &World,
    ) -> Result<Vec<Authored>, ServerError> {
        let (key, proof) = self.identity.prepare(world)?;
        let rotated = Body::DeviceKeyRotated { key: key.0, proof };
        let order = Order {
            member: MemberId::nil(),
            reason,
            event_id: None,
            decide: Box::new(move |_| Ok(vec![Command::Record(rotated)])),
        };
        let authored = self.author(order).await?;
        self.identity.settle(Some(key.0))?;
        Ok(authored)
    }

    /// Records what a device pushes. Comes back when the disk has it.
    pub(crate) async fn push(
        &self,
        who: Pusher,
        incoming: Incoming,
    ) -> Result<Pushed, Unavailable> {
        self.takes_work()?;
        let (answer, answered) = oneshot::channel();
        self.send(Job::Push {
            who,
            incoming,
            answer,
        })
        .await?;
        answered
            .await
            .unwrap_or_else(|_| Err(Unavailable::stopping()))
    }

    /// Authors and records what is ordered. Comes back when the disk has it.
    pub(crate) async fn author(&self, order: Order) -> Result<Vec<Authored>, NotAuthored> {
        self.takes_work()?;
        let (answer, answered) = oneshot::channel();
        self.send(Job::Order { order, answer }).await?;
        answered
            .await
            .unwrap_or_else(|_| Err(Unavailable::stopping().into()))
    }

    /// Why nothing was recorded the last time that something was to be; none if it was.
    pub(crate) fn trouble(&self) -> Option<Unavailable> {
        self.trouble.get()
    }

    /// Whether the writer has ended although the workspace is open.
    pub(crate) fn has_no_writer(&self) -> bool {
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        writer.as_ref().is_some_and(JoinHandle::is_finished)
    }

    /// How large the log was at the newest snapshot; none while somebody asks about the past.
    pub(crate) fn snapshot_at(&self) -> Option<u64> {
        Some(self.kept.try_lock().ok()?.0.newest_at())
    }

    /// How many jobs the writer has not taken up yet.
    #[cfg(test)]
    fn waiting(&self) -> usize {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        jobs.as_ref()
            .map_or(0, |jobs| jobs.max_capacity() - jobs.capacity())
    }

    async fn send(&self, job: Job) -> Result<(), Unavailable> {
        let jobs = self
            .jobs
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let jobs = jobs.ok_or_else(Unavailable::stopping)?;
        jobs.send(job).await.map_err(|_| Unavailable::stopping())
    }

    /// Recorded events as they were authored, from a position on. Blocks.
    pub(crate) fn read(
        &self,
        from: u64,
        entries: usize,
        bytes: usize,
    ) -> Result<Vec<quarterdeck_ledger::Entry>, ServerError> {
        Ok(self.ledger.read(from, entries, bytes)?)
    }

    /// One recorded event. Blocks.
    pub(crate) fn entry(&self, seq: u64) -> Result<Option<Entry>, ServerError> {
        let entries = self.ledger.read(seq, 1, 1)?;
        entries
            .first()
            .map(|entry| projection::read_entry(&*self.ledger, entry))
            .transpose()
    }

    /// Where an event stands.
    pub(crate) fn seq_of(&self, event: EventId) -> Option<u64> {
        self.published
            .index(|index| published::seq_of(index, event))
    }

    /// The positions of the events that touch something, oldest first.
    pub(crate) fn seqs_about(&self, subject: Uuid) -> Vec<u64> {
        self.published
            .index(|index| index.seqs_about(subject.as_bytes()).to_vec())
    }

    /// The audit path of an entry in the tree of `size` entries. Blocks.
    pub(crate) fn prove_inclusion(
        &self,
        seq: u64,
        size: u64,
    ) -> Result<Option<Vec<Hash>>, ServerError> {
        Ok(self.leaves.inclusion(&*self.ledger, seq, size)?)
    }

    /// The proof that the tree of `new` entries continues that of `old`. Blocks.
    pub(crate) fn prove_consistency(
        &self,
        old: u64,
        new: u64,
    ) -> Result<Option<Vec<Hash>>, ServerError> {
        Ok(self.leaves.consistency(&*self.ledger, old, new)?)
    }

    /// Goes through the log as it is published. Blocks for as long as that takes; where texts were erased
    /// meanwhile, for as long again, since the event that vouches for what remains stands behind where it
    /// began.
    pub(crate) fn verify(&self, mut progress: impl FnMut(u64, u64) -> bool) -> Verified {
        let mut verified = loop {
            let (head, _) = self.published();
            let verified = verify(&*self.ledger, &head, Some(&self.identity), &mut progress);
            let goes_on = self.head().size > head.size && !self.has_no_writer();
            if !(verified.is_unvouched && goes_on) {
                break verified;
            }
        };
        if let (Standing::Salvaged(damage), None) = (self.standing(), &verified.finding) {
            let finding = Standing::Salvaged(damage.clone()).finding(&self.name());
            verified.finding = Some((damage.first, finding));
        }
        verified
    }

    /// Lets the writer finish what waits, and ends it. Blocks until it has.
    pub(crate) fn close(&self) {
        drop(
            self.jobs
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
        let writer = self
            .writer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if writer.is_some_and(|writer| writer.join().is_err()) {
            tracing::error!(workspace = %self.id(), "the writer ended in a panic");
        }
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        self.close();
    }
}

impl fmt::Debug for Workspace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workspace")
            .field("id", &self.id())
            .finish_non_exhaustive()
    }
}

/// The clock reading of the server's own last event, so that its next one comes after it even if
/// the system's clock was set back while okrd was down.
fn last_reading(
    ledger: &dyn Ledger,
    published: &Published,
    device: DeviceId,
) -> Result<Hlc, ServerError> {
    let number = published
        .state()
        .devices
        .get(&device)
        .map_or(0, |device| device.number);
    let seq = published.index(|index| published::seq_of_number(index, device, number));
    let Some(seq) = seq else {
        return Ok(Hlc::default());
    };
    let entries = ledger.read(seq, 1, 1)?;
    let last = entries
        .first()
        .map(|entry| projection::read_entry(ledger, entry))
        .transpose()?;
    Ok(last.map_or_else(Hlc::default, |entry| entry.event.authored))
}
