//! Receiving on one side, checking and storing on another thread, unless the replica is to do without.

use quarterdeck_core::state::State;
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio_stream::StreamExt;

use super::give_back::give_back;
use super::{Progress, SyncError, compare};
use crate::evidence::{self, Difference};
use crate::head::{SignedHeads, size_of};
use crate::identity::Trust;
use crate::intake::{Intake, IntakeError, Store};
use crate::remote::{Chunk, Chunks, Remote, RemoteError};
use crate::replica::{LEDGER, Replica};
use quarterdeck_projection::Folded;

/// Chunks that may wait to be checked: enough to keep both sides busy, few enough to stay small.
const WAITING_CHUNKS: usize = 4;

/// So many parts with nothing in them are passed over: an honest server sends one at most.
const MOST_NOTHING: usize = 100;

/// What a pull brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pulled {
    /// Entries that are not this device's own.
    pub of_others: u64,
    /// Entries that the server had lost and has back.
    pub given_back: u64,
}

/// Takes in what the server holds beyond this replica's log.
pub(crate) async fn pull<R: Remote>(
    replica: &mut Replica,
    remote: &R,
    now_ms: u64,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Pulled, SyncError> {
    replica.refresh()?;
    let before = own_events(replica.confirmed(), replica);
    let from = replica.fold();
    let size = from.frontier.size();
    let proven = proven(replica);
    let vouching = replica.vouching_after(proven)?;
    replica.release();
    let mut given_back = 0;
    let chunks = match remote.pull(size + 1).await {
        // It says so itself. What it has lost is given back if it takes it; otherwise what it signs now is
        // kept beside what it signed before.
        Err(RemoteError::Behind(what)) => {
            let Some(given) = give_back(replica, remote, progress).await? else {
                compare(replica, remote, now_ms).await?;
                return Err(RemoteError::Behind(what).into());
            };
            given_back = given;
            remote.pull(size + 1).await?
        }
        chunks => chunks?,
    };
    let store = Store::new(replica, LEDGER);
    let intake = Intake::new(
        replica.identity().workspace,
        replica.identity().trust,
        from,
        proven,
    )
    .vouched_by(vouching);
    match take_all(chunks, intake, store, progress).await {
        Ok((folded, note)) => {
            replica.adopt(folded)?;
            evidence::keep_checkpoint(replica.dir(), &note)?;
            let own = own_events(replica.confirmed(), replica) - before;
            Ok(Pulled {
                of_others: (replica.confirmed().head - size).saturating_sub(own),
                given_back,
            })
        }
        Err(Failure {
            error: IntakeError::Differs(difference),
            unproven,
        }) => Err(differs(
            replica,
            &difference,
            unproven.then_some(proven),
            now_ms,
        )?),
        Err(Failure { error, .. }) => {
            // What was stored before the connection broke is there for the next time.
            replica.forget();
            Err(stopped(error))
        }
    }
}

/// Takes in a whole log, from its first entry on, into another place of the folder. All of `heads` have to
/// hold for it.
pub(crate) async fn pull_into<R: Remote>(
    replica: &mut Replica,
    remote: &R,
    name: &'static str,
    trust: Trust,
    heads: SignedHeads,
    now_ms: u64,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<(Folded, String), SyncError> {
    let chunks = remote.pull(1).await?;
    let store = Store::new(replica, name);
    let workspace = replica.identity().workspace;
    let intake = Intake::new(workspace, Some(trust), Folded::default(), 0).held_against(heads);
    match take_all(chunks, intake, store, progress).await {
        Ok(taken) => Ok(taken),
        Err(Failure {
            error: IntakeError::Differs(difference),
            ..
        }) => Err(differs(replica, &difference, None, now_ms)?),
        Err(Failure { error, .. }) => Err(stopped(error)),
    }
}

/// Up to where the log is covered by a signed head that was verified.
pub(super) fn proven(replica: &Replica) -> u64 {
    evidence::checkpoint(replica.dir())
        .as_deref()
        .and_then(size_of)
        .unwrap_or(0)
}

/// How many events of this device a state holds.
fn own_events(state: &State, replica: &Replica) -> u64 {
    state
        .devices
        .get(&replica.identity().device.id)
        .map_or(0, |device| device.number)
}

/// A pull that came to no good end.
struct Failure {
    error: IntakeError,
    /// Whether entries were stored that no signed head covers.
    unproven: bool,
}

async fn take_all(
    mut chunks: Chunks,
    intake: Intake,
    store: Store,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<(Folded, String), Failure> {
    let mut taker = Taker::start(intake, store);
    let (mut broken, mut nothing) = (None, 0);
    while let Some(chunk) = chunks.next().await {
        let chunk = match chunk {
            Ok(chunk) => chunk,
            Err(error) => {
                broken = Some(error);
                break;
            }
        };
        if let Some(last) = chunk.entries.last() {
            progress(Progress::Pulled {
                to: last.seq,
                of: chunk.head,
            });
        }
        // Nothing, or one more head over the same entries: that could go on for ever.
        nothing += usize::from(chunk.entries.is_empty());
        if nothing > MOST_NOTHING {
            let what = "it sends parts of the log with nothing in them".to_owned();
            broken = Some(RemoteError::Protocol(what));
            break;
        }
        if !taker.take(chunk).await {
            break;
        }
    }
    let (intake, note) = taker.end().await;
    let unproven = intake.stored_unproven();
    let fail = |error| Failure { error, unproven };
    match (note, broken) {
        (Err(error), _) => Err(fail(error)),
        (Ok(Some(note)), _) => Ok((intake.into_folded(), note)),
        (Ok(None), Some(error)) => Err(fail(IntakeError::Remote(error))),
        (Ok(None), None) => Err(fail(IntakeError::Remote(RemoteError::Protocol(
            "the log ended without its signed head".to_owned(),
        )))),
    }
}

/// The last signed head, if it came last, and what was taken in until then.
type Taken = (Intake, Result<Option<String>, IntakeError>);

/// Checks and stores chunks, one after the other.
struct Taking {
    intake: Intake,
    store: Store,
    taken: Result<Option<String>, IntakeError>,
}

impl Taking {
    fn take(&mut self, chunk: Chunk) {
        let note = chunk.checkpoint.clone();
        let taken = self
            .intake
            .store(&mut self.store)
            .and_then(|()| self.intake.take(&mut self.store, chunk));
        self.taken = taken.map(|proven| note.filter(|_| proven));
    }

    /// Takes chunks until there are no more, or one does not hold.
    fn take_all(mut self, mut chunks: mpsc::Receiver<Chunk>) -> Taken {
        while self.taken.is_ok() {
            let chunk = match chunks.try_recv() {
                Ok(chunk) => Some(chunk),
                Err(mpsc::error::TryRecvError::Disconnected) => None,
                Err(mpsc::error::TryRecvError::Empty) => {
                    self.store.release();
                    chunks.blocking_recv()
                }
            };
            match chunk {
                Some(chunk) => self.take(chunk),
                None => break,
            }
        }
        (self.intake, self.taken)
    }
}

/// Who takes the chunks in.
enum Taker {
    Thread {
        chunks: mpsc::Sender<Chunk>,
        taking: JoinHandle<Taken>,
    },
    Here(Box<Taking>),
}

impl Taker {
    fn start(intake: Intake, store: Store) -> Self {
        let threads = store.options().threads;
        let taking = Taking {
            intake,
            store,
            taken: Ok(None),
        };
        if !threads {
            return Self::Here(Box::new(taking));
        }
        let (chunks, waiting) = mpsc::channel(WAITING_CHUNKS);
        let taking = spawn_blocking(move || taking.take_all(waiting));
        Self::Thread { chunks, taking }
    }

    /// Hands a chunk on; not where something did not hold already.
    async fn take(&mut self, chunk: Chunk) -> bool {
        match self {
            Self::Thread { chunks, .. } => chunks.send(chunk).await.is_ok(),
            Self::Here(taking) => {
                taking.take(chunk);
                taking.store.release();
                taking.taken.is_ok()
            }
        }
    }

    async fn end(self) -> Taken {
        match self {
            Self::Thread { chunks, taking } => {
                drop(chunks);
                match taking.await {
                    Ok(taken) => taken,
                    Err(panic) => std::panic::resume_unwind(panic.into_panic()),
                }
            }
            Self::Here(taking) => (taking.intake, taking.taken),
        }
    }
}

/// Keeps the evidence, and takes back what was stored without proof.
pub(super) fn differs(
    replica: &mut Replica,
    difference: &Difference,
    take_back_to: Option<u64>,
    now_ms: u64,
) -> Result<SyncError, SyncError> {
    let head = replica.head();
    let ours = format!(
        "{} entries with root {}",
        head.size,
        quarterdeck_ledger::hex(&head.root)
    );
    let evidence = evidence::keep(replica.dir(), difference, &ours, now_ms)?;
    match take_back_to {
        Some(size) => replica.take_back(size, &evidence.join(LEDGER))?,
        None => replica.forget(),
    }
    Ok(SyncError::HistoryDiffers {
        seq: difference.seq,
        what: difference.what.clone(),
        evidence,
    })
}

pub(super) fn stopped(error: IntakeError) -> SyncError {
    match error {
        IntakeError::Replica(error) => error.into(),
        IntakeError::Remote(error) => error.into(),
        IntakeError::Differs(difference) => {
            SyncError::Replica(crate::error::ReplicaError::Unverified {
                seq: difference.seq,
                what: difference.what,
            })
        }
    }
}
