//! What is marked at its day below a curve.

use quarterdeck_core::calendar::Date;
use quarterdeck_core::token::NoteKind;
use serde::Serialize;

use crate::text::Style;

/// Something that happened on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mark {
    /// The day on which it became known.
    pub date: Date,
    /// What it is.
    pub kind: MarkKind,
    /// What is to be said of it: `550 → 600`, or what somebody wrote.
    pub told: String,
}

/// What is marked; what matters more comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MarkKind {
    /// Two changed a goal without knowing of each other, and it is not settled.
    Conflict,
    /// The aim was moved.
    Aim,
    /// It was graded.
    Grade,
    /// Somebody noted a problem.
    Problem,
    /// Somebody noted what was learned.
    Learning,
    /// Somebody noted what was decided.
    Decision,
    /// Somebody noted what was won.
    Win,
    /// Somebody gave thanks.
    Thanks,
    /// Somebody remarked something.
    Comment,
}

impl From<NoteKind> for MarkKind {
    fn from(kind: NoteKind) -> Self {
        match kind {
            NoteKind::Problem => Self::Problem,
            NoteKind::Learning => Self::Learning,
            NoteKind::Decision => Self::Decision,
            NoteKind::Win => Self::Win,
            NoteKind::Thanks => Self::Thanks,
            NoteKind::Comment => Self::Comment,
        }
    }
}

impl MarkKind {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Conflict => "conflict",
            Self::Aim => "aim moved",
            Self::Grade => "graded",
            Self::Problem => "problem",
            Self::Learning => "learning",
            Self::Decision => "decision",
            Self::Win => "win",
            Self::Thanks => "thanks",
            Self::Comment => "comment",
        }
    }

    /// What stands for it in text, one column wide: it tells the kinds apart without colour.
    #[must_use]
    pub const fn symbol(self) -> char {
        match self {
            Self::Conflict => '≠',
            Self::Aim => '◆',
            Self::Grade => '★',
            Self::Problem => '!',
            Self::Learning => '?',
            Self::Decision => '=',
            Self::Win => '+',
            Self::Thanks => '♥',
            Self::Comment => '•',
        }
    }

    /// How it looks in text.
    #[must_use]
    pub const fn style(self) -> Style {
        match self {
            Self::Conflict => Style::Bad,
            Self::Aim | Self::Problem => Style::Warn,
            Self::Win | Self::Thanks => Style::Good,
            Self::Grade | Self::Learning | Self::Decision => Style::Strong,
            Self::Comment => Style::Muted,
        }
    }

    /// Its class in a picture.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Conflict => "conflict",
            Self::Aim => "aim",
            Self::Grade => "grade",
            Self::Problem => "problem",
            Self::Learning => "learning",
            Self::Decision => "decision",
            Self::Win => "win",
            Self::Thanks => "thanks",
            Self::Comment => "comment",
        }
    }
}
