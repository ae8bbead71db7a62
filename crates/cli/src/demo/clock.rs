//! The demo's clock: it shows what the script says, and goes on a little with each command.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use quarterdeck_core::calendar::Timestamp;

use crate::error::{Exit, Failure};

/// What passes between two commands, in milliseconds: two minutes.
const STEP_MS: u64 = 2 * 60 * 1000;

/// One clock for all machines and the server. Clones share it.
#[derive(Debug, Clone)]
pub(super) struct Clock(Arc<AtomicU64>);

impl Clock {
    /// A clock that shows the script's first moment, in RFC 3339.
    pub(super) fn starting(at: &str) -> Result<Self, Failure> {
        Ok(Self(Arc::new(AtomicU64::new(moment(at)?))))
    }

    /// What it shows, in milliseconds since the Unix epoch.
    pub(super) fn now_ms(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }

    /// Lets the time of a command pass, and answers when it is typed.
    pub(super) fn step(&self) -> Timestamp {
        Timestamp::from_ms(self.0.fetch_add(STEP_MS, Ordering::SeqCst))
    }

    /// Moves on to a moment in RFC 3339. It never goes back.
    pub(super) fn move_on_to(&self, at: &str) -> Result<(), Failure> {
        self.0.fetch_max(moment(at)?, Ordering::SeqCst);
        Ok(())
    }
}

fn moment(text: &str) -> Result<u64, Failure> {
    text.parse::<Timestamp>()
        .map(Timestamp::ms)
        .map_err(|error| {
            Failure::new(
                Exit::Trouble,
                format!("The demo's script says {text}: {error}."),
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_on_with_each_command_and_never_back() {
        let clock = Clock::starting("2026-07-06T09:00:00Z").unwrap();
        let seen_by_server = clock.clone();
        let first = clock.step();
        let second = clock.step();
        assert_eq!(second.ms() - first.ms(), STEP_MS);
        clock.move_on_to("2026-07-01T09:00:00Z").unwrap();
        assert_eq!(clock.now_ms(), second.ms() + STEP_MS);
        clock.move_on_to("2026-07-13T09:00:00Z").unwrap();
        assert_eq!(
            seen_by_server.now_ms(),
            moment("2026-07-13T09:00:00Z").unwrap()
        );
    }
}
