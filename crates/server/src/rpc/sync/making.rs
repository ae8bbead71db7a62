//! Who may make a part of the log next: it costs a megabyte, and reading and checking thousands of entries.
//!
//! One part of a token is made at a time, however many streams it has open, and so many in all. So whoever asks
//! for the whole log on every stream waits for themselves, and not the others for them.

use quarterdeck_core::id::Uuid;
use tokio::sync::{Mutex, MutexGuard, Semaphore, SemaphorePermit};

/// Tokens share lanes by their ids: two of very many wait for each other now and then.
const LANES: usize = 256;

#[derive(Debug)]
pub(crate) struct Making {
    lanes: Vec<Mutex<()>>,
    all: Semaphore,
}

/// A turn, until it is dropped.
#[derive(Debug)]
pub(crate) struct Turn<'a> {
    _lane: Option<MutexGuard<'a, ()>>,
    _one: Option<SemaphorePermit<'a>>,
}

impl Making {
    pub(crate) fn new(at_once: u32) -> Self {
        let at_once = usize::try_from(at_once).unwrap_or(Semaphore::MAX_PERMITS);
        Self {
            lanes: std::iter::repeat_with(Mutex::default).take(LANES).collect(),
            all: Semaphore::new(at_once.min(Semaphore::MAX_PERMITS)),
        }
    }

    /// Waits for a token's turn.
    pub(super) async fn turn(&self, token: Uuid) -> Turn<'_> {
        let lane = token.as_u128() % LANES as u128;
        let lane = usize::try_from(lane)
            .ok()
            .and_then(|lane| self.lanes.get(lane));
        let lane = match lane {
            Some(lane) => Some(lane.lock().await),
            None => None,
        };
        Turn {
            _lane: lane,
            // It is never closed, and if it were, there is room.
            _one: self.all.acquire().await.ok(),
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::task::yield_now;

    use super::*;

    #[tokio::test]
    async fn a_token_waits_for_itself_and_others_do_not() {
        let making = Making::new(16);
        let (ana, ben) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let first = making.turn(ana).await;
        let second = making.turn(ana);
        tokio::pin!(second);
        tokio::select! {
            biased;
            _ = &mut second => panic!("two parts of one token at once"),
            () = yield_now() => {}
        }
        drop(making.turn(ben).await);
        drop(first);
        drop(second.await);
    }
}
