//! How alike two titles are: shared groups of three characters, as a share of both (Dice's
//! coefficient). Insensitive to case, punctuation and small changes, and to where a word stands.

use std::collections::BTreeMap;

/// Titles at least this alike, in per cent, are taken for a rewording of each other.
pub const REWORDED_FROM: u32 = 55;

/// The groups of three characters of a text, by how often they occur.
#[derive(Debug, Clone, Default)]
pub(super) struct Groups(BTreeMap<[char; 3], u32>, u32);

impl Groups {
    pub(super) fn of(text: &str) -> Self {
        let mut groups = Self::default();
        for word in normal(text).split(' ').filter(|word| !word.is_empty()) {
            let padded: Vec<char> = format!(" {word} ").chars().collect();
            for group in padded.windows(3) {
                if let Ok(group) = <[char; 3]>::try_from(group) {
                    *groups.0.entry(group).or_default() += 1;
                    groups.1 += 1;
                }
            }
        }
        groups
    }

    /// How alike, 0 to 100.
    pub(super) fn alike(&self, other: &Self) -> u32 {
        let all = self.1 + other.1;
        if all == 0 {
            return 0;
        }
        let shared: u32 = self
            .0
            .iter()
            .filter_map(|(group, count)| Some((*count).min(*other.0.get(group)?)))
            .sum();
        shared * 200 / all
    }
}

/// Lower case, letters and digits alone, one space between words.
pub(super) fn normal(text: &str) -> String {
    let spaced: String = text
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    crate::phrase::one_line(&spaced.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alike(a: &str, b: &str) -> u32 {
        Groups::of(a).alike(&Groups::of(b))
    }

    #[test]
    fn rewordings_are_alike_and_other_titles_are_not() {
        for (a, b) in [
            (
                "Launch the beta version",
                "Launch the beta version publicly",
            ),
            (
                "Gitbase support for git diff",
                "Gitbase supports diff of git",
            ),
            (
                "Qualified leads from 500 to 550",
                "Qualified leads from 500 to 600",
            ),
        ] {
            assert!(alike(a, b) >= REWORDED_FROM, "{a} | {b}: {}", alike(a, b));
        }
        for (a, b) in [
            ("C# driver", "Python driver and its tests"),
            ("Publish the talks page", "Hire a head of sales"),
            ("", ""),
        ] {
            assert!(alike(a, b) < REWORDED_FROM, "{a} | {b}: {}", alike(a, b));
        }
        assert_eq!(alike("Same, title!", "same title"), 100);
    }
}
