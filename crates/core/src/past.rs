//! The log as questions about the past see it.
//!
//! Core has no I/O, and a question such as "what would the score be under the goals as first
//! agreed" needs entries and earlier states. [`Past`] is what it asks for them: a device's replica
//! and a server's workspace implement it, tests do so over a plain list of entries.
//!
//! A `Past` has a **horizon**: what was known at the moment as of which the question is asked.
//! Nothing beyond it is ever handed out, so an answer that is made of a `Past` alone reads the same
//! for ever, whatever is recorded later.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::event::Entry;
use crate::state::State;
use crate::when::Moment;

/// What was known up to a horizon, and earlier.
pub trait Past {
    /// Why something could not be read.
    type Error;

    /// Everything that was known at the horizon: for the present, pending events included.
    fn state(&self) -> &State;

    /// Of that, what was known at an earlier moment already; at a later one it is
    /// [`state`](Self::state). See [`crate::known`] for what counts as known when.
    ///
    /// # Errors
    /// The log cannot be read.
    fn known_at(&mut self, moment: Moment) -> Result<State, Self::Error>;

    /// The entries known at the horizon that touch any of these things, in the order of the log;
    /// see [`crate::event::Event::subjects`] for what an event touches.
    ///
    /// # Errors
    /// The log cannot be read.
    fn about(&mut self, things: &BTreeSet<Uuid>) -> Result<Vec<Entry>, Self::Error>;

    /// All entries known at the horizon from position `from` on, in the order of the log, while
    /// `more` says so.
    ///
    /// # Errors
    /// The log cannot be read.
    fn each(&mut self, from: u64, more: &mut dyn FnMut(&Entry) -> bool) -> Result<(), Self::Error>;

    /// Whether an entry at this position is still waiting to be recorded.
    fn is_pending(&self, seq: u64) -> bool;
}
