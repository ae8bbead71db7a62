//! What the server takes from outside itself: the time and randomness. Passed in, so that a test
//! can step the clock and a demonstration can repeat itself.

use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::id::{IdSource, Uuid, uuid_v7};

type Fill = dyn Fn(&mut [u8]) + Send + Sync;

/// The clock and the randomness that a server runs on. Clones share both.
#[derive(Clone)]
pub struct World {
    clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    random: Arc<Fill>,
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
        }
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
