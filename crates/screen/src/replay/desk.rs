//! What the replay asks, and what it is answered.

use quarterdeck_core::calendar::{Date, Timestamp};
use quarterdeck_core::id::KeyResultId;
use quarterdeck_core::replay::Step;
use quarterdeck_report::chart::{Plot, Scale};
use quarterdeck_report::json;
use quarterdeck_report::text::{Style, View};

/// How far apart stops are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Pace {
    /// At each event, and at the end of each day without one.
    Event,
    /// At the end of each day.
    #[default]
    Day,
    /// At the end of each week.
    Week,
}

impl Pace {
    /// What the stops are apart, in a word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Day => "day",
            Self::Week => "week",
        }
    }

    /// The next one, around.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::Event => Self::Day,
            Self::Day => Self::Week,
            Self::Week => Self::Event,
        }
    }
}

impl From<Step> for Pace {
    fn from(step: Step) -> Self {
        match step {
            Step::Event => Self::Event,
            Step::Day => Self::Day,
            Step::Week => Self::Week,
        }
    }
}

impl From<Pace> for Step {
    fn from(pace: Pace) -> Self {
        match pace {
            Pace::Event => Self::Event,
            Pace::Day => Self::Day,
            Pace::Week => Self::Week,
        }
    }
}

/// What the replay asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// All stops.
    Film(Pace),
    /// How things stood at a stop, and what became known with it.
    Frame(Pace, usize),
    /// The curve of a key result as it was known at a stop.
    Chart(Pace, usize, KeyResultId),
}

/// What the replay is answered.
#[derive(Debug, Clone)]
pub enum Answer {
    /// To [`Question::Film`].
    Film(Box<Film>),
    /// To [`Question::Frame`].
    Frame(Box<Frame>),
    /// To [`Question::Chart`].
    Chart(Option<Box<Chart>>),
}

/// The stops of a cycle.
#[derive(Debug, Clone)]
pub struct Film {
    /// Name of the workspace.
    pub workspace: String,
    /// Name of the cycle.
    pub cycle: String,
    /// Its first day.
    pub starts: Date,
    /// Its last day.
    pub ends: Date,
    /// Where it can be stopped.
    pub stops: Vec<Stop>,
    /// For whom text is drawn.
    pub view: View,
}

/// A moment at which one looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// The highest position that is known by then.
    pub seq: u64,
    /// All that it knows was known by then.
    pub at: Timestamp,
    /// The day whose figures are shown.
    pub day: Date,
    /// In which week of the cycle it lies.
    pub week: Option<u32>,
    /// What one would want to find again.
    pub signs: Vec<Sign>,
}

/// What is marked below the curve of time, the most telling first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sign {
    /// A goal was moved.
    Goalpost,
    /// Edits met that did not know of each other.
    Conflict,
    /// The cycle was closed, or opened again.
    Closing,
    /// A key result was graded.
    Grade,
    /// A check-in came late, or was corrected.
    Late,
    /// Somebody wrote something down.
    Note,
}

impl Sign {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Goalpost,
        Self::Conflict,
        Self::Closing,
        Self::Grade,
        Self::Late,
        Self::Note,
    ];

    /// What stands for it.
    #[must_use]
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Goalpost => "◆",
            Self::Conflict => "≠",
            Self::Closing => "▌",
            Self::Grade => "★",
            Self::Late => "‹",
            Self::Note => "•",
        }
    }

    /// What it means.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Goalpost => "goalpost",
            Self::Conflict => "conflict",
            Self::Closing => "closing",
            Self::Grade => "grade",
            Self::Late => "late or corrected",
            Self::Note => "note",
        }
    }

    pub(super) const fn style(self) -> Style {
        match self {
            Self::Goalpost | Self::Late => Style::Warn,
            Self::Conflict => Style::Bad,
            Self::Grade => Style::Good,
            Self::Closing => Style::Strong,
            Self::Note => Style::Command,
        }
    }
}

/// How things stood at a stop.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Scores and statuses, as they were known.
    pub status: json::Status,
    /// What became known with it.
    pub events: Vec<json::LogLine>,
}

/// A key result's curve.
#[derive(Debug, Clone)]
pub struct Chart {
    /// What is drawn.
    pub plot: Plot,
    /// On which scale: one for the whole film, so that nothing jumps.
    pub scale: Scale,
}
