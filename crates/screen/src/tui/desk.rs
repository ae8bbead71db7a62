//! What the live screen asks, and what it is answered.

use quarterdeck_core::calendar::Timestamp;
use quarterdeck_core::id::{CycleId, EventId};
use quarterdeck_core::token::NoteKind;
use quarterdeck_report::json;
use quarterdeck_report::text;

use crate::Trouble;

/// What the live screen asks. References are as the reports show them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// The cascade of a cycle; of the one that runs, where none is named.
    Goals {
        /// Which cycle.
        cycle: Option<CycleId>,
        /// Only what whoever sits here owns.
        mine: bool,
    },
    /// An objective or a key result with all that is known about it.
    Detail(String),
    /// What is due: of whoever sits here, or of everybody.
    Due {
        /// Of everybody.
        all: bool,
    },
    /// The open conflicts.
    Conflicts,
    /// The notes of a cycle.
    Notes(Option<CycleId>),
    /// What waits to be sent, and to whom.
    Exchange,
    /// Record a check-in, as typed.
    CheckIn {
        /// The key result.
        key_result: String,
        /// The value, a change, a step's name.
        value: String,
        /// How sure one is; may be empty.
        confidence: String,
        /// A word on it; may be empty.
        note: String,
    },
    /// Write a note.
    Note {
        /// What it is about.
        about: String,
        /// What kind of note.
        kind: NoteKind,
        /// The text.
        text: String,
    },
    /// Settle a conflict for one of its sides.
    Settle {
        /// What is in conflict.
        about: Option<String>,
        /// The field.
        field: String,
        /// The edit whose value shall stand.
        side: EventId,
        /// Why; may be empty.
        why: String,
    },
    /// What an undo would take back.
    LastCommand,
    /// Take these events back.
    Undo(Vec<EventId>),
    /// Send what waits, receive what is new.
    Sync,
}

impl Question {
    /// Whether it is to record something, rather than to look.
    pub(super) const fn records(&self) -> bool {
        matches!(
            self,
            Self::CheckIn { .. } | Self::Note { .. } | Self::Settle { .. } | Self::Undo(_)
        )
    }
}

/// What the live screen is answered.
#[derive(Debug, Clone)]
pub enum Answer {
    /// To [`Question::Goals`].
    Goals(Box<Goals>),
    /// To [`Question::Detail`].
    Detail(Box<Detail>),
    /// To [`Question::Due`].
    Due(json::DueList),
    /// To [`Question::Conflicts`].
    Conflicts(json::Conflicts),
    /// To [`Question::Notes`].
    Notes(json::NoteList),
    /// To [`Question::Exchange`].
    Exchange(Box<Exchange>),
    /// To what recorded something: what it was.
    Done(Vec<text::Line>),
    /// To [`Question::LastCommand`].
    LastCommand(LastCommand),
    /// To [`Question::Sync`].
    Synced(Box<json::Sync>),
}

/// What the live screen is told without asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// Something was recorded by another program, or came from others.
    Changed,
    /// How far a sync has come.
    Syncing {
        /// `sending` or `receiving`.
        what: &'static str,
        /// So much of it is done.
        done: u64,
        /// Of so much.
        of: u64,
    },
    /// What others do arrives as they do it, from here on.
    Following,
    /// The server is out of reach; it is looked for again.
    Lost(String),
    /// The server is not looked for any more.
    Stopped(Trouble),
}

/// The cascade and what stands around it.
#[derive(Debug, Clone)]
pub struct Goals {
    /// The cascade.
    pub tree: json::Tree,
    /// How many conflicts are open.
    pub conflicts: usize,
    /// Every cycle, the earliest first.
    pub cycles: Vec<CycleId>,
    /// For whom text is drawn.
    pub view: text::View,
}

/// One thing with all that is known about it.
#[derive(Debug, Clone)]
pub enum Detail {
    /// An objective.
    Objective(Box<json::ObjectiveShow>),
    /// A key result.
    KeyResult(Box<json::KeyResultShow>),
}

/// What waits to be sent, and to whom.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// What waits, what was refused.
    pub outbox: json::Outbox,
    /// The server's address; none for a workspace that has none.
    pub server: Option<String>,
    /// Position of the last recorded event.
    pub head: u64,
    /// When that was recorded.
    pub recorded: Timestamp,
}

/// The events that an undo would take back.
#[derive(Debug, Clone)]
pub struct LastCommand {
    /// They, in order.
    pub events: Vec<EventId>,
    /// What they did.
    pub told: Vec<text::Line>,
}
