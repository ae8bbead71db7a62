//! One goal that was moved.

use serde::{Deserialize, Serialize};

use crate::act::Act;
use crate::value::{Field, Subject, Value};

/// What became of a goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// It joined after the cycle began.
    Added,
    /// An objective came from another cycle.
    MovedIn,
    /// An objective left for another cycle.
    MovedOut,
    /// It says the same in other words, or something else.
    Reworded,
    /// A figure, a date or a kind is another.
    Changed,
    /// It was put off.
    Deferred,
    /// It was given up.
    Dropped,
    /// Its making was undone.
    Withdrawn,
    /// It counts again.
    TakenUp,
}

impl What {
    /// The words for it.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::MovedIn => "moved in",
            Self::MovedOut => "moved out",
            Self::Reworded => "reworded",
            Self::Changed => "changed",
            Self::Deferred => "deferred",
            Self::Dropped => "dropped",
            Self::Withdrawn => "taken back",
            Self::TakenUp => "taken up again",
        }
    }
}

/// A goal that was moved after its cycle began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Who moved it, when and why.
    pub act: Act,
    /// The cycle, objective or key result.
    pub subject: Subject,
    /// What became of it.
    pub what: What,
    /// The field; none where the thing joined.
    pub field: Option<Field>,
    /// What held before.
    pub from: Value,
    /// What held from then on.
    pub to: Value,
    /// Days from the day on which that became known to the cycle's last as it was then; below 0 after it.
    pub days_before_end: i32,
    /// Whether it contended with another change, or settled that.
    pub conflict: bool,
}

impl Moved {
    /// Whether it came after the cycle's end as that was then.
    #[must_use]
    pub const fn after_end(&self) -> bool {
        self.days_before_end < 0
    }
}
