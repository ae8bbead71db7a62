//! What a column, an attribute or a labelled line is about, by its usual names. One table for all
//! formats.

use crate::phrase::one_line;

macro_rules! names {
    ($($(#[$doc:meta])* $variant:ident: $($alias:literal),+;)+) => {
        /// What a column or attribute is about.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Name { $($(#[$doc])* $variant),+ }

        impl Name {
            /// Every name with its spellings; the first is the one that is written.
            pub const ALL: &'static [(Self, &'static [&'static str])] =
                &[$((Self::$variant, &[$($alias),+])),+];
        }
    };
}

names! {
    /// Cycle of the objective.
    Cycle: "cycle", "quarter", "period", "okr cycle", "time period";
    /// Title of the objective.
    Objective: "objective", "objective title", "objective name", "goal", "o", "objectives";
    /// Name of one's own of the objective.
    ObjectiveKey: "objective key", "objective id", "objective ref";
    /// Description of the objective.
    Description: "description", "objective description", "details";
    /// Owner of the objective, where there is another column for the key result's.
    ObjectiveOwner: "objective owner", "goal owner";
    /// Team of the objective.
    Team: "team", "department", "group", "area", "squad", "objective team";
    /// Committed or aspirational.
    Kind: "kind", "objective type", "commitment", "objective kind";
    /// What the objective supports.
    Supports: "supports", "parent", "aligned to", "alignment", "parent objective", "aligns with", "aligned with";
    /// Where the objective stands in its life.
    ObjectiveState: "objective state", "objective status";
    /// Whether the objective is carried from cycle to cycle.
    Standing: "standing";
    /// Title of the key result.
    KeyResult: "key result", "key results", "kr", "key result title", "key result name", "result", "krs";
    /// Name of one's own of the key result.
    Key: "key", "key result key", "kr key", "kr id", "id", "ref";
    /// Who is responsible.
    Owner: "owner", "assignee", "assigned to", "assigned", "responsible", "dri", "lead", "who", "key result owner", "kr owner";
    /// The team that is answerable for the key result.
    KeyResultTeam: "key result team", "kr team", "answerable team";
    /// How it is measured.
    Metric: "metric", "metric kind", "metric type", "type", "measure", "key result type";
    /// Where it starts.
    Baseline: "baseline", "start", "start value", "from", "initial", "starting value", "initial value";
    /// Where it should arrive.
    Target: "target", "target value", "goal value", "to", "end value", "aim";
    /// Lower bound of a range.
    Low: "low", "minimum", "min", "lower bound";
    /// Upper bound of a range.
    High: "high", "maximum", "max", "upper bound";
    /// Steps, separated by `;`, each with an optional weight behind a colon.
    Steps: "steps", "milestones";
    /// The step of milestones that a check-in is about.
    Step: "step", "milestone";
    /// Steps that are done, separated by `;`.
    StepsDone: "steps done", "milestones done";
    /// Unit of the numbers.
    Unit: "unit", "units", "uom";
    /// Where it stands, or what was measured.
    Value: "value", "current", "current value", "actual", "latest", "now", "latest value";
    /// The share done.
    Progress: "progress", "% complete", "percent complete", "completion", "% done", "complete", "percent";
    /// Confidence.
    Confidence: "confidence", "confidence level", "conf";
    /// Projected value at the end.
    Projection: "projection", "projected", "projected value", "forecast";
    /// A word on it.
    Comment: "comment", "comments", "note", "notes", "remark", "remarks", "check-in note";
    /// The date of a measurement.
    Date: "date", "check-in date", "day", "as of", "measured", "checked in", "updated", "last updated";
    /// Weight in the mean.
    Weight: "weight", "weighting";
    /// Which matters most.
    Rank: "rank", "priority", "prio", "order";
    /// Certainty at the start.
    Certainty: "certainty", "initial confidence", "starting confidence", "tier";
    /// How often it is measured.
    Cadence: "cadence", "frequency", "check-in cadence";
    /// Leading or lagging.
    Indicator: "indicator", "leading/lagging", "leading or lagging", "indicator type";
    /// Where it stands in its life.
    State: "state", "status", "key result state", "key result status";
    /// Whether it is done.
    Done: "done", "completed", "achieved", "finished";
    /// Score in the middle of the cycle.
    MidScore: "mid-quarter score", "mid score", "mid", "mid-cycle score", "midterm score", "mid-term score", "mid-quarter", "mid quarter score";
    /// Score expected at the end.
    ProjectedScore: "projected score", "expected score", "forecast score", "projected final score";
    /// Score at the end: the grade.
    FinalScore: "final score", "score", "grade", "final", "final grade", "end score", "end-of-quarter score", "end of quarter score";
}

impl Name {
    /// The name that a heading, an attribute or `--map` spells; case and punctuation do not matter.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let wanted = plain(text);
        let found = Self::ALL
            .iter()
            .find(|(_, aliases)| aliases.iter().any(|alias| plain(alias) == wanted));
        found.map(|(name, _)| *name)
    }

    /// The spelling that is written.
    #[must_use]
    pub fn word(self) -> &'static str {
        let found = Self::ALL.iter().find(|(name, _)| *name == self);
        found
            .and_then(|(_, aliases)| aliases.first())
            .copied()
            .unwrap_or_default()
    }

    /// Whether it is about the objective rather than the key result of the same row.
    pub(crate) const fn of_objective(self) -> bool {
        matches!(
            self,
            Self::Cycle
                | Self::Objective
                | Self::ObjectiveKey
                | Self::Description
                | Self::ObjectiveOwner
                | Self::Team
                | Self::Kind
                | Self::Supports
                | Self::ObjectiveState
                | Self::Standing
        )
    }
}

/// Lower case, with only letters, digits and `%`, one space between words.
pub(crate) fn plain(text: &str) -> String {
    let spaced: String = text
        .trim_start_matches('\u{feff}')
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || c == '%' {
                c
            } else {
                ' '
            }
        })
        .collect();
    one_line(&spaced.to_lowercase())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_names_share_a_spelling() {
        let mut seen = BTreeSet::new();
        for (name, aliases) in Name::ALL {
            for alias in *aliases {
                assert!(
                    seen.insert(plain(alias)) || Name::from_text(alias) == Some(*name),
                    "{alias}"
                );
            }
        }
    }

    #[test]
    fn columns_are_known_in_any_case() {
        for (text, name) in [
            ("Key Result", Name::KeyResult),
            ("\u{feff}OBJECTIVE", Name::Objective),
            ("Mid-quarter score", Name::MidScore),
            ("key_result", Name::KeyResult),
            ("% Complete", Name::Progress),
            ("Assignee", Name::Owner),
        ] {
            assert_eq!(Name::from_text(text), Some(name), "{text}");
        }
        assert_eq!(Name::from_text("favourite colour"), None);
    }
}
