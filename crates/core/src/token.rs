//! The closed vocabularies of the domain, each with the one spelling that log, wire, JSON and
//! command line share.

use serde::{Deserialize, Serialize};

use crate::decimal::Decimal;

/// A word that is none of those a vocabulary knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{found}' is no {what}: use one of {}", known.join(", "))]
pub struct UnknownToken {
    /// What was being read, such as "role".
    pub what: &'static str,
    /// The word that was found.
    pub found: String,
    /// The words that would do.
    pub known: &'static [&'static str],
}

macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident, $what:literal { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            /// Every word of the vocabulary, in its natural order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The spellings of [`Self::ALL`].
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// The word as it stands in logs, JSON and on the command line.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.word())
            }
        }

        impl std::str::FromStr for $name {
            type Err = UnknownToken;
            fn from_str(text: &str) -> Result<Self, UnknownToken> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(UnknownToken { what: $what, found: text.to_owned(), known: Self::WORDS }),
                }
            }
        }
    };
}

vocabulary! {
    /// What a member may do. Each role may do all that the ones after it may.
    Role, "role" {
        /// Everything, members and settings included.
        Owner = "owner",
        /// Cycles, objectives and key results.
        Editor = "editor",
        /// Check-ins and notes.
        Contributor = "contributor",
        /// Reading only, for auditors.
        Viewer = "viewer",
    }
}
vocabulary! {
    /// Whether a member still belongs to the workspace.
    MemberState, "member state" { Active = "active", Removed = "removed" }
}
vocabulary! {
    /// Where a team stands in the tree of teams.
    TeamLevel, "team level" { Company = "company", Department = "department", Team = "team" }
}
vocabulary! {
    /// Whose an objective is, the highest first: its team's level, or one person's.
    Level, "level" {
        Company = "company", Department = "department", Team = "team", Individual = "individual",
    }
}
vocabulary! {
    /// The span a cycle covers.
    CycleKind, "cycle kind" { Annual = "annual", Quarterly = "quarterly", Custom = "custom" }
}
vocabulary! {
    /// A cycle is planned, then active, then closed. A closed one may be reopened, with a reason.
    CycleState, "cycle state" { Planned = "planned", Active = "active", Closed = "closed" }
}
vocabulary! {
    /// Committed objectives are expected at 1.0, aspirational ones at 0.6 to 0.7.
    ObjectiveKind, "objective kind" { Committed = "committed", Aspirational = "aspirational" }
}
vocabulary! {
    /// The life of an objective. `withdrawn` is the undo of drafting it.
    ObjectiveState, "objective state" {
        Draft = "draft", Agreed = "agreed", Active = "active",
        Deferred = "deferred", Dropped = "dropped", Withdrawn = "withdrawn",
    }
}
vocabulary! {
    /// The life of a key result. `withdrawn` is the undo of adding it.
    KeyResultState, "key result state" {
        Active = "active", Deferred = "deferred", Dropped = "dropped", Withdrawn = "withdrawn",
    }
}
vocabulary! {
    /// How a key result is measured.
    MetricKind, "metric" {
        Increase = "increase", Decrease = "decrease", Maintain = "maintain",
        Milestones = "milestones", Binary = "binary",
    }
}
vocabulary! {
    /// Whether a key result foretells the outcome or is the outcome.
    Indicator, "indicator" { Leading = "leading", Lagging = "lagging" }
}
vocabulary! {
    /// How often a key result asks for a check-in.
    Cadence, "cadence" { Weekly = "weekly", Fortnightly = "fortnightly", Monthly = "monthly" }
}
vocabulary! {
    /// What a note is about; retrospectives are written from these.
    NoteKind, "note kind" {
        Comment = "comment", Problem = "problem", Learning = "learning",
        Win = "win", Decision = "decision", Thanks = "thanks",
    }
}
vocabulary! {
    /// Whether a note is shown. `withdrawn` is the undo of writing it.
    NoteState, "note state" { Shown = "shown", Withdrawn = "withdrawn" }
}
vocabulary! {
    /// Whether a KPI, a funnel, a template or a metric of an incentive plan still counts.
    /// `withdrawn` is the undo of making it.
    Life, "state" { Active = "active", Dropped = "dropped", Withdrawn = "withdrawn" }
}
vocabulary! {
    /// The life of an initiative or a to-do. `withdrawn` is the undo of adding it.
    WorkState, "state" {
        Planned = "planned", Active = "active", Done = "done",
        Dropped = "dropped", Withdrawn = "withdrawn",
    }
}
vocabulary! {
    /// Which values of a KPI are better.
    Direction, "direction" { Higher = "higher", Lower = "lower" }
}
vocabulary! {
    /// Where a KPI is heading, judged by its direction.
    Course, "course" { Better = "better", Worse = "worse", Steady = "steady" }
}
vocabulary! {
    /// How often a to-do's quantity is to be done. A day is a working day.
    Period, "period" { Day = "day", Week = "week", Month = "month" }
}
vocabulary! {
    /// A setting that is either on or off.
    Switch, "setting" { Off = "off", On = "on" }
}
vocabulary! {
    /// How sure one is at the start to reach a key result, as a word for its number.
    Tier, "tier" {
        /// 0.8
        Likely = "likely",
        /// 0.5
        Possible = "possible",
        /// 0.2
        Moonshot = "moonshot",
    }
}
vocabulary! {
    /// What the lint finds, by the word that scripts and silences know it by; see [`crate::lint`].
    LintCode, "code of the lint" {
        NumberInTitle = "number-in-title", NoOwner = "no-owner",
        TooManyObjectives = "too-many-objectives",
        Unaligned = "unaligned", BrokenAlignment = "broken-alignment", Unsupported = "unsupported",
        TooFewKeyResults = "too-few-key-results", TooManyKeyResults = "too-many-key-results",
        NoLeadingIndicator = "no-leading-indicator", TaskNotResult = "task-not-result",
        PlainKpi = "plain-kpi", NoBaseline = "no-baseline",
        BaselineEqualsTarget = "baseline-equals-target",
    }
}
vocabulary! {
    /// What can be due; see [`crate::due`].
    DueKind, "kind of thing that is due" {
        CheckIn = "check-in", Initiative = "initiative", Todo = "to-do",
    }
}
vocabulary! {
    /// How a key result is doing; see [`crate::status`] for the rule.
    Status, "status" {
        Done = "done", OnTrack = "on track", AtRisk = "at risk", OffTrack = "off track",
        Stale = "stale",
    }
}

