//! What the server takes from outside itself: the time and randomness. Passed in, so that a test
//! can step the clock and a demonstration can repeat itself. And who is told how far the server has
//! come with what it was handed, so that a test can end it there.

use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::id::{IdSource, Uuid, uuid_v7};
use quarterdeck_ledger::{Watch, Written};

type Fill = dyn Fn(&mut [u8]) + Send + Sync;

/// How far the server has come with what it was handed, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// A pushed batch has arrived.
    Received,
    /// It was judged, and what is accepted is part of the next append.
    Judged,
    /// The append begins.
    Appending,
    /// Older entries moved into frames; not every append does that.
    FramesWritten,
    /// The record that makes the append part of the log is handed to the store.
    RecordWritten,
    /// All of it is on the disk.
    Flushed,
    /// The ledger's high-water mark is written.
    Marked,
    /// The ledger says that it is recorded.
    Appended,
    /// Readers and watchers see it.
    Published,
    /// The answer to a pushed batch goes out.
    Answering,
}

impl Step {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Received,
        Self::Judged,
        Self::Appending,
        Self::FramesWritten,
        Self::RecordWritten,
        Self::Flushed,
        Self::Marked,
        Self::Appended,
        Self::Published,
        Self::Answering,
    ];
}

impl From<Written> for Step {
    fn from(written: Written) -> Self {
        match written {
            Written::Frames => Self::FramesWritten,
            Written::Record => Self::RecordWritten,
            Written::Flushed => Self::Flushed,
            Written::Mark => Self::Marked,
        }
    }
}

/// The clock and the randomness that a server runs on. Clones share both.
#[derive(Clone)]
pub struct World {
    clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    random: Arc<Fill>,
    watch: Option<Arc<dyn Fn(Step) + Send + Sync>>,
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
    pub(crate) fn ledger_watch(&self) -> Watch {
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
