//! What a heading is: a cycle, a team, an objective, or a mark of structure.

use crate::draft::Options;
use crate::phrase::{self, Label, label};

/// What a heading is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sort {
    /// A cycle, and the team whose OKRs they are.
    Cycle { name: String, team: Option<String> },
    /// A team, or an area of the organisation.
    Team(String),
    /// An objective.
    Objective,
    /// Structure alone: the document's title, or "Key results".
    Structure,
    /// Something else than OKRs, and why it is left out.
    Aside(&'static str),
}

/// Words that say nothing of their own in a document's title.
const FILLER: &[&str] = &[
    "a",
    "and",
    "at",
    "company",
    "cycle",
    "draft",
    "final",
    "for",
    "fy",
    "goals",
    "in",
    "key",
    "of",
    "objective",
    "objectives",
    "okr",
    "okrs",
    "our",
    "quarter",
    "quarterly",
    "results",
    "review",
    "s",
    "the",
];

pub(crate) fn sort(text: &str, level: usize, options: &Options) -> Sort {
    let text = text.trim();
    let bare = text.trim_end_matches([':', '.']).trim();
    let lower = bare.to_lowercase();
    match lower.as_str() {
        "key results" | "key result" | "krs" => return Sort::Structure,
        "contents" | "table of contents" | "toc" => return Sort::Aside("A table of contents."),
        "notes" | "comments" | "links" | "references" | "resources" | "changelog" | "legend"
        | "how to read this" | "about" | "methodology" => {
            return Sort::Aside("A section that is not about objectives.");
        }
        "initiatives" | "tasks" | "projects" => {
            return Sort::Aside(
                "Initiatives are kept apart from OKRs: `okr initiative new TITLE`.",
            );
        }
        "mission" | "vision" => {
            return Sort::Aside("Mission and vision are set with `okr mission`.");
        }
        _ => {}
    }
    if let (_, Some(Label::Objective)) = label(text) {
        return Sort::Objective;
    }
    if let Some((name, rest)) = phrase::cycle(bare) {
        let telling: Vec<&str> = rest
            .iter()
            .map(String::as_str)
            .filter(|word| !filler(word))
            .collect();
        let named = team(&telling.join(" "), options);
        if telling.is_empty() || named.is_some() || (about_okrs(&lower) && level == 1) {
            return Sort::Cycle { name, team: named };
        }
    }
    let words: Vec<&str> = bare.split_whitespace().collect();
    if words.iter().all(|word| filler(word)) || (level <= 2 && about_okrs(&lower)) {
        return Sort::Structure;
    }
    if let Some(team) = team(bare, options) {
        return Sort::Team(team);
    }
    if text.ends_with(':') {
        return match lower.as_str() {
            "company wide" | "company-wide" | "company" => Sort::Structure,
            _ => Sort::Team(bare.to_owned()),
        };
    }
    Sort::Objective
}

fn filler(word: &str) -> bool {
    let word = word
        .trim_matches(|c: char| !c.is_alphanumeric())
        .to_lowercase();
    word.is_empty() || FILLER.contains(&word.as_str())
}

/// Whether a document's title says that OKRs follow.
fn about_okrs(lower: &str) -> bool {
    let mut words = lower.split(|c: char| !c.is_alphanumeric());
    lower.contains("key results") || words.any(|word| matches!(word, "okr" | "okrs"))
}

/// The team that a heading names: one of the workspace, `Data team`, `Team: Data`.
fn team(text: &str, options: &Options) -> Option<String> {
    if let Some(team) = options.team(text) {
        return Some(team.to_owned());
    }
    let lower = text.to_lowercase();
    for word in ["team", "department", "squad"] {
        let before = lower.strip_suffix(word).filter(|rest| rest.ends_with(' '));
        if let Some(name) = before.and_then(|rest| text.get(..rest.len())) {
            return Some(name.trim().to_owned()).filter(|name| !name.is_empty());
        }
        let after = lower
            .strip_prefix(word)
            .and_then(|rest| rest.trim_start().strip_prefix(':'));
        if let Some(name) = after.and_then(|rest| text.get(text.len() - rest.len()..)) {
            return Some(name.trim().to_owned()).filter(|name| !name.is_empty());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_told_apart() {
        let options = Options {
            teams: vec!["Sales".to_owned()],
            ..Options::default()
        };
        let cycle = |name: &str, team: Option<&str>| Sort::Cycle {
            name: name.to_owned(),
            team: team.map(str::to_owned),
        };
        for (text, level, wanted) in [
            ("OKRs 2019 Q1", 1, cycle("2019-Q1", None)),
            ("Q1 2018", 2, cycle("2018-Q1", None)),
            (
                "OKRs of the Data team, Q3 2026",
                1,
                cycle("2026-Q3", Some("Data")),
            ),
            ("Data team 2026-Q3", 2, cycle("2026-Q3", Some("Data"))),
            ("Sell 40 seats in Q3 2026", 2, Sort::Objective),
            ("Sales 2026-Q3", 2, cycle("2026-Q3", Some("Sales"))),
            ("Objectives & Key Results at source{d}", 1, Sort::Structure),
            ("Objectives and Key Results", 1, Sort::Structure),
            ("Acme OKRs", 1, Sort::Structure),
            ("Data team", 2, Sort::Team("Data".to_owned())),
            ("Team: Data", 2, Sort::Team("Data".to_owned())),
            ("sales", 2, Sort::Team("Sales".to_owned())),
            ("Product:", 3, Sort::Team("Product".to_owned())),
            ("Objective 1: Sales", 2, Sort::Objective),
            ("Be the first choice", 2, Sort::Objective),
            ("Be ready for the fair of 2027", 2, Sort::Objective),
        ] {
            assert_eq!(sort(text, level, &options), wanted, "{text}");
        }
        assert!(matches!(sort("Vision:", 3, &options), Sort::Aside(_)));
    }
}