impl Tier {
    /// The certainty that the word stands for.
    #[must_use]
    pub fn certainty(self) -> Decimal {
        let tenths = match self {
            Self::Likely => 8,
            Self::Possible => 5,
            Self::Moonshot => 2,
        };
        Decimal::from_parts(tenths, 1).unwrap_or_default()
    }

    /// The tier that a certainty is nearest to; the surer one where it lies between two.
    #[must_use]
    pub fn of(certainty: Decimal) -> Self {
        let bound = |hundredths| Decimal::from_parts(hundredths, 2).unwrap_or_default();
        if certainty >= bound(65) {
            Self::Likely
        } else if certainty >= bound(35) {
            Self::Possible
        } else {
            Self::Moonshot
        }
    }
}

impl From<TeamLevel> for Level {
    fn from(level: TeamLevel) -> Self {
        match level {
            TeamLevel::Company => Self::Company,
            TeamLevel::Department => Self::Department,
            TeamLevel::Team => Self::Team,
        }
    }
}

impl Role {
    /// Whether this role may do what `needed` may.
    #[must_use]
    pub fn covers(self, needed: Self) -> bool {
        self <= needed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back() {
        for role in Role::ALL {
            assert_eq!(role.word().parse::<Role>().unwrap(), *role);
        }
        for status in Status::ALL {
            assert_eq!(status.word().parse::<Status>().unwrap(), *status);
        }
    }

    #[test]
    fn an_unknown_word_lists_the_known_ones() {
        let error = "boss".parse::<Role>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "'boss' is no role: use one of owner, editor, contributor, viewer"
        );
    }

    #[test]
    fn roles_cover_the_lesser_ones() {
        assert!(Role::Owner.covers(Role::Editor));
        assert!(Role::Editor.covers(Role::Editor));
        assert!(!Role::Viewer.covers(Role::Contributor));
    }
}
