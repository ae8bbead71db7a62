//! What the server takes from outside itself: the time, randomness, where logs are kept, and the threads
//! that it works on. Passed in, so that a test can step the clock, a demonstration can repeat itself, and
//! a simulation can have all of it happen in one order that follows from a seed. And who is told how far
//! the server has come with what it was handed, so that a test can end it there.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::id::{IdSource, Uuid, uuid_v7};
use quarterdeck_ledger::{Ledger, LedgerError, Options, SledLedger, Watch, WorkspaceId};
use tokio::task::JoinError;

use crate::step::Step;

type Fill = dyn Fn(&mut [u8]) + Send + Sync;
type OpenLog = dyn Fn(&Path, WorkspaceId) -> Result<Arc<dyn Ledger>, LedgerError> + Send + Sync;
type Pace = dyn Fn() -> Duration + Send + Sync;

/// What a server runs on. Clones share it.
#[derive(Clone)]
pub struct World {
    clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    random: Arc<Fill>,
    watch: Option<Arc<dyn Fn(Step) + Send + Sync>>,
    /// Opens logs; none where they are stores in the data folder.
    logs: Option<Arc<OpenLog>>,
    /// How long work takes that is done on the task that asks for it; none where threads do it.
    pace: Option<Arc<Pace>>,
}

impl World {
    /// The system's clock and the system's randomness: what every real server runs on.
    #[must_use]
    pub fn system() -> Self {
        Self::new(system_time, system_random)
    }

    /// A world of one's own. `random` fills the slice that it is given; keys and tokens are made
    /// from it, so whoever can foresee it can forge them.
    pub fn new(
        clock: impl Fn() -> Timestamp + Send + Sync + 'static,
        random: impl Fn(&mut [u8]) + Send + Sync + 'static,
    ) -> Self {
        Self {
            clock: Arc::new(clock),
            random: Arc::new(random),
            watch: None,
            logs: None,
            pace: None,
        }
    }

    /// Keeps logs elsewhere than in the data folder: `open` is given the place that a log would have there,
    /// and its workspace, each time that it is opened, a new one too.
    #[must_use]
    pub fn with_logs(
        mut self,
        open: impl Fn(&Path, WorkspaceId) -> Result<Arc<dyn Ledger>, LedgerError>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        self.logs = Some(Arc::new(open));
        self
    }

    /// Does without threads: what would be done on one is done by a task of the runtime that the server
    /// is opened in, after as long as `pace` says. What is done, and in which order, is the same.
    #[must_use]
    pub fn without_threads(mut self, pace: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        self.pace = Some(Arc::new(pace));
        self
    }

    /// Whether everything is done by tasks.
    pub(crate) const fn is_threadless(&self) -> bool {
        self.pace.is_some()
    }

    /// Lets the time pass that work takes, where no thread does it.
    pub(crate) async fn pause(&self) {
        if let Some(pace) = &self.pace {
            tokio::time::sleep(pace()).await;
        }
    }

    /// Does what reads the disk, or takes long, where it holds nobody up.
    pub(crate) async fn aside<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, JoinError> {
        if self.is_threadless() {
            self.pause().await;
            return Ok(work());
        }
        tokio::task::spawn_blocking(work).await
    }

    pub(crate) fn open_log(
        &self,
        path: &Path,
        workspace: WorkspaceId,
        options: &Options,
    ) -> Result<Arc<dyn Ledger>, LedgerError> {
        match &self.logs {
            Some(open) => open(path, workspace),
            None => {
                let options = Options {
                    watch: self.ledger_watch(),
                    ..options.clone()
                };
                Ok(Arc::new(SledLedger::open(path, workspace, &options)?))
            }
        }
    }

    /// The same world, in which someone is told of each [`Step`], on the thread that takes it.
    #[must_use]
    pub fn watched(self, at: impl Fn(Step) + Send + Sync + 'static) -> Self {
        Self {
            watch: Some(Arc::new(at)),
            ..self
        }
    }

    pub(crate) fn reached(&self, step: Step) {
        if let Some(watch) = &self.watch {
            watch(step);
        }
    }

    /// Who is told how far an append of the ledger has come.
    fn ledger_watch(&self) -> Watch {
        let watch = |watch: &Arc<dyn Fn(Step) + Send + Sync>| {
            let watch = Arc::clone(watch);
            Watch::new(move |written| watch(written.into()))
        };
        self.watch.as_ref().map(watch).unwrap_or_default()
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    pub(crate) fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.random)(&mut bytes);
        bytes
    }

    pub(crate) fn uuid(&self) -> Uuid {
        uuid_v7(self.now().ms(), self.bytes())
    }
}

impl Default for World {
    fn default() -> Self {
        Self::system()
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").finish_non_exhaustive()
    }
}

fn system_time() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::from_ms(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

fn system_random(bytes: &mut [u8]) {
    if let Err(error) = getrandom::fill(bytes) {
        // Without randomness there are no keys, tokens or salts, and going on with weak ones would
        // be worse than stopping: nothing that was acknowledged is lost by it.
        tracing::error!(%error, "the system gives no randomness; stopping");
        std::process::abort();
    }
}

/// New ids; the first one may be the client's own choice.
pub(crate) struct Ids<'a> {
    pub(crate) first: Option<Uuid>,
    pub(crate) world: &'a World,
}

impl IdSource for Ids<'_> {
    fn next(&mut self) -> Uuid {
        self.first.take().unwrap_or_else(|| self.world.uuid())
    }
}
