//! Which item of one version of a document is which of another.
//!
//! In this order, one to one: the same name of its own; the same title; the titles most alike, or the
//! most key results in common, from [`REWORDED_FROM`](super::similar::REWORDED_FROM) per cent on,
//! best pairs first. What is left is new.

use std::collections::BTreeSet;

use super::similar::{Groups, REWORDED_FROM, normal};

/// What an item is known by.
#[derive(Debug, Clone)]
pub(super) struct Face {
    pub(super) key: Option<String>,
    pub(super) title: String,
    /// Titles of its key results.
    pub(super) below: Vec<String>,
    /// Whether it counts: what was dropped is known by its title, and reworded no more.
    pub(super) live: bool,
}

impl Face {
    pub(super) fn new<'a>(
        key: Option<&str>,
        title: &str,
        below: impl Iterator<Item = &'a str>,
    ) -> Self {
        Self {
            key: key.map(str::to_lowercase),
            title: normal(title),
            below: below.map(normal).collect(),
            live: true,
        }
    }

    fn shared(&self, other: &Self) -> u32 {
        let mine: BTreeSet<&String> = self.below.iter().collect();
        let theirs: BTreeSet<&String> = other.below.iter().collect();
        u32::try_from(mine.intersection(&theirs).count()).unwrap_or(u32::MAX)
    }
}

/// Why two items are taken for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// They have the same name of their own.
    Key,
    /// They have the same title.
    Title,
    /// Their titles are so much alike, in per cent, and they have so many key results in common.
    Reworded {
        /// How alike the titles are, in per cent.
        alike: u32,
        /// How many key results have the same title.
        shared: u32,
    },
}

impl std::fmt::Display for Match {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Key => f.write_str("same key"),
            Self::Title => f.write_str("same title"),
            Self::Reworded { alike, shared: 0 } => write!(f, "reworded, {alike} % alike"),
            Self::Reworded { alike, shared: 1 } => {
                write!(f, "reworded, {alike} % alike, one key result in common")
            }
            Self::Reworded { alike, shared } => {
                write!(
                    f,
                    "reworded, {alike} % alike, {shared} key results in common"
                )
            }
        }
    }
}

/// Beyond so many pairs nothing is compared by likeness: it would take minutes.
const MAX_PAIRS: usize = 1_000_000;

/// For each new item the old one that it is, if any.
pub(super) fn pair(new: &[Face], old: &[Face]) -> Vec<Option<(usize, Match)>> {
    let mut found: Vec<Option<(usize, Match)>> = vec![None; new.len()];
    let mut taken: BTreeSet<usize> = BTreeSet::new();
    for (slot, one) in found.iter_mut().zip(new) {
        let Some(key) = &one.key else { continue };
        let at = old.iter().position(|other| other.key.as_ref() == Some(key));
        if let Some(at) = at.filter(|at| taken.insert(*at)) {
            *slot = Some((at, Match::Key));
        }
    }
    for (slot, one) in found.iter_mut().zip(new) {
        if slot.is_some() {
            continue;
        }
        let best = old
            .iter()
            .enumerate()
            .filter(|(at, other)| !taken.contains(at) && other.title == one.title)
            // One that stands alike in its life before one that doesn't; of equals the first.
            .max_by_key(|(at, other)| {
                let alive = one.live == other.live;
                (alive, one.shared(other), std::cmp::Reverse(*at))
            });
        if let Some((at, _)) = best {
            taken.insert(at);
            *slot = Some((at, Match::Title));
        }
    }
    if new.len().saturating_mul(old.len()) > MAX_PAIRS {
        return found;
    }
    let mut alike = likely(new, old, &found, &taken);
    alike.sort_by_key(|(score, one, other, _)| (std::cmp::Reverse(*score), *one, *other));
    for (_, one, other, why) in alike {
        if let Some(slot @ None) = found.get_mut(one)
            && taken.insert(other)
        {
            *slot = Some((other, why));
        }
    }
    found
}

fn likely(
    new: &[Face],
    old: &[Face],
    found: &[Option<(usize, Match)>],
    taken: &BTreeSet<usize>,
) -> Vec<(u32, usize, usize, Match)> {
    let free: Vec<(usize, &Face, Groups)> = old
        .iter()
        .enumerate()
        .filter(|(at, other)| other.live && !taken.contains(at))
        .map(|(at, other)| (at, other, Groups::of(&other.title)))
        .collect();
    let mut pairs = Vec::new();
    for (at, one) in new.iter().enumerate() {
        // Of several with one title the first alone: who is who would change with each import.
        let again = new
            .iter()
            .take(at)
            .any(|earlier| earlier.title == one.title);
        if again || found.get(at).is_none_or(Option::is_some) {
            continue;
        }
        let groups = Groups::of(&one.title);
        for (other_at, other, other_groups) in &free {
            let alike = groups.alike(other_groups);
            let shared = one.shared(other);
            let most = u32::try_from(one.below.len() + other.below.len()).unwrap_or(u32::MAX);
            let common = (shared * 200).checked_div(most).unwrap_or(0);
            let score = alike.max(common);
            if score >= REWORDED_FROM {
                pairs.push((score, at, *other_at, Match::Reworded { alike, shared }));
            }
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face(title: &str, below: &[&str]) -> Face {
        Face::new(None, title, below.iter().copied())
    }

    #[test]
    fn the_same_title_wins_over_a_likeness() {
        let old = [
            face("Launch the beta", &[]),
            face("Launch the beta now", &[]),
        ];
        let new = [face("Launch the beta now", &[]), face("Launch a beta", &[])];
        let found = pair(&new, &old);
        assert_eq!(found[0], Some((1, Match::Title)));
        assert!(matches!(found[1], Some((0, Match::Reworded { .. }))));
    }

    #[test]
    fn an_objective_of_another_name_is_known_by_its_key_results() {
        let old = [face("Grow", &["a", "b", "c"]), face("Hire", &["d"])];
        let new = [face("Win the north", &["a", "b", "e"]), face("Rest", &[])];
        let found = pair(&new, &old);
        let why = found[0].unwrap().1;
        assert_eq!(
            why.to_string(),
            "reworded, 0 % alike, 2 key results in common"
        );
        assert_eq!(found[1], None);
    }

    #[test]
    fn each_old_item_is_taken_once() {
        let old = [face("One", &[])];
        let new = [face("One", &[]), face("One", &[])];
        let found = pair(&new, &old);
        assert_eq!(found, [Some((0, Match::Title)), None]);
    }
}
