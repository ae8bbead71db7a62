//! What happened in a run, as those who took part saw it, in the order in which it happened. The checks
//! in [`crate::check`] judge this and the log, and nothing else.

use quarterdeck_core::id::EventId;
use quarterdeck_ledger::Hash;

/// Which call an invocation and its answer belong to.
pub type Call = usize;

/// What became of one event, as an answer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// Recorded by this call.
    Recorded(u64),
    /// Recorded by an earlier call.
    Already(u64),
    /// Recorded by this call or, where the client asks again, by an earlier one: a thin client is not told.
    Either(u64),
}

impl Told {
    /// The position.
    #[must_use]
    pub const fn seq(self) -> u64 {
        match self {
            Self::Recorded(seq) | Self::Already(seq) | Self::Either(seq) => seq,
        }
    }
}

/// An event: its id, and its hash where whoever speaks of it knows the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// Its id, which stays when an unsent command is chained anew.
    pub id: EventId,
    /// The hash of its bytes.
    pub hash: Option<Hash>,
}

/// An entry of the log as somebody read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Read {
    /// Its position.
    pub seq: u64,
    /// Its event.
    pub key: Key,
    /// When it was recorded, in milliseconds.
    pub recorded: u64,
}

/// One thing that happened.
#[derive(Debug, Clone)]
pub enum Fact {
    /// A device's command returned: its events are on that device's disk.
    Committed {
        /// The device.
        device: String,
        /// The events.
        ids: Vec<EventId>,
    },
    /// A person dropped these from the outbox or the shelf.
    Dropped {
        /// The events.
        ids: Vec<EventId>,
    },
    /// A call left, to write or to read.
    Asked {
        /// The call.
        call: Call,
    },
    /// The answer to a write arrived.
    Answered {
        /// The call.
        call: Call,
        /// What it says of each event, up to a refusal.
        told: Vec<(Key, Told)>,
        /// The size of the log that it tells; 0 where it tells none.
        head: u64,
    },
    /// A part of the log arrived.
    Heard {
        /// The call.
        call: Call,
        /// The entries.
        entries: Vec<Read>,
        /// The size of the log that it tells.
        head: u64,
    },
}

/// A line of the trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// When, in milliseconds since the run began.
    pub at_ms: u64,
    /// Whose.
    pub who: String,
    /// What.
    pub what: String,
}

impl std::fmt::Display for Line {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (seconds, millis) = (self.at_ms / 1_000, self.at_ms % 1_000);
        write!(
            f,
            "{seconds:>4}.{millis:03}  {:<10} {}",
            self.who, self.what
        )
    }
}

/// Facts and trace of a run.
#[derive(Debug, Default)]
pub(crate) struct History {
    pub facts: Vec<Fact>,
    pub trace: Vec<Line>,
    calls: Call,
}

impl History {
    pub(crate) fn ask(&mut self) -> Call {
        self.calls += 1;
        self.facts.push(Fact::Asked { call: self.calls });
        self.calls
    }
}
